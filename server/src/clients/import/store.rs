//! The only SQL about imports.

use std::collections::HashMap;

use portico_wire::{
    AuditId, ClientId, ContactId, GroupId, ImportId, Settings, StaffId, StudioId, Timestamp,
    clients::{Address, ClientKind},
};
use sqlx::types::Json;

use super::{
    super::{Client, Values, search},
    columns::Mapping,
    file::File,
    rows::{Batch, Outcome, key},
};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_among, fetch_optional, insert_many, scalar},
};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its columns are still to be said.
    Uploaded,
    Checking,
    /// What would happen is told; nothing happened yet.
    Checked,
    Importing,
    /// Everything is there; the search still learns the names.
    Finishing,
    Imported,
    Stopped,
}

impl State {
    pub const ALL: &[Self] = &[
        Self::Uploaded,
        Self::Checking,
        Self::Checked,
        Self::Importing,
        Self::Finishing,
        Self::Imported,
        Self::Stopped,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Importing => "importing",
            Self::Finishing => "finishing",
            Self::Imported => "imported",
            Self::Stopped => "stopped",
        }
    }
}

portico_wire::text_column!(State);

#[derive(Debug, sqlx::FromRow)]
pub struct Import {
    pub id: ImportId,
    pub staff_id: StaffId,
    pub staff_name: String,
    pub file_name: String,
    pub encoding: String,
    pub delimiter: String,
    #[sqlx(json)]
    pub header: Vec<String>,
    #[sqlx(json)]
    pub examples: Vec<Vec<String>>,
    pub total: i64,
    #[sqlx(json(nullable))]
    pub mapping: Option<Mapping>,
    pub state: State,
    pub round: i64,
    pub done: i64,
    pub after_row: i64,
    pub after_id: Option<ClientId>,
    pub stopped: Option<String>,
    pub reference: String,
    pub created_at: Timestamp,
    pub looked_at: Option<Timestamp>,
    pub imported_at: Option<Timestamp>,
}

pub struct By<'a> {
    pub staff: StaffId,
    pub name: &'a str,
    pub reference: &'a str,
}

pub async fn insert(tx: &mut StudioTx, file: &File, name: &str, by: By<'_>) -> Result<ImportId> {
    let (id, now): (ImportId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into imports (studio_id, id, staff_id, staff_name, file_name, encoding, delimiter, header, examples,
                total, state, round, done, after_row, reference, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'uploaded', 0, 0, 0, $11, $12)",
        id,
        by.staff,
        by.name,
        name,
        file.encoding,
        file.delimiter.to_string(),
        Json(&file.header),
        Json(&file.examples),
        i64::try_from(file.total).unwrap_or(i64::MAX),
        by.reference,
        now,
    )?;
    insert_many!(
        tx,
        "insert into import_chunks (studio_id, import_id, first_row, body) values ($1, $2, $3, $4)",
        file.chunks,
        |chunk| [id, chunk.0, &chunk.1]
    );
    Ok(id)
}

pub async fn import(tx: &mut StudioTx, id: ImportId) -> Result<Option<Import>> {
    fetch_optional!(
        tx,
        Import,
        "select id, staff_id, staff_name, file_name, encoding, delimiter, header, examples, total, mapping, state, round,
                done, after_row, after_id, stopped, reference, created_at, looked_at, imported_at
         from imports where studio_id = $1 and id = $2",
        id,
    )
}

/// The newest first.
pub async fn imports(tx: &mut StudioTx, limit: i64) -> Result<Vec<Import>> {
    fetch_all!(
        tx,
        Import,
        "select id, staff_id, staff_name, file_name, encoding, delimiter, header, examples, total, mapping, state, round,
                done, after_row, after_id, stopped, reference, created_at, looked_at, imported_at
         from imports where studio_id = $1 order by id desc limit $2",
        limit,
    )
}

/// Begins to check by a mapping; the round's number. Nothing where it is imported already, or just now.
pub async fn begin_check(
    tx: &mut StudioTx,
    id: ImportId,
    mapping: &Mapping,
) -> Result<Option<i64>> {
    let round = fetch_optional!(
        tx,
        (i64,),
        "update imports set mapping = $3, state = 'checking', round = round + 1, done = 0, after_row = 0, stopped = null
         where studio_id = $1 and id = $2 and state in ('uploaded', 'checking', 'checked', 'stopped')
         returning round",
        id,
        Json(mapping),
    )?;
    if round.is_some() {
        clear(tx, id).await?;
        execute!(
            tx,
            "delete from import_rows where studio_id = $1 and import_id = $2",
            id
        )?;
    }
    Ok(round.map(|(round,)| round))
}

/// What was written down for the switch.
async fn clear(tx: &mut StudioTx, id: ImportId) -> Result<()> {
    execute!(
        tx,
        "delete from import_contacts where studio_id = $1 and import_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from import_clients where studio_id = $1 and import_id = $2",
        id
    )?;
    Ok(())
}

/// Goes from one state to another; false where somebody was faster, or checked anew.
pub async fn step(
    tx: &mut StudioTx,
    id: ImportId,
    round: i64,
    from: State,
    to: State,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update imports set state = $5, done = 0,
                looked_at = case when $5 = 'checked' then $6 else looked_at end,
                imported_at = case when $5 = 'finishing' then $6 else imported_at end
         where studio_id = $1 and id = $2 and round = $3 and state = $4",
        id,
        round,
        from,
        to,
        now,
    )?;
    Ok(rows == 1)
}

/// Holds the import until the transaction ends, so that no second worker does the same; false where it is gone or
/// checked anew.
pub async fn hold(tx: &mut StudioTx, id: ImportId, round: i64) -> Result<bool> {
    let rows = execute!(
        tx,
        "update imports set round = round where studio_id = $1 and id = $2 and round = $3",
        id,
        round,
    )?;
    Ok(rows == 1)
}

pub async fn stop(tx: &mut StudioTx, id: ImportId, reason: &str) -> Result<()> {
    execute!(
        tx,
        "update imports set state = 'stopped', stopped = $3 where studio_id = $1 and id = $2",
        id,
        reason,
    )?;
    Ok(())
}

/// System transaction: written together with the job's own end.
pub async fn fail(tx: &mut Tx, studio: StudioId, id: ImportId) -> Result<()> {
    execute!(
        tx,
        "update imports set state = 'stopped',
                stopped = 'The server could not go on. Nothing was imported; please check the file again.'
         where studio_id = $1 and id = $2 and state in ('checking', 'importing')",
        studio,
        id,
    )?;
    Ok(())
}

pub async fn discard(tx: &mut StudioTx, id: ImportId) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from imports where studio_id = $1 and id = $2
         and state in ('uploaded', 'checking', 'checked', 'stopped')",
        id,
    )?;
    Ok(rows == 1)
}

/// Files nobody went on with, and reports nobody looks at any more: they hold people's data.
pub async fn delete_expired(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from imports where (created_at < $1 and state in ('uploaded', 'checking', 'checked', 'stopped'))
            or created_at < $2",
        now.plus_seconds(-7 * 86_400),
        now.plus_seconds(-90 * 86_400),
    )?;
    Ok(())
}

/// The next chunk after a row.
pub async fn chunk(tx: &mut StudioTx, id: ImportId, after: i64) -> Result<Option<(i64, String)>> {
    fetch_optional!(
        tx,
        (i64, String),
        "select first_row, body from import_chunks
         where studio_id = $1 and import_id = $2 and first_row > $3 order by first_row limit 1",
        id,
        after,
    )
}

pub async fn save_checked(tx: &mut StudioTx, id: ImportId, rows: i64, chunk: i64) -> Result<()> {
    execute!(
        tx,
        "update imports set done = done + $3, after_row = $4 where studio_id = $1 and id = $2",
        id,
        rows,
        chunk,
    )?;
    Ok(())
}

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
        let name = super::super::full_name(&first, &last);
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

/// How many rows came to which outcome.
pub async fn outcomes(tx: &mut StudioTx, id: ImportId) -> Result<HashMap<&'static str, i64>> {
    let rows = fetch_all!(
        tx,
        (Outcome, i64),
        "select outcome, count(*) from import_rows where studio_id = $1 and import_id = $2 group by outcome",
        id,
    )?;
    Ok(rows
        .into_iter()
        .map(|(outcome, count)| (outcome.name(), count))
        .collect())
}

/// New clients, new contacts.
pub async fn new_ones(tx: &mut StudioTx, id: ImportId) -> Result<(i64, i64)> {
    let clients = scalar!(
        tx,
        i64,
        "select count(*) from import_clients where studio_id = $1 and import_id = $2 and is_new",
        id,
    )?;
    let contacts = scalar!(
        tx,
        i64,
        "select count(*) from import_contacts where studio_id = $1 and import_id = $2 and is_new",
        id,
    )?;
    Ok((clients, contacts))
}

#[derive(sqlx::FromRow)]
pub struct Reported {
    pub row_no: i64,
    pub outcome: Outcome,
    pub reason: String,
    pub name: String,
    pub email: String,
    pub client_name: String,
    pub client_id: Option<ClientId>,
}

/// What happens to the rows after one; all outcomes, or one.
pub async fn report(
    tx: &mut StudioTx,
    id: ImportId,
    outcome: Option<Outcome>,
    after: i64,
    limit: i64,
) -> Result<Vec<Reported>> {
    let Some(outcome) = outcome else {
        return fetch_all!(
            tx,
            Reported,
            "select row_no, outcome, reason, name, email, client_name, client_id from import_rows
             where studio_id = $1 and import_id = $2 and row_no > $3 order by row_no limit $4",
            id,
            after,
            limit,
        );
    };
    fetch_all!(
        tx,
        Reported,
        "select row_no, outcome, reason, name, email, client_name, client_id from import_rows
         where studio_id = $1 and import_id = $2 and row_no > $3 and outcome = $5 order by row_no limit $4",
        id,
        after,
        limit,
        outcome,
    )
}

/// How many contacts are new.
pub async fn new_contacts(tx: &mut StudioTx, id: ImportId) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from import_rows
         where studio_id = $1 and import_id = $2 and outcome = 'new' and contact_id is not null",
        id,
    )
}

/// Who said that it is imported: the log names that one.
pub async fn save_importer(
    tx: &mut StudioTx,
    id: ImportId,
    staff: StaffId,
    name: &str,
) -> Result<()> {
    execute!(
        tx,
        "update imports set staff_id = $3, staff_name = $4 where studio_id = $1 and id = $2",
        id,
        staff,
        name,
    )?;
    Ok(())
}
