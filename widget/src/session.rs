//! Where the session's token is kept: session storage, or local storage when the contact asked
//! to stay signed in, or memory where the page's storage is blocked. Nothing before sign-in.

use std::cell::RefCell;

use web_sys::Storage;

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

    pub fn clear(&self) {
        for storage in Self::storages().iter().flatten() {
            storage.remove_item(&self.key).ok();
        }
        *self.memory.borrow_mut() = None;
    }
}
