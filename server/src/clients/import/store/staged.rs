//! What is written down while the rows are checked.

use std::collections::HashMap;

use portico_wire::{
    ClientId, ContactId, GroupId, ImportId, Settings, Timestamp,
    clients::{Address, ClientKind},
};
use sqlx::types::Json;

use super::super::{
    super::{Client, Values, search},
    rows::{Batch, key},
};
use crate::{
    Result,
    db::{StudioTx, fetch_among, insert_many},
};

/// Rows before, by whom they are about.
pub async fn earlier(
    tx: &mut StudioTx,
    id: ImportId,
    who: &[String],
) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = fetch_among!(
        tx,
        (String, i64),
        "select who, row_no from import_rows
         where studio_id = $1 and import_id = $2 and outcome in ('new', 'update', 'same') and who in ($3)",
        [id],
        who,
    );
    Ok(rows.into_iter().collect())
}

/// Rows before, by the contact they are about.
pub async fn touched(
    tx: &mut StudioTx,
    id: ImportId,
    contacts: &[ContactId],
) -> Result<HashMap<ContactId, i64>> {
    let rows: Vec<(ContactId, i64)> = fetch_among!(
        tx,
        (ContactId, i64),
        "select contact_id, row_no from import_rows where studio_id = $1 and import_id = $2 and contact_id in ($3)",
        [id],
        contacts,
    );
    Ok(rows.into_iter().collect())
}

#[derive(sqlx::FromRow)]
struct Staged {
    client_id: ClientId,
    row_no: i64,
    client_key: String,
    version: i64,
    kind: ClientKind,
    name: String,
    group_id: Option<GroupId>,
    group_name: Option<String>,
    phone: Option<String>,
    #[sqlx(json)]
    address: Address,
    #[sqlx(json)]
    fields: Values,
}

/// Clients of earlier rows, by their names and ids: as they will be, the row that came first, and the key of the name.
pub async fn staged(
    tx: &mut StudioTx,
    id: ImportId,
    keys: &[String],
    clients: &[ClientId],
) -> Result<Vec<(Client, i64, String)>> {
    let mut found: Vec<Staged> = fetch_among!(
        tx,
        Staged,
        "select s.client_id, s.row_no, s.client_key, s.version, s.kind, s.name, s.group_id, g.name as group_name, s.phone,
                s.address, s.fields
         from import_clients s left join groups g on g.studio_id = s.studio_id and g.id = s.group_id
         where s.studio_id = $1 and s.import_id = $2 and s.client_key in ($3)",
        [id],
        keys,
    );
    let by_id: Vec<Staged> = fetch_among!(
        tx,
        Staged,
        "select s.client_id, s.row_no, s.client_key, s.version, s.kind, s.name, s.group_id, g.name as group_name, s.phone,
                s.address, s.fields
         from import_clients s left join groups g on g.studio_id = s.studio_id and g.id = s.group_id
         where s.studio_id = $1 and s.import_id = $2 and s.client_id in ($3)",
        [id],
        clients,
    );
    found.extend(by_id);
    // Where two are called alike the first one counts.
    found.sort_by_key(|one| one.row_no);
    Ok(found
        .into_iter()
        .map(|one| {
            let client = Client {
                id: one.client_id,
                version: one.version,
                kind: one.kind,
                name: one.name,
                group_id: one.group_id,
                group_name: one.group_name,
                portal_enabled: true,
                phone: one.phone,
                address: one.address,
                rights: Settings::default(),
                fields: one.fields,
                last_active_at: Timestamp::from_micros(0),
                created_at: Timestamp::from_micros(0),
            };
            (client, one.row_no, one.client_key)
        })
        .collect())
}

/// Writes down what was decided of some rows.
pub async fn save_batch(tx: &mut StudioTx, id: ImportId, batch: &Batch) -> Result<()> {
    insert_many!(
        tx,
        "insert into import_rows (studio_id, import_id, row_no, who, outcome, reason, name, email, client_name, contact_id,
                client_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        batch.rows,
        |row| [
            id,
            row.no,
            &row.who,
            row.outcome,
            &row.reason,
            &row.name,
            &row.email,
            &row.client_name,
            row.contact,
            row.client,
        ]
    );
    insert_many!(
        tx,
        "insert into import_clients (studio_id, import_id, client_id, row_no, is_new, changed, client_key, version, kind,
                name, sort_name, group_id, phone, address, fields, audit_id, before, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        batch.clients,
        |row| [
            id,
            row.client.id,
            row.row,
            row.is_new,
            row.change.is_some(),
            key(&row.client.name),
            row.client.version,
            row.client.kind,
            &row.client.name,
            search::sort_name(&row.client.name),
            row.client.group_id,
            &row.client.phone,
            Json(&row.client.address),
            Json(&row.client.fields),
            row.audit,
            row.change.as_ref().and_then(|change| change.before.as_ref()).map(Json),
            row.change.as_ref().and_then(|change| change.after.as_ref()).map(Json),
        ]
    );
    insert_many!(
        tx,
        "insert into import_contacts (studio_id, import_id, contact_id, row_no, client_id, is_new, version, first_name,
                last_name, sort_name, email, mobile, language, fields, audit_id, before, after)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        batch.contacts,
        |row| [
            id,
            row.contact.id,
            row.row,
            row.contact.client_id,
            row.is_new,
            row.contact.version,
            &row.contact.first_name,
            &row.contact.last_name,
            search::contact_sort_name(&row.contact.first_name, &row.contact.last_name),
            &row.contact.email,
            &row.contact.mobile,
            &row.contact.language,
            Json(&row.contact.fields),
            row.audit,
            row.change.before.as_ref().map(Json),
            row.change.after.as_ref().map(Json),
        ]
    );
    Ok(())
}
