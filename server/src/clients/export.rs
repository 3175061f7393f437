//! Clients and contacts as a table: which columns there are, and cells a spreadsheet shows and does not execute.
//!
//! A spreadsheet takes a cell for a formula that begins with one of `= + - @`, a tab or a line end; whoever
//! may type a name could so make the studio's computer fetch something. Such a cell gets an apostrophe in front, which
//! an import takes off again. The same holds behind a semicolon, at which spreadsheets of some countries cut a cell.
//!
//! Telephone numbers begin with `+` and stay as they are, in groups of digits: plus, digits and spaces alone
//! neither name a function nor a cell, and because of the spaces no spreadsheet makes a number of them.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::Stream;

use super::{
    Client, Contact,
    fields::{Field, Owner},
    forms::{Choices, country_name},
    kind_label, show_phone,
};
use crate::Result;

/// A column of the table. An import knows the same ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'a> {
    ClientName,
    Kind,
    Group,
    Phone,
    Line1,
    Line2,
    City,
    Region,
    Postcode,
    Country,
    FirstName,
    LastName,
    Email,
    Mobile,
    Language,
    Own(&'a Field),
}

impl<'a> Column<'a> {
    /// All columns of a studio: the client's, then the contact's.
    pub fn all(choices: &'a Choices) -> Vec<Self> {
        let mut all = vec![
            Self::ClientName,
            Self::Kind,
            Self::Group,
            Self::Phone,
            Self::Line1,
            Self::Line2,
            Self::City,
            Self::Region,
            Self::Postcode,
            Self::Country,
        ];
        all.extend(choices.of(Owner::Client).map(Self::Own));
        all.extend([
            Self::FirstName,
            Self::LastName,
            Self::Email,
            Self::Mobile,
            Self::Language,
        ]);
        all.extend(choices.of(Owner::Contact).map(Self::Own));
        all
    }

    /// Its name in the form of a client or contact.
    pub fn field(self) -> String {
        let name = match self {
            Self::ClientName => "name",
            Self::Kind => "kind",
            Self::Group => "group",
            Self::Phone => "phone",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::Region => "region",
            Self::Postcode => "postcode",
            Self::Country => "country",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Mobile => "mobile",
            Self::Language => "language",
            Self::Own(field) => return super::forms::key(field),
        };
        name.to_owned()
    }

    pub const fn owner(self) -> Owner {
        match self {
            Self::FirstName | Self::LastName | Self::Email | Self::Mobile | Self::Language => {
                Owner::Contact
            }
            Self::Own(field) => field.owner,
            _ => Owner::Client,
        }
    }

    fn label(self) -> &'a str {
        match self {
            Self::ClientName => "Client",
            Self::Kind => "Kind of client",
            Self::Group => "Group",
            Self::Phone => "Phone",
            Self::Line1 => "Street and number",
            Self::Line2 => "Second line",
            Self::City => "Town or city",
            Self::Region => "County, state or region",
            Self::Postcode => "Postcode",
            Self::Country => "Country",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email",
            Self::Mobile => "Mobile",
            Self::Language => "Language",
            Self::Own(field) => &field.label,
        }
    }

    /// What stands above it. A field of the studio's own that is called like another column says whose it is.
    pub fn heading(self, choices: &'a Choices) -> String {
        let label = self.label();
        let alike = |other: &Self| other.label().to_lowercase() == label.to_lowercase();
        match self {
            Self::Own(field) if Self::all(choices).iter().filter(|one| alike(one)).count() > 1 => {
                let whose = field.owner.name();
                let same = choices
                    .of(field.owner)
                    .filter(|one| one.label.to_lowercase() == label.to_lowercase());
                let place = same.take_while(|one| one.id != field.id).count();
                if place == 0 {
                    format!("{label} ({whose})")
                } else {
                    format!("{label} ({whose} {})", place + 1)
                }
            }
            _ => label.to_owned(),
        }
    }

    /// The cell of a row.
    pub fn cell(self, client: &Client, contact: Option<&Contact>) -> String {
        let text = |text: Option<&String>| text.map(|text| guard(text)).unwrap_or_default();
        let number = |number: Option<&String>| number.map(|n| dialled(n)).unwrap_or_default();
        let address = &client.address;
        match self {
            Self::ClientName => guard(&client.name),
            Self::Kind => kind_label(client.kind).to_owned(),
            Self::Group => text(client.group_name.as_ref()),
            Self::Phone => number(client.phone.as_ref()),
            Self::Line1 => text(address.line1.as_ref()),
            Self::Line2 => text(address.line2.as_ref()),
            Self::City => text(address.city.as_ref()),
            Self::Region => text(address.region.as_ref()),
            Self::Postcode => text(address.postcode.as_ref()),
            Self::Country => guard(address.country.as_deref().map_or("", country_name)),
            Self::FirstName => contact
                .map(|one| guard(&one.first_name))
                .unwrap_or_default(),
            Self::LastName => contact.map(|one| guard(&one.last_name)).unwrap_or_default(),
            Self::Email => text(contact.and_then(|one| one.email.as_ref())),
            Self::Mobile => number(contact.and_then(|one| one.mobile.as_ref())),
            Self::Language => text(contact.and_then(|one| one.language.as_ref())),
            Self::Own(field) => {
                let values = match field.owner {
                    Owner::Client => Some(&client.fields),
                    Owner::Contact => contact.map(|one| &one.fields),
                };
                guard(&field.typed(values.and_then(|values| values.0.get(&field.id))))
            }
        }
    }
}

/// A stored number in groups of digits; one that is more than that is guarded.
pub fn dialled(number: &str) -> String {
    let shown = show_phone(number).replace(['-', '(', ')', '.', '/'], " ");
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = shown
        .strip_prefix('+')
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == ' '));
    if plain { shown } else { guard(&shown) }
}

const DANGEROUS: &[char] = &[
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// Whether this begins like a formula, behind any number of apostrophes: so that what a person wrote with one
/// is told from what got one here.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(DANGEROUS)
}

/// The text as a cell no spreadsheet executes.
pub fn guard(text: &str) -> String {
    let parts: Vec<String> = text
        .split(';')
        .map(|part| {
            if is_formula(part) {
                format!("'{part}")
            } else {
                part.to_owned()
            }
        })
        .collect();
    parts.join(";")
}

/// The text of a guarded cell.
pub fn unguard(cell: &str) -> String {
    let parts: Vec<&str> = cell
        .split(';')
        .map(|part| match part.strip_prefix('\'') {
            Some(rest) if is_formula(rest) => rest,
            _ => part,
        })
        .collect();
    parts.join(";")
}

/// Tells spreadsheets that the letters are UTF-8; a file begins with it.
pub const MARK: &str = "\u{feff}";

/// A file of rows that is made while it is sent.
pub fn download(
    name: &str,
    pieces: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

/// A row with line ends as spreadsheets expect them.
pub fn line(cells: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing into memory does not fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l26_no_cell_is_executed_and_each_is_read_back_as_it_was() {
        for (text, cell) in [
            ("Ada", "Ada"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+HYPERLINK(\"x\")", "'+HYPERLINK(\"x\")"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("'tis", "'tis"),
            ("a;=1", "a;'=1"),
            ("a; -1", "a; -1"),
            ("＝1", "'＝1"),
            ("a-b", "a-b"),
        ] {
            assert_eq!(guard(text), cell);
            assert_eq!(unguard(cell), text);
        }
    }

    #[test]
    fn l26_a_telephone_number_is_plain_digits_and_nothing_else_passes_for_one() {
        assert_eq!(dialled("+441225555014"), "+44 1225 555014");
        assert_eq!(dialled("+12025550142"), "+1 202 555 0142");
        assert_eq!(dialled("+1+cmd|x"), "'+1+cmd|x");
        for (number, country) in [("+441225555014", "DE"), ("+12025550142", "GB")] {
            let back = super::super::phone(&dialled(number), country);
            assert_eq!(back.ok().as_deref(), Some(number));
        }
    }

    #[test]
    fn a_row_is_quoted_where_it_has_to_be() {
        let cells = ["Fern, Ltd".to_owned(), "two\nlines".into(), "plain".into()];
        assert_eq!(line(&cells), b"\"Fern, Ltd\",\"two\nlines\",plain\r\n");
    }
}
