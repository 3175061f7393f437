//! Events as staff's lists show them.

use portico_wire::{ClientId, EventId};
use serde_json::{Value, json};

use super::{
    label,
    store::{self, Filter, Line},
    times::{self, When},
    zone_of,
};
use crate::{Result, db::StudioTx};

/// Events on a client's page.
const OF_CLIENT: i64 = 8;

/// An event's page.
pub fn path(id: EventId) -> String {
    format!("/admin/events/{id}")
}

/// The next events of a client, for its page.
pub async fn coming_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Value>> {
    let filter = Filter {
        state: None,
        client: Some(client),
    };
    let from = tx.now().plus_seconds(-86_400);
    let first = EventId::from_bytes([0; 16]);
    let found = store::coming_list(tx, filter, from, first, OF_CLIENT).await?;
    Ok(found.iter().map(line).collect())
}

/// An event as lists show it, by its own clock.
pub fn line(one: &Line) -> Value {
    let zone = zone_of(&one.time_zone);
    let from = times::local(one.starts_at, &zone);
    let to = times::local(one.ends_at, &zone);
    let when = When {
        starts_at: one.starts_at,
        ends_at: one.ends_at,
        all_day: one.all_day,
    };
    let last = if one.all_day {
        to.date().yesterday().unwrap_or(to.date())
    } else {
        to.date()
    };
    let hours = if one.all_day {
        "All day".to_owned()
    } else {
        format!("{} to {}", from.strftime("%H:%M"), to.strftime("%H:%M"))
    };
    let until = (last > from.date()).then(|| last.strftime("%-d %b %Y").to_string());
    let (state, tone) = label(one.state);
    json!({
        "id": one.id,
        "path": path(one.id),
        "version": one.version,
        "title": one.title,
        "kind": one.kind,
        "colour": one.colour,
        "state": state,
        "tone": tone,
        "open": one.state.is_open(),
        "cancelled": !one.state.is_open() && tone == "bad",
        "day": from.strftime("%a, %-d %b %Y").to_string(),
        "until": until,
        "hours": hours,
        "begins": if one.all_day { String::new() } else { from.strftime("%H:%M").to_string() },
        "said": times::said(when, &zone),
        "venue": one.venue,
        "client_id": one.client_id,
        "client": one.client,
        "others": one.others.max(0),
        "asked": one.asked,
        "needed": one.needed,
    })
}
