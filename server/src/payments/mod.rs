//! Payments: what came in, which invoices it pays, and what is owed still. Here are the rules, pure; what is owed is worked
//! out from entries that are never changed, and never kept.
//!
//! A payment has *entries* (under way, came through, refunded, disputed, …). Each says what it changes in the money held.
//! Of that money invoices use up parts, by *allocations*; what none uses up is the client's credit.

pub mod account;
pub mod admin;
pub mod api;
pub mod check;
pub mod checkout;
mod choice;
pub mod ledger;
pub mod paper;
pub mod prompts;
mod standing;
pub mod store;
pub mod stripe;
pub mod sync;
pub mod tell;
pub mod webhook;

#[cfg(test)]
mod tests;

pub use choice::*;
pub use standing::*;

use std::collections::BTreeMap;

use portico_wire::{
    CheckoutId, ClientId, ContactId, PaymentId, StaffId, Timestamp,
    payments::{Due, PaymentMethod},
};

use crate::money;

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A bank payment is under way.
    Pending,
    Succeeded,
    Failed,
    Refunded,
    /// A refund did not reach the client: the money is back here.
    RefundFailed,
    /// The bank took the money back until it has decided.
    Disputed,
    DisputeWon,
    /// The bank keeps what it took back.
    DisputeLost,
    /// What staff recorded was a mistake, or a cheque bounced.
    Reversed,
    /// Credit went to an invoice.
    Applied,
    /// An invoice gave back what it does not need any more.
    Released,
}

impl EntryKind {
    pub const ALL: &[Self] = &[
        Self::Pending,
        Self::Succeeded,
        Self::Failed,
        Self::Refunded,
        Self::RefundFailed,
        Self::Disputed,
        Self::DisputeWon,
        Self::DisputeLost,
        Self::Reversed,
        Self::Applied,
        Self::Released,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
            Self::Disputed => "disputed",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
            Self::Reversed => "reversed",
            Self::Applied => "applied",
            Self::Released => "released",
        }
    }
}
portico_wire::text_column!(EntryKind);

/// Who told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    Webhook,
    Reconciler,
    Staff,
    System,
}

impl SourceKind {
    pub const ALL: &[Self] = &[Self::Webhook, Self::Reconciler, Self::Staff, Self::System];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Reconciler => "reconciler",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}
portico_wire::text_column!(SourceKind);

/// Where an entry comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub kind: SourceKind,
    /// The provider's event.
    pub event: Option<&'a str>,
    pub staff: Option<StaffId>,
    /// For the log.
    pub actor: &'a crate::audit::Actor,
    pub reference: &'a str,
}

impl<'a> Source<'a> {
    /// Whoever acts on a page, or the product itself.
    pub const fn of(actor: &'a crate::audit::Actor, reference: &'a str) -> Self {
        let (kind, staff) = match actor {
            crate::audit::Actor::Staff { id, .. } => (SourceKind::Staff, Some(*id)),
            _ => (SourceKind::System, None),
        };
        Self {
            kind,
            event: None,
            staff,
            actor,
            reference,
        }
    }
}

impl Source<'static> {
    /// A worker that asked the provider.
    pub const RECONCILER: Self = Self {
        kind: SourceKind::Reconciler,
        event: None,
        staff: None,
        actor: &crate::audit::Actor::System,
        reference: "worker",
    };
}

/// Why staff should look at a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody knows whose it is.
    Unknown,
    /// Paid in another currency than was asked.
    Currency,
    /// Another amount than was asked.
    Amount,
}

impl Trouble {
    pub const ALL: &[Self] = &[Self::Unknown, Self::Currency, Self::Amount];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Currency => "currency",
            Self::Amount => "amount",
        }
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::Unknown => "Nobody knows whose it is",
            Self::Currency => "Paid in another currency than was asked",
            Self::Amount => "Another amount than was asked",
        }
    }
}
portico_wire::text_column!(Trouble);

/// A payment, without its entries.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Payment {
    pub id: PaymentId,
    pub client_id: Option<ClientId>,
    pub contact_id: Option<ContactId>,
    pub checkout_id: Option<CheckoutId>,
    pub currency: String,
    /// With the tip.
    pub amount: i64,
    pub tip: i64,
    pub method: PaymentMethod,
    pub detail: Option<String>,
    pub provider_id: Option<String>,
    pub reference: Option<String>,
    pub note: Option<String>,
    pub problem: Option<Trouble>,
    pub settled_at: Option<Timestamp>,
    pub at: Timestamp,
}

impl Payment {
    /// What people call it when they speak about it.
    pub fn code(&self) -> String {
        code(self.id)
    }

    /// Money of it that invoices can use up.
    pub const fn without_tip(&self) -> i64 {
        self.amount - self.tip
    }
}

/// The end of a payment's id, to read out.
pub fn code(id: PaymentId) -> String {
    let text = id.to_string();
    text[text.len() - 8..].to_uppercase()
}

/// "Total due" as it stands on home and above the lists, by currency.
pub fn total_due<'a>(
    open: impl IntoIterator<Item = &'a store::portal::Open>,
    today: &str,
) -> Vec<Due> {
    let mut sums: BTreeMap<&str, (i64, i64, i64, Option<String>)> = BTreeMap::new();
    for one in open.into_iter().filter(|one| one.counts) {
        let due = dues(&one.parts, today);
        let (total, overdue, pending, next) = sums.entry(&one.currency).or_default();
        *total += one.sums.balance();
        *overdue += due.overdue;
        *pending += one.sums.covering();
        *next = [next.take(), due.next].into_iter().flatten().min();
    }
    let sums = sums.into_iter();
    sums.map(|(currency, (total, overdue, pending, next_due))| Due {
        total: money::wire(total, currency),
        overdue: money::wire(overdue, currency),
        pending: money::wire(pending, currency),
        next_due,
    })
    .collect()
}

/// Parts of an amount in the order given, none more than its place takes; what is left over.
pub fn fill<T: Copy>(amount: i64, places: &[(T, i64)]) -> (Vec<(T, i64)>, i64) {
    let mut left = amount;
    let mut parts = Vec::new();
    for &(place, room) in places {
        let part = left.min(room.max(0));
        if part > 0 {
            parts.push((place, part));
            left -= part;
        }
    }
    (parts, left)
}
