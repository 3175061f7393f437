//! Texts by key, from the language file the loader fetched.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

pub struct Texts(JsValue);

impl Texts {
    pub fn read(json: &str) -> Self {
        Self(js_sys::JSON::parse(json).unwrap_or_else(|_| js_sys::Object::new().into()))
    }

    pub fn find(&self, key: &str) -> Option<String> {
        Reflect::get(&self.0, &key.into()).ok()?.as_string()
    }

    /// A key without a text shows itself: a test keeps every language complete.
    #[inline(never)]
    pub fn get(&self, key: &str) -> String {
        self.find(key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of one of a family: `section.home`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.get(&joined(&[family, ".", name]))
    }

    /// The text with each `{name}` replaced.
    #[inline(never)]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
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

    fn sources(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    fn texts(name: &str) -> serde_json::Map<String, serde_json::Value> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(name);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Every literal of the sources that has the form of a key in a family of the texts:
    /// `"devices.here"`, but not the `section.panel` of an element.
    #[test]
    fn every_text_that_is_asked_for_stands_in_the_english_file() {
        let mut all = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        let texts = texts("en.json");
        let families: BTreeSet<&str> = texts
            .keys()
            .filter_map(|key| Some(key.split_once('.')?.0))
            .collect();
        let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let asked: BTreeSet<&str> = all
            .match_indices('"')
            .filter(|(at, _)| {
                let before = all[..*at].trim_end();
                !["el(", ".put(", ".tell("]
                    .iter()
                    .any(|it| before.ends_with(it))
            })
            .filter_map(|(at, _)| all[at + 1..].split('"').next())
            .filter(|key| {
                key.split_once('.').is_some_and(|(family, name)| {
                    families.contains(family) && !name.is_empty() && is_word(name)
                })
            })
            .collect();
        let missing: Vec<_> = asked
            .iter()
            .filter(|key| !texts.contains_key(**key))
            .collect();
        assert!(asked.len() > 70, "the keys are no longer found");
        assert_eq!(missing, Vec::<&&str>::new());
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
