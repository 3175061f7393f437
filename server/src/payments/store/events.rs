//! What the provider told.

use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional},
    payments::stripe::seen::About,
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub kind: String,
    pub session_id: Option<String>,
    pub intent_id: Option<String>,
    pub reference: Option<String>,
    pub done: bool,
}

/// Writes an event down; false where it is known already.
pub async fn insert(tx: &mut StudioTx, id: &str, kind: &str, about: &About) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into provider_events (studio_id, id, kind, session_id, intent_id, reference, received_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (studio_id, id) do nothing",
        id,
        kind,
        &about.session,
        &about.intent,
        &about.reference,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn find(tx: &mut StudioTx, id: &str) -> Result<Option<Told>> {
    fetch_optional!(
        tx,
        Told,
        "select kind, session_id, intent_id, reference, done_at is not null as done from provider_events
         where studio_id = $1 and id = $2",
        id,
    )
}

/// What came of it; false where that was said already.
pub async fn finish(tx: &mut StudioTx, id: &str, outcome: &str) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update provider_events set done_at = $3, outcome = $4 where studio_id = $1 and id = $2 and done_at is null",
        id,
        now,
        outcome,
    )?;
    Ok(rows == 1)
}
