//! Crew members, what they are qualified for, and their vehicles.

use portico_wire::{
    CertificateId, CrewId, CrewRoleId, EventId, QualificationId, Timestamp, VehicleId,
};

use crate::{
    Result,
    clients::search,
    crew::{Held, Member, Qualification, State, Vehicle},
    db::{StudioTx, execute, fetch_all, fetch_optional, insert_many, scalar},
    error::Error,
};

/// Everybody of a state, by name. A studio's crew is some hundred people at most.
pub async fn list(tx: &mut StudioTx, state: State) -> Result<Vec<Member>> {
    fetch_all!(
        tx,
        Member,
        "select c.id, c.version, c.name, c.phone, c.email, c.role_id, r.name as role, c.photo_key, c.notes, c.state
         from crew c left join crew_roles r on r.studio_id = c.studio_id and r.id = c.role_id
         where c.studio_id = $1 and c.state = $2 order by c.sort_name, c.id",
        state,
    )
}

pub async fn find(tx: &mut StudioTx, id: CrewId) -> Result<Option<Member>> {
    fetch_optional!(
        tx,
        Member,
        "select c.id, c.version, c.name, c.phone, c.email, c.role_id, r.name as role, c.photo_key, c.notes, c.state
         from crew c left join crew_roles r on r.studio_id = c.studio_id and r.id = c.role_id
         where c.studio_id = $1 and c.id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: CrewId) -> Result<Member> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

pub async fn insert(tx: &mut StudioTx, one: &Member) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into crew (studio_id, id, name, sort_name, phone, email, role_id, notes, state, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        one.id,
        &one.name,
        search::sort_name(&one.name),
        one.phone.as_deref(),
        one.email.as_deref(),
        one.role_id,
        one.notes.as_deref(),
        one.state,
        now,
    )?;
    Ok(())
}

/// Whether it was still the version the form was made from.
pub async fn save(tx: &mut StudioTx, one: &Member) -> Result<bool> {
    let now = tx.now();
    let saved = execute!(
        tx,
        "update crew set version = version + 1, name = $4, sort_name = $5, phone = $6, email = $7, role_id = $8,
                notes = $9, state = $10, updated_at = $11
         where studio_id = $1 and id = $2 and version = $3",
        one.id,
        one.version,
        &one.name,
        search::sort_name(&one.name),
        one.phone.as_deref(),
        one.email.as_deref(),
        one.role_id,
        one.notes.as_deref(),
        one.state,
        now,
    )?;
    Ok(saved == 1)
}

pub async fn save_photo(tx: &mut StudioTx, id: CrewId, key: Option<&str>) -> Result<()> {
    execute!(
        tx,
        "update crew set photo_key = $3 where studio_id = $1 and id = $2",
        id,
        key
    )?;
    Ok(())
}

pub async fn qualifications(tx: &mut StudioTx) -> Result<Vec<Qualification>> {
    fetch_all!(
        tx,
        Qualification,
        "select id, name from qualifications where studio_id = $1 order by position, id",
    )
}

pub async fn insert_qualification(
    tx: &mut StudioTx,
    id: QualificationId,
    name: &str,
) -> Result<()> {
    execute!(
        tx,
        "insert into qualifications (studio_id, id, name, position)
         values ($1, $2, $3, (select coalesce(max(position), 0) + 1 from qualifications where studio_id = $1))",
        id,
        name,
    )?;
    Ok(())
}

pub async fn rename_qualification(
    tx: &mut StudioTx,
    id: QualificationId,
    name: &str,
) -> Result<()> {
    execute!(
        tx,
        "update qualifications set name = $3 where studio_id = $1 and id = $2",
        id,
        name
    )?;
    Ok(())
}

pub async fn place_qualification(
    tx: &mut StudioTx,
    id: QualificationId,
    position: i64,
) -> Result<()> {
    execute!(
        tx,
        "update qualifications set position = $3 where studio_id = $1 and id = $2",
        id,
        position
    )?;
    Ok(())
}

/// Whether it went: one that crew holds or an event requires stays.
pub async fn delete_unused_qualification(tx: &mut StudioTx, id: QualificationId) -> Result<bool> {
    let deleted = execute!(
        tx,
        "delete from qualifications where studio_id = $1 and id = $2
         and not exists (select 1 from crew_qualifications h where h.studio_id = $1 and h.qualification_id = $2)
         and not exists (select 1 from event_required_qualifications q where q.studio_id = $1 and q.qualification_id = $2)",
        id,
    )?;
    Ok(deleted == 1)
}

/// How many of the crew hold each qualification.
pub async fn holders(tx: &mut StudioTx) -> Result<Vec<(QualificationId, i64)>> {
    fetch_all!(
        tx,
        (QualificationId, i64),
        "select qualification_id, count(*) from crew_qualifications where studio_id = $1 group by qualification_id",
    )
}

/// What everybody is qualified for, for the list.
pub async fn all_held(tx: &mut StudioTx) -> Result<Vec<Held>> {
    fetch_all!(
        tx,
        Held,
        "select h.id, h.crew_id, h.qualification_id, q.name, h.valid_from, h.expires_on, h.file_name, h.file_kind,
                h.file_bytes, h.storage_key
         from crew_qualifications h
         join qualifications q on q.studio_id = h.studio_id and q.id = h.qualification_id
         where h.studio_id = $1 order by q.position, q.id",
    )
}

pub async fn held(tx: &mut StudioTx, crew: CrewId) -> Result<Vec<Held>> {
    fetch_all!(
        tx,
        Held,
        "select h.id, h.crew_id, h.qualification_id, q.name, h.valid_from, h.expires_on, h.file_name, h.file_kind,
                h.file_bytes, h.storage_key
         from crew_qualifications h
         join qualifications q on q.studio_id = h.studio_id and q.id = h.qualification_id
         where h.studio_id = $1 and h.crew_id = $2 order by q.position, q.id",
        crew,
    )
}

pub async fn find_held(tx: &mut StudioTx, crew: CrewId, id: CertificateId) -> Result<Option<Held>> {
    fetch_optional!(
        tx,
        Held,
        "select h.id, h.crew_id, h.qualification_id, q.name, h.valid_from, h.expires_on, h.file_name, h.file_kind,
                h.file_bytes, h.storage_key
         from crew_qualifications h
         join qualifications q on q.studio_id = h.studio_id and q.id = h.qualification_id
         where h.studio_id = $1 and h.crew_id = $2 and h.id = $3",
        crew,
        id,
    )
}

pub async fn insert_held(tx: &mut StudioTx, one: &Held) -> Result<()> {
    execute!(
        tx,
        "insert into crew_qualifications (studio_id, id, crew_id, qualification_id, valid_from, expires_on, file_name,
                file_kind, file_bytes, storage_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        one.id,
        one.crew_id,
        one.qualification_id,
        one.valid_from.as_deref(),
        one.expires_on.as_deref(),
        one.file_name.as_deref(),
        one.file_kind.as_deref(),
        one.file_bytes,
        one.storage_key.as_deref(),
    )?;
    Ok(())
}

pub async fn save_held(tx: &mut StudioTx, one: &Held) -> Result<()> {
    execute!(
        tx,
        "update crew_qualifications set valid_from = $3, expires_on = $4, file_name = $5, file_kind = $6,
                file_bytes = $7, storage_key = $8
         where studio_id = $1 and id = $2",
        one.id,
        one.valid_from.as_deref(),
        one.expires_on.as_deref(),
        one.file_name.as_deref(),
        one.file_kind.as_deref(),
        one.file_bytes,
        one.storage_key.as_deref(),
    )?;
    Ok(())
}

pub async fn delete_held(tx: &mut StudioTx, id: CertificateId) -> Result<()> {
    execute!(
        tx,
        "delete from crew_qualifications where studio_id = $1 and id = $2",
        id
    )?;
    Ok(())
}

/// Those of everybody who works for the studio, by name.
pub async fn all_vehicles(tx: &mut StudioTx) -> Result<Vec<Vehicle>> {
    fetch_all!(
        tx,
        Vehicle,
        "select v.id, v.crew_id, c.name as driver, v.plate, v.make, v.model, v.colour
         from vehicles v join crew c on c.studio_id = v.studio_id and c.id = v.crew_id
         where v.studio_id = $1 and v.gone_at is null and c.state = 'active' order by c.sort_name, v.id",
    )
}

pub async fn vehicles(tx: &mut StudioTx, crew: CrewId) -> Result<Vec<Vehicle>> {
    fetch_all!(
        tx,
        Vehicle,
        "select v.id, v.crew_id, c.name as driver, v.plate, v.make, v.model, v.colour
         from vehicles v join crew c on c.studio_id = v.studio_id and c.id = v.crew_id
         where v.studio_id = $1 and v.crew_id = $2 and v.gone_at is null order by v.id",
        crew,
    )
}

pub async fn insert_vehicles(tx: &mut StudioTx, all: &[Vehicle]) -> Result<()> {
    insert_many!(
        tx,
        "insert into vehicles (studio_id, id, crew_id, plate, make, model, colour) values ($1, $2, $3, $4, $5, $6, $7)",
        all,
        |one| [
            one.id,
            one.crew_id,
            &one.plate,
            one.make.as_deref(),
            one.model.as_deref(),
            one.colour.as_deref(),
        ]
    );
    Ok(())
}

/// No longer offered; rosters it is on keep it.
pub async fn retire_vehicle(tx: &mut StudioTx, crew: CrewId, id: VehicleId) -> Result<bool> {
    let now = tx.now();
    let retired = execute!(
        tx,
        "update vehicles set gone_at = $4 where studio_id = $1 and crew_id = $2 and id = $3 and gone_at is null",
        crew,
        id,
        now,
    )?;
    Ok(retired == 1)
}

/// Somebody's work to come.
#[derive(Debug, sqlx::FromRow)]
pub struct Coming {
    pub event_id: EventId,
    pub title: String,
    pub time_zone: String,
    pub role: Option<String>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

pub async fn coming(tx: &mut StudioTx, crew: CrewId) -> Result<Vec<Coming>> {
    let now = tx.now();
    fetch_all!(
        tx,
        Coming,
        "select s.event_id, e.title, e.time_zone, r.name as role, s.starts_at, s.ends_at
         from shifts s join events e on e.studio_id = s.studio_id and e.id = s.event_id
         left join crew_roles r on r.studio_id = s.studio_id and r.id = s.role_id
         where s.studio_id = $1 and s.crew_id = $2 and s.ends_at > $3 and e.state <> 'cancelled'
         order by s.starts_at, s.id",
        crew,
        now,
    )
}

/// What somebody can work as, for forms.
pub async fn roles(tx: &mut StudioTx) -> Result<Vec<(CrewRoleId, String)>> {
    fetch_all!(
        tx,
        (CrewRoleId, String),
        "select id, name from crew_roles where studio_id = $1 and archived_at is null order by position, id",
    )
}

/// How many people of the crew there are, for the empty list.
pub async fn count(tx: &mut StudioTx) -> Result<i64> {
    scalar!(tx, i64, "select count(*) from crew where studio_id = $1")
}
