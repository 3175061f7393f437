//! What a studio takes, and how much of its space is used.

use sqlx::types::Json;

use super::super::Settings;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_optional},
};

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    #[sqlx(json)]
    kinds: Vec<portico_wire::documents::FileGroup>,
    most_bytes: i64,
    quota_bytes: i64,
}

pub async fn settings(tx: &mut StudioTx) -> Result<Settings> {
    let row = fetch_optional!(
        tx,
        Row,
        "select version, kinds, most_bytes, quota_bytes from document_settings where studio_id = $1",
    )?;
    Ok(row.map_or_else(Settings::default, |row| Settings {
        version: row.version,
        kinds: row.kinds,
        most_bytes: row.most_bytes,
        quota_bytes: row.quota_bytes,
    }))
}

/// False where somebody else changed them since this version.
pub async fn save_settings(tx: &mut StudioTx, settings: &Settings) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into document_settings (studio_id, version, kinds, most_bytes, quota_bytes, updated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (studio_id) do update set version = excluded.version, kinds = excluded.kinds,
            most_bytes = excluded.most_bytes, quota_bytes = excluded.quota_bytes, updated_at = excluded.updated_at
         where document_settings.version = $7",
        settings.version + 1,
        Json(&settings.kinds),
        settings.most_bytes,
        settings.quota_bytes,
        now,
        settings.version,
    )?;
    Ok(rows == 1)
}

/// Bytes of all versions that are kept.
pub async fn used_bytes(tx: &mut StudioTx) -> Result<i64> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select bytes from document_usage where studio_id = $1",
    )?;
    Ok(row.map_or(0, |(bytes,)| bytes))
}

/// Counts bytes in (or out, below zero); what is used then. The row is held until the transaction ends.
pub async fn count_bytes(tx: &mut StudioTx, bytes: i64) -> Result<i64> {
    execute!(
        tx,
        "insert into document_usage (studio_id, bytes) values ($1, 0) on conflict (studio_id) do nothing",
    )?;
    execute!(
        tx,
        "update document_usage set bytes = case when bytes + $2 < 0 then 0 else bytes + $2 end where studio_id = $1",
        bytes,
    )?;
    used_bytes(tx).await
}
