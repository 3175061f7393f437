//! What crew can be qualified for.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::QualificationId;
use serde_json::{Value, json};

use crate::{
    App, Result,
    audit::{self, Change, Subject},
    crew::{Qualification, store},
    error::Error,
    scope::{Manager, Member as Staff, StaffSession},
    staff::Role,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/crew/qualifications";
/// Beyond this nobody finds one.
const MOST: usize = 100;

fn about(id: QualificationId) -> Subject {
    Subject("qualification", Some(id.into_uuid()))
}

#[derive(Default)]
struct Typed {
    /// Whose form it was; absent: the one for a new one.
    id: Option<QualificationId>,
    name: String,
    errors: FieldErrors,
}

async fn page(app: &App, session: &StaffSession, typed: Option<Typed>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let all = store::qualifications(&mut tx).await?;
    let holders = store::holders(&mut tx).await?;
    drop(tx);
    let mine = |id| typed.as_ref().filter(|typed| typed.id == id);
    let rows: Vec<Value> = all
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let typed = mine(Some(one.id));
            json!({
                "id": one.id,
                "title": one.name,
                "name": typed.map_or(&one.name, |typed| &typed.name),
                "error": typed.and_then(|typed| typed.errors.get("name")),
                "open": typed.is_some(),
                "holders": holders.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, count)| *count),
                "first": at == 0,
                "last": at + 1 == all.len(),
            })
        })
        .collect();
    let new = mine(None);
    let body = json!({
        "rows": rows,
        "may": session.role >= Role::Manager,
        "new_name": new.map_or("", |typed| typed.name.as_str()),
        "new_error": new.and_then(|typed| typed.errors.get("name")),
        "problems": typed.as_ref().map(|typed| json!(typed.errors)).unwrap_or_else(|| json!({})),
    });
    admin::page(app, session, "crew/qualifications.html", body)
}

async fn refuse(app: &App, session: &StaffSession, typed: Typed) -> Result<Response> {
    let page = page(app, session, Some(typed)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /admin/crew/qualifications`
pub async fn show(FromApp(app): FromApp<App>, Staff(session): Staff) -> Result<Response> {
    page(&app, &session, None).await
}

fn name(
    sent: &Sent,
    all: &[Qualification],
    but: Option<QualificationId>,
    errors: &mut FieldErrors,
) -> String {
    let name = errors.required("name", &sent.text("name"), 80);
    let same = |one: &Qualification| one.name.to_lowercase() == name.to_lowercase();
    if all.iter().any(|one| Some(one.id) != but && same(one)) {
        errors.add("name", "There is a qualification of this name already.");
    }
    name
}

/// `POST /admin/crew/qualifications`
pub async fn add(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let all = store::qualifications(&mut tx).await?;
    let mut errors = FieldErrors::default();
    let name = name(&sent, &all, None, &mut errors);
    if all.len() >= MOST {
        errors.add("name", "These are very many. Please remove one first.");
    }
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed {
            id: None,
            name: sent.text("name"),
            errors,
        };
        return refuse(&app, &session, typed).await;
    }
    let id = tx.id();
    store::insert_qualification(&mut tx, id, &name).await?;
    let change = Change::made(&json!({ "name": name }))?;
    audit::note(&mut tx, &session, "qualification made", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, &format!("{name} is on the list.")))
}

fn find(all: &[Qualification], id: QualificationId) -> Result<(usize, &Qualification)> {
    let mut places = all.iter().enumerate();
    places
        .find(|(_, one)| one.id == id)
        .ok_or_else(Error::not_found)
}

/// `POST /admin/crew/qualifications/{id}`: another name.
pub async fn rename(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<QualificationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let all = store::qualifications(&mut tx).await?;
    let (_, before) = find(&all, id)?;
    let mut errors = FieldErrors::default();
    let name = name(&sent, &all, Some(id), &mut errors);
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed {
            id: Some(id),
            name: sent.text("name"),
            errors,
        };
        return refuse(&app, &session, typed).await;
    }
    let change = Change::between(&json!({ "name": before.name }), &json!({ "name": name }))?;
    let Some(change) = change else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    store::rename_qualification(&mut tx, id, &name).await?;
    audit::note(
        &mut tx,
        &session,
        "qualification renamed",
        about(id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, &format!("{name} is saved.")))
}

/// `POST /admin/crew/qualifications/{id}/move`
pub async fn shift(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<QualificationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let all = store::qualifications(&mut tx).await?;
    let (at, one) = find(&all, id)?;
    let name = one.name.clone();
    let to = if sent.text("way") == "up" {
        at.saturating_sub(1)
    } else {
        (at + 1).min(all.len() - 1)
    };
    let mut order: Vec<QualificationId> = all.iter().map(|one| one.id).collect();
    order.swap(at, to);
    for (place, id) in (1_i64..).zip(order) {
        store::place_qualification(&mut tx, id, place).await?;
    }
    audit::note(
        &mut tx,
        &session,
        "qualification moved",
        about(id),
        Change::none(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#{id}"),
        &format!("{name} is moved."),
    ))
}

/// `POST /admin/crew/qualifications/{id}/remove`: one that nobody holds and no event asks for.
pub async fn remove(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<QualificationId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let all = store::qualifications(&mut tx).await?;
    let (_, one) = find(&all, id)?;
    if !store::delete_unused_qualification(&mut tx, id).await? {
        drop(tx);
        let mut errors = FieldErrors::default();
        errors.add(
            "name",
            "Somebody holds it, or an event asks for it. Take it off there first.",
        );
        let typed = Typed {
            id: Some(id),
            name: one.name.clone(),
            errors,
        };
        return refuse(&app, &session, typed).await;
    }
    let change = Change::removed(&json!({ "name": one.name }))?;
    audit::note(
        &mut tx,
        &session,
        "qualification deleted",
        about(id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, &format!("{} is removed.", one.name)))
}
