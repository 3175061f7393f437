//! Who hears of an event: the contacts it names, with a file for their calendars, and the staff who look after it.

use portico_wire::{
    ContactId, GroupId,
    events::{RequestKind, RequestState},
};
use serde_json::{Value, json};

use super::{
    Event, calendar, leader,
    store::{self, Named, Request},
    times::{self, When},
};
use crate::{
    App, Result,
    audit::Actor,
    clients,
    clients::full_name,
    clock::today,
    db::StudioTx,
    happenings::{self, Happened, Item, What},
    mail::{self, Message},
    studios::Studio,
};

/// What contacts are told.
#[derive(Debug, Clone, Copy)]
pub enum News<'a> {
    Confirmed,
    /// As it was before.
    Changed(&'a Event),
    Cancelled,
    Reminder,
}

/// Something happened to it, for each of its clients. `which` tells the times apart, of what can happen again.
pub async fn happened(
    tx: &mut StudioTx,
    event: &Event,
    (what, which): (What, &str),
    by: &Actor,
) -> Result<()> {
    let named = store::named(tx, event.id).await?;
    for party in store::clients(tx, event.id).await? {
        let own = named.iter().filter(|one| one.client_id == party.client_id);
        let item = Item::Event(event.id);
        let happened = Happened::new(what, party.client_id, by, item, &event.title)
            .to(own.map(|one| one.id).collect())
            .day(Some(today(event.starts_at, &event.time_zone)))
            .again(which);
        match what {
            What::EventOver => happenings::tell_once(tx, &happened).await?,
            _ => happenings::tell(tx, &happened).await?,
        }
    }
    Ok(())
}

async fn params(app: &App, tx: &mut StudioTx, studio: &Studio, event: &Event) -> Result<Value> {
    let leader = leader(tx, event).await?;
    Ok(json!({
        "title": event.title,
        "when": event.said(),
        "place": event.place_line(),
        "calendar": calendar::file(app, studio, event, leader.as_ref()),
    }))
}

fn news_params(mut params: Value, event: &Event, news: News<'_>) -> Value {
    match news {
        News::Confirmed => params["news"] = "confirmed".into(),
        News::Changed(before) => {
            params["news"] = "changed".into();
            let (was, place) = (before.said(), before.place_line());
            if was != event.said() {
                params["was_when"] = was.into();
            }
            if place != event.place_line() {
                params["was_place"] = place.into();
            }
            if before.title != event.title {
                params["was_title"] = before.title.clone().into();
            }
        }
        News::Cancelled => {
            params["news"] = "cancelled".into();
            params["reason"] = event.reason.clone().into();
        }
        News::Reminder => params["news"] = "reminder".into(),
    }
    params
}

async fn to_contact(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contact: &Named,
    mut params: Value,
) -> Result<()> {
    if let Some(email) = &contact.email {
        params["first_name"] = contact.first_name.clone().into();
        let message = Message::mail((Some(contact.id), email), "event_news", params);
        mail::send(app, tx, studio, message).await?;
    }
    Ok(())
}

async fn to_named(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    news: News<'_>,
    but: Option<ContactId>,
) -> Result<()> {
    let params = params(app, tx, studio, event).await?;
    let params = news_params(params, event, news);
    for contact in store::named(tx, event.id).await? {
        if Some(contact.id) != but {
            to_contact(app, tx, studio, &contact, params.clone()).await?;
        }
    }
    Ok(())
}

/// All it names.
pub async fn news(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    news: News<'_>,
) -> Result<()> {
    to_named(app, tx, studio, event, news, None).await
}

/// All it names but whoever made a request.
pub async fn others(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    news: News<'_>,
    request: &Request,
) -> Result<()> {
    to_named(app, tx, studio, event, news, Some(request.contact_id)).await
}

/// Whose mails these are: the event's group, else its first client's, else the studio's for events.
async fn group(
    tx: &mut StudioTx,
    event: &Event,
    clients: &[store::EventClient],
) -> Result<Option<GroupId>> {
    match event
        .group_id
        .or(clients.first().and_then(|one| one.group_id))
    {
        Some(group) => Ok(Some(group)),
        None => Ok(store::settings(tx).await?.group_id),
    }
}

async fn to_staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    mut params: Value,
) -> Result<()> {
    let clients = store::clients(tx, event.id).await?;
    let group = group(tx, event, &clients).await?;
    let names: Vec<&str> = clients.iter().map(|one| one.name.as_str()).collect();
    params["client"] = names.join(", ").into();
    params["page"] = format!("{}/admin/events/{}", app.origin, event.id).into();
    clients::tell::staff(app, tx, studio, group, "event_staff", params).await
}

/// A client booked: staff hear of it, and whoever booked gets a confirmation that it arrived.
pub async fn booked(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    by: &str,
) -> Result<()> {
    let mut told = json!({
        "what": "booked", "title": event.title, "kind": event.kind, "when": event.said(),
        "place": event.place_line(), "by": by,
    });
    let clients = store::clients(tx, event.id).await?;
    told["wishes"] = clients.first().map(|one| one.wishes.clone()).into();
    let needs = store::needs(tx, event.id).await?;
    let uses = store::uses(tx, event.id).await?;
    let lines = needs
        .iter()
        .map(|need| format!("{} × {}", need.count, need.name))
        .chain(
            uses.iter()
                .map(|one| format!("{} × {}", one.quantity, one.name)),
        );
    told["needs"] = lines.collect::<Vec<_>>().into();
    to_staff(app, tx, studio, event, told).await?;
    let mut params = params(app, tx, studio, event).await?;
    params["news"] = "booked".into();
    // Nothing goes into a calendar before the studio said yes.
    params["calendar"] = Value::Null;
    let named = store::named(tx, event.id).await?;
    match named.iter().find(|one| Some(one.id) == event.booked_by) {
        Some(booker) => to_contact(app, tx, studio, booker, params).await,
        None => Ok(()),
    }
}

fn wanted(event: &Event, request: &Request) -> Option<String> {
    let when = When {
        starts_at: request.starts_at?,
        ends_at: request.ends_at?,
        all_day: event.all_day,
    };
    Some(times::said(when, &event.zone()))
}

/// A client asks to move or cancel: staff hear of it.
pub async fn asked(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    request: &Request,
) -> Result<()> {
    let what = match request.kind {
        RequestKind::Move => "move",
        RequestKind::Cancel => "cancel",
    };
    let told = json!({
        "what": what, "title": event.title, "kind": event.kind, "when": event.said(),
        "place": event.place_line(), "by": full_name(&request.first_name, &request.last_name),
        "wanted": wanted(event, request), "reason": request.reason,
    });
    to_staff(app, tx, studio, event, told).await
}

/// Whoever asked hears what the studio said.
pub async fn answered(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    request: &Request,
) -> Result<()> {
    let accepted = request.state == RequestState::Accepted;
    let mut params = params(app, tx, studio, event).await?;
    params["news"] = match (request.kind, accepted) {
        (RequestKind::Move, true) => "moved",
        (RequestKind::Move, false) => "not_moved",
        (RequestKind::Cancel, true) => "cancelled_as_asked",
        (RequestKind::Cancel, false) => "not_cancelled",
    }
    .into();
    params["answer"] = request.answer.clone().into();
    if !accepted {
        params["calendar"] = Value::Null;
    }
    let named = store::named(tx, event.id).await?;
    match named.iter().find(|one| one.id == request.contact_id) {
        Some(contact) => to_contact(app, tx, studio, contact, params).await,
        None => Ok(()),
    }
}

/// Those it names hear that it is soon.
pub async fn reminded(app: &App, tx: &mut StudioTx, studio: &Studio, event: &Event) -> Result<()> {
    news(app, tx, studio, event, News::Reminder).await
}
