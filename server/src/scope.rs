//! Who is asking, and for which studio. A handler's arguments are its authorisation: it gets
//! what it asks for here, or the request ends before it runs.

mod staff;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, Method, header, request::Parts},
};
use portico_wire::{ClientId, Code, ContactId, Right, Rights, SessionId, StudioId, Timestamp};

pub use staff::{
    Manager, Member, NotStaff, Owner, StaffSession, Visitor, find_staff_session, staff_cookie,
    staff_cookie_name,
};

use crate::{
    App, Result,
    access::{self, sessions},
    clock::today,
    db::{StudioTx, Tx},
    embed,
    error::Error,
    portal::Edition,
    portal_editor,
    secrets::Secret,
    studios::{self, Studio},
    web::{client_address, origin::Origin, request::Request},
};

/// The studio all of a request's rows belong to. Only extractors, workers (for the studio of
/// their job) and the operator's commands make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioScope(StudioId);

impl StudioScope {
    /// For the studio of a row that was just authenticated, or of a worker's job.
    pub(crate) const fn of(studio: StudioId) -> Self {
        Self(studio)
    }
    pub const fn studio(self) -> StudioId {
        self.0
    }
}

impl AsRef<StudioScope> for StudioScope {
    fn as_ref(&self) -> &StudioScope {
        self
    }
}

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The page's origin: on the studio's list, or the host's own.
    pub origin: Origin,
    /// The network address as seen by the server, or by a trusted proxy.
    pub address: std::net::IpAddr,
    pub user_agent: String,
    /// Stands in the log, and in every problem reply.
    pub reference: String,
}

impl Caller {
    async fn from_request(parts: &Parts, app: &App, slug: &str) -> Result<Self> {
        let origin = match origin_header(&parts.headers, app)? {
            Some(origin) => origin,
            None => app.origin.clone(),
        };
        if origin != app.origin && !studios::origin_is_listed(app, slug, &origin).await? {
            return Err(Error::refused(
                Code::OriginRefused,
                format!("The website {origin} is not on this studio's list of websites."),
            ));
        }
        Ok(Self {
            origin,
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

/// The `Origin` header. A request without one passes only if the browser itself says that it
/// comes from our own page (Fetch Metadata, W3C).
fn origin_header(headers: &HeaderMap, app: &App) -> Result<Option<Origin>> {
    let refused = || {
        Error::refused(
            Code::OriginRefused,
            "The request does not say which website it comes from.",
        )
    };
    match text_header(headers, header::ORIGIN) {
        Some(text) => Origin::parse(text).map(Some).ok_or_else(refused),
        None => match headers
            .get("sec-fetch-site")
            .and_then(|site| site.to_str().ok())
        {
            Some("same-origin") => Ok(Some(app.origin.clone())),
            _ => Err(refused()),
        },
    }
}

fn text_header(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The first parameter of the path: the studio's word in addresses.
async fn slug(parts: &mut Parts, app: &App) -> Result<String> {
    let Path(params) = Path::<Vec<(String, String)>>::from_request_parts(parts, app)
        .await
        .map_err(|_| Error::not_found())?;
    params
        .into_iter()
        .find_map(|(name, value)| (name == "studio").then_some(value))
        .ok_or_else(Error::not_found)
}

/// A public call of one studio's portal, from a page on the studio's list. The studio may be locked.
pub struct Embed {
    pub studio: Studio,
    pub caller: Caller,
}

impl AsRef<StudioScope> for Embed {
    fn as_ref(&self) -> &StudioScope {
        &self.studio.scope
    }
}

impl FromRequestParts<App> for Embed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let slug = slug(parts, app).await?;
        // System: the studio is what the address names; nothing else is read before it is known.
        let mut tx = app.db.system_read().await?;
        let studio = studios::store::find_by_slug(&mut tx, &slug).await?;
        drop(tx);
        let studio = studio.ok_or_else(Error::unknown_studio)?;
        Request::of(parts).set_support(studio.support());
        let caller = match Caller::from_request(parts, app, &slug).await {
            Err(error) if error.code() == Some(Code::OriginRefused) => {
                embed::note_refused(app, studio.scope, parts).await?;
                return Err(error);
            }
            caller => caller?,
        };
        Ok(Self { studio, caller })
    }
}

/// A public call that ends where nobody may enter: the portal is closed or locked.
pub struct OpenEmbed(pub Embed);

impl FromRequestParts<App> for OpenEmbed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let embed = Embed::from_request_parts(parts, app).await?;
        app.limits.check_address(embed.caller.address)?;
        embed.studio.check_open()?;
        Ok(Self(embed))
    }
}

/// A signed-in contact. Everything here was read in this request.
pub struct PortalSession {
    pub scope: StudioScope,
    pub session: SessionId,
    pub contact: ContactId,
    pub client: ClientId,
    pub contact_name: String,
    pub rights: Rights,
    pub caller: Caller,
    pub token: Secret,
    /// A staff member who looks at the portal as the contact sees it; such a session can only read.
    pub viewed_by: Option<String>,
    /// The draft of the portal is shown in the preview of those who arrange it.
    pub edition: Edition,
    /// The studio's, an IANA name.
    pub time_zone: String,
}

impl AsRef<StudioScope> for PortalSession {
    fn as_ref(&self) -> &StudioScope {
        &self.scope
    }
}

impl PortalSession {
    /// The day it is where the studio is.
    pub fn today(&self, now: Timestamp) -> String {
        today(now, &self.time_zone)
    }

    /// A section that is off, for the studio or for this contact, is not there.
    pub fn section(&self, section: Right) -> Result<()> {
        if self.rights.has(section) {
            Ok(())
        } else {
            Err(Error::not_found())
        }
    }

    /// An act on something the contact sees.
    pub fn may(&self, right: Right) -> Result<()> {
        if self.rights.has(right) {
            Ok(())
        } else {
            Err(Error::refused(
                Code::Forbidden,
                "You are not allowed to do this. Please ask the studio.",
            ))
        }
    }
}

impl FromRequestParts<App> for PortalSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let (session, _) = Self::enter(parts, app).await?;
        Ok(session)
    }
}

/// A signed-in contact that reads, on the connection that found the session: a request asks the pool for one once, and it is
/// given back once, which costs a round trip too. Not for what waits for anybody else meanwhile.
pub struct Reading {
    pub session: PortalSession,
    pub tx: StudioTx,
}

impl FromRequestParts<App> for Reading {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let (session, tx) = PortalSession::enter(parts, app).await?;
        let tx = tx.for_studio(&session.scope);
        Ok(Self { session, tx })
    }
}

impl PortalSession {
    async fn enter(parts: &mut Parts, app: &App) -> Result<(Self, Tx)> {
        let slug = slug(parts, app).await?;
        let token = bearer(&parts.headers).ok_or_else(Error::session_ended)?;
        // It may read the list of websites: nobody asks for a second connection while holding one.
        let caller = Caller::from_request(parts, app, &slug).await;
        // System: a token is found by its hash, which says whose session it is.
        let mut tx = app.db.system_read().await?;
        let found = access::store::find_session(&mut tx, &token.hash()).await?;
        let found = found.ok_or_else(Error::session_ended)?;
        Request::of(parts).set_support(found.support());
        let caller = caller?;
        let now = app.clock.now();
        found.check(&slug, &caller.origin, now)?;
        if found.viewed_by.is_some() && parts.method != Method::GET {
            return Err(Error::refused(
                Code::Forbidden,
                "You are looking at the portal as a client sees it. Nothing can be changed from here.",
            ));
        }
        if found.wants_keeping(now) {
            // Nobody waits for the one connection that writes while holding one that reads.
            drop(tx);
            if let Some(next) = sessions::keep(app, &found, &caller, now).await? {
                Request::of(parts).set_next_token(next);
            }
            tx = app.db.system_read().await?;
        }
        let scope = StudioScope::of(found.studio_id);
        let mut rights = found.rights();
        if found.shows_draft {
            let mut of_studio = tx.for_studio(&scope);
            if let Some(stored) = portal_editor::store::get(&mut of_studio).await? {
                rights = found.rights_of_draft(&stored.draft);
            }
            tx = of_studio.for_all();
        }
        let session = Self {
            scope,
            session: found.session_id,
            contact: found.contact_id,
            client: found.client_id,
            contact_name: found.contact_name(),
            rights,
            caller,
            token,
            edition: Edition::of(found.shows_draft),
            viewed_by: found.viewed_by,
            time_zone: found.time_zone,
        };
        Ok((session, tx))
    }
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let text = text_header(headers, header::AUTHORIZATION)?;
    let (scheme, token) = text.split_once(' ')?;
    let shaped = scheme.eq_ignore_ascii_case("bearer") && (20..=128).contains(&token.len());
    shaped.then(|| Secret::presented(token))
}
