//! Events as they are told to the widget.

use portico_wire::{
    Timestamp,
    events::{EventRequest, ListedEvent},
};

use super::{
    Event,
    store::{PortalEvent, Request},
    times::{self, When},
    zone_of,
};
use crate::clients::full_name;

fn by_clock(
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    all_day: bool,
    zone: &str,
) -> (Option<String>, Option<String>) {
    match (from, to) {
        (Some(starts_at), Some(ends_at)) => {
            let when = When {
                starts_at,
                ends_at,
                all_day,
            };
            let (starts, ends) = times::written(when, &zone_of(zone));
            (Some(starts), Some(ends))
        }
        _ => (None, None),
    }
}

pub fn listed(event: PortalEvent) -> ListedEvent {
    let when = When {
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        all_day: event.all_day,
    };
    let (starts, ends) = times::written(when, &zone_of(&event.time_zone));
    let request = match (event.request_id, event.request_kind, event.request_state) {
        (Some(id), Some(kind), Some(state)) => {
            let (starts, ends) = by_clock(
                event.wanted_from,
                event.wanted_to,
                event.all_day,
                &event.time_zone,
            );
            let (first, last) = (event.first_name, event.last_name);
            Some(EventRequest {
                id,
                kind,
                state,
                starts,
                ends,
                reason: event.request_reason.unwrap_or_default(),
                answer: event.request_answer.unwrap_or_default(),
                by: full_name(&first.unwrap_or_default(), &last.unwrap_or_default()),
                made_at: event.made_at.unwrap_or(event.starts_at),
                answered_at: event.answered_at,
            })
        }
        _ => None,
    };
    ListedEvent {
        id: event.id,
        title: event.title,
        kind: event.kind,
        colour: event.colour,
        state: event.state,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        starts,
        ends,
        time_zone: event.time_zone,
        all_day: event.all_day,
        venue: Some(event.venue).filter(|venue| !venue.is_empty()),
        request,
    }
}

pub fn request(event: &Event, request: &Request) -> EventRequest {
    let (starts, ends) = by_clock(
        request.starts_at,
        request.ends_at,
        event.all_day,
        &event.time_zone,
    );
    EventRequest {
        id: request.id,
        kind: request.kind,
        state: request.state,
        starts,
        ends,
        reason: request.reason.clone(),
        answer: request.answer.clone(),
        by: full_name(&request.first_name, &request.last_name),
        made_at: request.made_at,
        answered_at: request.answered_at,
    }
}

pub fn listed_of(event: &Event, request: Option<EventRequest>) -> ListedEvent {
    let (starts, ends) = times::written(event.when(), &event.zone());
    ListedEvent {
        id: event.id,
        title: event.title.clone(),
        kind: event.kind.clone(),
        colour: event.colour,
        state: event.state,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        starts,
        ends,
        time_zone: event.time_zone.clone(),
        all_day: event.all_day,
        venue: Some(event.venue.clone()).filter(|venue| !venue.is_empty()),
        request,
    }
}
