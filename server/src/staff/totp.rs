//! The second factor: time-based codes (RFC 6238) of an authenticator app, and the recovery codes
//! that replace a lost phone.

use portico_wire::{StaffId, Timestamp};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Totp};

use crate::{
    Result,
    error::Error,
    secrets::{self, Keys, Secret},
};

const PURPOSE: &str = "totp";
const RECOVERY_CODES: usize = 10;

/// The secret an app and the server share. Has no `Debug`; it leaves encrypted, or on the one page
/// that sets it up.
pub struct Shared(Vec<u8>);

impl Shared {
    pub fn random() -> Self {
        let mut bytes = [0; 20];
        secrets::fill(&mut bytes);
        Self(bytes.to_vec())
    }

    pub fn seal(&self, keys: &Keys) -> Vec<u8> {
        keys.encrypt(PURPOSE, &self.0)
    }

    pub fn open(keys: &Keys, sealed: &[u8]) -> Result<Self> {
        Ok(Self(keys.decrypt(PURPOSE, sealed)?))
    }

    fn totp(&self, host: &str, email: &str) -> Result<Totp> {
        // A colon would end a name in the address (Key URI Format).
        Builder::new()
            .with_secret(self.0.clone())
            .with_issuer(Some(format!("Portico ({})", host.replace(':', " "))))
            .with_account_name(email.replace(':', " "))
            .build()
            .map_err(Error::internal)
    }

    /// The time step this code belongs to: the present one, or the one before or after.
    pub fn step(&self, typed: &str, now: Timestamp) -> Result<Option<i64>> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(None);
        }
        let step = self.totp("host", "account")?.check(&digits, seconds(now));
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    /// What to scan, and the same to type: the QR code's path and size, and the secret in groups of four.
    pub fn setup(&self, host: &str, email: &str) -> Result<Setup> {
        let totp = self.totp(host, email)?;
        let address = totp.to_url().map_err(Error::internal)?;
        let code = QrCode::encode_text(&address, QrCodeEcc::Medium).map_err(Error::internal)?;
        let letters: Vec<char> = totp.secret().to_base32().chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|four| four.iter().collect())
            .collect();
        Ok(Setup {
            size: code.size() + 2 * QUIET,
            path: path(&code),
            secret: groups.join(" "),
        })
    }

    /// The code an app shows at this moment, for tests.
    pub fn code(&self, now: Timestamp) -> Result<String> {
        Ok(self
            .totp("host", "account")?
            .generate(seconds(now))
            .to_string())
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.micros() / 1_000_000).unwrap_or(0)
}

/// What the page that sets the second factor up shows.
#[derive(serde::Serialize)]
pub struct Setup {
    pub size: i32,
    pub path: String,
    pub secret: String,
}

/// The empty border a scanner needs, in modules.
const QUIET: i32 = 4;

/// The dark modules as one SVG path, a run of a row at a time.
fn path(code: &QrCode) -> String {
    use std::fmt::Write as _;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    start + QUIET,
                    y + QUIET,
                    x - start,
                    x - start
                );
            }
            x += 1;
        }
    }
    path
}

/// Fresh recovery codes as people keep them, `abcde-fgh23`: fifty random bits each.
pub fn recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let code = secrets::reference();
            format!("{}-{}", &code[..5], &code[5..])
        })
        .collect()
}

/// The stored form of a recovery code: bound to the account and useless without the server's key.
pub fn recovery_hash(keys: &Keys, staff: StaffId, typed: &str) -> Vec<u8> {
    let letters: String = typed
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    keys.code_hash(&Secret::presented(staff.to_string()), &letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of its eight digits.
        let shared = Shared(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(shared.code(at(seconds)).unwrap(), code);
            assert_eq!(shared.step(code, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_no_further() {
        let shared = Shared::random();
        let code = shared.code(at(3000)).unwrap();
        for (moment, right) in [
            (2939, false),
            (2970, true),
            (3029, true),
            (3059, true),
            (3060, false),
        ] {
            assert_eq!(
                shared.step(&code, at(moment)).unwrap().is_some(),
                right,
                "{moment}"
            );
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(shared.step(&spaced, at(3000)).unwrap(), Some(100));
        assert_eq!(shared.step("12345", at(3000)).unwrap(), None);
        assert_eq!(shared.step("abcdef", at(3000)).unwrap(), None);
    }

    #[test]
    fn the_secret_comes_back_from_its_stored_form_under_the_same_key_alone() {
        let keys = Keys::derive("a key");
        let shared = Shared::random();
        let sealed = shared.seal(&keys);
        assert!(Shared::open(&keys, &sealed).is_ok_and(|opened| opened.0 == shared.0));
        assert!(Shared::open(&Keys::derive("another"), &sealed).is_err());
    }

    #[test]
    fn the_setup_can_be_scanned_and_typed() {
        let setup = Shared(vec![0; 20])
            .setup("localhost:8080", "owner@demo.test")
            .unwrap();
        assert!(setup.size >= 33 && setup.path.starts_with("M4 4h7v1h-7z"));
        assert_eq!(setup.secret, ["AAAA"; 8].join(" "));
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_case_with_or_without_its_dash() {
        let keys = Keys::derive("a key");
        let (one, other) = (StaffId::from_bytes([1; 16]), StaffId::from_bytes([2; 16]));
        let hash = recovery_hash(&keys, one, "abcde-fgh23");
        assert_eq!(hash, recovery_hash(&keys, one, " ABCDE fgh23 "));
        assert_ne!(hash, recovery_hash(&keys, other, "abcde-fgh23"));
        let codes = recovery_codes();
        assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 11));
    }
}
