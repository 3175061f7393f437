//! What entries come to: where a payment stands, what of an invoice is owed, and what of that is due when. Pure.

use portico_wire::{
    InstalmentId, Timestamp,
    payments::{InstalmentState, InvoiceState, PaymentState},
};

use super::{EntryKind, SourceKind};
use crate::invoices;

/// What entries come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Money held, with the tip.
    pub amount: i64,
    pub tip: i64,
}

impl Held {
    pub const fn without_tip(self) -> i64 {
        self.amount - self.tip
    }
}

/// An entry, as far as the rules go.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    pub mark: String,
    pub kind: EntryKind,
    pub amount: i64,
    pub tip: i64,
    pub at: Timestamp,
    pub source: SourceKind,
    pub note: Option<String>,
}

pub fn held<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Held {
    entries
        .into_iter()
        .fold(Held::default(), |held, entry| Held {
            amount: held.amount + entry.amount,
            tip: held.tip + entry.tip,
        })
}

/// Where a payment of `amount` stands, from what happened to it, in whatever order it is told.
pub fn state_of(amount: i64, kinds: &[EntryKind], held: i64) -> PaymentState {
    let has = |kind| kinds.contains(&kind);
    let count = |kind| kinds.iter().filter(|one| **one == kind).count();
    if !has(EntryKind::Succeeded) {
        return if has(EntryKind::Failed) {
            PaymentState::Failed
        } else {
            PaymentState::Pending
        };
    }
    let decided = count(EntryKind::DisputeWon) + count(EntryKind::DisputeLost);
    if count(EntryKind::Disputed) > decided {
        PaymentState::Disputed
    } else if has(EntryKind::Reversed) || has(EntryKind::DisputeLost) {
        PaymentState::Reversed
    } else if held <= 0 {
        PaymentState::Refunded
    } else if held < amount {
        PaymentState::PartRefunded
    } else {
        PaymentState::Succeeded
    }
}

/// As staff read it, and the tone of its tag.
pub const fn state_label(state: PaymentState) -> (&'static str, &'static str) {
    match state {
        PaymentState::Pending => ("Pending", "warn"),
        PaymentState::Succeeded => ("Received", "good"),
        PaymentState::Failed => ("Failed", "bad"),
        PaymentState::PartRefunded => ("Partly refunded", ""),
        PaymentState::Refunded => ("Refunded", ""),
        PaymentState::Disputed => ("Disputed", "bad"),
        PaymentState::Reversed => ("Taken back", "bad"),
    }
}

/// The tip's part of money that goes back: the tip goes last.
pub const fn tip_of_refund(held: Held, amount: i64) -> i64 {
    let beyond = amount - held.without_tip();
    if beyond > 0 { beyond } else { 0 }
}

/// What an invoice comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Sums {
    pub total: i64,
    pub credited: i64,
    pub paid: i64,
    pub pending: i64,
}

impl Sums {
    /// Still owed; what is under way is part of it. The one place is `invoices::owed`.
    pub const fn balance(self) -> i64 {
        let owed = invoices::owed(
            invoices::State::Issued,
            self.total,
            self.credited,
            self.paid,
        );
        if owed > 0 { owed } else { 0 }
    }

    /// What can be paid now.
    pub const fn payable(self) -> i64 {
        let left = self.balance() - self.pending;
        if left > 0 { left } else { 0 }
    }

    /// The part of what is under way that the balance waits for.
    pub const fn covering(self) -> i64 {
        if self.pending < self.balance() {
            self.pending
        } else {
            self.balance()
        }
    }
}

/// What is left of an instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub paid: i64,
    pub pending: i64,
    /// What a credit note took off it.
    pub credited: i64,
    pub balance: i64,
}

impl Left {
    pub const fn payable(self) -> i64 {
        self.balance - self.pending
    }
}

/// How far a span of money from 0 to `reach` goes into the part from `before` to `before + amount`.
const fn reaches(reach: i64, before: i64, amount: i64) -> i64 {
    let into = reach - before;
    if into <= 0 {
        0
    } else if into > amount {
        amount
    } else {
        into
    }
}

/// What is left of each instalment, the oldest first. Payments cover the oldest first, then what is under way; a credit note
/// takes off the last.
pub fn cover(amounts: &[i64], sums: Sums) -> Vec<Left> {
    let keeps = sums.total - sums.credited;
    let mut before = 0;
    amounts
        .iter()
        .map(|&amount| {
            let owed = reaches(keeps, before, amount);
            let paid = reaches(sums.paid, before, owed);
            let through = reaches(sums.paid + sums.pending, before, owed);
            before += amount;
            Left {
                paid,
                pending: through - paid,
                credited: amount - owed,
                balance: owed - paid,
            }
        })
        .collect()
}

/// An instalment with what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub id: InstalmentId,
    pub label: String,
    pub due: String,
    pub amount: i64,
    pub left: Left,
}

impl Part {
    pub fn state(&self, today: &str) -> InstalmentState {
        if self.left.balance == 0 {
            InstalmentState::Paid
        } else if self.left.payable() == 0 {
            InstalmentState::Pending
        } else if self.due.as_str() < today {
            InstalmentState::Overdue
        } else if self.left.paid > 0 {
            InstalmentState::PartPaid
        } else {
            InstalmentState::Open
        }
    }
}

/// The instalments of an invoice with what is left of each, the oldest first.
pub fn parts(mut instalments: Vec<invoices::Instalment>, sums: Sums) -> Vec<Part> {
    // A stable sort: those of one day stay as the plan has them.
    instalments.sort_by(|a, b| a.due.cmp(&b.due));
    let amounts: Vec<i64> = instalments.iter().map(|one| one.amount).collect();
    let left = cover(&amounts, sums);
    instalments
        .into_iter()
        .zip(left)
        .map(|(one, left)| Part {
            id: one.id,
            label: one.label,
            due: one.due,
            amount: one.amount,
            left,
        })
        .collect()
}

/// What of an invoice is due when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dues {
    /// Its last day is over.
    pub overdue: i64,
    /// Payable now as it is due by today; the next instalment, where none is.
    pub now: i64,
    /// Of the first instalment that is still owed.
    pub next: Option<String>,
}

pub fn dues(parts: &[Part], today: &str) -> Dues {
    let open = || parts.iter().filter(|part| part.left.balance > 0);
    let payable = || open().filter(|part| part.left.payable() > 0);
    let by_today: i64 = payable()
        .filter(|part| part.due.as_str() <= today)
        .map(|part| part.left.payable())
        .sum();
    Dues {
        overdue: open()
            .filter(|part| part.due.as_str() < today)
            .map(|part| part.left.balance)
            .sum(),
        now: match by_today {
            0 => payable().next().map_or(0, |part| part.left.payable()),
            due => due,
        },
        next: open().next().map(|part| part.due.clone()),
    }
}

/// Where an invoice stands for whoever owes it.
pub fn standing(
    kind: invoices::Kind,
    state: invoices::State,
    sums: Sums,
    overdue: i64,
) -> InvoiceState {
    match (kind, state) {
        (invoices::Kind::CreditNote, _) => InvoiceState::CreditNote,
        (_, invoices::State::Voided | invoices::State::Draft) => InvoiceState::Voided,
        _ if sums.balance() == 0 && sums.paid == 0 && sums.credited > 0 => InvoiceState::Credited,
        _ if sums.balance() == 0 => InvoiceState::Paid,
        _ if sums.payable() == 0 => InvoiceState::Pending,
        _ if overdue > 0 => InvoiceState::Overdue,
        _ if sums.paid > 0 => InvoiceState::PartPaid,
        _ => InvoiceState::Open,
    }
}
