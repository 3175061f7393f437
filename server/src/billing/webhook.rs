//! `POST /webhooks/stripe`: what the operator's account tells about studios' subscriptions. An event is written down once,
//! with the work of asking the provider; what stands in it is believed only so far as to know which studio to ask about.

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    http::StatusCode,
};
use portico_wire::Code;
use serde::Deserialize;

use super::{Operator, store};
use crate::{
    App, Result,
    error::Error,
    jobs::{self, Job},
    payments::stripe::sign,
    scope::StudioScope,
    web::client_address,
};

const KINDS: &[&str] = &[
    "checkout.session.completed",
    "customer.subscription.",
    "invoice.",
];

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    customer: Option<String>,
}

pub async fn stripe(State(app): State<App>, request: Request) -> Result<StatusCode> {
    let secrets = Operator::of(&app).map(|operator| operator.webhook_secrets);
    let secrets = secrets.filter(|secrets| !secrets.is_empty());
    let secrets = secrets.ok_or_else(Error::not_found)?;
    let (parts, body) = request.into_parts();
    let address = client_address(&parts, &app.config.trusted_proxies);
    let header = parts.headers.get("stripe-signature");
    let header = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_owned();
    let too_large = |_| Error::refused(Code::TooLarge, "The body is too large, or broke off.");
    let request = Request::from_parts(parts, body);
    let body = Bytes::from_request(request, &app)
        .await
        .map_err(too_large)?;
    if !sign::is_signed(&header, &body, &secrets, app.clock.now()) {
        metrics::counter!("portico_webhooks_refused").increment(1);
        app.limits.check_webhook(address)?;
        return Err(Error::refused(
            Code::Malformed,
            "The signature does not fit, or is older than five minutes.",
        ));
    }
    let event: Event = serde_json::from_slice(&body)
        .map_err(|_| Error::refused(Code::Malformed, "This is not an event."))?;
    metrics::counter!("portico_webhooks").increment(1);
    take(&app, &event).await?;
    Ok(StatusCode::OK)
}

async fn take(app: &App, event: &Event) -> Result<()> {
    let ours = KINDS.iter().any(|begin| event.kind.starts_with(begin));
    let customer = event.data.object.customer.as_deref().filter(|_| ours);
    let (Some(customer), 1..=255) = (customer, event.id.len()) else {
        return Ok(());
    };
    // System: whose customer it is says the event, and its signature was right.
    let mut tx = app.db.system_read().await?;
    let studio = store::studio_of(&mut tx, customer).await?;
    drop(tx);
    let Some(studio) = studio else {
        return Ok(());
    };
    let mut tx = app.db.write(&StudioScope::of(studio)).await?;
    if store::insert_event(&mut tx, &event.id, &event.kind).await? {
        jobs::enqueue(&mut tx, &Job::SyncBilling { follow: false }).await?;
        tx.commit().await?;
    }
    Ok(())
}
