//! Texts from the language file the loader fetched. Those the sources name (`t!("form.send")`) have
//! numbers, so that neither the portal nor the file carries their keys; the others, whose keys are put together
//! from what the server says, are found by key. `keys.rs` beside `Cargo.toml` gives the numbers.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// A text by its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key(u16);

/// The number of a key; one without a text does not compile.
macro_rules! t {
    ($key:literal) => {
        const { $crate::texts::Key::of($key) }
    };
}

impl Key {
    pub const fn of(key: &str) -> Self {
        let mut at = 0;
        while at < KEYS.len() {
            if same(KEYS[at].as_bytes(), key.as_bytes()) {
                return Self(at as u16);
            }
            at += 1;
        }
        panic!("texts/en.json has no such key");
    }

    /// For an element's id.
    pub fn id(self) -> String {
        joined(&["t", &self.0.to_string()])
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Texts by number, and those by key.
pub struct Texts(JsValue, JsValue);

impl Texts {
    pub fn read(json: &str) -> Self {
        let both = js_sys::JSON::parse(json).unwrap_or_default();
        let part = |at| Reflect::get_u32(&both, at).unwrap_or_default();
        Self(part(0), part(1))
    }

    /// A text whose key is put together: a test keeps every language complete.
    pub fn find(&self, key: &str) -> Option<String> {
        Reflect::get(&self.1, &key.into()).ok()?.as_string()
    }

    #[inline(never)]
    pub fn get(&self, key: Key) -> String {
        let text = Reflect::get_u32(&self.0, key.0.into());
        text.ok().and_then(|it| it.as_string()).unwrap_or_default()
    }

    /// The text of one of a family: `section.home`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.find(&joined(&[family, ".", name])).unwrap_or_default()
    }

    /// The text with each `{name}` replaced.
    #[inline(never)]
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        filled(&self.get(key), values)
    }
}

/// Texts one after the other: `concat` and `format!` would each be a kilobyte of their own.
#[inline(never)]
pub fn joined(parts: &[&str]) -> String {
    let mut all = String::new();
    for part in parts {
        all.push_str(part);
    }
    all
}

/// A whole number; one reader for all of them, because each kind would be code of its own.
pub fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

pub fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut parts = text.split(['{', '}']);
    let mut out = parts.next().unwrap_or_default().to_owned();
    // Texts hold braces in pairs: every other part is a name.
    while let Some(name) = parts.next() {
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.map_or("", |(_, value)| value));
        out.push_str(parts.next().unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn values_stand_where_their_names_stood() {
        let values = [("name", "Anna {b}"), ("to", "c")];
        assert_eq!(
            super::filled("{name}, to {to}.", &values),
            "Anna {b}, to c."
        );
        assert_eq!(super::filled("plain", &values), "plain");
    }

    fn texts(name: &str) -> serde_json::Map<String, serde_json::Value> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(name);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn every_language_has_every_text() {
        let keys: BTreeSet<String> = texts("en.json").into_iter().map(|(key, _)| key).collect();
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("texts")).unwrap() {
            let name = file.unwrap().file_name();
            let has: BTreeSet<String> = texts(&name.to_string_lossy())
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            assert_eq!(has, keys, "{name:?}");
        }
    }

    #[test]
    fn every_trouble_of_an_answer_and_every_state_has_words() {
        use portico_wire::forms::{AskState, Wrong};
        let texts = texts("en.json");
        let wrongs = Wrong::ALL.iter().map(|it| format!("wrong.{}", it.name()));
        let states = AskState::ALL.iter().map(|it| format!("ask.{}", it.name()));
        for key in wrongs.chain(states) {
            assert!(texts.contains_key(&key), "{key}");
        }
    }

    #[test]
    fn every_section_has_a_name_and_says_something_kind_when_empty() {
        let texts = texts("en.json");
        for section in portico_wire::Right::SECTIONS {
            for key in [
                format!("section.{}", section.name()),
                format!("empty.{}", section.name()),
            ] {
                assert!(texts.contains_key(&key), "{key}");
            }
        }
    }
}
