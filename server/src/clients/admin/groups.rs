//! Groups of staff: who looks after which clients.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::GroupId;
use serde_json::{Value, json};

use super::{
    super::store::{self, Colleague, Group},
    note,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    error::{Error, ResultExt as _},
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/groups";

#[derive(Default)]
struct Typed {
    /// The group whose form it was; absent: the one for a new group.
    group: Option<GroupId>,
    name: String,
    members: Vec<String>,
    errors: FieldErrors,
}

async fn page(app: &App, session: &StaffSession, typed: Option<Typed>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let groups = store::groups(&mut tx).await?;
    let sizes = store::group_sizes(&mut tx).await?;
    let colleagues = store::colleagues(&mut tx).await?;
    let members = store::members(&mut tx).await?;
    drop(tx);
    let refused = typed.is_some();
    let typed = typed.unwrap_or_default();
    let shown: Vec<Value> = groups
        .iter()
        .map(|group| {
            let mine = refused && typed.group == Some(group.id);
            let size = sizes.iter().find(|(id, _)| *id == group.id);
            let people: Vec<Value> = colleagues
                .iter()
                .map(|one| {
                    let on = if mine {
                        typed.members.contains(&one.id.to_string())
                    } else {
                        members.contains(&(group.id, one.id))
                    };
                    json!({ "id": one.id, "name": one.name, "role": one.role.title(), "on": on })
                })
                .collect();
            json!({
                "id": group.id,
                "name": if mine { &typed.name } else { &group.name },
                "title": group.name,
                "clients": size.map_or(0, |(_, count)| *count),
                "people": people,
                "error": typed.errors.get("name").filter(|_| mine),
            })
        })
        .collect();
    let new = refused && typed.group.is_none();
    let body = json!({
        "groups": shown,
        "new_name": if new { typed.name.as_str() } else { "" },
        "new_error": typed.errors.get("name").filter(|_| new),
        "problems": typed.errors,
    });
    admin::page(app, session, "clients/groups.html", body)
}

async fn refuse(app: &App, session: &StaffSession, typed: Typed) -> Result<Response> {
    let page = page(app, session, Some(typed)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /admin/groups`
pub async fn show_groups(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, None).await
}

fn name(sent: &Sent, groups: &[Group], but: Option<GroupId>, errors: &mut FieldErrors) -> String {
    let name = errors.required("name", &sent.text("name"), 60);
    let taken = groups
        .iter()
        .any(|group| Some(group.id) != but && group.name.to_lowercase() == name.to_lowercase());
    if taken {
        errors.add("name", "There is a group of this name already.");
    }
    name
}

fn about(group: GroupId) -> Subject {
    Subject("group", Some(group.into_uuid()))
}

fn taken() -> Error {
    Error::invalid("name", "There is a group of this name already.")
}

/// `POST /admin/groups`
pub async fn add_group(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let groups = store::groups(&mut tx).await?;
    let mut errors = FieldErrors::default();
    let name = name(&sent, &groups, None, &mut errors);
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed {
            name: sent.text("name"),
            errors,
            ..Typed::default()
        };
        return refuse(&app, &session, typed).await;
    }
    let id = tx.id();
    store::insert_group(&mut tx, id, &name)
        .await
        .on_unique(taken)?;
    let change = Change::made(&json!({ "name": name }))?;
    note(&mut tx, &session, "group added", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The group {name} is made. Choose who belongs to it."),
    ))
}

fn logged(name: &str, members: &[&Colleague]) -> Value {
    let members: Vec<&str> = members.iter().map(|one| one.name.as_str()).collect();
    json!({ "name": name, "members": members.join(", ") })
}

/// `POST /admin/groups/{id}`: its name and who belongs to it.
pub async fn save_group(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<GroupId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let groups = store::groups(&mut tx).await?;
    let before = groups
        .iter()
        .find(|group| group.id == id)
        .ok_or_else(Error::not_found)?;
    let colleagues = store::colleagues(&mut tx).await?;
    let members = store::members(&mut tx).await?;
    let mut errors = FieldErrors::default();
    let name = name(&sent, &groups, Some(id), &mut errors);
    let ticked = sent.all("members");
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed {
            group: Some(id),
            name: sent.text("name"),
            members: ticked.into_iter().map(ToOwned::to_owned).collect(),
            errors,
        };
        return refuse(&app, &session, typed).await;
    }
    let were: Vec<&Colleague> = colleagues
        .iter()
        .filter(|one| members.contains(&(id, one.id)))
        .collect();
    let are: Vec<&Colleague> = colleagues
        .iter()
        .filter(|one| ticked.contains(&one.id.to_string().as_str()))
        .collect();
    let change = Change::between(&logged(&before.name, &were), &logged(&name, &are))?;
    let Some(change) = change else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    store::rename_group(&mut tx, id, &name)
        .await
        .on_unique(taken)?;
    let are: Vec<_> = are.iter().map(|one| one.id).collect();
    store::replace_members(&mut tx, id, &are).await?;
    note(&mut tx, &session, "group changed", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, &format!("The group {name} is saved.")))
}

/// `POST /admin/groups/{id}/delete`: one that no client has.
pub async fn delete_group(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<GroupId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let groups = store::groups(&mut tx).await?;
    let group = groups
        .iter()
        .find(|group| group.id == id)
        .ok_or_else(Error::not_found)?;
    if !store::delete_unused_group(&mut tx, id).await? {
        drop(tx);
        let mut errors = FieldErrors::default();
        errors.add(
            "name",
            "Clients belong to this group. Give them another group first.",
        );
        let typed = Typed {
            group: Some(id),
            name: group.name.clone(),
            errors,
            ..Typed::default()
        };
        return refuse(&app, &session, typed).await;
    }
    let change = Change::removed(&json!({ "name": group.name }))?;
    note(&mut tx, &session, "group deleted", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The group {} is deleted.", group.name),
    ))
}
