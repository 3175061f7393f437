//! `/admin/invoices/{id}/payment`: money that came in by hand.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use portico_wire::{Code, InvoiceId, Timestamp, payments::PaymentMethod};
use serde::Serialize;
use serde_json::json;

use super::{
    super::{
        ledger::{self, money},
        paper,
        store::{self, NewPayment},
        tell,
    },
    Acting,
    act::act_of,
    path,
};
use crate::{
    App, Result, clients,
    clock::{at_hour, today},
    error::{Error, ResultExt as _},
    invoices::{self, Invoice, Kind, State as InvoiceState},
    money::{exponent, typed},
    scope::{Manager, StaffSession},
    secrets, studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What staff record; the provider records its own.
const METHODS: &[PaymentMethod] = &[
    PaymentMethod::Transfer,
    PaymentMethod::Cash,
    PaymentMethod::Cheque,
];

#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    method: String,
    amount: String,
    day: String,
    reference: String,
    note: String,
    mail: bool,
    act: String,
}

async fn page(
    app: &App,
    session: &StaffSession,
    invoice: &Invoice,
    typed: &Typed,
    errors: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, invoice.client_id).await?;
    let sums = store::sums(&mut tx, invoice.id).await?;
    drop(tx);
    let methods: Vec<(&str, &str)> = METHODS
        .iter()
        .map(|method| (method.name(), paper::method_name(*method)))
        .collect();
    let body = json!({
        "id": invoice.id,
        "number": invoice.number,
        "client": { "id": client.id, "name": client.name },
        "left": money(sums.balance(), &invoice.terms.currency),
        "currency": invoice.terms.currency,
        "methods": methods,
        "typed": typed,
        "errors": errors,
    });
    admin::page(app, session, "payments/record.html", body)
}

fn check(invoice: &Invoice) -> Result<()> {
    if invoice.kind == Kind::Invoice && invoice.state == InvoiceState::Issued {
        Ok(())
    } else {
        Err(Error::refused(
            Code::Conflict,
            "Payments are recorded on an invoice that was issued and is valid.",
        ))
    }
}

/// `GET /admin/invoices/{id}/payment`
pub async fn show_record(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let invoice = invoices::store::get(&mut tx, id).await?;
    check(&invoice)?;
    let sums = store::sums(&mut tx, id).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let typed = Typed {
        method: PaymentMethod::Transfer.name().into(),
        amount: match sums.payable() {
            0 => String::new(),
            left => typed::write(left, exponent(&invoice.terms.currency)),
        },
        day: today(tx.now(), &zone),
        mail: true,
        act: secrets::reference(),
        ..Typed::default()
    };
    drop(tx);
    page(&app, &session, &invoice, &typed, FieldErrors::default()).await
}

/// The day it came in, as a moment: today's is now.
fn moment(day: &str, today: &str, now: Timestamp, zone: &str) -> Option<Timestamp> {
    let date: Date = day.parse().ok()?;
    if day == today {
        return Some(now);
    }
    let old: Date = today.parse().ok()?;
    let sane = date < old && date.year() >= old.year() - 10;
    sane.then(|| at_hour(day, 0, 12, zone).ok())?
}

/// `POST /admin/invoices/{id}/payment`
pub async fn record(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<InvoiceId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed {
        method: sent.text("method"),
        amount: sent.text("amount"),
        day: sent.text("day"),
        reference: sent.text("reference"),
        note: sent.text("note"),
        mail: sent.is_ticked("mail"),
        act: act_of(&sent)?,
    };
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let client = invoices::store::get(&mut tx, id).await?.client_id;
    store::lock(&mut tx, client).await?;
    let invoice = invoices::store::get(&mut tx, id).await?;
    check(&invoice)?;
    if let Some(known) = store::by_act(&mut tx, &typed.act).await? {
        return Ok(redirect::see(
            &path(known),
            "This payment was recorded already.",
        ));
    }
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let currency = invoice.terms.currency.clone();
    let method = METHODS
        .iter()
        .copied()
        .find(|one| one.name() == typed.method);
    let amount = typed::amount(&typed.amount, &currency).filter(|amount| *amount > 0);
    let at = moment(&typed.day, &today(tx.now(), &zone), tx.now(), &zone);
    if method.is_none() {
        errors.add("method", "Choose how it was paid.");
    }
    if amount.is_none() {
        errors.add("amount", "An amount above zero, such as 250.00.");
    }
    if at.is_none() {
        errors.add("day", "The day it came in: today or earlier.");
    }
    let reference = errors.optional("reference", &typed.reference, 120);
    let note = errors.optional("note", &typed.note, 500);
    let (Some(method), Some(amount), Some(at), true) = (method, amount, at, errors.is_empty())
    else {
        drop(tx);
        let page = page(&app, &session, &invoice, &typed, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let new = NewPayment {
        client: Some(client),
        contact: None,
        checkout: None,
        currency: &currency,
        amount,
        tip: 0,
        method,
        detail: None,
        provider_id: None,
        reference: reference.as_deref(),
        note: note.as_deref(),
        problem: None,
        recorded_by: Some(session.staff),
        act_key: Some(&typed.act),
        at,
    };
    let again = || Error::refused(Code::Conflict, "This payment was recorded already.");
    let made = store::insert(&mut tx, &new).await.on_unique(again)?;
    let payment = store::get(&mut tx, made).await?;
    let acting = Acting::new(&session);
    let received =
        ledger::succeeded(&mut tx, &payment, &[(id, i64::MAX)], &acting.source()).await?;
    if typed.mail {
        tell::receipt(&app, &mut tx, &payment).await?;
    }
    tx.commit().await?;
    let notice = match received.map_or(0, |one| one.left) {
        0 => "Recorded.".to_owned(),
        left => format!(
            "Recorded. {} is more than was owed and is kept as credit.",
            money(left, &currency)
        ),
    };
    Ok(redirect::see(&format!("/admin/invoices/{id}"), &notice))
}
