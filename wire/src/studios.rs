//! What anybody may know of a studio: enough to show its sign-in.

use serde::{Deserialize, Serialize};

/// `GET /api/portal/v1/{studio}/settings`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct StudioSettings {
    /// The studio's word in addresses.
    pub studio: String,
    pub name: String,
    /// Above the email field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    pub brand: Brand,
    pub start: Start,
    /// Whether the studio offers passwords beside codes.
    pub passwords: bool,
    /// BCP 47, the texts before sign-in.
    pub language: String,
    pub support: Support,
    /// The hosted page of the same portal.
    pub hosted_url: String,
    /// Set while nobody can enter: what to say instead of the sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<Locked>,
}

/// How the portal looks; what is absent follows the design. What the page itself sets on the element (`theme`, a custom
/// property) counts more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Brand {
    /// `#rrggbb`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// Light or dark; absent: as the visitor's device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Of corners, in pixels: `--portico-radius`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius: Option<u8>,
    /// `--portico-font`: families as a style sheet writes them, or the word `page` for the font of the element around the
    /// portal. Letters, digits, spaces, commas, dashes and double quotes alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// All of it as a style sheet for the portal's shadow root, but the page's own font: the accent as it can be read, on light
    /// and on dark.
    #[serde(default)]
    pub sheet: String,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub const ALL: &[Self] = &[Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(Scheme);

/// What a visitor sees first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The sign-in form, headed "My Account".
    Form,
    /// A button "My Account" that opens the form.
    Button,
}

impl Start {
    pub const ALL: &[Start] = &[Start::Form, Start::Button];

    pub const fn name(self) -> &'static str {
        match self {
            Start::Form => "form",
            Start::Button => "button",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(Start);

/// Whom a client asks when something is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Support {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Why the portal cannot be entered just now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Locked {
    pub code: crate::Code,
    /// "Error 101", "Error 102" or a plain title.
    pub title: String,
    pub detail: String,
}
