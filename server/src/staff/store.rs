//! The only SQL about staff.

use portico_wire::StaffId;

use super::Role;
use crate::{
    Result,
    access::Email,
    db::{StudioTx, Tx, execute, fetch_optional},
};

/// The account of this email, made where there is none. A staff account belongs to the host.
pub async fn find_or_insert(tx: &mut Tx, email: &Email, name: &str) -> Result<StaffId> {
    let found = fetch_optional!(
        tx,
        (StaffId,),
        "select id from staff where email = $1",
        email.as_str()
    )?;
    if let Some((id,)) = found {
        return Ok(id);
    }
    let (id, now): (StaffId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into staff (id, email, name, password_tries, password_tries_since, created_at) values ($1, $2, $3, 0, $4, $4)",
        id,
        email.as_str(),
        name,
        now,
    )?;
    Ok(id)
}

pub async fn save_password(tx: &mut Tx, staff: StaffId, hash: &str) -> Result<()> {
    execute!(
        tx,
        "update staff set password_hash = $2, password_tries = 0 where id = $1",
        staff,
        hash
    )?;
    Ok(())
}

pub async fn save_role(tx: &mut StudioTx, staff: StaffId, role: Role) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into staff_roles (studio_id, staff_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (studio_id, staff_id) do update set role = excluded.role",
        staff,
        role,
        now,
    )?;
    Ok(())
}
