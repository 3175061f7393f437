//! An invoice as staff's lists show it.

use std::collections::BTreeMap;

use portico_wire::{InvoiceId, payments as wire};
use serde_json::{Value, json};

use super::{
    Kind, State,
    store::{self, ListedInvoice},
};
use crate::{
    Result,
    db::StudioTx,
    money::say,
    payments::{self, dues, parts, standing},
};

/// As staff read it, and the tone of its tag.
pub const fn state_label(state: State) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("Draft", ""),
        State::Issued => ("Issued", "good"),
        State::Voided => ("Voided", "bad"),
    }
}

/// As staff read it, and the tone of its tag.
pub const fn standing_label(state: wire::InvoiceState) -> (&'static str, &'static str) {
    match state {
        wire::InvoiceState::Open => ("Not paid yet", ""),
        wire::InvoiceState::PartPaid => ("Partly paid", ""),
        wire::InvoiceState::Overdue => ("Overdue", "bad"),
        wire::InvoiceState::Pending => ("Payment under way", "warn"),
        wire::InvoiceState::Paid => ("Paid", "good"),
        wire::InvoiceState::Credited => ("Credited", ""),
        wire::InvoiceState::Voided | wire::InvoiceState::CreditNote => ("", ""),
    }
}

pub const fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Invoice => "Invoice",
        Kind::CreditNote => "Credit note",
    }
}

/// An invoice as a list shows it.
pub fn line(invoice: &ListedInvoice) -> Value {
    let words = say::words("en");
    let (state, tone) = state_label(invoice.state);
    json!({
        "id": invoice.id,
        "number": invoice.number,
        "kind": kind_label(invoice.kind),
        "title": invoice.title,
        "client_id": invoice.client_id,
        "client": invoice.client_name,
        "state": state,
        "tone": tone,
        "total": words.money(invoice.total, &invoice.currency),
        "issued": invoice.issued_on.as_deref().map(say::short_day),
    })
}

/// As the list of all invoices shows it: of one that is issued, whether it is paid says more than that it is issued.
pub fn with_standing(invoice: &ListedInvoice, standing: Option<wire::InvoiceState>) -> Value {
    let mut shown = line(invoice);
    if let Some(standing) = standing {
        let (state, tone) = standing_label(standing);
        shown["state"] = state.into();
        shown["tone"] = tone.into();
    }
    shown
}

/// Where those of them that are issued stand with their payments.
pub async fn standings(
    tx: &mut StudioTx,
    listed: &[ListedInvoice],
    today: &str,
) -> Result<BTreeMap<InvoiceId, wire::InvoiceState>> {
    let issued = |one: &&ListedInvoice| one.kind == Kind::Invoice && one.state == State::Issued;
    let ids: Vec<InvoiceId> = listed.iter().filter(issued).map(|one| one.id).collect();
    let mut plans = store::plans(tx, &ids).await?;
    let sums = payments::store::sums_of(tx, &ids).await?;
    let stands = |row: payments::store::SumsRow| {
        let plan = plans.remove(&row.invoice_id).unwrap_or_default();
        let overdue = dues(&parts(plan, row.sums), today).overdue;
        let stands = standing(Kind::Invoice, State::Issued, row.sums, overdue);
        (row.invoice_id, stands)
    };
    Ok(sums.into_iter().map(stands).collect())
}
