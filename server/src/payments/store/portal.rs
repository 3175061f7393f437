//! Invoices and payments as a contact sees them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use portico_wire::{
    ClientId, ContactId, ContractId, InstalmentId, InvoiceId, OrderId, PaymentId, QuoteId,
    Timestamp, payments::PaymentMethod,
};

use super::account::Till;
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_among, fetch_one, fetch_optional, json::Id},
    forms::store::Viewer,
    invoices::{Instalment, Kind, State},
    payments::{EntryKind, Part, Sums, parts},
};

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

/// Those of some invoices that a contact sees.
pub async fn seen_among(
    tx: &mut StudioTx,
    who: Viewer,
    invoices: &[InvoiceId],
) -> Result<HashSet<InvoiceId>> {
    let rows = fetch_among!(
        tx,
        (InvoiceId,),
        "select i.id from invoices i
         where i.studio_id = $1 and i.state <> 'draft'
           and ((i.client_id = $3 and $4) or exists (select 1 from invoice_contacts c
                where c.studio_id = i.studio_id and c.invoice_id = i.id and c.contact_id = $2)) and i.id in ($5)",
        [who.contact, who.client, who.everything],
        invoices,
    );
    Ok(rows.into_iter().map(|(id,)| id).collect())
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

/// Those of some clients: the ones this contact sees before others, the oldest first.
pub async fn gates(tx: &mut StudioTx, who: Viewer, clients: &[ClientId]) -> Result<Vec<Gate>> {
    let now = tx.now();
    Ok(fetch_among!(
        tx,
        Gate,
        "select client_id, id, title, seen, quote_id, order_id, invoice_id from (
           select c.client_id, c.id, c.title, g.quote_id, o.id as order_id, g.invoice_id,
                  (($3 and c.client_id = $4) or exists (select 1 from contract_signers s join contacts k
                       on k.studio_id = s.studio_id and k.id = s.contact_id
                   where s.studio_id = c.studio_id and s.contract_id = c.id
                     and (k.id = $2 or k.merged_into = $2))) as seen
           from contracts c
           left join contract_gates g on g.studio_id = c.studio_id and g.contract_id = c.id
           left join orders o on o.studio_id = g.studio_id and o.quote_id = g.quote_id
           where c.studio_id = $1 and c.stage = 'waiting' and c.gates_payment
             and (c.expires_at is null or c.expires_at > $5) and c.client_id in ($6)
         ) gates order by case when seen then 0 else 1 end, id",
        [who.contact, who.everything, who.client, now],
        clients,
    ))
}

/// An invoice that something is owed on: what "Total due" is worked out from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub currency: String,
    pub sums: Sums,
    /// It is among what this contact owes; one that it was only told of is not.
    pub counts: bool,
    pub parts: Vec<Part>,
}

/// One as JSON: invoice, currency, total, credited, paid, pending, whether it counts.
pub type OpenCells = (Id<InvoiceId>, String, i64, i64, i64, i64, i64);
/// An instalment as JSON: invoice, id, label, day, amount.
pub type PlanCells = (Id<InvoiceId>, Id<InstalmentId>, String, String, i64);

/// The open invoices with their plans. One may be there twice: among what somebody owes, and as one that was told of.
pub fn opened(
    open: Option<Vec<OpenCells>>,
    plan: Option<Vec<PlanCells>>,
) -> HashMap<InvoiceId, Open> {
    let mut plans: HashMap<InvoiceId, Vec<Instalment>> = HashMap::new();
    for (Id(invoice), Id(id), label, due, amount) in plan.unwrap_or_default() {
        plans.entry(invoice).or_default().push(Instalment {
            id,
            label,
            due,
            amount,
        });
    }
    let mut all: HashMap<InvoiceId, Open> = HashMap::new();
    for (Id(id), currency, total, credited, paid, pending, counts) in open.into_iter().flatten() {
        let sums = Sums {
            total,
            credited,
            paid,
            pending,
        };
        let one = all.entry(id).or_insert_with(|| Open {
            currency,
            sums,
            counts: false,
            parts: parts(plans.remove(&id).unwrap_or_default(), sums),
        });
        one.counts |= counts == 1;
    }
    all
}

/// Invoice, kind, state, order, number, title, currency, day of issue, total.
type OwnCells = (
    Id<InvoiceId>,
    Kind,
    State,
    Option<Id<OrderId>>,
    Option<String>,
    String,
    String,
    Option<String>,
    i64,
);

#[derive(sqlx::FromRow)]
struct PageRow {
    #[sqlx(flatten)]
    till: Till,
    #[sqlx(json(nullable))]
    own: Option<Vec<OwnCells>>,
    /// With the client of each.
    #[sqlx(json(nullable))]
    others: Option<Vec<(Id<ClientId>, OwnCells)>>,
    /// Of credit notes, by what they take from.
    #[sqlx(json(nullable))]
    credited: Option<Vec<(Id<InvoiceId>, i64)>>,
    #[sqlx(json(nullable))]
    open: Option<Vec<OpenCells>>,
    #[sqlx(json(nullable))]
    plan: Option<Vec<PlanCells>>,
    #[sqlx(json(nullable))]
    credit: Option<Vec<(String, i64)>>,
    gated: bool,
}

/// A page of what a contact sees, the latest first, with all that stands around it.
pub struct Page {
    pub till: Till,
    pub invoices: Vec<Seen>,
    /// Of the page, and of a first page all.
    pub open: HashMap<InvoiceId, Open>,
    /// What the studio holds for the client, on a first page.
    pub credit: Vec<(String, i64)>,
    /// Some contract may keep one of them waiting.
    pub gated: bool,
}

impl Page {
    /// The instalments of one that is open.
    pub fn parts(&self, id: InvoiceId) -> &[Part] {
        self.open.get(&id).map_or(&[], |one| &one.parts)
    }

    fn of(row: PageRow, client: ClientId) -> Self {
        let open = opened(row.open, row.plan);
        let mut credit: BTreeMap<String, i64> = BTreeMap::new();
        for (currency, amount) in row.credit.into_iter().flatten() {
            *credit.entry(currency).or_default() += amount;
        }
        let mut credited: HashMap<InvoiceId, i64> = HashMap::new();
        for (Id(invoice), total) in row.credited.into_iter().flatten() {
            *credited.entry(invoice).or_default() += total;
        }
        let own = row.own.into_iter().flatten();
        let others = row.others.into_iter().flatten();
        let mut invoices: Vec<Seen> = own
            .map(|cells| (client, cells))
            .chain(others.map(|(client, cells)| (client.0, cells)))
            .map(|(client_id, cells)| {
                let (id, kind, state, order, number, title, currency, issued_on, total) = cells;
                let credited = credited.get(&id.0).copied().unwrap_or(0);
                let settled = kind == Kind::Invoice && state == State::Issued;
                let sums = open.get(&id.0).map_or(
                    Sums {
                        total,
                        credited,
                        paid: if settled { total - credited } else { 0 },
                        pending: 0,
                    },
                    |open| open.sums,
                );
                Seen {
                    id: id.0,
                    kind,
                    state,
                    client_id,
                    order_id: order.map(|id| id.0),
                    number,
                    title,
                    currency,
                    issued_on,
                    sums,
                }
            })
            .collect();
        invoices.sort_by_key(|seen| Reverse(seen.id));
        Self {
            till: row.till,
            invoices,
            open,
            credit: credit.into_iter().collect(),
            gated: row.gated,
        }
    }
}

/// At most so many, in one statement. What is not among the open ones was issued and is paid, all but what was credited
/// (`payments::check` holds the books to that), so that what it uses of payments is not read. The client's own are read from
/// one index, where they lie side by side, whether the contact sees everything or what names it; what names it at another
/// client, from a row of each. Drafts that name the contact are among those, so that naming is read from its index alone:
/// whoever tells the page leaves them out.
pub async fn page(
    tx: &mut StudioTx,
    who: Viewer,
    before: Option<InvoiceId>,
    most: i64,
) -> Result<Page> {
    let text = tx.json(
        "with named as materialized (
           select c.invoice_id as id from invoice_contacts c where c.studio_id = $1 and c.contact_id = $2 and c.invoice_id < $5
           order by c.invoice_id desc limit $7
         ), own as materialized (
           select w.id, w.kind, w.state, w.order_id, w.number, w.title, w.currency, w.issued_on, w.total from (
             select n.id, n.kind, n.state, n.order_id, n.number, n.title, n.currency, n.issued_on, n.total
             from invoices n where n.studio_id = $1 and n.client_id = $3 and $4 and n.state <> 'draft' and n.id < $5
             order by n.id desc limit $7) w
           union all
           select n.id, n.kind, n.state, n.order_id, n.number, n.title, n.currency, n.issued_on, n.total
           from named c cross join invoices n where n.studio_id = $1 and n.client_id = $3 and n.id = c.id
              and not $4 and n.state <> 'draft'
         ), oldest as materialized (
           select id from own order by id limit 1
         ), others as materialized (
           select i.id, i.kind, i.state, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on, i.total,
                  exists (select 1 from open_invoices o where o.studio_id = $1 and o.invoice_id = i.id) as owing
           from named c cross join invoices i
           where c.id not in (select own.id from own) and i.studio_id = $1 and i.id = c.id
             and (i.client_id <> $3 or not $4)
         ), wanted as materialized (
           select o.invoice_id, o.currency, o.total, o.credited, o.paid, o.pending, 0 as counts
           from others i cross join open_invoices o where i.owing and o.studio_id = $1 and o.invoice_id = i.id
           union all
           select v.invoice_id, v.currency, v.total, v.credited, v.paid, v.pending, 1
           from open_invoice_viewers v where v.studio_id = $1 and v.contact_id = $2 and ($4 or not v.everything)
              and v.invoice_id < $5 and ($6 or v.invoice_id >= (select id from oldest))
         )
         select t.currency, t.online, t.version, t.other_amount, t.least, t.tip, t.prepay,
                (select json_group_array(json_array(hex(p.id), p.kind, p.state,
                        case when p.order_id is not null then hex(p.order_id) end, p.number, p.title, p.currency, p.issued_on,
                        p.total))
                 from own p) as own,
                (select json_group_array(json_array(hex(p.client_id), json_array(hex(p.id), p.kind, p.state,
                        case when p.order_id is not null then hex(p.order_id) end, p.number, p.title, p.currency, p.issued_on,
                        p.total)))
                 from others p) as others,
                (select json_group_array(json_array(hex(c.corrects), c.total)) from (
                   select n.corrects, n.total from invoices n where n.studio_id = $1 and n.client_id = $3
                      and n.corrects >= (select id from oldest) and n.corrects < $5
                      and n.kind = 'credit_note' and n.state = 'issued'
                   union all
                   select n.corrects, n.total from others o cross join invoices n where n.studio_id = $1
                      and n.corrects = o.id and n.kind = 'credit_note' and n.state = 'issued') c) as credited,
                (select json_group_array(json_array(hex(w.invoice_id), w.currency, w.total, w.credited, w.paid, w.pending,
                        w.counts)) from wanted w) as open,
                (select json_group_array(json_array(hex(n.invoice_id), hex(n.id), n.label, n.due, n.amount)
                        order by n.due, n.position)
                 from instalments n where n.studio_id = $1 and n.invoice_id in (select w.invoice_id from wanted w)) as plan,
                case when $6 then (select json_group_array(json_array(c.currency, c.credit)) from free_payments f
                    join payment_credits c on c.studio_id = f.studio_id and c.payment_id = f.payment_id
                    where f.studio_id = $1 and f.client_id = $3) end as credit,
                exists (select 1 from contracts c where c.studio_id = $1 and c.stage = 'waiting' and c.gates_payment
                        and c.client_id = $3)
                or exists (select 1 from contracts c where c.studio_id = $1 and c.stage = 'waiting' and c.gates_payment
                        and c.client_id in (select o.client_id from others o where o.owing)) as gated
         from tills t where t.studio_id = $1",
    );
    let first = before.is_none();
    let row = fetch_one!(
        tx,
        PageRow,
        text,
        who.contact,
        who.client,
        who.everything,
        before.unwrap_or(InvoiceId::from_bytes([0xff; 16])),
        first,
        most,
    )?;
    let mut page = Page::of(row, who.client);
    page.invoices
        .truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(page)
}

/// All that is owed and that a contact sees, the latest first; the five hundred latest of very many.
pub async fn open(tx: &mut StudioTx, who: Viewer) -> Result<Page> {
    let text = tx.json(
        "with wanted as materialized (
           select v.invoice_id, v.client_id, v.currency, v.total, v.credited, v.paid, v.pending from open_invoice_viewers v
           where v.studio_id = $1 and v.contact_id = $2 and ($4 or not v.everything)
         ), page as materialized (
           select i.id, i.client_id, i.order_id, i.number, i.title, i.currency, i.issued_on
           from wanted w cross join invoices i where i.studio_id = $1 and i.client_id = w.client_id and i.id = w.invoice_id
           order by i.id desc limit 500
         )
         select t.currency, t.online, t.version, t.other_amount, t.least, t.tip, t.prepay,
                null as own,
                (select json_group_array(json_array(hex(p.client_id), json_array(hex(p.id), 'invoice', 'issued',
                        case when p.order_id is not null then hex(p.order_id) end, p.number, p.title, p.currency, p.issued_on,
                        0)))
                 from page p) as others,
                null as credited,
                (select json_group_array(json_array(hex(w.invoice_id), w.currency, w.total, w.credited, w.paid, w.pending, 1))
                 from wanted w) as open,
                (select json_group_array(json_array(hex(n.invoice_id), hex(n.id), n.label, n.due, n.amount)
                        order by n.due, n.position)
                 from instalments n where n.studio_id = $1 and n.invoice_id in (select w.invoice_id from wanted w)) as plan,
                (select json_group_array(json_array(c.currency, c.credit)) from free_payments f
                 join payment_credits c on c.studio_id = f.studio_id and c.payment_id = f.payment_id
                 where f.studio_id = $1 and f.client_id = $3) as credit,
                exists (select 1 from contracts c where c.studio_id = $1 and c.stage = 'waiting' and c.gates_payment
                        and c.client_id in (select p.client_id from page p)) as gated
         from tills t where t.studio_id = $1",
    );
    let row = fetch_one!(tx, PageRow, text, who.contact, who.client, who.everything)?;
    Ok(Page::of(row, who.client))
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
