//! The studio's own fields, and what it says about those every client has.

use portico_wire::FieldId;
use sqlx::types::Json;

use super::super::fields::{BuiltIn, BuiltIns, Field, Switches};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all},
};

/// The fields in the studio's order.
pub async fn fields(tx: &mut StudioTx) -> Result<Vec<Field>> {
    fetch_all!(
        tx,
        Field,
        "select id, owner, label, kind, choices, position, in_portal, changeable
         from client_fields where studio_id = $1 and removed_at is null order by owner, position, id",
    )
}

pub async fn insert_field(tx: &mut StudioTx, field: &Field) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into client_fields (studio_id, id, owner, label, kind, choices, position, in_portal, changeable, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        field.id,
        field.owner,
        &field.label,
        field.kind,
        Json(&field.choices),
        field.position,
        field.in_portal,
        field.changeable,
        now,
    )?;
    Ok(())
}

/// Whom a field is about and its kind stay: values of another kind would be left behind.
pub async fn save_field(tx: &mut StudioTx, field: &Field) -> Result<()> {
    execute!(
        tx,
        "update client_fields set label = $3, choices = $4, position = $5, in_portal = $6, changeable = $7
         where studio_id = $1 and id = $2",
        field.id,
        &field.label,
        Json(&field.choices),
        field.position,
        field.in_portal,
        field.changeable,
    )?;
    Ok(())
}

pub async fn remove_field(tx: &mut StudioTx, field: FieldId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update client_fields set removed_at = $3 where studio_id = $1 and id = $2",
        field,
        now
    )?;
    Ok(())
}

pub async fn built_in(tx: &mut StudioTx) -> Result<BuiltIns> {
    let rows = fetch_all!(
        tx,
        (BuiltIn, bool, bool),
        "select name, in_portal, changeable from built_in_fields where studio_id = $1",
    )?;
    let said = rows.into_iter().map(|(field, in_portal, changeable)| {
        (
            field,
            Switches {
                in_portal,
                changeable,
            },
        )
    });
    Ok(BuiltIns(said.collect()))
}

pub async fn save_built_in(tx: &mut StudioTx, field: BuiltIn, said: Switches) -> Result<()> {
    execute!(
        tx,
        "insert into built_in_fields (studio_id, name, in_portal, changeable) values ($1, $2, $3, $4)
         on conflict (studio_id, name) do update set in_portal = excluded.in_portal, changeable = excluded.changeable",
        field,
        said.in_portal,
        said.changeable,
    )?;
    Ok(())
}
