//! What goes wrong, by account.

use serde::{Deserialize, Serialize};

/// Numbers without a unit are percent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Webhooks sent twice.
    pub duplicate: u8,
    /// Webhooks that overtake each other.
    pub reorder: u8,
    /// Webhooks come up to so many milliseconds late.
    pub delay_ms: i64,
    /// Webhooks are kept back until this is false again.
    pub stop: bool,
    /// Signed with a secret that was never the account's.
    pub sign_wrong: u8,
    /// Signed with the secret that was replaced.
    pub sign_old: u8,
    /// Signed an hour ago.
    pub sign_stale: u8,
    /// Beside a real event somebody forges one: a payment that never was.
    pub forge: u8,
    /// The API does the work, and its answer is lost on the way.
    pub lose_answer: u8,
    /// The API answers 503.
    pub api_down: bool,
    /// The API answers so many milliseconds late.
    pub api_slow_ms: u64,
}
