//! The switch: what was written down becomes the studio's own, all of it or nothing.

use portico_wire::{AuditId, ClientId, ImportId, Settings, Timestamp};
use sqlx::types::Json;

use super::{super::super::full_name, Import, clear};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
};

/// What changed since the check, so that what was told would not be what happens.
pub async fn changed_meanwhile(
    tx: &mut StudioTx,
    id: ImportId,
    looked_at: Timestamp,
) -> Result<Option<String>> {
    let taken = fetch_optional!(
        tx,
        (i64, String),
        "select s.row_no, s.email from import_contacts s
         join contacts c on c.studio_id = s.studio_id and c.email = s.email
         where s.studio_id = $1 and s.import_id = $2 and c.id <> s.contact_id and c.merged_into is null
         order by s.row_no limit 1",
        id,
    )?;
    if let Some((row, email)) = taken {
        return Ok(Some(format!(
            "The email address of row {row}, {email}, was given to another contact meanwhile."
        )));
    }
    let contact = fetch_optional!(
        tx,
        (i64, String, String),
        "select s.row_no, s.first_name, s.last_name from import_contacts s
         where s.studio_id = $1 and s.import_id = $2 and not s.is_new and not exists (select 1 from contacts c
            where c.studio_id = s.studio_id and c.id = s.contact_id and c.version = s.version
              and c.merged_into is null and c.client_id = s.client_id)
         order by s.row_no limit 1",
        id,
    )?;
    if let Some((row, first, last)) = contact {
        let name = full_name(&first, &last);
        return Ok(Some(format!(
            "The contact of row {row}, {name}, was changed meanwhile."
        )));
    }
    let client = fetch_optional!(
        tx,
        (i64, String),
        "select s.row_no, s.name from import_clients s
         where s.studio_id = $1 and s.import_id = $2 and not s.is_new and not exists (select 1 from clients c
            where c.studio_id = s.studio_id and c.id = s.client_id and (c.version = s.version or not s.changed))
         order by s.row_no limit 1",
        id,
    )?;
    if let Some((row, name)) = client {
        return Ok(Some(format!(
            "The client of row {row}, {name}, was changed meanwhile."
        )));
    }
    let alike = fetch_optional!(
        tx,
        (i64, String),
        "select s.row_no, s.name from import_clients s
         join clients c on c.studio_id = s.studio_id and c.sort_name = s.sort_name
         where s.studio_id = $1 and s.import_id = $2 and s.is_new and c.created_at > $3 order by s.row_no limit 1",
        id,
        looked_at,
    )?;
    if let Some((row, name)) = alike {
        return Ok(Some(format!(
            "Somebody added a client called {name} meanwhile, which is the name of the new client of row {row}."
        )));
    }
    let group = fetch_optional!(
        tx,
        (i64, String),
        "select s.row_no, s.name from import_clients s
         where s.studio_id = $1 and s.import_id = $2 and s.group_id is not null and not exists (select 1 from groups g
            where g.studio_id = s.studio_id and g.id = s.group_id)
         order by s.row_no limit 1",
        id,
    )?;
    Ok(group.map(|(row, name)| {
        format!("The group of the client of row {row}, {name}, was deleted meanwhile.")
    }))
}

/// The switch: all clients and contacts as they were written down, in a handful of statements whatever their number.
pub async fn apply(tx: &mut StudioTx, id: ImportId) -> Result<()> {
    let now = tx.now();
    let rights = Settings::default();
    execute!(
        tx,
        "insert into clients (studio_id, id, kind, name, sort_name, group_id, portal_enabled, phone, address, rights,
                fields, created_at, updated_at)
         select s.studio_id, s.client_id, s.kind, s.name, s.sort_name, s.group_id, $3, s.phone, s.address, $4, s.fields,
                $5, $5
         from import_clients s where s.studio_id = $1 and s.import_id = $2 and s.is_new order by s.client_id",
        id,
        true,
        Json(&rights),
        now,
    )?;
    execute!(
        tx,
        "update clients set kind = s.kind, name = s.name, sort_name = s.sort_name, group_id = s.group_id, phone = s.phone,
                address = s.address, fields = s.fields, updated_at = $3, version = clients.version + 1
         from import_clients s
         where clients.studio_id = $1 and s.studio_id = $1 and s.import_id = $2 and not s.is_new and s.changed
           and clients.id = s.client_id",
        id,
        now,
    )?;
    execute!(
        tx,
        "insert into contacts (studio_id, id, client_id, first_name, last_name, sort_name, email, mobile, language, active,
                rights, fields, password_must_change, password_tries, password_tries_since, created_at, updated_at)
         select s.studio_id, s.contact_id, s.client_id, s.first_name, s.last_name, s.sort_name, s.email, s.mobile,
                s.language, $3, $4, s.fields, $5, 0, $6, $6, $6
         from import_contacts s where s.studio_id = $1 and s.import_id = $2 and s.is_new order by s.contact_id",
        id,
        true,
        Json(&rights),
        false,
        now,
    )?;
    execute!(
        tx,
        "update contacts set first_name = s.first_name, last_name = s.last_name, sort_name = s.sort_name, email = s.email,
                mobile = s.mobile, language = s.language, fields = s.fields, updated_at = $3, version = contacts.version + 1
         from import_contacts s
         where contacts.studio_id = $1 and s.studio_id = $1 and s.import_id = $2 and not s.is_new
           and contacts.id = s.contact_id",
        id,
        now,
    )?;
    Ok(())
}

/// An entry of the log for each client and contact, as if it had been changed by hand. Ids begin with the time: these
/// were made at the check, and get the moment of the switch.
pub async fn log(tx: &mut StudioTx, import: &Import) -> Result<()> {
    let (moment, now): (AuditId, _) = (tx.id(), tx.now());
    let text = tx.dialect(
        "insert into audit_log (studio_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                before, after, reference)
         select s.studio_id, unhex(substr(hex($3), 1, 12) || substr(hex(s.audit_id), 13)), $4, 'staff', $5, $6,
                case when s.is_new then 'client imported' else 'client changed by an import' end, 'client', s.client_id,
                s.before, s.after, $7
         from import_clients s where s.studio_id = $1 and s.import_id = $2 and s.changed",
        "insert into audit_log (studio_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                before, after, reference)
         select s.studio_id, cast(substr(cast($3 as text), 1, 13) || substr(cast(s.audit_id as text), 14) as uuid), $4,
                'staff', $5, $6, case when s.is_new then 'client imported' else 'client changed by an import' end,
                'client', s.client_id, s.before, s.after, $7
         from import_clients s where s.studio_id = $1 and s.import_id = $2 and s.changed",
    );
    execute!(
        tx,
        text,
        import.id,
        moment,
        now,
        import.staff_id,
        &import.staff_name,
        &import.reference,
    )?;
    let text = tx.dialect(
        "insert into audit_log (studio_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                before, after, reference)
         select s.studio_id, unhex(substr(hex($3), 1, 12) || substr(hex(s.audit_id), 13)), $4, 'staff', $5, $6,
                case when s.is_new then 'contact imported' else 'contact changed by an import' end, 'contact',
                s.contact_id, s.before, s.after, $7
         from import_contacts s where s.studio_id = $1 and s.import_id = $2",
        "insert into audit_log (studio_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
                before, after, reference)
         select s.studio_id, cast(substr(cast($3 as text), 1, 13) || substr(cast(s.audit_id as text), 14) as uuid), $4,
                'staff', $5, $6, case when s.is_new then 'contact imported' else 'contact changed by an import' end,
                'contact', s.contact_id, s.before, s.after, $7
         from import_contacts s where s.studio_id = $1 and s.import_id = $2",
    );
    execute!(
        tx,
        text,
        import.id,
        moment,
        now,
        import.staff_id,
        &import.staff_name,
        &import.reference,
    )?;
    Ok(())
}

/// Clients the search has to learn anew, after the one it learned last.
pub async fn to_index(tx: &mut StudioTx, import: &Import, limit: i64) -> Result<Vec<ClientId>> {
    let after = import.after_id.unwrap_or(ClientId::from_bytes([0; 16]));
    let rows = fetch_all!(
        tx,
        (ClientId,),
        "select s.client_id from import_clients s
         where s.studio_id = $1 and s.import_id = $2 and s.client_id > $3
           and (s.changed or exists (select 1 from import_contacts k where k.studio_id = s.studio_id
                and k.import_id = s.import_id and k.client_id = s.client_id))
         order by s.client_id limit $4",
        import.id,
        after,
        limit,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn save_indexed(
    tx: &mut StudioTx,
    id: ImportId,
    last: ClientId,
    count: i64,
) -> Result<()> {
    execute!(
        tx,
        "update imports set done = done + $4, after_id = $3 where studio_id = $1 and id = $2",
        id,
        last,
        count,
    )?;
    Ok(())
}

/// Nothing is left of the file but the report.
pub async fn finish(tx: &mut StudioTx, id: ImportId) -> Result<()> {
    clear(tx, id).await?;
    execute!(
        tx,
        "delete from import_chunks where studio_id = $1 and import_id = $2",
        id
    )?;
    Ok(())
}
