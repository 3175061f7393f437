//! `POST /webhooks/stripe/{studio}`. What is signed is written down once with a job and answered at once; the job fetches the
//! current state from the provider, so that neither the order nor the content of events matters.

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Path, Request, State},
    http::StatusCode,
};
use portico_wire::{CheckoutId, Code};
use serde::de::DeserializeOwned;

use super::{
    Source, SourceKind, account,
    store::{self, events},
    stripe::{Event, sign},
    sync,
};
use crate::{
    App, Result,
    audit::Actor,
    db::StudioTx,
    error::Error,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    secrets::Secret,
    studios,
    web::client_address,
};

/// Far above what Stripe sends.
pub const BODY_LIMIT: usize = 512 * 1024;

/// Those that say something about money here; Stripe sends whatever an endpoint is subscribed to.
const KINDS: &[&str] = &["checkout.session.", "charge.", "refund.", "payment_intent."];

fn closed() -> Error {
    Error::not_found()
}

pub async fn stripe(
    State(app): State<App>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    // System: the studio is what the address names; nothing is done before its secret fits.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, &slug).await?;
    drop(tx);
    let scope = studio.ok_or_else(closed)?.scope;
    let mut tx = app.db.read(&scope).await?;
    let found = store::account::find(&mut tx).await?.ok_or_else(closed)?;
    drop(tx);
    let secrets = account::webhook_secrets(&app, &found)?;
    if secrets.is_empty() {
        return Err(closed());
    }
    let event: Event = signed(&app, request, &secrets).await?;
    let mut tx = app.db.write(&scope).await?;
    if take(&mut tx, &event).await? {
        tx.commit().await?;
    }
    Ok(StatusCode::OK)
}

/// The event in a request that one of these secrets signed.
pub(crate) async fn signed<T: DeserializeOwned>(
    app: &App,
    request: Request,
    secrets: &[Secret],
) -> Result<T> {
    let (parts, body) = request.into_parts();
    let address = client_address(&parts, &app.config.trusted_proxies);
    let header = parts
        .headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_owned();
    let request = Request::from_parts(parts, body);
    let too_large = |_| Error::refused(Code::TooLarge, "The body is too large, or broke off.");
    let body = Bytes::from_request(request, app).await.map_err(too_large)?;
    if !sign::is_signed(&header, &body, secrets, app.clock.now()) {
        metrics::counter!("portico_webhooks_refused").increment(1);
        app.limits.check_webhook(address)?;
        return Err(Error::refused(
            Code::Malformed,
            "The signature does not fit, or is older than five minutes.",
        ));
    }
    let event = serde_json::from_slice(&body)
        .map_err(|_| Error::refused(Code::Malformed, "This is not an event."))?;
    metrics::counter!("portico_webhooks").increment(1);
    Ok(event)
}

/// Writes an event down with its work; false where it is known, or about nothing of ours.
pub(super) async fn take(tx: &mut StudioTx, event: &Event) -> Result<bool> {
    let ours = KINDS.iter().any(|begin| event.kind.starts_with(begin));
    if !ours || event.id.is_empty() || event.id.len() > 255 {
        return Ok(false);
    }
    if !events::insert(tx, &event.id, &event.kind, &event.about()).await? {
        return Ok(false);
    }
    let job = Job::ProviderEvent {
        event: event.id.clone(),
    };
    jobs::enqueue(tx, &job).await?;
    Ok(true)
}

/// Finds out what an event is about and brings that up to date: the work behind [`Job::ProviderEvent`].
pub async fn work(app: &App, scope: StudioScope, id: &str) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let Some(told) = events::find(&mut tx, id).await?.filter(|told| !told.done) else {
        return Ok(Outcome::Done);
    };
    let mut checkout = None;
    if let Some(reference) = told.reference.as_deref().and_then(|text| text.parse().ok()) {
        let reference: CheckoutId = reference;
        checkout = store::checkouts::find(&mut tx, reference)
            .await?
            .map(|one| one.id);
    }
    if let Some(session) = told.session_id.as_deref().filter(|_| checkout.is_none()) {
        checkout = store::checkouts::by_session(&mut tx, session).await?;
    }
    let payment = match told.intent_id.as_deref() {
        Some(intent) => store::by_provider(&mut tx, intent).await?,
        None => None,
    };
    drop(tx);
    let source = Source {
        kind: SourceKind::Webhook,
        event: Some(id),
        staff: None,
        actor: &Actor::System,
        reference: "webhook",
    };
    let session = told.session_id.as_deref();
    if let Some(checkout) = checkout.or(payment.as_ref().and_then(|one| one.checkout_id)) {
        return sync::sync(app, scope, checkout, session, &source).await;
    }
    if let Some(payment) = payment {
        return sync::payment(app, scope, payment.id, &source).await;
    }
    match session {
        Some(session) => sync::unknown_session(app, scope, session, &source).await,
        // Of what else the account is used for.
        None => sync::finish(app, scope, &source, "not ours").await,
    }
}

/// Reads the provider's own list of events and takes those no webhook told: the work behind [`Job::PollProvider`], which
/// comes back each hour.
pub async fn poll(app: &App, scope: StudioScope) -> Result<Outcome> {
    const PAUSE: i64 = 3_600;
    const OVERLAP: i64 = 900;
    let mut tx = app.db.read(&scope).await?;
    let found = store::account::find(&mut tx).await?;
    let key = account::key(app, &mut tx).await?;
    drop(tx);
    let (Some(found), Some(key)) = (found, key) else {
        return Ok(Outcome::Done);
    };
    let now = app.clock.now();
    let since = found.polled_until.unwrap_or(found.updated_at);
    let since = since.plus_seconds(-OVERLAP).micros().div_euclid(1_000_000);
    let mut before: Option<String> = None;
    let mut all = Vec::new();
    // A hundred pages are ten thousand events of one hour.
    for _ in 0..100 {
        match app.stripe.events(&key, since, before.as_deref()).await {
            Ok((page, more)) => {
                before = page.last().map(|event| event.id.clone());
                all.extend(page);
                if !more || before.is_none() {
                    break;
                }
            }
            Err(failure) => return Ok(Outcome::Retry(failure.to_string())),
        }
    }
    let mut tx = app.db.write(&scope).await?;
    for event in all.iter().rev() {
        take(&mut tx, event).await?;
    }
    store::account::set_polled(&mut tx, now).await?;
    jobs::enqueue_at(&mut tx, &Job::PollProvider {}, now.plus_seconds(PAUSE)).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}
