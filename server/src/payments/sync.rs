//! What the provider's books say becomes ours. Whoever noticed first, a webhook, the client's return or the worker that asks,
//! the same is done: the current state is fetched, outside of any transaction, and what is new in it is written down once.

use portico_wire::{
    CheckoutId, InvoiceId, PaymentId, Timestamp,
    payments::{CheckoutState, PaymentMethod},
};

use super::{
    EntryKind, Payment, Source, Trouble, account,
    checkout::open_session,
    ledger::{self, Leaving},
    store::{self, NewPayment, checkouts::Checkout},
    stripe::{
        Charge, Dispute, Failure, Intent, Refund, Session, amounts,
        seen::{Customer, Linked},
    },
    tell,
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
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

fn moment(seconds: i64, now: Timestamp) -> Timestamp {
    // The provider's clock may be ahead of ours; the books are in our order.
    match seconds {
        0 => now,
        seconds => Timestamp::from_micros(seconds.saturating_mul(1_000_000)).min(now),
    }
}

/// Refunds and disputes of a payment that came through.
async fn after(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    looked: &Looked,
    source: &Source<'_>,
) -> Result<()> {
    let now = tx.now();
    for refund in &looked.refunds {
        let mark = format!("refund:{}", refund.id);
        let entries = store::entries(tx, payment.id).await?;
        let known = entries.iter().find(|entry| entry.mark == mark);
        match (refund.failed(), known) {
            (false, None) => {
                let leaving = Leaving {
                    mark: &mark,
                    kind: EntryKind::Refunded,
                    amount: amounts::from_stripe(refund.amount, &payment.currency),
                    at: moment(refund.created, now),
                    note: None,
                };
                if let Some(amount) = ledger::leaves(tx, payment, &leaving, source).await? {
                    tell::refunded(app, tx, payment, amount).await?;
                }
            }
            (true, Some(entry)) => {
                let back = (-entry.amount, -entry.tip);
                let mark = format!("{mark}:failed");
                let act = (mark.as_str(), EntryKind::RefundFailed);
                if ledger::returns(tx, payment, act, back, source).await? {
                    tell::refund_failed(app, tx, payment, back.0).await?;
                }
            }
            _ => {}
        }
    }
    for dispute in &looked.disputes {
        follow_dispute(app, tx, payment, dispute, source).await?;
    }
    Ok(())
}

async fn follow_dispute(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    dispute: &Dispute,
    source: &Source<'_>,
) -> Result<()> {
    // A warning takes no money.
    if !matches!(
        dispute.status.as_str(),
        "needs_response" | "under_review" | "won" | "lost"
    ) {
        return Ok(());
    }
    let mark = format!("dispute:{}", dispute.id);
    let leaving = Leaving {
        mark: &mark,
        kind: EntryKind::Disputed,
        amount: amounts::from_stripe(dispute.amount, &payment.currency),
        at: moment(dispute.created, tx.now()),
        note: None,
    };
    if let Some(amount) = ledger::leaves(tx, payment, &leaving, source).await? {
        tell::disputed(app, tx, payment, amount).await?;
    }
    let entries = store::entries(tx, payment.id).await?;
    let Some(taken) = entries.iter().find(|entry| entry.mark == mark) else {
        return Ok(());
    };
    match dispute.status.as_str() {
        "won" => {
            let mark = format!("{mark}:won");
            let act = (mark.as_str(), EntryKind::DisputeWon);
            let back = (-taken.amount, -taken.tip);
            if ledger::returns(tx, payment, act, back, source).await? {
                tell::dispute_closed(app, tx, payment, true).await?;
            }
        }
        "lost" => {
            let mark = format!("{mark}:lost");
            let act = (mark.as_str(), EntryKind::DisputeLost);
            if ledger::remark(tx, payment, act, None, source)
                .await?
                .is_some()
            {
                tell::dispute_closed(app, tx, payment, false).await?;
            }
        }
        _ => {}
    }
    Ok(())
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

fn who_paid(customer: Option<&Customer>) -> Option<String> {
    let customer = customer?;
    let said: Vec<&str> = [&customer.name, &customer.email]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let plain: String = said
        .join(", ")
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    (!plain.is_empty()).then_some(plain)
}

/// A session nobody here began: where somebody paid on it, the money is written down for staff to say whose it is.
pub async fn unknown_session(
    app: &App,
    scope: StudioScope,
    session: &str,
    source: &Source<'_>,
) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let key = account::key(app, &mut tx)
        .await?
        .ok_or_else(Error::not_found)?;
    drop(tx);
    let looked = match look_at_session(app, &key, session).await {
        Ok(looked) => looked,
        // Signed, and still nothing the account knows: of another mode, or made up by whoever knows the secret.
        Err(Failure::Missing | Failure::Refused { .. }) => {
            return finish(app, scope, source, "unknown to the provider").await;
        }
        Err(failure) => return Ok(outcome(&failure)),
    };
    let Some(intent) = looked
        .intent
        .as_ref()
        .filter(|one| one.status == "succeeded")
    else {
        return finish(app, scope, source, "nothing was paid").await;
    };
    let mut tx = app.db.write(&scope).await?;
    let found = match store::by_provider(&mut tx, &intent.id).await? {
        Some(known) => known,
        None => {
            let currency = intent.currency.to_uppercase();
            let charge = intent.latest_charge.as_ref().and_then(Linked::whole);
            let detail = charge.and_then(Charge::method);
            let customer = looked
                .session
                .as_ref()
                .and_then(|one| one.customer_details.as_ref());
            let note = who_paid(customer);
            let new = NewPayment {
                client: None,
                contact: None,
                checkout: None,
                currency: &currency,
                amount: amounts::from_stripe(intent.amount_received, &currency),
                tip: 0,
                method: PaymentMethod::Online,
                detail: detail.as_deref(),
                provider_id: Some(&intent.id),
                reference: None,
                note: note.as_deref(),
                problem: Some(Trouble::Unknown),
                recorded_by: None,
                act_key: None,
                at: tx.now(),
            };
            let id = store::insert(&mut tx, &new).await?;
            store::get(&mut tx, id).await?
        }
    };
    if ledger::succeeded(&mut tx, &found, &[], source)
        .await?
        .is_some()
    {
        tell::unmatched(app, &mut tx, &found).await?;
    }
    after(app, &mut tx, &found, &looked, source).await?;
    if let Some(event) = source.event {
        store::events::finish(&mut tx, event, "unmatched").await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

pub(super) async fn finish(
    app: &App,
    scope: StudioScope,
    source: &Source<'_>,
    outcome: &str,
) -> Result<Outcome> {
    if let Some(event) = source.event {
        let mut tx = app.db.write(&scope).await?;
        store::events::finish(&mut tx, event, outcome).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}
