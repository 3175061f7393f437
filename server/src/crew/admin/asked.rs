//! What the forms of a roster carry: who, as what, when and with which vehicle.

use portico_wire::{CrewId, CrewRoleId, ShiftId, Timestamp, VehicleId};
use serde_json::{Value, json};

use super::roster::Typed;
use crate::{
    Result,
    crew::{Event, Member, Shift, Vehicle, event_days, store::NewShift, times},
    db::StudioTx,
    web::form::{FieldErrors, Sent},
};

const CHOOSE: &str = "Please choose one from the list.";

/// Field names of a stretch, as they go back to the form.
fn values(sent: &Sent) -> Value {
    json!({
        "day": sent.text("day"), "from": sent.text("from"), "to": sent.text("to"),
        "role": sent.text("role"), "vehicle": sent.text("vehicle"), "all": sent.is_ticked("all"),
    })
}

pub fn typed(place: impl Into<String>, sent: &Sent, errors: FieldErrors) -> Typed {
    Typed {
        place: place.into(),
        values: values(sent),
        crew: sent
            .all("crew")
            .into_iter()
            .map(ToOwned::to_owned)
            .collect(),
        errors,
    }
}

/// What somebody works as: each as usual, nothing, or a role.
pub enum AskedRole {
    Usual,
    This(Option<CrewRoleId>),
}

pub fn role(
    sent: &Sent,
    roles: &[(CrewRoleId, String)],
    kept: Option<CrewRoleId>,
    errors: &mut FieldErrors,
) -> AskedRole {
    match sent.text("role").as_str() {
        "usual" => AskedRole::Usual,
        "" => AskedRole::This(None),
        text => {
            let id: Option<CrewRoleId> = text.parse().ok();
            let known =
                id.filter(|id| kept == Some(*id) || roles.iter().any(|(role, _)| role == id));
            if known.is_none() {
                errors.add("role", CHOOSE);
            }
            AskedRole::This(known)
        }
    }
}

pub enum AskedVehicle {
    Own,
    This(Option<VehicleId>),
}

pub fn vehicle(
    sent: &Sent,
    all: &[Vehicle],
    kept: Option<VehicleId>,
    errors: &mut FieldErrors,
) -> AskedVehicle {
    match sent.text("vehicle").as_str() {
        "own" => AskedVehicle::Own,
        "" => AskedVehicle::This(None),
        text => {
            let id: Option<VehicleId> = text.parse().ok();
            let known = id.filter(|id| kept == Some(*id) || all.iter().any(|one| one.id == *id));
            if known.is_none() {
                errors.add("vehicle", CHOOSE);
            }
            AskedVehicle::This(known)
        }
    }
}

/// Where a stretch would overlap another of the same person at this event.
pub fn overlapping(
    shifts: &[Shift],
    crew: CrewId,
    but: Option<ShiftId>,
    (from, to): (Timestamp, Timestamp),
) -> Option<&Shift> {
    shifts.iter().find(|one| {
        one.crew_id == crew && Some(one.id) != but && one.starts_at < to && one.ends_at > from
    })
}

pub fn says_overlap(
    errors: &mut FieldErrors,
    field: &'static str,
    one: &Shift,
    zone: &str,
) -> Result<()> {
    let when = times::said(one.starts_at, one.ends_at, zone)?;
    errors.add(
        field,
        format!("{} works at this event then already: {when}.", one.name),
    );
    Ok(())
}

/// The stretches that were asked for: one, or one on each day of the event.
pub fn stretches(
    sent: &Sent,
    event: &Event,
    errors: &mut FieldErrors,
) -> Result<Vec<(Timestamp, Timestamp)>> {
    let (from, to) = (sent.text("from"), sent.text("to"));
    let days = if sent.is_ticked("all") {
        event_days(event)?.into_iter().map(|(day, _)| day).collect()
    } else {
        vec![sent.text("day")]
    };
    Ok(days
        .iter()
        .filter_map(|day| times::stretch(day, (&from, &to), &event.time_zone, errors))
        .collect())
}

pub fn chosen(sent: &Sent, crew: &[Member], errors: &mut FieldErrors) -> Vec<Member> {
    let asked = sent.all("crew");
    let chosen: Vec<Member> = crew
        .iter()
        .filter(|one| asked.contains(&one.id.to_string().as_str()))
        .cloned()
        .collect();
    if asked.iter().all(|id| id.is_empty()) {
        errors.add("crew", "Please tick at least one person.");
    } else if chosen.len() < asked.len() {
        errors.add("crew", "Somebody you ticked is no longer on your crew.");
    }
    chosen
}

/// As a form names it, with what each person usually has.
pub struct Wanted<'a> {
    pub role: AskedRole,
    pub vehicle: AskedVehicle,
    pub vehicles: &'a [Vehicle],
}

impl Wanted<'_> {
    /// A stretch of each of these people at each of these times.
    pub fn shifts(
        &self,
        tx: &StudioTx,
        crew: &[Member],
        when: &[(Timestamp, Timestamp)],
    ) -> Vec<NewShift> {
        let own = |one: &Member| self.vehicles.iter().find(|it| it.crew_id == one.id);
        crew.iter()
            .flat_map(|one| when.iter().map(move |at| (one, *at)))
            .map(|(one, (starts_at, ends_at))| NewShift {
                id: tx.id(),
                crew: one.id,
                role: match self.role {
                    AskedRole::Usual => one.role_id,
                    AskedRole::This(role) => role,
                },
                starts_at,
                ends_at,
                vehicle: match self.vehicle {
                    AskedVehicle::Own => own(one).map(|it| it.id),
                    AskedVehicle::This(vehicle) => vehicle,
                },
            })
            .collect()
    }
}

/// What a stretch may become.
pub struct Around<'a> {
    pub event: &'a Event,
    /// The whole roster.
    pub shifts: &'a [Shift],
    pub roles: &'a [(CrewRoleId, String)],
    pub vehicles: &'a [Vehicle],
}

impl Around<'_> {
    /// A stretch as it was put right; what it had and is no longer offered may stay.
    pub fn changed(
        &self,
        before: &Shift,
        sent: &Sent,
        errors: &mut FieldErrors,
    ) -> Result<Option<Shift>> {
        let role_id = match role(sent, self.roles, before.role_id, errors) {
            AskedRole::Usual => before.role_id,
            AskedRole::This(role) => role,
        };
        let vehicle_id = match vehicle(sent, self.vehicles, before.vehicle_id, errors) {
            AskedVehicle::Own => before.vehicle_id,
            AskedVehicle::This(vehicle) => vehicle,
        };
        let zone = &self.event.time_zone;
        let (from, to) = (sent.text("from"), sent.text("to"));
        let when = times::stretch(&sent.text("day"), (&from, &to), zone, errors);
        if let Some(when) = when
            && let Some(other) = overlapping(self.shifts, before.crew_id, Some(before.id), when)
        {
            says_overlap(errors, "from", other, zone)?;
        }
        let named = self.roles.iter().find(|(id, _)| Some(*id) == role_id);
        let kept = before.role.clone().filter(|_| role_id == before.role_id);
        let shift = |(starts_at, ends_at)| Shift {
            role_id,
            role: named.map(|(_, name)| name.clone()).or(kept),
            starts_at,
            ends_at,
            vehicle_id,
            ..before.clone()
        };
        Ok(when.filter(|_| errors.is_empty()).map(shift))
    }
}
