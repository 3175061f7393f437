//! What happened to a quote, an order or an invoice, on its page.

use serde_json::{Value, json};

use crate::{
    Result,
    audit::{self, Subject},
    db::StudioTx,
    web::admin,
};

/// What happened to a thing, for its page.
pub async fn timeline(tx: &mut StudioTx, about: Subject, zone: &str) -> Result<Vec<Value>> {
    let Subject(kind, Some(id)) = about else {
        return Ok(Vec::new());
    };
    let entries = audit::timeline(tx, kind, id, 100).await?;
    let told = |entry: &audit::Entry| {
        let mut what = entry.action.clone();
        if let Some(first) = what.get(..1) {
            what = first.to_uppercase() + &what[1..];
        }
        json!({ "what": what, "who": entry.actor_name, "when": admin::moment(entry.at, zone) })
    };
    Ok(entries.iter().map(told).collect())
}
