//! The SQL of notifications.

use portico_wire::{
    ClientId, ContactId, EventId, NotificationId, StaffId, Timestamp,
    notifications::NotificationKind,
};
use uuid::Uuid;

use super::StaffKind;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional, scalar},
};

/// What somebody is told.
pub struct New<'a> {
    pub kind: &'a str,
    pub title: &'a str,
    pub body: &'a str,
}

/// A contact is told, if it wants to read of this kind; false where not.
pub async fn insert(
    tx: &mut StudioTx,
    contact: ContactId,
    item: Uuid,
    new: &New<'_>,
) -> Result<bool> {
    let (id, now): (NotificationId, _) = (tx.id(), tx.now());
    let rows = execute!(
        tx,
        "insert into notifications (studio_id, id, contact_id, kind, item_id, title, body, created_at)
         select k.studio_id, $2, k.id, $4, $5, $6, $7, $8 from contacts k
         where k.studio_id = $1 and k.id = $3 and k.merged_into is null
           and not exists (select 1 from notification_choices c
               where c.studio_id = k.studio_id and c.contact_id = k.id and c.kind = $4 and not c.on_screen)",
        id,
        contact,
        new.kind,
        item,
        new.title,
        new.body,
        now,
    )?;
    Ok(rows == 1)
}

/// Whom an item is meant for.
pub async fn concerned(
    tx: &mut StudioTx,
    kind: NotificationKind,
    item: Uuid,
) -> Result<Vec<ContactId>> {
    let rows = fetch_all!(
        tx,
        (ContactId,),
        "select distinct i.contact_id from notification_items i
         where i.studio_id = $1 and i.kind = $2 and i.item_id = $3",
        kind,
        item,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub item_id: Uuid,
    pub title: String,
    pub body: String,
    pub created_at: Timestamp,
    pub seen: bool,
}

/// What a page holds; one more tells that there is another.
pub const PAGE: usize = 50;

/// A page of what a contact was told, the latest first; nothing about what it does not see any more.
pub async fn list(
    tx: &mut StudioTx,
    contact: ContactId,
    kinds: &str,
    before: NotificationId,
) -> Result<Vec<Told>> {
    fetch_all!(
        tx,
        Told,
        "select n.id, n.kind, n.item_id, n.title, n.body, n.created_at, n.seen_at is not null as seen
         from notifications n
         where n.studio_id = $1 and n.contact_id = $2 and $3 like '%,' || n.kind || ',%' and n.id < $4
           and exists (select 1 from notification_items i where i.studio_id = n.studio_id and i.kind = n.kind
                       and i.item_id = n.item_id and i.contact_id = n.contact_id)
         order by n.id desc limit 51",
        contact,
        kinds,
        before,
    )
}

/// How many of these it has not seen, at most 100.
pub async fn unread(tx: &mut StudioTx, contact: ContactId, kinds: &str) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from (select 1 as one from notifications n
         where n.studio_id = $1 and n.contact_id = $2 and n.seen_at is null and $3 like '%,' || n.kind || ',%'
           and exists (select 1 from notification_items i where i.studio_id = n.studio_id and i.kind = n.kind
                       and i.item_id = n.item_id and i.contact_id = n.contact_id)
         limit 100) few",
        contact,
        kinds,
    )
}

pub async fn mark_seen(tx: &mut StudioTx, contact: ContactId, id: NotificationId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update notifications set seen_at = $4 where studio_id = $1 and id = $2 and contact_id = $3 and seen_at is null",
        id,
        contact,
        now,
    )?;
    Ok(())
}

pub async fn mark_all_seen(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update notifications set seen_at = $3 where studio_id = $1 and contact_id = $2 and seen_at is null",
        contact,
        now,
    )?;
    Ok(())
}

/// Kind, by mail, on the screen: what was chosen.
pub async fn choices(
    tx: &mut StudioTx,
    contact: ContactId,
) -> Result<Vec<(NotificationKind, bool, bool)>> {
    fetch_all!(
        tx,
        (NotificationKind, bool, bool),
        "select kind, by_mail, on_screen from notification_choices where studio_id = $1 and contact_id = $2",
        contact,
    )
}

pub async fn choose(
    tx: &mut StudioTx,
    contact: ContactId,
    kind: NotificationKind,
    (by_mail, on_screen): (bool, bool),
) -> Result<()> {
    execute!(
        tx,
        "insert into notification_choices (studio_id, contact_id, kind, by_mail, on_screen) values ($1, $2, $3, $4, $5)
         on conflict (studio_id, contact_id, kind) do update set by_mail = excluded.by_mail, on_screen = excluded.on_screen",
        contact,
        kind,
        by_mail,
        on_screen,
    )?;
    Ok(())
}

pub async fn wants_mail(
    tx: &mut StudioTx,
    contact: ContactId,
    kind: NotificationKind,
) -> Result<bool> {
    let row = fetch_optional!(
        tx,
        (bool,),
        "select by_mail from notification_choices where studio_id = $1 and contact_id = $2 and kind = $3",
        contact,
        kind,
    )?;
    Ok(row.is_none_or(|(by_mail,)| by_mail))
}

/// A contact is being merged: what it was told is the other one's.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "update notifications set contact_id = $3 where studio_id = $1 and contact_id = $2",
        from,
        to,
    )?;
    Ok(())
}

/// A staff member is told, if it wants to read of this kind.
pub async fn insert_for_staff(
    tx: &mut StudioTx,
    staff: StaffId,
    path: &str,
    new: &New<'_>,
) -> Result<()> {
    let (id, now): (NotificationId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into staff_notifications (studio_id, id, staff_id, kind, path, title, body, created_at)
         select r.studio_id, $2, r.staff_id, $4, $5, $6, $7, $8 from staff_roles r
         where r.studio_id = $1 and r.staff_id = $3
           and not exists (select 1 from staff_notification_choices c
               where c.studio_id = r.studio_id and c.staff_id = r.staff_id and c.kind = $4 and not c.on_screen)",
        id,
        staff,
        new.kind,
        path,
        new.title,
        new.body,
        now,
    )?;
    Ok(())
}

/// What was told of a page before and not looked at.
pub async fn forget_unseen(
    tx: &mut StudioTx,
    staff: StaffId,
    kind: &str,
    path: &str,
) -> Result<()> {
    execute!(
        tx,
        "delete from staff_notifications
         where studio_id = $1 and staff_id = $2 and seen_at is null and kind = $3 and path = $4",
        staff,
        kind,
        path,
    )?;
    Ok(())
}

/// The staff who look after a client, or an event: of its group, else the owners.
pub async fn staff_of(
    tx: &mut StudioTx,
    client: ClientId,
    event: Option<EventId>,
) -> Result<Vec<StaffId>> {
    let members = fetch_all!(
        tx,
        (StaffId,),
        "select m.staff_id from clients c
         left join events e on e.studio_id = c.studio_id and e.id = $3
         join group_members m on m.studio_id = c.studio_id and m.group_id = coalesce(e.group_id, c.group_id)
         where c.studio_id = $1 and c.id = $2 order by m.staff_id",
        client,
        event,
    )?;
    let found = match members.is_empty() {
        false => members,
        true => fetch_all!(
            tx,
            (StaffId,),
            "select staff_id from staff_roles where studio_id = $1 and role = 'owner' order by staff_id",
        )?,
    };
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub async fn works_here(tx: &mut StudioTx, staff: StaffId) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select count(*) from staff_roles where studio_id = $1 and staff_id = $2",
        staff,
    )?;
    Ok(found > 0)
}

pub async fn client_name(tx: &mut StudioTx, client: ClientId) -> Result<String> {
    let (name,) = fetch_one!(
        tx,
        (String,),
        "select name from clients where studio_id = $1 and id = $2",
        client,
    )?;
    Ok(name)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StaffTold {
    pub id: NotificationId,
    pub path: String,
    pub title: String,
    pub body: String,
    pub created_at: Timestamp,
    pub seen: bool,
}

/// A page of what a staff member was told, the latest first.
pub async fn staff_list(
    tx: &mut StudioTx,
    staff: StaffId,
    before: NotificationId,
) -> Result<Vec<StaffTold>> {
    fetch_all!(
        tx,
        StaffTold,
        "select id, path, title, body, created_at, seen_at is not null as seen from staff_notifications
         where studio_id = $1 and staff_id = $2 and id < $3 order by id desc limit 51",
        staff,
        before,
    )
}

/// What the frame of a page counts.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct Counts {
    /// Conversations with something nobody of the studio has seen; at most 100.
    pub messages: i64,
    /// At most 100.
    pub notifications: i64,
    /// Of these, about the page asked for.
    pub here: i64,
}

pub async fn counts(tx: &mut StudioTx, staff: StaffId, path: &str) -> Result<Counts> {
    fetch_one!(
        tx,
        Counts,
        "select (select count(*) from (select 1 as one from conversations
                    where studio_id = $1 and newest_client > seen_studio limit 100) m) as messages,
                count(*) as notifications,
                cast(coalesce(sum(case when few.path = $3 then 1 else 0 end), 0) as bigint) as here
         from (select path from staff_notifications
               where studio_id = $1 and staff_id = $2 and seen_at is null limit 100) few",
        staff,
        path,
    )
}

/// Somebody looks at the page.
pub async fn mark_page_seen(tx: &mut StudioTx, staff: StaffId, path: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update staff_notifications set seen_at = $4
         where studio_id = $1 and staff_id = $2 and seen_at is null and path = $3",
        staff,
        path,
        now,
    )?;
    Ok(())
}

pub async fn mark_staff_seen(tx: &mut StudioTx, staff: StaffId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update staff_notifications set seen_at = $3 where studio_id = $1 and staff_id = $2 and seen_at is null",
        staff,
        now,
    )?;
    Ok(())
}

/// Kind, by mail, on the screen: what was chosen.
pub async fn staff_choices(
    tx: &mut StudioTx,
    staff: StaffId,
) -> Result<Vec<(StaffKind, bool, bool)>> {
    fetch_all!(
        tx,
        (StaffKind, bool, bool),
        "select kind, by_mail, on_screen from staff_notification_choices where studio_id = $1 and staff_id = $2",
        staff,
    )
}

pub async fn staff_choose(
    tx: &mut StudioTx,
    staff: StaffId,
    kind: StaffKind,
    (by_mail, on_screen): (bool, bool),
) -> Result<()> {
    execute!(
        tx,
        "insert into staff_notification_choices (studio_id, staff_id, kind, by_mail, on_screen) values ($1, $2, $3, $4, $5)
         on conflict (studio_id, staff_id, kind) do update set by_mail = excluded.by_mail, on_screen = excluded.on_screen",
        staff,
        kind,
        by_mail,
        on_screen,
    )?;
    Ok(())
}

/// Whether whoever has this address wants mails of this kind.
pub async fn staff_wants_mail(tx: &mut StudioTx, email: &str, kind: StaffKind) -> Result<bool> {
    let row = fetch_optional!(
        tx,
        (bool,),
        "select c.by_mail from staff f
         join staff_notification_choices c on c.staff_id = f.id
         where c.studio_id = $1 and f.email = $2 and c.kind = $3",
        email,
        kind,
    )?;
    Ok(row.is_none_or(|(by_mail,)| by_mail))
}
