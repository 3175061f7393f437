//! The gate list for staff: to print, as PDF, and addresses for whoever stands at the gate.

use axum::{
    extract::{Path, State as FromApp},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::{EventId, GateLinkId, Timestamp, events::EventState};
use serde_json::{Value, json};

use super::{LIST, about_event, gate_path, roster_path};
use crate::{
    App, Result,
    audit::{self, Change},
    crew::{Event, GateLink, Shift, gate::Source, gate_address, store},
    error::Error,
    scope::{Member as Staff, StaffSession},
    secrets::Secret,
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const HOUR: i64 = 3600;
/// Nobody hands out more of them.
const MOST_LINKS: usize = 20;

/// How long a link opens the list, as the form offers it.
const LASTS: &[(&str, &str)] = &[
    ("event", "Until six hours after the event"),
    ("day", "24 hours from now"),
    ("week", "7 days from now"),
];

fn ends(asked: &str, event: &Event, now: Timestamp) -> Option<Timestamp> {
    let at = match asked {
        "event" => event.ends_at.plus_seconds(6 * HOUR),
        "day" => now.plus_seconds(24 * HOUR),
        "week" => now.plus_seconds(7 * 24 * HOUR),
        _ => return None,
    };
    (at > now).then_some(at)
}

fn link_row(one: &GateLink, zone: &str) -> Value {
    json!({
        "id": one.id,
        "by": one.made_by,
        "made": admin::moment(one.made_at, zone),
        "until": admin::moment(one.expires_at, zone),
        "seen": one.seen_at.map(|at| admin::moment(at, zone)),
    })
}

async fn page(
    app: &App,
    session: &StaffSession,
    id: EventId,
    shown: Option<&Secret>,
    errors: &FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let event = store::event(&mut tx, id).await?;
    let links = store::live_gate_links(&mut tx, id).await?;
    let source = Source::load(&mut tx, event).await?;
    drop(tx);
    let photo = |one: &Shift| format!("{LIST}/{}/photo", one.crew_id);
    let zone = &source.event.time_zone;
    let body = json!({
        "list": source.list("", photo)?,
        "event": { "id": id, "title": source.event.title, "cancelled": source.event.state == EventState::Cancelled },
        "roster": roster_path(id),
        "path": gate_path(id),
        "links": links.iter().map(|one| link_row(one, zone)).collect::<Vec<_>>(),
        "lasts": LASTS,
        "shown": shown.map(|secret| gate_address(app, secret)),
        "errors": errors,
    });
    admin::page(app, session, "crew/gate.html", body)
}

/// `GET /admin/events/{id}/gate`
pub async fn show_gate(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
) -> Result<Response> {
    page(&app, &session, id, None, &FieldErrors::default()).await
}

/// `GET /admin/events/{id}/gate.pdf`: drawn now, kept nowhere.
pub async fn save_pdf(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::event(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let source = Source::load(&mut tx, event).await?;
    drop(tx);
    let name = format!("Gate list {}.pdf", source.event.title);
    let content = source.pdf(&app, studio).await?;
    let named = format!(
        "attachment; filename=\"gate-list.pdf\"; filename*=UTF-8''{}",
        redirect::escape(&name)
    );
    let named = HeaderValue::from_str(&named).map_err(Error::internal)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/pdf"),
        ),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, content).into_response())
}

/// `POST /admin/events/{id}/gate/links`: a new address, shown this once.
pub async fn make_link(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let event = store::event(&mut tx, id).await?;
    let alive = store::live_gate_links(&mut tx, id).await?;
    let mut errors = FieldErrors::default();
    let until = ends(&sent.text("lasts"), &event, tx.now());
    if until.is_none() {
        errors.add(
            "lasts",
            "This would be over already. Please choose another time.",
        );
    }
    if alive.len() >= MOST_LINKS {
        errors.add(
            "lasts",
            "These are very many addresses. Please end one first.",
        );
    }
    if event.state == EventState::Cancelled {
        errors.add("lasts", "This event is cancelled.");
    }
    let Some(until) = until.filter(|_| errors.is_empty()) else {
        drop(tx);
        let page = page(&app, &session, id, None, &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let secret = Secret::random();
    let link = (tx.id(), id);
    store::insert_gate_link(&mut tx, link, &secret.hash(), until, &session.name).await?;
    let change = Change::made(&json!({ "until": admin::moment(until, &event.time_zone) }))?;
    audit::note(&mut tx, &session, "gate link made", about_event(id), change).await?;
    tx.commit().await?;
    page(&app, &session, id, Some(&secret), &errors).await
}

/// `POST /admin/events/{id}/gate/links/{link}/end`
pub async fn end_link(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path((event, link)): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let event: EventId = event.parse().map_err(|_| Error::not_found())?;
    let link: GateLinkId = link.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    if !store::revoke_gate_link(&mut tx, event, link).await? {
        return Err(Error::not_found());
    }
    audit::note(
        &mut tx,
        &session,
        "gate link ended",
        about_event(event),
        Change::none(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &gate_path(event),
        "This address opens nothing any more.",
    ))
}
