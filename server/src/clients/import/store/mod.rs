//! The only SQL about imports.

mod staged;
mod switch;

use std::collections::HashMap;

use portico_wire::{ClientId, ImportId, StaffId, StudioId, Timestamp};
use sqlx::types::Json;

use super::{columns::Mapping, file::File, rows::Outcome};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional, insert_many, scalar},
};

pub use staged::*;
pub use switch::*;

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
