//! The header `Stripe-Signature` (<https://docs.stripe.com/webhooks#verify-manually>): `t=` and one or more `v1=`, each the
//! HMAC-SHA256 of `{t}.{body}` under the endpoint's secret, in hex.

use hmac::{Hmac, KeyInit as _, Mac as _};
use portico_wire::Timestamp;
use sha2::Sha256;

use crate::secrets::{self, Secret};

/// How old, or how far ahead of our clock, a signature may be.
const TOLERANCE_SECONDS: i64 = 300;

/// The signature of a body at a moment, as the header has it.
pub fn header(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    format!(
        "t={seconds},v1={}",
        sign(secret, &seconds.to_string(), body)
    )
}

fn sign(secret: &Secret, seconds: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    secrets::hex(&mac.finalize().into_bytes())
}

/// Whether one of these secrets signed the body a moment ago.
pub fn is_signed(header: &str, body: &[u8], secrets: &[Secret], now: Timestamp) -> bool {
    let pairs = || {
        header
            .split(',')
            .filter_map(|pair| pair.trim().split_once('='))
    };
    let Some((_, time)) = pairs().find(|(name, _)| *name == "t") else {
        return false;
    };
    let Ok(seconds) = time.parse::<i64>() else {
        return false;
    };
    let apart = now.micros().div_euclid(1_000_000).abs_diff(seconds);
    if apart > TOLERANCE_SECONDS.unsigned_abs() {
        return false;
    }
    // No early end: how long this takes says nothing about which one fits.
    let mut fits = false;
    for secret in secrets {
        let right = sign(secret, time, body);
        for (_, given) in pairs().filter(|(name, _)| *name == "v1").take(5) {
            fits |= secrets::equal(given.as_bytes(), right.as_bytes());
        }
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fresh_signature_over_these_bytes_counts() {
        let (old, new) = (
            Secret::presented("whsec_old"),
            Secret::presented("whsec_new"),
        );
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let body = br#"{"id":"evt_1"}"#;
        let signed = header(&new, 1_700_000_000, body);
        let both = [new.clone(), old.clone()];
        assert!(is_signed(&signed, body, &both, now));
        assert!(is_signed(
            &header(&old, 1_700_000_000, body),
            body,
            &both,
            now
        ));
        // While secrets change, both sign.
        let two = format!(
            "{},v1={}",
            header(&old, 1_700_000_000, body),
            "0".repeat(64)
        );
        assert!(is_signed(&two, body, &both, now));
        assert!(!is_signed(&signed, br#"{"id": "evt_1"}"#, &both, now));
        assert!(!is_signed(&signed, body, std::slice::from_ref(&old), now));
        for seconds in [1_700_000_000 - 301, 1_700_000_000 + 301] {
            assert!(!is_signed(&header(&new, seconds, body), body, &both, now));
        }
        for bad in [
            "",
            "t=",
            "v1=ab",
            "t=1700000000",
            "t=x,v1=ab",
            "t=1700000000,v0=ab",
        ] {
            assert!(!is_signed(bad, body, &both, now), "{bad}");
        }
    }
}
