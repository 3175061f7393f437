//! Sessions and their tokens.

use portico_wire::{ContactId, SessionId, StudioId, Timestamp};

use super::{super::sessions::Found, View};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional, scalar},
    scope::Caller,
};

pub async fn find_session(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Found>> {
    fetch_optional!(
        tx,
        Found,
        "select t.studio_id, t.session_id, s.contact_id, c.client_id, t.hash,
                t.created_at as token_created_at, t.used_at as token_used_at, t.ends_at as token_ends_at,
                s.origin, s.stay, s.last_used_at, c.first_name, c.last_name, c.active, cl.portal_enabled,
                c.rights as contact_rights, cl.rights as client_rights, st.slug, st.name as studio_name,
                st.time_zone, st.support_email, st.support_phone, st.portal_enabled as studio_open, st.subscription,
                st.rights as studio_rights, s.viewed_by, s.ends_at, s.shows_draft,
                s.kind = 'contact' or exists (select 1 from staff_roles r
                    where r.studio_id = s.studio_id and r.staff_id = s.staff_id) as allowed
         from session_tokens t
         join sessions s on s.studio_id = t.studio_id and s.id = t.session_id
         join contacts c on c.studio_id = s.studio_id and c.id = s.contact_id
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = t.studio_id
         where t.hash = $1",
        token_hash,
    )
}

/// The session by its id, with its newest token.
pub async fn find_session_by_id(
    tx: &mut Tx,
    studio: StudioId,
    session: SessionId,
) -> Result<Option<Found>> {
    fetch_optional!(
        tx,
        Found,
        "select t.studio_id, t.session_id, s.contact_id, c.client_id, t.hash,
                t.created_at as token_created_at, t.used_at as token_used_at, t.ends_at as token_ends_at,
                s.origin, s.stay, s.last_used_at, c.first_name, c.last_name, c.active, cl.portal_enabled,
                c.rights as contact_rights, cl.rights as client_rights, st.slug, st.name as studio_name,
                st.time_zone, st.support_email, st.support_phone, st.portal_enabled as studio_open, st.subscription,
                st.rights as studio_rights, s.viewed_by, s.ends_at, s.shows_draft,
                s.kind = 'contact' or exists (select 1 from staff_roles r
                    where r.studio_id = s.studio_id and r.staff_id = s.staff_id) as allowed
         from sessions s
         join session_tokens t on t.studio_id = s.studio_id and t.session_id = s.id
         join contacts c on c.studio_id = s.studio_id and c.id = s.contact_id
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = s.studio_id
         where s.studio_id = $1 and s.id = $2 order by t.created_at desc, t.ends_at is not null limit 1",
        studio,
        session,
    )
}

pub async fn insert_session(
    tx: &mut StudioTx,
    id: SessionId,
    contact: ContactId,
    caller: &Caller,
    stay: bool,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into sessions (studio_id, id, contact_id, origin, stay, user_agent, address, created_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id,
        contact,
        caller.origin.as_str(),
        stay,
        &caller.user_agent,
        caller.address.to_string(),
        now,
    )?;
    Ok(())
}

/// A staff member's look at the portal.
pub async fn insert_view_session(
    tx: &mut StudioTx,
    id: SessionId,
    view: &View,
    caller: &Caller,
    ends_at: Timestamp,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into sessions (studio_id, id, contact_id, origin, stay, user_agent, address, created_at, last_used_at,
                kind, staff_id, viewed_by, ends_at, shows_draft)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 'view_as', $9, $10, $11, $12)",
        id,
        view.contact_id,
        caller.origin.as_str(),
        false,
        &caller.user_agent,
        caller.address.to_string(),
        now,
        view.staff_id,
        &view.staff_name,
        ends_at,
        view.shows_draft,
    )?;
    Ok(())
}

pub async fn insert_token(tx: &mut StudioTx, session: SessionId, hash: &[u8]) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into session_tokens (hash, studio_id, session_id, created_at) values ($3, $1, $2, $4)",
        session,
        hash,
        now,
    )?;
    Ok(())
}

/// A further token, unless one was made since `since` that may still be on its way; false then.
pub async fn insert_next_token(
    tx: &mut StudioTx,
    session: SessionId,
    hash: &[u8],
    since: Timestamp,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into session_tokens (hash, studio_id, session_id, created_at)
         select $3, $1, $2, $4 where not exists (
            select 1 from session_tokens where studio_id = $1 and session_id = $2 and created_at > $5)",
        session,
        hash,
        now,
        since,
    )?;
    Ok(rows == 1)
}

pub async fn touch_session(tx: &mut StudioTx, session: SessionId, caller: &Caller) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update sessions set last_used_at = $3, address = $4, user_agent = $5 where studio_id = $1 and id = $2",
        session,
        now,
        caller.address.to_string(),
        &caller.user_agent,
    )?;
    Ok(())
}

/// This token is in use now: the session's others end soon.
pub async fn take_over(
    tx: &mut StudioTx,
    session: SessionId,
    hash: &[u8],
    end: Timestamp,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update session_tokens set used_at = $4 where studio_id = $1 and session_id = $2 and hash = $3 and used_at is null",
        session,
        hash,
        now,
    )?;
    execute!(
        tx,
        "update session_tokens set ends_at = $4
         where studio_id = $1 and session_id = $2 and hash <> $3 and (ends_at is null or ends_at > $4)",
        session,
        hash,
        end,
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub struct DeviceRow {
    pub id: SessionId,
    pub origin: String,
    pub stay: bool,
    pub user_agent: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

pub async fn devices(tx: &mut StudioTx, contact: ContactId) -> Result<Vec<DeviceRow>> {
    fetch_all!(
        tx,
        DeviceRow,
        "select id, origin, stay, user_agent, address, created_at, last_used_at
         from sessions where studio_id = $1 and contact_id = $2 and kind = 'contact' order by last_used_at desc, id limit 100",
        contact,
    )
}

/// Ends one of the contact's own sessions; false where there is none of this id.
pub async fn delete_session(
    tx: &mut StudioTx,
    contact: ContactId,
    session: SessionId,
) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from sessions where studio_id = $1 and contact_id = $2 and id = $3",
        contact,
        session,
    )?;
    Ok(rows == 1)
}

/// Ends all of the contact's sessions, but for `keep`.
pub async fn delete_sessions(
    tx: &mut StudioTx,
    contact: ContactId,
    keep: Option<SessionId>,
) -> Result<u64> {
    execute!(
        tx,
        "delete from sessions where studio_id = $1 and contact_id = $2 and id is distinct from $3",
        contact,
        keep,
    )
}

pub async fn live_sessions(tx: &mut Tx) -> Result<i64> {
    scalar!(tx, i64, "select count(*) from sessions")
}
