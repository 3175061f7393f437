//! The signature of a webhook: HMAC-SHA256 over the moment, a full stop and the body.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header `Stripe-Signature`, one `v1` for each secret.
pub fn signature(body: &str, secrets: &[&str], moment: i64) -> String {
    let mut header = format!("t={moment}");
    for secret in secrets {
        let _ = write!(header, ",v1={}", hmac(secret, moment, body));
    }
    // Test events carry one under a scheme that nobody should trust.
    let _ = write!(header, ",v0={}", hmac("v0", moment, body));
    header
}

fn hmac(secret: &str, moment: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(moment.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
