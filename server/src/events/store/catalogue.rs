//! What a studio has on offer: settings, types, roles, resources, and who may book what.

use portico_wire::{
    ClientId, CrewRoleId, EventTypeId, FormId, GroupId, ResourceId, Timestamp, events::EventColour,
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    error::Error,
};

/// How clients book.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Settings {
    /// 0: never saved.
    pub version: i64,
    pub ahead_days: i64,
    pub notice_hours: i64,
    pub group_id: Option<GroupId>,
    pub remind_days: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 0,
            ahead_days: 730,
            notice_hours: 24,
            group_id: None,
            remind_days: Some(2),
        }
    }
}

pub async fn settings(tx: &mut StudioTx) -> Result<Settings> {
    let found = fetch_optional!(
        tx,
        Settings,
        "select version, ahead_days, notice_hours, group_id, remind_days from event_settings where studio_id = $1",
    )?;
    Ok(found.unwrap_or_default())
}

/// False where somebody else saved them in the meantime.
pub async fn save_settings(tx: &mut StudioTx, next: &Settings) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into event_settings (studio_id, version, ahead_days, notice_hours, group_id, remind_days, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (studio_id) do update set version = excluded.version, ahead_days = excluded.ahead_days,
            notice_hours = excluded.notice_hours, group_id = excluded.group_id, remind_days = excluded.remind_days,
            updated_at = excluded.updated_at
         where event_settings.version = excluded.version - 1",
        next.version + 1,
        next.ahead_days,
        next.notice_hours,
        next.group_id,
        next.remind_days,
        now,
    )?;
    Ok(rows == 1)
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kind {
    pub id: EventTypeId,
    pub version: i64,
    pub name: String,
    pub colour: EventColour,
    pub minutes: i64,
    pub description: Option<String>,
    pub form_id: Option<FormId>,
    /// The title of its questions.
    pub form_title: Option<String>,
    pub position: i64,
    pub bookable: bool,
    pub for_everybody: bool,
    pub most_staff: Option<i64>,
    pub archived_at: Option<Timestamp>,
}

/// All, those in use first.
pub async fn kinds(tx: &mut StudioTx) -> Result<Vec<Kind>> {
    fetch_all!(
        tx,
        Kind,
        "select t.id, t.version, t.name, t.colour, t.minutes, t.description, t.form_id, v.title as form_title, t.position,
                t.bookable, t.for_everybody, t.most_staff, t.archived_at
         from event_types t
         left join forms f on f.studio_id = t.studio_id and f.id = t.form_id and f.archived_at is null
         left join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         where t.studio_id = $1
         order by case when t.archived_at is null then 0 else 1 end, t.position, t.id limit 500",
    )
}

/// Those a client may book: its own where it has any, else those for everybody.
pub async fn bookable_kinds(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Kind>> {
    fetch_all!(
        tx,
        Kind,
        "select t.id, t.version, t.name, t.colour, t.minutes, t.description, t.form_id, v.title as form_title, t.position,
                t.bookable, t.for_everybody, t.most_staff, t.archived_at
         from event_types t
         left join forms f on f.studio_id = t.studio_id and f.id = t.form_id and f.archived_at is null
         left join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         where t.studio_id = $1 and t.bookable and t.archived_at is null
           and case when exists (select 1 from event_type_clients c where c.studio_id = $1 and c.client_id = $2)
               then exists (select 1 from event_type_clients c
                            where c.studio_id = $1 and c.client_id = $2 and c.type_id = t.id)
               else t.for_everybody end
         order by t.position, t.id limit 500",
        client,
    )
}

pub async fn insert_kind(tx: &mut StudioTx, kind: &Kind) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into event_types (studio_id, id, name, colour, minutes, description, form_id, position, bookable,
                for_everybody, most_staff, archived_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        kind.id,
        &kind.name,
        kind.colour,
        kind.minutes,
        kind.description.as_deref(),
        kind.form_id,
        kind.position,
        kind.bookable,
        kind.for_everybody,
        kind.most_staff,
        kind.archived_at,
        now,
    )?;
    Ok(())
}

/// False where somebody else saved it in the meantime.
pub async fn save_kind(tx: &mut StudioTx, kind: &Kind) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update event_types set name = $4, colour = $5, minutes = $6, description = $7, form_id = $8, position = $9,
                bookable = $10, for_everybody = $11, most_staff = $12, archived_at = $13, updated_at = $14,
                version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        kind.id,
        kind.version,
        &kind.name,
        kind.colour,
        kind.minutes,
        kind.description.as_deref(),
        kind.form_id,
        kind.position,
        kind.bookable,
        kind.for_everybody,
        kind.most_staff,
        kind.archived_at,
        now,
    )?;
    Ok(rows == 1)
}

/// The types that are a client's own.
pub async fn kinds_of_client(tx: &mut StudioTx, client: ClientId) -> Result<Vec<EventTypeId>> {
    let rows = fetch_all!(
        tx,
        (EventTypeId,),
        "select type_id from event_type_clients where studio_id = $1 and client_id = $2",
        client,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn replace_kinds_of_client(
    tx: &mut StudioTx,
    client: ClientId,
    kinds: &[EventTypeId],
) -> Result<()> {
    execute!(
        tx,
        "delete from event_type_clients where studio_id = $1 and client_id = $2",
        client,
    )?;
    for &kind in kinds {
        execute!(
            tx,
            "insert into event_type_clients (studio_id, client_id, type_id) values ($1, $2, $3)",
            client,
            kind,
        )?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Role {
    pub id: CrewRoleId,
    pub name: String,
    pub position: i64,
    pub bookable: bool,
    pub archived_at: Option<Timestamp>,
}

/// All, those in use first.
pub async fn roles(tx: &mut StudioTx) -> Result<Vec<Role>> {
    fetch_all!(
        tx,
        Role,
        "select id, name, position, bookable, archived_at from crew_roles where studio_id = $1
         order by case when archived_at is null then 0 else 1 end, position, id limit 500",
    )
}

pub async fn insert_role(tx: &mut StudioTx, role: &Role) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into crew_roles (studio_id, id, name, position, bookable, archived_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        role.id,
        &role.name,
        role.position,
        role.bookable,
        role.archived_at,
        now,
    )?;
    Ok(())
}

pub async fn save_role(tx: &mut StudioTx, role: &Role) -> Result<()> {
    let rows = execute!(
        tx,
        "update crew_roles set name = $3, position = $4, bookable = $5, archived_at = $6
         where studio_id = $1 and id = $2",
        role.id,
        &role.name,
        role.position,
        role.bookable,
        role.archived_at,
    )?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::not_found())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Resource {
    pub id: ResourceId,
    pub name: String,
    pub position: i64,
    pub most: Option<i64>,
    pub bookable: bool,
    pub archived_at: Option<Timestamp>,
}

/// All, those in use first.
pub async fn resources(tx: &mut StudioTx) -> Result<Vec<Resource>> {
    fetch_all!(
        tx,
        Resource,
        "select id, name, position, most, bookable, archived_at from resources where studio_id = $1
         order by case when archived_at is null then 0 else 1 end, position, id limit 500",
    )
}

pub async fn insert_resource(tx: &mut StudioTx, resource: &Resource) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into resources (studio_id, id, name, position, most, bookable, archived_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        resource.id,
        &resource.name,
        resource.position,
        resource.most,
        resource.bookable,
        resource.archived_at,
        now,
    )?;
    Ok(())
}

pub async fn save_resource(tx: &mut StudioTx, resource: &Resource) -> Result<()> {
    let rows = execute!(
        tx,
        "update resources set name = $3, position = $4, most = $5, bookable = $6, archived_at = $7
         where studio_id = $1 and id = $2",
        resource.id,
        &resource.name,
        resource.position,
        resource.most,
        resource.bookable,
        resource.archived_at,
    )?;
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::not_found())
    }
}
