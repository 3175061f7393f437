//! Events in the portal: what has a date, booking one, asking to move or cancel, and calendars.
//!
//! Local times are written as the event's own zone has them, `2027-05-22T14:00`; of an event of whole days they are
//! days, `2027-05-22`, and the end is its last day.

use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, CrewRoleId, EventId, EventRequestId, EventTypeId, ResourceId, Timestamp,
    crew::EventCrew, documents::EventDocuments,
};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        #[cfg(feature = "server")]
        crate::text_column!($name);
    };
}

named! {
    /// Where an event stands.
    EventState {
        /// Somebody asked whether it can be had.
        Requested = "requested",
        /// Booked by a client; the studio has not said yes yet.
        ToBeConfirmed = "to_be_confirmed",
        Confirmed = "confirmed",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

named! {
    /// The palette of event types.
    EventColour {
        Blue = "blue",
        Teal = "teal",
        Green = "green",
        Amber = "amber",
        Red = "red",
        Pink = "pink",
        Violet = "violet",
        Grey = "grey",
    }
}

named! {
    /// What a client asks for.
    RequestKind {
        Move = "move",
        Cancel = "cancel",
    }
}

named! {
    /// What became of it.
    RequestState {
        Open = "open",
        Accepted = "accepted",
        Declined = "declined",
    }
}

impl EventState {
    /// It may still take place.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Requested | Self::ToBeConfirmed | Self::Confirmed
        )
    }

    /// The studio has to say yes or no.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Requested | Self::ToBeConfirmed)
    }
}

/// `GET events`: everything with a date, in one list. `?after=` gives further past ones, with no coming ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Events {
    /// Not over yet, the next first; cancelled ones among them.
    pub coming: Vec<ListedEvent>,
    /// The latest first.
    pub past: Vec<ListedEvent>,
    /// Where the next page of past ones begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// This contact may book, and there is a type to book.
    pub may_book: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedEvent {
    pub id: EventId,
    pub title: String,
    /// The name of its type, "Wedding".
    pub kind: String,
    pub colour: EventColour,
    pub state: EventState,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// By the event's own clock.
    pub starts: String,
    pub ends: String,
    /// The IANA name, `Europe/Vienna`.
    pub time_zone: String,
    pub all_day: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// The latest wish of this contact's client to move or cancel it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<EventRequest>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventRequest {
    pub id: EventRequestId,
    pub kind: RequestKind,
    pub state: RequestState,
    /// By the event's own clock: when it is wanted instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the studio said to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// The name of who asked.
    pub by: String,
    pub made_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// `GET events/{id}`, and what `POST events` and `POST events/{id}/requests` answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Event {
    #[serde(flatten)]
    pub listed: ListedEvent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whom to call: the team leader of the roster, or whom the studio named instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<Leader>,
    /// Who works there; a part that is switched off is not in it.
    #[serde(default)]
    pub crew: EventCrew,
    /// What the studio tells this client.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// What this client wrote when it booked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wishes: String,
    /// How many of each role; empty for who has no right to the number of staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<EventNeed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<EventResource>,
    /// Wishes of this contact's client, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<EventRequest>,
    /// The questions of its type, where this contact was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<EventQuestions>,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub may: EventActs,
    /// Its documents; absent in the reply to an act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<EventDocuments>,
    /// Where its .ics file is saved from; it lives as long as the session.
    pub calendar: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Place {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub venue: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// A page of a map.
    pub map: String,
}

/// Whom to call on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Leader {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventNeed {
    pub role: CrewRoleId,
    pub name: String,
    pub count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventResource {
    pub resource: ResourceId,
    pub name: String,
    pub quantity: i64,
}

/// A questionnaire of the section Forms and Contracts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventQuestions {
    pub id: AssignmentId,
    pub title: String,
    pub done: bool,
}

/// What this contact may do with an event now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventActs {
    /// Ask to move or cancel it.
    pub ask: bool,
    /// Book it again.
    pub again: bool,
}

/// `GET events/booking`: what there is to book. `?from=` an event fills it in as that one was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Booking {
    pub types: Vec<BookingType>,
    /// Roles staff can be asked for; empty for who has no right to the number of staff.
    pub roles: Vec<BookingRole>,
    pub resources: Vec<BookingResource>,
    /// The earliest and the latest start, by the studio's clock.
    pub earliest: String,
    pub latest: String,
    /// The studio's, and an event's where nobody says otherwise.
    pub time_zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BookingType {
    pub id: EventTypeId,
    pub name: String,
    pub colour: EventColour,
    pub minutes: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The most staff that may be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_staff: Option<i64>,
    /// The title of the questions that follow the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BookingRole {
    pub id: CrewRoleId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BookingResource {
    pub id: ResourceId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
}

/// An earlier event, to be booked again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Again {
    /// Its details, without a date; what can no longer be booked is left out.
    pub book: Book,
    /// What was left out, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// `POST events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Book {
    /// Absent only in [`Again`], where its type is no longer to be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EventTypeId>,
    /// Absent: the name of its type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "server", schema(max_length = 120))]
    pub title: String,
    #[serde(default)]
    pub all_day: bool,
    /// By the clock of `time_zone`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub starts: String,
    /// Absent: as long as its type says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ends: String,
    /// Absent: the studio's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "server", schema(max_length = 160))]
    pub venue: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "server", schema(max_length = 500))]
    pub address: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "server", schema(max_length = 4000))]
    pub wishes: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<WantedRole>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<WantedResource>,
    /// The event it is booked again from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<EventId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WantedRole {
    pub role: CrewRoleId,
    pub count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WantedResource {
    pub resource: ResourceId,
    pub quantity: i64,
}

/// `POST events/{id}/requests`: one at a time is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AskChange {
    pub kind: RequestKind,
    /// Of a move, by the event's own clock.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub starts: String,
    /// Absent: as long as it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ends: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "server", schema(max_length = 2000))]
    pub reason: String,
}

/// `GET calendar` and `POST calendar`: the private address calendars read all events from. A `POST` makes it, or
/// makes a new one, after which the old one is dead.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Calendar {
    /// `https://HOST/calendar/….ics`; with `webcal://` in front a phone opens it at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
