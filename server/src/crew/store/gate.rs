//! Addresses of gate lists.

use portico_wire::{EventId, GateLinkId, StudioId, Timestamp};

use crate::{
    Result,
    crew::GateLink,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
};

pub async fn insert_gate_link(
    tx: &mut StudioTx,
    (id, event): (GateLinkId, EventId),
    hash: &[u8],
    expires_at: Timestamp,
    made_by: &str,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into gate_links (studio_id, id, event_id, secret_hash, expires_at, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        event,
        hash,
        expires_at,
        made_by,
        now,
    )?;
    Ok(())
}

/// Those that still open the list, the oldest first.
pub async fn live_gate_links(tx: &mut StudioTx, event: EventId) -> Result<Vec<GateLink>> {
    let now = tx.now();
    fetch_all!(
        tx,
        GateLink,
        "select id, event_id, expires_at, revoked_at, made_by, made_at, seen_at from gate_links
         where studio_id = $1 and event_id = $2 and revoked_at is null and expires_at > $3 order by id",
        event,
        now,
    )
}

pub async fn revoke_gate_link(tx: &mut StudioTx, event: EventId, id: GateLinkId) -> Result<bool> {
    let now = tx.now();
    let revoked = execute!(
        tx,
        "update gate_links set revoked_at = $4
         where studio_id = $1 and event_id = $2 and id = $3 and revoked_at is null",
        event,
        id,
        now,
    )?;
    Ok(revoked == 1)
}

/// When somebody last opened it.
pub async fn note_gate_seen(tx: &mut StudioTx, id: GateLinkId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update gate_links set seen_at = $3 where studio_id = $1 and id = $2",
        id,
        now
    )?;
    Ok(())
}

/// The link of a secret, with the studio it belongs to.
#[derive(sqlx::FromRow)]
pub struct FoundGateLink {
    pub studio_id: StudioId,
    #[sqlx(flatten)]
    pub link: GateLink,
}

pub async fn find_gate_link(tx: &mut Tx, hash: &[u8]) -> Result<Option<FoundGateLink>> {
    fetch_optional!(
        tx,
        FoundGateLink,
        "select studio_id, id, event_id, expires_at, revoked_at, made_by, made_at, seen_at from gate_links
         where secret_hash = $1",
        hash,
    )
}
