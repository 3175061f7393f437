//! Direct links and resets.

use portico_wire::{ContactId, LinkId, Timestamp};

use super::super::{LINKS_AT_ONCE, Recent};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional},
};

pub async fn insert_link(
    tx: &mut StudioTx,
    contact: ContactId,
    purpose: &str,
    secret_hash: &[u8],
    seconds: i64,
) -> Result<LinkId> {
    let (id, now): (LinkId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into links (studio_id, id, contact_id, purpose, secret_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        contact,
        purpose,
        secret_hash,
        now,
        now.plus_seconds(seconds),
    )?;
    Ok(id)
}

/// Of the live direct links only the newest few stay.
pub async fn revoke_surplus_links(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update links set revoked_at = $3
         where studio_id = $1 and contact_id = $2 and purpose = 'direct' and used_at is null and revoked_at is null
           and id not in (select id from links
                where studio_id = $1 and contact_id = $2 and purpose = 'direct' and used_at is null
                  and revoked_at is null and expires_at > $3
                order by created_at desc, id desc limit $4)",
        contact,
        now,
        LINKS_AT_ONCE,
    )?;
    Ok(())
}

/// Voids all of a contact's links: a reset, a new invitation, access switched off.
pub async fn revoke_links(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update links set revoked_at = $3
         where studio_id = $1 and contact_id = $2 and used_at is null and revoked_at is null",
        contact,
        now,
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub struct LiveLink {
    pub id: LinkId,
    pub contact_id: ContactId,
    pub purpose: String,
}

pub async fn find_link(tx: &mut StudioTx, secret_hash: &[u8]) -> Result<Option<LiveLink>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        LiveLink,
        "select id, contact_id, purpose from links
         where studio_id = $1 and secret_hash = $2 and used_at is null and revoked_at is null and expires_at > $3",
        secret_hash,
        now,
    )
}

/// Uses the link up; false where somebody was faster.
pub async fn use_link(tx: &mut StudioTx, link: LinkId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update links set used_at = $3
         where studio_id = $1 and id = $2 and used_at is null and revoked_at is null and expires_at > $3",
        link,
        now,
    )?;
    Ok(rows == 1)
}

/// Reset mails of the last hour: they keep the pace of codes.
pub async fn recent_resets(tx: &mut StudioTx, contact: ContactId) -> Result<Recent> {
    let hour_ago = tx.now().plus_seconds(-3600);
    fetch_one!(
        tx,
        Recent,
        "select count(*) as last_hour, max(created_at) as last, min(created_at) as first
         from links where studio_id = $1 and contact_id = $2 and purpose = 'reset' and created_at > $3",
        contact,
        hour_ago,
    )
}

// For staff

#[derive(sqlx::FromRow)]
pub struct ListedLink {
    pub id: LinkId,
    pub purpose: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The contact's links that work now, the newest first.
pub async fn live_links(tx: &mut StudioTx, contact: ContactId) -> Result<Vec<ListedLink>> {
    let now = tx.now();
    fetch_all!(
        tx,
        ListedLink,
        "select id, purpose, created_at, expires_at from links
         where studio_id = $1 and contact_id = $2 and used_at is null and revoked_at is null and expires_at > $3
         order by created_at desc, id desc limit 50",
        contact,
        now,
    )
}

/// Ends one of the contact's links; false where there is none of this id alive.
pub async fn revoke_link(tx: &mut StudioTx, contact: ContactId, link: LinkId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update links set revoked_at = $4
         where studio_id = $1 and contact_id = $2 and id = $3 and used_at is null and revoked_at is null",
        contact,
        link,
        now,
    )?;
    Ok(rows == 1)
}
