//! Merging two contacts that are one person: the fields chosen stay with the winner, the loser points to
//! it and can never come in again.

use std::collections::BTreeSet;

use portico_wire::{Code, ContactId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    reach::{self, By},
    store::{self, PortalUser},
};
use crate::{
    Result, audit::Change, clients, contracts, db::StudioTx, documents, error::Error, events,
    forms, invoices, messages, notifications, quotes,
};

/// Which of the two something is taken from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    A,
    B,
}

/// The choice, field by field. `keep` says whose row, client and history go on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub keep: Side,
    pub first_name: Side,
    pub last_name: Side,
    pub email: Side,
    pub mobile: Side,
    pub language: Side,
    pub password: Side,
}

impl Choice {
    /// What makes the fullest contact: whoever was in last stays, and gets what it lacks from the other.
    pub fn suggest(a: &PortalUser, b: &PortalUser) -> Self {
        let keep = if (b.accepted_at.is_some(), b.last_sign_in_at)
            > (a.accepted_at.is_some(), a.last_sign_in_at)
        {
            Side::B
        } else {
            Side::A
        };
        let has = |has_a: bool, has_b: bool| match (has_a, has_b) {
            (true, false) => Side::A,
            (false, true) => Side::B,
            _ => keep,
        };
        Self {
            keep,
            first_name: has(!a.first_name.is_empty(), !b.first_name.is_empty()),
            last_name: has(!a.last_name.is_empty(), !b.last_name.is_empty()),
            email: has(a.email.is_some(), b.email.is_some()),
            mobile: has(a.mobile.is_some(), b.mobile.is_some()),
            language: has(a.language.is_some(), b.language.is_some()),
            password: has(a.has_password, b.has_password),
        }
    }
}

/// The winner's fields after the merge.
#[derive(Debug, PartialEq, Serialize)]
pub struct Merged {
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    #[serde(skip)]
    pub password_of: ContactId,
}

impl Merged {
    pub fn of(choice: &Choice, a: &PortalUser, b: &PortalUser) -> Self {
        let pick = |side: Side| match side {
            Side::A => a,
            Side::B => b,
        };
        Self {
            first_name: pick(choice.first_name).first_name.clone(),
            last_name: pick(choice.last_name).last_name.clone(),
            email: pick(choice.email).email.clone(),
            mobile: pick(choice.mobile).mobile.clone(),
            language: pick(choice.language).language.clone(),
            password_of: pick(choice.password).id,
        }
    }
}

/// What is still open moves from the loser to the winner. Every feature with items of a contact adds its
/// line here; what was signed, paid or logged keeps the old id and is read through `merged_into`.
async fn move_open_items(tx: &mut StudioTx, loser: ContactId, winner: ContactId) -> Result<()> {
    messages::store::move_to_contact(tx, loser, winner).await?;
    notifications::store::move_to_contact(tx, loser, winner).await?;
    forms::store::move_to_contact(tx, loser, winner).await?;
    contracts::store::move_to_contact(tx, loser, winner).await?;
    quotes::store::move_to_contact(tx, loser, winner).await?;
    invoices::store::move_to_contact(tx, loser, winner).await?;
    documents::store::move_to_contact(tx, loser, winner).await?;
    events::store::move_to_contact(tx, loser, winner).await
}

/// Merges two contacts; the winner.
pub async fn merge(
    tx: &mut StudioTx,
    a: &PortalUser,
    b: &PortalUser,
    choice: &Choice,
    by: &By<'_>,
) -> Result<ContactId> {
    if a.id == b.id {
        return Err(Error::refused(
            Code::Conflict,
            "A contact cannot be merged with itself.",
        ));
    }
    let (winner, loser) = match choice.keep {
        Side::A => (a, b),
        Side::B => (b, a),
    };
    let merged = Merged::of(choice, a, b);
    let fields = |user: &PortalUser| {
        json!({ "first_name": user.first_name, "last_name": user.last_name, "email": user.email,
                "mobile": user.mobile, "language": user.language })
    };
    if !store::save_winner(tx, winner.id, loser.id, &merged).await? {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody else merged this contact a moment ago. Please look at the duplicates again.",
        ));
    }
    // A password that came along signs the winner in; what the winner was signed in with counts no more.
    if merged.password_of != winner.id {
        store::delete_sessions(tx, winner.id, None).await?;
    }
    move_open_items(tx, loser.id, winner.id).await?;
    reach::shut_out(tx, loser).await?;
    store::mark_merged(tx, loser.id, winner.id).await?;
    for client in BTreeSet::from([winner.client_id, loser.client_id]) {
        clients::store::index(tx, client).await?;
    }

    let mut before = fields(winner);
    before["merged"] = fields(loser);
    before["merged"]["id"] = json!(loser.id);
    let change = Change {
        before: Some(before),
        after: Some(serde_json::to_value(&merged)?),
    };
    by.note(tx, winner, "contacts merged", change).await?;
    let into = Change::made(&json!({ "merged_into": winner.id }))?;
    by.note(tx, loser, "contacts merged", into).await?;
    Ok(winner.id)
}
