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
pub mod ledger;
pub mod paper;
pub mod prompts;
pub mod store;
pub mod stripe;
pub mod sync;
pub mod tell;
pub mod webhook;

#[cfg(test)]
mod tests;

use portico_wire::{
    CheckoutId, ClientId, Code, ContactId, InstalmentId, InvoiceId, PaymentId, StaffId, Timestamp,
    payments::{Choice, Due, InstalmentState, InvoiceState, PaymentMethod, PaymentState},
};

use crate::{Result, db::StudioTx, error::Error, forms::store::Viewer, invoices, money};

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

/// What a studio lets its clients choose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Limits {
    pub version: i64,
    pub other_amount: bool,
    /// In the studio's currency.
    pub least: i64,
    pub tip: bool,
    pub prepay: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            version: 0,
            other_amount: true,
            least: 0,
            tip: false,
            prepay: false,
        }
    }
}

impl Limits {
    /// The least another amount may be: what the studio says, where it says it in this currency, and what the provider takes.
    pub fn least_in(&self, currency: &str, studio: &str) -> i64 {
        let own = if currency == studio { self.least } else { 0 };
        own.max(stripe::amounts::least(currency))
    }
}

/// An invoice that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    pub id: InvoiceId,
    pub sums: Sums,
    pub parts: Vec<Part>,
}

impl Payable {
    fn oldest(&self) -> String {
        dues(&self.parts, "").next.unwrap_or_default()
    }

    /// The deposit, where nothing is paid yet and more follows.
    pub fn deposit(&self) -> Option<i64> {
        let first = self.parts.first()?;
        let untouched = self.sums.paid == 0 && self.sums.pending == 0;
        let more = self.sums.payable() > first.left.payable();
        (untouched && more && first.left.payable() > 0).then(|| first.left.payable())
    }
}

fn nothing() -> Error {
    Error::refused(
        Code::NothingToPay,
        "There is nothing left to pay on this. It may have been paid a moment ago.",
    )
}

/// What a contact asks to pay.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub choice: Choice,
    pub instalment: Option<InstalmentId>,
    pub amount: Option<i64>,
    pub today: &'a str,
    pub currency: &'a str,
    pub limits: &'a Limits,
    /// The least another amount may be.
    pub least: i64,
}

/// How much goes to each invoice, or what is wrong with the wish. The oldest come first.
pub fn choose(invoices: &[Payable], wish: Wish<'_>) -> Result<Vec<(InvoiceId, i64)>> {
    let payable: i64 = invoices.iter().map(|one| one.sums.payable()).sum();
    if payable == 0 {
        return Err(nothing());
    }
    let each = |of: &dyn Fn(&Payable) -> i64| -> Vec<(InvoiceId, i64)> {
        invoices
            .iter()
            .map(|one| (one.id, of(one)))
            .filter(|(_, amount)| *amount > 0)
            .collect()
    };
    let chosen = match wish.choice {
        Choice::Everything => each(&|one| one.sums.payable()),
        Choice::Due => each(&|one| dues(&one.parts, wish.today).now),
        Choice::Deposit => each(&|one| one.deposit().unwrap_or(0)),
        Choice::Instalment => {
            let part = invoices.iter().find_map(|one| {
                let part = one
                    .parts
                    .iter()
                    .find(|part| Some(part.id) == wish.instalment)?;
                Some((one.id, part.left.payable()))
            });
            let (id, amount) = part.ok_or_else(Error::not_found)?;
            each(&|one| if one.id == id { amount } else { 0 })
        }
        Choice::Amount => {
            let amount = wish
                .amount
                .ok_or_else(|| Error::invalid("amount", "Say how much you would like to pay."))?;
            check_amount(amount, payable, &wish)?;
            spread(amount, invoices)
        }
    };
    if chosen.is_empty() {
        return Err(nothing());
    }
    let sum: i64 = chosen.iter().map(|(_, amount)| amount).sum();
    if wish.choice != Choice::Amount && wish.amount.is_some_and(|shown| shown != sum) {
        return Err(Error::refused(
            Code::Conflict,
            "What is owed changed in the meantime. Please look at it again.",
        ));
    }
    Ok(chosen)
}

fn check_amount(amount: i64, payable: i64, wish: &Wish<'_>) -> Result<()> {
    let say = |minor| money::say::words("en").money(minor, wish.currency);
    if !wish.limits.other_amount && amount != payable {
        return Err(Error::invalid(
            "amount",
            "The studio takes no other amounts. Please choose one of those shown.",
        ));
    }
    if amount > payable {
        return Err(Error::invalid(
            "amount",
            format!("At most {} can be paid on this.", say(payable)),
        ));
    }
    // The rest of an invoice can always be paid, however little it is.
    if amount < wish.least.min(payable) || amount <= 0 {
        return Err(Error::invalid(
            "amount",
            format!(
                "Please pay at least {}.",
                say(wish.least.min(payable).max(1))
            ),
        ));
    }
    Ok(())
}

/// Spreads an amount over invoices: the one whose instalment is due first gets its due part first.
fn spread(amount: i64, invoices: &[Payable]) -> Vec<(InvoiceId, i64)> {
    let mut order: Vec<&Payable> = invoices.iter().collect();
    order.sort_by_key(|one| one.oldest());
    let mut left = amount;
    let mut chosen = Vec::new();
    for one in order {
        let part = left.min(one.sums.payable());
        if part > 0 {
            chosen.push((one.id, part));
            left -= part;
        }
    }
    chosen
}

/// A tip, where the studio takes one: at most as much as what is paid.
pub fn check_tip(tip: i64, amount: i64, limits: &Limits) -> Result<()> {
    if tip == 0 {
        return Ok(());
    }
    if !limits.tip {
        return Err(Error::invalid("tip", "The studio takes no tips."));
    }
    if tip < 0 || tip > amount {
        return Err(Error::invalid(
            "tip",
            "A tip is above zero and at most as much as what is paid.",
        ));
    }
    Ok(())
}

/// Something paid ahead, without an invoice.
pub fn check_prepaid(amount: Option<i64>, limits: &Limits, least: i64, most: i64) -> Result<i64> {
    if !limits.prepay {
        return Err(Error::invalid(
            "invoices",
            "Choose what you would like to pay.",
        ));
    }
    let amount = amount.unwrap_or(0);
    if amount < least.max(1) || amount > most {
        return Err(Error::invalid(
            "amount",
            "That is less or more than can be paid ahead.",
        ));
    }
    Ok(amount)
}

/// "Total due" as it stands on home and above the lists.
pub async fn due(tx: &mut StudioTx, who: Viewer, today: &str) -> Result<Vec<Due>> {
    let rows = store::portal::due(tx, who, today).await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            total: money::wire(row.total, &row.currency),
            overdue: money::wire(row.overdue, &row.currency),
            pending: money::wire(row.pending, &row.currency),
            next_due: row.next_due,
        })
        .collect())
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
