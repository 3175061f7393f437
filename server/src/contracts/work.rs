//! What workers do about contracts: remind, let them run out.

use portico_wire::{ContractId, Timestamp};

use super::{
    Act, Contract, next,
    send::{self, Doer},
    store, tell,
};
use crate::{
    App, Result,
    audit::Actor,
    db::StudioTx,
    happenings::What,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios::{self, Studio},
};

const DAY: i64 = 86_400;
/// Days after it was sent; and one before it runs out.
const REMIND_AFTER: &[i64] = &[3, 7];
const REMIND_BEFORE: i64 = 1;
/// Days before, in which it is about to run out.
const NEAR: i64 = 3;
/// Two reminders are never closer than this, whoever asks for them.
const GAP_SECONDS: i64 = 12 * 3600;

/// Reminders, and the end.
pub async fn schedule(tx: &mut StudioTx, studio: &Studio, contract: &Contract) -> Result<()> {
    let (id, now) = (contract.id, tx.now());
    if let Some(end) = contract.expires_at {
        jobs::enqueue_at(tx, &Job::ExpireContract { contract: id }, end).await?;
        let near = morning(end.plus_seconds(-1 - NEAR * DAY), studio);
        if near > now {
            jobs::enqueue_at(tx, &Job::ContractExpiring { contract: id }, near).await?;
        }
    }
    if !contract.reminds {
        return Ok(());
    }
    let mut days: Vec<Timestamp> = REMIND_AFTER
        .iter()
        .map(|days| morning(now.plus_seconds(days * DAY), studio))
        .collect();
    if let Some(end) = contract.expires_at {
        let before = morning(end.plus_seconds(-1 - REMIND_BEFORE * DAY), studio);
        days.retain(|day| before.seconds_since(*day) >= DAY);
        days.push(before);
    }
    for at in days.into_iter().filter(|at| *at > now) {
        jobs::enqueue_at(tx, &Job::RemindContract { contract: id }, at).await?;
    }
    Ok(())
}

/// Nine o'clock of that day where the studio is.
fn morning(day: Timestamp, studio: &Studio) -> Timestamp {
    let zone = jiff::tz::TimeZone::get(&studio.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_microsecond(day.micros())
        .ok()
        .and_then(|at| {
            zone.to_datetime(at)
                .date()
                .at(9, 0, 0, 0)
                .to_zoned(zone)
                .ok()
        })
        .map_or(day, |at| {
            Timestamp::from_micros(at.timestamp().as_microsecond())
        })
}

/// The work behind [`Job::RemindContract`].
pub async fn remind(app: &App, scope: StudioScope, id: ContractId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    if studio.check_open().is_ok()
        && remind_now(app, &mut tx, &studio, id, &Doer::system()).await? > 0
    {
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// Reminds whoever's turn it is; how many mails went out.
pub async fn remind_now(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: ContractId,
    doer: &Doer,
) -> Result<usize> {
    let Some(contract) = store::lock(tx, id).await? else {
        return Ok(0);
    };
    let now = tx.now();
    if !contract.state_at(now).is_open() {
        return Ok(0);
    }
    let entries = store::entries(tx, id).await?;
    let mut told = entries.iter().filter(|entry| entry.what == "reminded");
    if told.any(|entry| now.seconds_since(entry.at) < GAP_SECONDS) {
        return Ok(0);
    }
    let signers = store::signers(tx, id).await?;
    tell::remind(app, tx, studio, &contract, &signers, doer).await
}

/// The work behind [`Job::ContractExpiring`].
pub async fn expiring(app: &App, scope: StudioScope, id: ContractId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some(contract) = store::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    if contract.state_at(tx.now()).is_open() {
        let (what, by) = (What::ContractExpiring, &Actor::System);
        tell::happened(&mut tx, &studio, &contract, what, None, by).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// The work behind [`Job::ExpireContract`].
pub async fn expire(app: &App, scope: StudioScope, id: ContractId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some(contract) = store::lock(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let over = contract.expires_at.is_some_and(|end| end <= tx.now());
    let Ok(state) = next(contract.state, Act::Expire, contract.countersign) else {
        return Ok(Outcome::Done);
    };
    if over {
        send::close(
            app,
            &mut tx,
            &studio,
            &contract,
            state,
            None,
            &Doer::system(),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}
