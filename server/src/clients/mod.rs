//! Clients and their contacts: what they are, what is known about them, and who looks after them.

pub mod admin;
pub mod api;
pub mod choose;
pub mod export;
pub mod fields;
pub mod forms;
pub mod import;
pub mod rights;
pub mod search;
pub mod store;
pub mod tell;
pub mod undo;

use portico_wire::{
    ClientId, ContactId, GroupId, Settings, Timestamp,
    clients::{Address, ClientKind},
};
use serde::Serialize;

use crate::{Result, error::Error};
pub use fields::Values;

/// "Ada Lovelace", or the one name there is.
pub fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// A client's page in the admin.
pub fn client_path(client: ClientId) -> String {
    format!("/admin/clients/{client}")
}

/// What staff call a kind of client.
pub const fn kind_label(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Person => "Person",
        ClientKind::Couple => "Couple",
        ClientKind::Family => "Family",
        ClientKind::Organisation => "Organisation",
    }
}

/// A client as it is stored.
#[derive(Debug, Clone, Serialize)]
pub struct NewClient {
    pub id: ClientId,
    pub kind: ClientKind,
    pub name: String,
    pub group: Option<GroupId>,
    pub portal_enabled: bool,
    /// E.164
    pub phone: Option<String>,
    pub address: Address,
    pub rights: Settings,
    pub fields: Values,
}

/// A contact as it is stored; without password, which it chooses itself.
#[derive(Debug, Clone, Serialize)]
pub struct NewContact {
    pub id: ContactId,
    pub client: ClientId,
    pub first_name: String,
    pub last_name: String,
    /// Lower case.
    pub email: Option<String>,
    /// E.164
    pub mobile: Option<String>,
    /// BCP 47
    pub language: Option<String>,
    pub active: bool,
    pub rights: Settings,
    pub fields: Values,
}

/// A client as staff see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Client {
    pub id: ClientId,
    pub version: i64,
    pub kind: ClientKind,
    pub name: String,
    pub group_id: Option<GroupId>,
    pub group_name: Option<String>,
    pub portal_enabled: bool,
    pub phone: Option<String>,
    #[sqlx(json)]
    pub address: Address,
    #[sqlx(json)]
    pub rights: Settings,
    #[sqlx(json)]
    pub fields: Values,
    pub last_active_at: Timestamp,
    pub created_at: Timestamp,
}

/// A contact as staff see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Contact {
    pub id: ContactId,
    pub client_id: ClientId,
    pub version: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    pub active: bool,
    #[sqlx(json)]
    pub rights: Settings,
    #[sqlx(json)]
    pub fields: Values,
    pub invited_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub last_sign_in_at: Option<Timestamp>,
}

impl Client {
    /// What the form of a new one begins with.
    pub fn blank(choices: &forms::Choices) -> Self {
        Self {
            id: ClientId::from_bytes([0; 16]),
            version: 1,
            kind: ClientKind::Person,
            name: String::new(),
            // With one group there is nothing to choose.
            group_id: match choices.groups.as_slice() {
                [only] => Some(only.id),
                _ => None,
            },
            group_name: None,
            portal_enabled: true,
            phone: None,
            address: Address {
                country: Some(choices.country.clone()),
                ..Address::default()
            },
            rights: Settings::default(),
            fields: Values::default(),
            last_active_at: Timestamp::from_micros(0),
            created_at: Timestamp::from_micros(0),
        }
    }
}

impl Contact {
    /// What the form of a new one begins with.
    pub fn blank() -> Self {
        Self {
            id: ContactId::from_bytes([0; 16]),
            client_id: ClientId::from_bytes([0; 16]),
            version: 1,
            first_name: String::new(),
            last_name: String::new(),
            email: None,
            mobile: None,
            language: None,
            active: true,
            rights: Settings::default(),
            fields: Values::default(),
            invited_at: None,
            accepted_at: None,
            last_sign_in_at: None,
        }
    }

    pub fn name(&self) -> String {
        full_name(&self.first_name, &self.last_name)
    }
}

/// The moment, but for the one that stands for "never".
pub fn since(moment: Timestamp) -> Option<Timestamp> {
    (moment.micros() > 0).then_some(moment)
}

/// Whether a client can come in: the portal is enabled, and somebody who was invited is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cloud {
    pub green: bool,
    pub text: &'static str,
}

/// A contact as far as the cloud asks: active, invited.
pub fn cloud(portal_enabled: bool, contacts: impl IntoIterator<Item = (bool, bool)>) -> Cloud {
    let contacts: Vec<(bool, bool)> = contacts.into_iter().collect();
    let red = |text| Cloud { green: false, text };
    if !portal_enabled {
        red("Portal switched off")
    } else if contacts.is_empty() {
        red("No contact yet")
    } else if !contacts.iter().any(|&(active, _)| active) {
        red("Access switched off")
    } else if contacts.iter().any(|&(active, invited)| active && invited) {
        Cloud {
            green: true,
            text: "In the portal",
        }
    } else {
        red("Not invited yet")
    }
}

/// A telephone number as a person of this country types it, in E.164.
pub fn phone(text: &str, country: &str) -> Result<String> {
    let refused = || {
        Error::invalid(
            "phone",
            "This does not look like a telephone number. Write it with its area code, or with + and the country's code.",
        )
    };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || " +-()/.\u{a0}".contains(c));
    if !plain || digits < 5 {
        return Err(refused());
    }
    let text = text.trim();
    let text = text
        .strip_prefix("00")
        .map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
    // A number that says its country itself is read without ours: the crate would mix the two up.
    let country = country.parse().ok().filter(|_| !text.starts_with('+'));
    let number = phonenumber::parse(country, &text).map_err(|_| refused())?;
    if !number.is_valid() {
        return Err(refused());
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// A stored number as people read it: "+44 1225 555014".
pub fn show_phone(number: &str) -> String {
    phonenumber::parse(None, number).map_or_else(
        |_| number.to_owned(),
        |parsed| {
            parsed
                .format()
                .mode(phonenumber::Mode::International)
                .to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l5_the_cloud_is_green_where_the_portal_is_on_and_somebody_active_was_invited() {
        assert!(cloud(true, [(false, true), (true, true)]).green);
        for (portal, contacts) in [
            (false, vec![(true, true)]),
            (true, vec![]),
            (true, vec![(true, false), (false, true)]),
            (true, vec![(false, true)]),
        ] {
            assert!(!cloud(portal, contacts.clone()).green, "{contacts:?}");
        }
    }

    #[test]
    fn a_number_is_read_as_the_studios_country_dials_it() {
        for (typed, country, number) in [
            ("01225 555014", "GB", "+441225555014"),
            ("+44 (0)1225 555014", "GB", "+441225555014"),
            ("0044 1225 555014", "US", "+441225555014"),
            ("(202) 555-0142", "US", "+12025550142"),
            ("030 1234567", "DE", "+49301234567"),
        ] {
            assert_eq!(
                phone(typed, country).ok().as_deref(),
                Some(number),
                "{typed}"
            );
        }
        for bad in [
            "",
            "12",
            "phone me",
            "+44",
            "01225 555014 ext",
            "+999 123456789",
        ] {
            assert!(phone(bad, "GB").is_err(), "{bad}");
        }
    }
}
