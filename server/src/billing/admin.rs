//! The page about the studio's own subscription, for its owners.

use axum::{
    extract::{Query, State},
    http::{HeaderName, HeaderValue},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Operator,
    store::{self, Account, Receipt},
    sync,
};
use crate::{
    App, Result,
    audit::{Change, Subject, note},
    error::Error,
    jobs::{self, Job},
    money,
    payments::stripe::Failure,
    scope::Owner,
    staff::{self, Role},
    studios::{self, Studio, Subscription, lock},
    web::{admin, form::Form, redirect},
};

const PATH: &str = "/admin/billing";

#[derive(Deserialize)]
pub struct Back {
    /// Somebody comes back from the provider.
    #[serde(default)]
    back: Option<String>,
}

/// `GET /admin/billing`: reachable whatever the subscription's state. Who comes back from the provider sees what it says now;
/// the address itself changes nothing.
pub async fn show(
    State(app): State<App>,
    Owner(session): Owner,
    Query(query): Query<Back>,
) -> Result<Response> {
    if query.back.is_some() {
        return Ok(match sync::now(&app, session.scope).await? {
            Ok(()) => redirect::go(PATH),
            Err(_) => redirect::see(
                PATH,
                "The payment provider cannot be reached just now. What is shown here may be some minutes old.",
            ),
        });
    }
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let owners = staff::store::names_with_role(&mut tx, Role::Owner).await?;
    let account = store::find(&mut tx).await?;
    let receipts = store::receipts(&mut tx).await?;
    drop(tx);
    let locked = studio
        .subscription
        .lock()
        .and(lock(studio.subscription, studio.portal_enabled));
    let (state, text) = words(&studio, account.as_ref());
    let page = json!({
        "name": studio.name,
        "slug": studio.slug,
        "state": state,
        "text": text,
        "tone": if studio.subscription == Subscription::Active { "good" } else { "bad" },
        "active": studio.subscription == Subscription::Active,
        "paid_until": studio.paid_until.map(|until| admin::day(until, &studio.time_zone)),
        "plan": account.as_ref().and_then(price),
        "owners": owners,
        "locked": locked.map(|(code, detail)| json!({ "title": code.title(), "detail": detail })),
        "support": studio.support(),
        "host": app.origin.as_str(),
        "operator": operator_address(&app),
        "may_pay": Operator::of(&app).is_some(),
        "renews": needs_new(account.as_ref()),
        "known": account.is_some(),
        "receipts": receipts.iter().map(|one| line(one, &studio)).collect::<Vec<_>>(),
    });
    admin::page(&app, &session, "billing/billing.html", page)
}

fn words(studio: &Studio, account: Option<&Account>) -> (&'static str, &'static str) {
    match studio.subscription {
        Subscription::Active if account.is_some_and(|account| account.ending) => (
            "Ends soon",
            "The subscription was cancelled and ends with the time that is paid for. Until then clients can use the portal.",
        ),
        Subscription::Active => (
            "Active",
            "Everything is in order. Clients can use the portal.",
        ),
        Subscription::PastDue => (
            "Payment failed",
            "The last payment did not go through, and the portal is paused until it is mended.",
        ),
        Subscription::Expired => (
            "Expired",
            "The subscription has run out, and the portal is paused until it is renewed.",
        ),
    }
}

/// Whether there is nothing at the provider that could be mended.
fn needs_new(account: Option<&Account>) -> bool {
    let status = account.and_then(|account| account.status.as_deref());
    !matches!(status, Some("active" | "trialing" | "past_due" | "unpaid"))
}

/// "$49.00 a month"
fn price(account: &Account) -> Option<String> {
    let currency = account.currency.as_deref()?;
    let amount = money::say::words("en").money(account.amount?, currency);
    let period = account.period.as_deref()?;
    Some(format!("{amount} a {period}"))
}

#[derive(Serialize)]
struct Line {
    day: String,
    number: Option<String>,
    amount: String,
    state: &'static str,
    tone: &'static str,
    url: Option<String>,
}

fn line(receipt: &Receipt, studio: &Studio) -> Line {
    let (state, tone) = match receipt.state.as_str() {
        "paid" => ("Paid", "good"),
        "open" => ("Not paid", "bad"),
        "uncollectible" => ("Not paid", "bad"),
        "void" => ("Void", ""),
        _ => ("Being made", ""),
    };
    Line {
        day: admin::day(receipt.issued_at, &studio.time_zone),
        number: receipt.number.clone(),
        amount: money::say::words("en").money(receipt.amount, &receipt.currency),
        state,
        tone,
        // Only such an address becomes a link.
        url: receipt
            .url
            .clone()
            .filter(|url| url.starts_with("https://") || url.starts_with("http://127.0.0.1:")),
    }
}

/// Whom to write to about the subscription: the address the host's mails come from.
fn operator_address(app: &App) -> Option<String> {
    let mailbox = app
        .config
        .mail_from
        .parse::<lettre::message::Mailbox>()
        .ok()?;
    Some(mailbox.email.to_string())
}

#[derive(Deserialize)]
pub struct Nothing {}

fn back(app: &App) -> String {
    format!("{}{PATH}?back=1", app.origin)
}

/// `POST /admin/billing/renew`: to the provider's page where a subscription begins.
pub async fn renew(
    State(app): State<App>,
    Owner(session): Owner,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let operator = Operator::of(&app).ok_or_else(Error::not_found)?;
    // What the provider says now: two tabs, or another owner, may have renewed already.
    let _ = sync::now(&app, session.scope).await?;
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let account = store::find(&mut tx).await?;
    drop(tx);
    if !needs_new(account.as_ref()) {
        return Ok(redirect::see(PATH, "There is a subscription already."));
    }
    let scope = session.scope;
    let id = scope.studio().to_string();
    let customer = match account {
        Some(account) => account.customer_id,
        None => {
            let who = (studio.name.as_str(), session.email.as_str(), id.as_str());
            let act = format!("portico-customer-{id}");
            match app.stripe.add_customer(&operator.key, &act, who).await {
                Ok(customer) => keep(&app, &session, &customer.id).await?,
                Err(failure) => return Ok(not_now(&failure)),
            }
        }
    };
    // Within some minutes the same page: who presses twice pays once.
    let moment = app.clock.now().micros().div_euclid(600_000_000);
    let act = format!("portico-renew-{id}-{moment}");
    let opened = app
        .stripe
        .open_subscription(&operator.key, &act, &customer, &operator.price, &back(&app))
        .await;
    match opened {
        Ok(page) => away(&app, &session, page.url.as_deref()),
        Err(failure) => Ok(not_now(&failure)),
    }
}

/// Writes the customer down, and begins to look after it each day.
async fn keep(app: &App, session: &crate::scope::StaffSession, customer: &str) -> Result<String> {
    let mut tx = app.db.write(session).await?;
    if store::insert(&mut tx, customer).await? {
        let change = Change::none();
        note(
            &mut tx,
            session,
            "billing begun",
            Subject("studio", None),
            change,
        )
        .await?;
        jobs::enqueue(&mut tx, &Job::SyncBilling { follow: true }).await?;
    }
    let kept = store::find(&mut tx).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(kept.customer_id)
}

/// `POST /admin/billing/update`: to the provider's pages for card, receipts and end.
pub async fn update(
    State(app): State<App>,
    Owner(session): Owner,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let operator = Operator::of(&app).ok_or_else(Error::not_found)?;
    let mut tx = app.db.read(&session).await?;
    let account = store::find(&mut tx).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    // Each visit has a page of its own.
    let visit: portico_wire::JobId = app.clock.id();
    let act = format!("portico-portal-{visit}");
    let opened = app
        .stripe
        .open_portal(&operator.key, &act, &account.customer_id, &back(&app))
        .await;
    match opened {
        Ok(page) => away(&app, &session, page.url.as_deref()),
        Err(failure) => Ok(not_now(&failure)),
    }
}

fn not_now(failure: &Failure) -> Response {
    tracing::warn!(%failure, "the subscription's provider refused");
    redirect::see(
        PATH,
        "The payment page cannot be reached just now. Nothing was charged; please try again in some minutes.",
    )
}

/// A page that leads on by itself: a form of the admin must not be answered by another website.
fn away(app: &App, session: &crate::scope::StaffSession, url: Option<&str>) -> Result<Response> {
    let Some(url) = url else {
        return Ok(redirect::see(
            PATH,
            "That payment page was used already. What became of it is shown here in a moment.",
        ));
    };
    let mut response = admin::page(app, session, "billing/away.html", json!({ "url": url }))?;
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={url}")) {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("refresh"), value);
    }
    Ok(response)
}
