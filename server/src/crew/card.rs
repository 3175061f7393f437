//! What the pages of events say of their rosters.

use std::collections::BTreeMap;

use portico_wire::EventId;
use serde_json::{Value, json};

use super::{
    check::{self, Roster},
    people, store,
};
use crate::{Result, db::StudioTx};

/// Warnings told on an event's page; all are on its roster's.
const TOLD: usize = 4;

/// An event's roster in short: who leads, what of each role is found, what is wrong.
pub async fn of_event(tx: &mut StudioTx, id: EventId) -> Result<Value> {
    let event = store::event(tx, id).await?;
    let shifts = store::shifts(tx, id).await?;
    let needs = store::filled(tx, &[id]).await?;
    let leader = store::leader(tx, id).await?;
    let held = store::held_on(tx, id).await?;
    let required = store::required(tx, id).await?;
    let clashes = store::clashes(tx, id).await?;
    let roster = Roster {
        event: &event,
        shifts: &shifts,
        leader,
        needs: &needs,
        held: &held,
        required: &required,
        clashes: &clashes,
    };
    let warnings = check::warnings(&roster)?;
    let told = warnings.iter().filter(|one| one.kind != "gap");
    let told: Vec<&str> = told.map(|one| one.text.as_str()).collect();
    let leads = shifts.iter().find(|one| Some(one.crew_id) == leader);
    Ok(json!({
        "path": format!("/admin/events/{id}/roster"),
        "gate": format!("/admin/events/{id}/gate"),
        "people": people(&shifts).len(),
        "leader": leads.map(|one| one.name.as_str()),
        "needs": needs.iter().map(|need| json!({
            "role": need.role, "count": need.count, "filled": need.filled, "missing": need.missing(),
        })).collect::<Vec<_>>(),
        "warnings": told.iter().take(TOLD).collect::<Vec<_>>(),
        "more": told.len().saturating_sub(TOLD),
    }))
}

/// For a list of events that take staff: how many are found of how many, without those beyond what a role takes.
pub async fn of_list(
    tx: &mut StudioTx,
    events: &[EventId],
) -> Result<BTreeMap<EventId, (i64, i64)>> {
    let mut found: BTreeMap<EventId, (i64, i64)> = BTreeMap::new();
    for need in store::filled(tx, events).await? {
        let (filled, count) = found.entry(need.event_id).or_default();
        *filled += need.count - need.missing();
        *count += need.count;
    }
    Ok(found)
}
