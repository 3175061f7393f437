//! What becomes of a row, decided from what is in the studio and what stood in earlier rows.

use portico_wire::ClientId;
use serde_json::Value;

use super::{
    super::{
        Client, Contact,
        forms::{self, Choices},
    },
    columns::Mapping,
    rows::{Batch, Decided, Known, Outcome, Row, StagedClient, StagedContact, key},
};
use crate::{Result, audit::Change, clock::Clock, error::Error};

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
            Ok((contact, whose)) => self.write(row, contact, &whose, &mut decided)?,
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
        whose: &Whose,
        decided: &mut Decided,
    ) -> Result<()> {
        let mut wrong = Vec::new();
        let (base, first) = self.base(whose)?;
        let is_new_client = base.is_none();
        let base = base.unwrap_or_else(|| Client::blank(self.choices));
        let mut client = self.client_with(row, &base, is_new_client, &mut wrong)?;
        let is_known = contact.is_some();
        let before = contact.unwrap_or_else(Contact::blank);
        let next = if row.has_contact {
            Some(self.contact_with(row, &before, &mut wrong)?)
        } else {
            None
        };
        if !wrong.is_empty() {
            decided.reason = wrong.join(" ");
            return Ok(());
        }
        let client_change = if is_new_client {
            client.id = self.clock.id();
            let logged = forms::logged_client(&client, self.choices);
            Some(Change::made(&forms::without_empty(logged))?)
        } else {
            let logged = |client| forms::logged_client(client, self.choices);
            Change::between(&logged(&base), &logged(&client))?
        };
        let (mut said, mut changed) = (Vec::new(), Vec::new());
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
        decided.client = Some(client.id);
        decided.client_name.clone_from(&client.name);
        if let Some(next) = next {
            let before = is_known.then_some(&before);
            changed.extend(self.stage_contact(row, before, next, &client, decided)?);
        }
        decided.outcome = match () {
            () if is_new_client || (row.has_contact && !is_known) => Outcome::New,
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

    /// What the client is by now, and the row that came first if there was one.
    fn base(&self, whose: &Whose) -> Result<(Option<Client>, Option<i64>)> {
        let gone = || Error::internal("a client that was looked up is gone");
        match whose {
            Whose::New => Ok((None, None)),
            Whose::Known(id) => {
                let client = self.known.clients.get(id).ok_or_else(gone)?;
                Ok((Some(client.clone()), None))
            }
            Whose::Staged(id) => {
                let (client, row) = self.known.staged.get(id).ok_or_else(gone)?;
                Ok((Some(client.clone()), Some(*row)))
            }
        }
    }

    /// The labels of what changes of a contact that is known.
    fn stage_contact(
        &mut self,
        row: &Row,
        before: Option<&Contact>,
        mut next: Contact,
        client: &Client,
        decided: &mut Decided,
    ) -> Result<Option<String>> {
        if before.is_none() {
            next.id = self.clock.id();
            next.client_id = client.id;
        }
        decided.contact = Some(next.id);
        decided.name = next.name();
        decided.email = next.email.clone().unwrap_or_default();
        let logged = |contact| forms::logged_contact(contact, self.choices);
        let change = match before {
            None => Some(Change::made(&forms::without_empty(logged(&next)))?),
            Some(before) => Change::between(&logged(before), &logged(&next))?,
        };
        let Some(change) = change else {
            return Ok(None);
        };
        let labels = before.map(|_| touched(&change));
        self.batch.contacts.push(StagedContact {
            contact: next,
            row: row.no,
            is_new: before.is_none(),
            change,
            audit: self.clock.id(),
        });
        Ok(labels)
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
