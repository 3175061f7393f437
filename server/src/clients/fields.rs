//! Fields of a client: the studio's own, and what it says about those every client has.

use std::collections::BTreeMap;

use portico_wire::FieldId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Result, error::Error};

/// Whom a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Client,
    Contact,
}

impl Owner {
    pub const ALL: &[Self] = &[Self::Client, Self::Contact];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Contact => "contact",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Client => "The client",
            Self::Contact => "Each contact",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }
}

portico_wire::text_column!(Owner);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Choice,
    Date,
    Number,
    YesNo,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Choice,
        Self::Date,
        Self::Number,
        Self::YesNo,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Number => "number",
            Self::YesNo => "yes_no",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Choice => "Choice",
            Self::Date => "Date",
            Self::Number => "Number",
            Self::YesNo => "Yes or no",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }
}

portico_wire::text_column!(Kind);

/// A field of the studio's own making.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Field {
    pub id: FieldId,
    pub owner: Owner,
    pub label: String,
    pub kind: Kind,
    #[sqlx(json)]
    pub choices: Vec<String>,
    pub position: i64,
    /// The contact sees it in the portal.
    pub in_portal: bool,
    /// The contact may change it there.
    pub changeable: bool,
}

impl Field {
    /// What a person typed, as it is stored; `None` where nothing was.
    pub fn parse(&self, typed: &str, stored: Option<&Value>) -> Result<Option<Value>> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let refused = |detail: &'static str| Err(Error::invalid("field", detail));
        match self.kind {
            Kind::Text if typed.chars().count() > 1000 => {
                refused("Please use at most 1000 characters.")
            }
            Kind::Text
                if typed
                    .chars()
                    .any(|c| c.is_control() && !"\n\r\t".contains(c)) =>
            {
                refused("This contains characters that cannot be shown.")
            }
            Kind::Text => Ok(Some(typed.replace("\r\n", "\n").into())),
            // What is stored stays valid when the list forgets it.
            Kind::Choice if self.choices.iter().any(|choice| choice == typed) => {
                Ok(Some(typed.into()))
            }
            Kind::Choice if stored.and_then(Value::as_str) == Some(typed) => Ok(Some(typed.into())),
            Kind::Choice => refused("Please choose one from the list."),
            Kind::Date => match typed.parse::<jiff::civil::Date>() {
                Ok(date) if (1800..=2200).contains(&date.year()) => {
                    Ok(Some(date.to_string().into()))
                }
                _ => refused("Write the date as year, month and day, such as 2027-05-22."),
            },
            Kind::Number => match number(typed) {
                Some(number) => Ok(Some(number.into())),
                None => refused("Write a number, such as 120 or 12.5."),
            },
            Kind::YesNo => match typed {
                "yes" => Ok(Some(true.into())),
                "no" => Ok(Some(false.into())),
                _ => refused("Please choose yes or no."),
            },
        }
    }

    /// A stored value as its field of a form carries it.
    pub fn typed(&self, stored: Option<&Value>) -> String {
        match stored {
            Some(Value::Bool(yes)) => (if *yes { "yes" } else { "no" }).into(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    /// A stored value as people read it.
    pub fn shown(&self, stored: &Value) -> String {
        match (self.kind, stored) {
            (Kind::Date, Value::String(text)) => text.parse::<jiff::civil::Date>().map_or_else(
                |_| text.clone(),
                |date| date.strftime("%-d %B %Y").to_string(),
            ),
            (_, Value::Bool(yes)) => (if *yes { "Yes" } else { "No" }).into(),
            (_, stored) => self.typed(Some(stored)),
        }
    }
}

/// A decimal number without exponent: kept as text, so that no digit is lost.
fn number(typed: &str) -> Option<String> {
    let plain = typed.replace(' ', "");
    // One comma and no point: a decimal comma, unless it can only part thousands.
    let plain = match (plain.matches(',').count(), plain.contains('.')) {
        (1, false) => plain.replace(',', "."),
        (_, true) => plain.replace(',', ""),
        _ => plain,
    };
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all(whole) || !all(rest) || digits.len() > 20 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{rest}"))
}

/// Values of the studio's own fields, by the field's id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(pub BTreeMap<FieldId, Value>);

/// A field every client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltIn {
    Name,
    Email,
    Mobile,
    Phone,
    Address,
    Language,
    Password,
}

impl BuiltIn {
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Email,
        Self::Mobile,
        Self::Phone,
        Self::Address,
        Self::Language,
        Self::Password,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Mobile => "mobile",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Language => "language",
            Self::Password => "password",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "Email",
            Self::Mobile => "Mobile",
            Self::Phone => "Phone",
            Self::Address => "Address",
            Self::Language => "Language",
            Self::Password => "Portal password",
        }
    }
    /// A new studio's: all are shown; all but the email, which is what one signs in with, can be changed.
    const fn by_default(self) -> Switches {
        Switches {
            in_portal: true,
            changeable: !matches!(self, Self::Email),
        }
    }
}

portico_wire::text_column!(BuiltIn);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Switches {
    pub in_portal: bool,
    pub changeable: bool,
}

/// What the studio says about the built-in fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuiltIns(pub BTreeMap<BuiltIn, Switches>);

impl BuiltIns {
    pub fn get(&self, field: BuiltIn) -> Switches {
        let said = self.0.get(&field).copied();
        let said = said.unwrap_or(field.by_default());
        // Everybody's own name is on every page of the portal.
        Switches {
            in_portal: said.in_portal || field == BuiltIn::Name,
            ..said
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: Kind) -> Field {
        Field {
            id: FieldId::from_bytes([1; 16]),
            owner: Owner::Client,
            label: "A field".into(),
            kind,
            choices: vec!["Church".into(), "Barn".into()],
            position: 1,
            in_portal: true,
            changeable: false,
        }
    }

    #[test]
    fn l21_values_are_checked_by_their_kind() {
        for (kind, typed, stored) in [
            (Kind::Text, " Two cats ", Value::from("Two cats")),
            (Kind::Choice, "Barn", "Barn".into()),
            (Kind::Date, "2027-05-22", "2027-05-22".into()),
            (Kind::Number, "0120", "120".into()),
            (Kind::Number, "-12,50", "-12.5".into()),
            (Kind::Number, "1,250.75", "1250.75".into()),
            (Kind::YesNo, "no", false.into()),
        ] {
            let parsed = field(kind).parse(typed, None).ok().flatten();
            assert_eq!(parsed, Some(stored.clone()), "{typed}");
            let again = field(kind).typed(Some(&stored));
            assert_eq!(field(kind).parse(&again, None).ok().flatten(), Some(stored));
        }
        for (kind, typed) in [
            (Kind::Text, "a\0b"),
            (Kind::Choice, "Castle"),
            (Kind::Date, "22.5.2027"),
            (Kind::Date, "2027-02-30"),
            (Kind::Number, "many"),
            (Kind::Number, "1e9"),
            (Kind::Number, "1,2,3"),
            (Kind::YesNo, "perhaps"),
        ] {
            assert!(field(kind).parse(typed, None).is_err(), "{typed}");
        }
        assert!(matches!(field(Kind::Date).parse("  ", None), Ok(None)));
    }

    #[test]
    fn a_choice_stays_valid_when_the_list_forgets_it() {
        let castle = Value::from("Castle");
        assert!(field(Kind::Choice).parse("Castle", Some(&castle)).is_ok());
    }

    #[test]
    fn c3_a_built_in_field_is_shown_until_the_studio_says_otherwise_and_the_name_always() {
        let off = Switches {
            in_portal: false,
            changeable: false,
        };
        let said = BuiltIns([(BuiltIn::Name, off), (BuiltIn::Phone, off)].into());
        assert!(said.get(BuiltIn::Name).in_portal && !said.get(BuiltIn::Phone).in_portal);
        assert!(said.get(BuiltIn::Email).in_portal && !said.get(BuiltIn::Email).changeable);
        assert!(said.get(BuiltIn::Mobile).changeable);
    }
}
