//! An event's form: a new one of a client, or one that is there.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, EventId};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{Event, act, store},
    Acting, LIST, path,
    typed::{Offered, Typed, TypedClient},
};
use crate::{
    App, Result, clients,
    clock::today,
    error::Error,
    mail::letters::store::recipients,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What is edited: a new event of a client, or one that is there, in the version the form was made from.
enum Place {
    New(ClientId),
    Old(Box<Event>, i64),
}

impl Place {
    fn path(&self) -> String {
        match self {
            Self::New(client) => format!("/admin/clients/{client}/events/new"),
            Self::Old(event, _) => format!("{}/edit", path(event.id)),
        }
    }
}

async fn page(
    app: &App,
    session: &StaffSession,
    place: &Place,
    typed: &Typed,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let offered = Offered::load(&mut tx).await?;
    let facts = typed.facts(&mut tx, &offered).await?;
    drop(tx);
    let (event, version, back) = match place {
        Place::New(client) => (None, 0, clients::client_path(*client)),
        Place::Old(event, version) => (Some(event), *version, path(event.id)),
    };
    let body = json!({
        "event": event.map(|event| json!({ "id": event.id, "title": event.title })),
        "path": place.path(),
        "back": back,
        "version": version,
        "typed": typed,
        "facts": facts,
        "errors": errors,
        "conflict": conflict,
    });
    let page = admin::page(app, session, "events/edit.html", body)?;
    Ok(if conflict {
        (StatusCode::CONFLICT, page).into_response()
    } else {
        page
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Day {
    day: String,
    /// One more client of the event.
    add: Option<ClientId>,
}

/// `GET /admin/clients/{id}/events/new`
pub async fn show_new(
    State(app): State<App>,
    Member(session): Member,
    Id(client): Id<ClientId>,
    Query(asked): Query<Day>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    clients::store::get_client(&mut tx, client).await?;
    let people = recipients(&mut tx, client).await?;
    let day = if portico_wire::time::is_day(&asked.day) {
        asked.day
    } else {
        today(tx.now(), &studio.time_zone)
    };
    drop(tx);
    let typed = Typed::begin(client, &people, &studio.time_zone, day);
    let errors = FieldErrors::default();
    page(&app, &session, &Place::New(client), &typed, errors, false).await
}

/// `POST /admin/clients/{id}/events/new`
pub async fn create(
    State(app): State<App>,
    Member(session): Member,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut typed = Typed::sent(&sent);
    if typed.clients.is_empty() {
        typed.clients.push(TypedClient {
            id: client,
            notes: String::new(),
            off: false,
        });
    }
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let offered = Offered::load(&mut tx).await?;
    let Some(draft) = typed.read(&mut tx, &offered, None, &mut errors).await? else {
        drop(tx);
        let page = page(&app, &session, &Place::New(client), &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let acting = Acting::new(&session, typed.tell);
    let state = typed.begins();
    let id = act::create(&app, &mut tx, &studio, &draft, state, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The event is made."))
}

/// `GET /admin/events/{id}/edit`
pub async fn show_edit(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Query(asked): Query<Day>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::get(&mut tx, id).await?;
    let clients = store::clients(&mut tx, id).await?;
    let named = store::named(&mut tx, id).await?;
    let needs = store::needs(&mut tx, id).await?;
    let uses = store::uses(&mut tx, id).await?;
    let mut typed = Typed::of(&event, &clients, &named, &needs, &uses);
    if let Some(more) = asked.add
        && !typed.clients.iter().any(|one| one.id == more)
    {
        let people = recipients(&mut tx, more).await?;
        typed
            .contacts
            .extend(people.iter().map(|one| one.id.to_string()));
        typed.clients.push(TypedClient {
            id: more,
            notes: String::new(),
            off: false,
        });
    }
    drop(tx);
    let version = event.version;
    let place = Place::Old(Box::new(event), version);
    page(
        &app,
        &session,
        &place,
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

/// `POST /admin/events/{id}/edit`
pub async fn save(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::sent(&sent);
    let version: i64 = sent.text("version").parse().unwrap_or(0);
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let event = store::get(&mut tx, id).await?;
    if event.version != version {
        drop(tx);
        // Sent again, it is meant for what is saved now.
        let now = event.version;
        let place = Place::Old(Box::new(event), now);
        return page(&app, &session, &place, &typed, errors, true).await;
    }
    let clients = store::clients(&mut tx, id).await?;
    let named = store::named(&mut tx, id).await?;
    let offered = Offered::load(&mut tx).await?;
    let before = Some((clients.as_slice(), named.as_slice()));
    let Some(draft) = typed.read(&mut tx, &offered, before, &mut errors).await? else {
        drop(tx);
        let place = Place::Old(Box::new(event), version);
        let page = page(&app, &session, &place, &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let acting = Acting::new(&session, typed.tell);
    act::save(&app, &mut tx, &studio, (id, version), &draft, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "Saved."))
}

/// `GET /admin/events/{id}/clients`: whose else it is.
pub async fn choose_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Query(asked): Query<clients::choose::Search>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::find(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    drop(tx);
    let (page, above) = (format!("{}/clients", path(id)), path(id));
    let purpose = clients::choose::Purpose {
        title: "Another client of this event",
        question: "Whose event is it too? They see the event, and nothing else of each other.",
        above: &[("Events", LIST), (&event.title, &above)],
        address: &page,
    };
    let next = |client| format!("{}/edit?add={client}#client-{client}", path(id));
    clients::choose::page(&app, &session, &asked, &purpose, next).await
}
