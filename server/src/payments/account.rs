//! The keys of the studio's own account with the provider.

use super::store::account::{self, Account};
use crate::{App, Result, db::StudioTx, error::Error, secrets::Secret};

const KEY: &str = "payment key";
const WEBHOOK: &str = "payment webhook";

fn open(app: &App, purpose: &str, sealed: &[u8]) -> Result<Secret> {
    let plain = app.keys.decrypt(purpose, sealed)?;
    String::from_utf8(plain)
        .map(Secret::presented)
        .map_err(Error::internal)
}

pub fn seal_key(app: &App, key: &Secret) -> Vec<u8> {
    app.keys.encrypt(KEY, key.reveal().as_bytes())
}

pub fn seal_webhook(app: &App, secret: &Secret) -> Vec<u8> {
    app.keys.encrypt(WEBHOOK, secret.reveal().as_bytes())
}

/// The key that calls are made with; none where the studio has no account.
pub async fn key(app: &App, tx: &mut StudioTx) -> Result<Option<Secret>> {
    match account::find(tx).await? {
        Some(found) => Ok(Some(open(app, KEY, &found.secret_key)?)),
        None => Ok(None),
    }
}

/// The secrets webhooks are signed with, the current one first; none: the webhook is closed.
pub fn webhook_secrets(app: &App, account: &Account) -> Result<Vec<Secret>> {
    [&account.webhook_secret, &account.webhook_secret_before]
        .into_iter()
        .flatten()
        .map(|sealed| open(app, WEBHOOK, sealed))
        .collect()
}

/// Whether clients can pay online.
pub async fn is_open(tx: &mut StudioTx) -> Result<bool> {
    Ok(account::find(tx).await?.is_some_and(|one| one.enabled))
}
