//! Groups of staff.

use portico_wire::{GroupId, StaffId};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
    staff::Role,
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
}

pub async fn insert_group(tx: &mut StudioTx, id: GroupId, name: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into groups (studio_id, id, name, created_at) values ($1, $2, $3, $4)",
        id,
        name,
        now
    )?;
    Ok(())
}

/// All groups, by name.
pub async fn groups(tx: &mut StudioTx) -> Result<Vec<Group>> {
    fetch_all!(
        tx,
        Group,
        "select id, name from groups where studio_id = $1 order by lower(name), id",
    )
}

/// How many clients each group has; a group without any is not in the list.
pub async fn group_sizes(tx: &mut StudioTx) -> Result<Vec<(GroupId, i64)>> {
    fetch_all!(
        tx,
        (GroupId, i64),
        "select group_id, count(*) from clients where studio_id = $1 and group_id is not null group by group_id",
    )
}

pub async fn rename_group(tx: &mut StudioTx, group: GroupId, name: &str) -> Result<()> {
    execute!(
        tx,
        "update groups set name = $3 where studio_id = $1 and id = $2",
        group,
        name
    )?;
    Ok(())
}

/// Deletes a group that no client has; false otherwise.
pub async fn delete_unused_group(tx: &mut StudioTx, group: GroupId) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from groups where studio_id = $1 and id = $2
         and not exists (select 1 from clients where studio_id = $1 and group_id = $2)
         and not exists (select 1 from events where studio_id = $1 and group_id = $2)
         and not exists (select 1 from event_settings where studio_id = $1 and group_id = $2)",
        group
    )?;
    Ok(rows == 1)
}

/// Somebody who works at the studio.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Colleague {
    pub id: StaffId,
    pub name: String,
    pub role: Role,
}

pub async fn colleagues(tx: &mut StudioTx) -> Result<Vec<Colleague>> {
    fetch_all!(
        tx,
        Colleague,
        "select f.id, f.name, r.role from staff_roles r join staff f on f.id = r.staff_id
         where r.studio_id = $1 order by lower(f.name), f.id",
    )
}

/// Who is in which group.
pub async fn members(tx: &mut StudioTx) -> Result<Vec<(GroupId, StaffId)>> {
    fetch_all!(
        tx,
        (GroupId, StaffId),
        "select group_id, staff_id from group_members where studio_id = $1",
    )
}

pub async fn replace_members(tx: &mut StudioTx, group: GroupId, members: &[StaffId]) -> Result<()> {
    execute!(
        tx,
        "delete from group_members where studio_id = $1 and group_id = $2",
        group
    )?;
    for &member in members {
        execute!(
            tx,
            "insert into group_members (studio_id, group_id, staff_id) values ($1, $2, $3)",
            group,
            member
        )?;
    }
    Ok(())
}

/// Whom mails about a client's changes go to: the staff of its group, or where nobody is in it the owners.
/// Name and email address.
pub async fn to_tell(tx: &mut StudioTx, group: Option<GroupId>) -> Result<Vec<(String, String)>> {
    let members = fetch_all!(
        tx,
        (String, String),
        "select f.name, f.email from group_members m join staff f on f.id = m.staff_id
         where m.studio_id = $1 and m.group_id = $2 order by f.email",
        group,
    )?;
    if !members.is_empty() {
        return Ok(members);
    }
    fetch_all!(
        tx,
        (String, String),
        "select f.name, f.email from staff_roles r join staff f on f.id = r.staff_id
         where r.studio_id = $1 and r.role = 'owner' order by f.email",
    )
}
