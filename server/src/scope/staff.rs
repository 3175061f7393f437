//! Staff: a session in a cookie, for the studio looked at, with the role there.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use portico_wire::{Code, StaffId, StaffSessionId};

use super::{StudioScope, text_header};
use crate::{
    App, Result,
    audit::Actor,
    error::Error,
    notifications,
    secrets::Secret,
    staff::{self, FoundSession, Place, Role},
    web::{client_address, redirect, request::Request},
};

/// Whoever sends a request, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The network address as seen by the server, or by a trusted proxy.
    pub address: std::net::IpAddr,
    pub user_agent: String,
    /// Stands in the log, and on every error page.
    pub reference: String,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self {
            address: client_address(parts, &app.config.trusted_proxies),
            user_agent: text_header(&parts.headers, header::USER_AGENT)
                .unwrap_or_default()
                .chars()
                .take(300)
                .collect(),
            reference: Request::of(parts).reference.clone(),
        })
    }
}

/// The name of the cookie that carries a staff session's token. With TLS the prefix keeps subdomains from
/// setting it.
pub fn staff_cookie_name(app: &App) -> &'static str {
    if app.origin.is_https() {
        "__Host-portico_staff"
    } else {
        "portico_staff"
    }
}

/// The token in the cookie, if there is one.
pub fn staff_cookie(headers: &HeaderMap, app: &App) -> Option<Secret> {
    let jar = CookieJar::from_headers(headers);
    let token = jar.get(staff_cookie_name(app))?.value();
    (20..=128)
        .contains(&token.len())
        .then(|| Secret::presented(token))
}

/// What an open page asks by itself.
pub const LIVE: &str = "/admin/messages/live";

/// A staff member in the admin, looking at one studio. Everything here was read in this request.
pub struct StaffSession {
    pub scope: StudioScope,
    pub session: StaffSessionId,
    pub staff: StaffId,
    pub name: String,
    pub email: String,
    /// The role at the studio looked at.
    pub role: Role,
    /// The studio looked at.
    pub place: Place,
    /// All the studios somebody has a role at.
    pub places: Vec<Place>,
    pub visitor: Visitor,
    pub token: Secret,
    /// The path asked for, which says where in the navigation this is.
    pub path: String,
    /// What waits, for the frame of a page.
    pub counts: notifications::store::Counts,
    /// What the last request wants said on this one's page.
    pub notice: Option<String>,
}

impl AsRef<StudioScope> for StaffSession {
    fn as_ref(&self) -> &StudioScope {
        &self.scope
    }
}

impl StaffSession {
    pub fn actor(&self) -> Actor {
        Actor::Staff {
            id: self.staff,
            name: self.name.clone(),
        }
    }
}

/// Why a page of the admin is not shown.
pub enum NotStaff {
    /// Nobody is signed in: sign in, and come back.
    SignIn(Option<String>),
    /// The password was right, the second factor is still to come.
    SecondFactor(Option<String>),
    Refused(Error),
}

impl From<Error> for NotStaff {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl IntoResponse for NotStaff {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(back) => redirect::to_sign_in("/admin/sign-in", back.as_deref()),
            Self::SecondFactor(back) => {
                redirect::to_sign_in("/admin/sign-in/code", back.as_deref())
            }
            Self::Refused(error) => error.into_response(),
        }
    }
}

/// A session's row whose token was presented and still counts, verified or not.
pub async fn find_staff_session(
    parts: &Parts,
    app: &App,
) -> Result<Option<(Secret, FoundSession)>> {
    let Some(token) = staff_cookie(&parts.headers, app) else {
        return Ok(None);
    };
    // System: a token is found by its hash, which says whose session it is.
    let mut tx = app.db.system_read().await?;
    let found = staff::store::find_session(&mut tx, &token.hash()).await?;
    Ok(found
        .filter(|found| found.lives(app.clock.now()))
        .map(|found| (token, found)))
}

impl FromRequestParts<App> for StaffSession {
    type Rejection = NotStaff;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NotStaff> {
        // Only a page can be come back to; a form that was sent is not sent again by itself.
        let back = (parts.method == Method::GET)
            .then(|| parts.uri.path_and_query().map(ToString::to_string))
            .flatten();
        let not_signed_in = || match parts.method {
            Method::GET => NotStaff::SignIn(back.clone()),
            _ => NotStaff::Refused(Error::refused(
                Code::SessionEnded,
                "You were signed out, and nothing was saved. Please sign in again.",
            )),
        };
        let (token, found) = find_staff_session(parts, app)
            .await?
            .ok_or_else(not_signed_in)?;
        if found.verified_at.is_none() {
            return Err(NotStaff::SecondFactor(back));
        }
        // System: the account belongs to the host; its roles say which studios it may see.
        let mut tx = app.db.system_read().await?;
        let places = staff::store::places(&mut tx, found.staff_id).await?;
        let place = places
            .iter()
            .find(|place| place.studio_id == found.studio_id)
            .or(places.first())
            .cloned()
            .ok_or_else(not_signed_in)?;
        let path = parts.uri.path().to_owned();
        let scope = StudioScope::of(place.studio_id);
        let mut counts = notifications::store::Counts::default();
        if parts.method == Method::GET {
            let mut tx = tx.for_studio(&scope);
            counts = notifications::store::counts(&mut tx, found.staff_id, &path).await?;
            drop(tx);
            if counts.here > 0 {
                // Whoever looks at the page has seen what was told of it.
                let mut tx = app.db.write(&scope).await?;
                notifications::store::mark_page_seen(&mut tx, found.staff_id, &path).await?;
                tx.commit().await?;
                counts.notifications -= counts.here;
            }
        } else {
            drop(tx);
        }
        // An open page that asks by itself whether anything is new does not keep anybody signed in.
        let by_itself = path == LIVE;
        if !by_itself && app.clock.now().seconds_since(found.last_used_at) > 60 {
            // System: the session's row belongs to the host.
            let mut tx = app.db.system().await?;
            staff::store::touch_session(&mut tx, found.id).await?;
            tx.commit().await?;
        }
        let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
        Ok(Self {
            scope,
            session: found.id,
            staff: found.staff_id,
            name: found.name,
            email: found.email,
            role: place.role,
            place,
            places,
            visitor,
            token,
            path,
            counts,
            notice: redirect::notice(&parts.headers),
        })
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub StaffSession);

        impl FromRequestParts<App> for $name {
            type Rejection = NotStaff;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NotStaff> {
                let session = StaffSession::from_request_parts(parts, app).await?;
                if session.role >= Role::$name {
                    Ok(Self(session))
                } else {
                    Err(Error::refused(Code::Forbidden, concat!("This page is for the role ", stringify!($name), " and above. Please ask an owner of the studio.")).into())
                }
            }
        }
        impl std::ops::Deref for $name {
            type Target = StaffSession;
            fn deref(&self) -> &StaffSession {
                &self.0
            }
        }
        impl AsRef<StudioScope> for $name {
            fn as_ref(&self) -> &StudioScope {
                &self.0.scope
            }
        }
    )*};
}

roles! {
    /// Clients, events, messages: whoever has any role at the studio looked at.
    Member;
    /// Settings, refunds, exports.
    Manager;
    /// Billing, staff, keys.
    Owner;
}
