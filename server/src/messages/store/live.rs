//! What wakes open pages, and the tickets for their streams.

use portico_wire::{ClientId, ContactId, ConversationId, PulseId, SessionId, StudioId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
};

/// Open pages are to look: of one contact, or of all of a client.
pub async fn insert_pulse(
    tx: &mut StudioTx,
    client: Option<ClientId>,
    contact: Option<ContactId>,
    conversation: Option<ConversationId>,
) -> Result<()> {
    let (id, now): (PulseId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into pulses (studio_id, id, client_id, contact_id, conversation_id, created_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        client,
        contact,
        conversation,
        now,
    )?;
    tx.wake_pages();
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NewPulse {
    pub studio_id: StudioId,
    pub id: PulseId,
    pub client_id: Option<ClientId>,
    pub contact_id: Option<ContactId>,
    pub conversation_id: Option<ConversationId>,
}

/// Of all studios, since a moment.
pub async fn pulses_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<NewPulse>> {
    fetch_all!(
        tx,
        NewPulse,
        "select studio_id, id, client_id, contact_id, conversation_id from pulses where created_at >= $1 order by created_at",
        since,
    )
}

/// What every server has told its pages, and tickets nobody used.
pub async fn delete_expired(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from pulses where created_at < $1",
        now.plus_seconds(-600),
    )?;
    execute!(tx, "delete from live_tickets where expires_at <= $1", now)?;
    Ok(())
}

pub async fn insert_ticket(
    tx: &mut StudioTx,
    hash: &[u8],
    session: SessionId,
    expires_at: Timestamp,
) -> Result<()> {
    execute!(
        tx,
        "insert into live_tickets (studio_id, hash, session_id, expires_at) values ($1, $2, $3, $4)",
        hash,
        session,
        expires_at,
    )?;
    Ok(())
}

/// The session of a ticket that still counts, which counts no more.
pub async fn take_ticket(tx: &mut StudioTx, hash: &[u8]) -> Result<Option<SessionId>> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (SessionId,),
        "delete from live_tickets where studio_id = $1 and hash = $2 and expires_at > $3 returning session_id",
        hash,
        now,
    )?;
    Ok(row.map(|(session,)| session))
}
