//! The editor of a draft.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::InvoiceId;
use serde_json::json;

use super::{
    super::{Act, Invoice, Kind, check, listed::kind_label, store},
    path,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    quotes::QuoteLine,
    sales::{
        desk,
        editor::{self, Typed},
    },
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

async fn editor_page(
    app: &App,
    session: &StaffSession,
    invoice: &Invoice,
    typed: &Typed,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let shown = (errors, conflict);
    let mut body = desk::page(&mut tx, invoice.client_id, typed, None, shown).await?;
    drop(tx);
    body["id"] = json!(invoice.id);
    body["path"] = format!("{}/edit", path(invoice.id)).into();
    // Whom it names was chosen when it was begun.
    body["people"] = json!([]);
    body["title"] = invoice.terms.title.as_str().into();
    body["name"] = kind_label(invoice.kind).into();
    body["version"] = invoice.version.into();
    body["kind"] = invoice.kind.name().into();
    admin::page(app, session, "invoices/edit.html", body)
}

/// `GET /admin/invoices/{id}/edit`
pub async fn show_edit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Edit)?;
    let lines = store::lines(&mut tx, id).await?;
    drop(tx);
    let lines: Vec<QuoteLine> = lines
        .into_iter()
        .map(|line| QuoteLine {
            line: line.line,
            optional: false,
            preselected: false,
        })
        .collect();
    let typed = Typed::of(&invoice.terms, &lines, None, Vec::new());
    editor_page(
        &app,
        &session,
        &invoice,
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

/// `POST /admin/invoices/{id}/edit`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (mut typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Edit)?;
    if invoice.kind == Kind::CreditNote {
        typed.steps = editor::steps_of(&invoice.terms.plan, &invoice.terms.currency);
    }
    if typed.currency != invoice.terms.currency
        && (invoice.corrects.is_some() || invoice.replaces.is_some())
    {
        errors.add(
            "currency",
            "A correction is in the currency of what it corrects.",
        );
    }
    let Some(read) = typed.read(&tx, &mut errors).filter(|_| errors.is_empty()) else {
        drop(tx);
        let page = editor_page(&app, &session, &invoice, &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let lines: Vec<_> = read.lines.iter().map(|line| &line.line).collect();
    let sums = read.terms.sums(lines.iter().copied())?;
    let began = Invoice {
        version: sent.text("version").parse().unwrap_or(0),
        ..invoice.clone()
    };
    if !store::save(&mut tx, &began, &read.terms, &lines, &sums).await? {
        drop(tx);
        let page = editor_page(&app, &session, &invoice, &typed, errors, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let about = Subject("invoice", Some(id.into_uuid()));
    let change = Change::made(&json!({ "total": read.terms.money(sums.total) }))?;
    crate::audit::note(&mut tx, &session, "invoice changed", about, change).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "Saved."))
}
