//! What conditions ask, and whether it is so.

use portico_wire::{ClientId, ContactId, EventTypeId, FieldId, GroupId};

use super::{Access, Condition, Rule, Test};
use crate::{
    Result,
    access::reach::State,
    clients::{self, Client, fields::Field},
    db::StudioTx,
    events,
    happenings::{Amount, Happened, Item},
    mail::letters::store::{Recipient, recipients},
    money::say,
};

/// What there is to know of what happened.
pub struct Facts {
    pub client: Client,
    pub event_type: Option<(EventTypeId, String)>,
    pub amount: Option<Amount>,
    /// Whom it concerns, as they are now.
    pub people: Vec<Recipient>,
}

impl Facts {
    pub async fn of(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<Self> {
        let contacts = happened.contacts.as_deref();
        let amount = happened.amount.clone();
        Self::load(tx, (happened.client, contacts), happened.item, amount).await
    }

    pub async fn load(
        tx: &mut StudioTx,
        (client, contacts): (ClientId, Option<&[ContactId]>),
        item: Item,
        amount: Option<Amount>,
    ) -> Result<Self> {
        let mut people = recipients(tx, client).await?;
        if let Some(contacts) = contacts {
            people.retain(|one| contacts.contains(&one.id));
        }
        let event_type = match item {
            Item::Event(id) => events::store::find(tx, id)
                .await?
                .map(|event| (event.type_id, event.kind)),
            _ => None,
        };
        Ok(Self {
            client: clients::store::get_client(tx, client).await?,
            event_type,
            amount,
            people,
        })
    }
}

/// What things are called.
#[derive(Default)]
pub struct Names {
    pub types: Vec<(EventTypeId, String)>,
    pub groups: Vec<(GroupId, String)>,
    pub fields: Vec<Field>,
    pub currency: String,
}

impl Names {
    pub async fn load(tx: &mut StudioTx) -> Result<Self> {
        let types = events::store::kinds(tx).await?;
        let groups = clients::store::groups(tx).await?;
        let mut fields = clients::store::fields(tx).await?;
        fields.retain(|field| field.owner == clients::fields::Owner::Client);
        Ok(Self {
            types: types.into_iter().map(|one| (one.id, one.name)).collect(),
            groups: groups.into_iter().map(|one| (one.id, one.name)).collect(),
            fields,
            currency: crate::studios::store::get(tx).await?.currency,
        })
    }

    fn event_type(&self, id: EventTypeId) -> Option<&str> {
        let found = self.types.iter().find(|(known, _)| *known == id);
        found.map(|(_, name)| name.as_str())
    }

    fn group(&self, id: GroupId) -> Option<&str> {
        let found = self.groups.iter().find(|(known, _)| *known == id);
        found.map(|(_, name)| name.as_str())
    }

    fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    fn money(&self, minor: i64) -> String {
        say::words("en").money(minor, &self.currency)
    }
}

fn shown(client: &Client, field: &Field) -> String {
    let value = client.fields.0.get(&field.id);
    value.map(|value| field.shown(value)).unwrap_or_default()
}

impl Condition {
    /// "the event is a Wedding"
    pub fn said(&self, names: &Names) -> String {
        let not = |not: &bool| if *not { "is not" } else { "is" };
        match self {
            Self::EventType {
                event_type,
                not: other,
            } => format!(
                "the event’s type {} “{}”",
                not(other),
                names.event_type(*event_type).unwrap_or("removed")
            ),
            Self::Group { group, not: other } => format!(
                "the client’s group {} “{}”",
                not(other),
                names.group(*group).unwrap_or("removed")
            ),
            Self::Amount { minor, less: false } => {
                format!("the amount is at least {}", names.money(*minor))
            }
            Self::Amount { minor, less: true } => {
                format!("the amount is less than {}", names.money(*minor))
            }
            Self::Field { field, test, value } => {
                let label = names.field(*field).map_or("removed", |one| &one.label);
                match test {
                    Test::Is | Test::IsNot => format!("“{label}” {} “{value}”", test.said()),
                    _ => format!("“{label}” {}", test.said()),
                }
            }
            Self::Access { access } => access.said().to_owned(),
        }
    }

    /// Whether it is so.
    pub fn holds(&self, facts: &Facts, names: &Names) -> bool {
        match self {
            Self::EventType { event_type, not } => match &facts.event_type {
                Some((id, _)) => (id == event_type) != *not,
                None => false,
            },
            Self::Group { group, not } => (facts.client.group_id == Some(*group)) != *not,
            Self::Amount { minor, less } => match &facts.amount {
                // Another currency is not compared.
                Some(amount) if amount.currency == names.currency => {
                    (amount.minor < *minor) == *less
                }
                _ => false,
            },
            Self::Field { field, test, value } => {
                let Some(field) = names.field(*field) else {
                    return false;
                };
                let now = shown(&facts.client, field);
                let same = now.trim().to_lowercase() == value.trim().to_lowercase();
                match test {
                    Test::Is => same,
                    Test::IsNot => !same,
                    Test::Filled => !now.trim().is_empty(),
                    Test::Empty => now.trim().is_empty(),
                }
            }
            Self::Access { access } => {
                let people = &facts.people;
                let signed_in = people.iter().any(|one| one.state == State::Accepted);
                match access {
                    Access::NotInvited => people.iter().any(|one| one.state == State::NotInvited),
                    Access::NotSignedIn => !signed_in,
                    Access::SignedIn => signed_in,
                }
            }
        }
    }
}

/// The first condition that is not so, in words.
pub fn first_failed(rule: &Rule, facts: &Facts, names: &Names) -> Option<String> {
    let failed = rule
        .conditions
        .iter()
        .find(|one| !one.holds(facts, names))?;
    Some(format!("Not so: {}.", failed.said(names)))
}
