//! Roles and resources: lists that are saved as a whole.

use axum::{extract::State, response::Response};
use portico_wire::{CrewRoleId, ResourceId};
use serde_json::json;

use super::{
    super::super::store::{self, Resource, Role},
    PAGE, Refused, Row, page, resource_rows, role_rows, rows_sent,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    scope::{Manager, StaffSession},
    web::{
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// A name for each row that is in use or was there before, each only once.
fn check_names(rows: &[Row], errors: &mut FieldErrors) {
    let mut seen: Vec<String> = Vec::new();
    for row in rows {
        let name = row.name.trim();
        let field = format!("name-{}", row.id);
        if name.is_empty() {
            if !row.id.starts_with("new") {
                errors.add(
                    field,
                    "Please fill this in. To give it up, untick “In use”.",
                );
            }
            continue;
        }
        if name.chars().count() > 60 || name.chars().any(char::is_control) {
            errors.add(field, "At most 60 characters.");
        } else if seen.contains(&name.to_lowercase()) {
            errors.add(field, "This name is there twice.");
        }
        seen.push(name.to_lowercase());
    }
}

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    before: &[Row],
    after: &[Row],
) -> Result<()> {
    let names = |rows: &[Row]| {
        let used = rows.iter().filter(|row| row.used && !row.name.is_empty());
        let named = used.map(|row| match row.most.as_str() {
            "" => row.name.clone(),
            most => format!("{} ({most})", row.name),
        });
        json!({ "list": named.collect::<Vec<_>>().join(", ") })
    };
    if let Some(change) = Change::between(&names(before), &names(after))? {
        audit::note(tx, session, action, Subject("studio", None), change).await?;
    }
    Ok(())
}

/// `POST /admin/settings/events/roles`
pub async fn save_roles(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let rows = rows_sent(&sent, "role");
    let mut errors = FieldErrors::default();
    check_names(&rows, &mut errors);
    if !errors.is_empty() {
        let refused = Refused {
            roles: Some(rows),
            errors,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    let mut tx = app.db.write(&session).await?;
    let before = store::roles(&mut tx).await?;
    let now = tx.now();
    for (position, row) in rows.iter().enumerate() {
        let id: Option<CrewRoleId> = row.id.parse().ok();
        let old = before.iter().find(|role| Some(role.id) == id);
        let role = Role {
            id: old.map_or_else(|| tx.id(), |role| role.id),
            name: row.name.trim().to_owned(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            bookable: row.bookable,
            archived_at: (!row.used).then(|| old.and_then(|it| it.archived_at).unwrap_or(now)),
        };
        match old {
            Some(_) => store::save_role(&mut tx, &role).await?,
            None if role.name.is_empty() => {}
            None => store::insert_role(&mut tx, &role).await?,
        }
    }
    note(
        &mut tx,
        &session,
        "roles changed",
        &role_rows(&before),
        &rows,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#roles"),
        "The roles are saved.",
    ))
}

/// `POST /admin/settings/events/resources`
pub async fn save_resources(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let rows = rows_sent(&sent, "resource");
    let mut errors = FieldErrors::default();
    check_names(&rows, &mut errors);
    let mut most = Vec::new();
    for row in &rows {
        let text = row.most.trim();
        let number = text.parse::<i64>().ok().filter(|n| (1..=9_999).contains(n));
        if !text.is_empty() && number.is_none() {
            errors.add(format!("most-{}", row.id), "A number from 1 to 9999.");
        }
        most.push(number);
    }
    if !errors.is_empty() {
        let refused = Refused {
            resources: Some(rows),
            errors,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    let mut tx = app.db.write(&session).await?;
    let before = store::resources(&mut tx).await?;
    let now = tx.now();
    for (position, (row, most)) in rows.iter().zip(most).enumerate() {
        let id: Option<ResourceId> = row.id.parse().ok();
        let old = before.iter().find(|one| Some(one.id) == id);
        let resource = Resource {
            id: old.map_or_else(|| tx.id(), |one| one.id),
            name: row.name.trim().to_owned(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            most,
            bookable: row.bookable,
            archived_at: (!row.used).then(|| old.and_then(|it| it.archived_at).unwrap_or(now)),
        };
        match old {
            Some(_) => store::save_resource(&mut tx, &resource).await?,
            None if resource.name.is_empty() => {}
            None => store::insert_resource(&mut tx, &resource).await?,
        }
    }
    let was = resource_rows(&before);
    note(&mut tx, &session, "resources changed", &was, &rows).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#resources"),
        "The resources are saved.",
    ))
}
