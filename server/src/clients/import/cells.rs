//! The cells of a row as the forms of clients and contacts take them, so that one set of rules holds for what is typed and
//! what is imported.

use portico_wire::clients::ClientKind;

use super::{
    super::{
        Client, Contact,
        export::Column,
        fields::Kind,
        forms::{self, ClientForm, ContactForm},
        kind_label,
    },
    decide::Decider,
    rows::{Row, key},
};
use crate::{
    Result,
    studios::settings::{COUNTRIES, LANGUAGES},
    web::form::FieldErrors,
};

impl Decider<'_> {
    pub(super) fn client_with(
        &self,
        row: &Row,
        base: &Client,
        is_new: bool,
        wrong: &mut Vec<String>,
    ) -> Result<Client> {
        let mut form = ClientForm::of(base, self.choices);
        if is_new {
            form.name.clone_from(&row.client_name);
            form.kind.clone_from(&self.mapping.kind);
            if !self.mapping.group.is_empty() {
                form.group.clone_from(&self.mapping.group);
            }
        }
        for (field, value) in self.cells(row) {
            let value = self.typed(field, value, wrong);
            let place = match field {
                "name" => &mut form.name,
                "kind" => &mut form.kind,
                "group" => &mut form.group,
                "phone" => {
                    form.phone = as_stored(value, base.phone.as_deref());
                    continue;
                }
                "line1" => &mut form.line1,
                "line2" => &mut form.line2,
                "city" => &mut form.city,
                "region" => &mut form.region,
                "postcode" => &mut form.postcode,
                "country" => &mut form.country,
                other => {
                    if let Some(own) = self
                        .choices
                        .fields
                        .iter()
                        .find(|own| forms::key(own) == other)
                    {
                        form.own.set(own, value);
                    }
                    continue;
                }
            };
            *place = value;
        }
        let (mut next, errors) = form.apply(base, self.choices)?;
        // A country alone is what an empty form begins with; a file means it.
        if next.address.country.is_none() && (!is_new || !row.said("country").is_empty()) {
            next.address.country = Some(form.country).filter(|country| !country.is_empty());
        }
        self.note(
            row,
            &errors,
            is_new.then_some(&["name", "group"][..]),
            wrong,
        );
        Ok(next)
    }

    pub(super) fn contact_with(
        &self,
        row: &Row,
        base: &Contact,
        wrong: &mut Vec<String>,
    ) -> Result<Contact> {
        let mut form = ContactForm::of(base, self.choices);
        for (field, value) in self.cells(row) {
            let value = self.typed(field, value, wrong);
            let place = match field {
                "first_name" => &mut form.first_name,
                "last_name" => &mut form.last_name,
                "email" => &mut form.email,
                "mobile" => {
                    form.mobile = as_stored(value, base.mobile.as_deref());
                    continue;
                }
                "language" => &mut form.language,
                other => {
                    if let Some(own) = self
                        .choices
                        .fields
                        .iter()
                        .find(|own| forms::key(own) == other)
                    {
                        form.own.set(own, value);
                    }
                    continue;
                }
            };
            *place = value;
        }
        let (next, errors) = form.apply(base, self.choices)?;
        self.note(row, &errors, Some(&["first_name"]), wrong);
        Ok(next)
    }

    /// The cells that count: an empty one changes nothing unless staff said so.
    fn cells<'r>(&self, row: &'r Row) -> impl Iterator<Item = (&'r str, &'r str)> {
        let clear = self.mapping.clear;
        let kept = |field: &str| matches!(field, "name" | "kind" | "group");
        // Somebody of one name has no last name.
        let whole = row.is_whole_name && !row.contact_name.is_empty();
        row.given
            .iter()
            .map(|(field, value)| (field.as_str(), value.as_str()))
            .filter(move |(field, value)| {
                !value.is_empty()
                    || (clear && !kept(field))
                    || (whole && matches!(*field, "first_name" | "last_name"))
            })
    }

    /// A cell as the field of a form takes it: people write "Germany", the form sends "DE".
    fn typed(&self, field: &str, value: &str, wrong: &mut Vec<String>) -> String {
        let same = |a: &str| key(a) == key(value);
        let found = match field {
            "kind" => ClientKind::ALL
                .iter()
                .find(|kind| same(kind.name()) || same(kind_label(**kind)))
                .map(|kind| kind.name().to_owned()),
            "group" => {
                let found = self.choices.groups.iter().find(|group| same(&group.name));
                if found.is_none() && !value.is_empty() {
                    wrong.push(format!("There is no group called “{}”.", cut(value)));
                }
                found.map(|group| group.id.to_string())
            }
            "country" => COUNTRIES
                .iter()
                .find(|(code, name)| same(code) || same(name))
                .map(|(code, _)| (*code).to_owned())
                .or_else(|| other_name(value).map(str::to_owned)),
            "language" => LANGUAGES
                .iter()
                .find(|(code, name)| same(code) || same(name))
                .map(|(code, _)| (*code).to_owned()),
            other => self
                .choices
                .fields
                .iter()
                .find(|own| forms::key(own) == other)
                .and_then(|own| match own.kind {
                    Kind::Choice => own.choices.iter().find(|choice| same(choice)).cloned(),
                    Kind::Date => iso_date(value),
                    Kind::YesNo => yes_no(value).map(str::to_owned),
                    _ => None,
                }),
        };
        found.unwrap_or_else(|| value.to_owned())
    }

    /// What is wrong with the fields of this row; with others only where the form cannot be saved without.
    fn note(
        &self,
        row: &Row,
        errors: &FieldErrors,
        needed: Option<&[&str]>,
        wrong: &mut Vec<String>,
    ) {
        for (field, text) in errors.iter() {
            let given = row.given.get(field).filter(|value| !value.is_empty());
            if given.is_none() && !needed.is_some_and(|needed| needed.contains(&field)) {
                continue;
            }
            if field == "group" && given.is_some() {
                continue;
            }
            let all = Column::all(self.choices);
            let heading = all
                .into_iter()
                .find(|column| column.field() == field)
                .map_or_else(String::new, |column| column.heading(self.choices));
            wrong.push(match given {
                Some(value) => format!("{heading} “{}”: {text}", cut(value)),
                None => format!("{heading}: {text}"),
            });
        }
    }
}

/// The number that is stored, where the same digits were typed: it stays valid whatever is known of numbers since.
fn as_stored(typed: String, stored: Option<&str>) -> String {
    let digits: String = typed
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    match stored {
        Some(stored) if stored == digits => digits,
        _ => typed,
    }
}

fn cut(value: &str) -> String {
    let short: String = value.chars().take(40).collect();
    if short.len() < value.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// Names of countries people write that are not the list's.
fn other_name(value: &str) -> Option<&'static str> {
    Some(match key(value).as_str() {
        "uk" | "u.k." | "great britain" | "england" | "scotland" | "wales" | "northern ireland" => {
            "GB"
        }
        "usa" | "u.s.a." | "u.s." | "united states of america" => "US",
        "deutschland" => "DE",
        "österreich" => "AT",
        "schweiz" => "CH",
        _ => return None,
    })
}

/// 22.5.2027 has one meaning only; 5/6/2027 has two.
fn iso_date(value: &str) -> Option<String> {
    let mut parts = value.split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (day, month): (u8, u8) = (day.parse().ok()?, month.parse().ok()?);
    (year.len() == 4 && parts.next().is_none()).then(|| format!("{year}-{month:02}-{day:02}"))
}

fn yes_no(value: &str) -> Option<&'static str> {
    match key(value).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "ja" => Some("yes"),
        "no" | "n" | "false" | "0" | "nein" => Some("no"),
        _ => None,
    }
}
