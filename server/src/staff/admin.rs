//! "Your account": one's own name, password and second factor.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::Code;
use serde::{Deserialize, Serialize};

use super::{
    check_name,
    sign_in::Nothing,
    store,
    totp::{self, Setup, Shared},
};
use crate::{
    App, Result,
    access::passwords,
    audit::{self, Change, Subject},
    db::Tx,
    error::Error,
    scope::StaffSession,
    web::{
        admin,
        form::{FieldErrors, Form},
        redirect,
    },
};

const PAGE: &str = "/admin/account";

#[derive(Serialize)]
struct AccountPage<'a> {
    name: &'a str,
    email: &'a str,
    factor_on: bool,
    recovery_codes: i64,
    errors: &'a FieldErrors,
}

/// `GET /admin/account`
pub async fn show_account(State(app): State<App>, session: StaffSession) -> Result<Response> {
    account_page(&app, &session, None, &FieldErrors::default()).await
}

async fn account_page(
    app: &App,
    session: &StaffSession,
    typed_name: Option<&str>,
    errors: &FieldErrors,
) -> Result<Response> {
    // System: the account belongs to the host; it is the session's own.
    let mut tx = app.db.system_read().await?;
    let account = store::account(&mut tx, session.staff).await?;
    drop(tx);
    let page = AccountPage {
        name: typed_name.unwrap_or(&account.name),
        email: &account.email,
        factor_on: account.totp_enabled_at.is_some(),
        recovery_codes: account.recovery_codes,
        errors,
    };
    admin::page(app, session, "staff/account.html", page)
}

async fn refused(app: &App, session: &StaffSession, errors: &FieldErrors) -> Result<Response> {
    let page = account_page(app, session, None, errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What was changed, in the log of the studio looked at, and the end of the transaction.
async fn finish(
    tx: Tx,
    session: &StaffSession,
    action: &'static str,
    change: Change,
) -> Result<()> {
    let mut tx = tx.for_studio(&session.scope);
    audit::append(
        &mut tx,
        &session.actor(),
        action,
        Subject("staff", Some(session.staff.into_uuid())),
        change,
        &session.visitor.reference,
    )
    .await?;
    tx.commit().await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Name {
    name: String,
}

/// `POST /admin/account/name`
pub async fn save_name(
    State(app): State<App>,
    session: StaffSession,
    Form(form): Form<Name>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let name = check_name(&mut errors, &form.name);
    if !errors.is_empty() {
        let page = account_page(&app, &session, Some(&form.name), &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let names = |name: &str| serde_json::json!({ "name": name });
    if let Some(change) = Change::between(&names(&session.name), &names(&name))? {
        // System: the account belongs to the host; it is the session's own.
        let mut tx = app.db.system().await?;
        store::save_name(&mut tx, session.staff, &name).await?;
        finish(tx, &session, "staff renamed", change).await?;
    }
    Ok(redirect::see(PAGE, "Your name is saved."))
}

// Password

/// Whether somebody signed in is still the one who knows the password; each look counts as a try.
async fn confirm_password(
    app: &App,
    session: &StaffSession,
    field: &'static str,
    password: &str,
    errors: &mut FieldErrors,
) -> Result<()> {
    // System: the account belongs to the host; it is the session's own.
    let mut tx = app.db.system().await?;
    let taken = store::take_try(&mut tx, session.staff).await?;
    tx.commit().await?;
    let Some(taken) = taken else {
        errors.add(
            field,
            "There were too many wrong tries. Please wait fifteen minutes.",
        );
        return Ok(());
    };
    let password = if password.len() > 1024 { "" } else { password };
    if !app
        .passwords
        .verify(password, taken.password_hash.as_deref())
        .await?
    {
        errors.add(field, "This is not your present password.");
        return Ok(());
    }
    // System: as above.
    let mut tx = app.db.system().await?;
    store::forget_tries(&mut tx, session.staff).await?;
    tx.commit().await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewPassword {
    old_password: String,
    new_password: String,
}

/// `POST /admin/account/password`: the other sessions end.
pub async fn change_password(
    State(app): State<App>,
    session: StaffSession,
    Form(form): Form<NewPassword>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let weak = passwords::check(&form.new_password, &[&session.email, &session.name]);
    errors.note("new_password", weak)?;
    if errors.is_empty() {
        confirm_password(
            &app,
            &session,
            "old_password",
            &form.old_password,
            &mut errors,
        )
        .await?;
    }
    if !errors.is_empty() {
        return refused(&app, &session, &errors).await;
    }
    let hash = app.passwords.hash(&form.new_password).await?;
    // System: the account and its sessions belong to the host; they are the session's own.
    let mut tx = app.db.system().await?;
    store::save_password(&mut tx, session.staff, &hash).await?;
    store::delete_other_sessions(&mut tx, session.staff, session.session).await?;
    finish(tx, &session, "staff password changed", Change::none()).await?;
    Ok(redirect::see(
        PAGE,
        "Your password is changed. You were signed out everywhere else.",
    ))
}

// Second factor

fn on_already() -> Error {
    Error::refused(
        Code::Conflict,
        "The second factor is on already. Please go back and reload the page.",
    )
}

/// `POST /admin/account/factor`: a fresh secret, which counts once a code has proved it.
pub async fn begin_factor(
    State(app): State<App>,
    session: StaffSession,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let sealed = Shared::random().seal(&app.keys);
    // System: the account belongs to the host; it is the session's own.
    let mut tx = app.db.system().await?;
    if !store::save_totp_secret(&mut tx, session.staff, &sealed).await? {
        return Err(on_already());
    }
    tx.commit().await?;
    Ok(redirect::go("/admin/account/factor"))
}

/// The secret that waits to be proved; without one there is nothing to set up.
async fn pending(app: &App, session: &StaffSession) -> Result<Option<Vec<u8>>> {
    // System: the account belongs to the host; it is the session's own.
    let mut tx = app.db.system_read().await?;
    let account = store::account(&mut tx, session.staff).await?;
    Ok(account
        .totp_secret
        .filter(|_| account.totp_enabled_at.is_none()))
}

fn setup_page(
    app: &App,
    session: &StaffSession,
    sealed: &[u8],
    errors: &FieldErrors,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page<'a> {
        setup: Setup,
        errors: &'a FieldErrors,
    }
    let page = Page {
        setup: Shared::open(&app.keys, sealed)?.setup(app.origin.host(), &session.email)?,
        errors,
    };
    admin::page(app, session, "staff/factor.html", page)
}

/// `GET /admin/account/factor`: the QR code and the secret.
pub async fn show_factor(State(app): State<App>, session: StaffSession) -> Result<Response> {
    match pending(&app, &session).await? {
        Some(sealed) => setup_page(&app, &session, &sealed, &FieldErrors::default()),
        None => Ok(redirect::go(PAGE)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FirstCode {
    code: String,
}

/// `POST /admin/account/factor/confirm`: on, with recovery codes that are shown this once.
pub async fn confirm_factor(
    State(app): State<App>,
    session: StaffSession,
    Form(form): Form<FirstCode>,
) -> Result<Response> {
    let sealed = pending(&app, &session).await?.ok_or_else(on_already)?;
    let step = Shared::open(&app.keys, &sealed)?.step(&form.code, app.clock.now())?;
    let Some(step) = step else {
        let mut errors = FieldErrors::default();
        errors.add(
            "code",
            "This is not the code the app shows now. Please check that the clock of your phone is right.",
        );
        let page = setup_page(&app, &session, &sealed, &errors)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    // System: the account and its sessions belong to the host; they are the session's own.
    let mut tx = app.db.system().await?;
    if !store::enable_totp(&mut tx, session.staff, &sealed, step).await? {
        return Err(on_already());
    }
    store::delete_other_sessions(&mut tx, session.staff, session.session).await?;
    let codes = new_recovery_codes(&app, &mut tx, &session).await?;
    finish(tx, &session, "staff second factor on", Change::none()).await?;
    recovery_page(&app, &session, &codes)
}

async fn new_recovery_codes(app: &App, tx: &mut Tx, session: &StaffSession) -> Result<Vec<String>> {
    let codes = totp::recovery_codes();
    let hashes: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| totp::recovery_hash(&app.keys, session.staff, code))
        .collect();
    store::replace_recovery_codes(tx, session.staff, &hashes).await?;
    Ok(codes)
}

fn recovery_page(app: &App, session: &StaffSession, codes: &[String]) -> Result<Response> {
    let page = serde_json::json!({ "codes": codes });
    admin::page(app, session, "staff/recovery_codes.html", page)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    password: String,
    /// Two forms of one page ask for the password: which one an error belongs to.
    what: String,
}

/// `POST /admin/account/factor/change`: switches the second factor off, or makes new recovery codes. Both ask
/// the password.
pub async fn change_factor(
    State(app): State<App>,
    session: StaffSession,
    Form(form): Form<Confirmed>,
) -> Result<Response> {
    let off = form.what == "off";
    let field = if off {
        "off_password"
    } else {
        "codes_password"
    };
    let mut errors = FieldErrors::default();
    confirm_password(&app, &session, field, &form.password, &mut errors).await?;
    if !errors.is_empty() {
        return refused(&app, &session, &errors).await;
    }
    // System: the account belongs to the host; it is the session's own.
    let mut tx = app.db.system().await?;
    if off {
        store::disable_totp(&mut tx, session.staff).await?;
        finish(tx, &session, "staff second factor off", Change::none()).await?;
        return Ok(redirect::see(PAGE, "The second factor is off."));
    }
    if store::account(&mut tx, session.staff)
        .await?
        .totp_enabled_at
        .is_none()
    {
        return Err(Error::refused(
            Code::Conflict,
            "The second factor is off, so there are no recovery codes.",
        ));
    }
    let codes = new_recovery_codes(&app, &mut tx, &session).await?;
    finish(tx, &session, "staff recovery codes renewed", Change::none()).await?;
    recovery_page(&app, &session, &codes)
}
