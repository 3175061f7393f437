//! Reminders of events, by workers.

use portico_wire::{EventId, Timestamp, events::EventState};

use super::{Event, store, tell};
use crate::{
    App, Result,
    audit::Actor,
    clock::{at_hour, today},
    db::StudioTx,
    happenings::What,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios,
};

/// The hour of the morning, where the event is.
const HOUR: i8 = 9;

/// Plans the end and the reminder of an event that was just confirmed or moved. Those of an earlier time find that they are
/// not its own.
pub async fn schedule(tx: &mut StudioTx, event: &Event) -> Result<()> {
    if event.state == EventState::Confirmed && event.ends_at > tx.now() {
        let job = Job::EventOver {
            event: event.id,
            ends_at: event.ends_at,
        };
        jobs::enqueue_at(tx, &job, event.ends_at).await?;
    }
    let Some(days) = store::settings(tx).await?.remind_days else {
        return Ok(());
    };
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let day = today(event.starts_at, &event.time_zone);
    let at = at_hour(&day, -days, HOUR, &event.time_zone)?;
    if event.state == EventState::Confirmed && at > tx.now() {
        let job = Job::RemindEvent {
            event: event.id,
            starts_at: event.starts_at,
        };
        jobs::enqueue_at(tx, &job, at).await?;
    }
    Ok(())
}

/// Reminds whom it names, once: the work behind [`Job::RemindEvent`].
pub async fn remind(
    app: &App,
    scope: StudioScope,
    id: EventId,
    starts_at: Timestamp,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some(event) = store::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let still = event.starts_at == starts_at && starts_at > tx.now();
    if still && studio.check_open().is_ok() && store::take_reminder(&mut tx, id).await? {
        tell::reminded(app, &mut tx, &studio, &event).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// It took place: the work behind [`Job::EventOver`].
pub async fn over(
    app: &App,
    scope: StudioScope,
    id: EventId,
    ends_at: Timestamp,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let Some(event) = store::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let held = matches!(event.state, EventState::Confirmed | EventState::Completed);
    if held && event.ends_at == ends_at && ends_at <= tx.now() {
        tell::happened(&mut tx, &event, (What::EventOver, ""), &Actor::System).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}
