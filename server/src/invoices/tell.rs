//! The mail that brings an invoice to whoever it names.

use portico_wire::{InvoiceId, Right, Rights, Timestamp};
use serde_json::{Value, json};

use super::{
    Invoice,
    issue::By,
    store::{self, Reader},
};
use crate::{
    App, Result,
    access::{
        links,
        reach::{self, State},
    },
    audit::{self, Change, Subject},
    clients::full_name,
    db::StudioTx,
    mail::Message,
    notifications, payments,
    studios::Studio,
};

/// What the log says of a mail.
const MAILED: &str = "invoice mailed";

/// Why somebody an invoice names gets no mail of it, for staff; nothing where a mail reaches it.
pub fn obstacle(studio: &Studio, one: &Reader) -> Option<&'static str> {
    let rights = Rights::resolve(&studio.rights, &one.client_rights, &one.rights);
    if studio.check_open().is_err() {
        Some("The portal is closed")
    } else if !rights.has(Right::Invoices) {
        Some("May not see invoices")
    } else if one.email.is_none() || one.state.obstacle().is_some() {
        Some("Cannot get into the portal")
    } else if one.state == State::NotInvited && !studio.activates_portal {
        Some("Not invited to the portal yet")
    } else {
        None
    }
}

/// What the mail says, but for whom it greets.
async fn params(tx: &mut StudioTx, invoice: &Invoice) -> Result<Value> {
    let (terms, words) = (&invoice.terms, invoice.terms.words());
    let parts = store::instalments(tx, invoice.id).await?;
    let sums = payments::store::sums(tx, invoice.id).await?;
    let plan: Vec<Value> = parts
        .iter()
        .map(|one| {
            json!({ "label": one.label, "due": words.day(&one.due), "amount": terms.money(one.amount) })
        })
        .collect();
    let replaces = match invoice.replaces {
        Some(earlier) => store::get(tx, earlier).await?.number,
        None => None,
    };
    Ok(json!({
        "number": invoice.number(),
        "title": terms.title,
        "total": terms.money(invoice.total),
        // What was paid on an earlier version counts on this one.
        "left": (sums.balance() != invoice.total).then(|| terms.money(sums.balance())),
        "due": parts.iter().map(|one| &one.due).min().map(|day| words.day(day)),
        "plan": if plan.len() > 1 { plan } else { Vec::new() },
        "replaces": replaces,
    }))
}

/// Mails an issued invoice to all it names who can look at it and like such mails; how many those are. Who was never
/// invited is by this mail, where the studio wants that.
pub async fn issued(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    invoice: &Invoice,
    by: &By<'_>,
) -> Result<usize> {
    let about = params(tx, invoice).await?;
    let place = studio.portal_place(&app.origin, &format!("invoices/{}", invoice.id));
    let mut told = Vec::new();
    for one in store::readers(tx, invoice.id).await? {
        let Some(email) = &one.email else { continue };
        if obstacle(studio, &one).is_some() {
            continue;
        }
        let mut params = about.clone();
        params["first_name"] = one.first_name.as_str().into();
        params["place"] = place.as_str().into();
        let mut message = Message::mail((Some(one.id), email), "invoice", params);
        if !notifications::wants(tx, &message).await? {
            continue;
        }
        // Whoever was in already gets to the very invoice; others need a link that lets them in.
        let link = match one.state {
            State::Accepted => None,
            state => {
                let by = reach::By {
                    actor: by.actor,
                    reference: by.reference,
                };
                links::for_document(app, tx, studio, (one.id, state), &by).await?
            }
        };
        message.params["linked"] = link.is_some().into();
        links::mail(app, tx, studio, message, link).await?;
        told.push(full_name(&one.first_name, &one.last_name));
    }
    if !told.is_empty() {
        let about = Subject("invoice", Some(invoice.id.into_uuid()));
        let change = Change::made(&json!({ "to": told }))?;
        audit::append(tx, by.actor, MAILED, about, change, by.reference).await?;
    }
    Ok(told.len())
}

/// When it was mailed last.
pub async fn last_mailed(tx: &mut StudioTx, id: InvoiceId) -> Result<Option<Timestamp>> {
    let entries = audit::timeline(tx, "invoice", id.into_uuid(), 100).await?;
    let mailed = entries.into_iter().find(|entry| entry.action == MAILED);
    Ok(mailed.map(|entry| entry.at))
}
