//! Documents for staff: shared, looked at, asked for. Managers say what is taken; members do the rest.

pub mod ask;
pub mod client;
pub mod incoming;
pub mod settings;
pub mod show;
pub mod upload;

use portico_wire::{ClientId, ContactId, DocumentId, EventId, FolderId, documents::MOST_PART};
use serde_json::{Value, json};

use super::{
    Settings, Target, kinds,
    store::{self, Candidate, EventName},
};
use crate::{
    Result,
    clients::full_name,
    db::StudioTx,
    web::{
        admin,
        form::{FieldErrors, Sent},
    },
};

pub const LIST: &str = "/admin/documents";

pub fn path(id: DocumentId) -> String {
    format!("{LIST}/{id}")
}

/// The documents of a client.
pub fn client_path(id: ClientId) -> String {
    format!("/admin/clients/{id}/documents")
}

/// What a page needs to take files.
fn rules(settings: &Settings) -> Value {
    let rules = settings.rules();
    json!({
        "accept": rules.accept.join(","),
        "most": settings.most_bytes,
        "most_said": kinds::size(settings.most_bytes),
        "part": MOST_PART / 2,
    })
}

fn event_line(one: &EventName) -> Value {
    json!([
        one.id,
        format!(
            "{}, {}",
            one.title,
            admin::day(one.starts_at, &one.time_zone)
        )
    ])
}

/// Whom a document may be shared with; `chosen`: whom it is.
fn people(candidates: &[Candidate], client: ClientId, chosen: &[ContactId]) -> Vec<Value> {
    let person = |one: &Candidate| {
        json!({
            "id": one.id,
            "name": full_name(&one.first_name, &one.last_name),
            "of": (one.client_id != client).then_some(&one.client_name),
            "on": chosen.contains(&one.id),
        })
    };
    candidates.iter().map(person).collect()
}

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

/// Whom a form shares with: everybody of the client, or those who are ticked.
async fn audience(
    tx: &mut StudioTx,
    client: ClientId,
    event: Option<EventId>,
    sent: &Sent,
    errors: &mut FieldErrors,
) -> Result<(bool, Vec<ContactId>)> {
    let candidates = store::candidates(tx, client, event).await?;
    let all = sent.text("share") != "chosen";
    let contacts: Vec<ContactId> = sent.all("to").into_iter().filter_map(parse).collect();
    if contacts
        .iter()
        .any(|id| candidates.iter().all(|one| one.id != *id))
    {
        errors.add(
            "to",
            "Somebody you chose is not of this client any more. Please choose again.",
        );
    }
    if !all && contacts.is_empty() {
        errors.add(
            "to",
            "Please choose whom to share with, or share with everybody of the client.",
        );
    }
    // Of other clients of the event, those are named who are ticked beside everybody of this one.
    let others = |id: &ContactId| {
        let of = candidates.iter().find(|one| one.id == *id);
        of.is_some_and(|one| one.client_id != client)
    };
    let contacts = match all {
        true => contacts.into_iter().filter(others).collect(),
        false => contacts,
    };
    Ok((all, contacts))
}

/// Where a form puts what is uploaded, and whom it is for.
async fn target(
    tx: &mut StudioTx,
    client: ClientId,
    sent: &Sent,
    errors: &mut FieldErrors,
) -> Result<Target> {
    if let Some(id) = parse::<DocumentId>(&sent.text("replaces")) {
        let document = store::document(tx, id).await?;
        let document = document.filter(|document| document.client_id == client);
        if document.is_none() {
            errors.add("file", "This document was removed in the meantime.");
        }
        return Ok(Target {
            replaces: Some(id),
            tell: sent.is_ticked("tell"),
            ..Target::default()
        });
    }
    let event: Option<EventId> = parse(&sent.text("event"));
    if let Some(event) = event {
        let clients = store::clients_of_event(tx, event).await?;
        if clients.iter().all(|(id, _)| *id != client) {
            errors.add("event", "This client is not part of that event any more.");
        }
    }
    let folder: Option<FolderId> = parse(&sent.text("folder"));
    if let Some(folder) = folder {
        let found = store::folder(tx, folder).await?;
        if found.is_none_or(|folder| folder.client_id != client) {
            errors.add("folder", "This folder was removed in the meantime.");
        }
    }
    let (for_all, contacts) = audience(tx, client, event, sent, errors).await?;
    Ok(Target {
        event,
        folder,
        for_all,
        contacts,
        tell: sent.is_ticked("tell"),
        ..Target::default()
    })
}
