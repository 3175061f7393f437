//! Signing in by password, and choosing a new one on the way in.

use axum::extract::State;
use portico_wire::{
    Code, ContactId,
    access::{ChooseNewPassword, PasswordSignIn, SignIn},
};

use super::{Attempt, NEW_PASSWORD, check_passwords_on};
use crate::{
    App, Result,
    access::{Candidate, Email, passwords, store, the_one},
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    scope::{Caller, Embed, OpenEmbed},
    secrets::Secret,
    web::body::{Body, Json},
};

/// Signs in with email and password.
#[utoipa::path(post, path = "/sign-in/password", tag = "sign-in", params(("studio" = String, Path)), request_body = PasswordSignIn,
    responses((status = 200, body = SignIn)))]
pub async fn sign_in_by_password(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(with): Body<PasswordSignIn>,
) -> Result<Json<SignIn>> {
    check_passwords_on(&embed.studio)?;
    let email = Email::parse(&with.email)?;
    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: email.as_str(),
        way: "password",
    };
    if with.password.is_empty() {
        return Err(Error::invalid("password", "Please type your password."));
    }
    let mut tx = app.db.read(&embed).await?;
    let found = store::candidates(&mut tx, &email).await?;
    drop(tx);
    let candidate = match the_one(&found) {
        Ok(candidate) => candidate,
        Err(error) => {
            if embed.studio.private_wording {
                app.passwords.verify(&with.password, None).await?;
            }
            return Err(attempt.failed(None, error).await?);
        }
    };
    if let Err(error) = check_password(&app, &embed, candidate.id, &with.password).await {
        return Err(attempt.failed(Some(candidate.id), error).await?);
    }
    let tx = app.db.write(&embed).await?;
    attempt.enter(tx, candidate.id, with.stay_signed_in).await
}

/// Takes a try first, so that no flood of parallel requests gets more than the limit, then hashes.
async fn check_password(
    app: &App,
    embed: &Embed,
    contact: ContactId,
    password: &str,
) -> Result<()> {
    let mut tx = app.db.write(embed).await?;
    let taken = store::take_password_try(&mut tx, contact).await?;
    tx.commit().await?;
    let Some(taken) = taken else {
        return Err(Error::refused(
            Code::PasswordClosed,
            "For your safety the password is closed for a while. We can send you a code instead.",
        )
        .field("password"));
    };
    if taken.password_hash.is_none() {
        return Err(
            Error::refused(Code::NoPassword, "We can send you a code instead.").field("password"),
        );
    }
    if app
        .passwords
        .verify(password, taken.password_hash.as_deref())
        .await?
    {
        Ok(())
    } else {
        Err(Error::refused(
            Code::InvalidPassword,
            "If you do not remember it, choose \"Reset password\" or let us send you a code.",
        )
        .field("password"))
    }
}

/// Chooses the new password a sign-in asked for.
#[utoipa::path(post, path = "/sign-in/new-password", tag = "sign-in", params(("studio" = String, Path)), request_body = ChooseNewPassword,
    responses((status = 200, body = SignIn)))]
pub async fn choose_new_password(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(choose): Body<ChooseNewPassword>,
) -> Result<Json<SignIn>> {
    check_passwords_on(&embed.studio)?;
    let proof = Secret::presented(&*choose.proof).hash();
    let too_old = || {
        Error::refused(
            Code::ProofRequired,
            "This took too long. Please sign in again.",
        )
    };
    let mut tx = app.db.read(&embed).await?;
    let contact = store::find_proof(&mut tx, NEW_PASSWORD, &proof)
        .await?
        .ok_or_else(too_old)?;
    let candidate = store::candidate(&mut tx, contact)
        .await?
        .ok_or_else(too_old)?;
    drop(tx);
    let hash = new_hash(&app, &candidate, &choose.password).await?;

    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: &candidate.email,
        way: "new_password",
    };
    let mut tx = app.db.write(&embed).await?;
    store::use_proof(&mut tx, None, NEW_PASSWORD, &proof)
        .await?
        .ok_or_else(too_old)?;
    set_password(&mut tx, &candidate, &hash, &embed.caller).await?;
    attempt.enter(tx, contact, choose.stay_signed_in).await
}

pub(super) async fn new_hash(app: &App, candidate: &Candidate, password: &str) -> Result<String> {
    passwords::check(
        password,
        &[
            &candidate.email,
            &candidate.first_name,
            &candidate.last_name,
        ],
    )?;
    app.passwords.hash(password).await
}

/// A contact's own choice: stored, logged, and every session but none kept ended.
pub(super) async fn set_password(
    tx: &mut StudioTx,
    candidate: &Candidate,
    hash: &str,
    caller: &Caller,
) -> Result<()> {
    store::save_password(tx, candidate.id, hash).await?;
    store::delete_sessions(tx, candidate.id, None).await?;
    let actor = Actor::Contact {
        id: candidate.id,
        name: crate::clients::full_name(&candidate.first_name, &candidate.last_name),
    };
    let subject = Subject("contact", Some(candidate.id.into_uuid()));
    audit::append(
        tx,
        &actor,
        "password chosen",
        subject,
        Change::none(),
        &caller.reference,
    )
    .await
}
