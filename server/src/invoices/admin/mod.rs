//! Staff's pages about invoices and credit notes.

pub mod act;
pub mod edit;
pub mod list;
pub mod new;
pub mod show;

use portico_wire::InvoiceId;

use super::issue;
use crate::{audit::Actor, scope::StaffSession};

const LIST: &str = "/admin/invoices";

fn path(id: InvoiceId) -> String {
    format!("{LIST}/{id}")
}

/// Who acts on a page.
struct Acting {
    actor: Actor,
    reference: String,
}

impl Acting {
    fn new(session: &StaffSession) -> Self {
        Self {
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    fn by(&self) -> issue::By<'_> {
        issue::By {
            actor: &self.actor,
            reference: &self.reference,
        }
    }
}
