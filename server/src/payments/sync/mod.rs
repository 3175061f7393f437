//! What the provider's books say becomes ours. Whoever noticed first, a webhook, the client's return or the worker that asks,
//! the same is done: the current state is fetched, outside of any transaction, and what is new in it is written down once.

mod after;
mod unmatched;

use after::after;
use portico_wire::{
    CheckoutId, InvoiceId, PaymentId, Timestamp,
    payments::{CheckoutState, PaymentMethod},
};
pub(super) use unmatched::finish;
pub use unmatched::unknown_session;

use super::{
    Payment, Source, Trouble, account,
    checkout::open_session,
    ledger,
    store::{self, NewPayment, checkouts::Checkout},
    stripe::{Charge, Dispute, Failure, Intent, Refund, Session, amounts, seen::Linked},
    tell,
};
use crate::{
    App, Result,
    db::StudioTx,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    secrets::Secret,
};

/// Seconds between two looks at a checkout nobody told anything of: from ten minutes to a day.
const PAUSES: &[(i64, i64)] = &[(3_600, 600), (86_400, 3_600), (7 * 86_400, 21_600)];
const LONGEST_PAUSE: i64 = 86_400;
/// A bank payment is followed for so long.
const FOLLOWED: i64 = 60 * 86_400;

/// All the provider says of one payment.
pub struct Looked {
    pub session: Option<Session>,
    pub intent: Option<Intent>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
}

async fn look_at_intent(app: &App, key: &Secret, intent: Intent) -> Result<Looked, Failure> {
    let (mut refunds, mut disputes) = (Vec::new(), Vec::new());
    if intent.status == "succeeded" {
        refunds = app.stripe.refunds(key, &intent.id).await?;
        disputes = app.stripe.disputes(key, &intent.id).await?;
    }
    Ok(Looked {
        session: None,
        intent: Some(intent),
        refunds,
        disputes,
    })
}

async fn look_at_session(app: &App, key: &Secret, id: &str) -> Result<Looked, Failure> {
    let session = app.stripe.session(key, id).await?;
    let intent = match &session.payment_intent {
        None => None,
        Some(Linked::Whole(intent)) => Some((**intent).clone()),
        Some(Linked::Id(id)) => Some(app.stripe.intent(key, id).await?),
    };
    let looked = match intent {
        Some(intent) => look_at_intent(app, key, intent).await?,
        None => Looked {
            session: None,
            intent: None,
            refunds: Vec::new(),
            disputes: Vec::new(),
        },
    };
    Ok(Looked {
        session: Some(session),
        ..looked
    })
}

/// A failure as a job ends with it.
fn outcome(failure: &Failure) -> Outcome {
    Outcome::Retry(failure.to_string())
}

/// Brings a checkout up to date: the work behind [`Job::SyncCheckout`]. One that `follow`s looks again until it is over.
pub async fn sync_checkout(
    app: &App,
    scope: StudioScope,
    id: CheckoutId,
    follow: bool,
) -> Result<Outcome> {
    let outcome = sync(app, scope, id, None, &Source::RECONCILER).await?;
    if follow && matches!(outcome, Outcome::Done) {
        let mut tx = app.db.write(&scope).await?;
        let checkout = store::checkouts::get(&mut tx, id).await?;
        if let Some(at) = next_look(&checkout, tx.now()) {
            jobs::enqueue_at(
                &mut tx,
                &Job::SyncCheckout {
                    checkout: id,
                    follow,
                },
                at,
            )
            .await?;
            tx.commit().await?;
        }
    }
    Ok(outcome)
}

/// When a checkout that is not over is looked at again.
fn next_look(checkout: &Checkout, now: Timestamp) -> Option<Timestamp> {
    let open = matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    let age = now.seconds_since(checkout.created_at);
    let pause = PAUSES
        .iter()
        .find(|(until, _)| age < *until)
        .map_or(LONGEST_PAUSE, |(_, pause)| *pause);
    (open && age < FOLLOWED).then(|| now.plus_seconds(pause))
}

/// Looks at a checkout, or at a session that says it belongs to it.
pub(super) async fn sync(
    app: &App,
    scope: StudioScope,
    id: CheckoutId,
    session: Option<&str>,
    source: &Source<'_>,
) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let Some(checkout) = store::checkouts::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let Some(key) = account::key(app, &mut tx).await? else {
        return Ok(Outcome::Dead("the studio has no account any more".into()));
    };
    drop(tx);
    let told = match session.or(checkout.session_id.as_deref()) {
        Some(session) => session.to_owned(),
        // Begun, and the answer was lost: the same once more tells.
        None => match open_session(app, scope, &checkout, &key).await {
            Ok(session) => session.id,
            Err(Failure::Refused { code, .. }) => {
                tracing::warn!(checkout = %id, code, "a checkout was never opened");
                return end(app, scope, id).await;
            }
            Err(failure) => return Ok(outcome(&failure)),
        },
    };
    if checkout.closing && checkout.state == CheckoutState::Open {
        match app.stripe.expire_session(&key, &told).await {
            // Refused: it is over, and the look says how.
            Ok(_) | Err(Failure::Refused { .. }) => {}
            Err(failure) => return Ok(outcome(&failure)),
        }
    }
    let looked = match look_at_session(app, &key, &told).await {
        Ok(looked) => looked,
        Err(failure) => return Ok(outcome(&failure)),
    };
    let mut tx = app.db.write(&scope).await?;
    apply(app, &mut tx, id, &looked, source).await?;
    if let Some(event) = source.event {
        store::events::finish(&mut tx, event, "applied").await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Nobody can pay on it: it was never opened.
async fn end(app: &App, scope: StudioScope, id: CheckoutId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    store::checkouts::set_state(&mut tx, id, CheckoutState::Expired).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// What the provider said of a checkout is written down.
async fn apply(
    app: &App,
    tx: &mut StudioTx,
    id: CheckoutId,
    looked: &Looked,
    source: &Source<'_>,
) -> Result<()> {
    let client = store::checkouts::get(tx, id).await?.client_id;
    store::lock(tx, client).await?;
    let checkout = store::checkouts::get(tx, id).await?;
    store::checkouts::mark_checked(tx, id, 0).await?;
    let session = looked.session.as_ref();
    if let Some(session) = session
        && checkout.session_id.is_none()
    {
        store::checkouts::set_session(tx, id, &session.id, session.url.as_deref()).await?;
    }
    let status = session.and_then(|one| one.status.as_deref());
    if status == Some("expired") && checkout.state == CheckoutState::Open {
        store::checkouts::set_state(tx, id, CheckoutState::Expired).await?;
    }
    let Some(intent) = looked
        .intent
        .as_ref()
        .filter(|_| status == Some("complete"))
    else {
        return Ok(());
    };
    let wanted = store::checkouts::invoices(tx, id).await?;
    let payment = payment_of(tx, &checkout, intent).await?;
    let state = match intent.status.as_str() {
        "succeeded" => {
            arrive(app, tx, &payment, &wanted, source).await?;
            CheckoutState::Paid
        }
        "processing" => {
            if ledger::pending(tx, &payment, &wanted, source).await? {
                tell::pending(app, tx, &payment).await?;
            }
            CheckoutState::Pending
        }
        // The page was done with and the bank then said no.
        _ => {
            if ledger::failed(tx, &payment, source).await? {
                tell::failed(app, tx, &payment).await?;
            }
            CheckoutState::Failed
        }
    };
    if checkout.state != CheckoutState::Paid && checkout.state != state {
        store::checkouts::set_state(tx, id, state).await?;
    }
    after(app, tx, &payment, looked, source).await
}

/// Money that came through; what it leaves over is told to staff.
async fn arrive(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    wanted: &[(InvoiceId, i64)],
    source: &Source<'_>,
) -> Result<()> {
    let Some(received) = ledger::succeeded(tx, payment, wanted, source).await? else {
        return Ok(());
    };
    tell::received(app, tx, payment).await?;
    let ahead = wanted.is_empty() && payment.problem.is_none();
    if received.left > 0 && !ahead {
        tell::left_over(app, tx, payment, received.left).await?;
    }
    Ok(())
}

/// The payment of a checkout, written down at the first look at it.
async fn payment_of(tx: &mut StudioTx, checkout: &Checkout, intent: &Intent) -> Result<Payment> {
    if let Some(known) = store::by_provider(tx, &intent.id).await? {
        return Ok(known);
    }
    let currency = intent.currency.to_uppercase();
    let amount = amounts::from_stripe(intent.amount.max(intent.amount_received), &currency);
    let asked = checkout.amount + checkout.tip;
    let problem = if currency != checkout.currency {
        Some(Trouble::Currency)
    } else if amount != asked {
        Some(Trouble::Amount)
    } else {
        None
    };
    let charge = intent.latest_charge.as_ref().and_then(Linked::whole);
    let detail = charge.and_then(Charge::method);
    let new = NewPayment {
        client: Some(checkout.client_id),
        contact: Some(checkout.contact_id),
        checkout: Some(checkout.id),
        currency: &currency,
        amount,
        tip: if problem.is_none() { checkout.tip } else { 0 },
        method: PaymentMethod::Online,
        detail: detail.as_deref(),
        provider_id: Some(&intent.id),
        reference: None,
        note: None,
        problem,
        recorded_by: None,
        act_key: None,
        at: tx.now(),
    };
    let id = store::insert(tx, &new).await?;
    store::get(tx, id).await
}

/// Brings a payment up to date that has no checkout of ours, or whose checkout is over: the work behind
/// [`Job::SyncPayment`].
pub async fn sync_payment(app: &App, scope: StudioScope, id: PaymentId) -> Result<Outcome> {
    payment(app, scope, id, &Source::RECONCILER).await
}

pub(super) async fn payment(
    app: &App,
    scope: StudioScope,
    id: PaymentId,
    source: &Source<'_>,
) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let found = store::get(&mut tx, id).await?;
    let key = account::key(app, &mut tx).await?;
    drop(tx);
    let (Some(key), Some(intent)) = (key, found.provider_id.as_deref()) else {
        return Ok(Outcome::Done);
    };
    if let Some(checkout) = found.checkout_id {
        return sync(app, scope, checkout, None, source).await;
    }
    let looked = match app.stripe.intent(&key, intent).await {
        Ok(intent) => look_at_intent(app, &key, intent).await,
        Err(failure) => Err(failure),
    };
    let looked = match looked {
        Ok(looked) => looked,
        Err(failure) => return Ok(outcome(&failure)),
    };
    let mut tx = app.db.write(&scope).await?;
    // Whose it is may have been said meanwhile.
    if let Some(client) = store::get(&mut tx, id).await?.client_id {
        store::lock(&mut tx, client).await?;
    }
    let found = store::get(&mut tx, id).await?;
    after(app, &mut tx, &found, &looked, source).await?;
    if let Some(event) = source.event {
        store::events::finish(&mut tx, event, "applied").await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}
