//! The form of an event, as it is typed.

use portico_wire::{ClientId, ContactId, CrewRoleId, ResourceId, events::EventState};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::{
    Event,
    act::Draft,
    label, line,
    store::{self, Details, EventClient, Kind, Named, Need, Party, Resource, Role, Use},
    text,
    times::{self, Typed as TypedWhen},
};
use crate::{
    Result,
    clients::{
        self,
        store::{Group, groups},
    },
    db::StudioTx,
    error::Error,
    mail::letters::store::{Recipient, recipients},
    studios::settings::TIME_ZONES,
    web::form::{FieldErrors, Sent},
};

/// The most staff of one role, and of one resource.
const MOST: i64 = 9_999;
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

    fn read_when(&self, minutes: i64, errors: &mut FieldErrors) -> Result<Option<times::When>> {
        let zone = errors.note("time_zone", times::zone(&self.time_zone))?;
        let Some(zone) = zone else { return Ok(None) };
        let join = |day: &str, time: &str| match (self.all_day, day.is_empty(), time.is_empty()) {
            (true, ..) => day.to_owned(),
            (false, true, true) => String::new(),
            _ => format!("{day}T{time}"),
        };
        let end_day = match (self.end_day.trim(), self.end_time.trim()) {
            ("", "") => "",
            ("", _) => self.day.trim(),
            (day, _) => day,
        };
        let starts = join(self.day.trim(), self.time.trim());
        let ends = join(end_day, self.end_time.trim());
        let typed = TypedWhen {
            starts: &starts,
            ends: &ends,
            all_day: self.all_day,
            minutes,
        };
        match times::read(typed, &zone) {
            Ok(when) => Ok(Some(when)),
            Err(Error::Refused(refusal)) => {
                let field = match refusal.field.as_deref() {
                    Some("ends") => "end_day",
                    _ => "day",
                };
                errors.add(field, refusal.detail);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Who it is for: each client with its notes, and those of its people who see it.
    async fn read_people(
        &self,
        tx: &mut StudioTx,
        before: &[EventClient],
        bookers: &[ContactId],
        errors: &mut FieldErrors,
    ) -> Result<(Vec<Party>, Vec<(ContactId, bool)>)> {
        let (mut parties, mut people) = (Vec::new(), Vec::new());
        for one in self.clients.iter().filter(|one| !one.off) {
            if parties.iter().any(|it: &Party| it.client == one.id) {
                continue;
            }
            clients::store::get_client(tx, one.id).await?;
            let notes = errors.note("notes", text("notes", &one.notes, 4000))?;
            let own = recipients(tx, one.id).await?;
            let chosen = own.iter().map(|it| it.id);
            let chosen = chosen.filter(|id| self.contacts.contains(&id.to_string()));
            people.extend(chosen.map(|id| (id, bookers.contains(&id))));
            let was = before.iter().find(|it| it.client_id == one.id);
            parties.push(Party {
                client: one.id,
                notes: notes.unwrap_or_default(),
                wishes: was.map(|it| it.wishes.clone()).unwrap_or_default(),
            });
        }
        if parties.is_empty() {
            errors.add("client", "An event is for at least one client.");
        }
        Ok((parties, people))
    }

    /// What was typed, if nothing is wrong with it.
    pub async fn read(
        &self,
        tx: &mut StudioTx,
        offered: &Offered,
        before: Option<(&[EventClient], &[Named])>,
        errors: &mut FieldErrors,
    ) -> Result<Option<Draft>> {
        let kind = offered
            .kinds
            .iter()
            .find(|kind| kind.id.to_string() == self.kind);
        if kind.is_none() {
            errors.add("kind", "Please choose what kind of event this is.");
        }
        let title = errors.note("title", line("title", &self.title, 120))?;
        let mut title = title.unwrap_or_default();
        if title.is_empty() {
            title = kind.map(|kind| kind.name.clone()).unwrap_or_default();
        }
        let when = self.read_when(kind.map_or(60, |kind| kind.minutes), errors)?;
        let venue = errors.note("venue", line("venue", &self.venue, 160))?;
        let address = errors.note("address", text("address", &self.address, 500))?;
        let leader_name =
            errors.note("leader_name", line("leader_name", &self.leader_name, 120))?;
        let phone = errors.note("leader_phone", line("leader_phone", &self.leader_phone, 40))?;
        let phone = phone.filter(|phone| !phone.is_empty());
        if phone.is_some() && self.leader_name.trim().is_empty() {
            errors.add("leader_name", "Whose number is that?");
        }
        let staff_notes =
            errors.note("staff_notes", text("staff_notes", &self.staff_notes, 4000))?;
        let group = offered
            .groups
            .iter()
            .find(|group| group.id.to_string() == self.group)
            .map(|group| group.id);
        let (clients, named) = before.unwrap_or((&[], &[]));
        let bookers: Vec<ContactId> = named
            .iter()
            .filter(|one| one.booker)
            .map(|one| one.id)
            .collect();
        let (parties, people) = self.read_people(tx, clients, &bookers, errors).await?;
        let needs = read_needs(&self.needs, &offered.roles, errors);
        let resources = read_uses(&self.uses, &offered.resources, errors);
        let (Some(kind), Some(when), true) = (kind, when, errors.is_empty()) else {
            return Ok(None);
        };
        Ok(Some(Draft {
            details: Details {
                kind: kind.id,
                title,
                when,
                time_zone: self.time_zone.clone(),
                venue: venue.unwrap_or_default(),
                address: address.unwrap_or_default(),
                leader_name: leader_name.unwrap_or_default(),
                leader_phone: phone,
                staff_notes: staff_notes.unwrap_or_default(),
                group,
            },
            parties,
            people,
            needs,
            resources,
        }))
    }
}

/// A number from 1 on; empty or zero: none.
fn count(text: &str, most: i64) -> Result<Option<i64>, ()> {
    match text.trim() {
        "" | "0" => Ok(None),
        text => {
            let number = text.parse::<i64>().ok();
            let number = number.filter(|n| (1..=most).contains(n));
            number.map(Some).ok_or(())
        }
    }
}

fn read_needs(
    typed: &[(String, String)],
    roles: &[Role],
    errors: &mut FieldErrors,
) -> Vec<(CrewRoleId, i64)> {
    let mut needs = Vec::new();
    for role in roles {
        let id = role.id.to_string();
        let Some((_, text)) = typed.iter().find(|(it, _)| *it == id) else {
            continue;
        };
        match count(text, MOST) {
            Ok(Some(number)) => needs.push((role.id, number)),
            Ok(None) => {}
            Err(()) => errors.add(format!("need-{id}"), format!("A number up to {MOST}.")),
        }
    }
    needs
}

fn read_uses(
    typed: &[(String, String)],
    resources: &[Resource],
    errors: &mut FieldErrors,
) -> Vec<(ResourceId, i64)> {
    let mut uses = Vec::new();
    for one in resources {
        let id = one.id.to_string();
        let Some((_, text)) = typed.iter().find(|(it, _)| *it == id) else {
            continue;
        };
        let most = one.most.unwrap_or(MOST);
        match count(text, most) {
            Ok(Some(number)) => uses.push((one.id, number)),
            Ok(None) => {}
            Err(()) => errors.add(format!("use-{id}"), format!("There are {most} at most.")),
        }
    }
    uses
}
