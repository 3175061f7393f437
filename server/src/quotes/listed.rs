//! A quote as staff's lists show it.

use portico_wire::sales::QuoteState;
use serde_json::{Value, json};

use super::store::ListedQuote;
use crate::{money::say, web::admin};

/// A state as staff read it, and the tone of its tag.
pub const fn label(state: QuoteState) -> (&'static str, &'static str) {
    match state {
        QuoteState::Draft => ("Draft", ""),
        QuoteState::Sent => ("Sent", ""),
        QuoteState::Opened => ("Opened", ""),
        QuoteState::Accepted => ("Accepted", "good"),
        QuoteState::Declined => ("Declined", "bad"),
        QuoteState::Expired => ("Expired", "bad"),
        QuoteState::Voided => ("Voided", ""),
    }
}

/// A quote as a list shows it.
pub fn line(quote: &ListedQuote, today: &str, zone: &str) -> Value {
    let late = quote.valid_until.as_deref().is_some_and(|day| day < today);
    let state = if late && quote.state.is_open() {
        QuoteState::Expired
    } else {
        quote.state
    };
    let words = say::words("en");
    let (label, tone) = label(state);
    json!({
        "id": quote.id,
        "number": quote.number,
        "title": quote.title,
        "client_id": quote.client_id,
        "client": quote.client_name,
        "state": label,
        "tone": tone,
        "total": words.money(quote.total, &quote.currency),
        "until": quote.valid_until.as_deref().map(say::short_day),
        "changed": admin::day(quote.updated_at, zone),
    })
}
