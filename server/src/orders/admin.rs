//! Staff's pages about orders.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, OrderId};
use serde::Deserialize;
use serde_json::json;

use super::{listed::line, paper, store};
use crate::{
    App, Result,
    audit::Subject,
    clients,
    error::Error,
    invoices, papers, quotes,
    sales::{self, timeline::timeline},
    scope::Member,
    studios,
    web::{admin, body::Id},
};

const LIST: &str = "/admin/orders";
const PAGE: usize = 50;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    client: String,
    before: Option<OrderId>,
}

/// `GET /admin/orders`
pub async fn show_orders(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let client: Option<ClientId> = match asked.client.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let mut tx = app.db.read(&session).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = store::list(&mut tx, client, asked.before, most).await?;
    let name = match client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let next = shown.last().filter(|_| found.len() > PAGE);
    let of = client.map(|id| format!("client={id}&")).unwrap_or_default();
    let body = json!({
        "rows": shown.iter().map(|one| line(one, &zone)).collect::<Vec<_>>(),
        "client": name,
        "next": next.map(|last| format!("{LIST}?{of}before={}", last.id)),
        "first": asked.before.map(|_| format!("{LIST}?{}", of.trim_end_matches('&'))),
    });
    admin::page(&app, &session, "orders/list.html", body)
}

/// `GET /admin/orders/{id}`
pub async fn show_order(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<OrderId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let order = store::get(&mut tx, id).await?;
    let lines = store::lines(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let client = clients::store::get_client(&mut tx, order.client_id).await?;
    let by = clients::store::get_contact(&mut tx, order.accepted_by).await?;
    let quote = quotes::store::get(&mut tx, order.quote_id).await?;
    let made = invoices::store::of_order(&mut tx, id).await?;
    let pdf = papers::files::staff_address(&mut tx, sales::pdf::order(id)).await?;
    let entries = timeline(
        &mut tx,
        Subject("order", Some(id.into_uuid())),
        &studio.time_zone,
    )
    .await?;
    drop(tx);
    let day = order.day(&studio.time_zone)?;
    let nodes = paper(&order, &lines, &client.name, &by.name(), day);
    let body = json!({
        "number": order.number,
        "title": order.terms.title,
        "total": order.terms.money(order.total),
        "client": { "id": client.id, "name": client.name },
        "by": { "id": by.id, "name": by.name() },
        "made": admin::moment(order.made_at, &studio.time_zone),
        "quote": { "id": quote.id, "number": quote.number },
        "invoices": made.iter().map(invoices::listed::line).collect::<Vec<_>>(),
        "paper": papers::html::html(&nodes),
        "pdf": pdf,
        "language": order.terms.language,
        "timeline": entries,
    });
    admin::page(&app, &session, "orders/show.html", body)
}
