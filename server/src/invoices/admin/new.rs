//! An invoice from nothing: for which client, and what stands on it.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::ClientId;
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
    sales::{self, desk, editor::Typed},
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
    let to = Some(typed.to.as_slice()).filter(|to| !to.is_empty());
    let mut body = desk::page(&mut tx, client, typed, to, (errors, false)).await?;
    drop(tx);
    body["id"] = Value::Null;
    body["path"] = format!("/admin/clients/{client}/invoices/new").into();
    body["title"] = "New invoice".into();
    body["name"] = "Invoice".into();
    body["version"] = 0.into();
    body["kind"] = Kind::Invoice.name().into();
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
    let to = desk::chosen(&mut tx, client, &typed, "invoice", &mut errors).await?;
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
