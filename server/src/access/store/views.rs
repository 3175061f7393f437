//! The hand-over of a staff member's look at the portal.

use portico_wire::{ContactId, StaffId, ViewId};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional},
};

#[derive(sqlx::FromRow)]
pub struct View {
    pub contact_id: ContactId,
    pub staff_id: StaffId,
    pub staff_name: String,
    /// The portal as staff arrange it, before they publish it.
    pub shows_draft: bool,
}

pub async fn insert_view(
    tx: &mut StudioTx,
    view: &View,
    secret_hash: &[u8],
    seconds: i64,
) -> Result<()> {
    let (id, now): (ViewId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into views (studio_id, id, contact_id, staff_id, staff_name, secret_hash, created_at, expires_at,
                shows_draft)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        view.contact_id,
        view.staff_id,
        &view.staff_name,
        secret_hash,
        now,
        now.plus_seconds(seconds),
        view.shows_draft,
    )?;
    Ok(())
}

/// Uses the hand-over up.
pub async fn use_view(tx: &mut StudioTx, secret_hash: &[u8]) -> Result<Option<View>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        View,
        "update views set used_at = $3
         where studio_id = $1 and secret_hash = $2 and used_at is null and expires_at > $3
         returning contact_id, staff_id, staff_name, shows_draft",
        secret_hash,
        now,
    )
}
