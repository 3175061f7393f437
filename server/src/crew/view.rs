//! What a client sees of an event's crew: as much as the contact's rights say, and nothing else leaves the server.

use std::collections::BTreeMap;

use portico_wire::{
    CrewId, EventId, Right, Rights,
    crew::{
        EventCrew, HeldQualification, RequiredQualification, RosterMember, Shift as ShownShift,
        Standing, Vehicle as ShownVehicle,
    },
};

use super::{Held, Requirement, Shift, check, files, people, store};
use crate::{App, Result, db::StudioTx, scope::PortalSession};

/// The crew in the reply about an event the contact sees: five statements at most, whatever the number of people.
pub async fn for_event(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    (event, time_zone): (EventId, &str),
) -> Result<EventCrew> {
    let rights = session.rights;
    let roster = rights.has(Right::Roster);
    let mut crew = EventCrew::default();
    let required = if rights.has(Right::RequiredQualifications) {
        store::required(tx, event).await?
    } else {
        Vec::new()
    };
    if rights.has(Right::RequiredQualifications) {
        crew.required = Some(required.iter().map(shown_requirement).collect());
    }
    if rights.has(Right::Vehicles) {
        let vehicles = store::vehicles_on(tx, event).await?;
        let shown = |one: super::Vehicle| ShownVehicle {
            id: one.id,
            plate: one.plate,
            make: one.make,
            model: one.model,
            colour: one.colour,
            driver: roster.then_some(one.driver),
        };
        crew.vehicles = Some(vehicles.into_iter().map(shown).collect());
    }
    if roster {
        let shifts = store::shifts(tx, event).await?;
        let leader = store::leader(tx, event).await?;
        let held = if rights.has(Right::Qualifications) {
            Some(store::held_on(tx, event).await?)
        } else {
            None
        };
        let seen = Seen {
            rights,
            leader,
            held: held.as_deref().map(by_crew),
            required: &required,
            time_zone,
        };
        let photo = |one: &Shift| files::photo_address(app, session, event, one);
        crew.roster = Some(seen.roster(&shifts, photo)?);
    }
    Ok(crew)
}

fn shown_requirement(one: &Requirement) -> RequiredQualification {
    RequiredQualification {
        name: one.name.clone(),
        role: one.role.clone(),
    }
}

fn by_crew(held: &[Held]) -> BTreeMap<CrewId, Vec<&Held>> {
    let mut all: BTreeMap<CrewId, Vec<&Held>> = BTreeMap::new();
    for one in held {
        all.entry(one.crew_id).or_default().push(one);
    }
    all
}

struct Seen<'a> {
    rights: Rights,
    leader: Option<CrewId>,
    held: Option<BTreeMap<CrewId, Vec<&'a Held>>>,
    required: &'a [Requirement],
    time_zone: &'a str,
}

impl Seen<'_> {
    fn roster(
        &self,
        shifts: &[Shift],
        photo: impl Fn(&Shift) -> Option<String>,
    ) -> Result<Vec<RosterMember>> {
        let photos = self.rights.has(Right::RosterPhotos);
        let vehicles = self.rights.has(Right::Vehicles);
        let mut shown = Vec::new();
        for (one, all) in people(shifts) {
            shown.push(RosterMember {
                id: one.crew_id,
                name: one.name.clone(),
                leader: self.leader == Some(one.crew_id),
                photo: if photos { photo(one) } else { None },
                qualifications: self.qualifications(one.crew_id, &all)?,
                shifts: all
                    .iter()
                    .map(|shift| ShownShift {
                        role: shift.role.clone(),
                        starts_at: shift.starts_at,
                        ends_at: shift.ends_at,
                        vehicle: shift.vehicle_id.filter(|_| vehicles),
                    })
                    .collect(),
            });
        }
        shown.sort_by_key(|one| !one.leader);
        Ok(shown)
    }

    fn qualifications(
        &self,
        crew: CrewId,
        shifts: &[&Shift],
    ) -> Result<Option<Vec<HeldQualification>>> {
        let Some(held) = &self.held else {
            return Ok(None);
        };
        let Some((first, last)) = check::span(shifts, self.time_zone)? else {
            return Ok(Some(Vec::new()));
        };
        let files = self.rights.has(Right::Certificates);
        let required = check::required_of(self.required, shifts);
        let own = held.get(&crew).map_or(&[][..], Vec::as_slice);
        let mut shown: Vec<HeldQualification> = own
            .iter()
            .map(|one| HeldQualification {
                name: one.name.clone(),
                state: one.standing(&first, &last),
                required: required
                    .iter()
                    .any(|it| it.qualification_id == one.qualification_id),
                expires_on: one.expires_on.clone(),
                certificate: (files && one.storage_key.is_some()).then_some(one.id),
            })
            .collect();
        let has = |it: &&Requirement| {
            own.iter()
                .any(|one| one.qualification_id == it.qualification_id)
        };
        for missing in required.into_iter().filter(|it| !has(it)) {
            shown.push(HeldQualification {
                name: missing.name.clone(),
                state: Standing::Missing,
                required: true,
                expires_on: None,
                certificate: None,
            });
        }
        shown.sort_by_key(|one| !one.required);
        Ok(Some(shown))
    }
}
