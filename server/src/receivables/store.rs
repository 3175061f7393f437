//! The only SQL about reminders and statements, and the sums of the money desk.

use portico_wire::{ClientId, ContactId, InstalmentId, InvoiceId, StatementId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional, scalar},
    invoices::Kind,
    payments::{EntryKind, Sums},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenRow {
    pub id: InvoiceId,
    pub client_id: ClientId,
    pub client_name: String,
    pub number: Option<String>,
    pub title: String,
    pub currency: String,
    #[sqlx(flatten)]
    pub sums: Sums,
}

/// All invoices on which something is owed.
pub async fn open(tx: &mut StudioTx) -> Result<Vec<OpenRow>> {
    fetch_all!(
        tx,
        OpenRow,
        "select i.id, i.client_id, c.name as client_name, i.number, i.title, i.currency, o.total, o.credited, o.paid,
                o.pending
         from open_invoices o
         join invoices i on i.studio_id = o.studio_id and i.id = o.invoice_id
         join clients c on c.studio_id = i.studio_id and c.id = i.client_id
         where o.studio_id = $1",
    )
}

/// Something of a month, in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MonthSum {
    /// Such as `2026-11`.
    pub month: String,
    pub currency: String,
    pub amount: i64,
}

/// What fell due or falls due, by month. A credit note takes off the last instalments.
pub async fn due_by_month(tx: &mut StudioTx, from: &str, to: &str) -> Result<Vec<MonthSum>> {
    fetch_all!(
        tx,
        MonthSum,
        "select month, currency, cast(sum(case when keeps <= earlier then 0 when keeps < earlier + amount
                    then keeps - earlier else amount end) as bigint) as amount
         from (
           select substr(n.due, 1, 7) as month, i.currency, n.amount,
                  i.total - (select coalesce(sum(k.total), 0) from invoices k where k.studio_id = i.studio_id
                      and k.corrects = i.id and k.kind = 'credit_note' and k.state = 'issued') as keeps,
                  (select coalesce(sum(e.amount), 0) from instalments e where e.studio_id = n.studio_id
                      and e.invoice_id = n.invoice_id
                      and (e.due < n.due or e.due = n.due and e.position < n.position)) as earlier
           from instalments n
           join invoices i on i.studio_id = n.studio_id and i.id = n.invoice_id
           where n.studio_id = $1 and n.due >= $2 and n.due < $3 and i.kind = 'invoice' and i.state = 'issued'
         ) dues group by month, currency",
        from,
        to,
    )
}

/// What came in between two moments, by currency: payments by the day they are of, what went back by when it did.
pub async fn received(
    tx: &mut StudioTx,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(String, i64)>> {
    fetch_all!(
        tx,
        (String, i64),
        "select currency, cast(sum(amount) as bigint) from (
           select p.currency, e.amount from payments p
           join payment_entries e on e.studio_id = p.studio_id and e.payment_id = p.id and e.kind = 'succeeded'
           where p.studio_id = $1 and p.at >= $2 and p.at < $3
           union all
           select p.currency, e.amount from payment_entries e
           join payments p on p.studio_id = e.studio_id and p.id = e.payment_id
           where e.studio_id = $1 and e.at >= $2 and e.at < $3 and e.kind <> 'succeeded' and e.amount <> 0
         ) moved group by currency",
        from,
        to,
    )
}

// Reminders

/// Days before and after, as they are kept.
pub async fn settings(tx: &mut StudioTx) -> Result<Option<(String, String)>> {
    fetch_optional!(
        tx,
        (String, String),
        "select before, after from reminder_settings where studio_id = $1",
    )
}

pub async fn save_settings(tx: &mut StudioTx, before: &str, after: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into reminder_settings (studio_id, before, after, updated_at) values ($1, $2, $3, $4)
         on conflict (studio_id) do update set before = excluded.before, after = excluded.after,
                updated_at = excluded.updated_at",
        before,
        after,
        now,
    )?;
    Ok(())
}

/// Begins the daily round; false where it goes on already.
pub async fn begin_rounds(tx: &mut StudioTx, today: &str) -> Result<bool> {
    let changed = execute!(
        tx,
        "insert into reminder_rounds (studio_id, last_day) values ($1, $2) on conflict do nothing",
        today,
    )?;
    Ok(changed > 0)
}

pub async fn last_round(tx: &mut StudioTx) -> Result<Option<String>> {
    let row = fetch_optional!(
        tx,
        (String,),
        "select last_day from reminder_rounds where studio_id = $1",
    )?;
    Ok(row.map(|(day,)| day))
}

/// The round of a day; false where another worker was there first.
pub async fn take_round(tx: &mut StudioTx, today: &str) -> Result<bool> {
    let changed = execute!(
        tx,
        "update reminder_rounds set last_day = $2 where studio_id = $1 and last_day < $2",
        today,
    )?;
    Ok(changed > 0)
}

/// False where an instalment was reminded of at this moment already.
pub async fn take_reminder(
    tx: &mut StudioTx,
    instalment: InstalmentId,
    moment: &str,
) -> Result<bool> {
    let now = tx.now();
    let changed = execute!(
        tx,
        "insert into due_reminders (studio_id, instalment_id, moment, sent_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        instalment,
        moment,
        now,
    )?;
    Ok(changed > 0)
}

/// When each invoice was last reminded of.
pub async fn reminded(tx: &mut StudioTx) -> Result<Vec<(InvoiceId, Timestamp)>> {
    fetch_all!(
        tx,
        (InvoiceId, Timestamp),
        "select n.invoice_id, max(r.sent_at) from open_invoices o
         join instalments n on n.studio_id = o.studio_id and n.invoice_id = o.invoice_id
         join due_reminders r on r.studio_id = n.studio_id and r.instalment_id = n.id
         where o.studio_id = $1 group by n.invoice_id",
    )
}

// Statements

/// How much of an account a statement shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenBy {
    All,
    Contact(ContactId),
}

impl SeenBy {
    /// As it is kept: the contact's id, or the client's own for all of it.
    const fn key(self, client: ClientId) -> uuid::Uuid {
        match self {
            Self::All => client.into_uuid(),
            Self::Contact(contact) => contact.into_uuid(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Statement {
    pub id: StatementId,
    pub client_id: ClientId,
    pub seen_by: uuid::Uuid,
    pub from_day: String,
    pub to_day: String,
    pub created_at: Timestamp,
}

impl Statement {
    /// Whose view it is; none: it shows all of the account.
    pub fn contact(&self) -> Option<ContactId> {
        let all = self.seen_by == self.client_id.into_uuid();
        (!all).then(|| ContactId::from_bytes(self.seen_by.into_bytes()))
    }
}

pub async fn statement(tx: &mut StudioTx, id: StatementId) -> Result<Option<Statement>> {
    fetch_optional!(
        tx,
        Statement,
        "select id, client_id, seen_by, from_day, to_day, created_at from statements where studio_id = $1 and id = $2",
        id,
    )
}

/// How much has happened on a client's account.
pub async fn acts(tx: &mut StudioTx, client: ClientId) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select coalesce((select acts from ledgers where studio_id = $1 and client_id = $2), 0)",
        client,
    )
}

/// The statement of a period, if the account is as it was then.
pub async fn find_statement(
    tx: &mut StudioTx,
    (client, seen_by): (ClientId, SeenBy),
    (from, to): (&str, &str),
    acts: i64,
) -> Result<Option<StatementId>> {
    let row = fetch_optional!(
        tx,
        (StatementId,),
        "select id from statements where studio_id = $1 and client_id = $2 and seen_by = $3 and from_day = $4
           and to_day = $5 and acts = $6",
        client,
        seen_by.key(client),
        from,
        to,
        acts,
    )?;
    Ok(row.map(|(id,)| id))
}

/// False where somebody else asked for the same a moment ago.
pub async fn insert_statement(
    tx: &mut StudioTx,
    (client, seen_by): (ClientId, SeenBy),
    (from, to): (&str, &str),
    acts: i64,
) -> Result<bool> {
    let (id, now): (StatementId, _) = (tx.id(), tx.now());
    let changed = execute!(
        tx,
        "insert into statements (studio_id, id, client_id, seen_by, from_day, to_day, acts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        id,
        client,
        seen_by.key(client),
        from,
        to,
        acts,
        now,
    )?;
    Ok(changed > 0)
}

/// An invoice or a credit note on an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Charge {
    pub kind: Kind,
    pub number: Option<String>,
    pub title: String,
    pub currency: String,
    pub language: String,
    pub total: i64,
    pub day: String,
}

/// What was issued and is valid, the oldest first.
pub async fn charges(tx: &mut StudioTx, client: ClientId, to: &str) -> Result<Vec<Charge>> {
    fetch_all!(
        tx,
        Charge,
        "select kind, number, title, currency, language, total, issued_on as day from invoices
         where studio_id = $1 and client_id = $2 and state = 'issued' and issued_on is not null and issued_on <= $3
         order by issued_on, id",
        client,
        to,
    )
}

/// As [`charges`], of those that name a contact.
pub async fn charges_seen(
    tx: &mut StudioTx,
    client: ClientId,
    contact: ContactId,
    to: &str,
) -> Result<Vec<Charge>> {
    fetch_all!(
        tx,
        Charge,
        "select i.kind, i.number, i.title, i.currency, i.language, i.total, i.issued_on as day
         from invoice_contacts c join invoices i on i.studio_id = c.studio_id and i.id = c.invoice_id
         where c.studio_id = $1 and i.client_id = $2 and c.contact_id = $3 and i.state = 'issued'
           and i.issued_on is not null and i.issued_on <= $4
         order by i.issued_on, i.id",
        client,
        contact,
        to,
    )
}

/// What moved money on an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Move {
    pub kind: EntryKind,
    pub currency: String,
    /// Without the tip.
    pub amount: i64,
    pub reference: Option<String>,
    pub at: Timestamp,
}

pub async fn moves(tx: &mut StudioTx, client: ClientId, until: Timestamp) -> Result<Vec<Move>> {
    fetch_all!(
        tx,
        Move,
        "select e.kind, p.currency, e.amount - e.tip as amount, coalesce(p.detail, p.reference) as reference,
                case when e.kind = 'succeeded' then p.at else e.at end as at
         from payments p join payment_entries e on e.studio_id = p.studio_id and e.payment_id = p.id
         where p.studio_id = $1 and p.client_id = $2 and e.amount - e.tip <> 0 and e.at <= $3
         order by e.at, e.id",
        client,
        until,
    )
}

/// As [`moves`], of what invoices that name a contact used up or gave back.
pub async fn moves_seen(
    tx: &mut StudioTx,
    client: ClientId,
    contact: ContactId,
    until: Timestamp,
) -> Result<Vec<Move>> {
    fetch_all!(
        tx,
        Move,
        "select e.kind, p.currency, a.amount, coalesce(p.detail, p.reference) as reference,
                case when e.kind = 'succeeded' then p.at else e.at end as at
         from invoice_contacts c
         join invoices i on i.studio_id = c.studio_id and i.id = c.invoice_id
         join payment_allocations a on a.studio_id = c.studio_id and a.invoice_id = c.invoice_id and a.kind = 'paid'
         join payment_entries e on e.studio_id = a.studio_id and e.id = a.entry_id
         join payments p on p.studio_id = a.studio_id and p.id = a.payment_id
         where c.studio_id = $1 and i.client_id = $2 and c.contact_id = $3 and i.state = 'issued' and e.at <= $4
         order by e.at, e.id",
        client,
        contact,
        until,
    )
}

/// The name and mail of somebody to be reminded.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Addressee {
    pub first_name: String,
    pub email: Option<String>,
}

pub async fn addressee(tx: &mut StudioTx, contact: portico_wire::ContactId) -> Result<Addressee> {
    fetch_one!(
        tx,
        Addressee,
        "select first_name, email from contacts where studio_id = $1 and id = $2",
        contact,
    )
}
