//! The only SQL about quotes.

mod list;
mod portal;

pub use list::*;
pub use portal::*;

use portico_wire::{ClientId, ContactId, LineId, QuoteId, Timestamp, sales::QuoteState};
use sqlx::types::Json;

use super::{Quote, QuoteLine};
use crate::{
    Result,
    access::reach::State,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    error::Error,
    sales::{Line, Terms},
};

/// What staff say in a draft.
pub struct Draft<'a> {
    pub terms: &'a Terms,
    pub valid_until: Option<&'a str>,
    pub total: i64,
    pub lines: &'a [QuoteLine],
    pub contacts: &'a [ContactId],
}

pub async fn insert(
    tx: &mut StudioTx,
    client: ClientId,
    replaces: Option<QuoteId>,
    draft: &Draft<'_>,
) -> Result<QuoteId> {
    let (id, now): (QuoteId, _) = (tx.id(), tx.now());
    let (terms, state) = (draft.terms, QuoteState::Draft);
    execute!(
        tx,
        "insert into quotes (studio_id, id, client_id, state, title, currency, language, tax_inclusive, discount_kind,
                discount_value, intro, terms, plan, valid_until, total, replaces, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)",
        id,
        client,
        state,
        &terms.title,
        &terms.currency,
        &terms.language,
        terms.tax_inclusive,
        terms.discount_kind,
        terms.discount_value,
        &terms.intro,
        &terms.terms,
        Json(&terms.plan),
        draft.valid_until,
        draft.total,
        replaces,
        now,
    )?;
    insert_parts(tx, id, client, draft).await?;
    Ok(id)
}

async fn insert_parts(
    tx: &mut StudioTx,
    id: QuoteId,
    client: ClientId,
    draft: &Draft<'_>,
) -> Result<()> {
    for (line, position) in draft.lines.iter().zip(0i64..) {
        insert_line(tx, id, line, position).await?;
    }
    for &contact in draft.contacts {
        let rows = execute!(
            tx,
            "insert into quote_contacts (studio_id, quote_id, contact_id)
             select k.studio_id, $2, k.id from contacts k
             where k.studio_id = $1 and k.id = $3 and k.client_id = $4 and k.merged_into is null",
            id,
            contact,
            client,
        )?;
        if rows != 1 {
            return Err(Error::not_found());
        }
    }
    Ok(())
}

async fn insert_line(
    tx: &mut StudioTx,
    quote: QuoteId,
    line: &QuoteLine,
    position: i64,
) -> Result<()> {
    let Line {
        id,
        name,
        description,
        quantity,
        unit,
        unit_price,
        discount_kind,
        discount_value,
        tax_name,
        tax_rate,
    } = &line.line;
    execute!(
        tx,
        "insert into quote_lines (studio_id, id, quote_id, position, name, description, quantity, unit, unit_price,
                discount_kind, discount_value, tax_name, tax_rate, optional, preselected)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        *id,
        quote,
        position,
        name,
        description,
        *quantity,
        unit,
        *unit_price,
        *discount_kind,
        *discount_value,
        tax_name,
        *tax_rate,
        line.optional,
        line.preselected,
    )?;
    Ok(())
}

/// Saves a draft if nobody saved another since `version` was read; false otherwise.
pub async fn save(tx: &mut StudioTx, quote: &Quote, draft: &Draft<'_>) -> Result<bool> {
    let (now, terms) = (tx.now(), draft.terms);
    let rows = execute!(
        tx,
        "update quotes set title = $4, currency = $5, language = $6, tax_inclusive = $7, discount_kind = $8,
                discount_value = $9, intro = $10, terms = $11, plan = $12, valid_until = $13, total = $14,
                updated_at = $15, version = version + 1
         where studio_id = $1 and id = $2 and version = $3 and state = 'draft'",
        quote.id,
        quote.version,
        &terms.title,
        &terms.currency,
        &terms.language,
        terms.tax_inclusive,
        terms.discount_kind,
        terms.discount_value,
        &terms.intro,
        &terms.terms,
        Json(&terms.plan),
        draft.valid_until,
        draft.total,
        now,
    )?;
    if rows != 1 {
        return Ok(false);
    }
    execute!(
        tx,
        "delete from quote_lines where studio_id = $1 and quote_id = $2",
        quote.id
    )?;
    execute!(
        tx,
        "delete from quote_contacts where studio_id = $1 and quote_id = $2",
        quote.id
    )?;
    insert_parts(tx, quote.id, quote.client_id, draft).await?;
    Ok(true)
}

/// A draft and all of it; false where it is none any more.
pub async fn delete(tx: &mut StudioTx, id: QuoteId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update quotes set version = version + 1 where studio_id = $1 and id = $2 and state = 'draft'",
        id
    )?;
    if rows != 1 {
        return Ok(false);
    }
    execute!(
        tx,
        "delete from quote_lines where studio_id = $1 and quote_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from quote_contacts where studio_id = $1 and quote_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from quotes where studio_id = $1 and id = $2",
        id
    )?;
    Ok(true)
}

pub async fn find(tx: &mut StudioTx, id: QuoteId) -> Result<Option<Quote>> {
    fetch_optional!(
        tx,
        Quote,
        "select id, client_id, version, number, state, title, currency, language, tax_inclusive, discount_kind,
                discount_value, intro, terms, plan, valid_until, total, replaces, sent_at, opened_at, closed_at, reason,
                accepted_by, accept_key, chosen, created_at, updated_at
         from quotes where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: QuoteId) -> Result<Quote> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

pub async fn lines(tx: &mut StudioTx, quote: QuoteId) -> Result<Vec<QuoteLine>> {
    fetch_all!(
        tx,
        QuoteLine,
        "select id, name, description, quantity, unit, unit_price, discount_kind, discount_value, tax_name, tax_rate,
                optional, preselected
         from quote_lines where studio_id = $1 and quote_id = $2 order by position",
        quote,
    )
}

/// Somebody a quote names, with what a mail needs; who cannot come in has no `email`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Named {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub state: State,
}

pub async fn named(tx: &mut StudioTx, quote: QuoteId) -> Result<Vec<Named>> {
    fetch_all!(
        tx,
        Named,
        "select k.id, k.first_name, k.last_name, case when k.active and cl.portal_enabled then k.email end as email,
                k.access_state as state
         from quote_contacts c
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where c.studio_id = $1 and c.quote_id = $2 order by k.first_name, k.id",
        quote,
    )
}

/// The version that takes the place of this one, if there is one that is no draft.
pub async fn replaced_by(tx: &mut StudioTx, quote: QuoteId) -> Result<Option<QuoteId>> {
    let row = fetch_optional!(
        tx,
        (QuoteId,),
        "select id from quotes where studio_id = $1 and replaces = $2 and state <> 'draft' order by id desc limit 1",
        quote,
    )?;
    Ok(row.map(|(id,)| id))
}

// Acts. Each changes a row only where it still stands as the act needs it: the first change wins.

pub async fn mark_sent(tx: &mut StudioTx, id: QuoteId, version: i64, number: &str) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update quotes set state = 'sent', number = $4, sent_at = $5, updated_at = $5
         where studio_id = $1 and id = $2 and version = $3 and state = 'draft'",
        id,
        version,
        number,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn mark_opened(tx: &mut StudioTx, id: QuoteId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update quotes set state = 'opened', opened_at = $3, updated_at = $3
         where studio_id = $1 and id = $2 and state = 'sent'",
        id,
        now,
    )?;
    Ok(rows == 1)
}

/// What is written down when a quote is accepted.
pub struct Acceptance<'a> {
    pub by: ContactId,
    pub key: &'a str,
    pub chosen: &'a [LineId],
    pub total: i64,
}

pub async fn mark_accepted(tx: &mut StudioTx, id: QuoteId, said: &Acceptance<'_>) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update quotes set state = 'accepted', accepted_by = $3, accept_key = $4, chosen = $5, total = $6, closed_at = $7,
                opened_at = coalesce(opened_at, $7), updated_at = $7
         where studio_id = $1 and id = $2 and state in ('sent', 'opened')",
        id,
        said.by,
        said.key,
        Json(said.chosen),
        said.total,
        now,
    )?;
    Ok(rows == 1)
}

/// Closes an open quote without an order: declined, expired or voided.
pub async fn mark_closed(
    tx: &mut StudioTx,
    id: QuoteId,
    state: QuoteState,
    reason: Option<&str>,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update quotes set state = $3, reason = $4, closed_at = $5, updated_at = $5
         where studio_id = $1 and id = $2 and state in ('sent', 'opened')",
        id,
        state,
        reason,
        now,
    )?;
    Ok(rows == 1)
}

/// Notes a reminder before it goes out; false where one went out since `before`, or nobody is to be reminded.
pub async fn take_reminder(tx: &mut StudioTx, id: QuoteId, before: Timestamp) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update quotes set reminded_at = $3
         where studio_id = $1 and id = $2 and state in ('sent', 'opened') and (reminded_at is null or reminded_at < $4)",
        id,
        now,
        before,
    )?;
    Ok(rows == 1)
}

/// What named one contact names another; also what is closed, so that history is whole.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into quote_contacts (studio_id, quote_id, contact_id)
         select c.studio_id, c.quote_id, $3 from quote_contacts c where c.studio_id = $1 and c.contact_id = $2
         on conflict (studio_id, quote_id, contact_id) do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from quote_contacts where studio_id = $1 and contact_id = $2",
        from
    )?;
    Ok(())
}
