//! The sign-in log.

use portico_wire::{ContactId, SignInId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
    scope::Caller,
};

pub struct SignInTry<'a> {
    pub contact: Option<ContactId>,
    pub email: &'a str,
    pub way: &'static str,
    pub outcome: &'a str,
}

pub async fn log_sign_in(tx: &mut StudioTx, entry: SignInTry<'_>, caller: &Caller) -> Result<()> {
    let (id, now): (SignInId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into sign_ins (studio_id, id, at, contact_id, email, way, outcome, origin, address, user_agent, reference)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        now,
        entry.contact,
        entry.email,
        entry.way,
        entry.outcome,
        caller.origin.as_str(),
        caller.address.to_string(),
        &caller.user_agent,
        &caller.reference,
    )?;
    Ok(())
}

/// An entry of the sign-in log.
#[derive(sqlx::FromRow)]
pub struct SignInRow {
    pub id: SignInId,
    pub at: Timestamp,
    pub contact_id: Option<ContactId>,
    pub email: String,
    pub way: String,
    pub outcome: String,
    pub origin: String,
    pub address: String,
    pub user_agent: String,
    pub reference: String,
}

/// The studio's log, the newest first, before an entry.
pub async fn sign_ins(tx: &mut StudioTx, before: SignInId, limit: i64) -> Result<Vec<SignInRow>> {
    fetch_all!(
        tx,
        SignInRow,
        "select id, at, contact_id, email, way, outcome, origin, address, user_agent, reference
         from sign_ins where studio_id = $1 and id < $2 order by id desc limit $3",
        before,
        limit,
    )
}

/// Tries of this contact, and tries with its email that were refused before it was known whose they are.
pub async fn sign_ins_of(
    tx: &mut StudioTx,
    contact: ContactId,
    email: &str,
    before: SignInId,
    limit: i64,
) -> Result<Vec<SignInRow>> {
    fetch_all!(
        tx,
        SignInRow,
        "select id, at, contact_id, email, way, outcome, origin, address, user_agent, reference
         from sign_ins where studio_id = $1 and id < $4
           and id in (select id from (select id from sign_ins where studio_id = $1 and contact_id = $2 and id < $4
                            order by id desc limit $5) his
                      union select id from (select id from sign_ins where studio_id = $1 and email = $3 and id < $4
                            order by id desc limit $5) by_email)
         order by id desc limit $5",
        contact,
        email,
        before,
        limit,
    )
}
