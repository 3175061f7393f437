//! `/admin/events`: the list, and whose a new one is.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, EventId, Timestamp, events::EventState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        label,
        listed::line,
        store::{self, Filter, Place},
    },
    LIST,
};
use crate::{
    App, Result,
    clients::{
        self,
        choose::{self, Purpose, Search},
    },
    error::Error,
    scope::Member,
    web::admin,
};

const PAGE: usize = 50;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `past`: over, the latest first.
    when: String,
    state: String,
    client: String,
    after: String,
}

impl Asked {
    fn client(&self) -> Result<Option<ClientId>> {
        match self.client.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::not_found()),
        }
    }

    fn address(&self, when: &str, after: Option<Place>) -> String {
        let after = after.map(Place::write).unwrap_or_default();
        let said = [
            ("when", when),
            ("state", &self.state),
            ("client", &self.client),
            ("after", &after),
        ];
        let said: Vec<String> = said
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if said.is_empty() {
            LIST.to_owned()
        } else {
            format!("{LIST}?{}", said.join("&"))
        }
    }
}

/// `GET /admin/events`
pub async fn show_events(
    State(app): State<App>,
    Member(session): Member,
    Query(mut asked): Query<Asked>,
) -> Result<Response> {
    let filter = Filter {
        state: EventState::ALL
            .iter()
            .copied()
            .find(|state| state.name() == asked.state),
        client: asked.client()?,
    };
    asked.state = filter.state.map_or("", EventState::name).to_owned();
    let past = asked.when == "past";
    let after = Place::read(&asked.after);
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut tx = app.db.read(&session).await?;
    let now = tx.now();
    // An event that began today is still among the coming ones.
    let from = after.map_or(now.plus_seconds(-86_400), |place| place.ends_at);
    let found = if past {
        let last = after.map_or(EventId::from_bytes([0xff; 16]), |place| place.id);
        store::past_list(&mut tx, filter, from, last, most).await?
    } else {
        let first = after.map_or(EventId::from_bytes([0; 16]), |place| place.id);
        store::coming_list(&mut tx, filter, from, first, most).await?
    };
    let waiting = store::waiting(&mut tx).await?;
    let client = match filter.client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let next = shown.last().filter(|_| found.len() > PAGE);
    let next = next.map(|last| Place {
        ends_at: last.starts_at,
        id: last.id,
    });
    let rows: Vec<Value> = shown.iter().map(line).collect();
    let states: Vec<(&str, &str)> = EventState::ALL
        .iter()
        .map(|state| (state.name(), label(*state).0))
        .collect();
    let when = if past { "past" } else { "" };
    let body = json!({
        "rows": rows,
        "past": past,
        "coming_path": asked.address("", None),
        "past_path": asked.address("past", None),
        "states": states,
        "state": asked.state,
        "client": client,
        "client_id": asked.client,
        "waiting": waiting,
        "filtered": filter.state.is_some() || client.is_some(),
        "next": next.map(|place| asked.address(when, Some(place))),
        "first": after.map(|_| asked.address(when, None)),
    });
    admin::page(&app, &session, "events/list.html", body)
}

/// `GET /admin/events/new`: for which client.
pub async fn choose_client(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let purpose = Purpose {
        title: "New event",
        question: "For which client? More can be added later.",
        above: &[("Events", LIST)],
        address: "/admin/events/new",
    };
    let next = |client| format!("{}/events/new", clients::client_path(client));
    choose::page(&app, &session, &asked, &purpose, next).await
}

/// The moment a page of the calendar begins to look from: the longest event began that long before.
pub(super) fn earliest(from: Timestamp) -> Timestamp {
    from.plus_seconds(-63 * 86_400)
}
