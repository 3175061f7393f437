//! What waits for a contract's signatures, where that is not all its client owes.

use portico_wire::{ClientId, ContractId, InvoiceId, QuoteId};

use super::super::Belongs;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
};

/// What a contract can belong to, for staff: its number and its title.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Offered<Id> {
    pub id: Id,
    pub number: Option<String>,
    pub title: String,
}

impl<Id> Offered<Id> {
    pub fn name(&self) -> String {
        match &self.number {
            Some(number) => format!("{number}, {}", self.title),
            None => self.title.clone(),
        }
    }
}

/// A client's quotes that became an order or still can, the newest first; and the one that is named already.
pub async fn quotes(
    tx: &mut StudioTx,
    client: ClientId,
    named: Option<QuoteId>,
) -> Result<Vec<Offered<QuoteId>>> {
    fetch_all!(
        tx,
        Offered<QuoteId>,
        "select id, number, title from quotes where studio_id = $1 and client_id = $2
           and (state in ('sent', 'opened', 'accepted') or id = $3) order by id desc limit 50",
        client,
        named,
    )
}

/// A client's invoices that are not of an order, the newest first; and the one that is named already.
pub async fn invoices(
    tx: &mut StudioTx,
    client: ClientId,
    named: Option<InvoiceId>,
) -> Result<Vec<Offered<InvoiceId>>> {
    fetch_all!(
        tx,
        Offered<InvoiceId>,
        "select id, number, title from invoices where studio_id = $1 and client_id = $2
           and (kind = 'invoice' and state = 'issued' and order_id is null or id = $3) order by id desc limit 50",
        client,
        named,
    )
}

/// Says what a draft belongs to.
pub async fn set_gate(tx: &mut StudioTx, contract: ContractId, belongs: Belongs) -> Result<()> {
    execute!(
        tx,
        "delete from contract_gates where studio_id = $1 and contract_id = $2",
        contract
    )?;
    if belongs != Belongs::default() {
        execute!(
            tx,
            "insert into contract_gates (studio_id, contract_id, quote_id, invoice_id) values ($1, $2, $3, $4)",
            contract,
            belongs.quote,
            belongs.invoice,
        )?;
    }
    Ok(())
}

/// A new version took the place of an invoice: what waits for a contract is that one.
pub async fn move_invoice(tx: &mut StudioTx, from: InvoiceId, to: InvoiceId) -> Result<()> {
    execute!(
        tx,
        "update contract_gates set invoice_id = $3 where studio_id = $1 and invoice_id = $2",
        from,
        to,
    )?;
    Ok(())
}

/// The same of a quote.
pub async fn move_quote(tx: &mut StudioTx, from: QuoteId, to: QuoteId) -> Result<()> {
    execute!(
        tx,
        "update contract_gates set quote_id = $3 where studio_id = $1 and quote_id = $2",
        from,
        to,
    )?;
    Ok(())
}
