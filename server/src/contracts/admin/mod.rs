//! Contracts for staff: written, sent, followed, signed for the studio. Managers word templates and sign for the
//! studio; members write and send.

pub mod edit;
pub mod list;
pub mod new;
pub mod preview;
pub mod send;
pub mod show;
pub mod templates;

use serde::Serialize;

use super::text;
pub use super::words::{label, line, path};
use crate::{audit::Subject, scope::StaffSession, staff::Role};

pub const LIST: &str = "/admin/contracts";

/// Changes of a contract stand in the history of its client.
fn about(client: portico_wire::ClientId) -> Subject {
    Subject("client", Some(client.into_uuid()))
}

fn is_manager(session: &StaffSession) -> bool {
    session.role >= Role::Manager
}

/// A token as pages offer it.
#[derive(Serialize)]
struct Offered {
    name: &'static str,
    meaning: &'static str,
    example: &'static str,
    body_only: bool,
}

fn offered() -> Vec<Offered> {
    text::tokens()
        .map(|token| Offered {
            name: token.name,
            meaning: token.meaning,
            example: token.example,
            body_only: true,
        })
        .collect()
}
