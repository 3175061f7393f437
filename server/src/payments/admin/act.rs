//! What staff do with a payment: refund, take back what was recorded by mistake, say whose it is, use its credit.

use axum::{extract::State, response::Response};
use portico_wire::{ClientId, Code, InvoiceId, PaymentId};
use serde_json::json;

use super::{
    super::{
        EntryKind, Payment, account,
        ledger::{self, Leaving, money},
        store,
        stripe::{Failure, amounts},
        sync, tell,
    },
    Acting, path, show,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients,
    error::Error,
    jobs::{self, Job, Outcome},
    money::typed,
    scope::{Manager, StaffSession},
    web::{
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// A word of the form that makes the act one, however often it is sent.
pub(super) fn act_of(sent: &Sent) -> Result<String> {
    let act = sent.text("act");
    let plain = act.bytes().all(|b| b.is_ascii_alphanumeric());
    if (8..=40).contains(&act.len()) && plain {
        Ok(act)
    } else {
        Err(Error::refused(
            Code::Malformed,
            "Please go back, reload the page and try again.",
        ))
    }
}

/// `POST /admin/payments/{id}/refund`
pub async fn refund(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let act = act_of(&sent)?;
    let mut tx = app.db.read(&session).await?;
    let payment = store::get(&mut tx, id).await?;
    let held = store::held(&mut tx, id).await?.amount;
    let key = account::key(&app, &mut tx).await?;
    let mark = format!("refund:{act}");
    let done = store::entries(&mut tx, id)
        .await?
        .iter()
        .any(|entry| entry.mark == mark);
    drop(tx);
    if done {
        return Ok(redirect::see(&path(id), "This was refunded already."));
    }
    let mut errors = FieldErrors::default();
    let amount = typed::amount(&sent.text("amount"), &payment.currency).unwrap_or(0);
    if amount <= 0 || amount > held {
        let most = money(held, &payment.currency);
        errors.add("amount", format!("An amount of at most {most}."));
    }
    let note = errors.optional("note", &sent.text("note"), 500);
    if !errors.is_empty() {
        let typed = json!({ "amount": sent.text("amount"), "note": sent.text("note") });
        return show::again(&app, &session, id, errors, typed).await;
    }
    let Some(intent) = payment.provider_id.clone() else {
        return refund_by_hand(&app, &session, &payment, (&mark, amount, note.as_deref())).await;
    };
    let key = key.ok_or_else(|| {
        Error::refused(
            Code::PaymentsOff,
            "The studio's Stripe account is not set up any more.",
        )
    })?;
    let asked = amounts::to_stripe(amount, &payment.currency)
        .ok_or_else(|| Error::invalid("amount", "In this currency the last digit is a 0."))?;
    let act = format!("refund-{id}-{act}");
    match app.stripe.refund(&key, &act, &intent, asked).await {
        Ok(_) => {
            let acting = Acting::new(&session);
            let told = sync::payment(&app, session.scope, id, &acting.source()).await?;
            let notice = match told {
                Outcome::Done => "Refunded. The client is told by mail.",
                _ => "Refunded. It shows here within a few minutes.",
            };
            Ok(redirect::see(&path(id), notice))
        }
        Err(Failure::Refused { message, .. }) => {
            errors.add("amount", format!("Stripe does not refund this: {message}"));
            let typed = json!({ "amount": sent.text("amount"), "note": sent.text("note") });
            show::again(&app, &session, id, errors, typed).await
        }
        Err(failure) => {
            tracing::warn!(payment = %id, %failure, "a refund has no answer yet");
            let mut tx = app.db.write(&session).await?;
            let at = tx.now().plus_seconds(60);
            jobs::enqueue_at(&mut tx, &Job::SyncPayment { payment: id }, at).await?;
            tx.commit().await?;
            let notice = "Stripe did not answer, so it is not known whether this was refunded. Look again in a few minutes before you try once more.";
            Ok(redirect::see(&path(id), notice))
        }
    }
}

async fn refund_by_hand(
    app: &App,
    session: &StaffSession,
    payment: &Payment,
    (mark, amount, note): (&str, i64, Option<&str>),
) -> Result<Response> {
    let acting = Acting::new(session);
    let mut tx = app.db.write(session).await?;
    if let Some(client) = payment.client_id {
        store::lock(&mut tx, client).await?;
    }
    let leaving = Leaving {
        mark,
        kind: EntryKind::Refunded,
        amount,
        at: tx.now(),
        note,
    };
    if let Some(amount) = ledger::leaves(&mut tx, payment, &leaving, &acting.source()).await? {
        tell::refunded(app, &mut tx, payment, amount).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(
        &path(payment.id),
        "Written down. The client is told by mail.",
    ))
}

/// `POST /admin/payments/{id}/reverse`: of what staff recorded.
pub async fn reverse(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let note = errors.required("reason", &sent.text("reason"), 500);
    if !errors.is_empty() {
        return show::again(&app, &session, id, errors, json!({})).await;
    }
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let payment = store::get(&mut tx, id).await?;
    if payment.provider_id.is_some() {
        return Err(Error::refused(
            Code::Conflict,
            "Money that Stripe brought is refunded, not taken back.",
        ));
    }
    if let Some(client) = payment.client_id {
        store::lock(&mut tx, client).await?;
    }
    let leaving = Leaving {
        mark: "reversed",
        kind: EntryKind::Reversed,
        amount: payment.amount,
        at: tx.now(),
        note: Some(&note),
    };
    ledger::leaves(&mut tx, &payment, &leaving, &acting.source()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        "Taken back. What it paid is owed again.",
    ))
}

/// `POST /admin/payments/{id}/use`: the credit of a payment's client for one of its invoices.
pub async fn use_credit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let invoice: InvoiceId = sent
        .text("invoice")
        .parse()
        .map_err(|_| Error::not_found())?;
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let payment = store::get(&mut tx, id).await?;
    let client = payment.client_id.ok_or_else(Error::not_found)?;
    let used = apply(&mut tx, client, invoice, &acting).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), &used))
}

/// `POST /admin/invoices/{id}/use-credit`
pub async fn use_credit_for(
    State(app): State<App>,
    Manager(session): Manager,
    Id(invoice): Id<InvoiceId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let client = crate::invoices::store::get(&mut tx, invoice)
        .await?
        .client_id;
    let used = apply(&mut tx, client, invoice, &acting).await?;
    tx.commit().await?;
    Ok(redirect::see(&format!("/admin/invoices/{invoice}"), &used))
}

async fn apply(
    tx: &mut crate::db::StudioTx,
    client: ClientId,
    invoice: InvoiceId,
    acting: &Acting,
) -> Result<String> {
    store::lock(tx, client).await?;
    let invoice = crate::invoices::store::get(tx, invoice).await?;
    if invoice.client_id != client {
        return Err(Error::not_found());
    }
    let currency = invoice.terms.currency.clone();
    let to = (invoice.id, currency.as_str());
    let used = ledger::apply_credit(tx, client, to, i64::MAX, &acting.source()).await?;
    if used > 0 {
        ledger::close_open(tx, invoice.id).await?;
    }
    Ok(match used {
        0 => "There is no credit to use, or nothing is owed on this invoice.".to_owned(),
        used => format!(
            "{} of the credit went to {}.",
            money(used, &currency),
            invoice.number()
        ),
    })
}

/// `POST /admin/payments/{id}/assign`: says whose an unmatched payment is.
pub async fn assign(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let client: ClientId = sent
        .text("client")
        .parse()
        .map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    let name = clients::store::get_client(&mut tx, client).await?.name;
    store::lock(&mut tx, client).await?;
    if !store::assign(&mut tx, id, client).await? {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody else said whose this is in the meantime.",
        ));
    }
    store::settle(&mut tx, id).await?;
    let about = Subject("payment", Some(id.into_uuid()));
    let change = Change::made(&json!({ "client": name }))?;
    audit::note(&mut tx, &session, "payment assigned", about, change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        &format!("It is {name}\u{2019}s now, as credit. Use it for an invoice, or refund it."),
    ))
}

/// `POST /admin/payments/{id}/settle`: what was wrong is seen to.
pub async fn settle(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<PaymentId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    if store::settle(&mut tx, id).await? {
        let about = Subject("payment", Some(id.into_uuid()));
        audit::note(&mut tx, &session, "payment settled", about, Change::none()).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(
        &path(id),
        "Seen to. What is left of it is credit.",
    ))
}
