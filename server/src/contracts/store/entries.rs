//! Evidence: rows that are only ever added.

use portico_wire::ContractId;

use super::super::evidence::Entry;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
};

/// Number and hash of the newest entry.
pub async fn last_entry(tx: &mut StudioTx, contract: ContractId) -> Result<Option<(i64, String)>> {
    fetch_optional!(
        tx,
        (i64, String),
        "select number, hash from contract_events where studio_id = $1 and contract_id = $2
         order by number desc limit 1",
        contract,
    )
}

pub async fn insert_entry(tx: &mut StudioTx, contract: ContractId, entry: &Entry) -> Result<()> {
    execute!(
        tx,
        "insert into contract_events (studio_id, contract_id, number, at, what, actor_kind, actor, actor_name, signer,
                session, address, user_agent, text_hash, detail, previous, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        contract,
        entry.number,
        entry.at,
        &entry.what,
        &entry.actor_kind,
        &entry.actor,
        &entry.actor_name,
        &entry.signer,
        &entry.session,
        &entry.address,
        &entry.user_agent,
        &entry.text_hash,
        &entry.detail,
        &entry.previous,
        &entry.hash,
    )?;
    Ok(())
}

/// All of a contract, the oldest first.
pub async fn entries(tx: &mut StudioTx, contract: ContractId) -> Result<Vec<Entry>> {
    fetch_all!(
        tx,
        Entry,
        "select number, at, what, actor_kind, actor, actor_name, signer, session, address, user_agent, text_hash,
                detail, previous, hash
         from contract_events where studio_id = $1 and contract_id = $2 order by number",
        contract,
    )
}
