//! Signing in and out, for the widget.

use axum::{Json, extract::State, http::StatusCode};
use portico_wire::{
    Code, ContactId, SessionId,
    access::{
        Act, AskCode, AskProof, AskReset, ChangePassword, Channel, ChooseNewPassword, CodeAsked,
        Device, Devices, LinkNext, LinkSeen, LookAtLink, PasswordSignIn, Proof, Prove, RedeemCode,
        RedeemLink, ResetAsked, SignIn, SignOut,
    },
    studios::StudioSettings,
};
use serde_json::json;

use super::{
    CODE_SECONDS, CODE_TRIES, Candidate, Email, RESET_SECONDS, channel, check_pace, code_digits,
    links, mask_email, mask_mobile, passwords, sessions,
    store::{self, NewCode, SignInTry},
    the_one,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    mail::{self, Message},
    portal,
    scope::{Caller, Embed, OpenEmbed, PortalSession},
    secrets::{Secret, digits8},
    studios::Studio,
    web::body::{Body, Id, accepted},
};

const NEW_PASSWORD: &str = "new_password";
const SIGN_IN: &str = "sign_in";

/// What anybody may know of the studio: enough to show its sign-in.
#[utoipa::path(get, path = "/settings", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = StudioSettings)))]
pub async fn settings(State(app): State<App>, embed: Embed) -> Json<StudioSettings> {
    Json(embed.studio.settings(&app.origin))
}

// Signing in by code

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

async fn send_code(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    to: &Candidate,
    act: &str,
    session: Option<SessionId>,
    asked: Option<Channel>,
) -> Result<CodeAsked> {
    let limits = &app.config.limits;
    check_pace(
        store::recent_codes(tx, to.id).await?,
        tx.now(),
        limits.code_seconds,
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
        template: if act == SIGN_IN { "code" } else { "code_proof" },
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

type Checked = std::result::Result<ContactId, (Option<ContactId>, Error)>;

/// The contact whose code this is, or why it is not taken; the try is counted either way.
async fn check_code(
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

// Signing in by password

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

async fn new_hash(app: &App, candidate: &Candidate, password: &str) -> Result<String> {
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
async fn set_password(
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

// Links

/// Says what a direct link is for. Looking does not use it up.
#[utoipa::path(post, path = "/sign-in/link", tag = "sign-in", params(("studio" = String, Path)), request_body = LookAtLink,
    responses((status = 200, body = LinkSeen)))]
pub async fn look_at_link(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(look): Body<LookAtLink>,
) -> Result<Json<LinkSeen>> {
    let mut tx = app.db.read(&embed).await?;
    let (link, candidate) = live_link(&mut tx, &look.secret).await?;
    Ok(Json(LinkSeen {
        next: link_next(&embed.studio, &link, &candidate),
        email: candidate.email,
        first_name: candidate.first_name,
    }))
}

async fn live_link(tx: &mut StudioTx, secret: &str) -> Result<(store::LiveLink, Candidate)> {
    let gone = || {
        Error::refused(
            Code::LinkInvalid,
            "It was used already, is too old, or a newer one replaced it. You can sign in with a code instead.",
        )
    };
    let link = store::find_link(tx, &Secret::presented(secret).hash())
        .await?
        .ok_or_else(gone)?;
    let candidate = store::candidate(tx, link.contact_id)
        .await?
        .ok_or_else(gone)?;
    candidate.check_enabled()?;
    // Two contacts with the same email: neither can sign in, by a link neither.
    let found = store::candidates(tx, &Email::parse(&candidate.email)?).await?;
    the_one(&found)?;
    Ok((link, candidate))
}

fn link_next(studio: &Studio, link: &store::LiveLink, candidate: &Candidate) -> LinkNext {
    let choose = studio.passwords && (link.purpose == "reset" || !candidate.has_password);
    if choose {
        LinkNext::ChoosePassword
    } else {
        LinkNext::SignIn
    }
}

/// Chooses a password with a direct link, and signs in. Uses the link up.
#[utoipa::path(post, path = "/sign-in/link/redeem", tag = "sign-in", params(("studio" = String, Path)), request_body = RedeemLink,
    responses((status = 200, body = SignIn)))]
pub async fn redeem_link(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(redeem): Body<RedeemLink>,
) -> Result<Json<SignIn>> {
    check_passwords_on(&embed.studio)?;
    let mut tx = app.db.read(&embed).await?;
    let (link, candidate) = live_link(&mut tx, &redeem.secret).await?;
    drop(tx);
    let only_opens = || {
        Error::refused(
            Code::LinkInvalid,
            "This link opens the sign-in. Please sign in with your password or a code.",
        )
    };
    if link_next(&embed.studio, &link, &candidate) != LinkNext::ChoosePassword {
        return Err(only_opens());
    }
    let hash = new_hash(&app, &candidate, &redeem.password).await?;

    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: &candidate.email,
        way: "link",
    };
    let mut tx = app.db.write(&embed).await?;
    if !store::use_link(&mut tx, link.id).await? {
        return Err(Error::refused(
            Code::LinkInvalid,
            "This link was used a moment ago.",
        ));
    }
    if link.purpose == "reset" {
        store::revoke_links(&mut tx, candidate.id).await?;
    }
    set_password(&mut tx, &candidate, &hash, &embed.caller).await?;
    attempt.enter(tx, candidate.id, redeem.stay_signed_in).await
}

/// Mails a link to choose a new password. The old one works until then.
#[utoipa::path(post, path = "/password/reset", tag = "sign-in", params(("studio" = String, Path)), request_body = AskReset,
    responses((status = 202, body = ResetAsked)))]
pub async fn ask_reset(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(ask): Body<AskReset>,
) -> Result<(StatusCode, Json<ResetAsked>)> {
    check_passwords_on(&embed.studio)?;
    let email = Email::parse(&ask.email)?;
    let attempt = Attempt {
        app: &app,
        embed: &embed,
        email: email.as_str(),
        way: "reset",
    };
    let masked = ResetAsked {
        to: mask_email(email.as_str()),
    };
    let mut tx = app.db.write(&embed).await?;
    let found = store::candidates(&mut tx, &email).await?;
    let sent = match the_one(&found) {
        Ok(candidate) => send_reset(&app, &mut tx, &embed.studio, candidate).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => {
            tx.commit().await?;
            Ok(accepted(masked))
        }
        Err(error) => {
            drop(tx);
            let contact = if let [one] = &found[..] {
                Some(one.id)
            } else {
                None
            };
            let error = attempt.failed(contact, error).await?;
            if embed.studio.private_wording {
                Ok(accepted(masked))
            } else {
                Err(error)
            }
        }
    }
}

async fn send_reset(app: &App, tx: &mut StudioTx, studio: &Studio, to: &Candidate) -> Result<()> {
    let limits = &app.config.limits;
    check_pace(
        store::recent_resets(tx, to.id).await?,
        tx.now(),
        limits.code_seconds,
        limits.codes_per_hour,
    )?;
    let secret = Secret::random();
    store::insert_link(tx, to.id, "reset", &secret.hash(), RESET_SECONDS).await?;
    let message = Message {
        contact: Some(to.id),
        channel: Channel::Email,
        recipient: &to.email,
        template: "reset",
        params: json!({ "first_name": to.first_name }),
        secrets: json!({ "link": links::address(app, studio, &secret) }),
        expires_at: Some(tx.now().plus_seconds(RESET_SECONDS)),
    };
    mail::send(app, tx, studio, message).await
}

// Coming in

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
            let proof = Secret::random();
            store::insert_proof(&mut tx, contact, None, NEW_PASSWORD, &proof.hash()).await?;
            tx.commit().await?;
            return Ok(Json(SignIn::NewPassword {
                proof: proof.reveal().into(),
            }));
        }
        let (token, session) = sessions::open(&mut tx, contact, &self.embed.caller, stay).await?;
        store::note_sign_in(&mut tx, contact).await?;
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
        let home = portal::home(self.app, &mut tx, contact).await?;
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

// Sessions

/// Ends this session, or all of the contact's.
#[utoipa::path(post, path = "/sign-out", tag = "session", params(("studio" = String, Path)), request_body = SignOut,
    responses((status = 204)), security(("session" = [])))]
pub async fn sign_out(
    State(app): State<App>,
    session: PortalSession,
    Body(how): Body<SignOut>,
) -> Result<StatusCode> {
    let mut tx = app.db.write(&session).await?;
    if how.everywhere {
        store::delete_sessions(&mut tx, session.contact, None).await?;
    } else {
        store::delete_session(&mut tx, session.contact, session.session).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The contact's own signed-in devices.
#[utoipa::path(get, path = "/devices", tag = "session", params(("studio" = String, Path)),
    responses((status = 200, body = Devices)), security(("session" = [])))]
pub async fn list_devices(State(app): State<App>, session: PortalSession) -> Result<Json<Devices>> {
    let mut tx = app.db.read(&session).await?;
    let rows = store::devices(&mut tx, session.contact).await?;
    let device = |row: store::DeviceRow| Device {
        id: row.id,
        name: sessions::device_name(&row.user_agent),
        origin: row.origin,
        address: row.address,
        signed_in_at: row.created_at,
        last_used_at: row.last_used_at,
        here: row.id == session.session,
        stays_signed_in: row.stay,
    };
    Ok(Json(Devices {
        devices: rows.into_iter().map(device).collect(),
    }))
}

/// Signs one of the contact's own devices out.
#[utoipa::path(delete, path = "/devices/{id}", tag = "session", params(("studio" = String, Path), ("id" = SessionId, Path)),
    responses((status = 204)), security(("session" = [])))]
pub async fn sign_out_device(
    State(app): State<App>,
    session: PortalSession,
    Id(device): Id<SessionId>,
) -> Result<StatusCode> {
    let mut tx = app.db.write(&session).await?;
    if !store::delete_session(&mut tx, session.contact, device).await? {
        return Err(Error::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

// Proofs

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
    let (act, mut tx) = match &prove {
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
                Ok(_) => (*act, tx),
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
            (*act, app.db.write(&session).await?)
        }
    };
    let proof = Secret::random();
    store::insert_proof(
        &mut tx,
        session.contact,
        Some(session.session),
        act.name(),
        &proof.hash(),
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

/// Uses up a proof the contact gave for `act` in this session.
pub async fn require_proof(
    tx: &mut StudioTx,
    session: &PortalSession,
    act: Act,
    proof: &str,
) -> Result<()> {
    let hash = Secret::presented(proof).hash();
    match store::use_proof(tx, Some(session.session), act.name(), &hash).await? {
        Some(contact) if contact == session.contact => Ok(()),
        _ => Err(Error::refused(
            Code::ProofRequired,
            "Please confirm that it is you, with a code or your password.",
        )),
    }
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
    let notice = Message {
        contact: Some(me.id),
        channel: Channel::Email,
        recipient: &me.email,
        template: "password_changed",
        params: json!({ "first_name": me.first_name }),
        secrets: serde_json::Value::Null,
        expires_at: None,
    };
    mail::send(&app, &mut tx, &studio, notice).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
