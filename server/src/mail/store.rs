//! The only SQL about the outbox.

use portico_wire::{ContactId, OutboxId, StudioId, Timestamp, access::Channel};
use serde_json::Value;
use sqlx::types::Json;

use super::Message;
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_optional},
};

#[derive(sqlx::FromRow)]
pub struct Row {
    pub contact_id: Option<ContactId>,
    pub channel: Channel,
    pub recipient: String,
    pub template: String,
    #[sqlx(json)]
    pub params: Value,
    pub secrets: Option<Vec<u8>>,
    pub expires_at: Option<Timestamp>,
}

pub async fn insert(
    tx: &mut StudioTx,
    message: &Message<'_>,
    secrets: Option<Vec<u8>>,
) -> Result<OutboxId> {
    let (id, now): (OutboxId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into outbox (studio_id, id, contact_id, channel, recipient, template, params, secrets, state,
                created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10)",
        id,
        message.contact,
        message.channel,
        message.recipient,
        message.template,
        Json(&message.params),
        secrets,
        now,
        message.expires_at,
    )?;
    Ok(id)
}

pub async fn find_queued(tx: &mut StudioTx, outbox: OutboxId) -> Result<Option<Row>> {
    fetch_optional!(
        tx,
        Row,
        "select contact_id, channel, recipient, template, params, secrets, expires_at
         from outbox where studio_id = $1 and id = $2 and state = 'queued'",
        outbox,
    )
}

pub async fn mark_sent(tx: &mut StudioTx, outbox: OutboxId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update outbox set state = 'sent', sent_at = $3, secrets = null where studio_id = $1 and id = $2",
        outbox,
        now,
    )?;
    Ok(())
}

pub async fn mark_expired(tx: &mut StudioTx, outbox: OutboxId) -> Result<()> {
    execute!(
        tx,
        "update outbox set state = 'expired', secrets = null where studio_id = $1 and id = $2",
        outbox,
    )?;
    Ok(())
}

/// System transaction: written together with the job's own end.
pub async fn mark_dead(
    tx: &mut Tx,
    studio: StudioId,
    outbox: OutboxId,
    reason: &str,
) -> Result<()> {
    execute!(
        tx,
        "update outbox set state = 'dead', last_error = $3, secrets = null
         where studio_id = $1 and id = $2 and state = 'queued'",
        studio,
        outbox,
        reason,
    )?;
    Ok(())
}
