//! Calendar files (RFC 5545): one event, and the private feed of all a contact sees. A calendar knows an event again by
//! its UID and takes over what has a higher SEQUENCE. Times are UTC, which every calendar shows in its own zone.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use icalendar::{Calendar as File, Component as _, EventLike as _, EventStatus, Property};
use portico_wire::{
    ContactId, EventId, Right, Rights,
    events::{Calendar, EventState, Leader},
};

use super::{Event, leader, store, times};
use crate::{
    App, Result,
    access::sealed,
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    scope::{PortalSession, Reading, StudioScope},
    secrets::Secret,
    studios::{self, Studio},
    web::body::Json,
};

const PURPOSE: &str = "calendar file";
const SECRET: &str = "calendar feed";
/// How far back a feed goes, in days.
const BACK: i64 = 400;
const MOST: i64 = 5_000;

/// What a file is told for (RFC 5546).
const PUBLISH: &str = "PUBLISH";
const CANCEL: &str = "CANCEL";

fn utc(at: portico_wire::Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros())
        .map(|at| at.strftime("%Y%m%dT%H%M%SZ").to_string())
        .unwrap_or_default()
}

fn entry(app: &App, studio: &Studio, event: &Event, leader: Option<&Leader>) -> icalendar::Event {
    let mut entry = icalendar::Event::new();
    let status = match event.state {
        EventState::Cancelled => EventStatus::Cancelled,
        EventState::Confirmed | EventState::Completed => EventStatus::Confirmed,
        EventState::Requested | EventState::ToBeConfirmed => EventStatus::Tentative,
    };
    entry
        .uid(&format!("{}@{}", event.id, app.origin.host()))
        .sequence(u32::try_from(event.sequence).unwrap_or(u32::MAX))
        .summary(&event.title)
        .status(status);
    entry.append_property(Property::new("DTSTAMP", utc(event.updated_at)));
    entry.append_property(Property::new("LAST-MODIFIED", utc(event.updated_at)));
    if event.all_day {
        let zone = event.zone();
        let day = |at| times::local(at, &zone).strftime("%Y%m%d").to_string();
        for (name, at) in [("DTSTART", event.starts_at), ("DTEND", event.ends_at)] {
            let mut property = Property::new(name, day(at));
            property.add_parameter("VALUE", "DATE");
            entry.append_property(property.done());
        }
    } else {
        entry.append_property(Property::new("DTSTART", utc(event.starts_at)));
        entry.append_property(Property::new("DTEND", utc(event.ends_at)));
    }
    let place = event.place_line();
    if !place.is_empty() {
        entry.location(&place);
    }
    if let Some(email) = &studio.support_email {
        let mut organizer = Property::new("ORGANIZER", format!("mailto:{email}"));
        // A quotation mark cannot stand in a parameter, quoted or not.
        let name: String = studio.name.chars().filter(|c| *c != '"').collect();
        organizer.add_parameter("CN", &format!("\"{name}\""));
        entry.append_property(organizer.done());
    }
    if let Some(leader) = leader {
        let phone = leader.phone.as_deref().unwrap_or_default();
        entry.description(format!("Team leader: {} {phone}", leader.name).trim());
    }
    entry.done()
}

fn new_file(method: &str) -> File {
    let mut file = File::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Portico//Client portal//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", method),
    ] {
        file.append_property(Property::new(name, value));
    }
    file
}

/// The file of one event; of a cancelled one it takes it out of the calendar.
pub fn file(app: &App, studio: &Studio, event: &Event, leader: Option<&Leader>) -> String {
    let method = if event.state == EventState::Cancelled {
        CANCEL
    } else {
        PUBLISH
    };
    let mut file = new_file(method);
    file.push(entry(app, studio, event, leader));
    file.to_string()
}

/// All of them as [`store::feed`] tells them, under the studio's name.
pub fn feed(app: &App, studio: &Studio, events: &[Event]) -> String {
    let mut file = new_file(PUBLISH);
    file.name(&studio.name);
    file.append_property(Property::new("X-PUBLISHED-TTL", "PT1H"));
    file.append_property(Property::new("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"));
    for event in events {
        file.push(entry(app, studio, event, event.typed_leader().as_ref()));
    }
    file.to_string()
}

fn respond(text: String, name: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, text).into_response()
}

/// An address of an event's file for a browser to save it from.
pub fn address(app: &App, session: &PortalSession, event: EventId) -> String {
    let sealed = sealed::seal(app, session, PURPOSE, &event.bytes());
    format!("{}/files/events/{sealed}", app.origin)
}

/// `GET /files/events/{sealed}`: whether the session still sees the event is asked anew.
pub async fn open_event(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let opened = sealed::open(&app, PURPOSE, &sealed).await?;
    if !opened.session.rights().has(Right::Events) {
        return Err(Error::not_found());
    }
    let id = opened.what.as_slice().try_into().map(EventId::from_bytes);
    let id = id.map_err(|_| Error::not_found())?;
    let mut tx = app.db.read(&opened.scope).await?;
    if !store::sees(&mut tx, id, Viewer::from(&opened.session)).await? {
        return Err(Error::not_found());
    }
    let event = store::get(&mut tx, id).await?;
    let leader = leader(&mut tx, &event).await?;
    let studio = studios::store::get(&mut tx).await?;
    let text = file(&app, &studio, &event, leader.as_ref());
    Ok(respond(text, "attachment; filename=\"event.ics\""))
}

/// `GET /calendar/{secret}.ics`: for calendars, which have nothing but the address.
pub async fn open_feed(State(app): State<App>, Path(name): Path<String>) -> Result<Response> {
    let secret = name.strip_suffix(".ics").ok_or_else(Error::not_found)?;
    // System: the address alone says whose events these are.
    let mut tx = app.db.system_read().await?;
    let hash = Secret::presented(secret).hash();
    let owner = store::feed_owner(&mut tx, &hash).await?;
    drop(tx);
    let owner = owner.ok_or_else(Error::not_found)?;
    let mut tx = app.db.read(&StudioScope::of(owner.studio_id)).await?;
    let studio = studios::store::get(&mut tx).await?;
    studio.check_open()?;
    let rights = Rights::resolve(&studio.rights, &owner.client_rights, &owner.contact_rights);
    if !rights.has(Right::Events) {
        return Err(Error::not_found());
    }
    let who = Viewer {
        contact: owner.contact_id,
        client: owner.client_id,
        everything: rights.has(Right::SeeEverything),
    };
    let since = tx.now().plus_seconds(-BACK * 86_400);
    let events = store::feed(&mut tx, who, since, MOST).await?;
    drop(tx);
    Ok(respond(
        feed(&app, &studio, &events),
        "inline; filename=\"events.ics\"",
    ))
}

async fn told(app: &App, tx: &mut StudioTx, contact: ContactId) -> Result<Calendar> {
    let Some(sealed) = store::feed_secret(tx, contact).await? else {
        return Ok(Calendar { address: None });
    };
    let secret = String::from_utf8(app.keys.decrypt(SECRET, &sealed)?).map_err(Error::internal)?;
    let address = format!("{}/calendar/{secret}.ics", app.origin);
    Ok(Calendar {
        address: Some(address),
    })
}

/// The private address calendars read, if there is one.
#[utoipa::path(get, path = "/calendar", tag = "events", params(("studio" = String, Path)),
    responses((status = 200, body = Calendar)), security(("session" = [])))]
pub async fn get_calendar(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
) -> Result<Json<Calendar>> {
    session.section(Right::Events)?;
    // Whoever looks on gets no address that outlives the look.
    if session.viewed_by.is_some() {
        return Ok(Json(Calendar { address: None }));
    }
    told(&app, &mut tx, session.contact).await.map(Json)
}

/// Makes the address, or a new one in place of it.
#[utoipa::path(post, path = "/calendar", tag = "events", params(("studio" = String, Path)),
    responses((status = 200, body = Calendar)), security(("session" = [])))]
pub async fn reset_calendar(
    State(app): State<App>,
    session: PortalSession,
) -> Result<Json<Calendar>> {
    session.section(Right::Events)?;
    let secret = Secret::random();
    let sealed = app.keys.encrypt(SECRET, secret.reveal().as_bytes());
    let mut tx = app.db.write(&session).await?;
    store::save_feed(&mut tx, session.contact, secret.hash(), sealed).await?;
    let actor = crate::audit::Actor::of(&session);
    let about = crate::audit::Subject("contact", Some(session.contact.into_uuid()));
    let nothing = crate::audit::Change::none();
    let reference = &session.caller.reference;
    crate::audit::append(
        &mut tx,
        &actor,
        "calendar address made",
        about,
        nothing,
        reference,
    )
    .await?;
    let calendar = told(&app, &mut tx, session.contact).await?;
    tx.commit().await?;
    Ok(Json(calendar))
}
