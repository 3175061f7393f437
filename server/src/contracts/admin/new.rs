//! A new contract: for which client, and from which text.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, ContractTemplateId};
use serde_json::{Value, json};

use super::{
    super::{draft, gallery, store},
    about, is_manager, path,
};
use crate::{
    App, Result,
    audit::{self, Change},
    clients::{
        self,
        choose::{self, Purpose, Search},
    },
    db::StudioTx,
    events,
    mail::letters::store::recipients,
    scope::Member,
    studios,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// `GET /admin/contracts/new`: for which client.
pub async fn choose_client(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let purpose = Purpose {
        title: "New contract",
        question: "For which client?",
        above: &[("Contracts", "/admin/contracts")],
        address: "/admin/contracts/new",
    };
    let next = |client| format!("{}/contract", clients::client_path(client));
    choose::page(&app, &session, &asked, &purpose, next).await
}

/// `GET /admin/clients/{id}/contract`: from which text.
pub async fn choose_text(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let own = store::templates(&mut tx).await?;
    drop(tx);
    let own: Vec<Value> = own
        .into_iter()
        .map(|(id, name, title)| json!({ "id": id, "name": name, "title": title }))
        .collect();
    let body = json!({
        "client": { "id": client.id, "name": client.name },
        "own": own,
        "ready": gallery::READY,
        "may_word": is_manager(&session),
    });
    admin::page(&app, &session, "contracts/new.html", body)
}

/// Title and text of what was chosen; both empty for a blank page.
async fn chosen(tx: &mut StudioTx, from: &str) -> Result<(String, String)> {
    if let Some(ready) = gallery::find(from) {
        return Ok((ready.title.to_owned(), ready.source.to_owned()));
    }
    let Ok(id) = from.parse::<ContractTemplateId>() else {
        return Ok(Default::default());
    };
    let found = store::template(tx, id).await?;
    Ok(found.map_or_else(Default::default, |one| (one.title, one.source)))
}

/// `POST /admin/clients/{id}/contract`: makes the draft. Whoever can sign is ticked.
pub async fn create(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let (title, source) = chosen(&mut tx, &sent.text("from")).await?;
    let next = events::store::next_of_client(&mut tx, id).await?;
    let people = recipients(&mut tx, id).await?;
    let words = (title.clone(), source);
    let contract = draft::begin(&mut tx, &studio, id, words, next, &people).await?;
    let change = Change::made(&json!({ "contract": title }))?;
    audit::note(
        &mut tx,
        &session,
        "contract drafted",
        about(client.id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::go(&path(contract)))
}
