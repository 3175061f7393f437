//! What was typed into the checkout, and what is wrong with it.

use serde::Deserialize;

use crate::{
    cards::{self, Card},
    params::is_email,
    payments::{Method, Payer},
};

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub email: String,
    pub method: String,
    pub card: String,
    pub expiry: String,
    pub cvc: String,
    pub name: String,
}

/// What is wrong with it, by field.
#[derive(Default)]
pub struct Wrong(pub Vec<(&'static str, String)>);

impl Wrong {
    pub fn add(&mut self, field: &'static str, text: &str) {
        self.0.push((field, text.into()));
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, text)| text.as_str())
    }
}

pub fn read(typed: &Typed, year: i64) -> Result<Payer, Wrong> {
    let mut wrong = Wrong::default();
    if !is_email(typed.email.trim()) {
        wrong.add("email", "Enter an email address, such as you@example.com.");
    }
    if typed.name.trim().is_empty() {
        wrong.add("name", "Enter the name of who pays.");
    }
    let method = if typed.method == "bank" {
        Method::Bank
    } else {
        Method::Card(read_card(typed, year, &mut wrong))
    };
    if wrong.0.is_empty() {
        Ok(Payer {
            email: typed.email.trim().into(),
            name: typed.name.trim().into(),
            method,
        })
    } else {
        Err(wrong)
    }
}

fn read_card(typed: &Typed, this_year: i64, wrong: &mut Wrong) -> Card {
    let digits: String = typed.card.chars().filter(char::is_ascii_digit).collect();
    if !cards::passes_luhn(&digits) {
        wrong.add(
            "card",
            "This card number is not complete, or has a typing error.",
        );
    } else if !cards::is_test_number(&digits) {
        wrong.add(
            "card",
            "This is a test: use one of the test cards below, never a real one.",
        );
    }
    let date: String = typed.expiry.chars().filter(char::is_ascii_digit).collect();
    let month = date.get(..2).and_then(|m| m.parse().ok()).unwrap_or(0_u8);
    let year = date
        .get(2..)
        .filter(|y| y.len() == 2)
        .and_then(|y| y.parse().ok())
        .unwrap_or(0_u16);
    let year = year + 2000;
    if !(1..=12).contains(&month) || date.len() != 4 {
        wrong.add("expiry", "Enter month and year, such as 12 / 34.");
    } else if i64::from(year) < this_year {
        wrong.add("expiry", "This card has expired.");
    }
    let cvc = typed.cvc.trim();
    if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|b| b.is_ascii_digit()) {
        wrong.add("cvc", "Enter three or four digits.");
    }
    Card {
        number: digits,
        exp_month: month,
        exp_year: year,
        cvc: cvc.into(),
    }
}
