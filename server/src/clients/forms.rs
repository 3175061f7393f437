//! The forms of a client and of a contact: what they look like as fields, and what may stand in them.

use std::{borrow::Cow, collections::BTreeMap};

use portico_wire::clients::{Address, ClientKind};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Client, Contact, Values,
    fields::{Field, Owner},
    kind_label, phone, show_phone,
    store::{self, Group},
};
use crate::{
    Result,
    access::Email,
    db::StudioTx,
    studios::{
        self,
        settings::{COUNTRIES, LANGUAGES},
    },
    web::form::{FieldErrors, Sent},
};

const CHOOSE: &str = "Please choose one from the list.";

/// What there is to choose from, and how the studio dials.
#[derive(Clone)]
pub struct Choices {
    pub country: String,
    pub groups: Vec<Group>,
    pub fields: Vec<Field>,
}

impl Choices {
    pub async fn load(tx: &mut StudioTx) -> Result<Self> {
        Ok(Self {
            country: studios::store::get(tx).await?.country,
            groups: store::groups(tx).await?,
            fields: store::fields(tx).await?,
        })
    }

    pub fn of(&self, owner: Owner) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.owner == owner)
    }

    /// A number typed anew; the one that is stored stays as it is.
    fn phone(&self, typed: Option<String>, stored: Option<&str>) -> Result<Option<String>> {
        match typed {
            None => Ok(None),
            Some(typed) => match stored {
                Some(stored) if typed == show_phone(stored) || typed == stored => {
                    Ok(Some(stored.to_owned()))
                }
                _ => phone(&typed, &self.country).map(Some),
            },
        }
    }
}

/// The name of a field of the studio's own in a form.
pub fn key(field: &Field) -> String {
    format!("own_{}", field.id)
}

/// What was typed into the studio's own fields, by their names in the form.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Own(BTreeMap<String, String>);

impl Own {
    fn read(sent: &Sent, choices: &Choices, owner: Owner) -> Self {
        let typed = choices
            .of(owner)
            .map(|field| (key(field), sent.text(&key(field))));
        Self(typed.collect())
    }

    fn of(values: &Values, choices: &Choices, owner: Owner) -> Self {
        let typed = choices
            .of(owner)
            .map(|field| (key(field), field.typed(values.0.get(&field.id))));
        Self(typed.collect())
    }

    /// As if it was typed into the field.
    pub fn set(&mut self, field: &Field, typed: String) {
        self.0.insert(key(field), typed);
    }

    /// The values with what was typed; those of fields the studio has no more stay.
    fn apply(
        &self,
        values: &mut Values,
        choices: &Choices,
        owner: Owner,
        errors: &mut FieldErrors,
    ) -> Result<()> {
        for field in choices.of(owner) {
            let name = key(field);
            let typed = self.0.get(&name).map_or("", String::as_str);
            let parsed = field.parse(typed, values.0.get(&field.id));
            match errors.note(name, parsed)?.flatten() {
                Some(value) => values.0.insert(field.id, value),
                None => values.0.remove(&field.id),
            };
        }
        Ok(())
    }

    /// The fields as the template draws them.
    pub fn drawn(&self, choices: &Choices, owner: Owner) -> Vec<Value> {
        choices
            .of(owner)
            .map(|field| {
                let name = key(field);
                let value = self.0.get(&name).cloned().unwrap_or_default();
                let mut options: Vec<(String, String)> = field
                    .choices
                    .iter()
                    .map(|choice| (choice.clone(), choice.clone()))
                    .collect();
                if !value.is_empty() && !field.choices.contains(&value) {
                    options.push((value.clone(), value.clone()));
                }
                options.insert(0, (String::new(), "–".into()));
                json!({
                    "name": name, "label": field.label, "kind": field.kind.name(), "value": value,
                    "choices": options,
                })
            })
            .collect()
    }
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

/// The form of a client as it is sent and shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ClientForm {
    /// The state of the client this form was made from.
    pub version: i64,
    pub kind: String,
    pub name: String,
    pub group: String,
    pub phone: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postcode: String,
    pub country: String,
    #[serde(skip)]
    pub own: Own,
}

impl ClientForm {
    pub fn read(sent: &Sent, choices: &Choices) -> Self {
        Self {
            version: sent.text("version").parse().unwrap_or_default(),
            kind: sent.text("kind"),
            name: sent.text("name"),
            group: sent.text("group"),
            phone: sent.text("phone"),
            line1: sent.text("line1"),
            line2: sent.text("line2"),
            city: sent.text("city"),
            region: sent.text("region"),
            postcode: sent.text("postcode"),
            country: sent.text("country"),
            own: Own::read(sent, choices, Owner::Client),
        }
    }

    pub fn of(client: &Client, choices: &Choices) -> Self {
        let address = &client.address;
        Self {
            version: client.version,
            kind: client.kind.name().into(),
            name: client.name.clone(),
            group: client.group_id.map(|id| id.to_string()).unwrap_or_default(),
            phone: client.phone.as_deref().map(show_phone).unwrap_or_default(),
            line1: text(address.line1.as_ref()),
            line2: text(address.line2.as_ref()),
            city: text(address.city.as_ref()),
            region: text(address.region.as_ref()),
            postcode: text(address.postcode.as_ref()),
            country: text(address.country.as_ref()),
            own: Own::of(&client.fields, choices, Owner::Client),
        }
    }

    /// `client` with what was typed, and what is wrong with it.
    pub fn apply(&self, client: &Client, choices: &Choices) -> Result<(Client, FieldErrors)> {
        let mut errors = FieldErrors::default();
        let mut next = client.clone();
        next.version = self.version;
        match ClientKind::ALL.iter().find(|kind| kind.name() == self.kind) {
            Some(&kind) => next.kind = kind,
            None => errors.add("kind", CHOOSE),
        }
        next.name = errors.required("name", &self.name, 120);
        let group = choices
            .groups
            .iter()
            .find(|group| group.id.to_string() == self.group);
        match group {
            Some(group) => {
                next.group_id = Some(group.id);
                next.group_name = Some(group.name.clone());
            }
            None if choices.groups.is_empty() && self.group.is_empty() => {}
            None => errors.add(
                "group",
                "Please choose the group that looks after this client.",
            ),
        }
        let typed = errors.optional("phone", &self.phone, 40);
        let number = choices.phone(typed, client.phone.as_deref());
        next.phone = errors.note("phone", number)?.flatten();
        next.address = Address {
            line1: errors.optional("line1", &self.line1, 120),
            line2: errors.optional("line2", &self.line2, 120),
            city: errors.optional("city", &self.city, 80),
            region: errors.optional("region", &self.region, 80),
            postcode: errors.optional("postcode", &self.postcode, 20),
            country: errors.optional("country", &self.country, 2),
        };
        if let Some(code) = &next.address.country
            && client.address.country.as_ref() != Some(code)
            && !COUNTRIES.iter().any(|(known, _)| known == code)
        {
            errors.add("country", CHOOSE);
        }
        // A country alone is what the form begins with.
        if next.address
            == (Address {
                country: next.address.country.clone(),
                ..Address::default()
            })
        {
            next.address = Address::default();
        }
        self.own
            .apply(&mut next.fields, choices, Owner::Client, &mut errors)?;
        Ok((next, errors))
    }
}

/// What was given; a list of empty fields says nothing.
pub fn without_empty(mut logged: Value) -> Value {
    if let Some(fields) = logged.as_object_mut() {
        fields.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    }
    logged
}

/// What the log keeps of a client: the studio's own fields by their labels.
pub fn logged_client(client: &Client, choices: &Choices) -> Value {
    let mut logged = Map::new();
    logged.insert("kind".into(), kind_label(client.kind).into());
    logged.insert("name".into(), client.name.clone().into());
    logged.insert("group".into(), client.group_name.clone().into());
    logged.insert(
        "phone".into(),
        client.phone.as_deref().map(show_phone).into(),
    );
    logged.insert("address".into(), one_line(&client.address).into());
    own_logged(&mut logged, &client.fields, choices, Owner::Client);
    Value::Object(logged)
}

fn own_logged(logged: &mut Map<String, Value>, values: &Values, choices: &Choices, owner: Owner) {
    for field in choices.of(owner) {
        let value = values.0.get(&field.id).map(|value| field.shown(value));
        logged.insert(field.label.clone(), value.into());
    }
}

/// The name of a country; what is not in the list stays as it is.
pub fn country_name(code: &str) -> &str {
    COUNTRIES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(code, |(_, name)| name)
}

/// The lines of an address as a letter has them.
pub fn lines(address: &Address) -> Vec<String> {
    let town = [&address.city, &address.postcode].map(|part| text(part.as_ref()));
    [
        text(address.line1.as_ref()),
        text(address.line2.as_ref()),
        town.join(" ").trim().to_owned(),
        text(address.region.as_ref()),
        address
            .country
            .as_deref()
            .map(|code| country_name(code).to_owned())
            .unwrap_or_default(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}

fn one_line(address: &Address) -> Option<String> {
    let line = lines(address).join(", ");
    (!line.is_empty()).then_some(line)
}

/// The form of a contact as it is sent and shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ContactForm {
    /// The state of the contact this form was made from.
    pub version: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile: String,
    pub language: String,
    #[serde(skip)]
    pub own: Own,
}

impl ContactForm {
    pub fn read(sent: &Sent, choices: &Choices) -> Self {
        Self {
            version: sent.text("contact_version").parse().unwrap_or_default(),
            first_name: sent.text("first_name"),
            last_name: sent.text("last_name"),
            email: sent.text("email"),
            mobile: sent.text("mobile"),
            language: sent.text("language"),
            own: Own::read(sent, choices, Owner::Contact),
        }
    }

    pub fn of(contact: &Contact, choices: &Choices) -> Self {
        Self {
            version: contact.version,
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            email: text(contact.email.as_ref()),
            mobile: contact
                .mobile
                .as_deref()
                .map(show_phone)
                .unwrap_or_default(),
            language: text(contact.language.as_ref()),
            own: Own::of(&contact.fields, choices, Owner::Contact),
        }
    }

    /// Nothing was typed: a client may begin without a contact.
    pub fn is_empty(&self) -> bool {
        let typed = [&self.first_name, &self.last_name, &self.email, &self.mobile];
        typed.iter().all(|text| text.trim().is_empty()) && self.own.0.values().all(String::is_empty)
    }

    /// `contact` with what was typed, and what is wrong with it.
    pub fn apply(&self, contact: &Contact, choices: &Choices) -> Result<(Contact, FieldErrors)> {
        let mut errors = FieldErrors::default();
        let mut next = contact.clone();
        next.version = self.version;
        next.first_name = errors
            .optional("first_name", &self.first_name, 60)
            .unwrap_or_default();
        next.last_name = errors
            .optional("last_name", &self.last_name, 60)
            .unwrap_or_default();
        if next.name().is_empty() {
            errors.add("first_name", "Please fill in a first or last name.");
        }
        next.email = match errors.optional("email", &self.email, 254) {
            Some(typed) => errors
                .note("email", Email::parse(&typed))?
                .map(|email| email.as_str().to_owned()),
            None => None,
        };
        let typed = errors.optional("mobile", &self.mobile, 40);
        let number = choices.phone(typed, contact.mobile.as_deref());
        next.mobile = errors.note("mobile", number)?.flatten();
        next.language = errors.optional("language", &self.language, 20);
        if let Some(code) = &next.language
            && contact.language.as_ref() != Some(code)
            && !LANGUAGES.iter().any(|(known, _)| known == code)
        {
            errors.add("language", CHOOSE);
        }
        self.own
            .apply(&mut next.fields, choices, Owner::Contact, &mut errors)?;
        Ok((next, errors))
    }
}

/// What the log keeps of a contact.
pub fn logged_contact(contact: &Contact, choices: &Choices) -> Value {
    let mut logged = Map::new();
    logged.insert("first_name".into(), contact.first_name.clone().into());
    logged.insert("last_name".into(), contact.last_name.clone().into());
    logged.insert("email".into(), contact.email.clone().into());
    logged.insert(
        "mobile".into(),
        contact.mobile.as_deref().map(show_phone).into(),
    );
    logged.insert("language".into(), contact.language.clone().into());
    own_logged(&mut logged, &contact.fields, choices, Owner::Contact);
    Value::Object(logged)
}

/// What people call a logged field.
pub fn label(key: &str) -> Cow<'_, str> {
    let known = match key {
        "kind" => "Kind",
        "name" => "Name",
        "group" => "Group",
        "phone" => "Phone",
        "address" => "Address",
        "first_name" => "First name",
        "last_name" => "Last name",
        "email" => "Email",
        "mobile" => "Mobile",
        "language" => "Language",
        "portal" => "Portal",
        "active" => "Access",
        "to" => "To",
        // The log names what changed as the product does: `due_at`.
        other if other.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
            let words = other.replace('_', " ");
            let (first, rest) = words.split_at(words.len().min(1));
            return Cow::Owned(first.to_uppercase() + rest);
        }
        other => other,
    };
    Cow::Borrowed(known)
}
