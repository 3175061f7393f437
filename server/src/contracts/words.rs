//! What contracts are called on the pages of staff.

use portico_wire::{ContractId, Timestamp, contracts::ContractState as State};
use serde_json::{Value, json};

use super::{Stage, store::Line};
use crate::{forms::texts, web::admin};

/// A contract's page.
pub fn path(contract: ContractId) -> String {
    format!("/admin/contracts/{contract}")
}

/// What a state is called, and its colour.
pub const fn label(state: State, countersign: bool) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("Draft", ""),
        State::Sent => ("Sent", ""),
        State::Opened => ("Opened", ""),
        State::PartlySigned => ("Partly signed", ""),
        State::Signed if countersign => ("Yours to sign", "due"),
        State::Signed => ("Signed", "good"),
        State::Countersigned => ("Signed by all", "good"),
        State::Declined => ("Declined", "bad"),
        State::Expired => ("Expired", "bad"),
        State::Voided => ("Withdrawn", ""),
    }
}

/// A contract as lists show it.
pub fn line(one: &Line, zone: &str, now: Timestamp) -> Value {
    let countersign = one.stage == Stage::Countersign;
    let over = one.state.is_open() && one.expires_at.is_some_and(|end| end <= now);
    let state = if over { State::Expired } else { one.state };
    let (label, tone) = label(state, countersign);
    json!({
        "id": one.id,
        "path": path(one.id),
        "title": one.title,
        "client_id": one.client_id,
        "client": one.client_name,
        "state": label,
        "tone": tone,
        "signed": one.signed,
        "places": one.places,
        "draft": one.state == State::Draft,
        "sent": one.sent_at.map(|at| admin::day(at, zone)),
        "made": admin::day(one.created_at, zone),
        "closed": one.closed_at.map(|at| admin::day(at, zone)),
        "due": one.last_day.as_deref().filter(|_| state.is_open()).map(texts::date),
    })
}
