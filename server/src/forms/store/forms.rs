//! Forms and their versions.

use portico_wire::{FormId, Timestamp, forms::Form};
use sqlx::types::Json;

use super::super::StoredForm;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
    error::Error,
};

/// A form in the list of staff.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedForm {
    pub id: FormId,
    pub version: i64,
    pub name: String,
    pub title: String,
    pub in_portal: bool,
    pub default_update: bool,
    pub updated_at: Timestamp,
    /// When it was last sent in.
    pub last_sent_at: Option<Timestamp>,
    /// How often it was sent in; counted up to [`COUNTED`].
    pub sent: i64,
}

/// Beyond this a list says "and more".
pub const COUNTED: i64 = 10_000;

/// The forms by name: those in use, or those put away.
pub async fn forms(tx: &mut StudioTx, archived: bool) -> Result<Vec<ListedForm>> {
    fetch_all!(
        tx,
        ListedForm,
        "select f.id, f.version, f.name, v.title, f.in_portal, f.default_update, f.updated_at,
                (select max(s.saved_at) from submissions s
                 where s.studio_id = f.studio_id and s.form_id = f.id and s.state = 'submitted') as last_sent_at,
                (select count(*) from (select 1 as one from submissions s
                 where s.studio_id = f.studio_id and s.form_id = f.id and s.state = 'submitted' limit $3) counted) as sent
         from forms f
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         where f.studio_id = $1 and (f.archived_at is not null) = $2 order by lower(f.name), f.id",
        archived,
        COUNTED,
    )
}

/// What there is to choose from, by name: those in use, and behind them those put away where they are asked for too.
pub async fn form_names(tx: &mut StudioTx, archived: bool) -> Result<Vec<(FormId, String)>> {
    fetch_all!(
        tx,
        (FormId, String),
        "select id, name from forms where studio_id = $1 and (archived_at is null or $2)
         order by case when archived_at is null then 0 else 1 end, lower(name), id",
        archived,
    )
}

pub async fn count_forms(tx: &mut StudioTx) -> Result<i64> {
    scalar!(tx, i64, "select count(*) from forms where studio_id = $1",)
}

/// The form; not found where there is none.
pub async fn get_form(tx: &mut StudioTx, form: FormId) -> Result<StoredForm> {
    fetch_optional!(
        tx,
        StoredForm,
        "select f.id, f.version, f.name, f.current, f.in_portal, f.default_update, f.archived_at, f.updated_at,
                v.definition
         from forms f
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         where f.studio_id = $1 and f.id = $2",
        form,
    )?
    .ok_or_else(Error::not_found)
}

/// A new form, with its first version.
pub async fn insert_form(tx: &mut StudioTx, name: &str, definition: &Form) -> Result<FormId> {
    let (id, now): (FormId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into forms (studio_id, id, name, current, created_at, updated_at) values ($1, $2, $3, 1, $4, $4)",
        id,
        name,
        now,
    )?;
    insert_version(tx, id, 1, definition).await?;
    Ok(id)
}

async fn insert_version(
    tx: &mut StudioTx,
    form: FormId,
    number: i64,
    definition: &Form,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into form_versions (studio_id, form_id, number, title, intro, definition, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        form,
        number,
        &definition.title,
        &definition.intro,
        Json(definition),
        now,
    )?;
    Ok(())
}

/// Saves a form if nobody saved another since `form.version` was read; false otherwise. A definition that
/// differs becomes the next version: what was begun goes on with the one it began with.
pub async fn save_form(tx: &mut StudioTx, form: &StoredForm) -> Result<bool> {
    let (now, before) = (tx.now(), get_form(tx, form.id).await?);
    let current = before.current + i64::from(before.definition != form.definition);
    if form.default_update {
        execute!(
            tx,
            "update forms set default_update = $3 where studio_id = $1 and id <> $2 and default_update",
            form.id,
            false,
        )?;
    }
    let rows = execute!(
        tx,
        "update forms set name = $4, current = $5, in_portal = $6, default_update = $7, archived_at = $8,
                updated_at = $9, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        form.id,
        form.version,
        &form.name,
        current,
        form.in_portal,
        form.default_update,
        form.archived_at,
        now,
    )?;
    if rows == 1 && current > before.current {
        insert_version(tx, form.id, current, &form.definition).await?;
    }
    Ok(rows == 1)
}

/// One version's definition.
pub async fn definition(tx: &mut StudioTx, form: FormId, number: i64) -> Result<Option<Form>> {
    let row = fetch_optional!(
        tx,
        (Json<Form>,),
        "select definition from form_versions where studio_id = $1 and form_id = $2 and number = $3",
        form,
        number,
    )?;
    Ok(row.map(|(Json(form),)| form))
}

/// Every version's definition, the newest first.
pub async fn definitions(tx: &mut StudioTx, form: FormId) -> Result<Vec<(i64, Json<Form>)>> {
    fetch_all!(
        tx,
        (i64, Json<Form>),
        "select number, definition from form_versions where studio_id = $1 and form_id = $2 order by number desc limit 500",
        form,
    )
}

/// The form behind "Update Info", where the studio chose one.
pub async fn update_form(tx: &mut StudioTx) -> Result<Option<FormId>> {
    let row = fetch_optional!(
        tx,
        (FormId,),
        "select id from forms where studio_id = $1 and default_update and archived_at is null",
    )?;
    Ok(row.map(|(id,)| id))
}

/// Whether anybody began or sent this form.
pub async fn is_answered(tx: &mut StudioTx, form: FormId) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select count(*) from (select 1 as one from submissions where studio_id = $1 and form_id = $2 limit 1) found",
        form,
    )?;
    Ok(found > 0)
}
