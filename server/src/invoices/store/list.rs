//! The list of invoices that staff see.

use portico_wire::{ClientId, InvoiceId, OrderId, Timestamp};

use super::super::{Kind, State};
use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedInvoice {
    pub id: InvoiceId,
    pub kind: Kind,
    pub client_id: ClientId,
    pub client_name: String,
    pub number: Option<String>,
    pub title: String,
    pub state: State,
    pub total: i64,
    pub currency: String,
    pub issued_on: Option<String>,
    pub updated_at: Timestamp,
}

/// Which invoices staff look at.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub client: Option<ClientId>,
    /// Those before this one.
    pub before: Option<InvoiceId>,
}

/// A page of them, the newest first. `cross join` keeps SQLite at the index of the order.
pub async fn list(tx: &mut StudioTx, filter: &Filter, most: i64) -> Result<Vec<ListedInvoice>> {
    let before = filter.before.unwrap_or(InvoiceId::from_bytes([0xff; 16]));
    match (filter.client, filter.state) {
        (Some(client), state) => fetch_all!(
            tx,
            ListedInvoice,
            "select i.id, i.kind, i.client_id, c.name as client_name, i.number, i.title, i.state, i.total, i.currency,
                    i.issued_on, i.updated_at
             from invoices i cross join clients c
             where c.studio_id = i.studio_id and c.id = i.client_id and i.studio_id = $1 and i.client_id = $2
               and (i.state = $3 or $3 is null) and i.id < $4
             order by i.id desc limit $5",
            client,
            state,
            before,
            most,
        ),
        (None, Some(state)) => fetch_all!(
            tx,
            ListedInvoice,
            "select i.id, i.kind, i.client_id, c.name as client_name, i.number, i.title, i.state, i.total, i.currency,
                    i.issued_on, i.updated_at
             from invoices i cross join clients c
             where c.studio_id = i.studio_id and c.id = i.client_id and i.studio_id = $1 and i.state = $2 and i.id < $3
             order by i.id desc limit $4",
            state,
            before,
            most,
        ),
        (None, None) => fetch_all!(
            tx,
            ListedInvoice,
            "select i.id, i.kind, i.client_id, c.name as client_name, i.number, i.title, i.state, i.total, i.currency,
                    i.issued_on, i.updated_at
             from invoices i cross join clients c
             where c.studio_id = i.studio_id and c.id = i.client_id and i.studio_id = $1 and i.id < $2
             order by i.id desc limit $3",
            before,
            most,
        ),
    }
}

/// Of an order, the newest first: the invoice it made, and what took its place or corrects it.
pub async fn of_order(tx: &mut StudioTx, order: OrderId) -> Result<Vec<ListedInvoice>> {
    fetch_all!(
        tx,
        ListedInvoice,
        "select i.id, i.kind, i.client_id, c.name as client_name, i.number, i.title, i.state, i.total, i.currency,
                i.issued_on, i.updated_at
         from invoices i join clients c on c.studio_id = i.studio_id and c.id = i.client_id
         where i.studio_id = $1 and i.order_id = $2 order by i.id desc limit 100",
        order,
    )
}

/// What corrects or replaces an invoice, the newest first.
pub async fn corrections(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<ListedInvoice>> {
    fetch_all!(
        tx,
        ListedInvoice,
        "select i.id, i.kind, i.client_id, c.name as client_name, i.number, i.title, i.state, i.total, i.currency,
                i.issued_on, i.updated_at
         from invoices i join clients c on c.studio_id = i.studio_id and c.id = i.client_id
         where i.studio_id = $1 and (i.corrects = $2 or i.replaces = $2) order by i.id desc limit 100",
        invoice,
    )
}
