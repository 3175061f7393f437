//! Texts by key, from the language file the loader fetched.

use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Cheap to clone; equal when it is the same file.
#[derive(Clone)]
pub struct Texts(Rc<JsValue>);

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Texts {
    pub fn read(json: &str) -> Self {
        Self(Rc::new(
            js_sys::JSON::parse(json).unwrap_or_else(|_| js_sys::Object::new().into()),
        ))
    }

    pub fn find(&self, key: &str) -> Option<String> {
        Reflect::get(&self.0, &key.into()).ok()?.as_string()
    }

    /// A key without a text shows itself: a test keeps every language complete.
    pub fn get(&self, key: &str) -> String {
        self.find(key).unwrap_or_else(|| key.to_owned())
    }

    /// The text of one of a family: `section.home`.
    pub fn of(&self, family: &str, name: &str) -> String {
        self.get(&[family, ".", name].concat())
    }

    /// The text with each `{name}` replaced.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.get(key), |text, (name, value)| {
            text.replace(&["{", name, "}"].concat(), value)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

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

    #[test]
    fn every_text_that_is_asked_for_stands_in_the_english_file() {
        let mut all = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        let texts = texts("en.json");
        let asked: BTreeSet<&str> = [".get(\"", ".fill(\"", ".say(\""]
            .iter()
            .flat_map(|call| all.split(call).skip(1))
            .filter_map(|rest| rest.split('"').next())
            .filter(|key| key.contains('.') && !key.contains(['(', ' ']))
            .collect();
        let missing: Vec<_> = asked
            .iter()
            .filter(|key| !texts.contains_key(**key))
            .collect();
        assert!(asked.len() > 50, "the calls are no longer found");
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
