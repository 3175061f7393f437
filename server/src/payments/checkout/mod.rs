//! Beginning to pay: what is to be paid is decided here alone, one page is open for an invoice at a time, and the provider is
//! asked outside of any transaction.

mod back;
mod decide;

use back::{back, check_return};
pub(super) use decide::{MOST_AT_ONCE, waits};
use decide::{Plan, decide};
use portico_wire::{
    CheckoutId, Code, ContactId, Right, Timestamp,
    payments::{CheckoutState, StartCheckout},
};
use serde_json::json;

use super::{
    account, ledger,
    store::{self, checkouts::Checkout, checkouts::NewCheckout, portal},
    stripe::{Failure, NewSession, Session, amounts},
    sync,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    invoices,
    jobs::{self, Job},
    scope::{PortalSession, StudioScope},
    secrets::Secret,
    studios::{self, Studio},
};

/// So long the provider's page stays open: it takes from half an hour to a day.
const OPEN_SECONDS: i64 = 2 * 3_600;
/// A page that is about to close is not given out any more.
const LEAST_SECONDS: i64 = 5 * 60;
const FIRST_LOOK: i64 = 600;

pub fn provider_down() -> Error {
    Error::refused(
        Code::ProviderDown,
        "The payment page does not answer right now. Nothing was paid. Please try again in a moment.",
    )
    .retry_after(10)
}

/// Opens the provider's page of a checkout; the same one, however often it is asked.
pub(in crate::payments) async fn open_session(
    app: &App,
    scope: StudioScope,
    checkout: &Checkout,
    key: &Secret,
) -> Result<Session, Failure> {
    let broken = |_| Failure::NotNow("the checkout cannot be read".into());
    let lines = lines(app, scope, checkout).await.map_err(broken)?;
    let (reference, back) = (
        checkout.id.to_string(),
        back(&checkout.return_to, checkout.id),
    );
    let new = NewSession {
        reference: &reference,
        currency: &checkout.currency,
        lines: &lines,
        email: checkout.email.as_deref(),
        studio: &checkout.title,
        back: &back,
        expires_at: checkout.expires_at.micros().div_euclid(1_000_000),
    };
    app.stripe.open_session(key, &reference, &new).await
}

async fn lines(app: &App, scope: StudioScope, checkout: &Checkout) -> Result<Vec<(String, i64)>> {
    let mut tx = app.db.read(&scope).await?;
    let amount = |minor| {
        amounts::to_stripe(minor, &checkout.currency)
            .ok_or_else(|| Error::internal("an amount the provider cannot take"))
    };
    let mut lines = Vec::new();
    for (invoice, part) in store::checkouts::invoices(&mut tx, checkout.id).await? {
        let invoice = invoices::store::get(&mut tx, invoice).await?;
        let name = format!("{} \u{b7} {}", invoice.number(), invoice.terms.title);
        lines.push((name, amount(part)?));
    }
    if lines.is_empty() {
        lines.push((
            format!("Payment to {}", checkout.title),
            amount(checkout.amount)?,
        ));
    }
    if checkout.tip > 0 {
        lines.push(("Tip".into(), amount(checkout.tip)?));
    }
    Ok(lines)
}

/// The rights to pay at all.
pub fn may_pay(session: &PortalSession) -> Result<()> {
    let sees = [Right::Invoices, Right::PaymentsDue]
        .iter()
        .any(|right| session.rights.has(*right));
    if !sees {
        return Err(Error::not_found());
    }
    session.may(Right::Pay)
}

/// Begins to pay, or goes on where the same was begun already.
pub async fn start(
    app: &App,
    session: &PortalSession,
    sent: &StartCheckout,
    act: &str,
) -> Result<Checkout> {
    may_pay(session)?;
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let key = account::key(app, &mut tx).await?;
    let open = account::is_open(&mut tx).await?;
    drop(tx);
    check_return(app, &studio, &sent.return_to).await?;
    // Another one may be open for the same invoice: it is closed first, at the provider, and what it was paid counts.
    for _ in 0..4 {
        let mut tx = app.db.write(session).await?;
        if let Some(known) = store::checkouts::by_act(&mut tx, session.contact, act).await? {
            drop(tx);
            return go_on(app, session.scope, known, key.as_ref()).await;
        }
        let plan = decide(&mut tx, session, &studio, sent).await?;
        if key.is_none() || !open {
            return Err(Error::refused(
                Code::PaymentsOff,
                "The studio takes no payments here. Please ask how to pay.",
            ));
        }
        let others = others(&mut tx, &plan, session.contact).await?;
        let same = same(&mut tx, &others, &plan, session.contact, &sent.return_to).await?;
        if let Some(same) = same {
            drop(tx);
            return go_on(app, session.scope, same, key.as_ref()).await;
        }
        if others.is_empty() {
            let id = begin(&mut tx, session, &studio, &plan, sent, act).await?;
            tx.commit().await?;
            let mut tx = app.db.read(session).await?;
            let begun = store::checkouts::get(&mut tx, id).await?;
            drop(tx);
            return go_on(app, session.scope, begun, key.as_ref()).await;
        }
        for other in &others {
            store::checkouts::close(&mut tx, other.id).await?;
        }
        tx.commit().await?;
        for other in others {
            let looked = sync::sync(
                app,
                session.scope,
                other.id,
                None,
                &super::Source::RECONCILER,
            );
            if !matches!(looked.await?, jobs::Outcome::Done) {
                return Err(provider_down());
            }
        }
    }
    Err(Error::refused(
        Code::Conflict,
        "Somebody else is paying this at the same moment. Please look at it again.",
    ))
}

/// Opens its page at the provider where that is not done yet.
async fn go_on(
    app: &App,
    scope: StudioScope,
    checkout: Checkout,
    key: Option<&Secret>,
) -> Result<Checkout> {
    if checkout.session_id.is_some() || checkout.state != CheckoutState::Open {
        return Ok(checkout);
    }
    let key = key.ok_or_else(provider_down)?;
    match open_session(app, scope, &checkout, key).await {
        Ok(session) => {
            let mut tx = app.db.write(&scope).await?;
            store::checkouts::set_session(
                &mut tx,
                checkout.id,
                &session.id,
                session.url.as_deref(),
            )
            .await?;
            let opened = store::checkouts::get(&mut tx, checkout.id).await?;
            tx.commit().await?;
            Ok(opened)
        }
        Err(Failure::NotNow(why)) => {
            // Another tab that asked the same at this moment may have got the answer.
            let mut tx = app.db.read(&scope).await?;
            let now = store::checkouts::get(&mut tx, checkout.id).await?;
            if now.session_id.is_some() {
                return Ok(now);
            }
            tracing::warn!(checkout = %checkout.id, why, "the provider's page could not be opened");
            Err(provider_down())
        }
        Err(failure) => {
            tracing::error!(checkout = %checkout.id, %failure, "the provider refuses a checkout");
            let mut tx = app.db.write(&scope).await?;
            store::checkouts::set_state(&mut tx, checkout.id, CheckoutState::Expired).await?;
            tx.commit().await?;
            Err(provider_down())
        }
    }
}

async fn begin(
    tx: &mut StudioTx,
    session: &PortalSession,
    studio: &Studio,
    plan: &Plan,
    sent: &StartCheckout,
    act: &str,
) -> Result<CheckoutId> {
    let payer = portal::payer(tx, session.contact).await?;
    let new = NewCheckout {
        client: plan.client,
        contact: session.contact,
        currency: &plan.currency,
        amount: plan.amount,
        tip: plan.tip,
        act_key: act,
        return_to: &sent.return_to,
        title: &studio.name,
        email: payer.email.as_deref(),
        expires_at: tx.now().plus_seconds(OPEN_SECONDS),
        invoices: &plan.invoices,
    };
    let id = store::checkouts::insert(tx, &new).await?;
    let look = Job::SyncCheckout {
        checkout: id,
        follow: true,
    };
    let at = tx.now().plus_seconds(FIRST_LOOK);
    jobs::enqueue_at(tx, &look, at).await?;
    let about = Subject("client", Some(plan.client.into_uuid()));
    let amount = ledger::money(plan.amount + plan.tip, &plan.currency);
    let change = Change::made(&json!({ "amount": amount }))?;
    let reference = &session.caller.reference;
    audit::append(
        tx,
        &Actor::of(session),
        "payment begun",
        about,
        change,
        reference,
    )
    .await?;
    Ok(id)
}

/// Those open that pay something of the same.
async fn others(tx: &mut StudioTx, plan: &Plan, contact: ContactId) -> Result<Vec<Checkout>> {
    let mut found: Vec<Checkout> = Vec::new();
    if plan.invoices.is_empty() {
        found = store::checkouts::open_ahead(tx, plan.client, contact).await?;
    }
    for (invoice, _) in &plan.invoices {
        for one in store::checkouts::open_for(tx, *invoice).await? {
            if !found.iter().any(|known| known.id == one.id) {
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// The one that is just what is asked for again: two tabs get the same page.
async fn same(
    tx: &mut StudioTx,
    others: &[Checkout],
    plan: &Plan,
    contact: ContactId,
    return_to: &str,
) -> Result<Option<Checkout>> {
    let [other] = others else { return Ok(None) };
    let fits = !other.closing
        && other.contact_id == contact
        && (other.amount, other.tip) == (plan.amount, plan.tip)
        && other.return_to == return_to
        && other.expires_at >= tx.now().plus_seconds(LEAST_SECONDS)
        && store::checkouts::invoices(tx, other.id).await? == plan.invoices;
    Ok(fits.then(|| other.clone()))
}

/// Where a checkout stands, for the contact who began it. What has not been told for a moment is asked for by a worker.
pub async fn look(app: &App, session: &PortalSession, id: CheckoutId) -> Result<Checkout> {
    const PAUSE: i64 = 3;
    let mut tx = app.db.read(session).await?;
    let found = store::checkouts::find(&mut tx, id).await?;
    let checkout = found
        .filter(|one| one.contact_id == session.contact)
        .ok_or_else(Error::not_found)?;
    let now = tx.now();
    drop(tx);
    let under_way = matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    let long_ago = |at: Timestamp| now.seconds_since(at) >= PAUSE;
    if under_way && checkout.checked_at.is_none_or(long_ago) && session.viewed_by.is_none() {
        let mut tx = app.db.write(session).await?;
        if store::checkouts::mark_checked(&mut tx, id, PAUSE).await? {
            let look = Job::SyncCheckout {
                checkout: id,
                follow: false,
            };
            jobs::enqueue(&mut tx, &look).await?;
            tx.commit().await?;
        }
    }
    Ok(checkout)
}
