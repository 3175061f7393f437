//! Invoices and payments as a contact sees them.

use portico_wire::{
    ClientId, ContactId, ContractId, InstalmentId, InvoiceId, OrderId, PaymentId, QuoteId,
    Timestamp, payments::PaymentMethod,
};

use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_among, fetch_one, fetch_optional},
    forms::store::Viewer,
    invoices::{Kind, State},
    payments::{EntryKind, Sums},
};

/// What is owed in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRow {
    pub currency: String,
    pub total: i64,
    pub overdue: i64,
    pub pending: i64,
    pub next_due: Option<String>,
}

/// "Total due" of what a contact sees, one statement: over the open invoices of the client, and of others where the contact
/// took somebody's place. Instalments are covered the oldest first, and a credit note takes off the last.
pub async fn due(tx: &mut StudioTx, who: Viewer, today: &str) -> Result<Vec<DueRow>> {
    fetch_all!(
        tx,
        DueRow,
        "select currency, cast(sum(owed) as bigint) as total,
                cast(sum(case when due_before <= paid then 0 when due_before < keeps then due_before - paid
                              else owed end) as bigint) as overdue,
                cast(sum(case when pending < owed then pending else owed end) as bigint) as pending,
                min(next_due) as next_due
         from (
           select b.currency, b.total - b.credited as keeps, b.paid, b.pending, b.total - b.credited - b.paid as owed,
                  (select coalesce(sum(n.amount), 0) from instalments n where n.studio_id = b.studio_id
                      and n.invoice_id = b.invoice_id and n.due < $5) as due_before,
                  (select min(n.due) from instalments n where n.studio_id = b.studio_id and n.invoice_id = b.invoice_id
                      and (select coalesce(sum(e.amount), 0) from instalments e where e.studio_id = n.studio_id
                           and e.invoice_id = n.invoice_id
                           and (e.due < n.due or e.due = n.due and e.position <= n.position)) > b.paid) as next_due
           from (
             select o.invoice_id from open_invoices o where o.studio_id = $1 and o.client_id = $3
               and ($4 or exists (select 1 from invoice_contacts c where c.studio_id = o.studio_id
                    and c.invoice_id = o.invoice_id and c.contact_id = $2))
             union all
             select o.invoice_id from invoice_contacts c
             join open_invoices o on o.studio_id = c.studio_id and o.invoice_id = c.invoice_id
             where c.studio_id = $1 and c.contact_id = $2 and o.client_id <> $3
               and exists (select 1 from contacts m where m.studio_id = $1 and m.merged_into = $2)
           ) mine
           join invoice_balances b on b.studio_id = $1 and b.invoice_id = mine.invoice_id
         ) owed_ones group by currency order by currency",
        who.contact,
        who.client,
        who.everything,
        today,
    )
}

/// An invoice or a credit note, with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    pub id: InvoiceId,
    pub kind: Kind,
    pub state: State,
    pub client_id: ClientId,
    pub order_id: Option<OrderId>,
    pub number: Option<String>,
    pub title: String,
    pub currency: String,
    pub issued_on: Option<String>,
    #[sqlx(flatten)]
    pub sums: Sums,
}

impl Seen {
    /// What may keep it waiting is asked by this.
    pub const fn gated_by(&self) -> Option<(InvoiceId, Option<OrderId>)> {
        Some((self.id, self.order_id))
    }
}

/// A page of what a contact sees, the latest first.
pub async fn list(
    tx: &mut StudioTx,
    who: Viewer,
    before: Option<InvoiceId>,
    most: i64,
) -> Result<Vec<Seen>> {
    let before = before.unwrap_or(InvoiceId::from_bytes([0xff; 16]));
    if who.everything {
        // Of the client, and named elsewhere: each a range of an index, the two of them put together.
        return fetch_all!(
            tx,
            Seen,
            "select i.id, i.kind, i.state, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on, i.total,
                    coalesce(b.credited, 0) as credited, coalesce(b.paid, 0) as paid, coalesce(b.pending, 0) as pending
             from (select id from (select n.id from invoices n where n.studio_id = $1 and n.client_id = $3
                       and n.state <> 'draft' and n.id < $4 order by n.id desc limit $5) own
                   union
                   select id from (select n.id from invoice_contacts c
                       cross join invoices n where n.studio_id = c.studio_id and n.id = c.invoice_id
                       and c.studio_id = $1 and c.contact_id = $2 and n.state <> 'draft' and c.invoice_id < $4
                       order by c.invoice_id desc limit $5) named) seen
             join invoices i on i.studio_id = $1 and i.id = seen.id
             left join invoice_balances b on b.studio_id = i.studio_id and b.invoice_id = i.id
             order by i.id desc limit $5",
            who.contact,
            who.client,
            before,
            most,
        );
    }
    fetch_all!(
        tx,
        Seen,
        "select i.id, i.kind, i.state, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on, i.total,
                coalesce(b.credited, 0) as credited, coalesce(b.paid, 0) as paid, coalesce(b.pending, 0) as pending
         from invoice_contacts c cross join invoices i
         left join invoice_balances b on b.studio_id = i.studio_id and b.invoice_id = i.id
         where i.studio_id = c.studio_id and i.id = c.invoice_id and c.studio_id = $1 and c.contact_id = $2
           and c.invoice_id < $3 and i.state <> 'draft'
         order by c.invoice_id desc limit $4",
        who.contact,
        before,
        most,
    )
}

/// One that a contact sees.
pub async fn find(tx: &mut StudioTx, who: Viewer, id: InvoiceId) -> Result<Option<Seen>> {
    fetch_optional!(
        tx,
        Seen,
        "select i.id, i.kind, i.state, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on, i.total,
                coalesce(b.credited, 0) as credited, coalesce(b.paid, 0) as paid, coalesce(b.pending, 0) as pending
         from invoices i left join invoice_balances b on b.studio_id = i.studio_id and b.invoice_id = i.id
         where i.studio_id = $1 and i.id = $2 and i.state <> 'draft'
           and ((i.client_id = $4 and $5) or exists (select 1 from invoice_contacts c
                where c.studio_id = i.studio_id and c.invoice_id = i.id and c.contact_id = $3))",
        id,
        who.contact,
        who.client,
        who.everything,
    )
}

/// All that is owed and that a contact sees, the latest first.
pub async fn open(tx: &mut StudioTx, who: Viewer) -> Result<Vec<Seen>> {
    fetch_all!(
        tx,
        Seen,
        "select i.id, i.kind, i.state, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on, i.total, b.credited,
                b.paid, b.pending
         from (select o.invoice_id from open_invoices o where o.studio_id = $1 and o.client_id = $3
                 and ($4 or exists (select 1 from invoice_contacts c where c.studio_id = o.studio_id
                      and c.invoice_id = o.invoice_id and c.contact_id = $2))
               union all
               select o.invoice_id from invoice_contacts c
               join open_invoices o on o.studio_id = c.studio_id and o.invoice_id = c.invoice_id
               where c.studio_id = $1 and c.contact_id = $2 and o.client_id <> $3
                 and exists (select 1 from contacts m where m.studio_id = $1 and m.merged_into = $2)) mine
         join invoices i on i.studio_id = $1 and i.id = mine.invoice_id
         join invoice_balances b on b.studio_id = i.studio_id and b.invoice_id = i.id
         order by i.id desc limit 500",
        who.contact,
        who.client,
        who.everything,
    )
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PartRow {
    pub invoice_id: InvoiceId,
    pub id: InstalmentId,
    pub label: String,
    pub due: String,
    pub amount: i64,
}

/// The instalments of some invoices, the oldest first.
pub async fn instalments(tx: &mut StudioTx, invoices: &[InvoiceId]) -> Result<Vec<PartRow>> {
    Ok(fetch_among!(
        tx,
        PartRow,
        "select invoice_id, id, label, due, amount from instalments
         where studio_id = $1 and invoice_id in ($2) order by invoice_id, due, position",
        [],
        invoices,
    ))
}

/// A contract that is to be signed before something of its client is paid.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Gate {
    pub client_id: ClientId,
    pub id: ContractId,
    pub title: String,
    /// This contact sees it.
    pub seen: bool,
    pub quote_id: Option<QuoteId>,
    /// What became of the quote.
    pub order_id: Option<OrderId>,
    pub invoice_id: Option<InvoiceId>,
}

impl Gate {
    /// Whether it keeps an invoice waiting; none: what is paid ahead. A contract that belongs to nothing keeps everything.
    pub fn keeps(&self, invoice: Option<(InvoiceId, Option<OrderId>)>) -> bool {
        match (self.quote_id, self.invoice_id) {
            (None, None) => true,
            (_, Some(named)) => invoice.is_some_and(|(id, _)| id == named),
            (Some(_), None) => {
                let order = invoice.and_then(|(_, order)| order);
                order.is_some() && order == self.order_id
            }
        }
    }
}

/// Those of a client: the ones this contact sees before others, the oldest first.
pub async fn gates(tx: &mut StudioTx, who: Viewer, client: ClientId) -> Result<Vec<Gate>> {
    let now = tx.now();
    fetch_all!(
        tx,
        Gate,
        "select client_id, id, title, seen, quote_id, order_id, invoice_id from (
           select c.client_id, c.id, c.title, g.quote_id, o.id as order_id, g.invoice_id,
                  (($4 and c.client_id = $5) or exists (select 1 from contract_signers s join contacts k
                       on k.studio_id = s.studio_id and k.id = s.contact_id
                   where s.studio_id = c.studio_id and s.contract_id = c.id
                     and (k.id = $3 or k.merged_into = $3))) as seen
           from contracts c
           left join contract_gates g on g.studio_id = c.studio_id and g.contract_id = c.id
           left join orders o on o.studio_id = g.studio_id and o.quote_id = g.quote_id
           where c.studio_id = $1 and c.client_id = $2 and c.stage = 'waiting' and c.gates_payment
             and (c.expires_at is null or c.expires_at > $6)
         ) gates order by case when seen then 0 else 1 end, id",
        client,
        who.contact,
        who.everything,
        who.client,
        now,
    )
}

/// A payment with what its entries come to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SeenPayment {
    pub id: PaymentId,
    pub at: Timestamp,
    pub method: PaymentMethod,
    pub detail: Option<String>,
    pub reference: Option<String>,
    pub currency: String,
    pub amount: i64,
    pub tip: i64,
    pub held: i64,
    pub held_tip: i64,
    pub receipt: bool,
}

/// The place of a payment in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub id: PaymentId,
}

/// A page of the payments a contact sees, the latest first: its own, those on invoices it sees, or all of the client's.
pub async fn payments(
    tx: &mut StudioTx,
    who: Viewer,
    before: Place,
    most: i64,
) -> Result<Vec<SeenPayment>> {
    fetch_all!(
        tx,
        SeenPayment,
        "select p.id, p.at, p.method, p.detail, p.reference, p.currency, p.amount, p.tip,
                (select cast(coalesce(sum(e.amount), 0) as bigint) from payment_entries e
                 where e.studio_id = p.studio_id and e.payment_id = p.id) as held,
                (select cast(coalesce(sum(e.tip), 0) as bigint) from payment_entries e
                 where e.studio_id = p.studio_id and e.payment_id = p.id) as held_tip,
                exists (select 1 from papers r where r.studio_id = p.studio_id and r.kind = 'receipt'
                        and r.subject = p.id and r.edition = 1) as receipt
         from payments p where p.studio_id = $1 and p.client_id = $2
           and (p.at < $5 or p.at = $5 and p.id < $6)
           and ($4 or p.contact_id = $3 or exists (select 1 from payment_allocations a
                join invoice_contacts c on c.studio_id = a.studio_id and c.invoice_id = a.invoice_id
                where a.studio_id = p.studio_id and a.payment_id = p.id and c.contact_id = $3))
         order by p.at desc, p.id desc limit $7",
        who.client,
        who.contact,
        who.everything,
        before.at,
        before.id,
        most,
    )
}

/// Of those, the ones on an invoice, the latest first. Whoever sees an invoice sees what was paid on it.
pub async fn payments_on(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<SeenPayment>> {
    fetch_all!(
        tx,
        SeenPayment,
        "select p.id, p.at, p.method, p.detail, p.reference, p.currency, p.amount, p.tip,
                (select cast(coalesce(sum(e.amount), 0) as bigint) from payment_entries e
                 where e.studio_id = p.studio_id and e.payment_id = p.id) as held,
                (select cast(coalesce(sum(e.tip), 0) as bigint) from payment_entries e
                 where e.studio_id = p.studio_id and e.payment_id = p.id) as held_tip,
                exists (select 1 from papers r where r.studio_id = p.studio_id and r.kind = 'receipt'
                        and r.subject = p.id and r.edition = 1) as receipt
         from (select distinct a.payment_id from payment_allocations a where a.studio_id = $1 and a.invoice_id = $2) here
         join payments p on p.studio_id = $1 and p.id = here.payment_id
         order by p.at desc, p.id desc limit 200",
        invoice,
    )
}

/// Whether a contact sees a payment.
pub async fn sees_payment(tx: &mut StudioTx, who: Viewer, id: PaymentId) -> Result<bool> {
    let (seen,) = fetch_one!(
        tx,
        (bool,),
        "select exists (select 1 from payments p where p.studio_id = $1 and p.id = $2
           and (p.contact_id = $3 or p.client_id = $5 and $4 or exists (select 1 from payment_allocations a
                join invoice_contacts c on c.studio_id = a.studio_id and c.invoice_id = a.invoice_id
                where a.studio_id = p.studio_id and a.payment_id = p.id and c.contact_id = $3)))",
        id,
        who.contact,
        who.everything,
        who.client,
    )?;
    Ok(seen)
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KindRow {
    pub payment_id: PaymentId,
    pub kind: EntryKind,
}

/// What happened to each of some payments.
pub async fn kinds(tx: &mut StudioTx, payments: &[PaymentId]) -> Result<Vec<KindRow>> {
    Ok(fetch_among!(
        tx,
        KindRow,
        "select payment_id, kind from payment_entries where studio_id = $1 and payment_id in ($2)",
        [],
        payments,
    ))
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UseRow {
    pub payment_id: PaymentId,
    pub invoice_id: InvoiceId,
    pub number: Option<String>,
    pub title: String,
    pub paid: i64,
    pub pending: i64,
}

/// What invoices use of each of some payments.
pub async fn uses(tx: &mut StudioTx, payments: &[PaymentId]) -> Result<Vec<UseRow>> {
    Ok(fetch_among!(
        tx,
        UseRow,
        "select a.payment_id, a.invoice_id, i.number, i.title,
                cast(sum(case when a.kind = 'paid' then a.amount else 0 end) as bigint) as paid,
                cast(sum(case when a.kind = 'pending' then a.amount else 0 end) as bigint) as pending
         from payment_allocations a join invoices i on i.studio_id = a.studio_id and i.id = a.invoice_id
         where a.studio_id = $1 and a.payment_id in ($2)
         group by a.payment_id, a.invoice_id, i.number, i.title order by a.payment_id, a.invoice_id",
        [],
        payments,
    ))
}

/// Whose mail goes along to the provider, and where somebody reads what was paid.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Payer {
    pub email: Option<String>,
    pub first_name: String,
    pub last_name: String,
}

pub async fn payer(tx: &mut StudioTx, contact: ContactId) -> Result<Payer> {
    fetch_one!(
        tx,
        Payer,
        "select email, first_name, last_name from contacts where studio_id = $1 and id = $2",
        contact,
    )
}
