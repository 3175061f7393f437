//! Lists as one row of JSON: each row and each cell that crosses from the engine costs more than the making of its text.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

use serde::{Deserialize, Deserializer, de::Error as _};

/// SQLite's names and PostgreSQL's.
const NAMES: [(&str, &str); 3] = [
    ("json_group_array(", "json_agg("),
    ("json_array(", "json_build_array("),
    ("hex(", "("),
];

/// As PostgreSQL reads it.
pub fn translate(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (sqlite, postgres) in NAMES {
        if text.contains(sqlite) {
            text = Cow::Owned(text.replace(sqlite, postgres));
        }
    }
    text
}

/// The same, made once for each text of the program and kept.
pub(super) fn for_postgres(text: &'static str) -> &'static str {
    static MADE: LazyLock<RwLock<HashMap<usize, &'static str>>> = LazyLock::new(Default::default);
    let place = text.as_ptr().addr();
    let known = MADE.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = known.get(&place) {
        return made;
    }
    drop(known);
    let mut made = MADE.write().unwrap_or_else(PoisonError::into_inner);
    made.entry(place).or_insert_with(|| match translate(text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text.leak(),
    })
}

/// An id in such a list: 16 bytes in hexadecimal digits, with hyphens or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id<T>(pub T);

impl<'de, T: From<[u8; 16]>> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let id = uuid::Uuid::try_parse(&text).map_err(D::Error::custom)?;
        Ok(Self(id.into_bytes().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_functions_are_those_of_the_engine() {
        let text = "select json_group_array(json_array(hex(i.id), i.title) order by i.id) from i";
        assert_eq!(
            for_postgres(text),
            "select json_agg(json_build_array((i.id), i.title) order by i.id) from i"
        );
        assert!(std::ptr::eq(for_postgres(text), for_postgres(text)));
        let plain = "select 1";
        assert!(std::ptr::eq(for_postgres(plain), plain));
    }
}
