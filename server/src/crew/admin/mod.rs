//! Pages about crew and rosters, for staff: one file per page.

mod asked;
pub mod edit;
pub mod gate;
pub mod held;
pub mod kinds;
pub mod list;
pub mod require;
pub mod roster;
pub mod shifts;
pub mod show;
pub mod vehicles;

use portico_wire::{CrewId, EventId};
use serde_json::{Value, json};

use super::{Member, initials};
use crate::audit::Subject;

const LIST: &str = "/admin/crew";

fn crew_path(crew: CrewId) -> String {
    format!("{LIST}/{crew}")
}

fn roster_path(event: EventId) -> String {
    format!("/admin/events/{event}/roster")
}

fn gate_path(event: EventId) -> String {
    format!("/admin/events/{event}/gate")
}

fn about(crew: CrewId) -> Subject {
    Subject("crew", Some(crew.into_uuid()))
}

fn about_event(event: EventId) -> Subject {
    Subject("event", Some(event.into_uuid()))
}

/// A face: the photo, or the first letters of the name.
fn face(id: CrewId, name: &str, photo: Option<&str>) -> Value {
    // A new photo has a new address, so that no browser shows the old one.
    let mark = photo.map(|key| key.chars().rev().take(8).collect::<String>());
    json!({
        "initials": initials(name),
        "photo": mark.map(|mark| format!("{LIST}/{id}/photo?v={}", mark.replace('.', ""))),
    })
}

fn member_face(one: &Member) -> Value {
    face(one.id, &one.name, one.photo_key.as_deref())
}
