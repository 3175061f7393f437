//! Addresses that PDFs are saved from.

use axum::{
    extract::{Path, State},
    response::Response,
};
use portico_wire::{
    ContractId, InvoiceId, OrderId, PaymentId, QuoteId, Right, Rights, StatementId, SubmissionId,
};

use super::{Kind, Which, store};
use crate::{
    App, Result,
    access::{sealed, sessions::Found},
    contracts,
    db::StudioTx,
    error::Error,
    forms::{self, store::Viewer},
    orders, payments, quotes, receivables,
    scope::{Member, PortalSession},
    web::download,
};

const PURPOSE: &str = "paper address";

/// Where this session saves the PDF from; none while it is being made. The caller has asked whether it may be seen.
pub async fn address(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    which: Which,
) -> Result<Option<String>> {
    if store::find(tx, which).await?.is_none() {
        return Ok(None);
    }
    link(app, session, which).map(Some)
}

/// The address of a PDF that is known to be there.
pub fn link(app: &App, session: &PortalSession, which: Which) -> Result<String> {
    let what = serde_json::to_vec(&which)?;
    let sealed = sealed::seal(app, session, PURPOSE, &what);
    Ok(format!("{}/files/papers/{sealed}", app.origin))
}

/// `GET /files/papers/{sealed}`
pub async fn open_paper(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let opened = sealed::open(&app, PURPOSE, &sealed).await?;
    let which: Which = serde_json::from_slice(&opened.what)?;
    let mut tx = app.db.read(&opened.scope).await?;
    check(&mut tx, &opened.session, which).await?;
    let made = store::find(&mut tx, which).await?;
    drop(tx);
    send(&app, made).await
}

/// The PDF, to be saved; not found where there is none yet.
pub async fn send(app: &App, made: Option<super::Made>) -> Result<Response> {
    let made = made.ok_or_else(Error::not_found)?;
    download::stored(app, &made.storage_key, &made.file_name, "application/pdf").await
}

/// Where staff save it from; none while it is being made.
pub async fn staff_address(tx: &mut StudioTx, which: Which) -> Result<Option<String>> {
    let made = store::find(tx, which).await?;
    let Which {
        kind,
        subject,
        edition,
    } = which;
    Ok(made.map(|_| {
        format!(
            "/admin/papers/{}/{}/{edition}",
            kind.name(),
            subject.simple()
        )
    }))
}

fn read(kind: &str, subject: &str, edition: &str) -> Option<Which> {
    Some(Which {
        kind: *Kind::ALL.iter().find(|known| known.name() == kind)?,
        subject: subject.parse().ok()?,
        edition: edition.parse().ok()?,
    })
}

/// `GET /admin/papers/{kind}/{subject}/{edition}`
pub async fn save_paper(
    State(app): State<App>,
    Member(session): Member,
    Path((kind, subject, edition)): Path<(String, String, String)>,
) -> Result<Response> {
    let which = read(&kind, &subject, &edition).ok_or_else(Error::not_found)?;
    let mut tx = app.db.read(&session).await?;
    let made = store::find(&mut tx, which).await?;
    drop(tx);
    send(&app, made).await
}

/// Whether it still may be seen is asked of whoever it belongs to.
async fn check(tx: &mut StudioTx, session: &Found, which: Which) -> Result<()> {
    let id = which.subject.into_bytes();
    let rights: Rights = session.rights();
    let who = Viewer::from(session);
    let seen = match which.kind {
        Kind::Submission => {
            let submission = SubmissionId::from_bytes(id);
            rights.has(Right::FormsAndContracts)
                && rights.has(Right::ShowHistory)
                && forms::store::submission(tx, submission, who)
                    .await?
                    .is_some()
        }
        Kind::Quote => {
            rights.has(Right::QuotesAndOrders)
                && quotes::store::find_seen(tx, QuoteId::from_bytes(id), who)
                    .await?
                    .is_some()
        }
        // Whoever sees the quote sees what it became.
        Kind::Order => {
            let quote = orders::store::get(tx, OrderId::from_bytes(id))
                .await?
                .quote_id;
            rights.has(Right::QuotesAndOrders)
                && quotes::store::find_seen(tx, quote, who).await?.is_some()
        }
        Kind::Invoice => {
            let invoice = InvoiceId::from_bytes(id);
            (rights.has(Right::Invoices) || rights.has(Right::PaymentsDue))
                && payments::store::portal::find(tx, who, invoice)
                    .await?
                    .is_some()
        }
        Kind::Receipt => {
            let payment = PaymentId::from_bytes(id);
            (rights.has(Right::Payments) || rights.has(Right::Invoices))
                && payments::store::portal::sees_payment(tx, who, payment).await?
        }
        // Of all the client owes for who sees all of it, else the contact's own.
        Kind::Statement => {
            let statement = receivables::store::statement(tx, StatementId::from_bytes(id)).await?;
            rights.has(Right::Invoices)
                && statement.is_some_and(|one| {
                    one.client_id == who.client
                        && match one.contact() {
                            None => who.everything,
                            Some(contact) => contact == who.contact,
                        }
                })
        }
        Kind::Contract => {
            let contract = ContractId::from_bytes(id);
            contracts::paper::is_seen(tx, who, rights, contract).await?
        }
    };
    seen.then_some(()).ok_or_else(Error::not_found)
}
