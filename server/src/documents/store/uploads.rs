//! Files on their way in.

use portico_wire::{ClientId, ContactId, DocumentId, StaffId, Timestamp, UploadId};
use sqlx::types::Json;

use super::super::{Sender, Target, UPLOAD_SECONDS};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Upload {
    pub id: UploadId,
    pub client_id: ClientId,
    pub name: String,
    pub bytes: i64,
    pub arrived: i64,
    #[sqlx(json)]
    pub target: Target,
    pub storage_key: String,
    pub document_id: Option<DocumentId>,
    pub already: bool,
    pub expires_at: Timestamp,
}

impl Upload {
    /// All of its parts lie below this key.
    pub fn parts_key(&self) -> String {
        format!("{}.parts", self.storage_key)
    }
}

pub async fn insert_upload(tx: &mut StudioTx, upload: &Upload, sender: &Sender) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into uploads (studio_id, id, client_id, contact_id, staff_id, name, bytes, arrived, target, storage_key,
                already, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)",
        upload.id,
        upload.client_id,
        sender.contact,
        sender.staff,
        &upload.name,
        upload.bytes,
        Json(&upload.target),
        &upload.storage_key,
        false,
        upload.expires_at,
        now,
    )?;
    Ok(())
}

/// The upload, for whoever began it.
pub async fn upload(
    tx: &mut StudioTx,
    id: UploadId,
    contact: Option<ContactId>,
    staff: Option<StaffId>,
) -> Result<Option<Upload>> {
    fetch_optional!(
        tx,
        Upload,
        "select id, client_id, name, bytes, arrived, target, storage_key, document_id, already, expires_at
         from uploads where studio_id = $1 and id = $2 and (contact_id = $3 or staff_id = $4)",
        id,
        contact,
        staff,
    )
}

/// The upload, held until the transaction ends: of two that finish it, the second sees what the first made.
pub async fn hold_upload(tx: &mut StudioTx, id: UploadId) -> Result<Option<Upload>> {
    fetch_optional!(
        tx,
        Upload,
        "update uploads set already = already where studio_id = $1 and id = $2
         returning id, client_id, name, bytes, arrived, target, storage_key, document_id, already, expires_at",
        id,
    )
}

/// How many files somebody has on their way, and how many bytes all of the studio's will be.
pub async fn under_way(tx: &mut StudioTx, contact: Option<ContactId>) -> Result<(i64, i64)> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (i64, i64),
        "select (select count(*) from uploads u where u.studio_id = $1 and u.contact_id = $2 and u.document_id is null
                    and u.expires_at > $3),
                (select cast(coalesce(sum(u.bytes), 0) as bigint) from uploads u
                 where u.studio_id = $1 and u.document_id is null and u.expires_at > $3)",
        contact,
        now,
    )?;
    Ok(row.unwrap_or_default())
}

/// Counts a part that is stored; false where another one took its place.
pub async fn take_part(
    tx: &mut StudioTx,
    id: UploadId,
    place: i64,
    bytes: i64,
    key: &str,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update uploads set arrived = arrived + $4, expires_at = $5
         where studio_id = $1 and id = $2 and arrived = $3 and document_id is null and expires_at > $6",
        id,
        place,
        bytes,
        now.plus_seconds(UPLOAD_SECONDS),
        now,
    )?;
    if rows == 1 {
        execute!(
            tx,
            "insert into upload_parts (studio_id, upload_id, place, bytes, storage_key) values ($1, $2, $3, $4, $5)",
            id,
            place,
            bytes,
            key,
        )?;
    }
    Ok(rows == 1)
}

/// The keys of its parts, in order.
pub async fn parts(tx: &mut StudioTx, id: UploadId) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "select storage_key from upload_parts where studio_id = $1 and upload_id = $2 order by place",
        id,
    )?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// What became of it.
pub async fn settle_upload(
    tx: &mut StudioTx,
    id: UploadId,
    document: DocumentId,
    already: bool,
) -> Result<()> {
    execute!(
        tx,
        "update uploads set document_id = $3, already = $4 where studio_id = $1 and id = $2",
        id,
        document,
        already,
    )?;
    Ok(())
}

/// Nothing becomes of it; the worker removes what is left.
pub async fn give_up_upload(tx: &mut StudioTx, id: UploadId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update uploads set expires_at = $3 where studio_id = $1 and id = $2 and document_id is null",
        id,
        now,
    )?;
    Ok(())
}
