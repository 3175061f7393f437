//! Asking a client's people for a document.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId, DocumentRequestId, EventId};
use serde::Deserialize;
use serde_json::json;

use super::{client_path, event_line, parse};
use crate::{
    App, Result,
    audit::{self, Change},
    clients,
    clock::today,
    documents::{
        NOTE, TITLE, ask,
        store::{self, NewRequest, Request},
        tell::about,
    },
    error::Error,
    mail::letters::store::{Recipient, recipients},
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

#[derive(Default)]
struct Typed {
    title: String,
    note: String,
    due: String,
    event: String,
    /// Ids as they were sent; absent: the only one there is, if there is one.
    to: Option<Vec<String>>,
    errors: FieldErrors,
}

async fn page(app: &App, session: &StaffSession, id: ClientId, typed: Typed) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let people = recipients(&mut tx, id).await?;
    let events = store::events_of(&mut tx, id).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let day = today(tx.now(), &zone);
    drop(tx);
    let body = json!({
        "client": { "id": id, "name": client.name, "path": client_path(id) },
        "reachable": Recipient::reachable(&people),
        "people": Recipient::offered(&people, typed.to.as_deref()),
        "events": events.iter().map(event_line).collect::<Vec<_>>(),
        "title": typed.title,
        "note": typed.note,
        "due": typed.due,
        "event": typed.event,
        "today": day,
        "errors": typed.errors,
    });
    admin::page(app, session, "documents/ask.html", body)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    event: String,
}

/// `GET /admin/clients/{id}/documents/ask`
pub async fn show_ask(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Query(begin): Query<Begin>,
) -> Result<Response> {
    let typed = Typed {
        event: begin.event,
        ..Typed::default()
    };
    page(&app, &session, id, typed).await
}

/// `POST /admin/clients/{id}/documents/ask`
pub async fn send_ask(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut typed = Typed {
        title: sent.text("title"),
        note: sent.text("note"),
        due: sent.text("due").trim().to_owned(),
        event: sent.text("event"),
        to: Some(sent.all("to").into_iter().map(ToOwned::to_owned).collect()),
        errors: FieldErrors::default(),
    };
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let people = recipients(&mut tx, id).await?;
    let contacts: Vec<ContactId> = sent.all("to").into_iter().filter_map(parse).collect();
    if contacts
        .iter()
        .any(|contact| people.iter().all(|one| one.id != *contact))
    {
        typed.errors.add(
            "to",
            "Somebody you chose is no longer a contact of this client. Please choose again.",
        );
    }
    let title = typed.errors.required("title", &typed.title, TITLE);
    let note = typed.errors.optional("note", &typed.note, NOTE);
    let event: Option<EventId> = parse(&typed.event);
    if let Some(event) = event {
        let clients = store::clients_of_event(&mut tx, event).await?;
        if clients.iter().all(|(client, _)| *client != id) {
            typed
                .errors
                .add("event", "This client is not part of that event any more.");
        }
    }
    if typed.errors.is_empty() {
        let new = NewRequest {
            client: id,
            event,
            contacts: &contacts,
            title: &title,
            note: note.as_deref(),
            due: Some(typed.due.as_str()).filter(|due| !due.is_empty()),
        };
        let (actor, reference) = (session.actor(), &session.visitor.reference);
        let asked = ask::ask(&app, &mut tx, &studio, &new, &actor, reference).await;
        match asked {
            Ok(_) => {
                tx.commit().await?;
                let path = format!("{}#requests", client_path(id));
                return Ok(redirect::see(
                    &path,
                    "Asked. It shows here once it has come.",
                ));
            }
            Err(Error::Refused(refusal)) => {
                let field = refusal.field.unwrap_or("to".into());
                typed.errors.add(field, refusal.detail);
            }
            Err(other) => return Err(other),
        }
    }
    drop(tx);
    let page = page(&app, &session, id, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn find(tx: &mut crate::db::StudioTx, id: DocumentRequestId) -> Result<Request> {
    store::request(tx, id).await?.ok_or_else(Error::not_found)
}

/// `POST /admin/documents/requests/{id}/remind`
pub async fn remind(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentRequestId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let asked = find(&mut tx, id).await?;
    let sent = ask::remind_now(&app, &mut tx, &studio, &asked).await?;
    if sent > 0 {
        let change = Change::made(&json!({ "document": asked.title }))?;
        let subject = about(asked.client_id);
        audit::note(&mut tx, &session, "document reminded of", subject, change).await?;
    }
    tx.commit().await?;
    let notice = match sent {
        0 => "Nobody could be reminded: they were a moment ago, or cannot get into the portal."
            .into(),
        1 => "One person was reminded.".to_owned(),
        _ => format!("{sent} people were reminded."),
    };
    let path = format!("{}#requests", client_path(asked.client_id));
    Ok(redirect::see(&path, &notice))
}

/// `POST /admin/documents/requests/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<DocumentRequestId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let asked = find(&mut tx, id).await?;
    if !store::withdraw_request(&mut tx, id).await? {
        return Err(ask::over());
    }
    let change = Change::removed(&json!({ "document": asked.title }))?;
    let subject = about(asked.client_id);
    audit::note(
        &mut tx,
        &session,
        "document no longer asked for",
        subject,
        change,
    )
    .await?;
    tx.commit().await?;
    let path = format!("{}#requests", client_path(asked.client_id));
    Ok(redirect::see(&path, "Nobody is asked for it any more."))
}
