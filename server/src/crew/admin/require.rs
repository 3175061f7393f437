//! What an event asks its crew to be qualified for.

use axum::{
    extract::{Path, State as FromApp},
    response::Response,
};
use portico_wire::{CrewRoleId, EventId, QualificationId, RequirementId};
use serde_json::json;

use super::{
    about_event,
    roster::{Typed, refuse},
    roster_path,
};
use crate::{
    App, Result,
    audit::{self, Change},
    crew::store,
    error::Error,
    scope::Member as Staff,
    web::{
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

fn back(event: EventId) -> String {
    format!("{}#required", roster_path(event))
}

/// Of whom it is asked; nothing: of everybody.
fn role(
    sent: &Sent,
    roles: &[(CrewRoleId, String)],
    errors: &mut FieldErrors,
) -> Option<CrewRoleId> {
    let typed = sent.text("role");
    if typed.is_empty() {
        return None;
    }
    let known = |id: &CrewRoleId| roles.iter().any(|(role, _)| role == id);
    let found = typed.parse().ok().filter(known);
    if found.is_none() {
        errors.add("role", "Please choose one from the list.");
    }
    found
}

/// `POST /admin/events/{id}/roster/required`
pub async fn add(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    store::event(&mut tx, id).await?;
    let kinds = store::qualifications(&mut tx).await?;
    let roles = store::roles(&mut tx).await?;
    let known = store::required(&mut tx, id).await?;
    let mut errors = FieldErrors::default();
    let asked: Option<QualificationId> = sent.text("qualification").parse().ok();
    let kind = kinds.iter().find(|kind| Some(kind.id) == asked);
    if kind.is_none() {
        errors.add("qualification", "Please choose one from the list.");
    }
    let role = role(&sent, &roles, &mut errors);
    if known
        .iter()
        .any(|one| Some(one.qualification_id) == asked && one.role_id == role)
    {
        errors.add("qualification", "This is asked for already.");
    }
    let Some(kind) = kind.filter(|_| errors.is_empty()) else {
        drop(tx);
        let typed = Typed {
            place: "require".into(),
            values: json!({ "qualification": sent.text("qualification"), "role": sent.text("role") }),
            errors,
            ..Typed::default()
        };
        return refuse(&app, &session, id, typed).await;
    };
    let new = (tx.id(), id);
    store::insert_required(&mut tx, new, kind.id, role).await?;
    let of = roles
        .iter()
        .find(|(id, _)| Some(*id) == role)
        .map(|(_, name)| name.as_str());
    let change =
        Change::made(&json!({ "qualification": kind.name, "of": of.unwrap_or("everybody") }))?;
    audit::note(
        &mut tx,
        &session,
        "qualification required",
        about_event(id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &back(id),
        &format!("{} is required now.", kind.name),
    ))
}

/// `POST /admin/events/{id}/roster/required/{requirement}/remove`
pub async fn remove(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path((event, requirement)): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let event: EventId = event.parse().map_err(|_| Error::not_found())?;
    let id: RequirementId = requirement.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    let known = store::required(&mut tx, event).await?;
    let one = known.into_iter().find(|one| one.id == id);
    let one = one.ok_or_else(Error::not_found)?;
    store::delete_required(&mut tx, event, id).await?;
    let change = Change::removed(&json!({ "qualification": one.said() }))?;
    audit::note(
        &mut tx,
        &session,
        "qualification no longer required",
        about_event(event),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &back(event),
        &format!("{} is no longer required.", one.name),
    ))
}
