//! Asks the provider how a studio's subscription stands, and lets the portal follow.

use serde_json::json;

use super::{Operator, best, standing, store};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    jobs::{self, Job, Outcome},
    payments::stripe::Failure,
    scope::StudioScope,
    studios::{self, Subscription},
};

/// Seconds between two looks at what no webhook told.
const PAUSE: i64 = 24 * 3600;

/// The work behind [`Job::SyncBilling`]. One that `follow`s comes back each day.
pub async fn work(app: &App, scope: StudioScope, follow: bool) -> Result<Outcome> {
    match now(app, scope).await? {
        Ok(()) => {}
        // Tomorrow is another look.
        Err(failure) if follow => tracing::warn!(%failure, "a subscription could not be looked at"),
        Err(Failure::NotNow(why)) => return Ok(Outcome::Retry(why)),
        Err(failure) => return Ok(Outcome::Dead(failure.to_string())),
    }
    if follow {
        let mut tx = app.db.write(&scope).await?;
        let at = tx.now().plus_seconds(PAUSE);
        jobs::enqueue_at(&mut tx, &Job::SyncBilling { follow }, at).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// Asks, and keeps the answer.
pub async fn now(app: &App, scope: StudioScope) -> Result<std::result::Result<(), Failure>> {
    let Some(operator) = Operator::of(app) else {
        return Ok(Ok(()));
    };
    let mut tx = app.db.read(&scope).await?;
    let Some(account) = store::find(&mut tx).await? else {
        return Ok(Ok(()));
    };
    drop(tx);
    // Of two answers the one asked for later counts, whichever is written first.
    let asked = app.clock.now();
    let plans = match app.stripe.plans(&operator.key, &account.customer_id).await {
        Ok(plans) => plans,
        Err(failure) => return Ok(Err(failure)),
    };
    let bills = match app.stripe.bills(&operator.key, &account.customer_id).await {
        Ok(bills) => bills,
        Err(failure) => return Ok(Err(failure)),
    };
    let plan = best(plans);
    let mut tx = app.db.write(&scope).await?;
    if !store::save(&mut tx, plan.as_ref(), asked).await? {
        return Ok(Ok(()));
    }
    for bill in &bills {
        store::save_receipt(&mut tx, bill).await?;
    }
    if let Some((state, paid_until)) = plan.as_ref().and_then(standing) {
        turn(&mut tx, state, paid_until).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

async fn turn(
    tx: &mut StudioTx,
    state: Subscription,
    paid_until: Option<portico_wire::Timestamp>,
) -> Result<()> {
    let studio = studios::store::get(tx).await?;
    if (studio.subscription, studio.paid_until) == (state, paid_until) {
        return Ok(());
    }
    studios::store::save_subscription(tx, state, paid_until).await?;
    let shown = |state: Subscription, until: Option<portico_wire::Timestamp>| json!({ "state": state.name(), "paid_until": until });
    let change = Change {
        before: Some(shown(studio.subscription, studio.paid_until)),
        after: Some(shown(state, paid_until)),
    };
    let subject = Subject("studio", None);
    audit::append(
        tx,
        &Actor::System,
        "subscription changed",
        subject,
        change,
        "-",
    )
    .await
}
