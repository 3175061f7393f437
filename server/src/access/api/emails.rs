//! Another email address to sign in with: who is there proves it, then whoever reads the new mailbox does.

use axum::{extract::State, http::StatusCode};
use portico_wire::{
    Code, Right,
    access::{Act, CodeAsked},
    clients::{ChangeEmail, ConfirmEmail},
};
use serde_json::json;

use super::codes::{NEW_EMAIL, check_code, send_code};
use crate::{
    App, Result,
    access::{Candidate, Email, require_proof, store},
    clients::{self, fields::BuiltIn},
    db::StudioTx,
    error::Error,
    forms::{tell, ties::Person},
    mail::{self, Message},
    scope::PortalSession,
    studios,
    web::body::{Body, Json},
};

async fn check_changeable(tx: &mut StudioTx, session: &PortalSession) -> Result<()> {
    session.section(Right::PersonalInfo)?;
    session.may(Right::EditProfile)?;
    let said = clients::store::built_in(tx).await?.get(BuiltIn::Email);
    if said.in_portal && said.changeable {
        return Ok(());
    }
    let refused = "Your email address cannot be changed here. Please ask the studio.";
    Err(Error::refused(Code::Forbidden, refused).field("email"))
}

/// The new address is part of what the code is for.
fn act(email: &Email) -> String {
    format!("{NEW_EMAIL}{}", email.as_str())
}

/// Sends a code to the new address. Whether somebody else has it is said to whoever reads its mail alone.
#[utoipa::path(post, path = "/profile/email", tag = "session", params(("studio" = String, Path)), request_body = ChangeEmail,
    responses((status = 200, body = CodeAsked)), security(("session" = [])))]
pub async fn ask_new_email(
    State(app): State<App>,
    session: PortalSession,
    Body(ask): Body<ChangeEmail>,
) -> Result<Json<CodeAsked>> {
    app.limits.check_address(session.caller.address)?;
    let mut tx = app.db.write(&session).await?;
    check_changeable(&mut tx, &session).await?;
    let email = Email::parse(&ask.email)?;
    let me = store::candidate(&mut tx, session.contact)
        .await?
        .ok_or_else(Error::session_ended)?;
    if me.email == email.as_str() {
        return Err(Error::invalid(
            "email",
            "This is your email address already.",
        ));
    }
    require_proof(&mut tx, &session, Act::ChangeEmail, &ask.proof).await?;
    let studio = studios::store::get(&mut tx).await?;
    let to = Candidate {
        email: email.as_str().to_owned(),
        mobile: None,
        ..me
    };
    let (act, session) = (act(&email), Some(session.session));
    let asked = send_code(&app, &mut tx, &studio, &to, &act, session, None).await?;
    tx.commit().await?;
    Ok(Json(asked))
}

/// Changes the address with the code that came to it. Sessions stay; the old address is told.
#[utoipa::path(post, path = "/profile/email/confirm", tag = "session", params(("studio" = String, Path)), request_body = ConfirmEmail,
    responses((status = 204)), security(("session" = [])))]
pub async fn confirm_new_email(
    State(app): State<App>,
    session: PortalSession,
    Body(confirm): Body<ConfirmEmail>,
) -> Result<StatusCode> {
    app.limits.check_address(session.caller.address)?;
    let mut tx = app.db.write(&session).await?;
    check_changeable(&mut tx, &session).await?;
    let email = Email::parse(&confirm.email)?;
    let (act, here) = (act(&email), Some(session.session));
    let checked = check_code(&app, &mut tx, &act, here, &confirm.request, &confirm.code).await?;
    if let Err((_, error)) = checked {
        // The try counts.
        tx.commit().await?;
        return Err(error);
    }
    if clients::store::email_is_taken(&mut tx, email.as_str(), session.contact).await? {
        tx.commit().await?;
        let taken =
            "Somebody else at this studio signs in with this address. Please ask the studio.";
        return Err(Error::refused(Code::DuplicateEmail, taken).field("email"));
    }
    change(&app, tx, &session, &email).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(app: &App, mut tx: StudioTx, session: &PortalSession, email: &Email) -> Result<()> {
    let studio = studios::store::get(&mut tx).await?;
    let before = Person::load(&mut tx, session.contact, studio.country.clone()).await?;
    let mut after = before.clone();
    after.contact.email = Some(email.as_str().to_owned());
    let changes = after.save(&mut tx, &before).await?;
    tell::note_changes(&mut tx, session, &before, &changes).await?;
    let lines = changes.lines();
    tell::tell_staff(
        app,
        &mut tx,
        &studio,
        &after,
        "profile_changed",
        &lines,
        None,
    )
    .await?;
    if let Some(old) = &before.contact.email {
        let params = json!({ "first_name": before.contact.first_name, "email": email.as_str() });
        let notice = Message::mail((Some(session.contact), old), "email_changed", params);
        mail::send(app, &mut tx, &studio, notice).await?;
    }
    tx.commit().await
}
