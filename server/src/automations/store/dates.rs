//! What has its date on a day.

use portico_wire::{
    AssignmentId, ClientId, ContractId, EventId, InstalmentId, InvoiceId, QuoteId, Timestamp,
};

use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

/// Events that take place and begin between two moments.
pub async fn events(tx: &mut StudioTx, from: Timestamp, to: Timestamp) -> Result<Vec<EventId>> {
    let rows = fetch_all!(
        tx,
        (EventId,),
        "select id from events where studio_id = $1 and starts_at >= $2 and starts_at < $3
           and state in ('confirmed', 'completed') order by starts_at, id",
        from,
        to,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Questionnaires that wait, by their last day.
pub async fn questionnaires(
    tx: &mut StudioTx,
    day: &str,
) -> Result<Vec<(AssignmentId, ClientId, String)>> {
    fetch_all!(
        tx,
        (AssignmentId, ClientId, String),
        "select a.id, a.client_id, f.name from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         where a.studio_id = $1 and a.due = $2 and a.done_at is null and a.withdrawn_at is null order by a.id",
        day,
    )
}

/// Contracts that wait for signatures, by their last day.
pub async fn contracts(
    tx: &mut StudioTx,
    day: &str,
) -> Result<Vec<(ContractId, ClientId, String)>> {
    fetch_all!(
        tx,
        (ContractId, ClientId, String),
        "select id, client_id, title from contracts
         where studio_id = $1 and stage = 'waiting' and last_day = $2 order by id",
        day,
    )
}

/// Quotes that wait for an answer, by their last day.
pub async fn quotes(tx: &mut StudioTx, day: &str) -> Result<Vec<(QuoteId, ClientId, String)>> {
    fetch_all!(
        tx,
        (QuoteId, ClientId, String),
        "select id, client_id, title from quotes
         where studio_id = $1 and state in ('sent', 'opened') and valid_until = $2 order by id",
        day,
    )
}

#[derive(Debug, sqlx::FromRow)]
pub struct Part {
    pub id: InstalmentId,
    pub invoice_id: InvoiceId,
    pub client_id: ClientId,
    pub title: String,
    pub currency: String,
    pub amount: i64,
}

/// Parts of invoices on which something is owed, by the day they are due.
pub async fn instalments(tx: &mut StudioTx, day: &str) -> Result<Vec<Part>> {
    fetch_all!(
        tx,
        Part,
        "select n.id, n.invoice_id, i.client_id, case when i.title = '' then i.number else i.title end as title,
                i.currency, n.amount
         from instalments n
         join open_invoices o on o.studio_id = n.studio_id and o.invoice_id = n.invoice_id
         join invoices i on i.studio_id = n.studio_id and i.id = n.invoice_id
         where n.studio_id = $1 and n.due = $2 order by n.id",
        day,
    )
}
