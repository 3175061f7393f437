//! One contract: drafts, sending, and every change of its state.

use portico_wire::{ClientId, ContractId, Timestamp, contracts::ContractState as State};
use sqlx::types::Json;

use super::{
    super::{Belongs, Contract, Details, Stage},
    gates,
};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional},
    error::Error,
};

/// What staff write.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Draft {
    pub title: String,
    #[serde(skip)]
    pub source: String,
    pub details: Details,
    pub in_order: bool,
    pub countersign: bool,
    pub asks_code: bool,
    pub gates_payment: bool,
    pub belongs: Belongs,
    pub reminds: bool,
    pub last_day: Option<String>,
}

impl Draft {
    pub fn of(contract: &Contract) -> Self {
        Self {
            title: contract.title.clone(),
            source: contract.source.clone(),
            details: contract.details.clone(),
            in_order: contract.in_order,
            countersign: contract.countersign,
            asks_code: contract.asks_code,
            gates_payment: contract.gates_payment,
            belongs: contract.belongs,
            reminds: contract.reminds,
            last_day: contract.last_day.clone(),
        }
    }
}

pub async fn insert(
    tx: &mut StudioTx,
    client: ClientId,
    draft: &Draft,
    replaces: Option<ContractId>,
) -> Result<ContractId> {
    let (id, now): (ContractId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into contracts (studio_id, id, client_id, title, source, details, state, stage, in_order, countersign,
                asks_code, gates_payment, reminds, last_day, replaces, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'draft', 'draft', $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        id,
        client,
        &draft.title,
        &draft.source,
        Json(&draft.details),
        draft.in_order,
        draft.countersign,
        draft.asks_code,
        draft.gates_payment,
        draft.reminds,
        &draft.last_day,
        replaces,
        now,
    )?;
    gates::set_gate(tx, id, draft.belongs).await?;
    Ok(id)
}

pub async fn find(tx: &mut StudioTx, id: ContractId) -> Result<Option<Contract>> {
    fetch_optional!(
        tx,
        Contract,
        "select c.id, c.version, c.client_id, cl.name as client_name, cl.group_id, c.title, c.source, c.details,
                c.state, c.in_order, c.countersign, c.asks_code, c.gates_payment, c.reminds, c.last_day, c.expires_at,
                c.text, c.hash, c.consent_version, c.consent, c.sent_at, c.reason, c.replaces, c.replaced_by,
                c.closed_at, c.created_at, c.updated_at, g.quote_id as quote, g.invoice_id as invoice
         from contracts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         left join contract_gates g on g.studio_id = c.studio_id and g.contract_id = c.id
         where c.studio_id = $1 and c.id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: ContractId) -> Result<Contract> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

/// The contract as nobody else can change it until this transaction ends: of two acts at once the second sees
/// what the first one did.
pub async fn lock(tx: &mut StudioTx, id: ContractId) -> Result<Option<Contract>> {
    let rows = execute!(
        tx,
        "update contracts set version = version + 1 where studio_id = $1 and id = $2",
        id,
    )?;
    if rows == 0 {
        return Ok(None);
    }
    find(tx, id).await
}

/// Saves a draft if nobody saved another since `version` was read; false otherwise, also once it is sent.
pub async fn save_draft(
    tx: &mut StudioTx,
    id: ContractId,
    version: i64,
    draft: &Draft,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contracts set title = $4, source = $5, details = $6, in_order = $7, countersign = $8, asks_code = $9,
                gates_payment = $10, reminds = $11, last_day = $12, updated_at = $13, version = version + 1
         where studio_id = $1 and id = $2 and version = $3 and state = 'draft'",
        id,
        version,
        &draft.title,
        &draft.source,
        Json(&draft.details),
        draft.in_order,
        draft.countersign,
        draft.asks_code,
        draft.gates_payment,
        draft.reminds,
        &draft.last_day,
        now,
    )?;
    if rows == 1 {
        gates::set_gate(tx, id, draft.belongs).await?;
    }
    Ok(rows == 1)
}

/// A draft nobody needs; false where it is none any more.
pub async fn delete_draft(tx: &mut StudioTx, id: ContractId) -> Result<bool> {
    super::delete_signers(tx, id).await?;
    gates::set_gate(tx, id, Belongs::default()).await?;
    let rows = execute!(
        tx,
        "delete from contracts where studio_id = $1 and id = $2 and state = 'draft'",
        id,
    )?;
    Ok(rows == 1)
}

/// What a draft becomes when it is sent.
pub struct Frozen<'a> {
    pub text: &'a str,
    pub hash: &'a str,
    pub consent: (i64, &'a str),
    pub expires_at: Option<Timestamp>,
}

/// Freezes a draft; false where it is none any more.
pub async fn freeze(tx: &mut StudioTx, id: ContractId, frozen: &Frozen<'_>) -> Result<bool> {
    let now = tx.now();
    let (consent_version, consent) = frozen.consent;
    let rows = execute!(
        tx,
        "update contracts set state = 'sent', stage = 'waiting', text = $3, hash = $4, consent_version = $5,
                consent = $6, expires_at = $7, sent_at = $8, updated_at = $8
         where studio_id = $1 and id = $2 and state = 'draft'",
        id,
        frozen.text,
        frozen.hash,
        consent_version,
        consent,
        frozen.expires_at,
        now,
    )?;
    Ok(rows == 1)
}

/// Another state; false where it is no longer the one that was looked at.
pub async fn save_state(
    tx: &mut StudioTx,
    contract: &Contract,
    state: State,
    reason: Option<&str>,
) -> Result<bool> {
    let now = tx.now();
    let stage = Stage::of(state, contract.countersign);
    let closed = stage.is_closed().then_some(now);
    let rows = execute!(
        tx,
        "update contracts set state = $4, stage = $5, reason = coalesce($6, reason),
                closed_at = coalesce(closed_at, $7), updated_at = $8
         where studio_id = $1 and id = $2 and state = $3",
        contract.id,
        contract.state,
        state,
        stage,
        reason,
        closed,
        now,
    )?;
    Ok(rows == 1)
}

/// Another contract took its place.
pub async fn save_replaced(tx: &mut StudioTx, id: ContractId, by: ContractId) -> Result<()> {
    execute!(
        tx,
        "update contracts set replaced_by = $3 where studio_id = $1 and id = $2",
        id,
        by,
    )?;
    Ok(())
}
