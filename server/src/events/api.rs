//! Events, for the widget.

use axum::extract::State;
use portico_wire::{
    AssignmentId, EventId, Right,
    events::{
        self as wire, AskChange, Book, Booking, EventActs, EventNeed, EventQuestions, EventRequest,
        EventResource, Events, RequestKind,
    },
};
use serde::Deserialize;

use super::{
    Event, ask, book, calendar, leader,
    offer::{self, Offer},
    place, store, told,
};
use crate::{
    App, Result, crew,
    db::StudioTx,
    documents,
    error::Error,
    forms::store::Viewer,
    scope::{PortalSession, Reading},
    studios,
    web::body::{Body, Id, IdempotencyKey, Json, Params},
};

/// Coming events in one reply.
const COMING: i64 = 500;
const PAGE: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    after: Option<String>,
}

/// Everything with a date, in one list: coming, past, and requests with their state.
#[utoipa::path(get, path = "/events", tag = "events",
    params(("studio" = String, Path), ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Events)), security(("session" = [])))]
pub async fn list_events(
    Reading { session, mut tx }: Reading,
    Params(asked): Params<After>,
) -> Result<Json<Events>> {
    session.section(Right::Events)?;
    let who = Viewer::from(&session);
    let after = asked.after.as_deref().map(|text| {
        store::Place::read(text)
            .ok_or_else(|| Error::invalid("after", "This page is no longer there."))
    });
    let after = after.transpose()?;
    let coming = match after {
        None => store::coming(&mut tx, who, COMING).await?,
        Some(_) => Vec::new(),
    };
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut past = store::past(&mut tx, who, after, most).await?;
    let may_book = session.rights.has(Right::Book)
        && !store::bookable_kinds(&mut tx, session.client)
            .await?
            .is_empty();
    drop(tx);
    let more = past.len() > PAGE;
    past.truncate(PAGE);
    let next = past.last().filter(|_| more).map(|last| {
        store::Place {
            ends_at: last.ends_at,
            id: last.id,
        }
        .write()
    });
    Ok(Json(Events {
        coming: coming.into_iter().map(told::listed).collect(),
        past: past.into_iter().map(told::listed).collect(),
        next,
        may_book,
    }))
}

/// The event, if this contact sees it.
pub(super) async fn seen(tx: &mut StudioTx, session: &PortalSession, id: EventId) -> Result<Event> {
    if !store::sees(tx, id, Viewer::from(session)).await? {
        return Err(Error::not_found());
    }
    store::get(tx, id).await
}

async fn questions(
    tx: &mut StudioTx,
    session: &PortalSession,
    asked: Option<AssignmentId>,
) -> Result<Option<EventQuestions>> {
    let Some(id) = asked.filter(|_| session.rights.has(Right::FormsAndContracts)) else {
        return Ok(None);
    };
    let found = store::questions(tx, id, Viewer::from(session)).await?;
    Ok(found.map(|one| EventQuestions {
        id,
        title: one.title,
        done: one.done,
    }))
}

/// All of an event that this contact may see; the same statements whatever it holds.
async fn reply(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    event: &Event,
) -> Result<wire::Event> {
    let clients = store::clients(tx, event.id).await?;
    let own = clients.iter().find(|one| one.client_id == session.client);
    let needs = store::needs(tx, event.id).await?;
    let uses = store::uses(tx, event.id).await?;
    let requests = store::requests(tx, event.id, Some(session.client)).await?;
    let requests: Vec<EventRequest> = requests
        .iter()
        .map(|request| told::request(event, request))
        .collect();
    let staff = session.rights.has(Right::StaffNumbers);
    let may_book = session.rights.has(Right::Book);
    let open = requests
        .first()
        .is_some_and(|one| one.state == wire::RequestState::Open);
    let needs = needs.into_iter().filter(|_| staff).map(|need| EventNeed {
        role: need.role_id,
        name: need.name,
        count: need.count,
    });
    let resources = uses.into_iter().map(|one| EventResource {
        resource: one.resource_id,
        name: one.name,
        quantity: one.quantity,
    });
    Ok(wire::Event {
        listed: told::listed_of(event, requests.first().cloned()),
        place: place(&event.venue, &event.address),
        leader: leader(tx, event).await?,
        crew: crew::for_event(app, tx, session, (event.id, &event.time_zone)).await?,
        notes: own.map(|one| one.notes.clone()).unwrap_or_default(),
        wishes: own.map(|one| one.wishes.clone()).unwrap_or_default(),
        needs: needs.collect(),
        resources: resources.collect(),
        requests,
        questions: questions(tx, session, event.assignment_id).await?,
        reason: event.reason.clone(),
        documents: None,
        may: EventActs {
            ask: may_book && !open && ask::may_ask(event, tx.now()),
            again: may_book,
        },
        calendar: calendar::address(app, session, event.id),
    })
}

/// An event with all that belongs to it.
#[utoipa::path(get, path = "/events/{id}", tag = "events", params(("studio" = String, Path), ("id" = EventId, Path)),
    responses((status = 200, body = wire::Event)), security(("session" = [])))]
pub async fn get_event(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(id): Id<EventId>,
) -> Result<Json<wire::Event>> {
    session.section(Right::Events)?;
    let event = seen(&mut tx, &session, id).await?;
    let mut reply = reply(&app, &mut tx, &session, &event).await?;
    reply.documents = Some(documents::seen::of_event(&mut tx, &session, id).await?);
    Ok(Json(reply))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    pub(super) from: Option<EventId>,
}

/// What there is to book; with `from`, filled in as an earlier event was.
#[utoipa::path(get, path = "/events/booking", tag = "events",
    params(("studio" = String, Path), ("from" = Option<EventId>, Query, description = "An earlier event, to book again")),
    responses((status = 200, body = Booking)), security(("session" = [])))]
pub async fn get_booking(
    Reading { session, mut tx }: Reading,
    Params(asked): Params<From>,
) -> Result<Json<Booking>> {
    offered(&mut tx, &session, asked.from).await.map(Json)
}

/// All there is to book, filled in as `from` was.
pub(super) async fn offered(
    tx: &mut StudioTx,
    session: &PortalSession,
    from: Option<EventId>,
) -> Result<Booking> {
    session.section(Right::Events)?;
    session.may(Right::Book)?;
    let studio = studios::store::get(tx).await?;
    let offer = Offer::of(tx, session.client).await?;
    let mut booking = offer.told(tx.now(), &studio, &session.rights);
    if let Some(from) = from {
        let event = seen(tx, session, from).await?;
        let staff = session.rights.has(Right::StaffNumbers);
        let again = offer::again(tx, &event, session.client, &offer, staff).await?;
        booking.again = Some(again);
    }
    Ok(booking)
}

/// Books an event; it starts as "To be confirmed". The same once more gives the same event.
#[utoipa::path(post, path = "/events", tag = "events",
    params(("studio" = String, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Book, responses((status = 200, body = wire::Event)), security(("session" = [])))]
pub async fn book_event(
    State(app): State<App>,
    session: PortalSession,
    key: IdempotencyKey,
    Body(sent): Body<Book>,
) -> Result<Json<wire::Event>> {
    session.section(Right::Events)?;
    session.may(Right::Book)?;
    let mut tx = app.db.write(&session).await?;
    let id = book::book(&app, &mut tx, &session, &sent, key.as_str()).await?;
    tx.commit().await?;
    let mut tx = app.db.read(&session).await?;
    let event = seen(&mut tx, &session, id).await?;
    reply(&app, &mut tx, &session, &event).await.map(Json)
}

/// Asks the studio to move or cancel an event. The same once more is the same request.
#[utoipa::path(post, path = "/events/{id}/requests", tag = "events",
    params(("studio" = String, Path), ("id" = EventId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = AskChange, responses((status = 200, body = wire::Event)), security(("session" = [])))]
pub async fn ask_change(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<EventId>,
    key: IdempotencyKey,
    Body(sent): Body<AskChange>,
) -> Result<Json<wire::Event>> {
    session.section(Right::Events)?;
    let mut tx = app.db.write(&session).await?;
    let event = seen(&mut tx, &session, id).await?;
    session.may(Right::Book)?;
    if sent.kind == RequestKind::Cancel && !(sent.starts.is_empty() && sent.ends.is_empty()) {
        return Err(Error::invalid(
            "starts",
            "A cancellation has no new time. Please leave it out.",
        ));
    }
    ask::ask(&app, &mut tx, &session, &event, &sent, key.as_str()).await?;
    tx.commit().await?;
    let mut tx = app.db.read(&session).await?;
    reply(&app, &mut tx, &session, &event).await.map(Json)
}
