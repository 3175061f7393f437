//! Documents: what studio and client share, what the studio asks for, and files on their way in.

pub mod admin;
pub mod api;
pub mod ask;
pub mod kinds;
pub mod open;
pub mod receive;
pub mod seen;
pub mod settle;
pub mod store;
pub mod sweep;
pub mod tell;
pub mod zip;

use portico_wire::{
    ClientId, Code, ContactId, DocumentId, DocumentRequestId, EventId, FolderId, StaffId,
    documents::{DocumentSource, FileGroup, MOST_PART, UploadRules},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    audit::Actor,
    error::Error,
    scope::{PortalSession, StaffSession},
    web::admin as pages,
};

/// The largest file a studio may allow: below what the older zip format and browsers' patience hold.
pub const MOST_BYTES: i64 = 2_000_000_000;
pub const MOST_FOLDERS: usize = 100;
/// The longest title of what is asked for, and the longest note.
pub const TITLE: usize = 120;
pub const NOTE: usize = 1_000;
/// Seconds after which an upload nobody goes on with is given up.
pub const UPLOAD_SECONDS: i64 = 86_400;

/// What a studio takes, and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    #[serde(skip)]
    pub version: i64,
    pub kinds: Vec<FileGroup>,
    pub most_bytes: i64,
    pub quota_bytes: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 0,
            kinds: FileGroup::ALL.to_vec(),
            most_bytes: 200_000_000,
            quota_bytes: 20_000_000_000,
        }
    }
}

impl Settings {
    pub fn rules(&self) -> UploadRules {
        UploadRules {
            kinds: self.kinds.clone(),
            accept: kinds::accepted(&self.kinds),
            most_bytes: u64::try_from(self.most_bytes).unwrap_or_default(),
            most_part: MOST_PART,
        }
    }

    pub fn too_large(&self) -> Error {
        Error::refused(
            Code::TooLarge,
            format!(
                "This file is larger than {}, which is the most one file may have.",
                kinds::size(self.most_bytes)
            ),
        )
        .field("file")
    }
}

/// The studio's space is used up.
pub fn quota_full() -> Error {
    Error::refused(
        Code::TooLarge,
        "The studio's space for documents is full, so this file was not kept. Please tell the studio.",
    )
    .field("file")
}

/// Where an upload belongs, and whom it is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    pub event: Option<EventId>,
    pub folder: Option<FolderId>,
    pub request: Option<DocumentRequestId>,
    pub replaces: Option<DocumentId>,
    pub for_all: bool,
    pub contacts: Vec<ContactId>,
    /// Whom it is for gets a mail.
    pub tell: bool,
}

/// Who sends a file.
pub struct Sender {
    pub client: ClientId,
    pub contact: Option<ContactId>,
    pub staff: Option<StaffId>,
    pub name: String,
    pub actor: Actor,
    pub reference: String,
}

impl Sender {
    pub fn contact(session: &PortalSession) -> Self {
        Self {
            client: session.client,
            contact: Some(session.contact),
            staff: None,
            name: session.contact_name.clone(),
            actor: Actor::of(session),
            reference: session.caller.reference.clone(),
        }
    }

    pub fn staff(session: &StaffSession, client: ClientId) -> Self {
        Self {
            client,
            contact: None,
            staff: Some(session.staff),
            name: session.name.clone(),
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    pub const fn source(&self) -> DocumentSource {
        match self.contact {
            Some(_) => DocumentSource::Contact,
            None => DocumentSource::Staff,
        }
    }
}

/// A document as a list shows it.
pub fn line(one: &store::Line, zone: &str) -> Value {
    let by_contact = one.begun_by == DocumentSource::Contact;
    let (state, tone) = match (by_contact, one.staff_seen_at) {
        (true, None) => ("New".to_owned(), "bad"),
        (true, Some(_)) => ("Received".to_owned(), "good"),
        (false, _) if one.viewers == 0 => ("Shared with nobody".to_owned(), ""),
        (false, _) if one.seen == 0 => ("Not seen yet".to_owned(), ""),
        (false, _) if one.seen >= one.viewers => ("Seen".to_owned(), "good"),
        (false, _) => (format!("Seen by {} of {}", one.seen, one.viewers), "good"),
    };
    json!({
        "id": one.id,
        "name": one.name,
        "kind": kinds::word(&one.kind),
        "size": kinds::size(one.bytes),
        "by": one.by_name,
        "when": pages::moment(one.changed_at, zone),
        "version": one.current,
        "event": one.event_title,
        "event_id": one.event_id,
        "client": one.client_name,
        "client_id": one.client_id,
        "for_all": one.for_all,
        "state": state,
        "tone": tone,
    })
}
