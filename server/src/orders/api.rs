//! Orders, for the widget.

use axum::extract::State;
use portico_wire::{OrderId, Right, sales as wire};

use super::{store, told};
use crate::{
    App, Result,
    error::Error,
    forms::store::Viewer,
    papers, quotes, sales,
    scope::Reading,
    web::body::{Id, Json},
};

/// An order to read and to print.
#[utoipa::path(get, path = "/orders/{id}", tag = "sales", params(("studio" = String, Path), ("id" = OrderId, Path)),
    responses((status = 200, body = wire::Order)), security(("session" = [])))]
pub async fn get_order(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(id): Id<OrderId>,
) -> Result<Json<wire::Order>> {
    session.section(Right::QuotesAndOrders)?;
    let quote = store::get(&mut tx, id).await?.quote_id;
    // Whoever sees the quote sees what it became.
    let seen = quotes::store::find_seen(&mut tx, quote, Viewer::from(&session)).await?;
    seen.ok_or_else(Error::not_found)?;
    let mut shown = told::order(&mut tx, id).await?;
    shown.pdf = papers::files::address(&app, &mut tx, &session, sales::pdf::order(id)).await?;
    Ok(Json(shown))
}
