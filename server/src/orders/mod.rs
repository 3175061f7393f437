//! Orders: what was bought, as it was bought. They are made by accepting a quote, and never change.

pub mod admin;
pub mod api;
pub mod listed;
pub mod store;
pub mod told;

use jiff::civil::Date;
use portico_wire::{ClientId, ContactId, OrderId, QuoteId, Timestamp, papers::Node};

use crate::{
    Result,
    clock::today,
    error::Error,
    money::sums::Sums,
    sales::{
        Line, Terms,
        paper::{self, Document, Shown},
    },
};

/// An order, without its lines.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Order {
    pub id: OrderId,
    pub quote_id: QuoteId,
    pub client_id: ClientId,
    pub number: String,
    #[sqlx(flatten)]
    pub terms: Terms,
    /// All sums, as they were shown.
    #[sqlx(json)]
    pub sums: Sums,
    pub total: i64,
    pub accepted_by: ContactId,
    pub made_at: Timestamp,
}

impl Order {
    /// The day it was made on, at the studio.
    pub fn day(&self, time_zone: &str) -> Result<Date> {
        today(self.made_at, time_zone)
            .parse()
            .map_err(Error::internal)
    }
}

/// The order to read, to print and to save: facts, lines with their sums, payment plan, terms.
pub fn paper(order: &Order, lines: &[Line], client: &str, by: &str, day: Date) -> Vec<Node> {
    let (terms, words) = (&order.terms, order.terms.words());
    let whom = if by.is_empty() || by == client {
        client.to_owned()
    } else {
        format!("{client} ({by})")
    };
    let mut nodes = vec![paper::facts(&[
        (words.number, order.number.clone()),
        (words.date_of, words.date(day)),
        (words.client, whom),
    ])];
    nodes.extend(paper::prose(terms.intro.as_deref()));
    let shown: Vec<Shown<'_>> = lines
        .iter()
        .zip(&order.sums.lines)
        .map(|(line, amount)| Shown {
            line,
            amount: *amount,
            note: None,
        })
        .collect();
    nodes.push(paper::table(terms, &shown, &order.sums));
    let parts = terms.plan.parts(order.total, day);
    nodes.extend(paper::plan(terms, &paper::told(terms, &parts)));
    nodes.extend(paper::terms(terms));
    nodes
}

/// What the PDF of an order is made from.
pub fn document(order: &Order, nodes: Vec<Node>) -> Document {
    Document {
        title: format!("{} {}", order.terms.words().order, order.number),
        language: order.terms.language.clone(),
        nodes,
    }
}
