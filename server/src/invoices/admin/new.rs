//! An invoice from nothing: for which client, and what stands on it.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId};
use serde_json::{Value, json};

use super::super::{
    Kind,
    store::{self, NewInvoice},
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients::{
        self,
        choose::{self, Purpose, Search},
    },
    mail::letters::store::{Recipient, recipients},
    sales::{
        self,
        editor::{self, Typed},
    },
    scope::{Manager, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// `GET /admin/invoices/new`: for which client.
pub async fn choose_client(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let purpose = Purpose {
        title: "New invoice",
        question: "For which client?",
        above: &[("Invoices", "/admin/invoices")],
        address: "/admin/invoices/new",
    };
    let next = |client| format!("{}/invoices/new", clients::client_path(client));
    choose::page(&app, &session, &asked, &purpose, next).await
}

async fn page(
    app: &App,
    session: &StaffSession,
    client: ClientId,
    typed: &Typed,
    errors: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, client).await?;
    let people = recipients(&mut tx, client.id).await?;
    let rates = sales::store::tax_rates(&mut tx).await?;
    let plans = sales::store::plans(&mut tx).await?;
    let studio = studios::store::get(&mut tx).await?;
    let sums = editor::preview(&tx, typed, sales::day(tx.now(), &studio)?)?;
    drop(tx);
    let chosen = Some(typed.to.as_slice()).filter(|to| !to.is_empty());
    let body = json!({
        "id": Value::Null,
        "path": format!("/admin/clients/{}/invoices/new", client.id),
        "title": "New invoice",
        "name": "Invoice",
        "client": { "id": client.id, "name": client.name },
        "people": Recipient::offered(&people, chosen),
        "version": 0,
        "typed": typed,
        "facts": editor::facts(&rates, &plans, typed)?,
        "sums": sums,
        "preview": "/admin/quotes/preview",
        "kind": Kind::Invoice.name(),
        "errors": errors,
        "conflict": false,
    });
    admin::page(app, session, "invoices/edit.html", body)
}

/// `GET /admin/clients/{id}/invoices/new`
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let settings = sales::store::settings(&mut tx).await?;
    let rates = sales::store::tax_rates(&mut tx).await?;
    drop(tx);
    let typed = Typed::begin(&settings, &studio.currency, String::new(), &rates);
    page(&app, &session, client, &typed, FieldErrors::default()).await
}

/// `POST /admin/clients/{id}/invoices/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, client).await?;
    let people = recipients(&mut tx, client).await?;
    let to: Vec<ContactId> = people
        .iter()
        .map(|one| one.id)
        .filter(|id| typed.to.contains(&id.to_string()))
        .collect();
    if to.is_empty() {
        errors.add("to", "Choose who gets this invoice.");
    }
    let read = typed.read(&tx, &mut errors).filter(|_| errors.is_empty());
    let Some(read) = read else {
        drop(tx);
        let page = page(&app, &session, client, &typed, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let lines: Vec<_> = read.lines.iter().map(|line| &line.line).collect();
    let sums = read.terms.sums(lines.iter().copied())?;
    let new = NewInvoice {
        kind: Kind::Invoice,
        client,
        order: None,
        corrects: None,
        replaces: None,
        terms: &read.terms,
        lines: &lines,
        contacts: &to,
        sums: &sums,
    };
    let id = store::insert(&mut tx, &new).await?;
    let about = Subject("invoice", Some(id.into_uuid()));
    let change = Change::made(&json!({ "title": read.terms.title }))?;
    audit::note(&mut tx, &session, "invoice begun", about, change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("/admin/invoices/{id}"),
        "Saved as a draft. Look at it once more, then issue it.",
    ))
}
