//! The sign-in log.

use portico_wire::{ContactId, SignInId};

use crate::{
    Result,
    db::{StudioTx, execute},
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
