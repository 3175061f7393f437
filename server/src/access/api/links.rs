//! Direct links, and the reset that mails one.

use axum::{extract::State, http::StatusCode};
use portico_wire::{
    Code,
    access::{AskReset, Channel, LinkNext, LinkSeen, LookAtLink, RedeemLink, ResetAsked, SignIn},
};
use serde_json::json;

use super::{
    Attempt, check_passwords_on,
    passwords::{new_hash, set_password},
};
use crate::{
    App, Result,
    access::{Candidate, Email, RESET_SECONDS, check_pace, links, mask_email, store, the_one},
    db::StudioTx,
    error::Error,
    mail::{self, Message},
    scope::OpenEmbed,
    secrets::Secret,
    studios::Studio,
    web::body::{Body, Json, accepted},
};

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
