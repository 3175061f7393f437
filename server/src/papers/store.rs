//! PDFs that were made. A row is written once and never changed: the database refuses anything else.

use portico_wire::StudioId;

use super::{Made, Which};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
};

pub async fn find(tx: &mut StudioTx, which: Which) -> Result<Option<Made>> {
    fetch_optional!(
        tx,
        Made,
        "select storage_key, file_name, sha256, bytes, made_at from papers
         where studio_id = $1 and kind = $2 and subject = $3 and edition = $4",
        which.kind,
        which.subject,
        which.edition,
    )
}

/// Another worker may have made the same: the first one counts.
pub async fn insert(tx: &mut StudioTx, which: Which, made: &Made) -> Result<()> {
    execute!(
        tx,
        "insert into papers (studio_id, kind, subject, edition, storage_key, file_name, sha256, bytes, renderer, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        which.kind,
        which.subject,
        which.edition,
        &made.storage_key,
        &made.file_name,
        &made.sha256,
        made.bytes,
        i64::from(portico_pdf::VERSION),
        made.made_at,
    )?;
    Ok(())
}

/// The papers, of any studio, whose PDF has these bytes.
pub async fn by_hash(tx: &mut Tx, sha256: &[u8]) -> Result<Vec<(StudioId, Which)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        studio_id: StudioId,
        #[sqlx(flatten)]
        which: Which,
    }
    let rows = fetch_all!(
        tx,
        Row,
        "select studio_id, kind, subject, edition from papers where sha256 = $1 order by made_at limit 10",
        sha256.to_vec(),
    )?;
    Ok(rows
        .into_iter()
        .map(|row| (row.studio_id, row.which))
        .collect())
}
