//! The only SQL about orders.

use portico_wire::{ClientId, ContactId, LineId, OrderId, QuoteId, Timestamp};
use sqlx::types::Json;

use super::Order;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    error::Error,
    forms::store::Viewer,
    money::sums::Sums,
    quotes::Quote,
    sales::Line,
};

pub async fn insert(
    tx: &mut StudioTx,
    quote: &Quote,
    lines: &[&Line],
    sums: &Sums,
    number: &str,
    by: ContactId,
) -> Result<OrderId> {
    let (id, now): (OrderId, _) = (tx.id(), tx.now());
    let terms = &quote.terms;
    execute!(
        tx,
        "insert into orders (studio_id, id, quote_id, client_id, number, title, currency, language, tax_inclusive,
                discount_kind, discount_value, intro, terms, plan, sums, total, accepted_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        id,
        quote.id,
        quote.client_id,
        number,
        &terms.title,
        &terms.currency,
        &terms.language,
        terms.tax_inclusive,
        terms.discount_kind,
        terms.discount_value,
        &terms.intro,
        &terms.terms,
        Json(&terms.plan),
        Json(sums),
        sums.total,
        by,
        now,
    )?;
    for ((line, amount), position) in lines.iter().zip(&sums.lines).zip(0i64..) {
        let line_id: LineId = tx.id();
        execute!(
            tx,
            "insert into order_lines (studio_id, id, order_id, position, name, description, quantity, unit, unit_price,
                    discount_kind, discount_value, tax_name, tax_rate, amount)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            line_id,
            id,
            position,
            &line.name,
            &line.description,
            line.quantity,
            &line.unit,
            line.unit_price,
            line.discount_kind,
            line.discount_value,
            &line.tax_name,
            line.tax_rate,
            *amount,
        )?;
    }
    Ok(id)
}

pub async fn get(tx: &mut StudioTx, id: OrderId) -> Result<Order> {
    fetch_optional!(
        tx,
        Order,
        "select id, quote_id, client_id, number, title, currency, language, tax_inclusive, discount_kind, discount_value,
                intro, terms, plan, sums, total, accepted_by, made_at
         from orders where studio_id = $1 and id = $2",
        id,
    )?
    .ok_or_else(Error::not_found)
}

pub async fn lines(tx: &mut StudioTx, order: OrderId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select id, name, description, quantity, unit, unit_price, discount_kind, discount_value, tax_name, tax_rate
         from order_lines where studio_id = $1 and order_id = $2 order by position",
        order,
    )
}

/// What a quote became.
pub async fn of_quote(tx: &mut StudioTx, quote: QuoteId) -> Result<Option<OrderId>> {
    let row = fetch_optional!(
        tx,
        (OrderId,),
        "select id from orders where studio_id = $1 and quote_id = $2",
        quote
    )?;
    Ok(row.map(|(id,)| id))
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PortalOrder {
    pub id: OrderId,
    pub number: String,
    pub title: String,
    pub total: i64,
    pub currency: String,
    pub made_at: Timestamp,
}

/// Those a contact sees: whose quote names it, or all of its client's. The latest first.
pub async fn seen(tx: &mut StudioTx, who: Viewer) -> Result<Vec<PortalOrder>> {
    fetch_all!(
        tx,
        PortalOrder,
        "select o.id, o.number, o.title, o.total, o.currency, o.made_at
         from (select b.id from quote_contacts c join orders b on b.studio_id = c.studio_id and b.quote_id = c.quote_id
               where c.studio_id = $1 and c.contact_id = $2
               union
               select b.id from orders b where b.studio_id = $1 and b.client_id = $3 and $4) mine
         join orders o on o.studio_id = $1 and o.id = mine.id
         order by o.made_at desc, o.id desc limit 200",
        who.contact,
        who.client,
        who.everything,
    )
}

/// An order in the list of staff.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedOrder {
    pub id: OrderId,
    pub client_id: ClientId,
    pub client_name: String,
    pub number: String,
    pub title: String,
    pub total: i64,
    pub currency: String,
    pub made_at: Timestamp,
}

/// A page of them, the newest first. `cross join` keeps SQLite at the index of the order.
pub async fn list(
    tx: &mut StudioTx,
    client: Option<ClientId>,
    before: Option<OrderId>,
    most: i64,
) -> Result<Vec<ListedOrder>> {
    let before = before.unwrap_or(OrderId::from_bytes([0xff; 16]));
    match client {
        Some(client) => fetch_all!(
            tx,
            ListedOrder,
            "select o.id, o.client_id, c.name as client_name, o.number, o.title, o.total, o.currency, o.made_at
             from orders o cross join clients c
             where c.studio_id = o.studio_id and c.id = o.client_id and o.studio_id = $1 and o.client_id = $2 and o.id < $3
             order by o.id desc limit $4",
            client,
            before,
            most,
        ),
        None => fetch_all!(
            tx,
            ListedOrder,
            "select o.id, o.client_id, c.name as client_name, o.number, o.title, o.total, o.currency, o.made_at
             from orders o cross join clients c
             where c.studio_id = o.studio_id and c.id = o.client_id and o.studio_id = $1 and o.id < $2
             order by o.id desc limit $3",
            before,
            most,
        ),
    }
}
