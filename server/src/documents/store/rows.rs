//! Documents, their versions, and who has seen which.

use portico_wire::{
    ClientId, ContactId, DocumentId, DocumentRequestId, EventId, FolderId, Timestamp,
    documents::DocumentSource,
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_among, fetch_optional},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Document {
    pub id: DocumentId,
    pub client_id: ClientId,
    pub event_id: Option<EventId>,
    pub folder_id: Option<FolderId>,
    pub request_id: Option<DocumentRequestId>,
    pub name: String,
    pub source: DocumentSource,
    pub contact_id: Option<ContactId>,
    pub for_all: bool,
    pub current: i64,
    pub staff_seen_at: Option<Timestamp>,
    pub staff_seen_by: Option<String>,
    pub changed_at: Timestamp,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Version {
    pub document_id: DocumentId,
    pub number: i64,
    pub name: String,
    pub kind: String,
    pub bytes: i64,
    pub sha256: String,
    pub crc32: i64,
    pub storage_key: String,
    pub source: DocumentSource,
    pub by_name: String,
    pub created_at: Timestamp,
}

/// The document, unless it was removed.
pub async fn document(tx: &mut StudioTx, id: DocumentId) -> Result<Option<Document>> {
    fetch_optional!(
        tx,
        Document,
        "select id, client_id, event_id, folder_id, request_id, name, source, contact_id, for_all, current, staff_seen_at,
                staff_seen_by, changed_at, created_at
         from documents where studio_id = $1 and id = $2 and removed_at is null",
        id,
    )
}

/// What documents are called, of those that are there.
pub async fn names(tx: &mut StudioTx, ids: &[DocumentId]) -> Result<Vec<String>> {
    let rows = fetch_among!(
        tx,
        (String,),
        "select name from documents where studio_id = $1 and removed_at is null and id in ($2) order by name",
        [],
        ids
    );
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// As [`document`], held until the transaction ends.
pub async fn hold_document(tx: &mut StudioTx, id: DocumentId) -> Result<Option<Document>> {
    fetch_optional!(
        tx,
        Document,
        "update documents set current = current where studio_id = $1 and id = $2 and removed_at is null
         returning id, client_id, event_id, folder_id, request_id, name, source, contact_id, for_all, current,
                   staff_seen_at, staff_seen_by, changed_at, created_at",
        id,
    )
}

pub async fn insert_document(tx: &mut StudioTx, document: &Document) -> Result<()> {
    execute!(
        tx,
        "insert into documents (studio_id, id, client_id, event_id, folder_id, request_id, name, source, contact_id,
                for_all, current, changed_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        document.id,
        document.client_id,
        document.event_id,
        document.folder_id,
        document.request_id,
        &document.name,
        document.source,
        document.contact_id,
        document.for_all,
        document.current,
        document.changed_at,
        document.created_at,
    )?;
    Ok(())
}

pub async fn insert_version(tx: &mut StudioTx, version: &Version) -> Result<()> {
    execute!(
        tx,
        "insert into document_versions (studio_id, document_id, number, name, kind, bytes, sha256, crc32, storage_key,
                source, by_name, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        version.document_id,
        version.number,
        &version.name,
        &version.kind,
        version.bytes,
        &version.sha256,
        version.crc32,
        &version.storage_key,
        version.source,
        &version.by_name,
        version.created_at,
    )?;
    Ok(())
}

/// Another version counts from now on, and nobody of the studio has seen it.
pub async fn set_current(tx: &mut StudioTx, id: DocumentId, number: i64) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update documents set current = $3, changed_at = $4, staff_seen_at = null, staff_seen_by = null
         where studio_id = $1 and id = $2",
        id,
        number,
        now,
    )?;
    Ok(())
}

/// All versions, the latest first.
pub async fn versions(tx: &mut StudioTx, id: DocumentId) -> Result<Vec<Version>> {
    fetch_all!(
        tx,
        Version,
        "select document_id, number, name, kind, bytes, sha256, crc32, storage_key, source, by_name, created_at
         from document_versions where studio_id = $1 and document_id = $2 order by number desc limit 200",
        id,
    )
}

pub async fn version(tx: &mut StudioTx, id: DocumentId, number: i64) -> Result<Option<Version>> {
    fetch_optional!(
        tx,
        Version,
        "select document_id, number, name, kind, bytes, sha256, crc32, storage_key, source, by_name, created_at
         from document_versions where studio_id = $1 and document_id = $2 and number = $3",
        id,
        number,
    )
}

/// The number of the newest version; another one may count.
pub async fn newest(tx: &mut StudioTx, id: DocumentId) -> Result<i64> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select max(number) from document_versions where studio_id = $1 and document_id = $2",
        id,
    )?;
    Ok(row.map_or(0, |(number,)| number))
}

/// The very same content, as the current version of another document at the same place that this sender sees.
pub async fn same_content(
    tx: &mut StudioTx,
    sha256: &str,
    client: ClientId,
    event: Option<EventId>,
    request: Option<DocumentRequestId>,
    contact: Option<ContactId>,
) -> Result<Option<DocumentId>> {
    let row = fetch_optional!(
        tx,
        (DocumentId,),
        "select d.id from document_versions v
         join documents d on d.studio_id = v.studio_id and d.id = v.document_id and d.current = v.number
         where v.studio_id = $1 and v.sha256 = $2 and d.client_id = $3 and d.removed_at is null
           and coalesce(d.event_id, d.studio_id) = coalesce($4, d.studio_id)
           and coalesce(d.request_id, d.studio_id) = coalesce($5, d.studio_id)
           and coalesce(d.contact_id, d.studio_id) = coalesce($6, d.studio_id)
         order by d.id limit 1",
        sha256,
        client,
        event,
        request,
        contact,
    )?;
    Ok(row.map(|(id,)| id))
}

/// Shared with a contact by name; false where there is no such contact.
pub async fn share_with(tx: &mut StudioTx, id: DocumentId, contact: ContactId) -> Result<bool> {
    let rows = execute!(
        tx,
        "insert into document_contacts (studio_id, document_id, contact_id)
         select k.studio_id, $2, k.id from contacts k
         where k.studio_id = $1 and k.id = $3 and k.merged_into is null on conflict do nothing",
        id,
        contact,
    )?;
    Ok(rows == 1)
}

/// Whom it is for, anew.
pub async fn unshare(tx: &mut StudioTx, id: DocumentId, for_all: bool) -> Result<()> {
    execute!(
        tx,
        "delete from document_contacts where studio_id = $1 and document_id = $2",
        id
    )?;
    execute!(
        tx,
        "update documents set for_all = $3 where studio_id = $1 and id = $2",
        id,
        for_all,
    )?;
    Ok(())
}

pub async fn named(tx: &mut StudioTx, id: DocumentId) -> Result<Vec<ContactId>> {
    let rows = fetch_all!(
        tx,
        (ContactId,),
        "select contact_id from document_contacts where studio_id = $1 and document_id = $2",
        id,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Name and folder.
pub async fn save_document(
    tx: &mut StudioTx,
    id: DocumentId,
    name: &str,
    folder: Option<FolderId>,
) -> Result<()> {
    execute!(
        tx,
        "update documents set name = $3, folder_id = $4 where studio_id = $1 and id = $2",
        id,
        name,
        folder,
    )?;
    Ok(())
}

/// False where it was removed before. Its bytes count no more.
pub async fn remove_document(tx: &mut StudioTx, id: DocumentId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update documents set removed_at = $3 where studio_id = $1 and id = $2 and removed_at is null",
        id,
        now,
    )?;
    if rows != 1 {
        return Ok(false);
    }
    let row = fetch_optional!(
        tx,
        (i64,),
        "select cast(coalesce(sum(bytes), 0) as bigint) from document_versions where studio_id = $1 and document_id = $2",
        id,
    )?;
    super::count_bytes(tx, -row.map_or(0, |(bytes,)| bytes)).await?;
    Ok(true)
}

/// A contact has seen a version, and may have saved it.
pub async fn mark_seen(
    tx: &mut StudioTx,
    id: DocumentId,
    number: i64,
    contact: ContactId,
    saved: bool,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into document_seen (studio_id, document_id, number, contact_id, seen_at, downloaded_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (studio_id, document_id, number, contact_id) do update
            set downloaded_at = coalesce(document_seen.downloaded_at, excluded.downloaded_at)",
        id,
        number,
        contact,
        now,
        saved.then_some(now),
    )?;
    Ok(())
}

/// Whether a contact has seen a version, and saved it.
pub async fn has_seen(
    tx: &mut StudioTx,
    id: DocumentId,
    number: i64,
    contact: ContactId,
) -> Result<Option<bool>> {
    let row = fetch_optional!(
        tx,
        (bool,),
        "select downloaded_at is not null from document_seen
         where studio_id = $1 and document_id = $2 and number = $3 and contact_id = $4",
        id,
        number,
        contact,
    )?;
    Ok(row.map(|(saved,)| saved))
}

/// Somebody of the studio has looked at what a contact sent; false where somebody did before.
pub async fn mark_staff_seen(tx: &mut StudioTx, id: DocumentId, by: &str) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update documents set staff_seen_at = $3, staff_seen_by = $4
         where studio_id = $1 and id = $2 and source = 'contact' and staff_seen_at is null and removed_at is null",
        id,
        now,
        by,
    )?;
    Ok(rows == 1)
}

/// What is still open moves to the contact another one was merged into.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into document_contacts (studio_id, document_id, contact_id)
         select studio_id, document_id, $3 from document_contacts where studio_id = $1 and contact_id = $2
         on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from document_contacts where studio_id = $1 and contact_id = $2",
        from
    )?;
    execute!(
        tx,
        "insert into document_request_contacts (studio_id, request_id, contact_id)
         select studio_id, request_id, $3 from document_request_contacts where studio_id = $1 and contact_id = $2
         on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from document_request_contacts where studio_id = $1 and contact_id = $2",
        from
    )?;
    execute!(
        tx,
        "insert into document_seen (studio_id, document_id, number, contact_id, seen_at, downloaded_at)
         select studio_id, document_id, number, $3, seen_at, downloaded_at from document_seen
         where studio_id = $1 and contact_id = $2 on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "update documents set contact_id = $3 where studio_id = $1 and contact_id = $2",
        from,
        to,
    )?;
    Ok(())
}
