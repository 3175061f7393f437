//! Forms of the product's own: the server says what is asked, in the reader's language, and takes what was answered.
//! One screen of the portal serves them all.

use serde::{Deserialize, Serialize};

use crate::forms::{Answers, Form};

/// `GET` of its path; what was answered goes back with a `POST` to the same path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Prompt {
    pub form: Form,
    /// What it begins with.
    pub answers: Answers,
    /// What the button says.
    pub act: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompted {
    pub answers: Answers,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PromptDone {
    /// A sentence about it.
    pub said: String,
    /// What to show now: a path of the API, after the studio's address.
    pub path: String,
}
