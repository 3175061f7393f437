//! Invoices and credit notes. An issued one is frozen; what is wrong in it is put right by a credit note or by a
//! new version. What is owed is worked out from what was issued, never kept.

pub mod admin;
pub mod issue;
pub mod listed;
pub mod store;
pub mod tell;

use jiff::civil::Date;
use portico_wire::{ClientId, Code, InvoiceId, OrderId, Timestamp, papers::Node};

use crate::{
    Result,
    error::Error,
    money::sums::{Sums, TaxSum},
    sales::{
        Line, Terms,
        numbers::Series,
        paper::{self, Document, Shown},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Invoice,
    CreditNote,
}

impl Kind {
    pub const ALL: &[Self] = &[Self::Invoice, Self::CreditNote];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    pub const fn series(self) -> Series {
        match self {
            Self::Invoice => Series::Invoice,
            Self::CreditNote => Series::CreditNote,
        }
    }
}
portico_wire::text_column!(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draft,
    Issued,
    Voided,
}

impl State {
    pub const ALL: &[Self] = &[Self::Draft, Self::Issued, Self::Voided];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Voided => "voided",
        }
    }
}
portico_wire::text_column!(State);

/// What can be done with an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Edit,
    Delete,
    Issue,
    Void,
    /// A credit note on it, or a new version of it.
    Correct,
}

impl Act {
    pub const ALL: &[Self] = &[
        Self::Edit,
        Self::Delete,
        Self::Issue,
        Self::Void,
        Self::Correct,
    ];
}

/// Where an act leads; nowhere, where it cannot be done.
pub const fn after(kind: Kind, state: State, act: Act) -> Option<State> {
    match (kind, state, act) {
        (_, State::Draft, Act::Edit | Act::Delete) => Some(State::Draft),
        (_, State::Draft, Act::Issue) => Some(State::Issued),
        // A credit note that was wrong is put right by an invoice.
        (Kind::Invoice, State::Issued, Act::Void) => Some(State::Voided),
        (Kind::Invoice, State::Issued, Act::Correct) => Some(State::Issued),
        _ => None,
    }
}

pub fn check(invoice: &Invoice, act: Act) -> Result<State> {
    let why = match invoice.state {
        State::Draft => "This is a draft, which can still be changed.",
        State::Issued => {
            "This was issued, so it cannot be changed. Correct it with a credit note or a new version."
        }
        State::Voided => "This was voided, so nothing can be done with it any more.",
    };
    after(invoice.kind, invoice.state, act).ok_or_else(|| Error::refused(Code::Conflict, why))
}

/// An invoice or a credit note, without its lines.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Invoice {
    pub id: InvoiceId,
    pub kind: Kind,
    pub client_id: ClientId,
    pub order_id: Option<OrderId>,
    /// The invoice a credit note takes from.
    pub corrects: Option<InvoiceId>,
    /// The invoice this one takes the place of.
    pub replaces: Option<InvoiceId>,
    pub version: i64,
    /// Given when it is issued.
    pub number: Option<String>,
    pub state: State,
    #[sqlx(flatten)]
    pub terms: Terms,
    pub subtotal: i64,
    pub discount: i64,
    pub tax: i64,
    pub total: i64,
    pub issued_on: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub voided_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Invoice {
    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or("")
    }

    /// Its sums, as they were issued.
    pub fn sums(&self, lines: &[InvoiceLine], taxes: Vec<TaxSum>) -> Sums {
        Sums {
            lines: lines.iter().map(|line| line.amount).collect(),
            subtotal: self.subtotal,
            discount: self.discount,
            taxes,
            tax: self.tax,
            total: self.total,
        }
    }
}

/// A line with its amount.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InvoiceLine {
    #[sqlx(flatten)]
    pub line: Line,
    pub amount: i64,
}

/// What is to be paid when.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Instalment {
    pub id: portico_wire::InstalmentId,
    pub label: String,
    /// By the studio's calendar, `2027-05-22`.
    pub due: String,
    pub amount: i64,
}

/// What is still owed on an invoice: its total, less what credit notes took back and what was paid. Below zero where
/// more was paid than that.
pub const fn owed(state: State, total: i64, credited: i64, paid: i64) -> i64 {
    match state {
        State::Issued => total - credited - paid,
        State::Draft | State::Voided => -paid,
    }
}

/// All that stands on an invoice.
pub struct Whole {
    pub invoice: Invoice,
    pub lines: Vec<InvoiceLine>,
    pub taxes: Vec<TaxSum>,
    pub instalments: Vec<Instalment>,
    pub client: String,
    /// The number of the invoice that is corrected.
    pub corrects: Option<String>,
}

/// The invoice to read, to print and to save.
pub fn paper(whole: &Whole) -> Vec<Node> {
    let (invoice, terms) = (&whole.invoice, &whole.invoice.terms);
    let words = terms.words();
    let mut nodes = vec![paper::facts(&[
        (words.number, invoice.number().to_owned()),
        (
            words.date_of,
            invoice
                .issued_on
                .as_deref()
                .map(|day| words.day(day))
                .unwrap_or_default(),
        ),
        (words.client, whole.client.clone()),
        (words.corrects, whole.corrects.clone().unwrap_or_default()),
    ])];
    nodes.extend(paper::prose(terms.intro.as_deref()));
    let shown: Vec<Shown<'_>> = whole
        .lines
        .iter()
        .map(|line| Shown {
            line: &line.line,
            amount: line.amount,
            note: None,
        })
        .collect();
    let sums = invoice.sums(&whole.lines, whole.taxes.clone());
    nodes.push(paper::table(terms, &shown, &sums));
    let parts: Vec<_> = whole
        .instalments
        .iter()
        .map(|one| (one.label.clone(), one.due.clone(), one.amount))
        .collect();
    nodes.extend(paper::plan(terms, &parts));
    nodes.extend(paper::terms(terms));
    nodes
}

/// What the PDF of an invoice or a credit note is made from.
pub fn document(invoice: &Invoice, nodes: Vec<Node>) -> Document {
    let words = invoice.terms.words();
    let kind = match invoice.kind {
        Kind::Invoice => words.invoice,
        Kind::CreditNote => words.credit_note,
    };
    Document {
        title: format!("{kind} {}", invoice.number()),
        language: invoice.terms.language.clone(),
        nodes,
    }
}

/// What is due when, of an invoice that is issued on a day.
pub fn instalments(invoice: &Invoice, total: i64, day: Date) -> Vec<(String, String, i64)> {
    match invoice.kind {
        Kind::Invoice => paper::told(&invoice.terms, &invoice.terms.plan.parts(total, day)),
        Kind::CreditNote => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g1_every_state_knows_every_act() {
        use State::{Draft, Issued, Voided};
        // Edit, delete, issue, void, correct.
        let table = [
            (
                Kind::Invoice,
                Draft,
                [Some(Draft), Some(Draft), Some(Issued), None, None],
            ),
            (
                Kind::Invoice,
                Issued,
                [None, None, None, Some(Voided), Some(Issued)],
            ),
            (Kind::Invoice, Voided, [None; 5]),
            (
                Kind::CreditNote,
                Draft,
                [Some(Draft), Some(Draft), Some(Issued), None, None],
            ),
            (Kind::CreditNote, Issued, [None; 5]),
            (Kind::CreditNote, Voided, [None; 5]),
        ];
        assert_eq!(table.len(), Kind::ALL.len() * State::ALL.len());
        for (kind, state, leads) in table {
            for (act, to) in Act::ALL.iter().zip(leads) {
                assert_eq!(after(kind, state, *act), to, "{kind:?} {state:?} {act:?}");
            }
        }
    }

    #[test]
    fn g1_what_is_owed_is_worked_out() {
        assert_eq!(owed(State::Issued, 100, 30, 50), 20);
        assert_eq!(owed(State::Issued, 100, 0, 120), -20);
        assert_eq!(owed(State::Voided, 100, 0, 0), 0);
        assert_eq!(owed(State::Draft, 100, 0, 0), 0);
    }
}
