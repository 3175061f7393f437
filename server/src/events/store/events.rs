//! One event with all that belongs to it.

use portico_wire::{AssignmentId, ContactId, EventId, EventTypeId, GroupId, events::EventState};

use super::super::{Event, times::When};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional, scalar},
    error::Error,
};

/// What stands in an event's row, as it is written.
#[derive(Debug, Clone)]
pub struct Details {
    pub kind: EventTypeId,
    pub title: String,
    pub when: When,
    pub time_zone: String,
    pub venue: String,
    pub address: String,
    pub leader_name: String,
    pub leader_phone: Option<String>,
    pub staff_notes: String,
    pub group: Option<GroupId>,
}

/// Where a new event comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    pub source: Option<EventId>,
    pub booked_by: Option<ContactId>,
    pub key: Option<&'a str>,
}

pub async fn insert(
    tx: &mut StudioTx,
    details: &Details,
    state: EventState,
    origin: Origin<'_>,
) -> Result<EventId> {
    let (id, now): (EventId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into events (studio_id, id, type_id, title, state, starts_at, ends_at, time_zone, all_day, venue, address,
                leader_name, leader_phone, staff_notes, group_id, sequence, source_id, booked_by, book_key, created_at,
                updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17, $18, $19, $19)",
        id,
        details.kind,
        &details.title,
        state,
        details.when.starts_at,
        details.when.ends_at,
        &details.time_zone,
        details.when.all_day,
        &details.venue,
        &details.address,
        &details.leader_name,
        details.leader_phone.as_deref(),
        &details.staff_notes,
        details.group,
        origin.source,
        origin.booked_by,
        origin.key,
        now,
    )?;
    Ok(id)
}

/// False where somebody else changed it in the meantime. A change that calendars must take over raises the sequence.
pub async fn save(
    tx: &mut StudioTx,
    id: EventId,
    version: i64,
    details: &Details,
    told: bool,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update events set type_id = $4, title = $5, starts_at = $6, ends_at = $7, time_zone = $8, all_day = $9,
                venue = $10, address = $11, leader_name = $12, leader_phone = $13, staff_notes = $14, group_id = $15,
                sequence = sequence + $16, updated_at = $17, version = version + 1,
                reminded_at = case when starts_at = $6 then reminded_at end
         where studio_id = $1 and id = $2 and version = $3",
        id,
        version,
        details.kind,
        &details.title,
        details.when.starts_at,
        details.when.ends_at,
        &details.time_zone,
        details.when.all_day,
        &details.venue,
        &details.address,
        &details.leader_name,
        details.leader_phone.as_deref(),
        &details.staff_notes,
        details.group,
        i64::from(told),
        now,
    )?;
    if rows == 1 {
        keep_times(tx, id, details.when).await?;
    }
    Ok(rows == 1)
}

/// The lists of clients and contacts are ranges of where their events begin and end.
async fn keep_times(tx: &mut StudioTx, id: EventId, when: When) -> Result<()> {
    execute!(
        tx,
        "update event_clients set starts_at = $3, ends_at = $4 where studio_id = $1 and event_id = $2",
        id,
        when.starts_at,
        when.ends_at,
    )?;
    execute!(
        tx,
        "update event_contacts set ends_at = $3 where studio_id = $1 and event_id = $2",
        id,
        when.ends_at,
    )?;
    Ok(())
}

/// False where it stood otherwise, or somebody else changed it in the meantime.
pub async fn mark(
    tx: &mut StudioTx,
    id: EventId,
    version: i64,
    state: EventState,
    reason: Option<&str>,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update events set state = $4, reason = $5, sequence = sequence + 1, updated_at = $6, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        id,
        version,
        state,
        reason,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn set_assignment(tx: &mut StudioTx, id: EventId, asked: AssignmentId) -> Result<()> {
    execute!(
        tx,
        "update events set assignment_id = $3 where studio_id = $1 and id = $2",
        id,
        asked,
    )?;
    Ok(())
}

pub async fn find(tx: &mut StudioTx, id: EventId) -> Result<Option<Event>> {
    fetch_optional!(
        tx,
        Event,
        "select e.id, e.version, e.type_id, t.name as kind, t.colour, e.title, e.state, e.starts_at, e.ends_at,
                e.time_zone, e.all_day, e.venue, e.address, e.leader_name, e.leader_phone, e.staff_notes, e.group_id,
                e.sequence, e.source_id, e.assignment_id, e.reason, e.booked_by, e.created_at, e.updated_at
         from events e join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         where e.studio_id = $1 and e.id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: EventId) -> Result<Event> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

/// What this request booked, if it came before.
pub async fn booked_by_key(
    tx: &mut StudioTx,
    contact: ContactId,
    key: &str,
) -> Result<Option<EventId>> {
    let row = fetch_optional!(
        tx,
        (EventId,),
        "select id from events where studio_id = $1 and booked_by = $2 and book_key = $3",
        contact,
        key,
    )?;
    Ok(row.map(|(id,)| id))
}

/// Bookings of a contact that wait for the studio.
pub async fn waiting_of(tx: &mut StudioTx, contact: ContactId) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from events where studio_id = $1 and booked_by = $2 and state in ('requested', 'to_be_confirmed')",
        contact,
    )
}
