//! Invoices and payments in the portal: what is owed, paying it on the provider's page, what was paid.
//!
//! The server alone works out amounts. What a contact pays is named by a [`Choice`]; the amount that was shown goes along,
//! so that nobody pays something else than was seen.

use serde::{Deserialize, Serialize};

use crate::{
    CheckoutId, ContractId, InstalmentId, InvoiceId, PaymentId, Timestamp, papers::Node,
    sales::Money,
};

/// What is owed in one currency, in [`crate::portal::Home`] and above the lists: "Total due".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Due {
    /// Of all invoices this contact sees; above zero.
    pub total: Money,
    /// The part of it whose last day is over.
    pub overdue: Money,
    /// The part of it that a bank payment under way will cover.
    pub pending: Money,
    /// When the next of it is due, by the studio's calendar, `2027-05-22`; in the past where something is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due: Option<String>,
}

/// Where an invoice stands for whoever owes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    Open,
    PartPaid,
    /// Something of it should have been paid before today.
    Overdue,
    /// A bank payment under way covers all that is owed.
    Pending,
    Paid,
    /// Credit notes took all of it back.
    Credited,
    /// Nothing is owed on it; a newer version may have taken its place.
    Voided,
    /// It takes something back itself.
    CreditNote,
}

impl InvoiceState {
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::PartPaid,
        Self::Overdue,
        Self::Pending,
        Self::Paid,
        Self::Credited,
        Self::Voided,
        Self::CreditNote,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PartPaid => "part_paid",
            Self::Overdue => "overdue",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Credited => "credited",
            Self::Voided => "voided",
            Self::CreditNote => "credit_note",
        }
    }

    /// Something is owed on it.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Open | Self::PartPaid | Self::Overdue | Self::Pending
        )
    }
}

/// `GET invoices?before=…`: a page of the section Invoices, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Invoices {
    /// "Total due" for each currency; empty where nothing is owed. With the first page alone.
    pub due: Vec<Due>,
    /// What the studio holds for the client: paid and not used up by an invoice. With the first page alone.
    pub credit: Vec<Money>,
    pub invoices: Vec<InvoiceSummary>,
    /// How to pay something ahead, without an invoice, where the studio takes that. With the first page alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepay: Option<AmountRange>,
    /// The value of `before` that gives the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An invoice or a credit note in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct InvoiceSummary {
    pub id: InvoiceId,
    /// As the studio counts, `INV-2026-0007`.
    pub number: String,
    pub title: String,
    /// By the studio's calendar.
    pub issued_on: String,
    pub state: InvoiceState,
    pub total: Money,
    /// Still owed: the total less what was credited and paid. What is pending is still part of it.
    pub balance: Money,
    /// The last day of the first instalment that is still owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// "Pay Now" is offered: something is payable, this contact may pay, and the studio takes payments here.
    pub can_pay: bool,
    /// It can be paid once this is signed: "Pay Now" says so and leads there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
}

/// A contract that is to be signed before anything is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WaitsFor {
    /// Absent where somebody else signs it and this contact does not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// `GET invoices/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Invoice {
    #[serde(flatten)]
    pub summary: InvoiceSummary,
    /// What credit notes took back.
    pub credited: Money,
    pub paid: Money,
    /// Of bank payments under way.
    pub pending: Money,
    /// What can be paid now: the balance less what is pending.
    pub payable: Money,
    /// The part of `payable` that is due by today; the next instalment, where none is due yet.
    pub due_now: Money,
    /// The invoice to read and to print: lines, totals, payment plan, terms.
    pub paper: Vec<Node>,
    /// The oldest first; none on a credit note.
    pub instalments: Vec<DueInstalment>,
    /// What was paid on it, the latest first.
    pub payments: Vec<Payment>,
    /// How it can be paid now; absent where `can_pay` is not, or `waits_for` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay: Option<PayOptions>,
    /// The invoice a credit note takes from, and the version this one took the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<InvoiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<InvoiceId>,
    /// Why it was voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the PDF is saved from; absent while it is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    pub log: Vec<crate::contracts::Happening>,
}

/// Where an instalment stands. Payments cover the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstalmentState {
    /// Due today or later.
    Open,
    PartPaid,
    Overdue,
    /// A bank payment under way covers it.
    Pending,
    Paid,
}

/// An instalment with what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DueInstalment {
    pub id: InstalmentId,
    pub invoice: InvoiceId,
    /// Of the invoice.
    pub number: String,
    pub title: String,
    /// "Deposit", "Balance".
    pub label: String,
    /// By the studio's calendar.
    pub due: String,
    pub state: InstalmentState,
    pub amount: Money,
    pub paid: Money,
    pub pending: Money,
    /// Still owed; what is pending is part of it.
    pub balance: Money,
    /// What "Pay Now" on it pays.
    pub payable: Money,
    pub can_pay: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
}

/// `GET payments-due`: the section Payments Due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PaymentsDue {
    pub due: Vec<Due>,
    pub credit: Vec<Money>,
    /// Each that is still owed, of all invoices, the oldest first.
    pub instalments: Vec<DueInstalment>,
    /// A tip can be added.
    pub tip: bool,
}

/// What can be chosen on "Pay Now".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PayOptions {
    /// The one to suggest first.
    pub choices: Vec<PayChoice>,
    /// Another amount, where the studio takes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<AmountRange>,
    /// A tip can be added.
    pub tip: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PayChoice {
    pub choice: Choice,
    pub amount: Money,
}

/// From and to which amount, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AmountRange {
    pub least: Money,
    pub most: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The first instalment, where nothing of it is paid yet and more follow.
    Deposit,
    /// What is due by today; the next instalment, where none is due yet.
    Due,
    Everything,
    /// What is left of one instalment.
    Instalment,
    /// Another amount, or one ahead.
    Amount,
}

/// `POST payments/checkout`, answered by a [`Checkout`] to go on to; the header `Idempotency-Key` names the act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartCheckout {
    /// One or several of one currency; none: something is paid ahead.
    #[cfg_attr(feature = "server", schema(max_items = 50))]
    #[serde(default)]
    pub invoices: Vec<InvoiceId>,
    pub choice: Choice,
    /// With the choice `instalment`, an instalment of the one invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment: Option<InstalmentId>,
    /// In minor units: with the choice `amount` what is paid, otherwise what was shown. Where the server comes to another
    /// amount, it answers `conflict` and nothing is begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// In minor units, on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<i64>,
    /// The whole address of the page to come back to, its fragment included. Its origin is the studio's or the host's.
    #[cfg_attr(feature = "server", schema(max_length = 2000))]
    pub return_to: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// To be paid on the provider's page.
    Open,
    /// A bank payment is under way; it may take days.
    Pending,
    Paid,
    /// The bank did not pay.
    Failed,
    /// Nobody paid in time, or something changed.
    Expired,
}

impl CheckoutState {
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::Pending,
        Self::Paid,
        Self::Failed,
        Self::Expired,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(CheckoutState);

/// `GET payments/checkout/{id}`: how a payment goes, after coming back or from beside it. The address a contact comes back
/// to carries `portico-checkout={id}` in its query, and that changes nothing by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Checkout {
    pub id: CheckoutId,
    pub state: CheckoutState,
    pub amount: Money,
    pub tip: Money,
    pub invoices: Vec<InvoiceId>,
    /// The provider's page, as long as it is open. In a frame it belongs into a new tab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// Where the receipt is saved from, once it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// On the provider's page, by card or by bank.
    Online,
    Cash,
    Cheque,
    Transfer,
}

impl PaymentMethod {
    pub const ALL: &[Self] = &[Self::Online, Self::Cash, Self::Cheque, Self::Transfer];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Cash => "cash",
            Self::Cheque => "cheque",
            Self::Transfer => "transfer",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(PaymentMethod);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Under way.
    Pending,
    Succeeded,
    Failed,
    PartRefunded,
    Refunded,
    /// The bank took it back until it has decided.
    Disputed,
    /// Taken back for good, by the bank or as a mistake.
    Reversed,
}

/// `GET payments?before=…`: a page of the section Payments, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Payments {
    pub payments: Vec<Payment>,
    /// What the studio holds for the client. With the first page alone.
    pub credit: Vec<Money>,
    /// The value of `before` that gives the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Payment {
    pub id: PaymentId,
    /// When it was begun; of one recorded by the studio, the day it says.
    pub at: Timestamp,
    pub state: PaymentState,
    pub method: PaymentMethod,
    /// "Visa •••• 4242", or the reference the studio noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What was paid in all, its tip included.
    pub amount: Money,
    pub tip: Money,
    /// What went back, or was taken back.
    pub refunded: Money,
    /// What it pays now, or will once it is through.
    pub invoices: Vec<PaidInvoice>,
    /// The part no invoice uses up: the studio holds it for the client.
    pub credit: Money,
    /// Where the receipt is saved from; of a payment that came through, once it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PaidInvoice {
    pub id: InvoiceId,
    pub number: String,
    pub title: String,
    pub amount: Money,
}

/// A statement of account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Statement {
    /// Its first and its last day.
    pub from: String,
    pub to: String,
    /// Where its PDF is saved from; absent while it is being made.
    pub pdf: Option<String>,
}
