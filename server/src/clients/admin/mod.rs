//! Pages about clients, for staff: one file per page.

pub mod client;
pub mod contact;
pub mod edit;
pub mod export;
pub mod fields;
pub mod groups;
pub mod list;
pub mod rights;

use portico_wire::{ClientId, ContactId};
use serde_json::Value;

use super::{client_path, forms::Choices};
use crate::{
    Result,
    audit::{Change, Subject, note},
    db::StudioTx,
};

pub const LIST: &str = "/admin/clients";

/// What the forms of clients and contacts offer.
async fn choices(tx: &mut StudioTx) -> Result<Choices> {
    Choices::load(tx).await
}

fn about_client(client: ClientId) -> Subject {
    Subject("client", Some(client.into_uuid()))
}

fn about_contact(contact: ContactId) -> Subject {
    Subject("contact", Some(contact.into_uuid()))
}

/// The labels of the fields a change touches.
fn differing(change: &Change) -> Vec<String> {
    let after = change.after.as_ref().and_then(Value::as_object);
    after.map_or_else(Vec::new, |fields| {
        fields
            .keys()
            .map(|key| super::forms::label(key).to_lowercase())
            .collect()
    })
}
