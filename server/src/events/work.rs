//! Reminders of events, by workers.

use portico_wire::{EventId, Timestamp, events::EventState};

use super::{Event, store, tell};
use crate::{
    App, Result,
    clock::{at_hour, today},
    db::StudioTx,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios,
};

/// The hour of the morning, where the event is.
const HOUR: i8 = 9;

/// Plans the reminder of an event that was just confirmed or moved. One of an earlier time finds that it is not its own.
pub async fn schedule(tx: &mut StudioTx, event: &Event) -> Result<()> {
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
