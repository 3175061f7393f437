//! "Pay Now" as a form the portal shows: what of it, how much, a tip.

mod offer;

use axum::extract::State;
use portico_wire::{
    forms::{Answer, Answers},
    payments::StartCheckout,
    prompts::{Leave, Prompt, PromptDone, Prompted},
};
use serde::Deserialize;

use super::checkout;
use crate::{
    App, Result,
    error::Error,
    forms::prompts::checked,
    scope::{PortalSession, Reading},
    web::body::{Body, IdempotencyKey, Json, Params},
};
use offer::Offer;

fn minor(answers: &Answers, field: &str) -> i64 {
    match answers.get(field) {
        Some(Answer::Money(minor)) => *minor,
        _ => 0,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct What {
    of: String,
}

/// What can be paid of an invoice, an instalment, all invoices of a currency, or ahead, as a form.
#[utoipa::path(get, path = "/payments/form", tag = "payments",
    params(("studio" = String, Path), ("of" = String, Query, description = "An invoice, an instalment, a currency, or `ahead`", max_length = 40)),
    responses((status = 200, body = Prompt)), security(("session" = [])))]
pub async fn get_payment_form(
    Reading { session, mut tx }: Reading,
    Params(what): Params<What>,
) -> Result<Json<Prompt>> {
    let offer = Offer::find(&mut tx, &session, &what.of).await?;
    Ok(Json(Prompt {
        form: offer.form(),
        answers: offer.answers(),
        act: "Pay Now".to_owned(),
        total: Some(offer.total()),
        ..Prompt::default()
    }))
}

/// Begins to pay what was chosen: the reply says where to go on to. The same act once more gives the same page.
#[utoipa::path(post, path = "/payments/form", tag = "payments",
    params(("studio" = String, Path), ("of" = String, Query, description = "As it was asked for", max_length = 40),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Prompted, responses((status = 200, body = PromptDone)), security(("session" = [])))]
pub async fn send_payment_form(
    State(app): State<App>,
    session: PortalSession,
    Params(what): Params<What>,
    key: IdempotencyKey,
    Body(sent): Body<Prompted>,
) -> Result<Json<PromptDone>> {
    let mut tx = app.db.read(&session).await?;
    let offer = Offer::find(&mut tx, &session, &what.of).await?;
    drop(tx);
    checked(&offer.form(), &sent.answers)?;
    let (choice, invoices, amount) = offer.chosen(&sent.answers);
    let tip = minor(&sent.answers, "tip");
    if sent.total.is_some_and(|total| total != amount + tip) {
        return Err(Error::refused(
            portico_wire::Code::Conflict,
            "What is to be paid has changed. Please look at it again.",
        ));
    }
    let path = match invoices.as_slice() {
        [one] => Some(format!("invoices/{one}")),
        _ => None,
    };
    let start = StartCheckout {
        invoices,
        choice,
        instalment: offer.instalment,
        amount: Some(amount),
        tip: (tip > 0).then_some(tip),
        return_to: sent.page.unwrap_or_default(),
    };
    let begun = checkout::start(&app, &session, &start, key.as_str()).await?;
    let leave = begun.url.clone().map(|url| Leave {
        checkout: begun.id,
        url,
    });
    Ok(Json(PromptDone {
        said: None,
        path,
        leave,
    }))
}
