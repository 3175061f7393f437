//! An invoice as staff's lists show it.

use serde_json::{Value, json};

use super::{Kind, State, store::ListedInvoice};
use crate::money::say;

/// As staff read it, and the tone of its tag.
pub const fn state_label(state: State) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("Draft", ""),
        State::Issued => ("Issued", "good"),
        State::Voided => ("Voided", "bad"),
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
