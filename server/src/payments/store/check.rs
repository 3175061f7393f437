//! What the books have to add up to. Each row that comes back breaks a rule.

use portico_wire::{InvoiceId, PaymentId};

use crate::{
    Result,
    db::{StudioTx, fetch_all},
    payments::{EntryKind, Sums},
};

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InvoiceRow {
    pub id: InvoiceId,
    pub issued: bool,
    /// It stands among the open ones, with what it comes to.
    pub open: bool,
    /// It stands there with whatever.
    pub listed: bool,
    pub instalments: i64,
    #[sqlx(flatten)]
    pub sums: Sums,
}

/// All invoices with what the lists say of them.
pub async fn invoices(tx: &mut StudioTx) -> Result<Vec<InvoiceRow>> {
    fetch_all!(
        tx,
        InvoiceRow,
        "select b.invoice_id as id, b.state = 'issued' as issued, b.total, b.credited, b.paid, b.pending,
                exists (select 1 from open_invoices o where o.studio_id = b.studio_id and o.invoice_id = b.invoice_id
                        and o.client_id = b.client_id and o.currency = b.currency and o.total = b.total
                        and o.credited = b.credited and o.paid = b.paid and o.pending = b.pending) as open,
                exists (select 1 from open_invoices o where o.studio_id = b.studio_id and o.invoice_id = b.invoice_id) as listed,
                (select cast(coalesce(sum(n.amount), 0) as bigint) from instalments n where n.studio_id = b.studio_id
                    and n.invoice_id = b.invoice_id) as instalments
         from invoice_balances b where b.studio_id = $1 order by b.invoice_id",
    )
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EntryRow {
    pub payment_id: PaymentId,
    pub of: i64,
    pub of_tip: i64,
    pub kind: EntryKind,
    pub amount: i64,
    pub tip: i64,
}

/// All entries, those of a payment together.
pub async fn entries(tx: &mut StudioTx) -> Result<Vec<EntryRow>> {
    fetch_all!(
        tx,
        EntryRow,
        "select e.payment_id, p.amount as of, p.tip as of_tip, e.kind, e.amount, e.tip
         from payment_entries e join payments p on p.studio_id = e.studio_id and p.id = e.payment_id
         where e.studio_id = $1 order by e.payment_id, e.at, e.id",
    )
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UseRow {
    pub payment_id: PaymentId,
    pub invoice_id: InvoiceId,
    /// Invoice and payment are of one client and one currency.
    pub fits: bool,
    pub paid: i64,
    pub pending: i64,
}

/// What each invoice uses of each payment.
pub async fn uses(tx: &mut StudioTx) -> Result<Vec<UseRow>> {
    fetch_all!(
        tx,
        UseRow,
        "select a.payment_id, a.invoice_id, i.client_id = p.client_id and i.currency = p.currency as fits,
                cast(sum(case when a.kind = 'paid' then a.amount else 0 end) as bigint) as paid,
                cast(sum(case when a.kind = 'pending' then a.amount else 0 end) as bigint) as pending
         from payment_allocations a
         join payments p on p.studio_id = a.studio_id and p.id = a.payment_id
         join invoices i on i.studio_id = a.studio_id and i.id = a.invoice_id
         where a.studio_id = $1
         group by a.payment_id, a.invoice_id, i.client_id, p.client_id, i.currency, p.currency",
    )
}

/// Payments that stand wrongly among the free ones, or are missing there.
pub async fn misplaced(tx: &mut StudioTx) -> Result<Vec<PaymentId>> {
    let rows = fetch_all!(
        tx,
        (PaymentId,),
        "select p.id from payments p
         left join payment_credits c on c.studio_id = p.studio_id and c.payment_id = p.id
         left join free_payments f on f.studio_id = p.studio_id and f.payment_id = p.id
         where p.studio_id = $1 and ((coalesce(c.credit, 0) > 0) <> (f.payment_id is not null)
            or f.client_id <> p.client_id)",
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
