//! What the editors of quotes and invoices share: whatever stands around the fields, and who gets it.

use portico_wire::{ClientId, ContactId};
use serde_json::{Value, json};

use super::{
    editor::{self, Typed},
    store,
};
use crate::{
    Result, clients,
    db::StudioTx,
    mail::letters::store::{Recipient, recipients},
    studios,
    web::form::FieldErrors,
};

/// What an editor's page shows, whatever is edited; `to`: who is ticked, where that was said already.
pub async fn page(
    tx: &mut StudioTx,
    client: ClientId,
    typed: &Typed,
    to: Option<&[String]>,
    (errors, conflict): (FieldErrors, bool),
) -> Result<Value> {
    let client = clients::store::get_client(tx, client).await?;
    let people = recipients(tx, client.id).await?;
    let rates = store::tax_rates(tx).await?;
    let plans = store::plans(tx).await?;
    let studio = studios::store::get(tx).await?;
    let day = super::day(tx.now(), &studio)?;
    let sums = editor::preview(tx, typed, day)?;
    Ok(json!({
        "client": { "id": client.id, "name": client.name },
        "people": Recipient::offered(&people, to),
        "reachable": Recipient::reachable(&people),
        "typed": typed,
        "facts": editor::facts(&rates, &plans, typed)?,
        "sums": sums,
        "preview": "/admin/quotes/preview",
        "today": day.to_string(),
        "errors": errors,
        "conflict": conflict,
    }))
}

/// Those of the client's people who were chosen; `what` they get, for whoever chose nobody.
pub async fn chosen(
    tx: &mut StudioTx,
    client: ClientId,
    typed: &Typed,
    what: &str,
    errors: &mut FieldErrors,
) -> Result<Vec<ContactId>> {
    let people = recipients(tx, client).await?;
    let to: Vec<ContactId> = people
        .iter()
        .map(|one| one.id)
        .filter(|id| typed.to.contains(&id.to_string()))
        .collect();
    if to.is_empty() {
        errors.add("to", format!("Choose who gets this {what}."));
    }
    Ok(to)
}
