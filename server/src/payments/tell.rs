//! Who hears of a payment: whoever paid, and the staff who look after the client.

use portico_wire::ContactId;
use serde_json::{Value, json};

use super::{Payment, ledger::money, paper, store};
use crate::{
    App, Result, clients,
    db::StudioTx,
    invoices,
    mail::{self, Message},
    money::say,
    sales, studios,
};

async fn send(
    app: &App,
    tx: &mut StudioTx,
    to: (Option<ContactId>, &str),
    template: &str,
    params: Value,
) -> Result<()> {
    let studio = studios::store::get(tx).await?;
    mail::send(app, tx, &studio, Message::mail(to, template, params)).await
}

/// Whoever paid; of what staff recorded, all whom the invoices name.
async fn to_client(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    template: &str,
    params: &Value,
) -> Result<()> {
    let mut people = Vec::new();
    match payment.contact_id {
        Some(contact) => people.push(contact),
        None => {
            for invoice in store::meant_for(tx, payment.id).await? {
                for named in invoices::store::contacts(tx, invoice).await? {
                    if !people.contains(&named.id) {
                        people.push(named.id);
                    }
                }
            }
        }
    }
    for contact in people {
        let person = store::portal::payer(tx, contact).await?;
        let Some(email) = person.email else { continue };
        let mut params = params.clone();
        params["first_name"] = person.first_name.into();
        send(app, tx, (Some(contact), &email), template, params).await?;
    }
    Ok(())
}

/// The staff who look after the client; the owners where nobody knows whose it is.
async fn to_staff(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    (subject, text): (&str, &str),
) -> Result<()> {
    let client = match payment.client_id {
        Some(id) => Some(clients::store::get_client(tx, id).await?),
        None => None,
    };
    let group = client.as_ref().and_then(|one| one.group_id);
    let name = client.map_or_else(|| "Somebody".to_owned(), |one| one.name);
    let params = json!({
        "subject": subject.replace("{client}", &name),
        "text": text.replace("{client}", &name),
        "amount": money(payment.amount, &payment.currency),
        "method": paper::method(payment),
        "invoices": invoices_of(tx, payment).await?,
        "page": format!("{}/admin/payments/{}", app.origin, payment.id),
    });
    let studio = studios::store::get(tx).await?;
    clients::tell::staff(app, tx, &studio, group, "payment_staff", params).await
}

async fn invoices_of(tx: &mut StudioTx, payment: &Payment) -> Result<Vec<Value>> {
    let uses = store::first_uses(tx, payment.id).await?;
    Ok(uses
        .into_iter()
        .map(|(number, title, amount)| {
            json!({ "number": number, "title": title, "amount": money(amount, &payment.currency) })
        })
        .collect())
}

/// The receipt, as a mail of its own.
pub async fn receipt(app: &App, tx: &mut StudioTx, payment: &Payment) -> Result<()> {
    let studio = studios::store::get(tx).await?;
    let day = sales::day(payment.at, &studio)?.to_string();
    let used: i64 = store::first_uses(tx, payment.id)
        .await?
        .iter()
        .map(|(.., amount)| amount)
        .sum();
    let left = payment.without_tip() - used;
    let say = |minor| money(minor, &payment.currency);
    let params = json!({
        "number": payment.code(),
        "amount": say(payment.amount),
        "tip": (payment.tip > 0).then(|| say(payment.tip)),
        "kept": (left > 0).then(|| say(left)),
        "day": say::words("en").day(&day),
        "method": paper::method(payment),
        "invoices": invoices_of(tx, payment).await?,
    });
    to_client(app, tx, payment, "payment_receipt", &params).await
}

pub async fn received(app: &App, tx: &mut StudioTx, payment: &Payment) -> Result<()> {
    receipt(app, tx, payment).await?;
    let amount = money(payment.amount, &payment.currency);
    let subject = format!("{{client}} paid {amount}");
    let text = format!("{{client}} paid {amount}.");
    to_staff(app, tx, payment, (&subject, &text)).await
}

/// More came than was owed.
pub async fn left_over(app: &App, tx: &mut StudioTx, payment: &Payment, left: i64) -> Result<()> {
    let text = match payment.problem {
        Some(problem) => format!(
            "A payment of {{client}} needs a look: {}. It is kept until you say what it is for.",
            problem.text().to_lowercase()
        ),
        None => format!(
            "{{client}} paid more than was owed: {} is kept as credit. You can use it for another invoice or refund it.",
            money(left, &payment.currency)
        ),
    };
    to_staff(
        app,
        tx,
        payment,
        ("A payment of {client} needs a look", &text),
    )
    .await
}

pub async fn unmatched(app: &App, tx: &mut StudioTx, payment: &Payment) -> Result<()> {
    let amount = money(payment.amount, &payment.currency);
    let text = format!(
        "{amount} came in and nobody knows whose it is. Say which client it belongs to, or refund it."
    );
    to_staff(app, tx, payment, ("A payment needs a look", &text)).await
}

fn news(title: &str, text: &str) -> Value {
    json!({ "title": title, "text": text })
}

pub async fn pending(app: &App, tx: &mut StudioTx, payment: &Payment) -> Result<()> {
    let amount = money(payment.amount, &payment.currency);
    let text = format!(
        "your payment of {amount} is under way. Banks take a few days; you get a receipt when it has arrived."
    );
    let params = news("Your payment is under way", &text);
    to_client(app, tx, payment, "payment_news", &params).await
}

pub async fn failed(app: &App, tx: &mut StudioTx, payment: &Payment) -> Result<()> {
    let amount = money(payment.amount, &payment.currency);
    let text = format!(
        "your payment of {amount} did not go through, so nothing was taken. Please pay again, or another way."
    );
    let params = news("Your payment did not go through", &text);
    to_client(app, tx, payment, "payment_news", &params).await?;
    let text = format!("A payment of {{client}} over {amount} did not go through.");
    to_staff(app, tx, payment, ("A payment of {client} failed", &text)).await
}

pub async fn refunded(app: &App, tx: &mut StudioTx, payment: &Payment, amount: i64) -> Result<()> {
    let amount = money(amount, &payment.currency);
    let text = match payment.method {
        portico_wire::payments::PaymentMethod::Online => format!(
            "we sent {amount} back to you. It may take a few days until you see it on your account."
        ),
        _ => format!("we gave {amount} back to you."),
    };
    let params = news("Your refund", &text);
    to_client(app, tx, payment, "payment_news", &params).await
}

pub async fn refund_failed(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    amount: i64,
) -> Result<()> {
    let amount = money(amount, &payment.currency);
    let text = format!(
        "A refund of {amount} to {{client}} did not arrive: the money is back with you. Please find another way to return it."
    );
    to_staff(app, tx, payment, ("A refund to {client} failed", &text)).await
}

pub async fn disputed(app: &App, tx: &mut StudioTx, payment: &Payment, amount: i64) -> Result<()> {
    let amount = money(amount, &payment.currency);
    let text = format!(
        "The bank of {{client}} took {amount} back until it has decided. Please answer in your Stripe account in time."
    );
    to_staff(app, tx, payment, ("{client} disputes a payment", &text)).await
}

pub async fn dispute_closed(
    app: &App,
    tx: &mut StudioTx,
    payment: &Payment,
    won: bool,
) -> Result<()> {
    let text = if won {
        "The bank decided for you: the money is back, and counts as paid again."
    } else {
        "The bank decided for {client}: the money stays with them, and is owed again."
    };
    to_staff(
        app,
        tx,
        payment,
        ("The dispute of {client} is decided", text),
    )
    .await
}
