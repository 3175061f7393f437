//! What is wrong with a roster, in sentences: pure, from what the store read.

use std::collections::BTreeSet;

use portico_wire::{CrewId, EventId, Timestamp, crew::Standing};
use serde::Serialize;

use super::{Event, Held, Need, Requirement, Shift, State, people, times};
use crate::Result;

/// Somebody's work at another event at the same time.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Clash {
    pub crew_id: CrewId,
    pub event_id: EventId,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// Something staff should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// `gap`, `leader`, `moved`, `clash`, `expired`, `missing`, `left`.
    pub kind: &'static str,
    /// Whom it is about.
    pub crew: Option<CrewId>,
    pub text: String,
    /// The other event of a clash.
    pub event: Option<EventId>,
}

/// All that is known of a roster.
pub struct Roster<'a> {
    pub event: &'a Event,
    pub shifts: &'a [Shift],
    pub leader: Option<CrewId>,
    pub needs: &'a [Need],
    pub held: &'a [Held],
    pub required: &'a [Requirement],
    pub clashes: &'a [Clash],
}

/// The first and the last day somebody works, by the event's clocks.
pub fn span(shifts: &[&Shift], time_zone: &str) -> Result<Option<(String, String)>> {
    let starts = shifts.iter().map(|one| one.starts_at).min();
    let ends = shifts.iter().map(|one| one.ends_at).max();
    let (Some(starts), Some(ends)) = (starts, ends) else {
        return Ok(None);
    };
    let first = times::local(starts, time_zone)?.date().to_string();
    Ok(Some((first, times::last_day(ends, time_zone)?.to_string())))
}

/// What is required of somebody with these stretches.
pub fn required_of<'a>(required: &'a [Requirement], shifts: &[&Shift]) -> Vec<&'a Requirement> {
    let mut seen = BTreeSet::new();
    required
        .iter()
        .filter(|one| {
            let asked =
                one.role_id.is_none() || shifts.iter().any(|shift| shift.role_id == one.role_id);
            asked && seen.insert(one.qualification_id)
        })
        .collect()
}

/// "3 May 2027" of `2027-05-03`.
pub fn day(text: &str) -> String {
    text.parse::<jiff::civil::Date>().map_or_else(
        |_| text.to_owned(),
        |day| day.strftime("%-d %B %Y").to_string(),
    )
}

/// All there is to look at, the event's own first, then by name.
pub fn warnings(roster: &Roster<'_>) -> Result<Vec<Warning>> {
    let mut found = Vec::new();
    let of_event = |kind, text| Warning {
        kind,
        crew: None,
        text,
        event: None,
    };
    for need in roster.needs.iter().filter(|need| need.missing() > 0) {
        let text = format!("{}: {} of {} found.", need.role, need.filled, need.count);
        found.push(of_event("gap", text));
    }
    if roster.leader.is_none() && !roster.shifts.is_empty() {
        let text = "Nobody leads the team yet. Clients have nobody to call on the day.".into();
        found.push(of_event("leader", text));
    }
    let event = roster.event;
    let there = |one: &Shift| one.starts_at < event.ends_at && one.ends_at > event.starts_at;
    if !roster.shifts.is_empty() && !roster.shifts.iter().any(there) {
        let text = "Nobody on the roster works while the event takes place. Was it moved?".into();
        found.push(of_event("moved", text));
    }
    for (one, shifts) in people(roster.shifts) {
        of_person(roster, one, &shifts, &mut found)?;
    }
    Ok(found)
}

fn of_person(
    roster: &Roster<'_>,
    one: &Shift,
    shifts: &[&Shift],
    found: &mut Vec<Warning>,
) -> Result<()> {
    let (name, zone) = (&one.name, &roster.event.time_zone);
    let mut warn = |kind, text, event| {
        found.push(Warning {
            kind,
            crew: Some(one.crew_id),
            text,
            event,
        });
    };
    if one.state == State::Left {
        warn("left", format!("{name} no longer works for you."), None);
    }
    let own = |it: &&Clash| it.crew_id == one.crew_id;
    for clash in roster.clashes.iter().filter(own) {
        let when = times::said(clash.starts_at, clash.ends_at, zone)?;
        let text = format!("{name} is also at {}: {when}.", clash.title);
        warn("clash", text, Some(clash.event_id));
    }
    let Some((first, last)) = span(shifts, zone)? else {
        return Ok(());
    };
    let held = roster.held.iter().filter(|it| it.crew_id == one.crew_id);
    let held: Vec<&Held> = held.collect();
    for wanted in required_of(roster.required, shifts) {
        let holds = |it: &&Held| it.qualification_id == wanted.qualification_id;
        if !held.iter().any(holds) {
            let text = format!("{name} has no {}, which is required here.", wanted.name);
            warn("missing", text, None);
        }
    }
    let ended = |it: &&&Held| it.standing(&first, &last) == Standing::Expired;
    for held in held.iter().filter(ended) {
        let what = &held.name;
        let text = match &held.expires_on {
            Some(until) if *until < last => {
                let day = day(until);
                format!("{what} of {name} ends on {day}, before the work does.")
            }
            _ => format!("{what} of {name} does not hold on the first day yet."),
        };
        warn("expired", text, None);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use portico_wire::{
        CertificateId, CrewRoleId, QualificationId, RequirementId, ShiftId, events::EventState,
    };

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event() -> Event {
        Event {
            id: EventId::from_bytes([9; 16]),
            title: "Gala".into(),
            state: EventState::Confirmed,
            starts_at: at("2027-06-12T07:00:00Z"),
            ends_at: at("2027-06-13T22:00:00Z"),
            time_zone: "Europe/London".into(),
            venue: String::new(),
            address: String::new(),
        }
    }

    fn shift(crew: u8, role: u8, from: &str, to: &str) -> Shift {
        Shift {
            id: ShiftId::from_bytes([crew; 16]),
            crew_id: CrewId::from_bytes([crew; 16]),
            name: format!("Crew {crew}"),
            phone: None,
            photo_key: None,
            state: State::Active,
            role_id: Some(CrewRoleId::from_bytes([role; 16])),
            role: Some("Steward".into()),
            starts_at: at(from),
            ends_at: at(to),
            vehicle_id: None,
        }
    }

    fn held(crew: u8, what: u8, until: Option<&str>) -> Held {
        Held {
            id: CertificateId::from_bytes([1; 16]),
            crew_id: CrewId::from_bytes([crew; 16]),
            qualification_id: QualificationId::from_bytes([what; 16]),
            name: "First aid".into(),
            valid_from: None,
            expires_on: until.map(Into::into),
            file_name: None,
            file_kind: None,
            file_bytes: None,
            storage_key: None,
        }
    }

    fn required(what: u8, role: Option<u8>) -> Requirement {
        Requirement {
            id: RequirementId::from_bytes([what; 16]),
            qualification_id: QualificationId::from_bytes([what; 16]),
            name: "First aid".into(),
            role_id: role.map(|role| CrewRoleId::from_bytes([role; 16])),
            role: None,
        }
    }

    fn kinds(
        shifts: &[Shift],
        held: &[Held],
        required: &[Requirement],
        leader: u8,
    ) -> Vec<&'static str> {
        let event = event();
        let roster = Roster {
            event: &event,
            shifts,
            leader: Some(CrewId::from_bytes([leader; 16])),
            needs: &[],
            held,
            required,
            clashes: &[],
        };
        let found = warnings(&roster).unwrap();
        found.iter().map(|one| one.kind).collect()
    }

    #[test]
    fn h13_h15_what_is_required_of_a_role_is_missed_by_whoever_works_in_it_alone() {
        let shifts = [shift(1, 1, "2027-06-12T08:00:00Z", "2027-06-12T16:00:00Z")];
        assert!(kinds(&shifts, &[], &[required(7, Some(2))], 1).is_empty());
        assert_eq!(kinds(&shifts, &[], &[required(7, Some(1))], 1), ["missing"]);
        assert_eq!(kinds(&shifts, &[], &[required(7, None)], 1), ["missing"]);
        // Asked twice, told once.
        let twice = [required(7, Some(1)), required(7, None)];
        assert_eq!(kinds(&shifts, &[], &twice, 1), ["missing"]);
        assert!(kinds(&shifts, &[held(1, 7, None)], &[required(7, None)], 1).is_empty());
        assert_eq!(
            kinds(&shifts, &[held(2, 7, None)], &[required(7, None)], 1),
            ["missing"]
        );
    }

    #[test]
    fn h13_a_certificate_counts_to_the_last_hour_of_work_past_midnight() {
        let shifts = [shift(1, 1, "2027-06-12T17:00:00Z", "2027-06-13T01:00:00Z")];
        let ends = |day| kinds(&shifts, &[held(1, 7, Some(day))], &[], 1);
        assert_eq!(ends("2027-06-12"), ["expired"]);
        assert!(ends("2027-06-13").is_empty());
    }

    #[test]
    fn h11_a_roster_that_stayed_behind_when_its_event_was_moved_is_told() {
        let stayed = [shift(1, 1, "2027-06-05T08:00:00Z", "2027-06-05T16:00:00Z")];
        assert_eq!(kinds(&stayed, &[], &[], 1), ["moved"]);
        let set_up = [
            shift(1, 1, "2027-06-11T08:00:00Z", "2027-06-11T16:00:00Z"),
            shift(1, 1, "2027-06-12T08:00:00Z", "2027-06-12T16:00:00Z"),
        ];
        assert!(kinds(&set_up, &[], &[], 1).is_empty());
    }

    #[test]
    fn a_gap_a_missing_leader_and_a_clash_are_told() {
        let event = event();
        let shifts = [shift(1, 1, "2027-06-12T08:00:00Z", "2027-06-12T16:00:00Z")];
        let need = Need {
            event_id: event.id,
            role_id: CrewRoleId::from_bytes([1; 16]),
            role: "Steward".into(),
            count: 2,
            filled: 1,
        };
        let clash = Clash {
            crew_id: CrewId::from_bytes([1; 16]),
            event_id: EventId::from_bytes([8; 16]),
            title: "Wedding".into(),
            starts_at: at("2027-06-12T15:00:00Z"),
            ends_at: at("2027-06-12T20:00:00Z"),
        };
        let roster = Roster {
            event: &event,
            shifts: &shifts,
            leader: None,
            needs: &[need],
            held: &[],
            required: &[],
            clashes: &[clash],
        };
        let found = warnings(&roster).unwrap();
        let said: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(
            said,
            [
                "Steward: 1 of 2 found.",
                "Nobody leads the team yet. Clients have nobody to call on the day.",
                "Crew 1 is also at Wedding: Sat 12 Jun, 16:00\u{2013}21:00.",
            ]
        );
    }
}
