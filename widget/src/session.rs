//! Where the session's token is kept: session storage, or local storage when the contact asked
//! to stay signed in, or memory where the page's storage is blocked. Nothing before sign-in.

use std::cell::RefCell;

use web_sys::Storage;

use crate::texts::joined;

pub struct Session {
    key: String,
    memory: RefCell<Option<String>>,
}

impl Session {
    pub fn new(key: String) -> Self {
        Self {
            key,
            memory: RefCell::default(),
        }
    }

    /// Blocked storage throws when it is only looked at.
    fn storages() -> [Option<Storage>; 2] {
        let window = gloo::utils::window();
        [
            window.session_storage().ok().flatten(),
            window.local_storage().ok().flatten(),
        ]
    }

    fn read(&self, storage: &Storage) -> Option<String> {
        storage
            .get_item(&self.key)
            .ok()
            .flatten()
            .filter(|token| !token.is_empty())
    }

    /// Read anew for each call: another tab may have renewed or ended the session.
    pub fn token(&self) -> Option<String> {
        Self::storages()
            .iter()
            .flatten()
            .find_map(|storage| self.read(storage))
            .or_else(|| self.memory.borrow().clone())
    }

    pub fn start(&self, token: String, stay: bool) {
        self.clear();
        let [session, local] = Self::storages();
        let stored = if stay { local } else { session }
            .is_some_and(|storage| storage.set_item(&self.key, &token).is_ok());
        if !stored {
            *self.memory.borrow_mut() = Some(token);
        }
    }

    /// Puts `new` where `old` stands. Where something else stands by now (another tab was
    /// faster, or signed out), that stays.
    pub fn renew(&self, old: &str, new: &str) {
        for storage in Self::storages().iter().flatten() {
            if self.read(storage).as_deref() == Some(old) {
                storage.set_item(&self.key, new).ok();
            }
        }
        let mut memory = self.memory.borrow_mut();
        if memory.as_deref() == Some(old) {
            *memory = Some(new.to_owned());
        }
    }

    /// Where something may be kept: beside the token, so nowhere before sign-in.
    fn beside(&self) -> Option<Storage> {
        let mut storages = Self::storages().into_iter().flatten();
        storages.find(|storage| self.read(storage).is_some())
    }

    fn name_of(&self, what: &str) -> String {
        joined(&[&self.key, ":", what])
    }

    /// Keeps a text on this device until the contact signs out; an empty one is forgotten.
    pub fn keep(&self, what: &str, text: &str) {
        let name = self.name_of(what);
        if let Some(storage) = self.beside() {
            if text.is_empty() {
                storage.remove_item(&name).ok();
            } else {
                storage.set_item(&name, text).ok();
            }
        }
    }

    /// Also what was kept in an earlier session that ended by itself.
    pub fn kept(&self, what: &str) -> Option<String> {
        let name = self.name_of(what);
        let mut storages = Self::storages().into_iter().flatten();
        storages.find_map(|storage| storage.get_item(&name).ok().flatten())
    }

    /// All that was kept: the next person at this device is another one.
    pub fn forget(&self) {
        let ours = self.name_of("");
        for storage in Self::storages().iter().flatten() {
            // From the end, because those behind a removed one move up.
            for at in (0..storage.length().unwrap_or_default()).rev() {
                let name = storage.key(at).ok().flatten().unwrap_or_default();
                if name.starts_with(&ours) {
                    storage.remove_item(&name).ok();
                }
            }
        }
    }

    pub fn clear(&self) {
        for storage in Self::storages().iter().flatten() {
            storage.remove_item(&self.key).ok();
        }
        *self.memory.borrow_mut() = None;
    }
}
