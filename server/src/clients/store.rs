//! The only SQL about clients and contacts, but for what sign-in reads (`access::store`).

use portico_wire::{
    ContactId, GroupId,
    clients::{Address, ClientDetails, ClientKind, ContactDetails, Profile},
};
use sqlx::types::Json;

use super::{NewClient, NewContact};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional},
};

pub async fn insert_group(tx: &mut StudioTx, id: GroupId, name: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into groups (studio_id, id, name, created_at) values ($1, $2, $3, $4)",
        id,
        name,
        now
    )?;
    Ok(())
}

pub async fn insert_client(tx: &mut StudioTx, client: &NewClient) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into clients (studio_id, id, kind, name, group_id, portal_enabled, phone, address, rights,
                created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        client.id,
        client.kind,
        &client.name,
        client.group,
        client.portal_enabled,
        &client.phone,
        Json(&client.address),
        Json(&client.rights),
        now,
    )?;
    Ok(())
}

pub async fn insert_contact(tx: &mut StudioTx, contact: &NewContact) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into contacts (studio_id, id, client_id, first_name, last_name, email, mobile, active, rights,
                password_must_change, password_tries, password_tries_since, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $11)",
        contact.id,
        contact.client,
        &contact.first_name,
        &contact.last_name,
        &contact.email,
        &contact.mobile,
        contact.active,
        Json(&contact.rights),
        false,
        now,
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    first_name: String,
    last_name: String,
    email: Option<String>,
    mobile: Option<String>,
    language: Option<String>,
    name: String,
    kind: ClientKind,
    phone: Option<String>,
    #[sqlx(json)]
    address: Address,
}

pub async fn profile(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Profile>> {
    let row = fetch_optional!(
        tx,
        ProfileRow,
        "select c.first_name, c.last_name, c.email, c.mobile, c.language, cl.name, cl.kind, cl.phone, cl.address
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2",
        contact,
    )?;
    Ok(row.map(|row| Profile {
        contact: ContactDetails {
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            mobile: row.mobile,
            language: row.language,
        },
        client: ClientDetails {
            name: row.name,
            kind: row.kind,
            phone: row.phone,
            address: row.address,
        },
    }))
}
