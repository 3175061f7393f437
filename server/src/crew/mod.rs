//! Crew: the people who work at events, what they are qualified for, what they drive, and an event's roster.

pub mod admin;
pub mod api;
pub mod card;
pub mod check;
pub mod files;
pub mod gate;
pub mod store;
pub mod times;
pub mod view;

use portico_wire::{
    CertificateId, CrewId, CrewRoleId, EventId, GateLinkId, QualificationId, RequirementId,
    ShiftId, Timestamp, VehicleId, crew::Standing, events::EventState,
};
use serde_json::{Value, json};

use crate::{App, Result, secrets::Secret};

pub use view::for_event;

/// Whether somebody still works for the studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    /// Kept for the rosters they were on.
    Left,
}

impl State {
    pub const ALL: &[Self] = &[Self::Active, Self::Left];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Left => "left",
        }
    }
}

portico_wire::text_column!(State);

/// Somebody who works at events.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Member {
    pub id: CrewId,
    pub version: i64,
    pub name: String,
    /// E.164
    pub phone: Option<String>,
    pub email: Option<String>,
    pub role_id: Option<CrewRoleId>,
    pub role: Option<String>,
    pub photo_key: Option<String>,
    pub notes: Option<String>,
    pub state: State,
}

impl Member {
    /// As the log tells it.
    pub fn logged(&self) -> Value {
        json!({
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "role": self.role,
            "notes": self.notes,
            "state": self.state.name(),
        })
    }
}

/// Something crew can be qualified for.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Qualification {
    pub id: QualificationId,
    pub name: String,
}

/// What somebody is qualified for.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Held {
    pub id: CertificateId,
    pub crew_id: CrewId,
    pub qualification_id: QualificationId,
    pub name: String,
    /// Days such as `2027-05-22`.
    pub valid_from: Option<String>,
    pub expires_on: Option<String>,
    pub file_name: Option<String>,
    pub file_kind: Option<String>,
    pub file_bytes: Option<i64>,
    pub storage_key: Option<String>,
}

impl Held {
    /// How it stands from a first to a last day.
    pub fn standing(&self, first: &str, last: &str) -> Standing {
        let begun = self.valid_from.as_deref().is_none_or(|day| day <= first);
        let lasts = self.expires_on.as_deref().is_none_or(|day| day >= last);
        if begun && lasts {
            Standing::Valid
        } else {
            Standing::Expired
        }
    }

    pub fn logged(&self) -> Value {
        json!({
            "qualification": self.name,
            "valid from": self.valid_from,
            "expires on": self.expires_on,
            "certificate": self.file_name,
        })
    }
}

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Vehicle {
    pub id: VehicleId,
    pub crew_id: CrewId,
    /// Who drives it.
    pub driver: String,
    pub plate: String,
    pub make: Option<String>,
    pub model: Option<String>,
    pub colour: Option<String>,
}

impl Vehicle {
    /// "Ford Transit, white"; empty where nothing is known.
    pub fn look(&self) -> String {
        let what = [&self.make, &self.model].into_iter().flatten();
        let what: Vec<&str> = what.map(String::as_str).collect();
        let parts = [what.join(" "), self.colour.clone().unwrap_or_default()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }

    /// "BX72 KLM · Ford Transit, white".
    pub fn label(&self) -> String {
        let look = self.look();
        if look.is_empty() {
            self.plate.clone()
        } else {
            format!("{} \u{b7} {look}", self.plate)
        }
    }
}

/// A plate as it is written on the car: capitals, one space between its parts.
pub fn plate(text: &str) -> String {
    let parts: Vec<&str> = text.split_whitespace().collect();
    parts.join(" ").to_uppercase()
}

/// One stretch of work of somebody at an event.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Shift {
    pub id: ShiftId,
    pub crew_id: CrewId,
    pub name: String,
    pub phone: Option<String>,
    pub photo_key: Option<String>,
    pub state: State,
    pub role_id: Option<CrewRoleId>,
    pub role: Option<String>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub vehicle_id: Option<VehicleId>,
}

/// What a roster needs to know of its event.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Event {
    pub id: EventId,
    pub title: String,
    pub state: EventState,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub time_zone: String,
    pub venue: String,
    pub address: String,
}

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Requirement {
    pub id: RequirementId,
    pub qualification_id: QualificationId,
    pub name: String,
    /// Absent: asked of everybody.
    pub role_id: Option<CrewRoleId>,
    pub role: Option<String>,
}

impl Requirement {
    /// "First aid of Stewards".
    pub fn said(&self) -> String {
        match &self.role {
            Some(role) => format!("{} (as {role})", self.name),
            None => self.name.clone(),
        }
    }
}

/// How many of a role an event takes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Need {
    pub event_id: EventId,
    pub role_id: CrewRoleId,
    pub role: String,
    pub count: i64,
    /// People rostered in it.
    pub filled: i64,
}

impl Need {
    pub const fn missing(&self) -> i64 {
        let missing = self.count - self.filled;
        if missing > 0 { missing } else { 0 }
    }
}

/// An address of a gate list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GateLink {
    pub id: GateLinkId,
    pub event_id: EventId,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub made_by: String,
    pub made_at: Timestamp,
    pub seen_at: Option<Timestamp>,
}

impl GateLink {
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The address of a gate list: whoever has it sees the list, until it ends.
pub fn gate_address(app: &App, secret: &Secret) -> String {
    format!("{}/gate/{}", app.origin, secret.reveal())
}

/// The people of a roster, each with all stretches, in the order they come in.
pub fn people(shifts: &[Shift]) -> Vec<(&Shift, Vec<&Shift>)> {
    let mut people: Vec<(&Shift, Vec<&Shift>)> = Vec::new();
    for shift in shifts {
        match people
            .iter_mut()
            .find(|(one, _)| one.crew_id == shift.crew_id)
        {
            Some((_, all)) => all.push(shift),
            None => people.push((shift, vec![shift])),
        }
    }
    people
}

/// Makes a name's first letters: "Aylin Demir" is "AD".
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The days of an event as forms carry them, with how they are read.
pub fn event_days(event: &Event) -> Result<Vec<(String, String)>> {
    let days = times::days(event.starts_at, event.ends_at, &event.time_zone)?;
    Ok(days
        .into_iter()
        .map(|day| (day.to_string(), times::day_name(day)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(from: Option<&str>, until: Option<&str>) -> Held {
        Held {
            id: CertificateId::from_bytes([1; 16]),
            crew_id: CrewId::from_bytes([1; 16]),
            qualification_id: QualificationId::from_bytes([1; 16]),
            name: "First aid".into(),
            valid_from: from.map(Into::into),
            expires_on: until.map(Into::into),
            file_name: None,
            file_kind: None,
            file_bytes: None,
            storage_key: None,
        }
    }

    #[test]
    fn h13_a_qualification_holds_on_its_first_and_its_last_day_and_not_around_them() {
        let (first, last) = ("2027-06-12", "2027-06-13");
        for (from, until, standing) in [
            (None, None, Standing::Valid),
            (None, Some("2027-06-13"), Standing::Valid),
            (None, Some("2027-06-12"), Standing::Expired),
            (Some("2027-06-12"), None, Standing::Valid),
            (Some("2027-06-13"), None, Standing::Expired),
        ] {
            assert_eq!(held(from, until).standing(first, last), standing);
        }
    }

    #[test]
    fn a_plate_is_written_as_on_the_car_and_a_name_has_two_letters() {
        assert_eq!(plate("  bx72  klm "), "BX72 KLM");
        assert_eq!(initials("Aylin Demir"), "AD");
        assert_eq!(initials("Jean-Luc van den Berg"), "JB");
        assert_eq!(initials("élodie"), "É");
        assert_eq!(initials(""), "");
    }
}
