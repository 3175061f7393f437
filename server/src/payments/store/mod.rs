//! The only SQL about payments.

pub mod account;
pub mod check;
pub mod checkouts;
pub mod desk;
pub mod events;
pub mod portal;

use portico_wire::{
    AllocationId, CheckoutId, ClientId, ContactId, InvoiceId, PaymentEntryId, PaymentId, StaffId,
    Timestamp, payments::PaymentMethod,
};

use super::{Entry, EntryKind, Held, Payment, SourceKind, Sums, Trouble};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_among, fetch_one, fetch_optional, scalar},
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
    Ok((rows == 1).then_some(id))
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

/// Of which kind of use an allocation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Paid,
    /// Of a bank payment under way.
    Pending,
}

impl Use {
    pub const ALL: &[Self] = &[Self::Paid, Self::Pending];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Pending => "pending",
        }
    }
}
portico_wire::text_column!(Use);

pub async fn allocate(
    tx: &mut StudioTx,
    entry: PaymentEntryId,
    payment: PaymentId,
    (invoice, kind, amount): (InvoiceId, Use, i64),
) -> Result<()> {
    let id: AllocationId = tx.id();
    execute!(
        tx,
        "insert into payment_allocations (studio_id, id, entry_id, payment_id, invoice_id, kind, amount)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        entry,
        payment,
        invoice,
        kind,
        amount,
    )?;
    if kind == Use::Paid {
        reindex(tx, invoice).await?;
    }
    Ok(())
}

/// Sums by key, those above zero, whichever came last first.
fn latest_first<T: Copy + PartialEq>(rows: Vec<(T, i64)>) -> Vec<(T, i64)> {
    let mut sums: Vec<(T, i64)> = Vec::new();
    for (key, amount) in rows {
        let before = match sums.iter().position(|(known, _)| *known == key) {
            Some(at) => sums.remove(at).1,
            None => 0,
        };
        sums.push((key, before + amount));
    }
    sums.retain(|(_, amount)| *amount > 0);
    sums.reverse();
    sums
}

/// What each invoice uses of a payment, those that came to it last first.
pub async fn uses(
    tx: &mut StudioTx,
    payment: PaymentId,
    kind: Use,
) -> Result<Vec<(InvoiceId, i64)>> {
    let rows = fetch_all!(
        tx,
        (InvoiceId, i64),
        "select invoice_id, amount from payment_allocations
         where studio_id = $1 and payment_id = $2 and kind = $3 order by id",
        payment,
        kind,
    )?;
    Ok(latest_first(rows))
}

/// Which payments an invoice uses, and how much of each, the latest first.
pub async fn used_by(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    kind: Use,
) -> Result<Vec<(PaymentId, i64)>> {
    let rows = fetch_all!(
        tx,
        (PaymentId, i64),
        "select payment_id, amount from payment_allocations
         where studio_id = $1 and invoice_id = $2 and kind = $3 order by id",
        invoice,
        kind,
    )?;
    Ok(latest_first(rows))
}

/// The invoices a payment ever came to, the first first.
pub async fn meant_for(tx: &mut StudioTx, payment: PaymentId) -> Result<Vec<InvoiceId>> {
    let rows = fetch_all!(
        tx,
        (InvoiceId,),
        "select invoice_id from payment_allocations where studio_id = $1 and payment_id = $2 order by id",
        payment,
    )?;
    let mut invoices = Vec::new();
    for (id,) in rows {
        if !invoices.contains(&id) {
            invoices.push(id);
        }
    }
    Ok(invoices)
}

/// What an invoice that was issued comes to.
pub async fn sums(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Sums> {
    let sums = fetch_optional!(
        tx,
        Sums,
        "select total, credited, paid, pending from invoice_balances where studio_id = $1 and invoice_id = $2",
        invoice,
    )?;
    Ok(sums.unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SumsRow {
    pub invoice_id: InvoiceId,
    #[sqlx(flatten)]
    pub sums: Sums,
}

/// What some invoices come to; those that were not issued are left out.
pub async fn sums_of(tx: &mut StudioTx, invoices: &[InvoiceId]) -> Result<Vec<SumsRow>> {
    Ok(fetch_among!(
        tx,
        SumsRow,
        "select invoice_id, total, credited, paid, pending from invoice_balances
         where studio_id = $1 and invoice_id in ($2)",
        [],
        invoices,
    ))
}

/// Whether something is owed on an invoice decides whether it stands among the open ones.
pub async fn reindex(tx: &mut StudioTx, invoice: InvoiceId) -> Result<()> {
    execute!(
        tx,
        "delete from open_invoices where studio_id = $1 and invoice_id = $2",
        invoice
    )?;
    execute!(
        tx,
        "insert into open_invoices (studio_id, client_id, invoice_id)
         select b.studio_id, b.client_id, b.invoice_id from invoice_balances b
         where b.studio_id = $1 and b.invoice_id = $2 and b.state = 'issued' and b.total - b.credited - b.paid > 0",
        invoice,
    )?;
    Ok(())
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

/// A client's payments of a currency that no invoice uses up: how much of each, the oldest first.
pub async fn free(
    tx: &mut StudioTx,
    client: ClientId,
    currency: &str,
) -> Result<Vec<(PaymentId, i64)>> {
    fetch_all!(
        tx,
        (PaymentId, i64),
        "select id, free from (
           select p.id, p.at,
                  cast((select coalesce(sum(e.amount - e.tip), 0) from payment_entries e
                        where e.studio_id = p.studio_id and e.payment_id = p.id)
                     - (select coalesce(sum(a.amount), 0) from payment_allocations a
                        where a.studio_id = p.studio_id and a.payment_id = p.id and a.kind = 'paid') as bigint) as free
           from payments p where p.studio_id = $1 and p.client_id = $2 and p.currency = $3
             and (p.problem is null or p.settled_at is not null)
         ) f where free > 0 order by at, id",
        client,
        currency,
    )
}

/// A client's credit by currency.
pub async fn credit(tx: &mut StudioTx, client: ClientId) -> Result<Vec<(String, i64)>> {
    fetch_all!(
        tx,
        (String, i64),
        "select currency, cast(sum(free) as bigint) from (
           select p.currency,
                  (select coalesce(sum(e.amount - e.tip), 0) from payment_entries e
                   where e.studio_id = p.studio_id and e.payment_id = p.id)
                - (select coalesce(sum(a.amount), 0) from payment_allocations a
                   where a.studio_id = p.studio_id and a.payment_id = p.id and a.kind = 'paid') as free
           from payments p where p.studio_id = $1 and p.client_id = $2
             and (p.problem is null or p.settled_at is not null)
         ) f group by currency having sum(free) > 0 order by currency",
        client,
    )
}

/// Says whose an unmatched payment is; false where somebody said so already.
pub async fn assign(tx: &mut StudioTx, id: PaymentId, client: ClientId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update payments set client_id = $3 where studio_id = $1 and id = $2 and client_id is null",
        id,
        client,
    )?;
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

/// Which invoices a payment paid when it came through: number, title, amount.
pub async fn first_uses(
    tx: &mut StudioTx,
    payment: PaymentId,
) -> Result<Vec<(String, String, i64)>> {
    fetch_all!(
        tx,
        (String, String, i64),
        "select coalesce(i.number, ''), i.title, a.amount
         from payment_entries e
         join payment_allocations a on a.studio_id = e.studio_id and a.payment_id = e.payment_id and a.entry_id = e.id
         join invoices i on i.studio_id = a.studio_id and i.id = a.invoice_id
         where e.studio_id = $1 and e.payment_id = $2 and e.kind = 'succeeded' and a.kind = 'paid' order by a.id",
        payment,
    )
}
