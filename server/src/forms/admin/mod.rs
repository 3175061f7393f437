//! Forms for staff. Managers build them; members ask clients to fill them in and read what came back.

pub mod ask;
pub mod ask_many;
pub mod build;
pub mod export;
mod facts;
pub mod list;
pub mod look;
pub mod submissions;

use portico_wire::FormId;
use serde_json::{Value, json};

use super::StoredForm;
use crate::{
    audit::{Subject, note},
    scope::StaffSession,
    staff::Role,
};

pub const LIST: &str = "/admin/forms";

fn path(form: FormId) -> String {
    format!("{LIST}/{form}")
}

fn about(form: FormId) -> Subject {
    Subject("form", Some(form.into_uuid()))
}

fn may_edit(session: &StaffSession) -> bool {
    session.role >= Role::Manager
}

/// What the pages of one form have in common.
fn frame(form: &StoredForm, session: &StaffSession) -> Value {
    json!({
        "id": form.id,
        "path": path(form.id),
        "name": form.name,
        "archived": form.archived_at.is_some(),
        "in_portal": form.in_portal,
        "default_update": form.default_update,
        "may_edit": may_edit(session),
    })
}
