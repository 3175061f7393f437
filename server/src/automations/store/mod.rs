//! The only SQL about automations.

mod runs;

pub mod dates;
pub mod sample;
pub use runs::*;

use portico_wire::AutomationId;
use sqlx::types::Json;

use super::{Automation, Rule, Settings};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
    error::Error,
};

/// The automations that are on and wait for this.
pub async fn waiting_for(tx: &mut StudioTx, starts_with: &str) -> Result<Vec<Automation>> {
    fetch_all!(
        tx,
        Automation,
        "select id, version, name, starts_with, active, rule, trouble, looked_on, last_run_at, removed_at
         from automations where studio_id = $1 and starts_with = $2 and active order by id",
        starts_with,
    )
}

/// All that were not removed.
pub async fn list(tx: &mut StudioTx) -> Result<Vec<Automation>> {
    fetch_all!(
        tx,
        Automation,
        "select id, version, name, starts_with, active, rule, trouble, looked_on, last_run_at, removed_at
         from automations where studio_id = $1 and removed_at is null order by lower(name), id limit 200",
    )
}

pub async fn count(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from automations where studio_id = $1 and removed_at is null",
    )
}

pub async fn find(tx: &mut StudioTx, id: AutomationId) -> Result<Option<Automation>> {
    fetch_optional!(
        tx,
        Automation,
        "select id, version, name, starts_with, active, rule, trouble, looked_on, last_run_at, removed_at
         from automations where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn get(tx: &mut StudioTx, id: AutomationId) -> Result<Automation> {
    find(tx, id).await?.ok_or_else(Error::not_found)
}

/// What staff write.
pub struct Draft<'a> {
    pub name: &'a str,
    pub starts_with: &'a str,
    pub active: bool,
    pub rule: &'a Rule,
}

pub async fn insert(tx: &mut StudioTx, draft: &Draft<'_>) -> Result<AutomationId> {
    let (id, now): (AutomationId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into automations (studio_id, id, version, name, starts_with, active, rule, created_at, updated_at)
         values ($1, $2, 1, $3, $4, $5, $6, $7, $7)",
        id,
        draft.name,
        draft.starts_with,
        draft.active,
        Json(draft.rule),
        now,
    )?;
    Ok(id)
}

/// Saves if nobody saved since `version` was read; false otherwise. Whatever was wrong is looked at anew.
pub async fn save(
    tx: &mut StudioTx,
    id: AutomationId,
    version: i64,
    draft: &Draft<'_>,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update automations set name = $4, starts_with = $5, active = $6, rule = $7, trouble = null, updated_at = $8,
                version = version + 1
         where studio_id = $1 and id = $2 and version = $3 and removed_at is null",
        id,
        version,
        draft.name,
        draft.starts_with,
        draft.active,
        Json(draft.rule),
        now,
    )?;
    Ok(rows == 1)
}

pub async fn save_active(tx: &mut StudioTx, id: AutomationId, active: bool) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update automations set active = $3, updated_at = $4, version = version + 1
         where studio_id = $1 and id = $2 and active <> $3 and removed_at is null",
        id,
        active,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn remove(tx: &mut StudioTx, id: AutomationId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update automations set removed_at = $3, active = $4, version = version + 1
         where studio_id = $1 and id = $2 and removed_at is null",
        id,
        now,
        false,
    )?;
    Ok(rows == 1)
}

pub async fn save_trouble(
    tx: &mut StudioTx,
    id: AutomationId,
    trouble: Option<&str>,
) -> Result<()> {
    execute!(
        tx,
        "update automations set trouble = $3 where studio_id = $1 and id = $2",
        id,
        trouble,
    )?;
    Ok(())
}

/// It did something: whatever was wrong is not any more.
pub async fn note_run(tx: &mut StudioTx, automation: &Automation) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update automations set trouble = null, last_run_at = $3 where studio_id = $1 and id = $2",
        automation.id,
        now,
    )?;
    Ok(())
}

pub async fn save_looked(tx: &mut StudioTx, id: AutomationId, day: &str) -> Result<()> {
    execute!(
        tx,
        "update automations set looked_on = $3 where studio_id = $1 and id = $2",
        id,
        day,
    )?;
    Ok(())
}

pub async fn settings(tx: &mut StudioTx) -> Result<Settings> {
    let settings = fetch_optional!(
        tx,
        Settings,
        "select version, paused_at, quiet_from, quiet_to from automation_settings where studio_id = $1",
    )?;
    Ok(settings.unwrap_or_default())
}

/// Saves if nobody saved since they were read; false otherwise.
pub async fn save_settings(tx: &mut StudioTx, settings: &Settings) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into automation_settings (studio_id, version, paused_at, quiet_from, quiet_to, updated_at)
         values ($1, 1, $3, $4, $5, $6)
         on conflict (studio_id) do update set version = automation_settings.version + 1, paused_at = $3,
             quiet_from = $4, quiet_to = $5, updated_at = $6
         where automation_settings.version = $2",
        settings.version,
        settings.paused_at,
        &settings.quiet_from,
        &settings.quiet_to,
        now,
    )?;
    Ok(rows == 1)
}
