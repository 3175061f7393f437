//! Staff's pages about quotes.

pub mod edit;
pub mod list;
pub mod show;

use portico_wire::QuoteId;

use super::act::By;
use crate::{audit::Actor, scope::StaffSession};

const LIST: &str = "/admin/quotes";

pub(crate) fn path(id: QuoteId) -> String {
    format!("{LIST}/{id}")
}

/// Who acts on a page, for the rules.
struct Acting<'a> {
    actor: Actor,
    session: &'a StaffSession,
}

impl<'a> Acting<'a> {
    fn new(session: &'a StaffSession) -> Self {
        Self {
            actor: session.actor(),
            session,
        }
    }

    fn by(&self) -> By<'_> {
        By {
            actor: &self.actor,
            reference: &self.session.visitor.reference,
            tell: true,
        }
    }
}
