//! Step-up: a fresh code or the password proves who is there, for one act; and the act that is built
//! in, changing the password.

use axum::{extract::State, http::StatusCode};
use portico_wire::{
    Code,
    access::{Act, AskProof, ChangePassword, Channel, CodeAsked, Proof, Prove},
};
use serde_json::json;

use super::{
    check_passwords_on,
    codes::{check_code, send_code},
    passwords::new_hash,
};
use crate::{
    App, Result,
    access::{require_proof, store},
    audit::{self, Actor, Change, Subject},
    error::Error,
    mail::{self, Message},
    scope::PortalSession,
    secrets::Secret,
    web::body::{Body, Json},
};

/// Sends a code that proves who is there, for one act.
#[utoipa::path(post, path = "/proof/code", tag = "session", params(("studio" = String, Path)), request_body = AskProof,
    responses((status = 200, body = CodeAsked)), security(("session" = [])))]
pub async fn ask_proof(
    State(app): State<App>,
    session: PortalSession,
    Body(ask): Body<AskProof>,
) -> Result<Json<CodeAsked>> {
    app.limits.check_address(session.caller.address)?;
    let mut tx = app.db.write(&session).await?;
    let studio = crate::studios::store::get(&mut tx).await?;
    let me = store::candidate(&mut tx, session.contact)
        .await?
        .ok_or_else(Error::session_ended)?;
    let asked = send_code(
        &app,
        &mut tx,
        &studio,
        &me,
        ask.act.name(),
        Some(session.session),
        ask.channel,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(asked))
}

/// Takes a code or the password as proof for one act.
#[utoipa::path(post, path = "/proof", tag = "session", params(("studio" = String, Path)), request_body = Prove,
    responses((status = 200, body = Proof)), security(("session" = [])))]
pub async fn prove(
    State(app): State<App>,
    session: PortalSession,
    Body(prove): Body<Prove>,
) -> Result<Json<Proof>> {
    app.limits.check_address(session.caller.address)?;
    let (act, way, mut tx) = match &prove {
        Prove::Code { act, request, code } => {
            let mut tx = app.db.write(&session).await?;
            match check_code(
                &app,
                &mut tx,
                act.name(),
                Some(session.session),
                request,
                code,
            )
            .await?
            {
                Ok(_) => {
                    let hash = Secret::presented(request.as_str()).hash();
                    let (channel, sent_at) = store::code_way(&mut tx, &hash).await?;
                    let way = match channel {
                        Channel::Email => "code by email",
                        Channel::Sms => "code by SMS",
                    };
                    (*act, (way, Some(sent_at)), tx)
                }
                Err((_, error)) => {
                    tx.commit().await?;
                    return Err(error);
                }
            }
        }
        Prove::Password { act, password } => {
            let mut tx = app.db.read(&session).await?;
            let studio = crate::studios::store::get(&mut tx).await?;
            drop(tx);
            check_passwords_on(&studio)?;
            prove_by_password(&app, &session, password).await?;
            (*act, ("password", None), app.db.write(&session).await?)
        }
    };
    let proof = Secret::random();
    store::insert_proof(
        &mut tx,
        session.contact,
        Some(session.session),
        act.name(),
        &proof.hash(),
        way,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(Proof {
        proof: proof.reveal().into(),
    }))
}

async fn prove_by_password(app: &App, session: &PortalSession, password: &str) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    let taken = store::take_password_try(&mut tx, session.contact).await?;
    tx.commit().await?;
    let taken = taken.ok_or_else(|| {
        Error::refused(
            Code::PasswordClosed,
            "For your safety the password is closed for a while. Use a code instead.",
        )
        .field("password")
    })?;
    if !app
        .passwords
        .verify(password, taken.password_hash.as_deref())
        .await?
    {
        return Err(Error::refused(
            Code::InvalidPassword,
            "Please check it, or use a code instead.",
        )
        .field("password"));
    }
    let mut tx = app.db.write(session).await?;
    store::forget_password_tries(&mut tx, session.contact).await?;
    tx.commit().await
}

/// Changes the contact's password, or chooses the first one. Ends its other sessions.
#[utoipa::path(post, path = "/password", tag = "session", params(("studio" = String, Path)), request_body = ChangePassword,
    responses((status = 204)), security(("session" = [])))]
pub async fn change_password(
    State(app): State<App>,
    session: PortalSession,
    Body(change): Body<ChangePassword>,
) -> Result<StatusCode> {
    let mut tx = app.db.read(&session).await?;
    let studio = crate::studios::store::get(&mut tx).await?;
    check_passwords_on(&studio)?;
    let me = store::candidate(&mut tx, session.contact)
        .await?
        .ok_or_else(Error::session_ended)?;
    drop(tx);
    let hash = new_hash(&app, &me, &change.password).await?;

    let mut tx = app.db.write(&session).await?;
    require_proof(&mut tx, &session, Act::ChangePassword, &change.proof).await?;
    store::save_password(&mut tx, session.contact, &hash).await?;
    store::delete_sessions(&mut tx, session.contact, Some(session.session)).await?;
    let subject = Subject("contact", Some(session.contact.into_uuid()));
    audit::append(
        &mut tx,
        &Actor::of(&session),
        "password changed",
        subject,
        Change::none(),
        &session.caller.reference,
    )
    .await?;
    let params = json!({ "first_name": me.first_name });
    let notice = Message::mail((Some(me.id), &me.email), "password_changed", params);
    mail::send(&app, &mut tx, &studio, notice).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
