//! The only SQL about how a studio arranges its portal.

use portico_wire::{DocumentId, FormId, Timestamp};
use sqlx::types::Json;

use super::Layout;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, many::fetch_among},
};

/// Versions shown to go back to.
pub const SHOWN: i64 = 30;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Stored {
    /// Raised by every change of the draft.
    pub version: i64,
    #[sqlx(json)]
    pub draft: Layout,
    pub drafted_by: String,
    pub drafted_at: Timestamp,
    #[sqlx(json(nullable))]
    pub published: Option<Layout>,
    pub number: Option<i64>,
}

pub async fn get(tx: &mut StudioTx) -> Result<Option<Stored>> {
    fetch_optional!(
        tx,
        Stored,
        "select version, draft, drafted_by, drafted_at, published, number from portal_layouts where studio_id = $1",
    )
}

/// Saves the draft if nobody saved another since `version` was read (0: there was none); false otherwise.
pub async fn save_draft(tx: &mut StudioTx, version: i64, draft: &Layout, by: &str) -> Result<bool> {
    let now = tx.now();
    let rows = if version == 0 {
        execute!(
            tx,
            "insert into portal_layouts (studio_id, version, draft, drafted_by, drafted_at) values ($1, 1, $2, $3, $4)
             on conflict (studio_id) do nothing",
            Json(draft),
            by,
            now,
        )?
    } else {
        execute!(
            tx,
            "update portal_layouts set version = version + 1, draft = $3, drafted_by = $4, drafted_at = $5
             where studio_id = $1 and version = $2",
            version,
            Json(draft),
            by,
            now,
        )?
    };
    Ok(rows == 1)
}

/// What contacts see from now on, as a version of its own.
pub async fn publish(
    tx: &mut StudioTx,
    number: i64,
    layout: &Layout,
    again: Option<i64>,
    by: &str,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into portal_versions (studio_id, number, layout, again, published_by, published_at)
         values ($1, $2, $3, $4, $5, $6)",
        number,
        Json(layout),
        again,
        by,
        now,
    )?;
    execute!(
        tx,
        "update portal_layouts set published = $2, number = $3 where studio_id = $1",
        Json(layout),
        number,
    )?;
    Ok(())
}

#[derive(Debug, sqlx::FromRow)]
pub struct Version {
    pub number: i64,
    pub again: Option<i64>,
    pub published_by: String,
    pub published_at: Timestamp,
}

/// The newest first.
pub async fn versions(tx: &mut StudioTx) -> Result<Vec<Version>> {
    fetch_all!(
        tx,
        Version,
        "select number, again, published_by, published_at from portal_versions
         where studio_id = $1 order by number desc limit $2",
        SHOWN,
    )
}

#[derive(sqlx::FromRow)]
struct LayoutRow {
    #[sqlx(json)]
    layout: Layout,
}

pub async fn version(tx: &mut StudioTx, number: i64) -> Result<Option<Layout>> {
    let row = fetch_optional!(
        tx,
        LayoutRow,
        "select layout from portal_versions where studio_id = $1 and number = $2",
        number,
    )?;
    Ok(row.map(|row| row.layout))
}

/// Forms a button can lead to.
pub async fn forms(tx: &mut StudioTx) -> Result<Vec<(FormId, String)>> {
    fetch_all!(
        tx,
        (FormId, String),
        "select id, name from forms where studio_id = $1 and in_portal and archived_at is null
         order by lower(name), id limit 200",
    )
}

/// What staff shared last.
pub async fn documents(tx: &mut StudioTx) -> Result<Vec<(DocumentId, String)>> {
    fetch_all!(
        tx,
        (DocumentId, String),
        "select id, name from documents where studio_id = $1 and source = 'staff' and removed_at is null
         order by changed_at desc, id desc limit 50",
    )
}

/// Names of documents that buttons lead to already.
pub async fn document_names(
    tx: &mut StudioTx,
    documents: &[DocumentId],
) -> Result<Vec<(DocumentId, String)>> {
    Ok(fetch_among!(
        tx,
        (DocumentId, String),
        "select id, name from documents where studio_id = $1 and removed_at is null and id in ($2)",
        [],
        documents,
    ))
}
