//! Clients and their contacts, as the contact sees them.

use serde::{Deserialize, Serialize};

use crate::FormId;

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
    /// The form behind "Update Info"; no form, no button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_form: Option<FormId>,
    /// Where there is no such form: there are fields this contact may change right here, by the prompt `profile/form`.
    #[serde(default)]
    pub edit: bool,
    /// Whether the email address may be changed, with a proof and a code sent to the new one.
    #[serde(default)]
    pub email_changeable: bool,
}

/// `POST profile/email`: sends a code to the new address; needs a proof for
/// [`crate::access::Act::ChangeEmail`]. Answers [`crate::access::CodeAsked`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub proof: String,
    #[cfg_attr(feature = "server", schema(max_length = 254))]
    pub email: String,
}

/// `POST profile/email/confirm`: the code that came to the new address. Answers 204.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    #[cfg_attr(feature = "server", schema(max_length = 128))]
    pub request: String,
    #[cfg_attr(feature = "server", schema(max_length = 254))]
    pub email: String,
    #[cfg_attr(feature = "server", schema(max_length = 32))]
    pub code: String,
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
    #[cfg_attr(feature = "server", schema(max_length = 120))]
    pub line1: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 120))]
    pub line2: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 80))]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 80))]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 20))]
    pub postcode: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 2))]
    pub country: Option<String>,
}
