//! `/dev/mailbox`: what would have left by mail and SMS.

use axum::{
    Router,
    extract::{Query, State},
    response::Html,
    routing::get,
};
use serde_json::json;

use crate::{App, Result, mail::Kept, web::body::Json};

#[derive(serde::Deserialize)]
struct Filter {
    to: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/dev/mailbox", get(page))
        .route("/dev/mailbox.json", get(json))
}

fn messages(app: &App, filter: &Filter) -> Vec<Kept> {
    app.mail
        .mailbox()
        .map(|mailbox| mailbox.messages(filter.to.as_deref()))
        .unwrap_or_default()
}

async fn json(State(app): State<App>, Query(filter): Query<Filter>) -> Json<Vec<Kept>> {
    Json(messages(&app, &filter))
}

async fn page(State(app): State<App>, Query(filter): Query<Filter>) -> Result<Html<String>> {
    let messages = messages(&app, &filter);
    app.pages.page(
        "demo/mailbox.html",
        json!({ "messages": messages, "to": filter.to }),
    )
}
