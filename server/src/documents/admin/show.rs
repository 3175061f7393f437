//! A document: what is in it, whom it is for, who has seen it, and what it was before.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{
    ContactId, DocumentId, FolderId,
    documents::{DocumentSource, PreviewKind},
};
use serde_json::{Value, json};

use super::{audience, client_path, parse, path, people, rules};
use crate::{
    App, Result,
    audit::{self, Change},
    clients::{self, full_name},
    db::StudioTx,
    documents::{
        kinds, open,
        store::{self, Document, Reader, Version},
        tell::{self, about},
    },
    error::Error,
    files::clean_name,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        download,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

async fn find(tx: &mut StudioTx, id: DocumentId) -> Result<Document> {
    let found = store::document(tx, id).await?;
    found.ok_or_else(Error::not_found)
}

fn reader(one: &Reader, client: &str, zone: &str) -> Value {
    let at = |moment| admin::moment(moment, zone);
    let state = match (one.seen_at, one.downloaded_at) {
        (_, Some(_)) => ("Downloaded", "good"),
        (Some(_), None) => ("Seen", "good"),
        (None, None) => ("Not seen yet", ""),
    };
    json!({
        "name": full_name(&one.first_name, &one.last_name),
        "of": (one.client_name != client).then_some(&one.client_name),
        "aside": one.aside,
        "seen": one.seen_at.map(at),
        "downloaded": one.downloaded_at.map(at),
        "state": state.0,
        "tone": state.1,
    })
}

fn version(one: &Version, zone: &str) -> Value {
    json!({
        "number": one.number,
        "name": one.name,
        "kind": kinds::word(&one.kind),
        "size": kinds::size(one.bytes),
        "by": one.by_name,
        "when": admin::moment(one.created_at, zone),
        "sha256": one.sha256,
    })
}

async fn page(
    app: &App,
    session: &StaffSession,
    id: DocumentId,
    errors: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let document = find(&mut tx, id).await?;
    let client = clients::store::get_client(&mut tx, document.client_id).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let versions = store::versions(&mut tx, id).await?;
    let readers = store::readers(&mut tx, id).await?;
    let named = store::named(&mut tx, id).await?;
    let candidates = store::candidates(&mut tx, client.id, document.event_id).await?;
    let folders = store::folders_of(&mut tx, client.id).await?;
    let settings = store::settings(&mut tx).await?;
    let event = match document.event_id {
        Some(event) => store::event_name(&mut tx, event).await?,
        None => None,
    };
    let request = match document.request_id {
        Some(request) => store::request(&mut tx, request).await?,
        None => None,
    };
    drop(tx);
    let current = versions.iter().find(|one| one.number == document.current);
    let current = current.ok_or_else(Error::not_found)?;
    let preview = kinds::preview(&current.kind, current.bytes).map(|kind| match kind {
        PreviewKind::Picture => "picture",
        PreviewKind::Pdf => "pdf",
    });
    let body = json!({
        "document": {
            "id": id,
            "path": path(id),
            "name": document.name,
            "by_contact": document.source == DocumentSource::Contact,
            "folder": document.folder_id,
            "for_all": document.for_all,
            "seen": document.staff_seen_at.map(|at| admin::moment(at, &zone)),
            "seen_by": document.staff_seen_by,
        },
        "client": { "id": client.id, "name": client.name, "path": client_path(client.id) },
        "event": event.map(|event| json!({ "id": event.id, "title": event.title })),
        "request": request.map(|request| request.title),
        "current": version(current, &zone),
        "preview": preview,
        "versions": versions.iter().map(|one| version(one, &zone)).collect::<Vec<_>>(),
        "readers": readers.iter().map(|one| reader(one, &client.name, &zone)).collect::<Vec<_>>(),
        "people": people(&candidates, client.id, &named),
        "folders": folders.iter().map(|one| json!([one.id, one.name])).collect::<Vec<_>>(),
        "rules": rules(&settings),
        "errors": errors,
    });
    admin::page(app, session, "documents/show.html", body)
}

/// `GET /admin/documents/{id}`: looking at what a contact sent is seeing it.
pub async fn show(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let document = find(&mut tx, id).await?;
    drop(tx);
    if document.source == DocumentSource::Contact && document.staff_seen_at.is_none() {
        let mut tx = app.db.write(&session).await?;
        store::mark_staff_seen(&mut tx, id, &session.name).await?;
        tx.commit().await?;
    }
    page(&app, &session, id, FieldErrors::default()).await
}

/// `POST /admin/documents/{id}`: name and folder.
pub async fn save(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &sent.text("name"), portico_wire::documents::NAME);
    let name = clean_name(&name);
    let mut tx = app.db.write(&session).await?;
    let document = find(&mut tx, id).await?;
    let folder: Option<FolderId> = parse(&sent.text("folder"));
    if let Some(folder) = folder {
        let found = store::folder(&mut tx, folder).await?;
        if found.is_none_or(|folder| folder.client_id != document.client_id) {
            errors.add("folder", "This folder was removed in the meantime.");
        }
    }
    if !errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, id, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    store::save_document(&mut tx, id, &name, folder).await?;
    let said = |name: &str| json!({ "document": name });
    if let Some(change) = Change::between(&said(&document.name), &said(&name))? {
        let subject = about(document.client_id);
        audit::note(&mut tx, &session, "document renamed", subject, change).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(&path(id), "Saved."))
}

/// `POST /admin/documents/{id}/share`
pub async fn share(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let document = store::hold_document(&mut tx, id).await?;
    let document = document.ok_or_else(Error::not_found)?;
    let client = document.client_id;
    let chosen = audience(&mut tx, client, document.event_id, &sent, &mut errors);
    let (for_all, mut contacts) = chosen.await?;
    if !errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, id, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let before = tell::named_readers(&mut tx, id).await?;
    // Who sent it goes on seeing it.
    contacts.extend(document.contact_id);
    store::unshare(&mut tx, id, for_all).await?;
    for contact in contacts {
        store::share_with(&mut tx, id, contact).await?;
    }
    let after = tell::named_readers(&mut tx, id).await?;
    let added: Vec<ContactId> = after
        .iter()
        .copied()
        .filter(|one| !before.contains(one))
        .collect();
    if sent.is_ticked("tell") {
        tell::shared(&mut tx, &document, &added, &session.actor()).await?;
    }
    let said = |count: usize| json!({ "document": document.name, "shared with": count });
    let change = Change {
        before: Some(said(before.len())),
        after: Some(said(after.len())),
    };
    audit::note(
        &mut tx,
        &session,
        "document shared anew",
        about(client),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(&format!("{}#readers", path(id)), "Saved."))
}

/// `POST /admin/documents/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let document = find(&mut tx, id).await?;
    store::remove_document(&mut tx, id).await?;
    let change = Change::removed(&json!({ "document": document.name }))?;
    let subject = about(document.client_id);
    audit::note(&mut tx, &session, "document removed", subject, change).await?;
    tx.commit().await?;
    let notice = format!("“{}” is removed.", document.name);
    Ok(redirect::see(&client_path(document.client_id), &notice))
}

async fn stored(
    app: &App,
    session: &StaffSession,
    id: &str,
    number: &str,
) -> Result<(Document, Version)> {
    let id: DocumentId = id.parse().map_err(|_| Error::not_found())?;
    let number: i64 = number.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.read(session).await?;
    let document = find(&mut tx, id).await?;
    let version = store::version(&mut tx, id, number).await?;
    Ok((document, version.ok_or_else(Error::not_found)?))
}

/// `GET /admin/documents/{id}/file/{number}`
pub async fn save_file(
    State(app): State<App>,
    Member(session): Member,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response> {
    let (document, version) = stored(&app, &session, &id, &number).await?;
    let name = match version.number == document.current {
        true => &document.name,
        false => &version.name,
    };
    download::stored(&app, &version.storage_key, name, &version.kind).await
}

/// `GET /admin/documents/{id}/look/{number}`
pub async fn look(
    State(app): State<App>,
    Member(session): Member,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response> {
    let (document, version) = stored(&app, &session, &id, &number).await?;
    open::look(&app, &version, &document.name).await
}
