//! Papers about money: facts, a table of lines with its sums, a payment plan, terms.

use portico_wire::{
    papers::{Node, Tag},
    sales::{Instalment, TotalLine},
};

use super::{Line, Terms};
use crate::{
    money::{
        self,
        plan::Part,
        sums::{Discount, Sums},
    },
    papers::markdown,
};

/// A title and what stands below it: what a PDF is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    pub language: String,
    pub nodes: Vec<Node>,
}

/// A text in Markdown, which was checked when it was saved.
pub fn prose(text: Option<&str>) -> Vec<Node> {
    let text = text.unwrap_or_default();
    markdown::read(text).unwrap_or_else(|_| vec![Node::of(Tag::P, text)])
}

/// What is known by name; what is empty is left out.
pub fn facts(facts: &[(&str, String)]) -> Node {
    let known = facts.iter().filter(|(_, value)| !value.is_empty());
    let inside =
        known.flat_map(|(name, value)| [Node::of(Tag::Dt, *name), Node::of(Tag::Dd, value)]);
    Node::Element(Tag::Dl, inside.collect())
}

/// The sums, in the paper's language: the one that is paid is marked.
pub fn totals(terms: &Terms, sums: &Sums) -> Vec<TotalLine> {
    let words = terms.words();
    let line = |label: String, minor: i64, total: bool| TotalLine {
        label,
        amount: money::wire(minor, &terms.currency),
        total,
    };
    let mut lines = Vec::new();
    let taxes = sums.taxes.iter().map(|tax| {
        let name = format!("{} {}", tax.name, words.rate(tax.rate));
        let label = if terms.tax_inclusive {
            format!("{} {name}", words.including)
        } else {
            name
        };
        line(label, tax.tax, false)
    });
    if sums.discount > 0 || !terms.tax_inclusive && !sums.taxes.is_empty() {
        lines.push(line(words.subtotal.to_owned(), sums.subtotal, false));
    }
    if sums.discount > 0 {
        let label = match terms.discount() {
            Discount::Percent(percent) => {
                format!("{} {}", words.discount, words.rate(percent * 10))
            }
            _ => words.discount.to_owned(),
        };
        lines.push(line(label, -sums.discount, false));
    }
    let total = line(words.total.to_owned(), sums.total, true);
    if terms.tax_inclusive {
        lines.push(total);
        lines.extend(taxes);
    } else {
        lines.extend(taxes);
        lines.push(total);
    }
    lines
}

/// What is due when, as the portal is told it.
pub fn instalments(terms: &Terms, parts: &[Part]) -> Vec<Instalment> {
    parts
        .iter()
        .map(|part| Instalment {
            label: terms.words().part(part.name),
            due: part.due.to_string(),
            amount: money::wire(part.amount, &terms.currency),
        })
        .collect()
}

fn row(cells: Vec<Node>) -> Node {
    Node::Element(Tag::Tr, cells)
}

/// A line with its amount, and what is said about it, such as that it is optional.
pub struct Shown<'a> {
    pub line: &'a Line,
    pub amount: i64,
    pub note: Option<&'a str>,
}

/// The lines with their sums below them.
pub fn table(terms: &Terms, lines: &[Shown<'_>], sums: &Sums) -> Node {
    let words = terms.words();
    let head = [
        Node::of(Tag::Th, words.item),
        Node::of(Tag::Number, words.quantity),
        Node::of(Tag::Number, words.price),
        Node::of(Tag::Number, words.amount),
    ];
    let body = lines.iter().map(|shown| {
        let line = shown.line;
        let mut what = vec![Node::of(Tag::Strong, &line.name)];
        let mut more = |text: &str| {
            for text in text.lines().filter(|text| !text.trim().is_empty()) {
                what.push(Node::Element(Tag::Br, Vec::new()));
                what.push(Node::text(text));
            }
        };
        more(line.description.as_deref().unwrap_or_default());
        match line.discount() {
            Discount::None => {}
            Discount::Percent(percent) => {
                more(&format!("{} {}", words.discount, words.rate(percent * 10)));
            }
            Discount::Amount(off) => more(&format!("{} {}", words.discount, terms.money(off))),
        }
        if let Some(note) = shown.note {
            what.push(Node::Element(Tag::Br, Vec::new()));
            what.push(Node::of(Tag::Em, note));
        }
        row(vec![
            Node::Element(Tag::Td, what),
            Node::of(
                Tag::Number,
                words.quantity(line.quantity, line.unit.as_deref()),
            ),
            Node::of(Tag::Number, terms.money(line.unit_price)),
            Node::of(Tag::Number, terms.money(shown.amount)),
        ])
    });
    let foot = totals(terms, sums).into_iter().map(|sum| {
        let cell = |text: String| match sum.total {
            true => Node::Element(Tag::Number, vec![Node::of(Tag::Strong, text)]),
            false => Node::of(Tag::Number, text),
        };
        let label = match sum.total {
            true => Node::Element(Tag::Td, vec![Node::of(Tag::Strong, &sum.label)]),
            false => Node::of(Tag::Td, &sum.label),
        };
        let empty = || Node::Element(Tag::Td, Vec::new());
        row(vec![
            label,
            empty(),
            empty(),
            cell(terms.money(sum.amount.minor)),
        ])
    });
    Node::Element(
        Tag::Table,
        vec![
            Node::Element(Tag::Thead, vec![row(head.to_vec())]),
            Node::Element(Tag::Tbody, body.collect()),
            Node::Element(Tag::Tfoot, foot.collect()),
        ],
    )
}

/// The payment plan; nothing where nothing is due.
pub fn plan(terms: &Terms, parts: &[(String, String, i64)]) -> Vec<Node> {
    if parts.is_empty() {
        return Vec::new();
    }
    let words = terms.words();
    let head = [
        Node::of(Tag::Th, words.instalment),
        Node::of(Tag::Th, words.due),
        Node::of(Tag::Number, words.amount),
    ];
    let body = parts.iter().map(|(label, due, amount)| {
        row(vec![
            Node::of(Tag::Td, label),
            Node::of(Tag::Td, words.day(due)),
            Node::of(Tag::Number, terms.money(*amount)),
        ])
    });
    vec![
        Node::of(Tag::H2, words.plan),
        Node::Element(
            Tag::Table,
            vec![
                Node::Element(Tag::Thead, vec![row(head.to_vec())]),
                Node::Element(Tag::Tbody, body.collect()),
            ],
        ),
    ]
}

/// Parts of a plan as [`plan`] takes them.
pub fn told(terms: &Terms, parts: &[Part]) -> Vec<(String, String, i64)> {
    parts
        .iter()
        .map(|part| {
            (
                terms.words().part(part.name),
                part.due.to_string(),
                part.amount,
            )
        })
        .collect()
}

/// What stands below everything.
pub fn terms(terms: &Terms) -> Vec<Node> {
    let mut nodes = prose(terms.terms.as_deref());
    if !nodes.is_empty() {
        nodes.insert(0, Node::of(Tag::H2, terms.words().terms));
    }
    nodes
}
