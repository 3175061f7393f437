//! `POST /webhooks/stripe`: what the operator's account tells about studios' subscriptions. An event is written down once,
//! with the work of asking the provider; what stands in it is believed only so far as to know which studio to ask about.

use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use serde::Deserialize;

use super::{Operator, store};
use crate::{
    App, Result,
    error::Error,
    jobs::{self, Job},
    payments::webhook::signed,
    scope::StudioScope,
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
    let event: Event = signed(&app, request, &secrets).await?;
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
