//! What the columns of a file are: a guess by their names, and what staff said.

use portico_wire::clients::ClientKind;
use serde::{Deserialize, Serialize};

use super::super::{export::Column, fields::Owner, forms::Choices, search::plain};
use crate::web::form::FieldErrors;

/// First and last name in one cell.
pub const FULL_NAME: &str = "full_name";
pub const FULL_NAME_LABEL: &str = "First and last name";
/// A column that is not imported.
pub const SKIP: &str = "";

/// What staff said about a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// For each column of the file the field it fills.
    pub columns: Vec<String>,
    /// Of new clients where the file does not say.
    pub kind: String,
    pub group: String,
    /// An empty cell empties the field.
    pub clear: bool,
}

/// Words of headings, without accents, capitals and signs. The English ones of other programs, and those a German
/// spreadsheet brings along.
const WORDS: &[(&str, &[&str])] = &[
    (
        "first_name",
        &["firstname", "first", "givenname", "forename", "vorname"],
    ),
    (
        "last_name",
        &[
            "lastname",
            "last",
            "surname",
            "familyname",
            "nachname",
            "familienname",
        ],
    ),
    (
        FULL_NAME,
        &[
            "name",
            "fullname",
            "contact",
            "contactname",
            "displayname",
            "kontakt",
            "ansprechpartner",
        ],
    ),
    (
        "email",
        &[
            "email",
            "emailaddress",
            "mail",
            "primaryemail",
            "email1value",
            "emailadresse",
        ],
    ),
    (
        "mobile",
        &[
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "handy",
            "mobil",
        ],
    ),
    ("language", &["language", "sprache", "locale"]),
    (
        "name",
        &[
            "client",
            "clientname",
            "company",
            "companyname",
            "organisation",
            "organization",
            "business",
            "account",
            "accountname",
            "firma",
            "kunde",
            "couple",
            "family",
            "household",
            "organization1name",
        ],
    ),
    (
        "kind",
        &["kind", "clientkind", "clienttype", "type", "kundenart"],
    ),
    ("group", &["group", "team", "groups", "gruppe"]),
    (
        "phone",
        &[
            "phone",
            "telephone",
            "tel",
            "phonenumber",
            "landline",
            "businessphone",
            "telefon",
            "phone1value",
        ],
    ),
    (
        "line1",
        &[
            "street",
            "address",
            "addressline1",
            "address1",
            "streetaddress",
            "strasse",
            "adresse",
        ],
    ),
    (
        "line2",
        &["addressline2", "address2", "street2", "adresszusatz"],
    ),
    ("city", &["city", "town", "place", "ort", "stadt"]),
    (
        "region",
        &["region", "county", "state", "province", "bundesland"],
    ),
    (
        "postcode",
        &[
            "postcode",
            "zip",
            "zipcode",
            "postalcode",
            "plz",
            "postleitzahl",
        ],
    ),
    ("country", &["country", "land", "countryregion"]),
];

fn letters(heading: &str) -> String {
    plain(heading)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// What each column seems to be. No field is guessed twice.
pub fn guess(header: &[String], choices: &Choices) -> Vec<String> {
    let mut guessed = vec![String::new(); header.len()];
    let all = Column::all(choices);
    let take = |guessed: &mut Vec<String>, at: usize, field: String| {
        let free = !guessed.contains(&field);
        if guessed[at].is_empty() && free {
            guessed[at] = field;
        }
    };
    // An export of our own is read as it was written.
    for (at, heading) in header.iter().enumerate() {
        let same =
            |one: &&Column<'_>| one.heading(choices).to_lowercase() == heading.to_lowercase();
        if let Some(column) = all.iter().find(same) {
            take(&mut guessed, at, column.field());
        }
    }
    for (at, heading) in header.iter().enumerate() {
        let heading = letters(heading);
        let known = WORDS
            .iter()
            .find(|(_, words)| words.contains(&heading.as_str()));
        let own = all
            .iter()
            .find(|one| letters(&one.heading(choices)) == heading);
        if let Some(field) = own
            .map(|one| one.field())
            .or(known.map(|(field, _)| (*field).to_owned()))
        {
            take(&mut guessed, at, field);
        }
    }
    // "Name" beside the parts of a name is what the client is called.
    let has = |guessed: &[String], field: &str| guessed.iter().any(|one| one == field);
    if let Some(at) = guessed.iter().position(|one| one == FULL_NAME)
        && (has(&guessed, "first_name") || has(&guessed, "last_name"))
    {
        guessed[at] = if has(&guessed, "name") { SKIP } else { "name" }.to_owned();
    }
    guessed
}

/// What new clients of such a file seem to be.
pub fn guess_kind(header: &[String], guessed: &[String]) -> ClientKind {
    const OF_COMPANIES: &[&str] = &[
        "company",
        "companyname",
        "organisation",
        "organization",
        "business",
        "firma",
        "organization1name",
    ];
    let companies = header.iter().zip(guessed).any(|(heading, field)| {
        field == "name" && OF_COMPANIES.contains(&letters(heading).as_str())
    });
    if companies {
        ClientKind::Organisation
    } else {
        ClientKind::Person
    }
}

/// The fields of a select: whose they are, and pairs of field and label.
pub fn offered(choices: &Choices) -> Vec<(&'static str, Vec<(String, String)>)> {
    let of = |owner: Owner| {
        Column::all(choices)
            .into_iter()
            .filter(|column| column.owner() == owner)
            .map(|column| (column.field(), column.heading(choices)))
            .collect::<Vec<_>>()
    };
    let mut contact = of(Owner::Contact);
    contact.insert(2, (FULL_NAME.into(), FULL_NAME_LABEL.into()));
    vec![("The contact", contact), ("The client", of(Owner::Client))]
}

/// What is wrong with a mapping, at the columns it is wrong with.
pub fn check(mapping: &Mapping, choices: &Choices) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let known: Vec<String> = offered(choices)
        .into_iter()
        .flat_map(|(_, fields)| fields.into_iter().map(|(field, _)| field))
        .collect();
    for (at, field) in mapping.columns.iter().enumerate() {
        if field.is_empty() {
            continue;
        }
        if !known.contains(field) {
            errors.add(format!("column_{at}"), "Please choose one from the list.");
        }
        if mapping.columns[..at].contains(field) {
            errors.add(
                format!("column_{at}"),
                "Another column is imported as this already.",
            );
        }
    }
    let has = |field: &str| mapping.columns.iter().any(|one| one == field);
    if let Some(at) = mapping.columns.iter().position(|one| one == FULL_NAME)
        && (has("first_name") || has("last_name"))
    {
        errors.add(
            format!("column_{at}"),
            "First or last name comes from another column already.",
        );
    }
    if !["first_name", "last_name", FULL_NAME, "email", "name"]
        .iter()
        .any(|field| has(field))
    {
        errors.add(
            "columns",
            "Nothing here says who the clients are. Choose at least the column with their names or email addresses.",
        );
    }
    if !ClientKind::ALL
        .iter()
        .any(|kind| kind.name() == mapping.kind)
    {
        errors.add("kind", "Please choose one from the list.");
    }
    let group = choices
        .groups
        .iter()
        .any(|group| group.id.to_string() == mapping.group);
    if !group && !choices.groups.is_empty() {
        errors.add(
            "group",
            "Please choose the group that looks after new clients.",
        );
    }
    errors
}

#[cfg(test)]
mod tests {
    use portico_wire::FieldId;

    use super::*;
    use crate::clients::fields::{Field, Kind};

    fn choices() -> Choices {
        let field = |n: u8, owner, label: &str| Field {
            id: FieldId::from_bytes([n; 16]),
            owner,
            label: label.into(),
            kind: Kind::Text,
            choices: Vec::new(),
            position: 1,
            in_portal: false,
            changeable: false,
        };
        Choices {
            country: "GB".into(),
            groups: Vec::new(),
            fields: vec![
                field(1, Owner::Client, "Allergies"),
                field(2, Owner::Contact, "Allergies"),
                field(3, Owner::Client, "Email"),
                field(4, Owner::Client, "Wedding date"),
            ],
        }
    }

    fn guessed(header: &[&str]) -> Vec<String> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        guess(&header, &choices())
    }

    #[test]
    fn l26_columns_are_guessed_by_their_names() {
        assert_eq!(
            guessed(&[
                "Vorname",
                "Nachname",
                "E-Mail",
                "Handy",
                "Firma",
                "Straße",
                "PLZ",
                "Ort",
                "Bemerkung"
            ]),
            [
                "first_name",
                "last_name",
                "email",
                "mobile",
                "name",
                "line1",
                "postcode",
                "city",
                ""
            ]
        );
        assert_eq!(
            guessed(&["Name", "e-mail address", "Company", "wedding  DATE"]),
            [
                "full_name",
                "email",
                "name",
                &format!("own_{}", FieldId::from_bytes([4; 16]))
            ]
        );
        assert_eq!(guessed(&["First Name", "Name"]), ["first_name", "name"]);
    }

    #[test]
    fn l26_of_two_columns_alike_the_first_is_taken() {
        assert_eq!(guessed(&["Email", "E-Mail", "email"]), ["email", "", ""]);
    }

    #[test]
    fn l26_the_headings_of_an_export_are_all_different_and_read_back() {
        let choices = choices();
        let all = Column::all(&choices);
        let headings: Vec<String> = all.iter().map(|one| one.heading(&choices)).collect();
        let mut different = headings.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), headings.len(), "{headings:?}");
        let fields: Vec<String> = all.iter().map(|one| one.field()).collect();
        assert_eq!(guess(&headings, &choices), fields);
    }

    #[test]
    fn l26_what_is_wrong_with_a_mapping_is_told_at_its_column() {
        let choices = choices();
        let check = |columns: &[&str]| {
            let mapping = Mapping {
                columns: columns.iter().map(|one| (*one).to_owned()).collect(),
                kind: "person".into(),
                ..Mapping::default()
            };
            super::check(&mapping, &choices)
        };
        assert!(check(&["email", ""]).is_empty());
        assert!(check(&["email", "email"]).get("column_1").is_some());
        assert!(
            check(&["first_name", "full_name"])
                .get("column_1")
                .is_some()
        );
        assert!(check(&["email", "password"]).get("column_1").is_some());
        assert!(check(&["city", ""]).get("columns").is_some());
    }
}
