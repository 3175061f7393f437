//! The crew of an event in the portal: who comes, when, with what papers and vehicles. Part of the reply about an event.
//!
//! A part that is switched off is not in the reply: `roster` (the right `roster`; within it `photo` by `roster_photos`,
//! `qualifications` by `qualifications`, `certificate` by `certificates`), `vehicles` (`vehicles`), `required`
//! (`required_qualifications`). Whom to call on the day is the event's own `leader`: the team leader of the roster where
//! there is one.

use serde::{Deserialize, Serialize};

use crate::{CertificateId, CrewId, Timestamp, VehicleId};

/// Who works at an event: `crew` in the reply of `GET events/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventCrew {
    /// By name, the team leader first. Empty: nobody is rostered yet. Absent: switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<Vec<RosterMember>>,
    /// What the crew comes with, by plate. Absent: switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<Vec<Vehicle>>,
    /// What the people rostered must be qualified for. Absent: switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<Vec<RequiredQualification>>,
}

/// Somebody on the roster, with all times at this event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RosterMember {
    pub id: CrewId,
    pub name: String,
    pub leader: bool,
    /// The address of the photo, a JPEG for an `img`: good for ten minutes and as long as the session lives. Absent:
    /// switched off, or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// In the order of time.
    pub shifts: Vec<Shift>,
    /// Absent: switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifications: Option<Vec<HeldQualification>>,
}

/// One stretch of work. To be shown in the event's own time zone; it may end after midnight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Shift {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// One of `vehicles`; absent where these are switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<VehicleId>,
}

/// What somebody is qualified for, or should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HeldQualification {
    pub name: String,
    pub state: Standing,
    /// Asked of this person at this event; always false where required qualifications are switched off.
    pub required: bool,
    /// The last day it holds, `2027-05-22`; absent: it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<String>,
    /// What to ask `GET events/{id}/certificates/{certificate}` with. Absent: switched off, or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateId>,
}

/// How a qualification stands on the days somebody is rostered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Valid,
    /// It runs out before the last of these days, or begins after the first.
    Expired,
    /// It is required and not there.
    Missing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Vehicle {
    pub id: VehicleId,
    pub plate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Whose it is; absent where the roster is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RequiredQualification {
    pub name: String,
    /// Of whom it is asked; absent: of everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// `GET events/{id}/certificates/{certificate}`: where the file is saved from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CertificateAddress {
    /// Good for ten minutes and as long as the session lives.
    pub address: String,
}
