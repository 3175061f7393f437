//! The only SQL about automations.

use portico_wire::AutomationId;

use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

/// The automations that are on and wait for this.
pub async fn waiting_for(tx: &mut StudioTx, starts_with: &str) -> Result<Vec<AutomationId>> {
    let rows = fetch_all!(
        tx,
        (AutomationId,),
        "select id from automations where studio_id = $1 and starts_with = $2 and active order by id",
        starts_with,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
