//! Whose an event is, who sees it, and what it takes.

use portico_wire::{ClientId, ContactId, CrewRoleId, EventId, GroupId, ResourceId};

use super::super::times::When;
use crate::{
    Result,
    access::reach::State,
    db::{StudioTx, execute, fetch_all, insert_many},
};

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
            "insert into event_clients (studio_id, event_id, client_id, starts_at, ends_at, position, notes, wishes)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            party.client,
            when.starts_at,
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
