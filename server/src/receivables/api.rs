//! Statements of account, for the widget.

use axum::extract::State;
use portico_wire::{Right, payments::Statement};
use serde::Deserialize;

use super::{statement, store::SeenBy};
use crate::{
    App, Result,
    clock::today,
    forms::store::Viewer,
    papers,
    scope::PortalSession,
    studios,
    web::body::{Json, Params},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    to: String,
}

/// The statement of account of a period, of what this contact sees: asked for again until its PDF is made.
#[utoipa::path(get, path = "/statement", tag = "payments",
    params(("studio" = String, Path), ("from" = Option<String>, Query, description = "2026-01-01; without it, 1 January"),
        ("to" = Option<String>, Query, description = "2026-12-31; without it, today")),
    responses((status = 200, body = Statement)), security(("session" = [])))]
pub async fn get_statement(
    State(app): State<App>,
    session: PortalSession,
    Params(asked): Params<Asked>,
) -> Result<Json<Statement>> {
    session.may(Right::Invoices)?;
    let who = Viewer::from(&session);
    let seen_by = if who.everything {
        SeenBy::All
    } else {
        SeenBy::Contact(who.contact)
    };
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    let (from, to) = statement::period(&asked.from, &asked.to, &day)?;
    let id = statement::ask(&mut tx, who.client, seen_by, (&from, &to)).await?;
    let pdf = papers::files::address(&app, &mut tx, &session, statement::which(id)).await?;
    tx.commit().await?;
    Ok(Json(Statement { from, to, pdf }))
}
