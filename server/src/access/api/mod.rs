//! Signing in and out, for the widget.

pub mod codes;
pub mod emails;
pub mod links;
pub mod passwords;
pub mod proofs;
pub mod sessions;
pub mod views;

use axum::extract::State;
use portico_wire::{Code, ContactId, access::SignIn, studios::StudioSettings};

use super::{
    store::{self, SignInTry},
    tell,
};
use crate::{
    App, Result, clients, db::StudioTx, error::Error, happenings::What, portal, scope::Embed,
    secrets::Secret, studios::Studio, web::body::Json,
};

const NEW_PASSWORD: &str = "new_password";
const SIGN_IN: &str = "sign_in";

/// What anybody may know of the studio: enough to show its sign-in.
#[utoipa::path(get, path = "/settings", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = StudioSettings)))]
pub async fn settings(State(app): State<App>, embed: Embed) -> Json<StudioSettings> {
    Json(embed.studio.settings(&app.origin))
}

fn check_passwords_on(studio: &Studio) -> Result<()> {
    if studio.passwords {
        Ok(())
    } else {
        Err(Error::refused(
            Code::PasswordsOff,
            "Please sign in with a code; we send it to you.",
        ))
    }
}

/// One try to sign in: how it is logged, worded, and what follows when it is right.
struct Attempt<'a> {
    app: &'a App,
    embed: &'a Embed,
    /// As typed; empty where only a secret was shown.
    email: &'a str,
    way: &'static str,
}

impl Attempt<'_> {
    /// Logs the true reason, and gives back what the person may read of it.
    async fn failed(&self, contact: Option<ContactId>, error: Error) -> Result<Error> {
        let Some(code) = error.code() else {
            return Ok(error);
        };
        let mut tx = self.app.db.write(self.embed).await?;
        let entry = SignInTry {
            contact,
            email: self.email,
            way: self.way,
            outcome: code.text(),
        };
        store::log_sign_in(&mut tx, entry, &self.embed.caller).await?;
        tx.commit().await?;
        self.app
            .limits
            .failed(self.embed.studio.scope.studio())
            .await;
        metrics::counter!("portico_sign_ins", "way" => self.way, "outcome" => code.text())
            .increment(1);
        Ok(if self.embed.studio.private_wording {
            private(code, error)
        } else {
            error
        })
    }

    /// The proof was right: a session begins, unless a new password has to be chosen first.
    async fn enter(
        &self,
        mut tx: StudioTx,
        contact: ContactId,
        stay: bool,
    ) -> Result<Json<SignIn>> {
        let candidate = store::candidate(&mut tx, contact)
            .await?
            .ok_or_else(Error::session_ended)?;
        if let Err(error) = candidate.check_enabled() {
            // What was right is used up all the same.
            tx.commit().await?;
            return Err(self.failed(Some(contact), error).await?);
        }
        if candidate.password_must_change && self.embed.studio.passwords {
            if self.way == "password" && !store::use_up_password(&mut tx, contact).await? {
                drop(tx);
                let used = Error::refused(
                    Code::InvalidPassword,
                    "This password worked once, as it was meant to. Please let us send you a code instead.",
                )
                .field("password");
                return Err(self.failed(Some(contact), used).await?);
            }
            let proof = Secret::random();
            store::insert_proof(
                &mut tx,
                contact,
                None,
                NEW_PASSWORD,
                &proof.hash(),
                ("link", None),
            )
            .await?;
            tx.commit().await?;
            return Ok(Json(SignIn::NewPassword {
                proof: proof.reveal().into(),
            }));
        }
        let (token, session) =
            super::sessions::open(&mut tx, contact, &self.embed.caller, stay).await?;
        let first = store::note_sign_in(&mut tx, contact).await?;
        let now = tx.now();
        clients::store::note_activity(&mut tx, contact, now).await?;
        if self.way == "password" {
            store::forget_password_tries(&mut tx, contact).await?;
        }
        let entry = SignInTry {
            contact: Some(contact),
            email: &candidate.email,
            way: self.way,
            outcome: "in",
        };
        store::log_sign_in(&mut tx, entry, &self.embed.caller).await?;
        if first {
            tell::happened(&mut tx, contact, What::FirstSignIn, None).await?;
        }
        let home =
            portal::first_home(self.app, &mut tx, contact, portal::Edition::Published).await?;
        tx.commit().await?;
        metrics::counter!("portico_sign_ins", "way" => self.way, "outcome" => "in").increment(1);
        tracing::info!(%session, way = self.way, "signed in");
        Ok(Json(SignIn::In {
            token: token.reveal().into(),
            home: Box::new(home),
        }))
    }
}

/// One neutral sentence for whatever would tell who is a client.
fn private(code: Code, error: Error) -> Error {
    match code {
        Code::UnknownEmail
        | Code::DuplicateEmail
        | Code::AccessDisabled
        | Code::InvalidPassword
        | Code::NoPassword
        | Code::PasswordClosed => Error::refused(
            Code::SignInRefused,
            "Please check both, or let us send you a code. If you cannot get in, contact the studio.",
        )
        .field("password"),
        _ => error,
    }
}
