//! The client list as a file, made while it is sent: a page of the list at a time, whatever its length.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Query as InAddress, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;

use super::{
    super::{
        export::{Column, line},
        forms::Choices,
        store::{self, Query},
    },
    list::Asked,
    note,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    scope::{Manager, StudioScope},
    studios,
};

/// Clients asked for at once.
const AT_ONCE: usize = 300;
/// Tells spreadsheets that the letters are UTF-8.
const MARK: &str = "\u{feff}";

/// What is still to be sent.
struct Rest {
    app: App,
    scope: StudioScope,
    choices: Arc<Choices>,
    query: Query,
    begun: bool,
    ended: bool,
}

/// `GET /admin/clients/export.csv`: all clients, or those the list shows with the same filters.
pub async fn export_clients(
    State(app): State<App>,
    Manager(session): Manager,
    InAddress(asked): InAddress<Asked>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let choices = Choices::load(&mut tx).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let now = tx.now();
    let change = Change::made(&json!({ "filter": asked.in_words() }))?;
    note(
        &mut tx,
        &session,
        "clients exported",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    let query = Query {
        after: None,
        before: None,
        ..asked.query(&choices.groups)
    };
    let rest = Rest {
        scope: session.scope,
        choices: Arc::new(choices),
        query,
        app,
        begun: false,
        ended: false,
    };
    let pieces = stream::try_unfold(rest, next);
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
    );
    let day = jiff::Timestamp::from_microsecond(now.micros())
        .map(|at| {
            let zone = jiff::tz::TimeZone::get(&zone).unwrap_or(jiff::tz::TimeZone::UTC);
            at.to_zoned(zone).date().to_string()
        })
        .unwrap_or_default();
    let name = format!("attachment; filename=\"clients-{day}.csv\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

async fn next(mut rest: Rest) -> Result<Option<(Bytes, Rest)>> {
    if rest.ended {
        return Ok(None);
    }
    let choices = Arc::clone(&rest.choices);
    let columns = Column::all(&choices);
    let mut piece = Vec::new();
    if !rest.begun {
        rest.begun = true;
        piece.extend_from_slice(MARK.as_bytes());
        let headings: Vec<String> = columns
            .iter()
            .map(|column| super::super::export::guard(&column.heading(&choices)))
            .collect();
        piece.extend(line(&headings));
    }
    // A snapshot for each piece: a slow download holds no connection.
    let mut tx = rest.app.db.read(&rest.scope).await?;
    let page = store::list(&mut tx, &rest.query, AT_ONCE).await?;
    let ids: Vec<_> = page.clients.iter().map(|listed| listed.place.id).collect();
    let clients = store::clients_among(&mut tx, &ids).await?;
    let contacts = store::contacts_among(&mut tx, &ids).await?;
    drop(tx);
    for id in &ids {
        let Some(client) = clients.iter().find(|client| client.id == *id) else {
            continue;
        };
        let mut of_client = contacts
            .iter()
            .filter(|contact| contact.client_id == *id)
            .map(Some)
            .collect::<Vec<_>>();
        if of_client.is_empty() {
            of_client.push(None);
        }
        for contact in of_client {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| column.cell(client, contact))
                .collect();
            piece.extend(line(&cells));
        }
    }
    rest.query.after = page.clients.last().map(|listed| listed.place.clone());
    rest.ended = !page.more;
    Ok(Some((piece.into(), rest)))
}
