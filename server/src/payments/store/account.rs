//! The studio's account with the provider, and what its clients may choose.

use portico_wire::Timestamp;

use crate::{
    Result,
    db::{StudioTx, execute, fetch_one, fetch_optional},
    payments::Limits,
};

#[derive(Clone, sqlx::FromRow)]
pub struct Account {
    pub secret_key: Vec<u8>,
    pub key_hint: String,
    pub name: Option<String>,
    pub live: bool,
    pub webhook_secret: Option<Vec<u8>>,
    pub webhook_secret_before: Option<Vec<u8>>,
    pub enabled: bool,
    pub polled_until: Option<Timestamp>,
    pub updated_at: Timestamp,
}

pub async fn find(tx: &mut StudioTx) -> Result<Option<Account>> {
    fetch_optional!(
        tx,
        Account,
        "select secret_key, key_hint, name, live, webhook_secret, webhook_secret_before, enabled, polled_until, updated_at
         from payment_accounts where studio_id = $1",
    )
}

/// A key that was tried, encrypted.
pub struct NewKey<'a> {
    pub sealed: &'a [u8],
    pub hint: &'a str,
    pub name: Option<&'a str>,
    pub live: bool,
}

pub async fn save_key(tx: &mut StudioTx, key: &NewKey<'_>) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into payment_accounts (studio_id, secret_key, key_hint, name, live, enabled, polled_until, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (studio_id) do update set secret_key = $2, key_hint = $3, name = $4, live = $5, enabled = $6,
                updated_at = $7",
        key.sealed,
        key.hint,
        key.name,
        key.live,
        true,
        now,
    )?;
    Ok(())
}

/// The new secret and, while both are in use, the one before.
pub async fn save_webhook(
    tx: &mut StudioTx,
    secret: Option<&[u8]>,
    before: Option<&[u8]>,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update payment_accounts set webhook_secret = $2, webhook_secret_before = $3, updated_at = $4
         where studio_id = $1",
        secret,
        before,
        now,
    )?;
    Ok(())
}

pub async fn enable(tx: &mut StudioTx, enabled: bool) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update payment_accounts set enabled = $2, updated_at = $3 where studio_id = $1",
        enabled,
        now,
    )?;
    Ok(())
}

pub async fn set_polled(tx: &mut StudioTx, until: Timestamp) -> Result<()> {
    execute!(
        tx,
        "update payment_accounts set polled_until = $2 where studio_id = $1",
        until
    )?;
    Ok(())
}

/// What the studio says about paying.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Till {
    /// The studio's.
    pub currency: String,
    /// Its clients can pay online.
    pub online: bool,
    #[sqlx(flatten)]
    pub limits: Limits,
}

pub async fn till(tx: &mut StudioTx) -> Result<Till> {
    fetch_one!(
        tx,
        Till,
        "select currency, online, version, other_amount, least, tip, prepay from tills where studio_id = $1",
    )
}

pub async fn limits(tx: &mut StudioTx) -> Result<Limits> {
    Ok(till(tx).await?.limits)
}

/// Saves what was typed from this version; false where somebody saved another meanwhile.
pub async fn save_limits(tx: &mut StudioTx, limits: &Limits) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into payment_settings (studio_id, version, other_amount, least, tip, prepay, updated_at)
         values ($1, $2 + 1, $3, $4, $5, $6, $7)
         on conflict (studio_id) do update set version = payment_settings.version + 1, other_amount = $3, least = $4,
                tip = $5, prepay = $6, updated_at = $7
         where payment_settings.version = $2",
        limits.version,
        limits.other_amount,
        limits.least,
        limits.tip,
        limits.prepay,
        now,
    )?;
    Ok(rows == 1)
}
