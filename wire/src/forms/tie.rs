//! Fields of a form that stand for fields of the client.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::FieldId;

/// The client's field an answer fills in. In JSON a word, or the id of a field of the studio's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    FirstName,
    LastName,
    /// Shows the address and never changes it: it is what the contact signs in with, and changing that
    /// takes a code sent to the new one.
    Email,
    Mobile,
    Phone,
    Address,
    Language,
    Own(FieldId),
}

impl Tie {
    pub const BUILT_IN: &[Self] = &[
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Mobile,
        Self::Phone,
        Self::Address,
        Self::Language,
    ];

    /// The word of a built-in one.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::FirstName => Some("first_name"),
            Self::LastName => Some("last_name"),
            Self::Email => Some("email"),
            Self::Mobile => Some("mobile"),
            Self::Phone => Some("phone"),
            Self::Address => Some("address"),
            Self::Language => Some("language"),
            Self::Own(_) => None,
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let built_in = Self::BUILT_IN.iter().copied();
        built_in
            .into_iter()
            .find(|tie| tie.name() == Some(text))
            .or_else(|| text.parse().ok().map(Self::Own))
    }

    /// Whether a field of this kind can fill it in; whether it suits one of the studio's own fields is
    /// for whoever knows these.
    pub const fn suits(self, kind: &Kind) -> bool {
        match self {
            Self::FirstName | Self::LastName => matches!(kind, Kind::Text(_)),
            Self::Email => matches!(kind, Kind::Email),
            Self::Mobile | Self::Phone => matches!(kind, Kind::Phone),
            Self::Address => matches!(kind, Kind::Address),
            Self::Language => matches!(kind, Kind::One(_) | Kind::DropDown(_)),
            Self::Own(_) => matches!(
                kind,
                Kind::Text(_)
                    | Kind::LongText(_)
                    | Kind::Email
                    | Kind::Phone
                    | Kind::Number(_)
                    | Kind::Date(_)
                    | Kind::Time
                    | Kind::One(_)
                    | Kind::DropDown(_)
                    | Kind::YesNo
            ),
        }
    }
}

impl Serialize for Tie {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match (self.name(), self) {
            (Some(name), _) => s.serialize_str(name),
            (None, Self::Own(field)) => field.serialize(s),
            (None, _) => Err(serde::ser::Error::custom("a tie without a name")),
        }
    }
}

impl<'de> Deserialize<'de> for Tie {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a field of a client"))
    }
}

#[cfg(feature = "server")]
crate::server::schema!(
    Tie,
    "^(first_name|last_name|email|mobile|phone|address|language|fld_[0-9a-f]{32})$",
    "first_name"
);
