//! The form of an event, as it is typed.

use portico_wire::{ClientId, events::EventState};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::{
    Event, label,
    store::{self, EventClient, Kind, Named, Need, Resource, Role, Use},
    times,
};
use crate::{
    Result,
    clients::{
        self,
        store::{Group, groups},
    },
    db::StudioTx,
    mail::letters::store::{Recipient, recipients},
    studios::settings::TIME_ZONES,
    web::form::Sent,
};

/// The most clients of one event.
const MOST_CLIENTS: usize = 20;
/// States a new event can begin in.
pub const BEGINS: [EventState; 3] = [
    EventState::Confirmed,
    EventState::ToBeConfirmed,
    EventState::Requested,
];

/// The form's fields.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Typed {
    pub kind: String,
    pub title: String,
    pub state: String,
    pub all_day: bool,
    pub day: String,
    pub time: String,
    pub end_day: String,
    pub end_time: String,
    pub time_zone: String,
    pub venue: String,
    pub address: String,
    pub leader_name: String,
    pub leader_phone: String,
    pub staff_notes: String,
    pub group: String,
    pub tell: bool,
    #[serde(skip)]
    pub clients: Vec<TypedClient>,
    #[serde(skip)]
    pub contacts: Vec<String>,
    #[serde(skip)]
    pub needs: Vec<(String, String)>,
    #[serde(skip)]
    pub uses: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub struct TypedClient {
    pub id: ClientId,
    pub notes: String,
    pub off: bool,
}

/// What the form offers.
pub struct Offered {
    pub kinds: Vec<Kind>,
    pub roles: Vec<Role>,
    pub resources: Vec<Resource>,
    pub groups: Vec<Group>,
}

impl Offered {
    pub async fn load(tx: &mut StudioTx) -> Result<Self> {
        Ok(Self {
            kinds: store::kinds(tx).await?,
            roles: store::roles(tx).await?,
            resources: store::resources(tx).await?,
            groups: groups(tx).await?,
        })
    }
}

impl Typed {
    /// A new event of a client, on a day.
    pub fn begin(client: ClientId, people: &[Recipient], zone: &str, day: String) -> Self {
        Self {
            state: EventState::Confirmed.name().into(),
            end_day: String::new(),
            time: "10:00".into(),
            day,
            time_zone: zone.into(),
            tell: true,
            clients: vec![TypedClient {
                id: client,
                notes: String::new(),
                off: false,
            }],
            contacts: people.iter().map(|one| one.id.to_string()).collect(),
            ..Self::default()
        }
    }

    pub fn of(
        event: &Event,
        clients: &[EventClient],
        named: &[Named],
        needs: &[Need],
        uses: &[Use],
    ) -> Self {
        let (starts, ends) = times::written(event.when(), &event.zone());
        let split = |text: &str| match text.split_once('T') {
            Some((day, time)) => (day.to_owned(), time.to_owned()),
            None => (text.to_owned(), String::new()),
        };
        let ((day, time), (end_day, end_time)) = (split(&starts), split(&ends));
        Self {
            kind: event.type_id.to_string(),
            title: event.title.clone(),
            state: event.state.name().into(),
            all_day: event.all_day,
            day,
            time,
            end_day,
            end_time,
            time_zone: event.time_zone.clone(),
            venue: event.venue.clone(),
            address: event.address.clone(),
            leader_name: event.leader_name.clone(),
            leader_phone: event.leader_phone.clone().unwrap_or_default(),
            staff_notes: event.staff_notes.clone(),
            group: event.group_id.map(|id| id.to_string()).unwrap_or_default(),
            tell: true,
            clients: clients
                .iter()
                .map(|one| TypedClient {
                    id: one.client_id,
                    notes: one.notes.clone(),
                    off: false,
                })
                .collect(),
            contacts: named.iter().map(|one| one.id.to_string()).collect(),
            needs: needs
                .iter()
                .map(|one| (one.role_id.to_string(), one.count.to_string()))
                .collect(),
            uses: uses
                .iter()
                .map(|one| (one.resource_id.to_string(), one.quantity.to_string()))
                .collect(),
        }
    }

    pub fn sent(sent: &Sent) -> Self {
        let clients = sent.all("client").into_iter().filter_map(|id| {
            Some(TypedClient {
                id: id.parse().ok()?,
                notes: sent.text(&format!("notes-{id}")),
                off: sent.is_ticked(&format!("off-{id}")),
            })
        });
        let numbers = |kind: &str| {
            let ids = sent.all(kind).into_iter();
            ids.map(|id| (id.to_owned(), sent.text(&format!("{kind}-{id}"))))
                .collect()
        };
        Self {
            kind: sent.text("kind"),
            title: sent.text("title"),
            state: sent.text("state"),
            all_day: sent.is_ticked("all_day"),
            day: sent.text("day"),
            time: sent.text("time"),
            end_day: sent.text("end_day"),
            end_time: sent.text("end_time"),
            time_zone: sent.text("time_zone"),
            venue: sent.text("venue"),
            address: sent.text("address"),
            leader_name: sent.text("leader_name"),
            leader_phone: sent.text("leader_phone"),
            staff_notes: sent.text("staff_notes"),
            group: sent.text("group"),
            tell: sent.is_ticked("tell"),
            clients: clients.take(MOST_CLIENTS).collect(),
            contacts: sent.all("contact").into_iter().map(str::to_owned).collect(),
            needs: numbers("need"),
            uses: numbers("use"),
        }
    }

    /// As the page shows it, with what there is to choose from.
    pub async fn facts(&self, tx: &mut StudioTx, offered: &Offered) -> Result<Value> {
        let mut parties = Vec::new();
        for one in &self.clients {
            let client = clients::store::get_client(tx, one.id).await?;
            let people = recipients(tx, one.id).await?;
            let people: Vec<Value> = people
                .iter()
                .map(|it| {
                    json!({
                        "id": it.id,
                        "name": clients::full_name(&it.first_name, &it.last_name),
                        "email": it.email,
                        "on": self.contacts.contains(&it.id.to_string()),
                    })
                })
                .collect();
            parties.push(json!({
                "id": one.id, "name": client.name, "notes": one.notes, "off": one.off, "people": people,
            }));
        }
        let number = |list: &[(String, String)], id: String| {
            let found = list.iter().find(|(it, _)| *it == id);
            found.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let kinds = offered
            .kinds
            .iter()
            .filter(|kind| kind.archived_at.is_none() || kind.id.to_string() == self.kind)
            .map(|kind| (kind.id.to_string(), kind.name.clone()));
        let roles = offered.roles.iter().map(|one| {
            let count = number(&self.needs, one.id.to_string());
            let gone = one.archived_at.is_some() && count.is_empty();
            json!({ "id": one.id, "name": one.name, "count": count, "gone": gone })
        });
        let resources = offered.resources.iter().map(|one| {
            let count = number(&self.uses, one.id.to_string());
            let gone = one.archived_at.is_some() && count.is_empty();
            json!({ "id": one.id, "name": one.name, "most": one.most, "count": count, "gone": gone })
        });
        let groups = offered.groups.iter();
        let groups = groups.map(|group| (group.id.to_string(), group.name.clone()));
        Ok(json!({
            "parties": parties,
            "kinds": kinds.collect::<Vec<_>>(),
            "roles": roles.collect::<Vec<_>>(),
            "resources": resources.collect::<Vec<_>>(),
            "groups": groups.collect::<Vec<_>>(),
            "zones": *TIME_ZONES,
            "states": BEGINS.map(|state| (state.name(), label(state).0)),
        }))
    }

    /// The state a new event begins in.
    pub fn begins(&self) -> EventState {
        let found = BEGINS.iter().find(|state| state.name() == self.state);
        found.copied().unwrap_or(EventState::ToBeConfirmed)
    }
}
