//! Clients and their contacts.

pub mod api;
pub mod store;

use portico_wire::{
    ClientId, ContactId, GroupId, Settings,
    clients::{Address, ClientKind},
};

/// "Ada Lovelace", or the one name there is.
pub fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// A client as it is stored.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewClient {
    pub id: ClientId,
    pub kind: ClientKind,
    pub name: String,
    pub group: Option<GroupId>,
    pub portal_enabled: bool,
    /// E.164
    pub phone: Option<String>,
    pub address: Address,
    pub rights: Settings,
}

/// A contact as it is stored; without password, which it chooses itself.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewContact {
    pub id: ContactId,
    pub client: ClientId,
    pub first_name: String,
    pub last_name: String,
    /// Lower case.
    pub email: Option<String>,
    /// E.164
    pub mobile: Option<String>,
    pub active: bool,
    pub rights: Settings,
}
