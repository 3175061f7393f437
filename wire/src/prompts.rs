//! Forms of the product's own: the server says what is asked, in the reader's language, and takes what was answered.
//! One screen of the portal serves them all.

use serde::{Deserialize, Serialize};

use crate::{
    CheckoutId,
    forms::{Answers, Form},
};

/// `GET` of its path; what was answered goes back with a `POST` to the same path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Prompt {
    pub form: Form,
    /// What it begins with.
    pub answers: Answers,
    /// What the button says.
    pub act: String,
    /// Where a telephone number or an address says no country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// It shows what is stored already: only the answers that were changed go back, a blank one where there is none any more.
    #[serde(default)]
    pub changes: bool,
    /// The button says what the answers come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<PromptTotal>,
}

/// The sum of these amounts and of every amount that is answered in a field that is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PromptTotal {
    /// ISO 4217.
    pub currency: String,
    pub adds: Vec<PromptAdd>,
}

/// An amount that counts where each of these options is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PromptAdd {
    pub chosen: Vec<PromptChosen>,
    /// In minor units.
    pub minor: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PromptChosen {
    pub field: String,
    pub option: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompted {
    pub answers: Answers,
    /// Of a prompt with a total, the one that was shown, in minor units. Where the server comes to another one, it answers
    /// `conflict` and nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// The whole address of the page it was answered on, its fragment included.
    #[cfg_attr(feature = "server", schema(max_length = 2000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PromptDone {
    /// A sentence about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// What to show then: a path of the API, after the studio's address. Absent: the section's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// To the payment provider's page first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave: Option<Leave>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Leave {
    pub checkout: CheckoutId,
    /// In a frame it belongs into a new tab.
    pub url: String,
}
