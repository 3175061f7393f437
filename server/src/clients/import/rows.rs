//! Rows of a file as they are read by the mapping, and what is kept of them.

use std::collections::{BTreeMap, HashMap};

use portico_wire::{AuditId, ClientId, ContactId};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    super::{Client, Contact, export::unguard, full_name},
    columns::{FULL_NAME, Mapping},
};
use crate::{access::Email, audit::Change};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    New,
    Update,
    Same,
    Duplicate,
    Error,
}

impl Outcome {
    pub const ALL: &[Self] = &[
        Self::New,
        Self::Update,
        Self::Same,
        Self::Duplicate,
        Self::Error,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Same => "same",
            Self::Duplicate => "duplicate",
            Self::Error => "error",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Update => "Update",
            Self::Same => "No change",
            Self::Duplicate => "Duplicate",
            Self::Error => "Error",
        }
    }
    /// Whether something is written for it.
    pub const fn is_written(self) -> bool {
        matches!(self, Self::New | Self::Update)
    }
}

portico_wire::text_column!(Outcome);

/// A name as it is compared: "Müller" and "MÜLLER" are one, "Muller" is another.
pub fn key(name: &str) -> String {
    let lower: String = name.nfc().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A row, read by the mapping.
#[derive(Debug)]
pub struct Row {
    pub no: i64,
    /// What was given for each field of the mapping; empty cells as well.
    pub given: BTreeMap<String, String>,
    /// Lower case, where it is one.
    pub email: Option<String>,
    pub contact_name: String,
    /// The name came in one cell.
    pub is_whole_name: bool,
    /// What the client is called: as the row says, else as the contact.
    pub client_name: String,
    pub client_is_named: bool,
    pub has_contact: bool,
    pub problem: Option<String>,
}

impl Row {
    pub fn read(no: i64, cells: &[String], mapping: &Mapping) -> Self {
        let mut given: BTreeMap<String, String> = mapping
            .columns
            .iter()
            .zip(cells)
            .filter(|(field, _)| !field.is_empty())
            .map(|(field, cell)| (field.clone(), unguard(cell).trim().to_owned()))
            .collect();
        let whole = given.remove(FULL_NAME);
        if let Some(name) = &whole {
            let (first, last) = split_name(name);
            given.insert("first_name".into(), first);
            given.insert("last_name".into(), last);
        }
        let text = |field: &str| given.get(field).cloned().unwrap_or_default();
        let contact_name = full_name(&text("first_name"), &text("last_name"));
        let client_is_named = !text("name").is_empty();
        let has_contact =
            !contact_name.is_empty() || !text("email").is_empty() || !text("mobile").is_empty();
        let email = Email::parse(&text("email"))
            .ok()
            .map(|email| email.as_str().to_owned());
        let client_name = if client_is_named {
            text("name")
        } else {
            contact_name.clone()
        };
        Self {
            no,
            problem: uneven(cells, mapping.columns.len()),
            given,
            email,
            contact_name,
            is_whole_name: whole.is_some(),
            client_name,
            client_is_named,
            has_contact,
        }
    }

    /// Whom the row is about. Two rows about one are duplicates.
    pub fn who(&self) -> String {
        match &self.email {
            Some(email) => email.clone(),
            None if self.has_contact => {
                format!("{}\n{}", key(&self.client_name), key(&self.contact_name))
            }
            None => format!("\n{}", key(&self.client_name)),
        }
    }

    pub fn said(&self, field: &str) -> &str {
        self.given.get(field).map_or("", String::as_str)
    }
}

/// A row that has not as many cells as the first one.
fn uneven(cells: &[String], columns: usize) -> Option<String> {
    let beyond = cells
        .iter()
        .skip(columns)
        .any(|cell| !cell.trim().is_empty());
    if cells.len() < columns {
        Some(format!(
            "This row has {} of the {columns} columns. Was the file cut off here, or is a line end missing its quotation marks?",
            cells.len()
        ))
    } else if beyond {
        Some(format!(
            "This row has more than the {columns} columns of the first row. Does a value hold the separator without quotation marks?"
        ))
    } else {
        None
    }
}

/// "Ada Lovelace", "Lovelace, Ada".
fn split_name(name: &str) -> (String, String) {
    if let Some((last, first)) = name.split_once(',') {
        return (first.trim().to_owned(), last.trim().to_owned());
    }
    match name.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
        None => (name.to_owned(), String::new()),
    }
}

/// What is known of the rows of one batch.
#[derive(Default)]
pub struct Known {
    pub by_email: HashMap<String, Vec<Contact>>,
    /// Clients by the [`key`] of their names.
    pub by_name: HashMap<String, Vec<ClientId>>,
    pub clients: HashMap<ClientId, Client>,
    /// The contacts of the clients found by their names.
    pub contacts_of: HashMap<ClientId, Vec<Contact>>,
    /// Rows before this batch: by whom they are about, by their contact.
    pub earlier: HashMap<String, i64>,
    pub touched: HashMap<ContactId, i64>,
    /// Clients of earlier rows, and the row that came first.
    pub staged: HashMap<ClientId, (Client, i64)>,
    pub staged_by_name: HashMap<String, ClientId>,
}

/// A row in the table of what would happen.
#[derive(Debug)]
pub struct Decided {
    pub no: i64,
    pub who: String,
    pub outcome: Outcome,
    pub reason: String,
    pub name: String,
    pub email: String,
    pub client_name: String,
    pub contact: Option<ContactId>,
    pub client: Option<ClientId>,
}

/// A client as it will be.
#[derive(Debug)]
pub struct StagedClient {
    pub client: Client,
    pub row: i64,
    pub is_new: bool,
    pub change: Option<Change>,
    pub audit: AuditId,
}

/// A contact as it will be.
#[derive(Debug)]
pub struct StagedContact {
    pub contact: Contact,
    pub row: i64,
    pub is_new: bool,
    pub change: Change,
    pub audit: AuditId,
}

/// What was decided of some rows.
#[derive(Default)]
pub struct Batch {
    pub rows: Vec<Decided>,
    pub clients: Vec<StagedClient>,
    pub contacts: Vec<StagedContact>,
}
