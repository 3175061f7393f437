//! `/admin/quotes`: the list, and whose a new one is.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, QuoteId, sales::QuoteState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        listed::{label, line},
        store::{self, Filter},
    },
    LIST,
};
use crate::{
    App, Result,
    clients::{
        self,
        choose::{self, Purpose, Search},
        search,
    },
    error::Error,
    scope::{Manager, Member},
    staff::Role,
    studios,
    web::{admin, redirect::escape},
};

const PAGE: usize = 50;
/// Clients whose quotes a search finds.
const FOUND: usize = 20;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    client: String,
    before: Option<QuoteId>,
}

impl Asked {
    fn client(&self) -> Result<Option<ClientId>> {
        match self.client.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::not_found()),
        }
    }

    fn address(&self, before: Option<QuoteId>) -> String {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let said = [
            ("state", self.state.as_str()),
            ("client", &self.client),
            ("before", &before),
        ];
        let said: Vec<String> = said
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        format!("{LIST}?{}", said.join("&"))
    }
}

/// `GET /admin/quotes`
pub async fn show_quotes(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let filter = Filter {
        state: QuoteState::ALL
            .iter()
            .copied()
            .find(|state| state.name() == asked.state),
        client: asked.client()?,
        before: asked.before,
    };
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let today = crate::clock::today(tx.now(), &studio.time_zone);
    let searched = asked.q.trim();
    let found = if searched.is_empty() {
        let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        store::list(&mut tx, &filter, most).await?
    } else {
        let query = clients::store::Query {
            words: search::ranges(searched),
            ..clients::store::Query::default()
        };
        let clients = clients::store::list(&mut tx, &query, FOUND).await?.clients;
        let clients: Vec<ClientId> = clients.iter().map(|client| client.place.id).collect();
        store::search(&mut tx, searched, &clients).await?
    };
    let client = match filter.client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let rows: Vec<Value> = shown
        .iter()
        .map(|one| line(one, &today, &studio.time_zone))
        .collect();
    let next = shown
        .last()
        .filter(|_| found.len() > PAGE && searched.is_empty());
    let states: Vec<(&str, &str)> = QuoteState::ALL
        .iter()
        .map(|state| (state.name(), label(*state).0))
        .collect();
    let body = json!({
        "rows": rows,
        "states": states,
        "q": searched,
        "state": asked.state,
        "client": client,
        "client_id": asked.client,
        "filtered": !searched.is_empty() || filter.state.is_some() || client.is_some(),
        "may_edit": session.role >= Role::Manager,
        "next": next.map(|last| asked.address(Some(last.id))),
        "first": filter.before.map(|_| asked.address(None)),
    });
    admin::page(&app, &session, "quotes/list.html", body)
}

/// `GET /admin/quotes/new`: for which client.
pub async fn choose_client(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let purpose = Purpose {
        title: "New quote",
        question: "For which client?",
        above: &[("Quotes", "/admin/quotes")],
        address: "/admin/quotes/new",
    };
    let next = |client| format!("{}/quotes/new", clients::client_path(client));
    choose::page(&app, &session, &asked, &purpose, next).await
}
