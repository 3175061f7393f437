//! Invoices and payments, for the widget.

mod desk;

use axum::extract::State;
pub(super) use desk::{Desk, Owed};
use portico_wire::{
    CheckoutId, InvoiceId, PaymentId, Right, Timestamp,
    payments::{self as wire, Invoices, Payments, PaymentsDue, StartCheckout},
    sales::Money,
};
use serde::Deserialize;

use super::{
    Part,
    checkout::{self, may_pay},
    paper, parts, state_of,
    store::{
        self,
        checkouts::Checkout,
        portal::{self, Place, SeenPayment},
    },
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    invoices, money, papers,
    sales::{self, pdf},
    scope::{PortalSession, Reading},
    web::body::{Body, Id, IdempotencyKey, Json, Params},
};

const PAGE: usize = 50;

/// What the studio holds for the client.
async fn credit(tx: &mut StudioTx, session: &PortalSession) -> Result<Vec<Money>> {
    Ok(credits(&store::credit(tx, session.client).await?))
}

fn credits(rows: &[(String, i64)]) -> Vec<Money> {
    let rows = rows.iter();
    rows.map(|(currency, minor)| money::wire(*minor, currency))
        .collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    before: Option<String>,
}

/// The section Invoices: what was issued, what is owed on it.
#[utoipa::path(get, path = "/invoices", tag = "payments",
    params(("studio" = String, Path), ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Invoices)), security(("session" = [])))]
pub async fn list_invoices(
    Reading { session, mut tx }: Reading,
    Params(page): Params<Page>,
) -> Result<Json<Invoices>> {
    session.section(Right::Invoices)?;
    let before: Option<InvoiceId> = match &page.before {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = portal::page(&mut tx, Viewer::from(&session), before, most).await?;
    let desk = Desk::of_page(&mut tx, &session, &found).await?;
    let page = found.invoices.iter().take(PAGE);
    let next = page.clone().next_back();
    let told = page.filter(|seen| seen.state != invoices::State::Draft);
    let first = before.is_none();
    let more = found.invoices.len() > PAGE;
    Ok(Json(Invoices {
        due: match first {
            true => super::total_due(found.open.values(), &desk.today),
            false => Vec::new(),
        },
        credit: credits(&found.credit),
        prepay: desk.prepay(&session).filter(|_| first),
        next: next.filter(|_| more).map(|one| one.id.to_string()),
        invoices: told
            .map(|seen| desk.summary(seen, &desk.owed(seen, found.parts(seen.id))))
            .collect(),
    }))
}

/// An invoice: to read, what is left of each instalment, what was paid, and how to pay.
#[utoipa::path(get, path = "/invoices/{id}", tag = "payments",
    params(("studio" = String, Path), ("id" = InvoiceId, Path)),
    responses((status = 200, body = wire::Invoice)), security(("session" = [])))]
pub async fn get_invoice(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(id): Id<InvoiceId>,
) -> Result<Json<wire::Invoice>> {
    session.section(Right::Invoices)?;
    let mut desk = Desk::open(&mut tx, &session).await?;
    let seen = portal::find(&mut tx, desk.who, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let whole = invoices::store::whole(&mut tx, id).await?;
    let parts = parts(whole.instalments.clone(), seen.sums);
    desk.ask_gates(&mut tx, std::slice::from_ref(&seen)).await?;
    let owed = desk.owed(&seen, &parts);
    let summary = desk.summary(&seen, &owed);
    let payments = portal::payments_on(&mut tx, id).await?;
    let open = summary.can_pay && summary.waits_for.is_none();
    let Owed { sums, due } = owed;
    let amount = |minor| money::wire(minor, &seen.currency);
    Ok(Json(wire::Invoice {
        credited: amount(seen.sums.credited),
        paid: amount(seen.sums.paid),
        pending: amount(sums.covering()),
        payable: amount(sums.payable()),
        due_now: amount(due.now),
        instalments: desk.instalments(&seen, &parts),
        pay: open.then(|| desk.options(&seen, &parts)),
        payments: tell(&app, &mut tx, &session, payments).await?,
        paper: invoices::paper(&whole),
        corrects: whole.invoice.corrects,
        replaces: whole.invoice.replaces,
        reason: whole.invoice.reason.clone(),
        pdf: papers::files::address(&app, &mut tx, &session, pdf::invoice(id)).await?,
        log: sales::log(&mut tx, "invoice", id.into_uuid()).await?,
        summary,
    }))
}

/// The section Payments Due: each instalment that is still owed, the oldest first.
#[utoipa::path(get, path = "/payments-due", tag = "payments", params(("studio" = String, Path)),
    responses((status = 200, body = PaymentsDue)), security(("session" = [])))]
pub async fn list_payments_due(Reading { session, mut tx }: Reading) -> Result<Json<PaymentsDue>> {
    session.section(Right::PaymentsDue)?;
    let found = portal::open(&mut tx, Viewer::from(&session)).await?;
    let desk = Desk::of_page(&mut tx, &session, &found).await?;
    let mut told = Vec::new();
    for seen in &found.invoices {
        let parts = found.parts(seen.id).iter();
        let owed: Vec<Part> = parts
            .filter(|part| part.left.balance > 0)
            .cloned()
            .collect();
        told.extend(desk.instalments(seen, &owed));
    }
    told.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.number.cmp(&b.number)));
    Ok(Json(PaymentsDue {
        due: super::total_due(found.open.values(), &desk.today),
        credit: credits(&found.credit),
        instalments: told,
        tip: desk.tip(),
    }))
}

fn place(text: &str) -> Option<Place> {
    let (micros, id) = text.split_once('.')?;
    Some(Place {
        at: Timestamp::from_micros(micros.parse().ok()?),
        id: id.parse().ok()?,
    })
}

/// After every payment there is.
pub(super) fn newest() -> Place {
    Place {
        // The end of the year 9999.
        at: Timestamp::from_micros(253_402_300_799_000_000),
        id: PaymentId::from_bytes([0xff; 16]),
    }
}

/// The section Payments: transactions over time.
#[utoipa::path(get, path = "/payments", tag = "payments",
    params(("studio" = String, Path), ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Payments)), security(("session" = [])))]
pub async fn list_payments(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Params(page): Params<Page>,
) -> Result<Json<Payments>> {
    session.section(Right::Payments)?;
    let before = match &page.before {
        None => newest(),
        Some(text) => place(text).ok_or_else(Error::not_found)?,
    };
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = portal::payments(&mut tx, Viewer::from(&session), before, most).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more);
    Ok(Json(Payments {
        next: next.map(|last| format!("{}.{}", last.at.micros(), last.id)),
        credit: match page.before {
            None => credit(&mut tx, &session).await?,
            Some(_) => Vec::new(),
        },
        payments: tell(&app, &mut tx, &session, found).await?,
    }))
}

/// Payments as the portal is told them. An invoice this contact does not see is not named.
async fn tell(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    found: Vec<SeenPayment>,
) -> Result<Vec<wire::Payment>> {
    let ids: Vec<PaymentId> = found.iter().map(|one| one.id).collect();
    let kinds = portal::kinds(tx, &ids).await?;
    let uses = portal::uses(tx, &ids).await?;
    let mut used: Vec<InvoiceId> = uses.iter().map(|one| one.invoice_id).collect();
    used.sort();
    used.dedup();
    let visible = portal::seen_among(tx, Viewer::from(session), &used).await?;
    let mut told = Vec::new();
    for one in found {
        let amount = |minor| money::wire(minor, &one.currency);
        let happened: Vec<_> = kinds
            .iter()
            .filter(|kind| kind.payment_id == one.id)
            .map(|kind| kind.kind)
            .collect();
        let mine: Vec<_> = uses
            .iter()
            .filter(|used| used.payment_id == one.id)
            .collect();
        let used: i64 = mine.iter().map(|used| used.paid).sum();
        let state = state_of(one.amount, &happened, one.held);
        let came = happened.contains(&super::EntryKind::Succeeded);
        told.push(wire::Payment {
            id: one.id,
            at: one.at,
            state,
            method: one.method,
            detail: one.detail.clone().or_else(|| one.reference.clone()),
            amount: amount(one.amount),
            tip: amount(one.tip),
            refunded: amount(if came { one.amount - one.held } else { 0 }),
            invoices: mine
                .iter()
                .filter(|used| used.paid + used.pending > 0)
                .filter(|used| visible.contains(&used.invoice_id))
                .map(|used| wire::PaidInvoice {
                    id: used.invoice_id,
                    number: used.number.clone().unwrap_or_default(),
                    title: used.title.clone(),
                    amount: amount(used.paid + used.pending),
                })
                .collect(),
            credit: amount((one.held - one.held_tip - used).max(0)),
            receipt: match one.receipt {
                true => Some(papers::files::link(app, session, paper::which(one.id))?),
                false => None,
            },
        });
    }
    Ok(told)
}

async fn told(
    app: &App,
    session: &PortalSession,
    checkout: Checkout,
) -> Result<Json<wire::Checkout>> {
    let mut tx = app.db.read(session).await?;
    let amount = |minor| money::wire(minor, &checkout.currency);
    let payment = store::checkouts::payment(&mut tx, checkout.id).await?;
    let invoices = store::checkouts::invoices(&mut tx, checkout.id).await?;
    let receipt = match payment {
        Some(id) => papers::files::address(app, &mut tx, session, paper::which(id)).await?,
        None => None,
    };
    let open = checkout.state == wire::CheckoutState::Open && !checkout.closing;
    Ok(Json(wire::Checkout {
        id: checkout.id,
        state: checkout.state,
        amount: amount(checkout.amount),
        tip: amount(checkout.tip),
        invoices: invoices.into_iter().map(|(id, _)| id).collect(),
        url: checkout.url.filter(|_| open),
        payment,
        receipt,
    }))
}

/// Begins to pay: the reply says where to go on to. The same act once more, or the same payment from another tab, gives the same
/// page.
#[utoipa::path(post, path = "/payments/checkout", tag = "payments",
    params(("studio" = String, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = StartCheckout, responses((status = 200, body = wire::Checkout)), security(("session" = [])))]
pub async fn start_checkout(
    State(app): State<App>,
    session: PortalSession,
    key: IdempotencyKey,
    Body(sent): Body<StartCheckout>,
) -> Result<Json<wire::Checkout>> {
    let begun = checkout::start(&app, &session, &sent, key.as_str()).await?;
    told(&app, &session, begun).await
}

/// How a payment goes that this contact began.
#[utoipa::path(get, path = "/payments/checkout/{id}", tag = "payments",
    params(("studio" = String, Path), ("id" = CheckoutId, Path)),
    responses((status = 200, body = wire::Checkout)), security(("session" = [])))]
pub async fn get_checkout(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<CheckoutId>,
) -> Result<Json<wire::Checkout>> {
    may_pay(&session)?;
    let found = checkout::look(&app, &session, id).await?;
    told(&app, &session, found).await
}
