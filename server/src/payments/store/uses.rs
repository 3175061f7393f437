//! What invoices use of payments, and what none uses.

use portico_wire::{AllocationId, ClientId, InvoiceId, PaymentEntryId, PaymentId};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_among, fetch_optional},
    payments::Sums,
};

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
    reindex(tx, invoice).await?;
    if kind == Use::Paid {
        reindex_payment(tx, payment).await?;
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

/// Whether something is owed on an invoice decides whether it stands among the open ones, with what it comes to.
pub async fn reindex(tx: &mut StudioTx, invoice: InvoiceId) -> Result<()> {
    execute!(
        tx,
        "delete from open_invoices where studio_id = $1 and invoice_id = $2",
        invoice
    )?;
    execute!(
        tx,
        "insert into open_invoices (studio_id, client_id, invoice_id, currency, total, credited, paid, pending)
         select b.studio_id, b.client_id, b.invoice_id, b.currency, b.total, b.credited, b.paid, b.pending from invoice_balances b
         where b.studio_id = $1 and b.invoice_id = $2 and b.state = 'issued' and b.total - b.credited - b.paid > 0",
        invoice,
    )?;
    Ok(())
}

/// Whether it holds money that no invoice uses decides whether a payment stands among the free ones.
pub async fn reindex_payment(tx: &mut StudioTx, payment: PaymentId) -> Result<()> {
    execute!(
        tx,
        "delete from free_payments where studio_id = $1 and payment_id = $2",
        payment
    )?;
    execute!(
        tx,
        "insert into free_payments (studio_id, client_id, payment_id)
         select c.studio_id, c.client_id, c.payment_id from payment_credits c
         where c.studio_id = $1 and c.payment_id = $2 and c.credit > 0",
        payment,
    )?;
    Ok(())
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
        "select c.payment_id, c.credit from free_payments f
         join payment_credits c on c.studio_id = f.studio_id and c.payment_id = f.payment_id
         where f.studio_id = $1 and f.client_id = $2 and c.currency = $3 order by c.at, c.payment_id",
        client,
        currency,
    )
}

/// A client's credit by currency.
pub async fn credit(tx: &mut StudioTx, client: ClientId) -> Result<Vec<(String, i64)>> {
    fetch_all!(
        tx,
        (String, i64),
        "select c.currency, cast(sum(c.credit) as bigint) from free_payments f
         join payment_credits c on c.studio_id = f.studio_id and c.payment_id = f.payment_id
         where f.studio_id = $1 and f.client_id = $2 group by c.currency order by c.currency",
        client,
    )
}
