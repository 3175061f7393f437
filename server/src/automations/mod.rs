//! Automations: what a studio lets the system do when something happens.

pub mod store;

use crate::{Result, db::StudioTx, happenings::Happened};

/// Something happened: the automations that wait for it start, in the transaction of the act.
pub async fn start(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<()> {
    store::waiting_for(tx, happened.what.name()).await?;
    Ok(())
}
