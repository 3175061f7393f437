//! The list of portal users.

use axum::{
    extract::{Query, State as FromApp},
    response::Response,
};
use portico_wire::{ContactId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::StateView;
use crate::{
    App, Result,
    access::{
        reach::{Filter, State},
        store::{self, Place, PortalUser},
    },
    error::Error,
    scope::Member,
    studios,
    web::{admin, redirect},
};

const PAGE: &str = "/admin/portal-users";
const ROWS: i64 = 50;
/// Nobody types more to find somebody.
const MOST_SEARCHED: usize = 100;

/// The list's address, as a person may have changed it: what it does not know it leaves out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    after: String,
}

pub fn filter(q: &str, state: &str) -> Filter {
    Filter {
        state: State::parse(state),
        search: q.chars().take(MOST_SEARCHED).collect(),
    }
}

/// The address of the list with this filter, from a place on.
fn address(filter: &Filter, after: Option<ContactId>) -> String {
    let mut parts = Vec::new();
    if !filter.search.is_empty() {
        parts.push(format!("q={}", redirect::escape(&filter.search)));
    }
    if let Some(state) = filter.state {
        parts.push(format!("state={}", state.name()));
    }
    if let Some(after) = after {
        parts.push(format!("after={after}"));
    }
    if parts.is_empty() {
        PAGE.into()
    } else {
        format!("{PAGE}?{}", parts.join("&"))
    }
}

#[derive(Serialize)]
pub struct Row {
    pub id: ContactId,
    pub name: String,
    pub email: Option<String>,
    pub client: String,
    pub state: StateView,
    invited: Option<String>,
    accepted: Option<String>,
    last_sign_in: Option<String>,
    #[serde(skip)]
    pub test_of: Option<StaffId>,
}

impl Row {
    pub fn of(user: PortalUser, time_zone: &str) -> Self {
        let at = |moment: Timestamp| admin::moment(moment, time_zone);
        Self {
            id: user.id,
            name: user.name(),
            state: user.state.into(),
            invited: user.invited_at.map(at),
            accepted: user.accepted_at.map(at),
            last_sign_in: user.last_sign_in_at.map(at),
            email: user.email,
            client: user.client_name,
            test_of: user.test_of,
        }
    }
}

/// `GET /admin/portal-users`: four statements at most, whatever the list's length.
pub async fn show_users(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page<'a> {
        rows: Vec<Row>,
        filter: &'a str,
        state: &'static str,
        states: Vec<(&'static str, &'static str)>,
        duplicates: i64,
        /// The list from its beginning, where this is not the first page.
        first: Option<String>,
        next: Option<String>,
        here: String,
    }
    let filter = filter(&asked.q, &asked.state);
    let mut tx = app.db.read(&session).await?;
    let time_zone = studios::store::get(&mut tx).await?.time_zone;
    let after = match asked.after.parse::<ContactId>() {
        Ok(contact) => Some(
            store::place(&mut tx, contact)
                .await?
                .ok_or_else(Error::not_found)?,
        ),
        Err(_) => None,
    };
    let later = after.as_ref().map(|place| place.id);
    let start = after.unwrap_or_else(Place::start);
    let mut users = store::portal_users(&mut tx, &filter, &start, ROWS + 1).await?;
    let duplicates = store::duplicate_emails(&mut tx).await?;
    drop(tx);
    let more = i64::try_from(users.len()).unwrap_or(0) > ROWS;
    if more {
        users.pop();
    }
    let next = users
        .last()
        .filter(|_| more)
        .map(|last| address(&filter, Some(last.id)));
    let states = std::iter::once(("", "Everybody"))
        .chain(State::ALL.iter().map(|s| (s.name(), s.label())))
        .collect();
    let page = Page {
        rows: users
            .into_iter()
            .map(|user| Row::of(user, &time_zone))
            .collect(),
        filter: &filter.search,
        state: filter.state.map_or("", State::name),
        states,
        duplicates,
        first: later.map(|_| address(&filter, None)),
        next,
        here: address(&filter, later),
    };
    admin::page(&app, &session, "access/users.html", page)
}
