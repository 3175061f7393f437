//! The client list as a file, made while it is sent: a page of the list at a time, whatever its length.

use std::sync::Arc;

use axum::{
    extract::{Query as InAddress, State},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;

use super::{
    super::{
        export::{Column, MARK, download, guard, line},
        forms::Choices,
        store::{self, Query},
    },
    list::Asked,
    note,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    clock::today,
    scope::{Manager, StudioScope},
    studios,
};

/// Clients asked for at once.
const AT_ONCE: usize = 300;

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
    let day = today(now, &zone);
    Ok(download(&format!("clients-{day}"), pieces))
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
            .map(|column| guard(&column.heading(&choices)))
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
