//! Payments as staff see them.

use portico_wire::{ClientId, InvoiceId, PaymentId, Timestamp, payments::PaymentMethod};

use super::super::{EntryKind, SourceKind, Trouble};
use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedPayment {
    pub id: PaymentId,
    pub client_id: Option<ClientId>,
    pub client_name: Option<String>,
    pub method: PaymentMethod,
    pub detail: Option<String>,
    pub reference: Option<String>,
    pub currency: String,
    pub amount: i64,
    pub held: i64,
    pub problem: Option<Trouble>,
    pub settled_at: Option<Timestamp>,
    pub at: Timestamp,
}

/// Which payments staff look at.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub client: Option<ClientId>,
    /// Those that wait for staff.
    pub troubled: bool,
    pub before: super::portal::Place,
}

/// A page of them, the latest first.
pub async fn list(tx: &mut StudioTx, filter: Filter, most: i64) -> Result<Vec<ListedPayment>> {
    let before = filter.before;
    if filter.troubled {
        return fetch_all!(
            tx,
            ListedPayment,
            "select p.id, p.client_id, c.name as client_name, p.method, p.detail, p.reference, p.currency, p.amount,
                    (select cast(coalesce(sum(e.amount), 0) as bigint) from payment_entries e
                     where e.studio_id = p.studio_id and e.payment_id = p.id) as held, p.problem, p.settled_at, p.at
             from payments p left join clients c on c.studio_id = p.studio_id and c.id = p.client_id
             where p.studio_id = $1 and p.problem is not null and p.settled_at is null
               and (p.at < $2 or p.at = $2 and p.id < $3)
             order by p.at desc, p.id desc limit $4",
            before.at,
            before.id,
            most,
        );
    }
    match filter.client {
        Some(client) => fetch_all!(
            tx,
            ListedPayment,
            "select p.id, p.client_id, c.name as client_name, p.method, p.detail, p.reference, p.currency, p.amount,
                    (select cast(coalesce(sum(e.amount), 0) as bigint) from payment_entries e
                     where e.studio_id = p.studio_id and e.payment_id = p.id) as held, p.problem, p.settled_at, p.at
             from payments p left join clients c on c.studio_id = p.studio_id and c.id = p.client_id
             where p.studio_id = $1 and p.client_id = $2 and (p.at < $3 or p.at = $3 and p.id < $4)
             order by p.at desc, p.id desc limit $5",
            client,
            before.at,
            before.id,
            most,
        ),
        None => fetch_all!(
            tx,
            ListedPayment,
            "select p.id, p.client_id, c.name as client_name, p.method, p.detail, p.reference, p.currency, p.amount,
                    (select cast(coalesce(sum(e.amount), 0) as bigint) from payment_entries e
                     where e.studio_id = p.studio_id and e.payment_id = p.id) as held, p.problem, p.settled_at, p.at
             from payments p left join clients c on c.studio_id = p.studio_id and c.id = p.client_id
             where p.studio_id = $1 and (p.at < $2 or p.at = $2 and p.id < $3)
             order by p.at desc, p.id desc limit $4",
            before.at,
            before.id,
            most,
        ),
    }
}

/// An entry of a payment's history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub kind: EntryKind,
    pub amount: i64,
    pub source: SourceKind,
    pub staff: Option<String>,
    pub note: Option<String>,
    pub at: Timestamp,
}

pub async fn history(tx: &mut StudioTx, payment: PaymentId) -> Result<Vec<Told>> {
    fetch_all!(
        tx,
        Told,
        "select e.kind, e.amount, e.source, f.name as staff, e.note, e.at
         from payment_entries e left join staff f on f.id = e.staff_id
         where e.studio_id = $1 and e.payment_id = $2 order by e.at, e.id",
        payment,
    )
}

/// Number, title and currency of an invoice.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Named {
    pub id: InvoiceId,
    pub number: Option<String>,
    pub title: String,
    pub currency: String,
}

/// The open invoices of a client, the oldest first.
pub async fn open_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Named>> {
    fetch_all!(
        tx,
        Named,
        "select i.id, i.number, i.title, i.currency from open_invoices o
         join invoices i on i.studio_id = o.studio_id and i.id = o.invoice_id
         where o.studio_id = $1 and o.client_id = $2 order by i.issued_at, i.id",
        client,
    )
}
