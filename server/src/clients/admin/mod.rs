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

use super::forms::Choices;
use crate::{
    Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    scope::StaffSession,
};

pub const LIST: &str = "/admin/clients";

fn client_path(client: ClientId) -> String {
    format!("{LIST}/{client}")
}

/// What the forms of clients and contacts offer.
async fn choices(tx: &mut StudioTx) -> Result<Choices> {
    Choices::load(tx).await
}

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    subject: Subject,
    change: Change,
) -> Result<()> {
    let reference = &session.visitor.reference;
    audit::append(tx, &session.actor(), action, subject, change, reference).await
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
