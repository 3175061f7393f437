//! The only SQL about pages that carry the snippet.

use portico_wire::Timestamp;

use super::{MOST_PAGES, Sight};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
};

pub async fn upsert(tx: &mut StudioTx, page: &str, sight: Sight) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into embed_pages (studio_id, page, sight, first_at, last_at) values ($1, $2, $3, $4, $4)
         on conflict (studio_id, page, sight) do update set last_at = $4",
        page,
        sight,
        now,
    )?;
    Ok(())
}

/// Keeps the newest pages.
pub async fn forget_oldest(tx: &mut StudioTx) -> Result<()> {
    execute!(
        tx,
        "delete from embed_pages where studio_id = $1 and last_at <
            (select last_at from embed_pages where studio_id = $1 order by last_at desc limit 1 offset $2)",
        MOST_PAGES - 1,
    )?;
    Ok(())
}

#[derive(Debug, sqlx::FromRow)]
pub struct Page {
    pub page: String,
    pub sight: Sight,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

/// The pages of the studio, the one seen last first.
pub async fn pages(tx: &mut StudioTx) -> Result<Vec<Page>> {
    fetch_all!(
        tx,
        Page,
        "select page, sight, first_at, last_at from embed_pages where studio_id = $1 order by last_at desc, page",
    )
}

/// The page is in order now: what was in its way is forgotten.
pub async fn forget_refusals(tx: &mut StudioTx, origin: &str) -> Result<()> {
    execute!(
        tx,
        "delete from embed_pages where studio_id = $1 and page = $2 and sight = $3",
        format!("{origin}/"),
        Sight::OriginRefused,
    )?;
    Ok(())
}
