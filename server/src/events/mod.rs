//! Events: what has a date. Clients book them and ask to change them; staff confirm, move and cancel them.

pub mod act;
pub mod admin;
pub mod api;
pub mod ask;
pub mod book;
pub mod calendar;
pub mod listed;
pub mod offer;
pub mod prompts;
pub mod store;
pub mod tell;
pub mod times;
pub mod told;
pub mod work;

use jiff::tz::TimeZone;
use portico_wire::{
    AssignmentId, Code, ContactId, EventId, EventTypeId, GroupId, Timestamp,
    events::{EventColour, EventState, Leader, ListedEvent, Place, RequestState},
};

use crate::{
    Result, crew, db::StudioTx, error::Error, forms::store::Viewer, web::redirect::escape,
};
use times::When;

/// The most a client may ask for, of one role or of a resource without a limit of its own.
const MOST_OF_ONE: i64 = 999;

/// An event with its type.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Event {
    pub id: EventId,
    pub version: i64,
    pub type_id: EventTypeId,
    pub kind: String,
    pub colour: EventColour,
    pub title: String,
    pub state: EventState,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub time_zone: String,
    pub all_day: bool,
    pub venue: String,
    pub address: String,
    pub leader_name: String,
    pub leader_phone: Option<String>,
    pub staff_notes: String,
    pub group_id: Option<GroupId>,
    pub sequence: i64,
    pub source_id: Option<EventId>,
    pub assignment_id: Option<AssignmentId>,
    pub reason: Option<String>,
    pub booked_by: Option<ContactId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Event {
    pub fn zone(&self) -> TimeZone {
        zone_of(&self.time_zone)
    }

    pub const fn when(&self) -> When {
        When {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            all_day: self.all_day,
        }
    }

    /// "Saturday, 22 May 2027, 14:00 to 22:00 CEST"
    pub fn said(&self) -> String {
        times::said(self.when(), &self.zone())
    }

    /// The day it begins on, `2027-05-22`.
    pub fn day(&self) -> String {
        times::local(self.starts_at, &self.zone())
            .date()
            .to_string()
    }

    /// "22 May 2027"
    pub fn day_said(&self) -> String {
        times::day_text(times::local(self.starts_at, &self.zone()).date())
    }

    /// Whom to call, as staff wrote it down.
    pub fn typed_leader(&self) -> Option<Leader> {
        (!self.leader_name.is_empty()).then(|| Leader {
            name: self.leader_name.clone(),
            phone: self.leader_phone.clone(),
        })
    }

    /// Venue and address on one line.
    pub fn place_line(&self) -> String {
        let parts = [self.venue.as_str(), self.address.as_str()];
        let lines: Vec<&str> = parts
            .iter()
            .flat_map(|part| part.lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join(", ")
    }
}

/// Whom to call on the day: who leads the roster, else whom staff wrote down.
pub async fn leader(tx: &mut StudioTx, event: &Event) -> Result<Option<Leader>> {
    let rostered = crew::store::leader_to_call(tx, event.id).await?;
    Ok(rostered
        .map(|(name, phone)| Leader { name, phone })
        .or_else(|| event.typed_leader()))
}

/// A zone that was checked when it was stored.
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Where it takes place, with a page of a map.
pub fn place(venue: &str, address: &str) -> Option<Place> {
    let one_line = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(", ");
    let asked = [one_line(venue), one_line(address)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    (!asked.is_empty()).then(|| Place {
        venue: venue.to_owned(),
        address: address.to_owned(),
        map: format!(
            "https://www.openstreetmap.org/search?query={}",
            escape(&asked)
        ),
    })
}

/// What a state is called on staff's pages, and its colour.
pub const fn label(state: EventState) -> (&'static str, &'static str) {
    match state {
        EventState::Requested => ("Requested", "due"),
        EventState::ToBeConfirmed => ("To be confirmed", "due"),
        EventState::Confirmed => ("Confirmed", "good"),
        EventState::Completed => ("Completed", ""),
        EventState::Cancelled => ("Cancelled", "bad"),
    }
}

/// What staff can do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Edit,
    Confirm,
    Complete,
    Cancel,
    /// Takes a cancellation or a completion back.
    Reopen,
}

/// The state an act leads to; absent: it cannot be done.
pub const fn after(state: EventState, act: Act) -> Option<EventState> {
    use EventState::{Cancelled, Completed, Confirmed, Requested, ToBeConfirmed};
    match (act, state) {
        (Act::Edit, _) => Some(state),
        (Act::Confirm, Requested | ToBeConfirmed) | (Act::Reopen, Completed) => Some(Confirmed),
        (Act::Complete, Confirmed) => Some(Completed),
        (Act::Cancel, Requested | ToBeConfirmed | Confirmed) => Some(Cancelled),
        (Act::Reopen, Cancelled) => Some(ToBeConfirmed),
        _ => None,
    }
}

/// The state an act leads to, or why it cannot be done.
pub fn check(state: EventState, act: Act) -> Result<EventState> {
    after(state, act).ok_or_else(|| {
        let (label, _) = label(state);
        Error::refused(
            Code::Conflict,
            format!(
                "This event is “{}” now, so this cannot be done. Please look at it again.",
                label.to_lowercase()
            ),
        )
    })
}

/// Text people write, trimmed and of at most `most` characters, without signs that cannot be shown.
pub fn text(field: &'static str, typed: &str, most: usize) -> Result<String> {
    let typed = typed.replace("\r\n", "\n");
    let typed = typed.trim();
    let plain = typed
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\t');
    if !plain || typed.chars().count() > most {
        return Err(Error::invalid(
            field,
            format!("Please write at most {most} characters of plain text."),
        ));
    }
    Ok(typed.to_owned())
}

/// As [`text`], on one line.
pub fn line(field: &'static str, typed: &str, most: usize) -> Result<String> {
    let typed = text(field, typed, most)?;
    Ok(typed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Events that stand on the first screen.
const ON_HOME: usize = 20;

/// The next event that takes place, and those that wait for the studio; one statement.
pub async fn on_home(
    tx: &mut StudioTx,
    who: Viewer,
) -> Result<(Option<ListedEvent>, Vec<ListedEvent>)> {
    let most = i64::try_from(ON_HOME + 1).unwrap_or(i64::MAX);
    let coming = store::on_home(tx, who, most).await?;
    let coming: Vec<ListedEvent> = coming.into_iter().map(told::listed).collect();
    let next = coming.iter().find(|one| one.state.is_open()).cloned();
    let waits = |one: &ListedEvent| {
        let asked = one.request.as_ref();
        one.state.waits() || asked.is_some_and(|request| request.state == RequestState::Open)
    };
    let waiting = coming.into_iter().filter(waits).take(ON_HOME).collect();
    Ok((next, waiting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h6_each_act_leads_from_some_states_and_from_no_other() {
        let acts = [Act::Confirm, Act::Complete, Act::Cancel, Act::Reopen];
        let table: Vec<Vec<Option<EventState>>> = EventState::ALL
            .iter()
            .map(|&state| acts.iter().map(|&act| after(state, act)).collect())
            .collect();
        let (confirmed, cancelled) = (Some(EventState::Confirmed), Some(EventState::Cancelled));
        assert_eq!(
            table,
            [
                vec![confirmed, None, cancelled, None],
                vec![confirmed, None, cancelled, None],
                vec![None, Some(EventState::Completed), cancelled, None],
                vec![None, None, None, confirmed],
                vec![None, None, None, Some(EventState::ToBeConfirmed)],
            ]
        );
    }

    #[test]
    fn h1_a_map_is_asked_for_the_place_and_nothing_else() {
        let found = place("The Mill & Barn", "1 River Rd\nBath").unwrap();
        assert_eq!(
            found.map,
            "https://www.openstreetmap.org/search?query=The%20Mill%20%26%20Barn%2C%201%20River%20Rd%2C%20Bath"
        );
        assert_eq!(place("", ""), None);
    }
}
