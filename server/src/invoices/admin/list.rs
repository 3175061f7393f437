//! The list of invoices and credit notes.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, InvoiceId};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        State as InvoiceState,
        listed::{standings, state_label, with_standing},
        store::{self, Filter},
    },
    LIST,
};
use crate::{
    App, Result, clients, error::Error, sales, scope::Member, staff::Role, studios, web::admin,
};

const PAGE: usize = 50;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    client: String,
    before: Option<InvoiceId>,
}

/// `GET /admin/invoices`
pub async fn show_invoices(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let client: Option<ClientId> = match asked.client.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let filter = Filter {
        state: InvoiceState::ALL
            .iter()
            .copied()
            .find(|state| state.name() == asked.state),
        client,
        before: asked.before,
    };
    let mut tx = app.db.read(&session).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = store::list(&mut tx, &filter, most).await?;
    let shown = &found[..found.len().min(PAGE)];
    let studio = studios::store::get(&mut tx).await?;
    let day = sales::day(tx.now(), &studio)?.to_string();
    let standings = standings(&mut tx, shown, &day).await?;
    let name = match client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let next = shown.last().filter(|_| found.len() > PAGE);
    let mut said = String::new();
    if let Some(state) = filter.state {
        said.push_str(&format!("state={}&", state.name()));
    }
    if let Some(id) = client {
        said.push_str(&format!("client={id}&"));
    }
    let states: Vec<(&str, &str)> = InvoiceState::ALL
        .iter()
        .map(|state| (state.name(), state_label(*state).0))
        .collect();
    let body = json!({
        "rows": shown
            .iter()
            .map(|one| with_standing(one, standings.get(&one.id).copied()))
            .collect::<Vec<_>>(),
        "states": states,
        "state": asked.state,
        "client": name,
        "client_id": asked.client,
        "next": next.map(|last| format!("{LIST}?{said}before={}", last.id)),
        "may_edit": session.role >= Role::Manager,
        "first": asked.before.map(|_| format!("{LIST}?{}", said.trim_end_matches('&'))),
    });
    admin::page(&app, &session, "invoices/list.html", body)
}
