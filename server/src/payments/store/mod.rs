//! The only SQL about payments.

pub mod account;
pub mod check;
pub mod checkouts;
pub mod desk;
pub mod events;
pub mod portal;
mod uses;

pub use uses::*;

use portico_wire::{
    CheckoutId, ClientId, ContactId, InvoiceId, PaymentEntryId, PaymentId, StaffId, Timestamp,
    payments::PaymentMethod,
};

use super::{Entry, EntryKind, Held, Payment, SourceKind, Trouble};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional, scalar},
    error::Error,
};

/// Whoever moves a client's money takes this first, and holds it to the end of the transaction.
pub async fn lock(tx: &mut StudioTx, client: ClientId) -> Result<()> {
    execute!(
        tx,
        "insert into ledgers (studio_id, client_id, acts) values ($1, $2, 1)
         on conflict (studio_id, client_id) do update set acts = ledgers.acts + 1",
        client,
    )?;
    Ok(())
}

/// A payment to be written down.
pub struct NewPayment<'a> {
    pub client: Option<ClientId>,
    pub contact: Option<ContactId>,
    pub checkout: Option<CheckoutId>,
    pub currency: &'a str,
    /// With the tip.
    pub amount: i64,
    pub tip: i64,
    pub method: PaymentMethod,
    pub detail: Option<&'a str>,
    pub provider_id: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub note: Option<&'a str>,
    pub problem: Option<Trouble>,
    pub recorded_by: Option<StaffId>,
    pub act_key: Option<&'a str>,
    pub at: Timestamp,
}

pub async fn insert(tx: &mut StudioTx, new: &NewPayment<'_>) -> Result<PaymentId> {
    let (id, now): (PaymentId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into payments (studio_id, id, client_id, contact_id, checkout_id, currency, amount, tip, method, detail,
                provider_id, reference, note, problem, recorded_by, act_key, at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id,
        new.client,
        new.contact,
        new.checkout,
        new.currency,
        new.amount,
        new.tip,
        new.method,
        new.detail,
        new.provider_id,
        new.reference,
        new.note,
        new.problem,
        new.recorded_by,
        new.act_key,
        new.at,
        now,
    )?;
    Ok(id)
}

pub async fn find(tx: &mut StudioTx, id: PaymentId) -> Result<Option<Payment>> {
    fetch_optional!(
        tx,
        Payment,
        "select id, client_id, contact_id, checkout_id, currency, amount, tip, method, detail, provider_id, reference,
                note, problem, settled_at, at
         from payments where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: PaymentId) -> Result<Payment> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

pub async fn by_provider(tx: &mut StudioTx, provider_id: &str) -> Result<Option<Payment>> {
    fetch_optional!(
        tx,
        Payment,
        "select id, client_id, contact_id, checkout_id, currency, amount, tip, method, detail, provider_id, reference,
                note, problem, settled_at, at
         from payments where studio_id = $1 and provider_id = $2",
        provider_id,
    )
}

/// The one that this act recorded.
pub async fn by_act(tx: &mut StudioTx, act: &str) -> Result<Option<PaymentId>> {
    let row = fetch_optional!(
        tx,
        (PaymentId,),
        "select id from payments where studio_id = $1 and act_key = $2",
        act
    )?;
    Ok(row.map(|(id,)| id))
}

/// An entry to be written down.
pub struct NewEntry<'a> {
    pub payment: PaymentId,
    pub mark: &'a str,
    pub kind: EntryKind,
    pub amount: i64,
    pub tip: i64,
    pub source: SourceKind,
    pub event: Option<&'a str>,
    pub staff: Option<StaffId>,
    pub note: Option<&'a str>,
    pub at: Timestamp,
}

/// Writes an entry down; nothing where one of this mark is there already.
pub async fn append(tx: &mut StudioTx, new: &NewEntry<'_>) -> Result<Option<PaymentEntryId>> {
    let id: PaymentEntryId = tx.id();
    let rows = execute!(
        tx,
        "insert into payment_entries (studio_id, id, payment_id, mark, kind, amount, tip, source, event_id, staff_id,
                note, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (studio_id, payment_id, mark) do nothing",
        id,
        new.payment,
        new.mark,
        new.kind,
        new.amount,
        new.tip,
        new.source,
        new.event,
        new.staff,
        new.note,
        new.at,
    )?;
    if rows == 0 {
        return Ok(None);
    }
    reindex_payment(tx, new.payment).await?;
    Ok(Some(id))
}

pub async fn entries(tx: &mut StudioTx, payment: PaymentId) -> Result<Vec<Entry>> {
    fetch_all!(
        tx,
        Entry,
        "select mark, kind, amount, tip, at, source, note from payment_entries
         where studio_id = $1 and payment_id = $2 order by at, id",
        payment,
    )
}

pub async fn held(tx: &mut StudioTx, payment: PaymentId) -> Result<Held> {
    let (amount, tip) = fetch_one!(
        tx,
        (i64, i64),
        "select cast(coalesce(sum(amount), 0) as bigint), cast(coalesce(sum(tip), 0) as bigint) from payment_entries
         where studio_id = $1 and payment_id = $2",
        payment,
    )?;
    Ok(Held { amount, tip })
}

/// The version of an invoice that is valid now; none where it was voided for good.
pub async fn valid_version(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Option<InvoiceId>> {
    let mut at = invoice;
    // A chain of versions, each issued once; nobody makes a hundred.
    for _ in 0..100 {
        let (issued, next) = fetch_one!(
            tx,
            (bool, Option<InvoiceId>),
            "select i.state = 'issued', (select n.id from invoices n where n.studio_id = i.studio_id
                    and n.replaces = i.id and n.kind = 'invoice' and n.state <> 'draft' limit 1)
             from invoices i where i.studio_id = $1 and i.id = $2",
            at,
        )?;
        if issued {
            return Ok(Some(at));
        }
        let Some(next) = next else { return Ok(None) };
        at = next;
    }
    Ok(None)
}

/// Says whose an unmatched payment is; false where somebody said so already.
pub async fn assign(tx: &mut StudioTx, id: PaymentId, client: ClientId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update payments set client_id = $3 where studio_id = $1 and id = $2 and client_id is null",
        id,
        client,
    )?;
    reindex_payment(tx, id).await?;
    Ok(rows == 1)
}

/// Staff dealt with what was wrong; false where somebody did already.
pub async fn settle(tx: &mut StudioTx, id: PaymentId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update payments set settled_at = $3 where studio_id = $1 and id = $2 and problem is not null
           and settled_at is null",
        id,
        now,
    )?;
    reindex_payment(tx, id).await?;
    Ok(rows == 1)
}

/// Payments that wait for staff, up to a hundred.
pub async fn troubled(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from (select 1 as one from payments where studio_id = $1 and problem is not null
            and settled_at is null limit 100) t",
    )
}
