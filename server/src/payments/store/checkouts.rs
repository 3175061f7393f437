//! Visits to the provider's page.

use portico_wire::{
    CheckoutId, ClientId, ContactId, InvoiceId, PaymentId, Timestamp, payments::CheckoutState,
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    error::Error,
};

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Checkout {
    pub id: CheckoutId,
    pub client_id: ClientId,
    pub contact_id: ContactId,
    pub state: CheckoutState,
    pub currency: String,
    /// Without the tip.
    pub amount: i64,
    pub tip: i64,
    pub return_to: String,
    pub title: String,
    pub email: Option<String>,
    pub session_id: Option<String>,
    pub url: Option<String>,
    pub closing: bool,
    pub expires_at: Timestamp,
    pub checked_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A checkout to be begun.
pub struct NewCheckout<'a> {
    pub client: ClientId,
    pub contact: ContactId,
    pub currency: &'a str,
    pub amount: i64,
    pub tip: i64,
    pub act_key: &'a str,
    pub return_to: &'a str,
    pub title: &'a str,
    pub email: Option<&'a str>,
    pub expires_at: Timestamp,
    pub invoices: &'a [(InvoiceId, i64)],
}

pub async fn insert(tx: &mut StudioTx, new: &NewCheckout<'_>) -> Result<CheckoutId> {
    let (id, now): (CheckoutId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into checkouts (studio_id, id, client_id, contact_id, state, currency, amount, tip, act_key, return_to,
                title, email, closing, expires_at, created_at, updated_at)
         values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        id,
        new.client,
        new.contact,
        new.currency,
        new.amount,
        new.tip,
        new.act_key,
        new.return_to,
        new.title,
        new.email,
        false,
        new.expires_at,
        now,
    )?;
    for ((invoice, amount), position) in new.invoices.iter().zip(0i64..) {
        execute!(
            tx,
            "insert into checkout_invoices (studio_id, checkout_id, position, invoice_id, amount)
             values ($1, $2, $3, $4, $5)",
            id,
            position,
            *invoice,
            *amount,
        )?;
    }
    Ok(id)
}

pub async fn find(tx: &mut StudioTx, id: CheckoutId) -> Result<Option<Checkout>> {
    fetch_optional!(
        tx,
        Checkout,
        "select id, client_id, contact_id, state, currency, amount, tip, return_to, title, email, session_id, url,
                closing, expires_at, checked_at, created_at
         from checkouts where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: CheckoutId) -> Result<Checkout> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

/// The one this act of a contact began.
pub async fn by_act(tx: &mut StudioTx, contact: ContactId, act: &str) -> Result<Option<Checkout>> {
    fetch_optional!(
        tx,
        Checkout,
        "select id, client_id, contact_id, state, currency, amount, tip, return_to, title, email, session_id, url,
                closing, expires_at, checked_at, created_at
         from checkouts where studio_id = $1 and contact_id = $2 and act_key = $3",
        contact,
        act,
    )
}

pub async fn by_session(tx: &mut StudioTx, session: &str) -> Result<Option<CheckoutId>> {
    let row = fetch_optional!(
        tx,
        (CheckoutId,),
        "select id from checkouts where studio_id = $1 and session_id = $2",
        session,
    )?;
    Ok(row.map(|(id,)| id))
}

/// What it pays.
pub async fn invoices(tx: &mut StudioTx, id: CheckoutId) -> Result<Vec<(InvoiceId, i64)>> {
    fetch_all!(
        tx,
        (InvoiceId, i64),
        "select invoice_id, amount from checkout_invoices where studio_id = $1 and checkout_id = $2 order by position",
        id,
    )
}

/// Those still open for an invoice.
pub async fn open_for(tx: &mut StudioTx, invoice: InvoiceId) -> Result<Vec<Checkout>> {
    fetch_all!(
        tx,
        Checkout,
        "select c.id, c.client_id, c.contact_id, c.state, c.currency, c.amount, c.tip, c.return_to, c.title, c.email,
                c.session_id, c.url, c.closing, c.expires_at, c.checked_at, c.created_at
         from checkout_invoices n join checkouts c on c.studio_id = n.studio_id and c.id = n.checkout_id
         where n.studio_id = $1 and n.invoice_id = $2 and c.state = 'open' order by c.id",
        invoice,
    )
}

/// Those of a contact that pay something ahead and are still open.
pub async fn open_ahead(
    tx: &mut StudioTx,
    client: ClientId,
    contact: ContactId,
) -> Result<Vec<Checkout>> {
    fetch_all!(
        tx,
        Checkout,
        "select c.id, c.client_id, c.contact_id, c.state, c.currency, c.amount, c.tip, c.return_to, c.title, c.email,
                c.session_id, c.url, c.closing, c.expires_at, c.checked_at, c.created_at
         from checkouts c where c.studio_id = $1 and c.client_id = $2 and c.contact_id = $3 and c.state = 'open'
           and not exists (select 1 from checkout_invoices n where n.studio_id = c.studio_id and n.checkout_id = c.id)
         order by c.id",
        client,
        contact,
    )
}

/// It is to be ended at the provider.
pub async fn close(tx: &mut StudioTx, id: CheckoutId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update checkouts set closing = $3, updated_at = $4 where studio_id = $1 and id = $2 and state = 'open'",
        id,
        true,
        now,
    )?;
    Ok(())
}

pub async fn set_session(
    tx: &mut StudioTx,
    id: CheckoutId,
    session: &str,
    url: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update checkouts set session_id = $3, url = $4, updated_at = $5 where studio_id = $1 and id = $2",
        id,
        session,
        url,
        now,
    )?;
    Ok(())
}

pub async fn set_state(tx: &mut StudioTx, id: CheckoutId, state: CheckoutState) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update checkouts set state = $3, updated_at = $4 where studio_id = $1 and id = $2",
        id,
        state,
        now,
    )?;
    Ok(())
}

/// The provider was asked; false where that was a moment ago already.
pub async fn mark_checked(tx: &mut StudioTx, id: CheckoutId, pause: i64) -> Result<bool> {
    let (now, since) = (tx.now(), tx.now().plus_seconds(-pause));
    let rows = execute!(
        tx,
        "update checkouts set checked_at = $3 where studio_id = $1 and id = $2
           and (checked_at is null or checked_at <= $4)",
        id,
        now,
        since,
    )?;
    Ok(rows == 1)
}

/// What was paid by it.
pub async fn payment(tx: &mut StudioTx, id: CheckoutId) -> Result<Option<PaymentId>> {
    let row = fetch_optional!(
        tx,
        (PaymentId,),
        "select id from payments where studio_id = $1 and checkout_id = $2 order by id limit 1",
        id,
    )?;
    Ok(row.map(|(id,)| id))
}
