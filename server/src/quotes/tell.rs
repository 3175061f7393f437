//! Who hears of a quote: whom it names, and the staff who look after the client.

use portico_wire::OrderId;
use serde_json::{Value, json};

use super::{Quote, act::By, store};
use crate::{
    App, Result,
    access::{links, reach},
    clients::{self, Client},
    db::StudioTx,
    invoices::{self, Invoice},
    mail::{self, Message},
    studios::Studio,
};

fn params(quote: &Quote) -> Value {
    json!({
        "number": quote.number(),
        "title": quote.terms.title,
        "total": quote.terms.money(quote.total),
        "until": quote.valid_until.as_deref().map(|day| quote.terms.words().day(day)),
    })
}

/// To all it names who can come in; how many those are.
async fn to_named(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    template: &str,
    params: Value,
) -> Result<usize> {
    let mut count = 0;
    for contact in store::named(tx, quote.id).await? {
        let Some(email) = &contact.email else {
            continue;
        };
        let mut params = params.clone();
        params["first_name"] = contact.first_name.into();
        let message = Message::mail((Some(contact.id), email), template, params);
        mail::send(app, tx, studio, message).await?;
        count += 1;
    }
    Ok(count)
}

/// Asks whoever it names for an answer, with a link of their own. Who was never invited is by the quote, where the
/// studio wants that.
async fn ask(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    template: &str,
    by: &By<'_>,
) -> Result<usize> {
    let mut count = 0;
    for contact in store::named(tx, quote.id).await? {
        let Some(email) = contact.email.as_deref() else {
            continue;
        };
        if contact.state.obstacle().is_some() {
            continue;
        }
        let by = reach::By {
            actor: by.actor,
            reference: by.reference,
        };
        let whom = (contact.id, contact.state);
        let link = links::for_document(app, tx, studio, whom, &by).await?;
        let mut params = params(quote);
        params["first_name"] = contact.first_name.into();
        params["linked"] = link.is_some().into();
        let message = Message::mail((Some(contact.id), email), template, params);
        links::mail(app, tx, studio, message, link).await?;
        count += 1;
    }
    Ok(count)
}

pub async fn sent(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    by: &By<'_>,
) -> Result<usize> {
    ask(app, tx, studio, quote, "quote", by).await
}

pub async fn reminded(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    by: &By<'_>,
) -> Result<usize> {
    ask(app, tx, studio, quote, "quote_reminder", by).await
}

/// What there is to tell when a quote was accepted.
pub struct Accepted<'a> {
    pub quote: &'a Quote,
    pub order: OrderId,
    pub number: &'a str,
    pub invoice: &'a Invoice,
    pub client: &'a Client,
    /// The name of who accepted it.
    pub by: &'a str,
}

pub async fn accepted(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    told: &Accepted<'_>,
) -> Result<()> {
    let (terms, invoice) = (&told.invoice.terms, told.invoice);
    let plan: Vec<Value> = invoices::store::instalments(tx, invoice.id)
        .await?
        .iter()
        .map(|one| {
            json!({ "label": one.label, "due": terms.words().day(&one.due), "amount": terms.money(one.amount) })
        })
        .collect();
    let params = json!({
        "quote": told.quote.number(),
        "number": told.number,
        "invoice": invoice.number(),
        "title": terms.title,
        "total": terms.money(invoice.total),
        "plan": plan,
        "by": told.by,
        "client": told.client.name,
        "page": format!("{}/admin/orders/{}", app.origin, told.order),
    });
    to_named(
        app,
        tx,
        studio,
        told.quote,
        "quote_accepted",
        params.clone(),
    )
    .await?;
    let group = told.client.group_id;
    clients::tell::staff(app, tx, studio, group, "quote_accepted_staff", params).await
}

pub async fn declined(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    client: &Client,
    by: &str,
    reason: &str,
) -> Result<()> {
    let mut params = params(quote);
    params["reason"] = reason.into();
    params["by"] = by.into();
    params["client"] = client.name.clone().into();
    params["page"] = format!("{}/admin/quotes/{}", app.origin, quote.id).into();
    clients::tell::staff(app, tx, studio, client.group_id, "quote_declined", params).await
}
