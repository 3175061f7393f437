//! What a contact answers.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap as _,
};

use super::Kind;
use crate::clients::Address;

/// An answer to one field. In JSON an object of one name: `{"text":"Ada"}`, `{"yes_no":true}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Of short and long texts, email addresses and telephone numbers.
    Text(String),
    /// As typed or as [`super::decimal_text`] writes it.
    Number(String),
    /// In minor units of the field's currency.
    Money(i64),
    /// `2027-05-22`
    Date(String),
    /// `14:30`
    Time(String),
    Address(Address),
    Choices(Chosen),
    YesNo(bool),
    Rating(u8),
    Files(Vec<FileAnswer>),
    Signature(Signature),
}

/// Of one of many, many of many and drop-downs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[cfg_attr(feature = "server", schema(max_items = 500))]
    pub options: Vec<String>,
    /// What was written in.
    #[cfg_attr(feature = "server", schema(max_length = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// A file that was uploaded. The server puts in what it knows of it whatever was sent but the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileAnswer {
    #[cfg_attr(
        feature = "server",
        schema(max_length = 36, pattern = "^fil_[0-9a-f]{32}$")
    )]
    pub id: String,
    #[cfg_attr(feature = "server", schema(max_length = 200))]
    pub name: String,
    pub bytes: u64,
    /// Its media type.
    #[cfg_attr(feature = "server", schema(max_length = 120))]
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    Typed(String),
    /// The path of an SVG that is 1000 wide and 400 high: `M` and `L`, each with two whole numbers that a
    /// space parts, such as `M20 30L21 34`.
    Drawn(String),
}

impl Answer {
    /// Says nothing: only spaces, no option, no file.
    pub fn is_blank(&self) -> bool {
        let blank = |text: &str| text.trim().is_empty();
        let none = |text: &Option<String>| text.as_deref().is_none_or(blank);
        match self {
            Answer::Text(text)
            | Answer::Number(text)
            | Answer::Date(text)
            | Answer::Time(text)
            | Answer::Signature(Signature::Typed(text) | Signature::Drawn(text)) => blank(text),
            // A country alone is what the field begins with.
            Answer::Address(address) => {
                let Address {
                    line1,
                    line2,
                    city,
                    region,
                    postcode,
                    country: _,
                } = address;
                [line1, line2, city, region, postcode].into_iter().all(none)
            }
            Answer::Choices(chosen) => chosen.options.is_empty() && none(&chosen.other),
            Answer::Files(files) => files.is_empty(),
            Answer::Money(_) | Answer::YesNo(_) | Answer::Rating(_) => false,
        }
    }

    /// Whether it is an answer to a field of this kind at all.
    pub const fn fits(&self, kind: &Kind) -> bool {
        match self {
            Answer::Text(_) => matches!(
                kind,
                Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Phone
            ),
            Answer::Number(_) => matches!(kind, Kind::Number(_)),
            Answer::Money(_) => matches!(kind, Kind::Money(_)),
            Answer::Date(_) => matches!(kind, Kind::Date(_)),
            Answer::Time(_) => matches!(kind, Kind::Time),
            Answer::Address(_) => matches!(kind, Kind::Address),
            Answer::Choices(_) => matches!(kind, Kind::One(_) | Kind::Many(_) | Kind::DropDown(_)),
            Answer::YesNo(_) => matches!(kind, Kind::YesNo),
            Answer::Rating(_) => matches!(kind, Kind::Rating { .. }),
            Answer::Files(_) => matches!(kind, Kind::File(_)),
            Answer::Signature(_) => matches!(kind, Kind::Signature),
        }
    }
}

/// Answers by the field's id. In JSON an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(Vec<(String, Answer)>);

impl Answers {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sorted by id, so that looking one up is quick and the JSON is the same each time.
    fn place(&self, field: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(id, _)| id.as_str().cmp(field))
    }

    pub fn get(&self, field: &str) -> Option<&Answer> {
        self.place(field).ok().map(|at| &self.0[at].1)
    }

    pub fn set(&mut self, field: &str, answer: Answer) {
        match self.place(field) {
            Ok(at) => self.0[at].1 = answer,
            Err(at) => self.0.insert(at, (field.to_owned(), answer)),
        }
    }

    pub fn remove(&mut self, field: &str) -> Option<Answer> {
        self.place(field).ok().map(|at| self.0.remove(at).1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(id, answer)| (id.as_str(), answer))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Answer)>>(list: I) -> Self {
        let mut answers = Self::new();
        for (field, answer) in list {
            answers.set(&field, answer);
        }
        answers
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(self.0.len()))?;
        for (field, answer) in &self.0 {
            map.serialize_entry(field, answer)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Answers;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("answers by field")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answers, A::Error> {
                let mut answers = Answers::new();
                while let Some((field, answer)) = map.next_entry::<String, Answer>()? {
                    answers.set(&field, answer);
                }
                Ok(answers)
            }
        }
        d.deserialize_map(Reader)
    }
}
