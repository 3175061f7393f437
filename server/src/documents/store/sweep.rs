//! What has had its time: uploads nobody goes on with, parts of those that are done, documents that were removed.

use portico_wire::{DocumentId, StudioId, UploadId};

use crate::{
    Result,
    db::{Tx, execute, fetch_all},
};

/// An upload that is over for an hour: nobody writes a part of it any more.
#[derive(Debug, sqlx::FromRow)]
pub struct OldUpload {
    pub studio_id: StudioId,
    pub id: UploadId,
    pub storage_key: String,
    /// Its content is a document's.
    pub kept: bool,
}

pub async fn old_uploads(tx: &mut Tx) -> Result<Vec<OldUpload>> {
    let before = tx.now().plus_seconds(-3600);
    fetch_all!(
        tx,
        OldUpload,
        "select studio_id, id, storage_key, document_id is not null and not already as kept from uploads
         where expires_at < $1 order by expires_at limit 200",
        before,
    )
}

pub async fn delete_upload(tx: &mut Tx, upload: &OldUpload) -> Result<()> {
    execute!(
        tx,
        "delete from uploads where studio_id = $1 and id = $2",
        upload.studio_id,
        upload.id,
    )?;
    Ok(())
}

pub async fn removed_documents(tx: &mut Tx) -> Result<Vec<(StudioId, DocumentId)>> {
    fetch_all!(
        tx,
        (StudioId, DocumentId),
        "select studio_id, id from documents where removed_at is not null order by removed_at limit 200",
    )
}

pub async fn keys_of(tx: &mut Tx, studio: StudioId, id: DocumentId) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "select storage_key from document_versions where studio_id = $1 and document_id = $2",
        studio,
        id,
    )?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// The rows of a removed document, whose files are gone.
pub async fn delete_document(tx: &mut Tx, studio: StudioId, id: DocumentId) -> Result<()> {
    execute!(
        tx,
        "delete from document_news where studio_id = $1 and document_id = $2",
        studio,
        id
    )?;
    execute!(
        tx,
        "delete from document_seen where studio_id = $1 and document_id = $2",
        studio,
        id
    )?;
    execute!(
        tx,
        "delete from document_contacts where studio_id = $1 and document_id = $2",
        studio,
        id
    )?;
    execute!(
        tx,
        "delete from document_versions where studio_id = $1 and document_id = $2",
        studio,
        id
    )?;
    execute!(
        tx,
        "delete from documents where studio_id = $1 and id = $2 and removed_at is not null",
        studio,
        id
    )?;
    Ok(())
}
