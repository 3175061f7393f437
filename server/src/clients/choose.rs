//! For which client: the page before whatever is made for one.

use axum::response::Response;
use portico_wire::ClientId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{full_name, search, store};
use crate::{App, Result, scope::StaffSession, web::admin};

/// Clients found at once.
const FOUND: usize = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
}

/// What the client is for.
pub struct Purpose<'a> {
    pub title: &'a str,
    /// "For which client?"
    pub question: &'a str,
    /// Name and address of the pages above.
    pub above: &'a [(&'a str, &'a str)],
    /// The page's own address.
    pub address: &'a str,
}

/// `next`: where the choice leads.
pub async fn page(
    app: &App,
    session: &StaffSession,
    asked: &Search,
    purpose: &Purpose<'_>,
    next: impl Fn(ClientId) -> String,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let query = store::Query {
        words: search::ranges(&asked.q),
        ..store::Query::default()
    };
    let found = store::list(&mut tx, &query, FOUND).await?;
    drop(tx);
    let rows: Vec<Value> = found
        .clients
        .iter()
        .map(|client| {
            let people: Vec<String> = client
                .contacts
                .iter()
                .map(|one| full_name(&one.first_name, &one.last_name))
                .collect();
            json!({ "name": client.name, "people": people.join(", "), "next": next(client.place.id) })
        })
        .collect();
    let body = json!({
        "title": purpose.title,
        "question": purpose.question,
        "above": purpose.above,
        "address": purpose.address,
        "q": asked.q,
        "clients": rows,
        "more": found.more,
    });
    admin::page(app, session, "clients/choose.html", body)
}
