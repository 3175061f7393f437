//! Quotes: an offer to accept, with lines the client chooses.

pub mod act;
pub mod admin;
pub mod api;
pub mod listed;
pub mod store;
pub mod tell;
pub mod work;

use jiff::civil::Date;
use portico_wire::{
    ClientId, Code, ContactId, LineId, QuoteId, Timestamp, papers::Node, sales::QuoteState,
};

use crate::{
    Result,
    error::Error,
    money::{
        plan::Part,
        sums::{self, Sums},
    },
    sales::{
        Line, Terms,
        paper::{self, Document, Shown},
    },
};

/// A quote, without its lines.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Quote {
    pub id: QuoteId,
    pub client_id: ClientId,
    /// Raised by every change of the studio's.
    pub version: i64,
    /// Given when it is sent.
    pub number: Option<String>,
    pub state: QuoteState,
    #[sqlx(flatten)]
    pub terms: Terms,
    /// The last day, by the studio's calendar.
    pub valid_until: Option<String>,
    pub total: i64,
    /// The version this one takes the place of.
    pub replaces: Option<QuoteId>,
    pub sent_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub accepted_by: Option<ContactId>,
    pub accept_key: Option<String>,
    /// The lines that were bought.
    #[sqlx(json(nullable))]
    pub chosen: Option<Vec<LineId>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Quote {
    /// Where it stands on this day: its last day may be over before a worker has said so.
    pub fn state_on(&self, today: &str) -> QuoteState {
        let late = self.valid_until.as_deref().is_some_and(|day| day < today);
        if late && self.state.is_open() {
            QuoteState::Expired
        } else {
            self.state
        }
    }

    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or("")
    }
}

/// A line, and whether it is the client's to choose.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QuoteLine {
    #[sqlx(flatten)]
    pub line: Line,
    pub optional: bool,
    /// Chosen until the client says otherwise.
    pub preselected: bool,
}

/// What can be done with a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Edit,
    Delete,
    Send,
    Open,
    Accept,
    Decline,
    Expire,
    Void,
    Remind,
}

impl Act {
    pub const ALL: &[Self] = &[
        Self::Edit,
        Self::Delete,
        Self::Send,
        Self::Open,
        Self::Accept,
        Self::Decline,
        Self::Expire,
        Self::Void,
        Self::Remind,
    ];
}

/// Where an act leads; nowhere, where it cannot be done. A draft is deleted rather than voided: nobody has seen it.
pub const fn after(state: QuoteState, act: Act) -> Option<QuoteState> {
    use QuoteState::{Accepted, Declined, Draft, Expired, Opened, Sent, Voided};
    match (state, act) {
        (Draft, Act::Edit | Act::Delete) => Some(Draft),
        (Draft, Act::Send) => Some(Sent),
        (Sent | Opened, Act::Open) => Some(Opened),
        (Sent | Opened, Act::Accept) => Some(Accepted),
        (Sent | Opened, Act::Decline) => Some(Declined),
        (Sent | Opened, Act::Expire) => Some(Expired),
        (Sent | Opened, Act::Void) => Some(Voided),
        (Sent | Opened, Act::Remind) => Some(state),
        _ => None,
    }
}

/// The state an act leads to, or why it cannot be done any more.
pub fn check(state: QuoteState, act: Act) -> Result<QuoteState> {
    after(state, act).ok_or_else(|| Error::refused(Code::Conflict, why_not(state)))
}

const fn why_not(state: QuoteState) -> &'static str {
    match state {
        QuoteState::Draft => "This quote was not sent yet.",
        QuoteState::Sent | QuoteState::Opened => {
            "This quote was sent already, so it cannot be changed. Make a new version of it."
        }
        QuoteState::Accepted => "This quote was accepted already.",
        QuoteState::Declined => "This quote was declined already.",
        QuoteState::Expired => "The last day of this quote is over. Please ask for a new one.",
        QuoteState::Voided => "This quote was withdrawn. Please look at the list for a newer one.",
    }
}

/// What a choice of lines comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// For each line, whether it is bought.
    pub bought: Vec<bool>,
    /// Of each line, bought or not.
    pub amounts: Vec<i64>,
    /// Of those that are bought.
    pub sums: Sums,
}

/// Prices a choice: of what is not optional all is bought. Without a choice, what is preselected.
pub fn price(terms: &Terms, lines: &[QuoteLine], chosen: Option<&[LineId]>) -> Result<Priced> {
    if let Some(chosen) = chosen
        && !chosen
            .iter()
            .all(|id| lines.iter().any(|line| line.line.id == *id))
    {
        return Err(Error::invalid(
            "chosen",
            "One of the lines chosen is not part of this quote. Please open it again.",
        ));
    }
    let bought: Vec<bool> = lines
        .iter()
        .map(|line| {
            let picked = chosen.map_or(line.preselected, |chosen| chosen.contains(&line.line.id));
            !line.optional || picked
        })
        .collect();
    let amounts = lines
        .iter()
        .map(|line| sums::line(&line.line.item()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|wrong| Error::refused(Code::Invalid, wrong.text()))?;
    let those = lines.iter().zip(&bought).filter(|(_, bought)| **bought);
    let sums = terms.sums(those.map(|(line, _)| &line.line))?;
    Ok(Priced {
        bought,
        amounts,
        sums,
    })
}

impl Priced {
    /// The lines that are bought.
    pub fn of<'a>(&self, lines: &'a [QuoteLine]) -> Vec<&'a Line> {
        let those = lines
            .iter()
            .zip(&self.bought)
            .filter(|(_, bought)| **bought);
        those.map(|(line, _)| &line.line).collect()
    }
}

/// Who a paper is for, and the day it was sent on.
pub struct Addressee<'a> {
    pub client: &'a str,
    pub sent: Option<Date>,
}

/// The quote to read, to print and to save.
pub fn paper(
    quote: &Quote,
    lines: &[QuoteLine],
    priced: &Priced,
    parts: &[Part],
    to: &Addressee<'_>,
) -> Vec<Node> {
    let words = quote.terms.words();
    let mut nodes = vec![paper::facts(&[
        (words.number, quote.number().to_owned()),
        (words.client, to.client.to_owned()),
        (
            words.date_of,
            to.sent.map(|day| words.date(day)).unwrap_or_default(),
        ),
        (
            words.valid_until,
            quote
                .valid_until
                .as_deref()
                .map(|day| words.day(day))
                .unwrap_or_default(),
        ),
    ])];
    nodes.extend(paper::prose(quote.terms.intro.as_deref()));
    let shown: Vec<Shown<'_>> = lines
        .iter()
        .zip(priced.bought.iter().zip(&priced.amounts))
        .map(|(line, (bought, amount))| Shown {
            line: &line.line,
            amount: *amount,
            note: match (line.optional, bought) {
                (false, _) => None,
                (true, true) => Some(words.optional),
                (true, false) => Some(words.not_chosen),
            },
        })
        .collect();
    nodes.push(paper::table(&quote.terms, &shown, &priced.sums));
    nodes.extend(paper::plan(&quote.terms, &paper::told(&quote.terms, parts)));
    nodes.extend(paper::terms(&quote.terms));
    nodes
}

/// What the PDF of a quote is made from.
pub fn document(quote: &Quote, nodes: Vec<Node>) -> Document {
    Document {
        title: format!("{} {}", quote.terms.words().quote, quote.number()),
        language: quote.terms.language.clone(),
        nodes,
    }
}

#[cfg(test)]
mod tests;
