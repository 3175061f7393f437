//! What becomes of a row, decided from what is in the studio and what stood in earlier rows.

use std::collections::{BTreeMap, HashMap};

use portico_wire::{AuditId, ClientId, ContactId, clients::ClientKind};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::{
    super::{
        Client, Contact,
        export::{Column, unguard},
        fields::Kind,
        forms::{self, Choices, ClientForm, ContactForm},
        full_name, kind_label,
    },
    columns::{FULL_NAME, Mapping},
};
use crate::{
    Result,
    access::Email,
    audit::Change,
    clock::Clock,
    studios::settings::{COUNTRIES, LANGUAGES},
    web::form::FieldErrors,
};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    New,
    Update,
    Same,
    Duplicate,
    Error,
}

impl Outcome {
    pub const ALL: &[Self] = &[
        Self::New,
        Self::Update,
        Self::Same,
        Self::Duplicate,
        Self::Error,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Same => "same",
            Self::Duplicate => "duplicate",
            Self::Error => "error",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Update => "Update",
            Self::Same => "No change",
            Self::Duplicate => "Duplicate",
            Self::Error => "Error",
        }
    }
    /// Whether something is written for it.
    pub const fn is_written(self) -> bool {
        matches!(self, Self::New | Self::Update)
    }
}

portico_wire::text_column!(Outcome);

/// A name as it is compared: "Müller" and "MÜLLER" are one, "Muller" is another.
pub fn key(name: &str) -> String {
    let lower: String = name.nfc().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A row, read by the mapping.
#[derive(Debug)]
pub struct Row {
    pub no: i64,
    /// What was given for each field of the mapping; empty cells as well.
    given: BTreeMap<String, String>,
    /// Lower case, where it is one.
    pub email: Option<String>,
    contact_name: String,
    /// The name came in one cell.
    is_whole_name: bool,
    /// What the client is called: as the row says, else as the contact.
    pub client_name: String,
    client_is_named: bool,
    has_contact: bool,
    problem: Option<String>,
}

impl Row {
    pub fn read(no: i64, cells: &[String], mapping: &Mapping) -> Self {
        let mut given: BTreeMap<String, String> = mapping
            .columns
            .iter()
            .zip(cells)
            .filter(|(field, _)| !field.is_empty())
            .map(|(field, cell)| (field.clone(), unguard(cell).trim().to_owned()))
            .collect();
        let whole = given.remove(FULL_NAME);
        if let Some(name) = &whole {
            let (first, last) = split_name(name);
            given.insert("first_name".into(), first);
            given.insert("last_name".into(), last);
        }
        let text = |field: &str| given.get(field).cloned().unwrap_or_default();
        let contact_name = full_name(&text("first_name"), &text("last_name"));
        let client_is_named = !text("name").is_empty();
        let has_contact =
            !contact_name.is_empty() || !text("email").is_empty() || !text("mobile").is_empty();
        let email = Email::parse(&text("email"))
            .ok()
            .map(|email| email.as_str().to_owned());
        let client_name = if client_is_named {
            text("name")
        } else {
            contact_name.clone()
        };
        Self {
            no,
            problem: uneven(cells, mapping.columns.len()),
            given,
            email,
            contact_name,
            is_whole_name: whole.is_some(),
            client_name,
            client_is_named,
            has_contact,
        }
    }

    /// Whom the row is about. Two rows about one are duplicates.
    pub fn who(&self) -> String {
        match &self.email {
            Some(email) => email.clone(),
            None if self.has_contact => {
                format!("{}\n{}", key(&self.client_name), key(&self.contact_name))
            }
            None => format!("\n{}", key(&self.client_name)),
        }
    }

    fn said(&self, field: &str) -> &str {
        self.given.get(field).map_or("", String::as_str)
    }
}

/// A row that has not as many cells as the first one.
fn uneven(cells: &[String], columns: usize) -> Option<String> {
    let beyond = cells
        .iter()
        .skip(columns)
        .any(|cell| !cell.trim().is_empty());
    if cells.len() < columns {
        Some(format!(
            "This row has {} of the {columns} columns. Was the file cut off here, or is a line end missing its quotation marks?",
            cells.len()
        ))
    } else if beyond {
        Some(format!(
            "This row has more than the {columns} columns of the first row. Does a value hold the separator without quotation marks?"
        ))
    } else {
        None
    }
}

/// "Ada Lovelace", "Lovelace, Ada".
fn split_name(name: &str) -> (String, String) {
    if let Some((last, first)) = name.split_once(',') {
        return (first.trim().to_owned(), last.trim().to_owned());
    }
    match name.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
        None => (name.to_owned(), String::new()),
    }
}

/// What is known of the rows of one batch.
#[derive(Default)]
pub struct Known {
    pub by_email: HashMap<String, Vec<Contact>>,
    /// Clients by the [`key`] of their names.
    pub by_name: HashMap<String, Vec<ClientId>>,
    pub clients: HashMap<ClientId, Client>,
    /// The contacts of the clients found by their names.
    pub contacts_of: HashMap<ClientId, Vec<Contact>>,
    /// Rows before this batch: by whom they are about, by their contact.
    pub earlier: HashMap<String, i64>,
    pub touched: HashMap<ContactId, i64>,
    /// Clients of earlier rows, and the row that came first.
    pub staged: HashMap<ClientId, (Client, i64)>,
    pub staged_by_name: HashMap<String, ClientId>,
}

/// A row in the table of what would happen.
#[derive(Debug)]
pub struct Decided {
    pub no: i64,
    pub who: String,
    pub outcome: Outcome,
    pub reason: String,
    pub name: String,
    pub email: String,
    pub client_name: String,
    pub contact: Option<ContactId>,
    pub client: Option<ClientId>,
}

/// A client as it will be.
#[derive(Debug)]
pub struct StagedClient {
    pub client: Client,
    pub row: i64,
    pub is_new: bool,
    pub change: Option<Change>,
    pub audit: AuditId,
}

/// A contact as it will be.
#[derive(Debug)]
pub struct StagedContact {
    pub contact: Contact,
    pub row: i64,
    pub is_new: bool,
    pub change: Change,
    pub audit: AuditId,
}

/// What was decided of some rows.
#[derive(Default)]
pub struct Batch {
    pub rows: Vec<Decided>,
    pub clients: Vec<StagedClient>,
    pub contacts: Vec<StagedContact>,
}

pub struct Decider<'a> {
    pub choices: &'a Choices,
    pub mapping: &'a Mapping,
    pub clock: &'a Clock,
    pub known: Known,
    pub batch: Batch,
}

/// Why nothing is written for a row.
struct Left(Outcome, String);

impl Left {
    fn duplicate(reason: impl Into<String>) -> Self {
        Self(Outcome::Duplicate, reason.into())
    }
    fn error(reason: impl Into<String>) -> Self {
        Self(Outcome::Error, reason.into())
    }
}

/// Where a row's client comes from.
enum Whose {
    /// Met in an earlier row.
    Staged(ClientId),
    Known(ClientId),
    New,
}

impl Decider<'_> {
    pub fn decide(&mut self, row: &Row) -> Result<()> {
        let who = row.who();
        let mut decided = Decided {
            no: row.no,
            outcome: Outcome::Error,
            reason: String::new(),
            name: row.contact_name.clone(),
            email: row.said("email").chars().take(254).collect(),
            client_name: row.client_name.clone(),
            contact: None,
            client: None,
            who,
        };
        match self.place(row, &decided.who) {
            Err(Left(outcome, reason)) => (decided.outcome, decided.reason) = (outcome, reason),
            Ok((contact, whose)) => self.write(row, contact, whose, &mut decided)?,
        }
        if !matches!(decided.outcome, Outcome::Duplicate | Outcome::Error) {
            self.known.earlier.insert(decided.who.clone(), row.no);
            if let Some(contact) = decided.contact {
                self.known.touched.insert(contact, row.no);
            }
        }
        self.batch.rows.push(decided);
        Ok(())
    }

    /// The contact a row is about, if there is one, and its client.
    fn place(&self, row: &Row, who: &str) -> Result<(Option<Contact>, Whose), Left> {
        if let Some(problem) = &row.problem {
            return Err(Left::error(problem));
        }
        if row.client_name.is_empty() && row.said("email").is_empty() {
            return Err(Left::error(
                "Nothing here says who this is: there is neither a name nor an email address.",
            ));
        }
        if let Some(earlier) = self.known.earlier.get(who) {
            let what = if row.email.is_some() {
                "email address"
            } else {
                "name"
            };
            return Err(Left::duplicate(format!(
                "The same {what} as in row {earlier}."
            )));
        }
        let contact = self.contact(row)?;
        if let Some(earlier) = contact
            .as_ref()
            .and_then(|one| self.known.touched.get(&one.id))
        {
            return Err(Left::duplicate(format!(
                "The same contact as in row {earlier}."
            )));
        }
        let whose = match &contact {
            Some(contact) if self.known.staged.contains_key(&contact.client_id) => {
                Whose::Staged(contact.client_id)
            }
            Some(contact) => Whose::Known(contact.client_id),
            None => self.client(row)?,
        };
        Ok((contact, whose))
    }

    fn contact(&self, row: &Row) -> Result<Option<Contact>, Left> {
        if !row.has_contact {
            return Ok(None);
        }
        let by_email = row
            .email
            .as_ref()
            .and_then(|email| self.known.by_email.get(email));
        match by_email.map(Vec::as_slice) {
            Some([only]) => return Ok(Some(only.clone())),
            Some([_, _, ..]) => {
                return Err(Left::duplicate(
                    "Several of your contacts have this email address: nobody can say which one is meant.",
                ));
            }
            _ => {}
        }
        // By its name, where one of the two has no email address to compare.
        let clients = self
            .known
            .by_name
            .get(&key(&row.client_name))
            .map_or(&[][..], Vec::as_slice);
        let name = key(&row.contact_name);
        let mut alike = clients
            .iter()
            .filter_map(|client| self.known.contacts_of.get(client))
            .flatten()
            .filter(|contact| key(&contact.name()) == name && !name.is_empty())
            .filter(|contact| contact.email.is_none() || row.said("email").is_empty());
        match (alike.next(), alike.next()) {
            (Some(_), Some(_)) => Err(Left::duplicate(format!(
                "You have several contacts called “{}”: nobody can say which one is meant.",
                row.contact_name
            ))),
            (one, _) => Ok(one.cloned()),
        }
    }

    fn client(&self, row: &Row) -> Result<Whose, Left> {
        if !row.client_is_named {
            return Ok(Whose::New);
        }
        let name = key(&row.client_name);
        if let Some(&client) = self.known.staged_by_name.get(&name) {
            if !row.has_contact {
                let first = self.known.staged.get(&client).map_or(0, |(_, row)| *row);
                return Err(Left::duplicate(format!(
                    "The same client as in row {first}."
                )));
            }
            return Ok(Whose::Staged(client));
        }
        match self.known.by_name.get(&name).map(Vec::as_slice) {
            Some([only]) if self.known.staged.contains_key(only) => Ok(Whose::Staged(*only)),
            Some([only]) => Ok(Whose::Known(*only)),
            Some([_, _, ..]) => Err(Left::error(format!(
                "You have several clients called “{}”: nobody can say which one is meant.",
                row.client_name
            ))),
            _ => Ok(Whose::New),
        }
    }

    /// Takes what the row says; stages nothing where something is wrong with it.
    fn write(
        &mut self,
        row: &Row,
        contact: Option<Contact>,
        whose: Whose,
        decided: &mut Decided,
    ) -> Result<()> {
        let mut wrong = Vec::new();
        let is_new_client = matches!(whose, Whose::New);
        let (base, first) = match &whose {
            Whose::Staged(id) => self
                .known
                .staged
                .get(id)
                .map(|(client, row)| (client.clone(), Some(*row))),
            Whose::Known(id) => self
                .known
                .clients
                .get(id)
                .map(|client| (client.clone(), None)),
            Whose::New => None,
        }
        .unwrap_or_else(|| (Client::blank(self.choices), None));
        let mut client = self.client_with(row, &base, is_new_client, &mut wrong)?;
        let before = contact.clone();
        let next = match (row.has_contact, contact) {
            (true, contact) => {
                Some(self.contact_with(row, contact.unwrap_or_else(Contact::blank), &mut wrong)?)
            }
            (false, _) => None,
        };
        if !wrong.is_empty() {
            decided.reason = wrong.join(" ");
            return Ok(());
        }
        let client_change = if is_new_client {
            client.id = self.clock.id();
            Some(Change::made(&forms::without_empty(forms::logged_client(
                &client,
                self.choices,
            )))?)
        } else {
            let logged = |client| forms::logged_client(client, self.choices);
            Change::between(&logged(&base), &logged(&client))?
        };
        decided.client = Some(client.id);
        let mut said = Vec::new();
        let mut changed = Vec::new();
        if let Some(first) = first {
            // The first row of a client says what it is.
            if let Some(differs) = &client_change {
                said.push(format!(
                    "About the client row {first} counts, which says otherwise: {}.",
                    touched(differs)
                ));
            }
            client = base;
        } else {
            if let Some(change) = client_change.as_ref().filter(|_| !is_new_client) {
                changed.push(touched(change));
            }
            self.stage_client(row, &client, is_new_client, client_change);
        }
        decided.client_name.clone_from(&client.name);
        let known = before.is_some();
        if let Some(mut next) = next {
            if !known {
                next.id = self.clock.id();
                next.client_id = client.id;
            }
            decided.contact = Some(next.id);
            decided.name = next.name();
            decided.email = next.email.clone().unwrap_or_default();
            let change = match &before {
                None => Some(Change::made(&forms::without_empty(forms::logged_contact(
                    &next,
                    self.choices,
                )))?),
                Some(before) => Change::between(
                    &forms::logged_contact(before, self.choices),
                    &forms::logged_contact(&next, self.choices),
                )?,
            };
            if let Some(change) = change {
                if known {
                    changed.push(touched(&change));
                }
                self.batch.contacts.push(StagedContact {
                    contact: next,
                    row: row.no,
                    is_new: !known,
                    change,
                    audit: self.clock.id(),
                });
            }
        }
        decided.outcome = match () {
            () if is_new_client || (row.has_contact && !known) => Outcome::New,
            () if changed.is_empty() => Outcome::Same,
            () => Outcome::Update,
        };
        let told = match decided.outcome {
            Outcome::New => self.told_of_new(row, is_new_client, first, &client),
            Outcome::Update => format!("Changes: {}.", changed.join(", ")),
            _ => String::new(),
        };
        said.insert(0, told);
        decided.reason = said.join(" ").trim().to_owned();
        Ok(())
    }

    fn told_of_new(
        &self,
        row: &Row,
        is_new_client: bool,
        first: Option<i64>,
        client: &Client,
    ) -> String {
        if !row.has_contact {
            return "A client without a contact.".into();
        }
        if let Some(first) = first {
            return format!("One more contact of {}, from row {first}.", client.name);
        }
        if !is_new_client {
            return format!("A new contact of {}.", client.name);
        }
        if self.known.by_name.contains_key(&key(&client.name)) {
            return format!(
                "You have a client called {} already; this is another one.",
                client.name
            );
        }
        String::new()
    }

    fn stage_client(&mut self, row: &Row, client: &Client, is_new: bool, change: Option<Change>) {
        self.known
            .staged
            .insert(client.id, (client.clone(), row.no));
        self.known
            .staged_by_name
            .entry(key(&client.name))
            .or_insert(client.id);
        self.batch.clients.push(StagedClient {
            client: client.clone(),
            row: row.no,
            is_new,
            change,
            audit: self.clock.id(),
        });
    }

    fn client_with(
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

    fn contact_with(&self, row: &Row, base: Contact, wrong: &mut Vec<String>) -> Result<Contact> {
        let mut form = ContactForm::of(&base, self.choices);
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
        let (next, errors) = form.apply(&base, self.choices)?;
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

/// The labels of what a change touches.
fn touched(change: &Change) -> String {
    let fields = change.after.as_ref().and_then(Value::as_object);
    let labels: Vec<String> = fields
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .map(|name| match name.as_str() {
            "name" => "client’s name".into(),
            name => forms::label(name).to_lowercase(),
        })
        .collect();
    labels.join(", ")
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
