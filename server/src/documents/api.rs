//! Documents, for the widget.

use axum::{body::Body, extract::State, http::StatusCode};
use portico_wire::{
    Code, DocumentId, Right, Timestamp, UploadId,
    documents::{Document, DocumentEvent, Documents, StartUpload, Upload, ZipAddress},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Sender, Target, open, receive, seen,
    store::{self, Place, Seen},
    sweep, tell, zip,
};
use crate::{
    App, Result,
    audit::{Actor, Change},
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    scope::{PortalSession, Reading},
    web::body::{Body as Typed, Id, Json, Params},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    before: Option<String>,
}

fn write_place(seen: &Seen) -> String {
    let place = zip::place(seen);
    let seen = u8::from(place.seen);
    format!("{seen}.{}.{}", place.at.micros(), place.id)
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '.');
    let seen = match parts.next()? {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let micros: i64 = parts.next()?.parse().ok()?;
    let within = (0..=253_402_300_799_000_000).contains(&micros);
    Some(Place {
        seen,
        at: within.then(|| Timestamp::from_micros(micros))?,
        id: parts.next()?.parse().ok()?,
    })
}

/// The section Documents: folders, what is shared, what is asked for, what can be sent.
#[utoipa::path(get, path = "/documents", tag = "documents",
    params(("studio" = String, Path), ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Documents)), security(("session" = [])))]
pub async fn list_documents(
    Reading { session, mut tx }: Reading,
    Params(page): Params<Page>,
) -> Result<Json<Documents>> {
    session.section(Right::Documents)?;
    let behind = match &page.before {
        None => None,
        Some(text) => Some(read_place(text).ok_or_else(Error::not_found)?),
    };
    let (who, rights) = (Viewer::from(&session), session.rights);
    let mut found = store::seen_by(&mut tx, who, behind, None).await?;
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    let next = found.last().filter(|_| more).map(write_place);
    let documents: Vec<_> = found
        .iter()
        .map(|seen| open::listed(seen, session.contact, rights))
        .collect();
    let mut folders = store::folders_of(&mut tx, session.client).await?;
    folders.retain(|folder| documents.iter().any(|one| one.folder == Some(folder.id)));
    let events = match rights.has(Right::Events) {
        true => store::events_seen(&mut tx, who).await?,
        false => Vec::new(),
    };
    let (requests, upload) = match behind {
        None => seen::asked(&mut tx, &session, None).await?,
        Some(_) => (Vec::new(), None),
    };
    let event = |one: store::EventName| DocumentEvent {
        id: one.id,
        title: one.title,
        starts_at: one.starts_at,
        time_zone: one.time_zone,
    };
    Ok(Json(Documents {
        folders,
        events: events.into_iter().map(event).collect(),
        documents,
        requests,
        next,
        upload,
    }))
}

/// One document, to look at and to save.
#[utoipa::path(get, path = "/documents/{id}", tag = "documents", params(("studio" = String, Path), ("id" = inline(DocumentId), Path)),
    responses((status = 200, body = Document)), security(("session" = [])))]
pub async fn get_document(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<DocumentId>,
) -> Result<Json<Document>> {
    open::open(&app, &session, id).await.map(Json)
}

/// Takes back a document this contact sent, as long as the studio has not looked at it.
#[utoipa::path(delete, path = "/documents/{id}", tag = "documents", params(("studio" = String, Path), ("id" = inline(DocumentId), Path)),
    responses((status = 204)), security(("session" = [])))]
pub async fn remove_document(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode> {
    let mut tx = app.db.write(&session).await?;
    let held = store::hold_document(&mut tx, id).await?;
    let found = store::seen_one(&mut tx, Viewer::from(&session), id).await?;
    let (held, seen) = held.zip(found).ok_or_else(Error::not_found)?;
    open::section(session.rights, seen.event_id)?;
    let listed = open::listed(&seen, session.contact, session.rights);
    if !listed.removable {
        let own = held.contact_id == Some(session.contact);
        return Err(match own {
            true => Error::refused(
                Code::Conflict,
                "The studio has looked at this document already, so it stays. Please ask the studio to remove it.",
            ),
            false => Error::refused(
                Code::Forbidden,
                "Only who sent a document can take it back.",
            ),
        });
    }
    store::remove_document(&mut tx, id).await?;
    if let Some(request) = held.request_id {
        store::reopen_unanswered(&mut tx, request).await?;
    }
    let change = Change::removed(&json!({ "document": held.name }))?;
    let (actor, reference) = (Actor::of(&session), &session.caller.reference);
    tell::note(
        &mut tx,
        &actor,
        reference,
        held.client_id,
        "document removed",
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    documents: Option<String>,
    event: Option<String>,
}

/// Where chosen documents, those of an event, or all of them can be saved from as one zip file.
#[utoipa::path(get, path = "/documents/zip", tag = "documents",
    params(("studio" = String, Path),
        ("documents" = Option<String>, Query, description = "At most 100 ids with commas between; absent: all."),
        ("event" = Option<String>, Query, description = "Those of an event.")),
    responses((status = 200, body = ZipAddress)), security(("session" = [])))]
pub async fn zip_documents(
    State(app): State<App>,
    session: PortalSession,
    Params(chosen): Params<Chosen>,
) -> Result<Json<ZipAddress>> {
    let which = zip::Which::parse(chosen.documents.as_deref(), chosen.event.as_deref())?;
    let seer = (Viewer::from(&session), session.rights);
    let found = zip::chosen(&app, &session.scope, seer, &which).await?;
    if found.is_empty() {
        return Err(Error::not_found());
    }
    Ok(Json(ZipAddress {
        address: zip::address(&app, &session, &which),
    }))
}

fn upload(upload: store::Upload) -> Upload {
    let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
    Upload {
        id: upload.id,
        name: upload.name,
        bytes: unsigned(upload.bytes),
        offset: unsigned(upload.arrived),
        expires_at: upload.expires_at,
        document: upload.document_id,
        already: upload.already,
    }
}

/// Sending is part of the section, and of an event that is seen.
async fn check_target(
    tx: &mut StudioTx,
    session: &PortalSession,
    started: &StartUpload,
) -> Result<Target> {
    let who = Viewer::from(session);
    let mut event = started.event;
    if let Some(id) = started.request {
        if !store::is_asked(tx, who, id).await? {
            return Err(Error::not_found());
        }
        // It goes where it was asked for.
        let asked = store::request(tx, id).await?;
        event = asked.and_then(|asked| asked.event_id);
    } else if let Some(event) = event
        && !(session.rights.has(Right::Events) && store::sees_event(tx, who, event).await?)
    {
        return Err(Error::not_found());
    }
    open::section(session.rights, event)?;
    session.may(Right::Upload)?;
    if let Some(id) = started.folder {
        let folder = store::folder(tx, id).await?;
        if folder.is_none_or(|folder| folder.client_id != session.client) {
            return Err(Error::not_found());
        }
    }
    if let Some(id) = started.replaces {
        let seen = store::seen_one(tx, who, id).await?;
        let own = seen.is_some_and(|seen| seen.contact_id == Some(session.contact));
        if !own {
            return Err(Error::not_found());
        }
    }
    Ok(Target {
        event,
        folder: started.folder,
        request: started.request,
        replaces: started.replaces,
        ..Target::default()
    })
}

/// A file is to be sent: what is too large, or has no room, is refused before any of it is sent.
#[utoipa::path(post, path = "/documents/uploads", tag = "documents", params(("studio" = String, Path)),
    request_body = StartUpload, responses((status = 201, body = Upload)), security(("session" = [])))]
pub async fn start_upload(
    State(app): State<App>,
    session: PortalSession,
    Typed(started): Typed<StartUpload>,
) -> Result<(StatusCode, Json<Upload>)> {
    let mut tx = app.db.read(&session).await?;
    let target = check_target(&mut tx, &session, &started).await?;
    drop(tx);
    let sender = Sender::contact(&session);
    let begun = receive::start(
        &app,
        &session.scope,
        &sender,
        target,
        &started.name,
        started.bytes,
    );
    Ok((StatusCode::CREATED, Json(upload(begun.await?))))
}

/// How much of a file is there: where to go on after a lost connection.
#[utoipa::path(get, path = "/documents/uploads/{id}", tag = "documents", params(("studio" = String, Path), ("id" = inline(UploadId), Path)),
    responses((status = 200, body = Upload)), security(("session" = [])))]
pub async fn get_upload(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<UploadId>,
) -> Result<Json<Upload>> {
    let sender = Sender::contact(&session);
    let found = receive::find(&app, &session.scope, &sender, id).await?;
    Ok(Json(upload(found)))
}

#[derive(Debug, Deserialize)]
pub struct Offset {
    offset: u64,
}

/// The next part of a file, at most 8 MiB, as the request's body. With the last one the document is there, once,
/// however often that part is sent.
#[utoipa::path(patch, path = "/documents/uploads/{id}", tag = "documents",
    params(("studio" = String, Path), ("id" = inline(UploadId), Path),
        ("offset" = u64, Query, description = "Where in the file the part begins.", maximum = 9_007_199_254_740_991_i64)),
    request_body(content = String, content_type = "application/octet-stream", description = "The part itself."),
    responses((status = 200, body = Upload)), security(("session" = [])))]
pub async fn send_part(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<UploadId>,
    Params(offset): Params<Offset>,
    content: Body,
) -> Result<Json<Upload>> {
    session.may(Right::Upload)?;
    let sender = Sender::contact(&session);
    let sent = receive::part(&app, &session.scope, &sender, id, offset.offset, content);
    Ok(Json(upload(sent.await?)))
}

/// The file is not to be sent after all.
#[utoipa::path(delete, path = "/documents/uploads/{id}", tag = "documents", params(("studio" = String, Path), ("id" = inline(UploadId), Path)),
    responses((status = 204)), security(("session" = [])))]
pub async fn cancel_upload(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<UploadId>,
) -> Result<StatusCode> {
    let sender = Sender::contact(&session);
    let found = receive::find(&app, &session.scope, &sender, id).await?;
    if found.document_id.is_some() {
        return Err(Error::refused(
            Code::Conflict,
            "This file has arrived already. It can be removed from the list of documents.",
        ));
    }
    sweep::give_up(&app, &session.scope, &found).await?;
    Ok(StatusCode::NO_CONTENT)
}
