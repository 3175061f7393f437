//! `/admin/payments/{id}`: a payment with all that happened to it.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, PaymentId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        EntryKind, Payment, SourceKind, held,
        ledger::money,
        paper, state_of,
        store::{self, Use, desk},
    },
    LIST, entry_label, path, state_label,
};
use crate::{
    App, Result,
    clients::{
        self,
        choose::{self, Purpose, Search},
    },
    db::StudioTx,
    invoices,
    money::{exponent, typed},
    papers,
    scope::{Manager, Member, StaffSession},
    secrets,
    staff::Role,
    studios,
    web::{admin, body::Id, form::FieldErrors},
};

/// What stands in the address of a payment nobody knows the client of: who was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    client: String,
}

/// `GET /admin/payments/{id}`
pub async fn show_payment(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<PaymentId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let typed = match asked.client.parse::<ClientId>() {
        Ok(client) => {
            let mut tx = app.db.read(&session).await?;
            let client = clients::store::get_client(&mut tx, client).await?;
            json!({ "client": { "id": client.id, "name": client.name } })
        }
        Err(_) => json!({}),
    };
    page(&app, &session, id, FieldErrors::default(), typed).await
}

/// `GET /admin/payments/{id}/client`: whose it is.
pub async fn choose_client(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let purpose = Purpose {
        title: "Whose payment is it?",
        question: "Which client paid this?",
        above: &[("Payments", LIST), ("The payment", &path(id))],
        address: &format!("{}/client", path(id)),
    };
    let next = |client| format!("{}?client={client}", path(id));
    choose::page(&app, &session, &asked, &purpose, next).await
}

/// The page again, with what was typed and what is wrong with it.
pub(super) async fn again(
    app: &App,
    session: &StaffSession,
    id: PaymentId,
    errors: FieldErrors,
    typed: Value,
) -> Result<Response> {
    let page = page(app, session, id, errors, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn used(tx: &mut StudioTx, payment: &Payment) -> Result<(Vec<Value>, i64)> {
    let (mut told, mut sum) = (Vec::new(), 0);
    for (kind, waits) in [(Use::Paid, false), (Use::Pending, true)] {
        for (invoice, amount) in store::uses(tx, payment.id, kind).await? {
            let invoice = invoices::store::get(tx, invoice).await?;
            if !waits {
                sum += amount;
            }
            told.push(json!({
                "id": invoice.id,
                "number": invoice.number,
                "title": invoice.terms.title,
                "amount": money(amount, &payment.currency),
                "waits": waits,
            }));
        }
    }
    Ok((told, sum))
}

async fn page(
    app: &App,
    session: &StaffSession,
    id: PaymentId,
    errors: FieldErrors,
    typed_before: Value,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let payment = store::get(&mut tx, id).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let entries = store::entries(&mut tx, id).await?;
    let history = desk::history(&mut tx, id).await?;
    let (used, sum) = used(&mut tx, &payment).await?;
    let client = match payment.client_id {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?),
        None => None,
    };
    let open = match payment.client_id {
        Some(client) => desk::open_of(&mut tx, client).await?,
        None => Vec::new(),
    };
    let pdf = papers::files::staff_address(&mut tx, paper::which(id)).await?;
    drop(tx);
    let say = |minor| money(minor, &payment.currency);
    let kinds: Vec<EntryKind> = entries.iter().map(|entry| entry.kind).collect();
    let held = held(&entries);
    let free = (held.without_tip() - sum).max(0);
    let (state, tone) = state_label(state_of(payment.amount, &kinds, held.amount));
    let manager = session.role >= Role::Manager;
    let open: Vec<Value> = open
        .iter()
        .filter(|one| one.currency == payment.currency)
        .map(|one| json!({ "id": one.id, "number": one.number, "title": one.title }))
        .collect();
    let history: Vec<Value> = history
        .iter()
        .map(|one| {
            let who = match one.source {
                SourceKind::Staff => one.staff.clone().unwrap_or_else(|| "Staff".into()),
                SourceKind::Webhook | SourceKind::Reconciler => "Stripe".into(),
                SourceKind::System => "Portico".into(),
            };
            json!({
                "what": entry_label(one.kind),
                "amount": (one.amount != 0).then(|| say(one.amount)),
                "who": who,
                "note": one.note,
                "when": admin::moment(one.at, &zone),
            })
        })
        .collect();
    let waits = payment.problem.filter(|_| payment.settled_at.is_none());
    let body = json!({
        "id": id,
        "code": payment.code(),
        "client": client.map(|one| json!({ "id": one.id, "name": one.name })),
        "amount": say(payment.amount),
        "tip": (payment.tip > 0).then(|| say(payment.tip)),
        "held": (held.amount != payment.amount && held.amount > 0).then(|| say(held.amount)),
        "free": (free > 0).then(|| say(free)),
        "method": paper::method(&payment),
        "online": payment.provider_id.is_some(),
        "provider_id": payment.provider_id,
        "reference": payment.reference,
        "note": payment.note,
        "day": admin::day(payment.at, &zone),
        "state": state,
        "tone": tone,
        "problem": waits.map(super::super::Trouble::text),
        "nobodys": payment.client_id.is_none(),
        "used": used,
        "open": open,
        "history": history,
        "pdf": pdf,
        "may_refund": manager && held.amount > 0,
        "may_act": manager,
        "refundable": typed::write(held.amount, exponent(&payment.currency)),
        "currency": payment.currency,
        "act": secrets::reference(),
        "typed": typed_before,
        "errors": errors,
    });
    admin::page(app, session, "payments/show.html", body)
}
