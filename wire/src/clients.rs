//! Clients and their contacts, as the contact sees them.

use serde::{Deserialize, Serialize};

/// What a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    Person,
    Couple,
    Family,
    Organisation,
}

impl ClientKind {
    pub const ALL: &[ClientKind] = &[
        ClientKind::Person,
        ClientKind::Couple,
        ClientKind::Family,
        ClientKind::Organisation,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            ClientKind::Person => "person",
            ClientKind::Couple => "couple",
            ClientKind::Family => "family",
            ClientKind::Organisation => "organisation",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(ClientKind);

/// `GET profile`: the section Personal Info.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Profile {
    pub contact: ContactDetails,
    pub client: ClientDetails,
    /// The studio's own fields, in its order; empty ones are left out.
    #[serde(default)]
    pub fields: Vec<ProfileField>,
    /// Whether the portal offers to change the password.
    #[serde(default = "yes")]
    pub password: bool,
}

const fn yes() -> bool {
    true
}

/// A field of the studio's own making, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ProfileField {
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ContactDetails {
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    /// E.164.
    pub mobile: Option<String>,
    /// BCP 47; absent: the studio's.
    pub language: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ClientDetails {
    pub name: String,
    pub kind: ClientKind,
    /// E.164.
    pub phone: Option<String>,
    pub address: Address,
}

/// A postal address; empty lines are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Address {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}
