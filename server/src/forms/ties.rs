//! Fields of a form that stand for fields of the client: what is known is shown, and what is answered
//! is taken over.

use portico_wire::{
    Code, ContactId,
    clients::Address,
    forms::{Answer, Answers, Chosen, Field, Form, Kind, Tie},
};
use serde_json::Value;

use crate::{
    Result,
    audit::Change,
    clients::{
        self, Client, Contact, Values,
        fields::{BuiltIn, BuiltIns, Field as Own, Owner},
        forms::{Choices, label, logged_client, logged_contact},
        phone, show_phone, undo,
    },
    db::StudioTx,
    error::Error,
    studios::settings::LANGUAGES,
};

/// A contact, its client, and the studio's own fields.
#[derive(Clone)]
pub struct Person {
    pub client: Client,
    pub contact: Contact,
    pub built_in: BuiltIns,
    pub choices: Choices,
}

/// A line of the table that shows what became of a client's fields.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Line {
    pub label: String,
    pub before: String,
    pub after: String,
}

pub fn language_code(name: &str) -> Option<&'static str> {
    LANGUAGES
        .iter()
        .find(|(code, known)| *known == name || *code == name)
        .map(|(code, _)| *code)
}

impl Person {
    pub async fn load(tx: &mut StudioTx, contact: ContactId, country: String) -> Result<Self> {
        let contact = clients::store::get_contact(tx, contact).await?;
        Ok(Self {
            client: clients::store::get_client(tx, contact.client_id).await?,
            built_in: clients::store::built_in(tx).await?,
            choices: Choices {
                country,
                groups: Vec::new(),
                fields: clients::store::fields(tx).await?,
            },
            contact,
        })
    }

    fn own(&self, tie: Tie) -> Option<&Own> {
        let Tie::Own(id) = tie else { return None };
        self.choices.fields.iter().find(|own| own.id == id)
    }

    fn values(&self, owner: Owner) -> &Values {
        match owner {
            Owner::Client => &self.client.fields,
            Owner::Contact => &self.contact.fields,
        }
    }

    /// The value of a field of the studio's own, as it would be typed.
    pub fn stored(&self, own: &Own) -> Option<String> {
        let stored = self.values(own.owner).0.get(&own.id)?;
        Some(own.typed(Some(stored)))
    }

    /// A field of the contact alone, and not of all who share the client.
    pub fn is_personal(&self, tie: Tie) -> bool {
        match tie {
            Tie::FirstName | Tie::LastName | Tie::Email | Tie::Mobile | Tie::Language => true,
            Tie::Phone | Tie::Address => false,
            Tie::Own(_) => self.own(tie).is_some_and(|own| own.owner == Owner::Contact),
        }
    }

    /// Whether the contact may see it in the portal at all.
    fn shows(&self, tie: Tie) -> bool {
        let built_in = |field| self.built_in.get(field).in_portal;
        match tie {
            Tie::FirstName | Tie::LastName => true,
            Tie::Email => built_in(BuiltIn::Email),
            Tie::Mobile => built_in(BuiltIn::Mobile),
            Tie::Phone => built_in(BuiltIn::Phone),
            Tie::Address => built_in(BuiltIn::Address),
            Tie::Language => built_in(BuiltIn::Language),
            Tie::Own(_) => self.own(tie).is_some_and(|own| own.in_portal),
        }
    }

    /// What a form begins with: what is known of the tied fields, but for what the studio keeps to itself.
    pub fn known(&self, form: &Form) -> Answers {
        let shown = |field: &Field| {
            let tie = field.tie.filter(|&tie| self.shows(tie))?;
            let known = self.value(tie, &field.kind)?;
            (!known.is_blank()).then(|| (field.id.clone(), known))
        };
        form.fields.iter().filter_map(shown).collect()
    }

    fn value(&self, tie: Tie, kind: &Kind) -> Option<Answer> {
        let number = |number: &Option<String>| number.as_deref().map(show_phone);
        let text = match tie {
            Tie::FirstName => self.contact.first_name.clone(),
            Tie::LastName => self.contact.last_name.clone(),
            Tie::Email => self.contact.email.clone()?,
            Tie::Mobile => number(&self.contact.mobile)?,
            Tie::Phone => number(&self.client.phone)?,
            Tie::Address => return Some(Answer::Address(self.client.address.clone())),
            Tie::Language => {
                let code = self.contact.language.as_deref()?;
                let known = LANGUAGES.iter().find(|(known, _)| *known == code)?;
                known.1.to_owned()
            }
            Tie::Own(_) => self.stored(self.own(tie)?)?,
        };
        Some(match kind {
            Kind::Number(_) => Answer::Number(text),
            Kind::Date(_) => Answer::Date(text),
            Kind::Time => Answer::Time(text),
            Kind::YesNo => Answer::YesNo(text == "yes"),
            Kind::One(one) | Kind::DropDown(one) => {
                let listed = one.options.contains(&text);
                let (options, other) = match (listed, one.other) {
                    (true, _) => (vec![text], None),
                    (false, true) => (Vec::new(), Some(text)),
                    (false, false) => return None,
                };
                Answer::Choices(Chosen { options, other })
            }
            _ => Answer::Text(text),
        })
    }

    /// Takes an answer over; none clears the field. Nothing is stored yet.
    pub fn take(&mut self, field: &Field, answer: Option<&Answer>) -> Result<()> {
        let Some(tie) = field.tie else { return Ok(()) };
        let text = answer.map(plain).filter(|text| !text.is_empty());
        match tie {
            Tie::FirstName => self.contact.first_name = name(text)?,
            Tie::LastName => self.contact.last_name = name(text)?,
            // Fixed: it is changed with a proof, or not at all.
            Tie::Email => {}
            Tie::Mobile => {
                let number = self.number(text, self.contact.mobile.as_deref())?;
                self.contact.mobile = number;
            }
            Tie::Phone => {
                let number = self.number(text, self.client.phone.as_deref())?;
                self.client.phone = number;
            }
            Tie::Address => {
                self.client.address = match answer {
                    Some(Answer::Address(address)) => address.clone(),
                    _ => Address::default(),
                };
            }
            Tie::Language => {
                let unknown = || Error::invalid("language", "Please choose from the list.");
                let code = |name: String| language_code(&name).ok_or_else(unknown);
                self.contact.language = text.map(code).transpose()?.map(ToOwned::to_owned);
            }
            Tie::Own(_) => {
                let Some(own) = self.own(tie).cloned() else {
                    return Ok(());
                };
                let values = match own.owner {
                    Owner::Client => &mut self.client.fields,
                    Owner::Contact => &mut self.contact.fields,
                };
                let stored = values.0.get(&own.id);
                let value = own.parse(text.as_deref().unwrap_or_default(), stored)?;
                match value {
                    Some(value) => values.0.insert(own.id, value),
                    None => values.0.remove(&own.id),
                };
            }
        }
        let names = matches!(tie, Tie::FirstName | Tie::LastName);
        if names && self.contact.name().is_empty() {
            return Err(Error::invalid(
                "name",
                "Please fill in a first or last name.",
            ));
        }
        Ok(())
    }

    fn number(&self, typed: Option<String>, stored: Option<&str>) -> Result<Option<String>> {
        let Some(typed) = typed else { return Ok(None) };
        match stored {
            Some(stored) if typed == stored || typed == show_phone(stored) => {
                Ok(Some(stored.to_owned()))
            }
            _ => phone(&typed, &self.choices.country).map(Some),
        }
    }

    /// Saves what differs from `before`: the changes of the client and of the contact.
    pub async fn save(&self, tx: &mut StudioTx, before: &Self) -> Result<Changes> {
        let client = Change::between(
            &logged_client(&before.client, &before.choices),
            &logged_client(&self.client, &self.choices),
        )?;
        let contact = Change::between(
            &logged_contact(&before.contact, &before.choices),
            &logged_contact(&self.contact, &self.choices),
        )?;
        let saved = (client.is_none() || clients::store::save_client(tx, &self.client).await?)
            && (contact.is_none() || clients::store::save_contact(tx, &self.contact).await?);
        if !saved {
            return Err(Error::refused(
                Code::Conflict,
                "Somebody changed these details in this very moment. Please try again.",
            ));
        }
        Ok(Changes {
            client,
            contact,
            client_undo: undo::client_change(&before.client, &self.client)?,
            contact_undo: undo::contact_change(&before.contact, &self.contact)?,
        })
    }
}

/// Before and after, as they are logged and told.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub client: Option<Change>,
    pub contact: Option<Change>,
    pub client_undo: Option<Change>,
    pub contact_undo: Option<Change>,
}

impl Changes {
    pub fn lines(&self) -> Vec<Line> {
        [&self.contact, &self.client]
            .into_iter()
            .flatten()
            .flat_map(lines)
            .collect()
    }
}

fn lines(change: &Change) -> Vec<Line> {
    let text = |side: &Option<Value>, key: &str| match side.as_ref().and_then(|all| all.get(key)) {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let keys = change.after.iter().filter_map(Value::as_object);
    keys.flat_map(serde_json::Map::keys)
        .map(|key| Line {
            label: label(key).into_owned(),
            before: text(&change.before, key),
            after: text(&change.after, key),
        })
        .collect()
}

/// A name as long as a contact's may be.
fn name(text: Option<String>) -> Result<String> {
    let text = text.unwrap_or_default();
    if text.chars().count() > 60 {
        return Err(Error::invalid("name", "Please use at most 60 characters."));
    }
    Ok(text)
}

/// An answer as a person would type it into a field of the client.
fn plain(answer: &Answer) -> String {
    match answer {
        Answer::Text(text) | Answer::Number(text) | Answer::Date(text) | Answer::Time(text) => {
            text.trim().to_owned()
        }
        Answer::YesNo(yes) => (if *yes { "yes" } else { "no" }).into(),
        Answer::Choices(chosen) => {
            let first = chosen.options.first().or(chosen.other.as_ref());
            first.map(|text| text.trim().to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    }
}
