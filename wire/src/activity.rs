//! What happened on a contact's account, for the contact to read.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `GET activity`: the latest first, at most [`MOST`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Activity {
    pub entries: Vec<ActivityEntry>,
}

/// How many entries are shown.
pub const MOST: i64 = 50;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ActivityEntry {
    pub at: Timestamp,
    /// "Signed in", "Signed a contract".
    pub what: String,
    /// Of what it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where a sign-in came from, or who of the studio it was; absent: this contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
