//! Two contacts become one.

use portico_wire::ContactId;

use super::super::merge::Merged;
use crate::{
    Result,
    clients::search,
    db::{StudioTx, execute},
};

/// The winner with the fields chosen; false where it was merged itself a moment ago.
pub async fn save_winner(
    tx: &mut StudioTx,
    winner: ContactId,
    loser: ContactId,
    fields: &Merged,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contacts set first_name = $4, last_name = $5, email = $6, mobile = $7, language = $8,
                password_hash = (select p.password_hash from contacts p where p.studio_id = $1 and p.id = $9),
                password_must_change = (select p.password_must_change from contacts p
                    where p.studio_id = $1 and p.id = $9),
                invited_at = coalesce(invited_at, (select p.invited_at from contacts p
                    where p.studio_id = $1 and p.id = $3)),
                accepted_at = coalesce(accepted_at, (select p.accepted_at from contacts p
                    where p.studio_id = $1 and p.id = $3)),
                last_sign_in_at = coalesce(last_sign_in_at, (select p.last_sign_in_at from contacts p
                    where p.studio_id = $1 and p.id = $3)),
                updated_at = $10, sort_name = $11, version = version + 1
         where studio_id = $1 and id = $2 and merged_into is null",
        winner,
        loser,
        &fields.first_name,
        &fields.last_name,
        &fields.email,
        &fields.mobile,
        &fields.language,
        fields.password_of,
        now,
        search::contact_sort_name(&fields.first_name, &fields.last_name),
    )?;
    Ok(rows == 1)
}

/// The loser points to the winner, and so do those that were merged into the loser before.
pub async fn mark_merged(tx: &mut StudioTx, loser: ContactId, winner: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set merged_into = $3, active = $5, password_hash = null, updated_at = $4
         where studio_id = $1 and (id = $2 or merged_into = $2)",
        loser,
        winner,
        now,
        false,
    )?;
    Ok(())
}

/// Codes and proofs under way end.
pub async fn end_codes(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update codes set used_at = $3 where studio_id = $1 and contact_id = $2 and used_at is null",
        contact,
        now,
    )?;
    execute!(
        tx,
        "update proofs set used_at = $3 where studio_id = $1 and contact_id = $2 and used_at is null",
        contact,
        now,
    )?;
    Ok(())
}
