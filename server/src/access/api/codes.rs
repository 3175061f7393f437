//! Signing in by a one-time code.

use axum::extract::State;
use portico_wire::{
    Code, ContactId, SessionId,
    access::{AskCode, Channel, CodeAsked, RedeemCode, SignIn},
};
use serde_json::json;

use super::{Attempt, SIGN_IN};
use crate::{
    App, Result,
    access::{
        CODE_SECONDS, CODE_TRIES, Candidate, Email, channel, check_pace, code_digits, mask_email,
        mask_mobile,
        store::{self, NewCode},
        the_one,
    },
    db::StudioTx,
    error::Error,
    mail::{self, Message},
    scope::OpenEmbed,
    secrets::{Secret, digits8},
    studios::Studio,
    web::body::{Body, Json},
};

/// Before the address a code proves.
pub(super) const NEW_EMAIL: &str = "email:";

/// Sends a one-time code by SMS or email.
#[utoipa::path(post, path = "/sign-in/code", tag = "sign-in", params(("studio" = String, Path)), request_body = AskCode,
    responses((status = 200, body = CodeAsked)))]
pub async fn ask_code(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(ask): Body<AskCode>,
) -> Result<Json<CodeAsked>> {
    let email = Email::parse(&ask.email)?;
    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: email.as_str(),
        way: "code",
    };
    let mut tx = app.db.write(&embed).await?;
    let found = store::candidates(&mut tx, &email).await?;
    let candidate = match the_one(&found) {
        Ok(candidate) => candidate,
        Err(error) => {
            drop(tx);
            let error = attempt.failed(None, error).await?;
            // Private wording says the same to everybody: a code is on its way, or none is.
            return if embed.studio.private_wording {
                Ok(Json(code_for_nobody(&email)))
            } else {
                Err(error)
            };
        }
    };
    let asked = send_code(
        &app,
        &mut tx,
        &embed.studio,
        candidate,
        SIGN_IN,
        None,
        ask.channel,
    )
    .await;
    match asked {
        Ok(asked) => {
            tx.commit().await?;
            Ok(Json(asked))
        }
        Err(error) => {
            drop(tx);
            Err(attempt.failed(Some(candidate.id), error).await?)
        }
    }
}

/// Looks like the reply to anybody else.
fn code_for_nobody(email: &Email) -> CodeAsked {
    CodeAsked {
        request: Secret::random().reveal().into(),
        channel: Channel::Email,
        to: mask_email(email.as_str()),
        resend_after: 60,
        expires_in: 600,
    }
}

pub(super) async fn send_code(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    to: &Candidate,
    act: &str,
    session: Option<SessionId>,
    asked: Option<Channel>,
) -> Result<CodeAsked> {
    let limits = &app.config.limits;
    // The code for a new address comes right after the proof, which may have been a code itself.
    let gap = if act.starts_with(NEW_EMAIL) {
        0
    } else {
        limits.code_seconds
    };
    check_pace(
        store::recent_codes(tx, to.id).await?,
        tx.now(),
        gap,
        limits.codes_per_hour,
    )?;
    let channel = channel(to, asked, app.mail.can_send_sms());
    let (request, code) = (Secret::random(), digits8());
    let new = NewCode {
        contact: to.id,
        act,
        session,
        channel,
        request_hash: request.hash(),
        code_hash: app.keys.code_hash(&request, &code),
    };
    store::insert_code(tx, new).await?;
    let (recipient, masked) = match (&channel, &to.mobile) {
        (Channel::Sms, Some(mobile)) => (mobile.as_str(), mask_mobile(mobile)),
        _ => (to.email.as_str(), mask_email(&to.email)),
    };
    let message = Message {
        contact: Some(to.id),
        channel,
        recipient,
        template: match act {
            SIGN_IN => "code",
            act if act.starts_with(NEW_EMAIL) => "code_email",
            _ => "code_proof",
        },
        params: json!({ "first_name": to.first_name }),
        secrets: json!({ "code": format!("{} {}", &code[..4], &code[4..]) }),
        expires_at: Some(tx.now().plus_seconds(CODE_SECONDS)),
    };
    mail::send(app, tx, studio, message).await?;
    Ok(CodeAsked {
        request: request.reveal().into(),
        channel,
        to: masked,
        resend_after: u32::try_from(limits.code_seconds).unwrap_or(60),
        expires_in: 600,
    })
}

/// Signs in with a code and the request it was sent for.
#[utoipa::path(post, path = "/sign-in/code/redeem", tag = "sign-in", params(("studio" = String, Path)), request_body = RedeemCode,
    responses((status = 200, body = SignIn)))]
pub async fn redeem_code(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(redeem): Body<RedeemCode>,
) -> Result<Json<SignIn>> {
    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: "",
        way: "code",
    };
    let mut tx = app.db.write(&embed).await?;
    match check_code(&app, &mut tx, SIGN_IN, None, &redeem.request, &redeem.code).await? {
        Ok(contact) => attempt.enter(tx, contact, redeem.stay_signed_in).await,
        Err((contact, error)) => {
            tx.commit().await?;
            Err(attempt.failed(contact, error).await?)
        }
    }
}

pub(super) type Checked = std::result::Result<ContactId, (Option<ContactId>, Error)>;

/// The contact whose code this is, or why it is not taken; the try is counted either way.
pub(super) async fn check_code(
    app: &App,
    tx: &mut StudioTx,
    act: &str,
    session: Option<SessionId>,
    request: &str,
    code: &str,
) -> Result<Checked> {
    let digits = code_digits(code)?;
    let request = Secret::presented(request);
    let hash = app.keys.code_hash(&request, &digits);
    if let Some(tried) = store::try_code(tx, act, session, &request.hash(), &hash).await? {
        if tried.right {
            return Ok(Ok(tried.contact_id));
        }
        let left = CODE_TRIES - tried.tries;
        let error = if left > 0 {
            Error::refused(
                Code::CodeWrong,
                "Please compare it with the latest message we sent.",
            )
            .tries_left(left)
        } else {
            spent()
        };
        return Ok(Err((Some(tried.contact_id), error.field("code"))));
    }
    let dead = store::explain_code(tx, act, &request.hash()).await?;
    let error = match &dead {
        Some(dead) if dead.used_at.is_some() => Error::refused(
            Code::CodeUsed,
            "Each code works once. Please ask for a new one.",
        ),
        Some(dead) if dead.tries >= CODE_TRIES => spent(),
        _ => Error::refused(
            Code::CodeExpired,
            "Codes work for ten minutes. Please ask for a new one.",
        ),
    };
    Ok(Err((dead.map(|dead| dead.contact_id), error.field("code"))))
}

fn spent() -> Error {
    Error::refused(
        Code::CodeSpent,
        "This code was tried too often. Please ask for a new one.",
    )
}
