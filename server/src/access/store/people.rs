//! Contacts as sign-in sees them, and their passwords.

use portico_wire::ContactId;

use super::super::{Candidate, Email, PASSWORD_TRIES, PASSWORD_WINDOW};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

/// Everybody of the studio with this email: one, or a reason. The subquery has an index that covers it; without
/// statistics SQLite would otherwise walk through all contacts of the studio.
pub async fn candidates(tx: &mut StudioTx, email: &Email) -> Result<Vec<Candidate>> {
    fetch_all!(
        tx,
        Candidate,
        "select c.id, c.client_id, c.first_name, c.last_name, c.email, c.mobile, c.active, cl.portal_enabled,
                c.password_hash is not null as has_password, c.password_must_change, c.language
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1
           and c.id in (select d.id from contacts d where d.studio_id = $1 and d.email = $2 and d.merged_into is null)
         order by c.id limit 2",
        email.as_str(),
    )
}

/// The contact; `None` also for one without an email.
pub async fn candidate(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Candidate>> {
    fetch_optional!(
        tx,
        Candidate,
        "select c.id, c.client_id, c.first_name, c.last_name, c.email, c.mobile, c.active, cl.portal_enabled,
                c.password_hash is not null as has_password, c.password_must_change, c.language
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2 and c.email is not null and c.merged_into is null",
        contact,
    )
}

// Passwords

#[derive(sqlx::FromRow)]
pub struct PasswordTry {
    pub password_hash: Option<String>,
}

/// Takes one of the tries before anything is hashed; `None` where none is left.
pub async fn take_password_try(
    tx: &mut StudioTx,
    contact: ContactId,
) -> Result<Option<PasswordTry>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        PasswordTry,
        "update contacts set
            password_tries = case when password_tries_since <= $4 then 1 else password_tries + 1 end,
            password_tries_since = case when password_tries_since <= $4 then $3 else password_tries_since end
         where studio_id = $1 and id = $2 and merged_into is null and (password_tries < $5 or password_tries_since <= $4)
         returning password_hash",
        contact,
        now,
        now.plus_seconds(-PASSWORD_WINDOW),
        PASSWORD_TRIES,
    )
}

/// A right password leaves no tries behind.
pub async fn forget_password_tries(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    execute!(
        tx,
        "update contacts set password_tries = 0 where studio_id = $1 and id = $2",
        contact
    )?;
    Ok(())
}

pub async fn save_password(tx: &mut StudioTx, contact: ContactId, hash: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set password_hash = $3, password_must_change = $5, password_tries = 0, updated_at = $4
         where studio_id = $1 and id = $2",
        contact,
        hash,
        now,
        false,
    )?;
    Ok(())
}

/// A password somebody else made, by whom it was typed or generated: a new one has to be chosen with it.
pub async fn give_password(
    tx: &mut StudioTx,
    contact: ContactId,
    hash: &str,
    must_change: bool,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set password_hash = $3, password_must_change = $5, password_tries = 0, updated_at = $4
         where studio_id = $1 and id = $2",
        contact,
        hash,
        now,
        must_change,
    )?;
    Ok(())
}

/// The password dies, and the next sign-in has to choose a new one.
pub async fn drop_password(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set password_hash = null, password_must_change = $4, password_tries = 0, updated_at = $3
         where studio_id = $1 and id = $2",
        contact,
        now,
        true,
    )?;
    Ok(())
}

/// A password that was made by somebody else works once; false where it was used already.
pub async fn use_up_password(tx: &mut StudioTx, contact: ContactId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update contacts set password_hash = null
         where studio_id = $1 and id = $2 and password_hash is not null and password_must_change",
        contact,
    )?;
    Ok(rows == 1)
}

/// The contact is in: first and last time. Whether it is the first.
pub async fn note_sign_in(tx: &mut StudioTx, contact: ContactId) -> Result<bool> {
    let now = tx.now();
    scalar!(
        tx,
        bool,
        "update contacts set last_sign_in_at = $3, accepted_at = coalesce(accepted_at, $3)
         where studio_id = $1 and id = $2 returning accepted_at = $3",
        contact,
        now,
    )
}

pub async fn note_invitation(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set invited_at = $3 where studio_id = $1 and id = $2",
        contact,
        now
    )?;
    Ok(())
}
