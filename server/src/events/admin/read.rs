//! What was typed of an event, checked.

use portico_wire::{ContactId, CrewRoleId, ResourceId};

use super::{
    super::{
        act::Draft,
        line,
        store::{Details, EventClient, Named, Party, Resource, Role},
        text,
        times::{self, Typed as TypedWhen},
    },
    typed::{Offered, Typed},
};
use crate::{
    Result, clients, db::StudioTx, error::Error, mail::letters::store::recipients,
    web::form::FieldErrors,
};

/// The most staff of one role, and of one resource.
const MOST: i64 = 9_999;

impl Typed {
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
