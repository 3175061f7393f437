//! Randomness, hashes and encryption: everything that touches a secret.
//!
//! Secrets handed out (session tokens, links, code requests) carry 256 random bits, so a plain
//! SHA-256 of them may be stored. Codes have only eight digits: they are stored under a keyed
//! hash. What must be read again (a mail's code, a TOTP secret) is encrypted. All keys are
//! derived from the one `secret_key` of the configuration.

use std::fmt::Write as _;

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Fills a buffer from the system's generator.
pub fn fill(buffer: &mut [u8]) {
    rand::rngs::SysRng
        .try_fill_bytes(buffer)
        .expect("the system hands out random bytes");
}

/// A secret of 256 random bits as 43 characters of base64url. Has no `Debug` and no `Display`:
/// it leaves by [`Secret::reveal`] alone.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        fill(&mut bytes);
        Self(base64url(&bytes))
    }

    /// A secret as somebody presented it.
    pub fn presented(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// Eight random digits.
pub fn digits8() -> String {
    // Rejection keeps every code equally likely.
    loop {
        let mut bytes = [0; 4];
        fill(&mut bytes);
        let n = u32::from_be_bytes(bytes);
        if n < 4_200_000_000 {
            return format!("{:08}", n % 100_000_000);
        }
    }
}

/// A short word for people to read out: ten characters without look-alikes.
pub fn reference() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0; 10];
    fill(&mut bytes);
    bytes
        .iter()
        .map(|b| char::from(LETTERS[usize::from(b % 32)]))
        .collect()
}

/// A password for people to type from a mail: twelve characters without look-alikes, 60 random bits.
pub fn password() -> String {
    let letters = format!("{}{}", reference(), reference());
    [&letters[..4], &letters[4..8], &letters[8..12]].join("-")
}

pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

pub fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk
            .iter()
            .enumerate()
            .fold(0u32, |n, (i, &b)| n | u32::from(b) << (16 - 8 * i));
        for i in 0..=chunk.len() {
            text.push(char::from(LETTERS[(n >> (18 - 6 * i) & 63) as usize]));
        }
    }
    text
}

/// The keys derived from the configuration's `secret_key`.
pub struct Keys {
    codes: [u8; 32],
    csrf: [u8; 32],
    cipher: XChaCha20Poly1305,
}

/// The bytes were not encrypted under this key, or for another purpose.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret cannot be decrypted: was secret_key changed?")]
pub struct Undecryptable;

impl Keys {
    pub fn derive(secret_key: &str) -> Self {
        let derive = |label: &str| mac(secret_key.as_bytes(), &[label.as_bytes()]);
        Self {
            codes: derive("portico codes"),
            csrf: derive("portico csrf"),
            cipher: XChaCha20Poly1305::new(&derive("portico encryption").into()),
        }
    }

    /// The stored form of a code: useless without its request's secret and the server's key.
    pub fn code_hash(&self, request: &Secret, code: &str) -> Vec<u8> {
        mac(&self.codes, &[request.reveal().as_bytes(), code.as_bytes()]).to_vec()
    }

    /// The token a staff session's forms carry.
    pub fn csrf(&self, session_token: &Secret) -> String {
        base64url(&mac(&self.csrf, &[session_token.reveal().as_bytes()]))
    }

    /// `purpose` is authenticated with the text: what was encrypted for one cannot be read as another.
    pub fn encrypt(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 24];
        fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: purpose.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("encryption of a short text does not fail");
        [&nonce[..], &sealed].concat()
    }

    pub fn decrypt(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Undecryptable> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>().ok_or(Undecryptable)?;
        let payload = Payload {
            msg: sealed,
            aad: purpose.as_bytes(),
        };
        self.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| Undecryptable)
    }
}

/// HMAC-SHA256 over parts, each preceded by its length so that no two lists collide.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_follows_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64url(plain.as_bytes()), encoded);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn what_was_encrypted_for_one_purpose_cannot_be_read_for_another() {
        let keys = Keys::derive("a key");
        let sealed = keys.encrypt("totp", b"hello");
        assert_eq!(
            keys.decrypt("totp", &sealed).expect("same purpose"),
            b"hello"
        );
        assert!(keys.decrypt("outbox", &sealed).is_err());
        assert!(
            Keys::derive("another key")
                .decrypt("totp", &sealed)
                .is_err()
        );
        assert!(keys.decrypt("totp", &sealed[..10]).is_err());
    }

    #[test]
    fn a_code_hash_depends_on_request_code_and_key() {
        let keys = Keys::derive("a key");
        let (a, b) = (Secret::random(), Secret::random());
        assert_eq!(
            keys.code_hash(&a, "12345678"),
            keys.code_hash(&a, "12345678")
        );
        assert_ne!(
            keys.code_hash(&a, "12345678"),
            keys.code_hash(&b, "12345678")
        );
        assert_ne!(
            keys.code_hash(&a, "12345678"),
            keys.code_hash(&a, "12345679")
        );
        assert_ne!(
            keys.code_hash(&a, "12345678"),
            Keys::derive("x").code_hash(&a, "12345678")
        );
    }
}
