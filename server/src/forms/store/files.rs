//! Uploads: what is known of them; their content lies in the storage.

use portico_wire::{ContactId, FileId, StudioId, SubmissionId};

use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredFile {
    pub id: FileId,
    pub name: String,
    /// The media type, from the content.
    pub kind: String,
    pub bytes: i64,
    pub storage_key: String,
    pub contact_id: Option<ContactId>,
    pub submission_id: Option<SubmissionId>,
}

pub async fn insert_file(tx: &mut StudioTx, file: &StoredFile) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into files (studio_id, id, name, kind, bytes, storage_key, contact_id, submission_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        file.id,
        &file.name,
        &file.kind,
        file.bytes,
        &file.storage_key,
        file.contact_id,
        file.submission_id,
        now,
    )?;
    Ok(())
}

pub async fn file(tx: &mut StudioTx, id: FileId) -> Result<Option<StoredFile>> {
    fetch_optional!(
        tx,
        StoredFile,
        "select id, name, kind, bytes, storage_key, contact_id, submission_id from files
         where studio_id = $1 and id = $2",
        id,
    )
}

/// The file, if this contact may read it: it uploaded it, or may read or fill in what it belongs to.
pub async fn readable_file(
    tx: &mut StudioTx,
    id: FileId,
    who: super::Viewer,
) -> Result<Option<StoredFile>> {
    fetch_optional!(
        tx,
        StoredFile,
        "select f.id, f.name, f.kind, f.bytes, f.storage_key, f.contact_id, f.submission_id
         from files f left join submissions s on s.studio_id = f.studio_id and s.id = f.submission_id
         where f.studio_id = $1 and f.id = $2
           and (f.contact_id = $3 or s.contact_id = $3 or (s.client_id = $4 and ($5 or exists (
                select 1 from assignment_contacts c where c.studio_id = s.studio_id
                   and c.assignment_id = s.assignment_id and c.contact_id = $3))))",
        id,
        who.contact,
        who.client,
        who.everything,
    )
}

/// What a contact uploaded and did not use yet: how many files, how many bytes.
pub async fn loose_files(tx: &mut StudioTx, contact: ContactId) -> Result<(i64, i64)> {
    let row = fetch_optional!(
        tx,
        (i64, i64),
        "select count(*), cast(coalesce(sum(bytes), 0) as bigint) from files
         where studio_id = $1 and contact_id = $2 and submission_id is null",
        contact,
    )?;
    Ok(row.unwrap_or_default())
}

/// A file belongs to a submission from now on.
pub async fn attach_file(tx: &mut StudioTx, file: FileId, submission: SubmissionId) -> Result<()> {
    execute!(
        tx,
        "update files set submission_id = $3 where studio_id = $1 and id = $2 and submission_id is null",
        file,
        submission,
    )?;
    Ok(())
}

/// Uploads nobody used within two days, of any studio.
pub async fn unused_files(tx: &mut Tx, most: i64) -> Result<Vec<(StudioId, FileId, String)>> {
    let before = tx.now().plus_seconds(-2 * 86_400);
    fetch_all!(
        tx,
        (StudioId, FileId, String),
        "select studio_id, id, storage_key from files
         where submission_id is null and created_at < $1 order by created_at limit $2",
        before,
        most,
    )
}

/// Removes an upload that is still unused; false otherwise.
pub async fn delete_unused_file(tx: &mut Tx, studio: StudioId, file: FileId) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from files where studio_id = $1 and id = $2 and submission_id is null",
        studio,
        file,
    )?;
    Ok(rows == 1)
}

/// The files of a submission, for staff.
pub async fn files_of(tx: &mut StudioTx, submission: SubmissionId) -> Result<Vec<StoredFile>> {
    fetch_all!(
        tx,
        StoredFile,
        "select id, name, kind, bytes, storage_key, contact_id, submission_id from files
         where studio_id = $1 and submission_id = $2 order by id",
        submission,
    )
}
