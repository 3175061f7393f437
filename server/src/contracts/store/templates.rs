//! Texts that contracts are begun from.

use portico_wire::{ContractTemplateId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Template {
    pub id: ContractTemplateId,
    pub version: i64,
    pub name: String,
    pub title: String,
    pub source: String,
    pub updated_at: Timestamp,
}

/// What staff write.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Words {
    pub name: String,
    pub title: String,
    pub source: String,
}

pub async fn templates(tx: &mut StudioTx) -> Result<Vec<(ContractTemplateId, String, String)>> {
    fetch_all!(
        tx,
        (ContractTemplateId, String, String),
        "select id, name, title from contract_templates where studio_id = $1 order by lower(name), id limit 500",
    )
}

pub async fn template(tx: &mut StudioTx, id: ContractTemplateId) -> Result<Option<Template>> {
    fetch_optional!(
        tx,
        Template,
        "select id, version, name, title, source, updated_at from contract_templates
         where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn count_templates(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from contract_templates where studio_id = $1"
    )
}

pub async fn insert_template(tx: &mut StudioTx, words: &Words) -> Result<ContractTemplateId> {
    let (id, now): (ContractTemplateId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into contract_templates (studio_id, id, name, title, source, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
        id,
        &words.name,
        &words.title,
        &words.source,
        now,
    )?;
    Ok(id)
}

/// Saves it if nobody saved another since `version` was read; false otherwise.
pub async fn save_template(
    tx: &mut StudioTx,
    id: ContractTemplateId,
    version: i64,
    words: &Words,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contract_templates set name = $4, title = $5, source = $6, updated_at = $7, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        id,
        version,
        &words.name,
        &words.title,
        &words.source,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn delete_template(tx: &mut StudioTx, id: ContractTemplateId) -> Result<()> {
    execute!(
        tx,
        "delete from contract_templates where studio_id = $1 and id = $2",
        id,
    )?;
    Ok(())
}
