//! What staff do with an invoice.

use axum::{extract::State, response::Response};
use portico_wire::{Code, InvoiceId};
use serde_json::json;

use super::{
    super::{Act, Kind, check, issue, store, tell},
    Acting, LIST, path,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    error::Error,
    scope::{Manager, StaffSession},
    studios,
    web::{
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// A form that is sent twice sends one mail.
const AGAIN_SECONDS: i64 = 60;

/// `POST /admin/invoices/{id}/issue`
pub async fn issue_invoice(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let draft = store::get(&mut tx, id).await?;
    if draft.version.to_string() != sent.text("version") {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody else changed this draft in the meantime. Please look at it again.",
        ));
    }
    let invoice = issue::issue(&mut tx, &studio, id, &acting.by()).await?;
    let mut notice = format!("{} is issued.", invoice.number());
    if invoice.kind == Kind::Invoice && sent.is_ticked("mail") {
        let count = tell::issued(&app, &mut tx, &studio, &invoice, &acting.by()).await?;
        notice = format!("{notice} {}", mailed(count));
    }
    tx.commit().await?;
    Ok(redirect::see(&path(id), &notice))
}

fn mailed(count: usize) -> String {
    match count {
        0 => "Nobody it names gets a mail: who cannot is marked below, others want none.".into(),
        1 => "One mail goes out.".into(),
        count => format!("{count} mails go out."),
    }
}

/// `POST /admin/invoices/{id}/mail`: the same mail once more, or for the first time.
pub async fn mail_again(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let invoice = store::get(&mut tx, id).await?;
    // Held, so that of two who send it at once the second sees what the first one did.
    if invoice.kind != Kind::Invoice || !store::hold_issued(&mut tx, id).await? {
        return Err(Error::refused(
            Code::Conflict,
            "Only an invoice that is issued and valid can be sent.",
        ));
    }
    let last = tell::last_mailed(&mut tx, id).await?;
    if last.is_some_and(|at| tx.now().seconds_since(at) < AGAIN_SECONDS) {
        return Ok(redirect::see(&path(id), "It was sent a moment ago."));
    }
    let count = tell::issued(&app, &mut tx, &studio, &invoice, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), &mailed(count)))
}

/// `POST /admin/invoices/{id}/void`
pub async fn void(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let reason = sent.cut("reason", 500);
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Please say why: it stands in the log for good.",
        ));
    }
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    issue::void(&mut tx, id, &reason, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        "Voided. It keeps its number, and nothing is owed on it.",
    ))
}

async fn correct(app: &App, session: &StaffSession, id: InvoiceId, kind: Kind) -> Result<Response> {
    let acting = Acting::new(session);
    let mut tx = app.db.write(session).await?;
    let made = issue::correct(&mut tx, id, kind, &acting.by()).await?;
    tx.commit().await?;
    let notice = match kind {
        Kind::CreditNote => "This is the credit note, as a draft. Keep what is to be taken back.",
        Kind::Invoice => {
            "This is the new version, as a draft. The old one is valid until this one is issued."
        }
    };
    Ok(redirect::see(&format!("{}/edit", path(made)), notice))
}

/// `POST /admin/invoices/{id}/credit`
pub async fn credit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    correct(&app, &session, id, Kind::CreditNote).await
}

/// `POST /admin/invoices/{id}/version`
pub async fn new_version(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    correct(&app, &session, id, Kind::Invoice).await
}

/// `POST /admin/invoices/{id}/delete`: of a draft.
pub async fn delete(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let invoice = store::get(&mut tx, id).await?;
    check(&invoice, Act::Delete)?;
    if store::delete(&mut tx, id).await? {
        let about = Subject("invoice", Some(id.into_uuid()));
        let change = Change::removed(&json!({ "title": invoice.terms.title }))?;
        crate::audit::note(&mut tx, &session, "invoice deleted", about, change).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(LIST, "The draft is deleted."))
}
