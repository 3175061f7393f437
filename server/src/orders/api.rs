//! Orders, for the widget.

use axum::{Json, extract::State};
use portico_wire::{
    OrderId, Right,
    sales::{self as wire, ListedOrder},
};

use super::{
    paper,
    store::{self, PortalOrder},
};
use crate::{
    App, Result, clients, db::StudioTx, error::Error, forms::store::Viewer, money, papers, quotes,
    sales, scope::PortalSession, studios, web::body::Id,
};

pub(crate) fn listed(order: PortalOrder) -> ListedOrder {
    ListedOrder {
        id: order.id,
        number: order.number,
        title: order.title,
        total: money::wire(order.total, &order.currency),
        made_at: order.made_at,
    }
}

/// The order, for somebody who may see it.
pub(crate) async fn order(tx: &mut StudioTx, id: OrderId) -> Result<wire::Order> {
    let order = store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let lines = store::lines(tx, id).await?;
    let client = clients::store::get_client(tx, order.client_id).await?.name;
    let by = clients::store::get_contact(tx, order.accepted_by)
        .await?
        .name();
    let day = order.day(&studio.time_zone)?;
    Ok(wire::Order {
        paper: paper(&order, &lines, &client, &by, day),
        quote: order.quote_id,
        pdf: None,
        log: sales::log(tx, "order", id.into_uuid()).await?,
        listed: ListedOrder {
            id,
            number: order.number,
            title: order.terms.title.clone(),
            total: money::wire(order.total, &order.terms.currency),
            made_at: order.made_at,
        },
    })
}

/// An order to read and to print.
#[utoipa::path(get, path = "/orders/{id}", tag = "sales", params(("studio" = String, Path), ("id" = OrderId, Path)),
    responses((status = 200, body = wire::Order)), security(("session" = [])))]
pub async fn get_order(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<OrderId>,
) -> Result<Json<wire::Order>> {
    session.section(Right::QuotesAndOrders)?;
    let mut tx = app.db.read(&session).await?;
    let quote = store::get(&mut tx, id).await?.quote_id;
    // Whoever sees the quote sees what it became.
    let seen = quotes::store::find_seen(&mut tx, quote, Viewer::from(&session)).await?;
    seen.ok_or_else(Error::not_found)?;
    let mut shown = order(&mut tx, id).await?;
    shown.pdf = papers::files::address(&app, &mut tx, &session, sales::pdf::order(id)).await?;
    Ok(Json(shown))
}
