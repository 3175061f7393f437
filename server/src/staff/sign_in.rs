//! Staff sign in: email and password, then a code where the second factor is on.

use axum::{
    extract::{FromRequestParts, Query, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, StaffId, StaffSessionId};
use serde::{Deserialize, Serialize};

use super::{
    FACTOR_SECONDS, SESSION_SECONDS,
    store::{self, NewSession},
    totp::{self, Shared},
};
use crate::{
    App, Result,
    access::Email,
    audit::{self, Change, Subject},
    db::Tx,
    error::Error,
    scope::{self, NotStaff, StaffSession, StudioScope, Visitor},
    secrets::Secret,
    web::{
        form::{Form, OpenForm},
        redirect,
    },
};

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    next: String,
}

#[derive(Default, Serialize)]
struct SignInPage<'a> {
    next: &'a str,
    email: &'a str,
    problem: Option<&'a str>,
}

/// `GET /admin/sign-in`; somebody signed in already goes on.
pub async fn show_sign_in(
    State(app): State<App>,
    session: Result<StaffSession, NotStaff>,
    Query(back): Query<Back>,
) -> Result<Response> {
    if session.is_ok() {
        return Ok(redirect::go(
            redirect::local(&back.next).unwrap_or("/admin"),
        ));
    }
    let page = SignInPage {
        next: &back.next,
        ..SignInPage::default()
    };
    Ok(app.pages.page("staff/sign_in.html", page)?.into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignIn {
    email: String,
    password: String,
    next: String,
}

/// Neutral: it does not tell whether there is such an account, nor whether it rests.
const REFUSED: &str =
    "Email or password is not right. After ten wrong tries an account rests for fifteen minutes.";

/// `POST /admin/sign-in`
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    OpenForm(form): OpenForm<SignIn>,
) -> Result<Response> {
    app.limits.check_address(visitor.address)?;
    let Some(entered) = check_password(&app, &form).await? else {
        tracing::warn!(reference = visitor.reference, "staff sign-in refused");
        metrics::counter!("portico_staff_sign_ins_refused").increment(1);
        let page = SignInPage {
            next: &form.next,
            email: form.email.trim(),
            problem: Some(REFUSED),
        };
        let page = app.pages.page("staff/sign_in.html", page)?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    let token = Secret::random();
    // System: the account and its sessions belong to the host.
    let mut tx = app.db.system().await?;
    let session = NewSession {
        staff: entered.staff,
        studio: entered.scope.studio(),
        token_hash: &token.hash(),
        verified: !entered.factor,
        visitor: &visitor,
    };
    store::insert_session(&mut tx, session).await?;
    if entered.factor {
        tx.commit().await?;
        let page = redirect::to_sign_in("/admin/sign-in/code", Some(&form.next));
        return Ok(with_cookie(&app, page, &token, FACTOR_SECONDS));
    }
    store::forget_tries(&mut tx, entered.staff).await?;
    note_sign_in(tx, &entered, &visitor, "password").await?;
    Ok(enter(&app, &token, &form.next))
}

struct Entered {
    staff: StaffId,
    name: String,
    /// The studio looked at first.
    scope: StudioScope,
    /// The second factor is still to come.
    factor: bool,
}

/// Takes a try, then hashes; an account that does not exist takes as long as one that does.
async fn check_password(app: &App, form: &SignIn) -> Result<Option<Entered>> {
    let taken = match Email::parse(&form.email) {
        Ok(email) => take_try(app, &email).await?,
        Err(_) => None,
    };
    let stored = taken
        .as_ref()
        .and_then(|(_, taken)| taken.password_hash.as_deref());
    // What cannot be a password is not worth a hash of its length.
    let password = if form.password.len() > 1024 {
        ""
    } else {
        &form.password
    };
    let right = app.passwords.verify(password, stored).await?;
    let Some((staff, taken)) = taken.filter(|_| right) else {
        return Ok(None);
    };
    // System: an account's roles say which studios it may see.
    let mut tx = app.db.system_read().await?;
    let account = store::account(&mut tx, staff).await?;
    let places = store::places(&mut tx, staff).await?;
    Ok(places.first().map(|place| Entered {
        staff,
        name: account.name,
        scope: StudioScope::of(place.studio_id),
        factor: taken.totp_enabled_at.is_some(),
    }))
}

async fn take_try(app: &App, email: &Email) -> Result<Option<(StaffId, store::Try)>> {
    // System: the account belongs to the host, and nobody is signed in yet.
    let mut tx = app.db.system().await?;
    let Some(staff) = store::find(&mut tx, email).await? else {
        return Ok(None);
    };
    let taken = store::take_try(&mut tx, staff).await?;
    tx.commit().await?;
    Ok(taken.map(|taken| (staff, taken)))
}

async fn note_sign_in(tx: Tx, who: &Entered, visitor: &Visitor, way: &'static str) -> Result<()> {
    let mut tx = tx.for_studio(&who.scope);
    let actor = audit::Actor::Staff {
        id: who.staff,
        name: who.name.clone(),
    };
    audit::append(
        &mut tx,
        &actor,
        "staff signed in",
        Subject("staff", Some(who.staff.into_uuid())),
        Change::made(&serde_json::json!({ "way": way }))?,
        &visitor.reference,
    )
    .await?;
    tx.commit().await
}

fn enter(app: &App, token: &Secret, next: &str) -> Response {
    let page = redirect::go(redirect::local(next).unwrap_or("/admin"));
    with_cookie(app, page, token, SESSION_SECONDS)
}

/// Hands the token out: a cookie no script can read, kept from requests that other websites start.
fn with_cookie(app: &App, mut response: Response, token: &Secret, seconds: i64) -> Response {
    let (name, secure) = (
        scope::staff_cookie_name(app),
        if app.origin.is_https() {
            "; Secure"
        } else {
            ""
        },
    );
    let cookie = format!(
        "{name}={}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        token.reveal()
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

// The second factor

/// Somebody whose password was right, and whose second factor is still to come.
pub struct HalfWay {
    session: StaffSessionId,
    scope: StudioScope,
    staff: StaffId,
    name: String,
    token: Secret,
}

impl FromRequestParts<App> for HalfWay {
    type Rejection = NotStaff;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NotStaff> {
        match scope::find_staff_session(parts, app).await? {
            Some((token, found)) if found.verified_at.is_none() => Ok(Self {
                session: found.id,
                scope: StudioScope::of(found.studio_id),
                staff: found.staff_id,
                name: found.name,
                token,
            }),
            _ => Err(NotStaff::SignIn(None)),
        }
    }
}

fn factor_page(
    app: &App,
    half_way: &HalfWay,
    next: &str,
    problem: Option<&str>,
) -> Result<Response> {
    let context = serde_json::json!({
        "next": next,
        "csrf": app.keys.csrf(&half_way.token),
        "problem": problem,
    });
    Ok(app
        .pages
        .page("staff/second_factor.html", context)?
        .into_response())
}

/// `GET /admin/sign-in/code`
pub async fn show_second_factor(
    State(app): State<App>,
    half_way: HalfWay,
    Query(back): Query<Back>,
) -> Result<Response> {
    factor_page(&app, &half_way, &back.next, None)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SecondFactor {
    code: String,
    next: String,
}

/// `POST /admin/sign-in/code`: a code of the app, or a recovery code.
pub async fn give_second_factor(
    State(app): State<App>,
    visitor: Visitor,
    half_way: HalfWay,
    Form(form): Form<SecondFactor>,
) -> Result<Response> {
    app.limits.check_address(visitor.address)?;
    // System: the account and its sessions belong to the host.
    let mut tx = app.db.system().await?;
    // The account's tries count as well: whoever knows the password gets no more codes by signing in anew.
    let left = store::take_factor_try(&mut tx, half_way.session).await?
        && store::take_try(&mut tx, half_way.staff).await?.is_some();
    if !left {
        store::delete_session(&mut tx, half_way.session).await?;
        tx.commit().await?;
        let page = SignInPage {
            next: &form.next,
            problem: Some(
                "That were too many wrong codes. Please sign in again, after a pause of fifteen minutes if need be.",
            ),
            ..SignInPage::default()
        };
        let page = app.pages.page("staff/sign_in.html", page)?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    let Some(way) = check_factor(&app, &mut tx, half_way.staff, &form.code).await? else {
        tx.commit().await?;
        metrics::counter!("portico_staff_sign_ins_refused").increment(1);
        let text = "That code is not right, or was used before. Please wait for the next one your app shows.";
        let page = factor_page(&app, &half_way, &form.next, Some(text))?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    let token = Secret::random();
    store::verify_session(&mut tx, half_way.session, &token.hash()).await?;
    store::forget_tries(&mut tx, half_way.staff).await?;
    let who = Entered {
        staff: half_way.staff,
        name: half_way.name,
        scope: half_way.scope,
        factor: false,
    };
    note_sign_in(tx, &who, &visitor, way).await?;
    Ok(enter(&app, &token, &form.next))
}

/// Uses up what was typed: which of the two it was, or `None` where it is neither.
async fn check_factor(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    typed: &str,
) -> Result<Option<&'static str>> {
    let account = store::account(tx, staff).await?;
    if let Some(sealed) = &account.totp_secret
        && let Some(step) = Shared::open(&app.keys, sealed)?.step(typed, tx.now())?
    {
        return Ok(store::use_totp_step(tx, staff, step)
            .await?
            .then_some("app code"));
    }
    let hash = totp::recovery_hash(&app.keys, staff, typed);
    Ok(store::use_recovery_code(tx, staff, &hash)
        .await?
        .then_some("recovery code"))
}

/// `POST /admin/sign-out`
pub async fn sign_out(
    State(app): State<App>,
    session: StaffSession,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    // System: sessions of staff belong to the host.
    let mut tx = app.db.system().await?;
    store::delete_session(&mut tx, session.session).await?;
    tx.commit().await?;
    let nothing = Secret::presented("");
    Ok(with_cookie(
        &app,
        redirect::go("/admin/sign-in"),
        &nothing,
        0,
    ))
}

/// A form that says all by being sent.
#[derive(Deserialize)]
pub struct Nothing {}

// Which of several studios

#[derive(Deserialize)]
pub struct LookAt {
    studio: String,
}

/// `POST /admin/studio`: looks at another studio; one without a role there is not there.
pub async fn look_at_studio(
    State(app): State<App>,
    session: StaffSession,
    Form(form): Form<LookAt>,
) -> Result<Response> {
    let place = session
        .places
        .iter()
        .find(|place| place.slug == form.studio)
        .ok_or_else(|| {
            Error::refused(Code::NotFound, "You do not work at a studio of this name.")
        })?;
    // System: sessions of staff belong to the host.
    let mut tx = app.db.system().await?;
    store::save_session_studio(&mut tx, session.session, place.studio_id).await?;
    tx.commit().await?;
    Ok(redirect::see(
        "/admin",
        &format!("You are looking at {} now.", place.name),
    ))
}
