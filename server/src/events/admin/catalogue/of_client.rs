//! Which types of events a client may book.

use axum::{extract::State, response::Response};
use portico_wire::{ClientId, EventTypeId};
use serde_json::{Value, json};

use super::super::super::store;
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients,
    scope::Manager,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// `GET /admin/clients/{id}/event-types`: which ones this client may book.
pub async fn show(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let found = clients::store::get_client(&mut tx, client).await?;
    let kinds = store::kinds(&mut tx).await?;
    let own = store::kinds_of_client(&mut tx, client).await?;
    drop(tx);
    let kinds: Vec<Value> = kinds
        .iter()
        .filter(|kind| kind.bookable && kind.archived_at.is_none())
        .map(|kind| {
            json!({
                "id": kind.id, "name": kind.name, "colour": kind.colour, "on": own.contains(&kind.id),
                "for_everybody": kind.for_everybody,
            })
        })
        .collect();
    let body = json!({
        "client": { "id": found.id, "name": found.name },
        "kinds": kinds,
        "own": !own.is_empty(),
    });
    admin::page(&app, &session, "events/client_types.html", body)
}

/// `POST /admin/clients/{id}/event-types`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, client).await?;
    let kinds = store::kinds(&mut tx).await?;
    let before = store::kinds_of_client(&mut tx, client).await?;
    let chosen = sent.all("kind");
    let own = sent.text("which") == "own";
    let next: Vec<EventTypeId> = kinds
        .iter()
        .filter(|kind| own && chosen.contains(&kind.id.to_string().as_str()))
        .map(|kind| kind.id)
        .collect();
    store::replace_kinds_of_client(&mut tx, client, &next).await?;
    let names = |ids: &[EventTypeId]| {
        let named = kinds.iter().filter(|kind| ids.contains(&kind.id));
        let names: Vec<&str> = named.map(|kind| kind.name.as_str()).collect();
        let all = if ids.is_empty() {
            "as everybody".into()
        } else {
            names.join(", ")
        };
        json!({ "may book": all })
    };
    if let Some(change) = Change::between(&names(&before), &names(&next))? {
        let about = Subject("client", Some(client.into_uuid()));
        audit::note(&mut tx, &session, "event types changed", about, change).await?;
    }
    tx.commit().await?;
    let notice = if own && next.is_empty() {
        "Nothing was chosen, so this client books what everybody books. To let it book nothing, change its rights."
    } else {
        "Saved."
    };
    let back = format!("{}#events", clients::client_path(client));
    Ok(redirect::see(&back, notice))
}
