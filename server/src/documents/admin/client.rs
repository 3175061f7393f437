//! `/admin/clients/{id}/documents`: all of a client's documents, uploading, folders, what is asked for. And those of an
//! event, of all its clients.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, Code, EventId, FolderId, documents::DocumentRequestState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{client_path, event_line, people, rules};
use crate::{
    App, Result,
    audit::{self, Change},
    clients::{self, full_name},
    clock::today,
    documents::{
        MOST_FOLDERS, ask, line,
        store::{self, Request},
        tell::about,
    },
    error::{Error, ResultExt as _},
    forms::texts,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// The longest name of a folder.
const FOLDER: usize = 80;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The event an upload begins with.
    event: Option<EventId>,
}

/// What is asked for, as the page shows it.
fn request(
    one: &Request,
    people: &[(portico_wire::DocumentRequestId, String, String)],
    today: &str,
    zone: &str,
) -> Value {
    let late = ask::is_late(one.due.as_deref(), today);
    let (state, tone) = match one.state {
        DocumentRequestState::Open if late => ("Late", "bad"),
        DocumentRequestState::Open => ("Open", ""),
        DocumentRequestState::Answered => ("Received", "good"),
        DocumentRequestState::Withdrawn => ("Withdrawn", ""),
    };
    let names: Vec<String> = people
        .iter()
        .filter(|(id, _, _)| *id == one.id)
        .map(|(_, first, last)| full_name(first, last))
        .collect();
    json!({
        "id": one.id,
        "title": one.title,
        "note": one.note,
        "people": names.join(", "),
        "due": one.due.as_deref().map(texts::date),
        "state": state,
        "tone": tone,
        "open": one.state == DocumentRequestState::Open,
        "answered": one.answered_at.map(|at| admin::day(at, zone)),
    })
}

/// What the page shows beside what is stored.
#[derive(Default)]
pub struct Typed {
    pub event: Option<EventId>,
    pub errors: FieldErrors,
    pub folder_name: String,
}

pub async fn page(
    app: &App,
    session: &StaffSession,
    id: ClientId,
    typed: Typed,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let lines = store::lines_of(&mut tx, id).await?;
    let folders = store::folders_of(&mut tx, id).await?;
    let requests = store::requests_of(&mut tx, id).await?;
    let asked = store::asked_of_client(&mut tx, id).await?;
    let candidates = store::candidates(&mut tx, id, typed.event).await?;
    let events = store::events_of(&mut tx, id).await?;
    let settings = store::settings(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    drop(tx);
    let zone = &studio.time_zone;
    let of = |folder: Option<FolderId>| -> Vec<Value> {
        let inside = lines.iter().filter(|one| one.folder_id == folder);
        inside.map(|one| line(one, zone)).collect()
    };
    let shelves: Vec<Value> = folders
        .iter()
        .map(|folder| json!({ "id": folder.id, "name": folder.name, "documents": of(Some(folder.id)) }))
        .collect();
    let body = json!({
        "client": { "id": id, "name": client.name, "path": client_path(id) },
        "shelves": shelves,
        "loose": of(None),
        "any": !lines.is_empty(),
        "folders": folders.iter().map(|one| json!([one.id, one.name])).collect::<Vec<_>>(),
        "events": events.iter().map(event_line).collect::<Vec<_>>(),
        "event": typed.event,
        "people": people(&candidates, id, &[]),
        "requests": requests
            .iter()
            .filter(|one| one.state != DocumentRequestState::Withdrawn)
            .map(|one| request(one, &asked, &day, zone))
            .collect::<Vec<_>>(),
        "rules": rules(&settings),
        "folder_name": typed.folder_name,
        "errors": typed.errors,
    });
    admin::page(app, session, "documents/client.html", body)
}

/// `GET /admin/clients/{id}/documents`
pub async fn show_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let typed = Typed {
        event: asked.event,
        ..Typed::default()
    };
    page(&app, &session, id, typed).await
}

/// `GET /admin/events/{id}/documents`
pub async fn show_event(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::event_name(&mut tx, id).await?;
    let event = event.ok_or_else(Error::not_found)?;
    let lines = store::lines_on(&mut tx, id).await?;
    let clients = store::clients_of_event(&mut tx, id).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    drop(tx);
    let body = json!({
        "event": { "id": id, "title": event.title, "day": admin::day(event.starts_at, &event.time_zone) },
        "lines": lines.iter().map(|one| line(one, &zone)).collect::<Vec<_>>(),
        "clients": clients
            .iter()
            .map(|(client, name)| json!({ "name": name, "path": format!("{}?event={id}", client_path(*client)) }))
            .collect::<Vec<_>>(),
    });
    admin::page(&app, &session, "documents/event.html", body)
}

async fn again(
    app: &App,
    session: &StaffSession,
    id: ClientId,
    errors: FieldErrors,
    folder_name: String,
) -> Result<Response> {
    let typed = Typed {
        errors,
        folder_name,
        ..Typed::default()
    };
    let page = page(app, session, id, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn there_is_one() -> Error {
    Error::invalid("folder_name", "There is a folder of this name already.")
}

/// `POST /admin/clients/{id}/documents/folders`
pub async fn add_folder(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let name = errors.required("folder_name", &sent.text("folder_name"), FOLDER);
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, id).await?;
    if store::folders_of(&mut tx, id).await?.len() >= MOST_FOLDERS {
        errors.add("folder_name", "This client has a hundred folders already.");
    }
    if errors.is_empty() {
        let added = store::insert_folder(&mut tx, id, &name).await;
        errors.note("folder_name", added.on_unique(there_is_one))?;
    }
    if !errors.is_empty() {
        drop(tx);
        return again(&app, &session, id, errors, sent.text("folder_name")).await;
    }
    let change = Change::made(&json!({ "folder": name }))?;
    audit::note(&mut tx, &session, "folder added", about(id), change).await?;
    tx.commit().await?;
    let notice = format!("The folder “{name}” is there.");
    Ok(redirect::see(
        &format!("{}#folders", client_path(id)),
        &notice,
    ))
}

/// `POST /admin/documents/folders/{id}`: another name, one place up, or away.
pub async fn change_folder(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<FolderId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let folder = store::folder(&mut tx, id).await?;
    let folder = folder.ok_or_else(Error::not_found)?;
    let client = folder.client_id;
    let named = |name: &str| json!({ "folder": name });
    let notice = match sent.text("act").as_str() {
        "up" => {
            store::raise_folder(&mut tx, &folder).await?;
            "The folder moved up."
        }
        "delete" => {
            store::delete_folder(&mut tx, id).await?;
            let change = Change::removed(&named(&folder.name))?;
            audit::note(&mut tx, &session, "folder deleted", about(client), change).await?;
            "The folder is gone. What was in it is still here."
        }
        "rename" => {
            let mut errors = FieldErrors::default();
            let name = errors.required("folder_name", &sent.text("folder_name"), FOLDER);
            if errors.is_empty() {
                let renamed = store::rename_folder(&mut tx, id, &name).await;
                errors.note("folder_name", renamed.on_unique(there_is_one))?;
            }
            if !errors.is_empty() {
                drop(tx);
                return again(&app, &session, client, errors, String::new()).await;
            }
            let change = Change::between(&named(&folder.name), &named(&name))?;
            if let Some(change) = change {
                audit::note(&mut tx, &session, "folder renamed", about(client), change).await?;
            }
            "Saved."
        }
        _ => {
            return Err(Error::refused(
                Code::Malformed,
                "The form says nothing to do.",
            ));
        }
    };
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{}#folders", client_path(client)),
        notice,
    ))
}
