//! Staff's pages about payments: the list, a payment, recording one, and the studio's account.

pub mod account;
pub mod act;
pub mod list;
pub mod record;
pub mod show;

use portico_wire::PaymentId;

use super::{EntryKind, Source, state_label};
use crate::{audit::Actor, scope::StaffSession};

pub(super) const LIST: &str = "/admin/payments";

pub(super) fn path(id: PaymentId) -> String {
    format!("{LIST}/{id}")
}

/// Who acts on a page.
pub(super) struct Acting {
    actor: Actor,
    reference: String,
}

impl Acting {
    pub(super) fn new(session: &StaffSession) -> Self {
        Self {
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    pub(super) fn source(&self) -> Source<'_> {
        Source::of(&self.actor, &self.reference)
    }
}

const fn entry_label(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Pending => "Under way at the bank",
        EntryKind::Succeeded => "Received",
        EntryKind::Failed => "Failed",
        EntryKind::Refunded => "Refunded",
        EntryKind::RefundFailed => "Refund did not arrive",
        EntryKind::Disputed => "Disputed, taken back by the bank",
        EntryKind::DisputeWon => "Dispute won, money back",
        EntryKind::DisputeLost => "Dispute lost",
        EntryKind::Reversed => "Taken back",
        EntryKind::Applied => "Used for an invoice",
        EntryKind::Released => "Not needed any more, kept as credit",
    }
}
