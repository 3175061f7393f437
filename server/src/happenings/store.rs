//! What was noticed by the clock.

use super::Happened;
use crate::{
    Result,
    db::{StudioTx, execute},
};

/// Whether this is noticed for the first time.
pub async fn take(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into happenings (studio_id, what, item_id, occurrence, at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        happened.what,
        happened.item.id(),
        &happened.occurrence,
        now,
    )?;
    Ok(rows == 1)
}
