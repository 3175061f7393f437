//! Passwords: what may be one, and argon2id in a bounded pool, so that a flood of sign-ins takes
//! neither the memory nor the processors from everybody else.

use std::sync::{Arc, LazyLock, Mutex};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordVerifier as _,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use portico_wire::Code;
use tokio::sync::Semaphore;

use crate::{Result, config, error::Error, secrets};

/// The most common passwords of eight and more characters, one a line, lower case.
static COMMON: LazyLock<std::collections::HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Waiting for a hash, beyond those being computed; more are turned away.
const QUEUE: usize = 200;

/// 8 to 256 characters, any of them, but not one everybody tries first, nor the person's own name
/// or address.
pub fn check(password: &str, own: &[&str]) -> Result<()> {
    let weak =
        |detail: &'static str| Err(Error::refused(Code::WeakPassword, detail).field("password"));
    let length = password.chars().count();
    if length < 8 {
        return weak("Use at least 8 characters.");
    }
    if length > 256 {
        return weak("Use at most 256 characters.");
    }
    let lower = password.to_lowercase();
    if COMMON.contains(lower.as_str()) || one_character(&lower) {
        return weak(
            "This is one of the first passwords anybody would try. Please choose another.",
        );
    }
    if own
        .iter()
        .any(|own| own.chars().count() >= 4 && lower == own.to_lowercase())
    {
        return weak("Please do not use your own name or address as the password.");
    }
    Ok(())
}

fn one_character(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| chars.all(|c| c == first))
}

pub struct Hasher {
    engine: Arc<Engine>,
    /// One permit for each processor: the memory is cores × one hash.
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Verified where there is no contact, so that the time tells nothing.
    decoy: String,
}

impl Hasher {
    pub fn new(config: &config::Argon2) -> Result<Self> {
        let params = Params::new(config.memory_kib, config.iterations, 1, None)
            .map_err(|e| Error::internal(e.to_string()))?;
        let engine = Engine {
            blocks: params.block_count(),
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            memory: Mutex::default(),
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let decoy = engine.hash("a password nobody has")?;
        engine.forget();
        Ok(Self {
            engine: Arc::new(engine),
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(cores + QUEUE)),
            decoy,
        })
    }

    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move |engine| engine.hash(&password)).await
    }

    /// Whether `password` is the one `stored` was made from; `None` takes the same time and says no.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let password = password.to_owned();
        let right = self
            .run(move |engine| engine.verify(&password, &stored))
            .await?;
        Ok(right && exists)
    }

    /// Gives the memory back that hashing kept for the next one.
    pub fn tidy(&self) {
        self.engine.forget();
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let busy = || {
            Error::refused(
                Code::Timeout,
                "Many people are signing in. Please try again in a moment.",
            )
            .retry_after(2)
        };
        let _place = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        let permit = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        let engine = Arc::clone(&self.engine);
        tokio::task::spawn_blocking(move || {
            let done = work(&engine);
            drop(permit);
            done
        })
        .await?
    }
}

/// argon2id over memory that is used again: the system neither clears nineteen megabytes for every sign-in,
/// nor keeps what an allocator would not give back.
struct Engine {
    argon2: Argon2<'static>,
    blocks: usize,
    /// As many as ran at one time, each the size of one hash.
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Engine {
    fn compute(&self, password: &str, salt: &[u8], out: &mut [u8]) -> Result<()> {
        let kept = self.memory.lock().expect("no holder panics").pop();
        let mut blocks = kept.unwrap_or_else(|| vec![Block::new(); self.blocks]);
        let computed =
            self.argon2
                .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut blocks);
        self.memory.lock().expect("no holder panics").push(blocks);
        computed.map_err(|e| Error::internal(e.to_string()))
    }

    fn forget(&self) {
        self.memory.lock().expect("no holder panics").clear();
    }

    fn hash(&self, password: &str) -> Result<String> {
        let failed = |e: &dyn std::fmt::Display| Error::internal(e.to_string());
        let mut salt = [0; 16];
        secrets::fill(&mut salt);
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        self.compute(password, &salt, &mut out)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(self.argon2.params()).map_err(|e| failed(&e))?,
            salt: Some(Salt::new(&salt).map_err(|e| failed(&e))?),
            hash: Some(Output::new(&out).map_err(|e| failed(&e))?),
        };
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, stored: &str) -> Result<bool> {
        let stored = PasswordHash::new(stored).map_err(|e| Error::internal(e.to_string()))?;
        let ours = ParamsString::try_from(self.argon2.params());
        match (&stored.salt, &stored.hash) {
            (Some(salt), Some(hash))
                if ours.is_ok_and(|ours| ours == stored.params)
                    && stored.algorithm == Algorithm::Argon2id.ident()
                    && hash.as_bytes().len() == Params::DEFAULT_OUTPUT_LEN =>
            {
                let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
                self.compute(password, salt, &mut out)?;
                Ok(secrets::equal(&out, hash.as_bytes()))
            }
            // Made with other figures, which it names itself.
            _ => Ok(self
                .argon2
                .verify_password(password.as_bytes(), &stored)
                .is_ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_long_common_and_own_passwords_are_refused() {
        for bad in [
            "short",
            "password",
            "Password1",
            "12345678",
            "aaaaaaaaaaaa",
            "client@demo.test",
        ] {
            assert!(check(bad, &["client@demo.test"]).is_err(), "{bad}");
        }
        assert!(check(&"x1".repeat(129), &[]).is_err());
    }

    #[test]
    fn any_characters_are_fine() {
        for good in [
            "demo-demo-demo",
            "пароль здесь",
            "🐎🔋📎🧷🐎🔋📎🧷",
            "a b c d e f g h",
            "' or 1=1 --",
        ] {
            assert!(check(good, &["client@demo.test"]).is_ok(), "{good}");
        }
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_alone() {
        let hasher = Hasher::new(&config::Argon2 {
            memory_kib: 64,
            iterations: 1,
        })
        .unwrap();
        let stored = hasher.hash("right horse").await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{stored}"
        );
        assert!(hasher.verify("right horse", Some(&stored)).await.unwrap());
        assert!(!hasher.verify("wrong horse", Some(&stored)).await.unwrap());
        assert!(!hasher.verify("a password nobody has", None).await.unwrap());
        // The memory of one hash is used for the next, and given back when it is quiet.
        assert_eq!(hasher.engine.memory.lock().unwrap().len(), 1);
        hasher.tidy();
        assert!(hasher.engine.memory.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_password_stored_with_other_figures_still_verifies() {
        let hasher = |memory_kib| {
            let iterations = 1;
            Hasher::new(&config::Argon2 {
                memory_kib,
                iterations,
            })
            .unwrap()
        };
        let stored = hasher(64).hash("right horse").await.unwrap();
        let now = hasher(128);
        assert!(now.verify("right horse", Some(&stored)).await.unwrap());
        assert!(!now.verify("wrong horse", Some(&stored)).await.unwrap());
    }
}
