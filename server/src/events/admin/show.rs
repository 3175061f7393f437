//! An event's page: what it is, whose, what it takes, what is asked, and what can be done with it.

use axum::{extract::State, response::Response};
use portico_wire::{EventId, events::RequestState};
use serde_json::{Value, json};

use super::{
    super::{
        Act, Event, after, label, place,
        store::{self, EventClient, Named, Request},
        times::{self, When},
    },
    path,
};
use crate::{
    App, Result,
    audit::Subject,
    clients::{client_path, full_name},
    crew,
    db::StudioTx,
    messages,
    sales::timeline::timeline,
    scope::Member,
    studios,
    web::{admin, body::Id},
};

fn parties(clients: &[EventClient], named: &[Named]) -> Vec<Value> {
    clients
        .iter()
        .map(|client| {
            let own = named.iter().filter(|one| one.client_id == client.client_id);
            let people: Vec<Value> = own
                .map(|one| {
                    json!({
                        "id": one.id,
                        "name": full_name(&one.first_name, &one.last_name),
                        "booker": one.booker,
                        "reached": one.email.is_some(),
                    })
                })
                .collect();
            json!({
                "id": client.client_id, "path": client_path(client.client_id), "name": client.name, "people": people,
                "notes": client.notes, "wishes": client.wishes,
            })
        })
        .collect()
}

/// A wish as staff read it.
fn asked(event: &Event, request: &Request, zone: &str) -> Value {
    let wanted = request.starts_at.zip(request.ends_at);
    let wanted = wanted.map(|(starts_at, ends_at)| {
        let when = When {
            starts_at,
            ends_at,
            all_day: event.all_day,
        };
        times::said(when, &event.zone())
    });
    json!({
        "id": request.id,
        "kind": request.kind,
        "open": request.state == RequestState::Open,
        "accepted": request.state == RequestState::Accepted,
        "by": full_name(&request.first_name, &request.last_name),
        "wanted": wanted,
        "reason": request.reason,
        "answer": request.answer,
        "made": admin::moment(request.made_at, zone),
        "answered": request.answered_at.map(|at| admin::moment(at, zone)),
    })
}

async fn source(tx: &mut StudioTx, event: &Event) -> Result<Option<Value>> {
    let Some(id) = event.source_id else {
        return Ok(None);
    };
    let found = store::find(tx, id).await?;
    Ok(found.map(|one| json!({ "path": path(one.id), "title": one.title, "when": one.said() })))
}

/// `GET /admin/events/{id}`
pub async fn show_event(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::get(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let zone = &studio.time_zone;
    let clients = store::clients(&mut tx, id).await?;
    let named = store::named(&mut tx, id).await?;
    let uses = store::uses(&mut tx, id).await?;
    let requests = store::requests(&mut tx, id, None).await?;
    let source = source(&mut tx, &event).await?;
    let groups = crate::clients::store::groups(&mut tx).await?;
    let roster = crew::card::of_event(&mut tx, id).await?;
    let talks = messages::store::of_event(&mut tx, id).await?;
    let talks: Vec<Value> = talks.iter().map(|one| messages::line(one, zone)).collect();
    let entries = timeline(&mut tx, Subject("event", Some(id.into_uuid())), zone).await?;
    drop(tx);
    let (state, tone) = label(event.state);
    let may = |act| after(event.state, act).is_some();
    let group = event
        .group_id
        .and_then(|id| groups.iter().find(|group| group.id == id));
    let elsewhere = (event.time_zone != *zone && !event.all_day)
        .then(|| times::said(event.when(), &super::super::zone_of(zone)));
    let uses = uses.iter();
    let uses = uses.map(|one| json!({ "name": one.name, "quantity": one.quantity }));
    let body = json!({
        "id": id,
        "version": event.version,
        "title": event.title,
        "kind": event.kind,
        "colour": event.colour,
        "state": state,
        "tone": tone,
        "when": event.said(),
        "elsewhere": elsewhere,
        "time_zone": event.time_zone,
        "place": place(&event.venue, &event.address),
        "leader": event.leader_name,
        "leader_phone": event.leader_phone,
        "staff_notes": event.staff_notes,
        "reason": event.reason,
        "group": group.map(|group| group.name.as_str()),
        "clients": parties(&clients, &named),
        "roster": roster,
        "uses": uses.collect::<Vec<_>>(),
        "requests": requests.iter().map(|one| asked(&event, one, zone)).collect::<Vec<_>>(),
        "source": source,
        "questions": event.assignment_id.is_some(),
        "messages": talks,
        "timeline": entries,
        "may": {
            "confirm": may(Act::Confirm), "complete": may(Act::Complete), "cancel": may(Act::Cancel),
            "reopen": may(Act::Reopen), "move": event.state.is_open(),
        },
    });
    admin::page(&app, &session, "events/show.html", body)
}
