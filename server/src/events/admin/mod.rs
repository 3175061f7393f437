//! Staff's pages about events.

pub mod answer;
pub mod catalogue;
pub mod edit;
pub mod list;
pub mod sheet;
pub mod show;
pub mod typed;

use portico_wire::events::EventColour;

use super::{act::By, listed::path};
use crate::{audit::Actor, scope::StaffSession};

const LIST: &str = "/admin/events";

/// Who acts on a page, for the rules.
struct Acting<'a> {
    actor: Actor,
    session: &'a StaffSession,
    tell: bool,
}

impl<'a> Acting<'a> {
    fn new(session: &'a StaffSession, tell: bool) -> Self {
        Self {
            actor: session.actor(),
            session,
            tell,
        }
    }

    fn by(&self) -> By<'_> {
        By {
            actor: &self.actor,
            reference: &self.session.visitor.reference,
            tell: self.tell,
        }
    }
}

/// What a colour is called.
const fn colour_label(colour: EventColour) -> &'static str {
    match colour {
        EventColour::Blue => "Blue",
        EventColour::Teal => "Teal",
        EventColour::Green => "Green",
        EventColour::Amber => "Amber",
        EventColour::Red => "Red",
        EventColour::Pink => "Pink",
        EventColour::Violet => "Violet",
        EventColour::Grey => "Grey",
    }
}
