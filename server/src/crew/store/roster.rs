//! Rosters: who works at an event and when.

use portico_wire::{
    CertificateId, CrewId, CrewRoleId, EventId, QualificationId, RequirementId, ShiftId, Timestamp,
    VehicleId,
};

use crate::{
    Result,
    crew::{Event, Held, Need, Requirement, Shift, Vehicle, check::Clash},
    db::{StudioTx, execute, fetch_all, fetch_among, fetch_optional, insert_many, scalar},
    error::Error,
};

pub async fn event(tx: &mut StudioTx, id: EventId) -> Result<Event> {
    let found = fetch_optional!(
        tx,
        Event,
        "select id, title, state, starts_at, ends_at, time_zone, venue, address from events
         where studio_id = $1 and id = $2",
        id,
    )?;
    found.ok_or_else(Error::not_found)
}

/// All stretches, by name and time.
pub async fn shifts(tx: &mut StudioTx, event: EventId) -> Result<Vec<Shift>> {
    fetch_all!(
        tx,
        Shift,
        "select s.id, s.crew_id, c.name, c.phone, c.photo_key, c.state, s.role_id, r.name as role, s.starts_at, s.ends_at,
                s.vehicle_id
         from shifts s join crew c on c.studio_id = s.studio_id and c.id = s.crew_id
         left join crew_roles r on r.studio_id = s.studio_id and r.id = s.role_id
         where s.studio_id = $1 and s.event_id = $2 order by c.sort_name, c.id, s.starts_at, s.id",
        event,
    )
}

pub async fn leader(tx: &mut StudioTx, event: EventId) -> Result<Option<CrewId>> {
    let found = fetch_optional!(
        tx,
        (CrewId,),
        "select crew_id from event_leaders where studio_id = $1 and event_id = $2",
        event,
    )?;
    Ok(found.map(|(crew,)| crew))
}

/// The team leader's name and number.
pub async fn leader_to_call(
    tx: &mut StudioTx,
    event: EventId,
) -> Result<Option<(String, Option<String>)>> {
    fetch_optional!(
        tx,
        (String, Option<String>),
        "select c.name, c.phone from event_leaders l
         join crew c on c.studio_id = l.studio_id and c.id = l.crew_id
         where l.studio_id = $1 and l.event_id = $2",
        event,
    )
}

/// What the people of a roster are qualified for.
pub async fn held_on(tx: &mut StudioTx, event: EventId) -> Result<Vec<Held>> {
    fetch_all!(
        tx,
        Held,
        "select h.id, h.crew_id, h.qualification_id, q.name, h.valid_from, h.expires_on, h.file_name, h.file_kind,
                h.file_bytes, h.storage_key
         from crew_qualifications h
         join qualifications q on q.studio_id = h.studio_id and q.id = h.qualification_id
         where h.studio_id = $1
           and h.crew_id in (select s.crew_id from shifts s where s.studio_id = $1 and s.event_id = $2)
         order by q.position, q.id",
        event,
    )
}

/// A certificate of somebody on a roster.
pub async fn certificate_on(
    tx: &mut StudioTx,
    event: EventId,
    id: CertificateId,
) -> Result<Option<Held>> {
    fetch_optional!(
        tx,
        Held,
        "select h.id, h.crew_id, h.qualification_id, q.name, h.valid_from, h.expires_on, h.file_name, h.file_kind,
                h.file_bytes, h.storage_key
         from crew_qualifications h
         join qualifications q on q.studio_id = h.studio_id and q.id = h.qualification_id
         where h.studio_id = $1 and h.id = $3 and h.storage_key is not null
           and exists (select 1 from shifts s where s.studio_id = $1 and s.event_id = $2 and s.crew_id = h.crew_id)",
        event,
        id,
    )
}

/// Where the photo of somebody on a roster is kept.
pub async fn photo_on(tx: &mut StudioTx, event: EventId, crew: CrewId) -> Result<Option<String>> {
    let found = fetch_optional!(
        tx,
        (Option<String>,),
        "select c.photo_key from crew c where c.studio_id = $1 and c.id = $3
           and exists (select 1 from shifts s where s.studio_id = $1 and s.event_id = $2 and s.crew_id = $3)",
        event,
        crew,
    )?;
    Ok(found.and_then(|(key,)| key))
}

/// What a roster comes with, by plate; gone ones among them.
pub async fn vehicles_on(tx: &mut StudioTx, event: EventId) -> Result<Vec<Vehicle>> {
    fetch_all!(
        tx,
        Vehicle,
        "select v.id, v.crew_id, c.name as driver, v.plate, v.make, v.model, v.colour
         from vehicles v join crew c on c.studio_id = v.studio_id and c.id = v.crew_id
         where v.studio_id = $1
           and v.id in (select s.vehicle_id from shifts s where s.studio_id = $1 and s.event_id = $2)
         order by v.plate, v.id",
        event,
    )
}

pub async fn required(tx: &mut StudioTx, event: EventId) -> Result<Vec<Requirement>> {
    fetch_all!(
        tx,
        Requirement,
        "select n.id, n.qualification_id, q.name, n.role_id, r.name as role
         from event_required_qualifications n
         join qualifications q on q.studio_id = n.studio_id and q.id = n.qualification_id
         left join crew_roles r on r.studio_id = n.studio_id and r.id = n.role_id
         where n.studio_id = $1 and n.event_id = $2 order by q.position, q.id, n.id",
        event,
    )
}

pub async fn insert_required(
    tx: &mut StudioTx,
    (id, event): (RequirementId, EventId),
    qualification: QualificationId,
    role: Option<CrewRoleId>,
) -> Result<()> {
    execute!(
        tx,
        "insert into event_required_qualifications (studio_id, id, event_id, role_id, qualification_id)
         values ($1, $2, $3, $4, $5)",
        id,
        event,
        role,
        qualification,
    )?;
    Ok(())
}

pub async fn delete_required(tx: &mut StudioTx, event: EventId, id: RequirementId) -> Result<bool> {
    let deleted = execute!(
        tx,
        "delete from event_required_qualifications where studio_id = $1 and event_id = $2 and id = $3",
        event,
        id,
    )?;
    Ok(deleted == 1)
}

/// Where people of this roster are at the same time, at events that were not cancelled.
pub async fn clashes(tx: &mut StudioTx, event: EventId) -> Result<Vec<Clash>> {
    fetch_all!(
        tx,
        Clash,
        "select distinct o.crew_id, o.event_id, e.title, o.starts_at, o.ends_at
         from shifts s
         join shifts o on o.studio_id = s.studio_id and o.crew_id = s.crew_id and o.event_id <> s.event_id
              and o.starts_at < s.ends_at and o.ends_at > s.starts_at
         join events e on e.studio_id = o.studio_id and e.id = o.event_id and e.state <> 'cancelled'
         where s.studio_id = $1 and s.event_id = $2
         order by o.starts_at, o.crew_id",
        event,
    )
}

/// Who works elsewhere between two moments.
pub async fn busy(
    tx: &mut StudioTx,
    but: EventId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Clash>> {
    // No stretch is longer than a day: those that began earlier are over.
    let earliest = from.plus_seconds(-2 * 86_400);
    fetch_all!(
        tx,
        Clash,
        "select s.crew_id, s.event_id, e.title, s.starts_at, s.ends_at
         from events e join shifts s on s.studio_id = e.studio_id and s.event_id = e.id
         where s.studio_id = $1 and s.event_id <> $2 and s.starts_at > $5 and s.starts_at < $4 and s.ends_at > $3
           and e.state <> 'cancelled'
         order by s.starts_at, s.id",
        but,
        from,
        to,
        earliest,
    )
}

/// What each of these events needs of each role, and how many are rostered in it: one statement for a whole list.
pub async fn filled(tx: &mut StudioTx, events: &[EventId]) -> Result<Vec<Need>> {
    Ok(fetch_among!(
        tx,
        Need,
        "select n.event_id, n.role_id, r.name as role, n.count,
                (select count(distinct s.crew_id) from shifts s
                 where s.studio_id = n.studio_id and s.event_id = n.event_id and s.role_id = n.role_id) as filled
         from event_needs n join crew_roles r on r.studio_id = n.studio_id and r.id = n.role_id
         where n.studio_id = $1 and n.event_id in ($2) order by r.position, r.id",
        [],
        events,
    ))
}

/// A stretch to be written.
#[derive(Debug, Clone)]
pub struct NewShift {
    pub id: ShiftId,
    pub crew: CrewId,
    pub role: Option<CrewRoleId>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub vehicle: Option<VehicleId>,
}

pub async fn insert_shifts(tx: &mut StudioTx, event: EventId, all: &[NewShift]) -> Result<()> {
    insert_many!(
        tx,
        "insert into shifts (studio_id, id, event_id, crew_id, role_id, starts_at, ends_at, vehicle_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        all,
        |one| [
            one.id,
            event,
            one.crew,
            one.role,
            one.starts_at,
            one.ends_at,
            one.vehicle,
        ]
    );
    Ok(())
}

pub async fn save_shift(tx: &mut StudioTx, one: &NewShift) -> Result<()> {
    execute!(
        tx,
        "update shifts set role_id = $3, starts_at = $4, ends_at = $5, vehicle_id = $6
         where studio_id = $1 and id = $2",
        one.id,
        one.role,
        one.starts_at,
        one.ends_at,
        one.vehicle,
    )?;
    Ok(())
}

pub async fn delete_shift(tx: &mut StudioTx, event: EventId, id: ShiftId) -> Result<bool> {
    let deleted = execute!(
        tx,
        "delete from shifts where studio_id = $1 and event_id = $2 and id = $3",
        event,
        id
    )?;
    Ok(deleted == 1)
}

/// Whoever leads is on the roster.
pub async fn is_rostered(tx: &mut StudioTx, event: EventId, crew: CrewId) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select count(*) from shifts where studio_id = $1 and event_id = $2 and crew_id = $3",
        event,
        crew,
    )?;
    Ok(found > 0)
}

/// The one leader of an event, in the place of whoever was. Calendars name the leader: to them the event is another one.
pub async fn save_leader(tx: &mut StudioTx, event: EventId, crew: Option<CrewId>) -> Result<()> {
    execute!(
        tx,
        "delete from event_leaders where studio_id = $1 and event_id = $2",
        event
    )?;
    if let Some(crew) = crew {
        execute!(
            tx,
            "insert into event_leaders (studio_id, event_id, crew_id) values ($1, $2, $3)",
            event,
            crew,
        )?;
    }
    let now = tx.now();
    execute!(
        tx,
        "update events set updated_at = $3 where studio_id = $1 and id = $2",
        event,
        now,
    )?;
    Ok(())
}
