//! The tokens a mail may carry. A feature that has something to tell in mails adds its rows here and puts
//! their values into [`Values`]; the pages that offer, explain and check tokens read this table.

use std::collections::BTreeMap;

use super::Purpose;

/// How a token appears in the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// An address, written out.
    Address,
    /// A link that is a button where it stands alone.
    Button,
    /// Something to type: large where it stands alone.
    Code,
}

pub struct Token {
    pub name: &'static str,
    pub meaning: &'static str,
    /// What it may stand for; of a button, its words.
    pub example: &'static str,
    pub kind: Kind,
    /// The purposes it exists for; empty: all.
    only: &'static [Purpose],
}

impl Token {
    pub fn is_for(&self, purpose: Purpose) -> bool {
        if purpose == Purpose::Contract {
            return self.only.contains(&purpose) || SHARED.contains(&self.name);
        }
        self.only.is_empty() || self.only.contains(&purpose)
    }
}

pub const PORTAL_LINKED: &str = "recipient.portal_linked";
pub const PORTAL_LINK: &str = "recipient.portal_link";

const PERSONAL: &[Purpose] = &[Purpose::Letter, Purpose::Invitation];
const RESET: &[Purpose] = &[Purpose::Reset];
const CONTRACT: &[Purpose] = &[Purpose::Contract];
/// What has a date is told in both: in a letter, the next event of whom it goes to.
const EVENT: &[Purpose] = &[Purpose::Letter, Purpose::Contract];
/// Of those that all mails have, what contracts have too: a contract has no one recipient.
const SHARED: &[&str] = &[
    "client.name",
    "studio.name",
    "studio.email",
    "studio.phone",
    "date.today",
];

const fn text(name: &'static str, meaning: &'static str, example: &'static str) -> Token {
    Token {
        name,
        meaning,
        example,
        kind: Kind::Text,
        only: &[],
    }
}

const fn of_contract(name: &'static str, meaning: &'static str, example: &'static str) -> Token {
    special(name, meaning, example, Kind::Text, CONTRACT)
}

const fn special(
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
    kind: Kind,
    only: &'static [Purpose],
) -> Token {
    Token {
        name,
        meaning,
        example,
        kind,
        only,
    }
}

pub const TOKENS: &[Token] = &[
    special(
        PORTAL_LINKED,
        "A button with the recipient's personal link to the client portal",
        "Client Portal",
        Kind::Button,
        PERSONAL,
    ),
    special(
        PORTAL_LINK,
        "The address of that personal link, written out",
        "",
        Kind::Address,
        PERSONAL,
    ),
    special(
        "access.password",
        "The generated password",
        "k7mp-x4wn-8rtz",
        Kind::Code,
        &[Purpose::GeneratedPassword],
    ),
    special(
        "access.code",
        "The one-time code",
        "4821 7365",
        Kind::Code,
        &[Purpose::Code],
    ),
    special(
        "access.reset_linked",
        "A button with the link that chooses a new password",
        "Choose a new password",
        Kind::Button,
        RESET,
    ),
    special(
        "access.reset_link",
        "The address of that link, written out",
        "",
        Kind::Address,
        RESET,
    ),
    text(
        "recipient.first_name",
        "First name of the person the mail goes to",
        "Ada",
    ),
    text("recipient.last_name", "Last name", "Carter"),
    text("recipient.name", "First and last name", "Ada Carter"),
    text(
        "recipient.email",
        "The address the mail goes to, which is the one to sign in with",
        "ada@example.com",
    ),
    text(
        "client.name",
        "The client the person belongs to",
        "Ada & Ben Carter",
    ),
    text("studio.name", "Your studio's name", "Your studio"),
    text(
        "studio.email",
        "Your support email, from the settings",
        "hello@example.com",
    ),
    text(
        "studio.phone",
        "Your support phone, from the settings",
        "+44 1225 555 014",
    ),
    special(
        "studio.portal",
        "The address of your client portal, the same for everybody",
        "",
        Kind::Address,
        &[],
    ),
    text("date.today", "The day it is sent", "21 November 2026"),
    of_contract(
        "client.address",
        "The client's address, on one line",
        "12 Walcot Street, Bath, BA1 5BD, United Kingdom",
    ),
    of_contract("client.phone", "The client's phone", "+44 1225 555 020"),
    of_contract(
        "contact.name",
        "First and last name of the first signer",
        "Ada Carter",
    ),
    of_contract(
        "contact.first_name",
        "First name of the first signer",
        "Ada",
    ),
    of_contract(
        "contact.last_name",
        "Last name of the first signer",
        "Carter",
    ),
    of_contract(
        "contact.email",
        "Email of the first signer",
        "ada@example.com",
    ),
    of_contract(
        "contact.mobile",
        "Mobile number of the first signer",
        "+44 7700 900 142",
    ),
    of_contract(
        "signers.names",
        "The names of all signers of the client's side",
        "Ada Carter and Ben Carter",
    ),
    of_contract("event.name", "What it is about", "Ada and Ben’s wedding"),
    special(
        "event.title",
        "The event; in a mail, the recipient’s next one",
        "Ada and Ben’s wedding",
        Kind::Text,
        EVENT,
    ),
    special(
        "event.date",
        "The day of the event",
        "19 June 2027",
        Kind::Text,
        EVENT,
    ),
    special(
        "event.place",
        "Where it takes place",
        "Walcot Gardens, Bath",
        Kind::Text,
        EVENT,
    ),
    of_contract("amount.total", "The amount agreed on", "£2,400.00"),
    of_contract("amount.deposit", "The deposit", "£600.00"),
    of_contract(
        "amount.balance",
        "What is left after the deposit",
        "£1,800.00",
    ),
    of_contract("date.last_day", "The last day to sign", "5 December 2026"),
];

pub fn find(name: &str) -> Option<&'static Token> {
    TOKENS.iter().find(|token| token.name == name)
}

/// What tokens stand for in one mail, by their names.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// The examples, where nobody was chosen.
    pub fn examples() -> Self {
        Self(
            TOKENS
                .iter()
                .map(|token| (token.name, token.example.to_owned()))
                .collect(),
        )
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        debug_assert!(find(name).is_some(), "{name} is no token");
        self.0.insert(name, value.into());
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// The token somebody may have meant.
pub fn nearest(name: &str, purpose: Purpose) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let own = lower.rsplit('.').next().unwrap_or("");
    let there = TOKENS.iter().filter(|token| token.is_for(purpose));
    there
        .map(|token| {
            let field = token.name.rsplit('.').next().unwrap_or("");
            // "first_name" for "recipient.first_name" is close, whatever stands before the dot.
            let far = if own == field {
                1
            } else {
                distance(&lower, token.name)
            };
            (far, token.name)
        })
        .filter(|(far, name)| *far * 3 <= name.len())
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Letters to add, drop or change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(80).enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l15_a_slip_finds_the_token_that_was_meant() {
        let near = |name| nearest(name, Purpose::Letter);
        assert_eq!(near("recipient.fist_name"), Some("recipient.first_name"));
        assert_eq!(near("Recipient.First_Name"), Some("recipient.first_name"));
        assert_eq!(near("contact.first_name"), Some("recipient.first_name"));
        assert_eq!(near("recipient.portal_linkd"), Some(PORTAL_LINKED));
        assert_eq!(near("access.code"), None, "it exists in another mail only");
        assert_eq!(near("weather"), None);
        assert_eq!(near(&"x".repeat(20_000)), None);
    }

    #[test]
    fn every_token_is_a_group_and_a_field_and_has_a_meaning() {
        for token in TOKENS {
            assert_eq!(token.name.split('.').count(), 2, "{}", token.name);
            assert!(!token.meaning.is_empty());
        }
    }
}
