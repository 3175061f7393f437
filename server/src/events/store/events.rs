//! One event with all that belongs to it.

use portico_wire::{
    AssignmentId, ClientId, ContactId, CrewRoleId, EventId, EventTypeId, GroupId, ResourceId,
    events::EventState,
};

use super::super::{Event, times::When};
use crate::{
    Result,
    access::reach::State,
    db::{StudioTx, execute, fetch_all, fetch_optional, insert_many, scalar},
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
        keep_ends(tx, id, details.when).await?;
    }
    Ok(rows == 1)
}

/// The lists of clients and contacts are ranges of where their events end.
async fn keep_ends(tx: &mut StudioTx, id: EventId, when: When) -> Result<()> {
    execute!(
        tx,
        "update event_clients set ends_at = $3 where studio_id = $1 and event_id = $2",
        id,
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

/// A client of an event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EventClient {
    pub client_id: ClientId,
    pub name: String,
    pub group_id: Option<GroupId>,
    pub notes: String,
    pub wishes: String,
}

/// The first is the one it was booked for.
pub async fn clients(tx: &mut StudioTx, id: EventId) -> Result<Vec<EventClient>> {
    fetch_all!(
        tx,
        EventClient,
        "select c.client_id, k.name, k.group_id, c.notes, c.wishes
         from event_clients c join clients k on k.studio_id = c.studio_id and k.id = c.client_id
         where c.studio_id = $1 and c.event_id = $2 order by c.position, c.client_id",
        id,
    )
}

/// A client of an event, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub client: ClientId,
    pub notes: String,
    pub wishes: String,
}

pub async fn replace_clients(
    tx: &mut StudioTx,
    id: EventId,
    when: When,
    parties: &[Party],
) -> Result<()> {
    execute!(
        tx,
        "delete from event_clients where studio_id = $1 and event_id = $2",
        id,
    )?;
    for (position, party) in parties.iter().enumerate() {
        execute!(
            tx,
            "insert into event_clients (studio_id, event_id, client_id, ends_at, position, notes, wishes)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id,
            party.client,
            when.ends_at,
            i64::try_from(position).unwrap_or(i64::MAX),
            &party.notes,
            &party.wishes,
        )?;
    }
    Ok(())
}

/// A contact who sees an event.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Named {
    pub id: ContactId,
    pub client_id: ClientId,
    pub first_name: String,
    pub last_name: String,
    /// Only of who can come in.
    pub email: Option<String>,
    pub booker: bool,
    pub state: State,
}

pub async fn named(tx: &mut StudioTx, id: EventId) -> Result<Vec<Named>> {
    fetch_all!(
        tx,
        Named,
        "select k.id, k.client_id, k.first_name, k.last_name,
                case when k.active and cl.portal_enabled then k.email end as email, n.booker, k.access_state as state
         from event_contacts n
         join contacts k on k.studio_id = n.studio_id and k.id = n.contact_id
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where n.studio_id = $1 and n.event_id = $2 order by k.first_name, k.id",
        id,
    )
}

/// `people`: each with whether it booked, or speaks for its client.
pub async fn replace_contacts(
    tx: &mut StudioTx,
    id: EventId,
    when: When,
    people: &[(ContactId, bool)],
) -> Result<()> {
    execute!(
        tx,
        "delete from event_contacts where studio_id = $1 and event_id = $2",
        id,
    )?;
    insert_many!(
        tx,
        "insert into event_contacts (studio_id, event_id, contact_id, ends_at, booker) values ($1, $2, $3, $4, $5)",
        people,
        |one| [id, one.0, when.ends_at, one.1]
    );
    Ok(())
}

/// A merged contact's events go to the one it was merged into.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into event_contacts (studio_id, event_id, contact_id, ends_at, booker)
         select n.studio_id, n.event_id, $3, n.ends_at, n.booker from event_contacts n
         where n.studio_id = $1 and n.contact_id = $2
           and not exists (select 1 from event_contacts o
               where o.studio_id = $1 and o.event_id = n.event_id and o.contact_id = $3)",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from event_contacts where studio_id = $1 and contact_id = $2",
        from,
    )?;
    execute!(
        tx,
        "delete from calendar_feeds where studio_id = $1 and contact_id = $2",
        from,
    )?;
    Ok(())
}

/// How many of a role an event takes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Need {
    pub role_id: CrewRoleId,
    pub name: String,
    pub count: i64,
}

pub async fn needs(tx: &mut StudioTx, id: EventId) -> Result<Vec<Need>> {
    fetch_all!(
        tx,
        Need,
        "select n.role_id, r.name, n.count from event_needs n
         join crew_roles r on r.studio_id = n.studio_id and r.id = n.role_id
         where n.studio_id = $1 and n.event_id = $2 order by r.position, r.id",
        id,
    )
}

/// What is no longer needed goes, the rest stays the row it is.
pub async fn replace_needs(
    tx: &mut StudioTx,
    id: EventId,
    needs: &[(CrewRoleId, i64)],
) -> Result<()> {
    for old in self::needs(tx, id).await? {
        if !needs.iter().any(|(role, _)| *role == old.role_id) {
            execute!(
                tx,
                "delete from event_needs where studio_id = $1 and event_id = $2 and role_id = $3",
                id,
                old.role_id,
            )?;
        }
    }
    for &(role, count) in needs {
        execute!(
            tx,
            "insert into event_needs (studio_id, event_id, role_id, count) values ($1, $2, $3, $4)
             on conflict (studio_id, event_id, role_id) do update set count = excluded.count",
            id,
            role,
            count,
        )?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Use {
    pub resource_id: ResourceId,
    pub name: String,
    pub quantity: i64,
}

pub async fn uses(tx: &mut StudioTx, id: EventId) -> Result<Vec<Use>> {
    fetch_all!(
        tx,
        Use,
        "select u.resource_id, r.name, u.quantity from event_resources u
         join resources r on r.studio_id = u.studio_id and r.id = u.resource_id
         where u.studio_id = $1 and u.event_id = $2 order by r.position, r.id",
        id,
    )
}

pub async fn replace_uses(
    tx: &mut StudioTx,
    id: EventId,
    uses: &[(ResourceId, i64)],
) -> Result<()> {
    execute!(
        tx,
        "delete from event_resources where studio_id = $1 and event_id = $2",
        id,
    )?;
    insert_many!(
        tx,
        "insert into event_resources (studio_id, event_id, resource_id, quantity) values ($1, $2, $3, $4)",
        uses,
        |one| [id, one.0, one.1]
    );
    Ok(())
}
