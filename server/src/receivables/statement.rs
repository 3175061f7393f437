//! Statements of account: what was issued and what was paid in a period, each with the balance after it.

use jiff::civil::Date;
use portico_wire::{
    ClientId, StatementId,
    papers::{Node, Tag},
};

use super::store::{self, SeenBy};
use crate::{
    Result, clients,
    clock::today,
    db::StudioTx,
    error::Error,
    invoices,
    money::{
        account,
        say::{self, Words},
    },
    papers::{self, Kind, Sheet, Which},
    payments::EntryKind,
    sales::{self, paper::facts},
    studios::{self, Studio},
};

const EDITION: i64 = 1;
/// No statement is longer.
const MOST_DAYS: i32 = 3 * 366;

pub fn which(id: StatementId) -> Which {
    Which {
        kind: Kind::Statement,
        subject: id.into_uuid(),
        edition: EDITION,
    }
}

/// A period that was asked for; where nothing was, this year so far.
pub fn period(from: &str, to: &str, today: &str) -> Result<(String, String)> {
    let now: Date = today.parse().map_err(Error::internal)?;
    let read = |field: &'static str, text: &str, otherwise: Date| match text.trim() {
        "" => Ok(otherwise),
        text => text
            .parse::<Date>()
            .map_err(|_| Error::invalid(field, "Write a day such as 2026-01-31.")),
    };
    let first = read("from", from, now.first_of_year())?;
    let last = read("to", to, now)?;
    let last = last.min(now);
    if first > last {
        return Err(Error::invalid("from", "The period begins after it ends."));
    }
    if (last - first).get_days() > MOST_DAYS {
        return Err(Error::invalid(
            "from",
            "A statement covers three years at most.",
        ));
    }
    Ok((first.to_string(), last.to_string()))
}

/// The statement of a period, asked for where there is none of the account as it is now.
///
/// `seen_by` says how much of the account is on it: all, or what one contact sees.
pub async fn ask(
    tx: &mut StudioTx,
    client: ClientId,
    seen_by: SeenBy,
    period: (&str, &str),
) -> Result<StatementId> {
    let acts = store::acts(tx, client).await?;
    if store::insert_statement(tx, (client, seen_by), period, acts).await? {
        let made = store::find_statement(tx, (client, seen_by), period, acts).await?;
        let id = made.ok_or_else(Error::not_found)?;
        papers::ask(tx, which(id)).await?;
        return Ok(id);
    }
    let made = store::find_statement(tx, (client, seen_by), period, acts).await?;
    made.ok_or_else(Error::not_found)
}

/// A line of an account: owed more (above zero) or less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub day: String,
    pub what: String,
    pub note: String,
    pub currency: String,
    pub amount: i64,
}

/// All lines up to a day, the oldest first.
async fn lines(
    tx: &mut StudioTx,
    studio: &Studio,
    statement: &store::Statement,
) -> Result<(Vec<Line>, &'static Words)> {
    let mut lines = Vec::new();
    let contact = statement.contact();
    let charges = match contact {
        None => store::charges(tx, statement.client_id, &statement.to_day).await?,
        Some(contact) => {
            store::charges_seen(tx, statement.client_id, contact, &statement.to_day).await?
        }
    };
    // That of the latest invoice on it, as staff chose it.
    let latest = charges.iter().max_by(|a, b| a.day.cmp(&b.day));
    let words = say::words(latest.map_or("", |one| &one.language));
    for one in charges {
        let (name, amount) = match one.kind {
            invoices::Kind::Invoice => (words.invoice, one.total),
            invoices::Kind::CreditNote => (words.credit_note, -one.total),
        };
        lines.push(Line {
            day: one.day,
            what: format!("{name} {}", one.number.unwrap_or_default()),
            note: one.title,
            currency: one.currency,
            amount,
        });
    }
    let moves = match contact {
        None => store::moves(tx, statement.client_id, statement.created_at).await?,
        Some(contact) => {
            store::moves_seen(tx, statement.client_id, contact, statement.created_at).await?
        }
    };
    for one in moves {
        let day = sales::day(one.at, studio)?.to_string();
        if day > statement.to_day {
            continue;
        }
        lines.push(Line {
            day,
            what: named(one.kind, words).into(),
            note: one.reference.unwrap_or_default(),
            currency: one.currency,
            amount: -one.amount,
        });
    }
    lines.sort_by(|a, b| a.day.cmp(&b.day));
    Ok((lines, words))
}

fn named(kind: EntryKind, words: &Words) -> &'static str {
    let own = account::words(words);
    match kind {
        EntryKind::Succeeded => own.received,
        EntryKind::Refunded => own.refund,
        EntryKind::RefundFailed => own.refund_back,
        EntryKind::Disputed => own.disputed,
        EntryKind::DisputeWon => own.dispute_won,
        EntryKind::DisputeLost => own.dispute_lost,
        EntryKind::Reversed => own.reversed,
        EntryKind::Pending | EntryKind::Failed | EntryKind::Applied | EntryKind::Released => {
            own.payment
        }
    }
}

fn row(cells: Vec<Node>) -> Node {
    Node::Element(Tag::Tr, cells)
}

/// The table of a currency: what was owed before, each line with the balance after it, what is owed at the end.
pub fn table(lines: &[Line], words: &Words, currency: &str, (from, to): (&str, &str)) -> Vec<Node> {
    let own = account::words(words);
    let money = |minor| words.money(minor, currency);
    let strong = |text: String| Node::of(Tag::Strong, text);
    let mine = || lines.iter().filter(|line| line.currency == currency);
    let opening: i64 = mine()
        .filter(|line| line.day.as_str() < from)
        .map(|line| line.amount)
        .sum();
    let mut balance = opening;
    let mut body = vec![row(vec![
        Node::of(Tag::Td, words.day(from)),
        Node::of(Tag::Td, own.brought_forward),
        Node::of(Tag::Number, ""),
        Node::of(Tag::Number, ""),
        Node::of(Tag::Number, money(opening)),
    ])];
    for line in mine().filter(|line| line.day.as_str() >= from) {
        balance += line.amount;
        let mut what = vec![strong(line.what.clone())];
        if !line.note.is_empty() {
            what.push(Node::Element(Tag::Br, Vec::new()));
            what.push(Node::text(&line.note));
        }
        let (charged, paid) = if line.amount >= 0 {
            (money(line.amount), String::new())
        } else {
            (String::new(), money(-line.amount))
        };
        body.push(row(vec![
            Node::of(Tag::Td, words.day(&line.day)),
            Node::Element(Tag::Td, what),
            Node::of(Tag::Number, charged),
            Node::of(Tag::Number, paid),
            Node::of(Tag::Number, money(balance)),
        ]));
    }
    let said = if balance >= 0 {
        own.balance_due
    } else {
        own.credit
    };
    let foot = row(vec![
        Node::Element(Tag::Td, vec![strong(words.day(to))]),
        Node::Element(Tag::Td, vec![strong(said.into())]),
        Node::of(Tag::Number, ""),
        Node::of(Tag::Number, ""),
        Node::Element(Tag::Number, vec![strong(money(balance.abs()))]),
    ]);
    let head = row(vec![
        Node::of(Tag::Th, words.date_of),
        Node::of(Tag::Th, own.what),
        Node::of(Tag::Number, own.charged),
        Node::of(Tag::Number, own.paid),
        Node::of(Tag::Number, own.balance),
    ]);
    vec![Node::Element(
        Tag::Table,
        vec![
            Node::Element(Tag::Thead, vec![head]),
            Node::Element(Tag::Tbody, body),
            Node::Element(Tag::Tfoot, vec![foot]),
        ],
    )]
}

/// The statement as a paper.
pub async fn sheet(tx: &mut StudioTx, id: StatementId) -> Result<Sheet> {
    let statement = store::statement(tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let studio = studios::store::get(tx).await?;
    let client = clients::store::get_client(tx, statement.client_id)
        .await?
        .name;
    let (lines, words) = lines(tx, &studio, &statement).await?;
    let own = account::words(words);
    let period = (statement.from_day.as_str(), statement.to_day.as_str());
    let mut currencies: Vec<&str> = lines.iter().map(|line| line.currency.as_str()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    if currencies.is_empty() {
        currencies.push(&studio.currency);
    }
    let mut body = vec![facts(&[
        (words.client, client.clone()),
        (
            own.period,
            format!("{} \u{2013} {}", words.day(period.0), words.day(period.1)),
        ),
        (
            own.made_on,
            words.day(&today(statement.created_at, &studio.time_zone)),
        ),
    ])];
    for currency in &currencies {
        if currencies.len() > 1 {
            body.push(Node::of(Tag::H3, *currency));
        }
        body.extend(table(&lines, words, currency, period));
    }
    Ok(Sheet {
        title: own.statement.into(),
        language: words.code.into(),
        body,
        signatures: Vec::new(),
        certificate: Vec::new(),
        footer: format!("{} \u{b7} {}", studio.name, own.statement),
        at: statement.created_at,
        file_name: format!("{} statement {} {}", studio.name, client, period.1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(nodes: &[Node]) -> String {
        nodes
            .iter()
            .map(|node| match node {
                Node::Text(text) => format!("{text} "),
                Node::Element(_, inside) => text(inside),
            })
            .collect()
    }

    #[test]
    fn g11_a_statement_brings_forward_and_ends_with_what_is_due() {
        let line = |day: &str, what: &str, amount| Line {
            day: day.into(),
            what: what.into(),
            note: String::new(),
            currency: "USD".into(),
            amount,
        };
        let lines = [
            line("2025-12-31", "Invoice 1", 10_000),
            line("2026-01-01", "Payment received", -4_000),
            line("2026-02-01", "Invoice 2", 5_000),
            Line {
                currency: "EUR".into(),
                ..line("2026-02-02", "Invoice 3", 900)
            },
        ];
        let read = |lines: &[Line]| {
            let shown = text(&table(
                lines,
                say::words("en"),
                "USD",
                ("2026-01-01", "2026-12-31"),
            ));
            shown.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let shown = read(&lines);
        for part in [
            "Balance brought forward $100.00",
            "$40.00 $60.00",
            "$50.00 $110.00",
            "Balance due $110.00",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("Invoice 3"));
        let paid = [line("2026-01-01", "Payment received", -500)];
        let shown = read(&paid);
        assert!(shown.contains("Credit in your favour $5.00"), "{shown}");
    }

    #[test]
    fn g11_a_period_has_a_beginning_and_an_end_and_is_not_of_the_future() {
        let today = "2026-11-21";
        let asked = |from, to| period(from, to, today);
        assert_eq!(
            asked("", "").unwrap(),
            ("2026-01-01".into(), "2026-11-21".into())
        );
        assert_eq!(asked("2025-01-01", "2027-01-01").unwrap().1, "2026-11-21");
        for (from, to) in [
            ("x", ""),
            ("2026-02-30", ""),
            ("2026-05-01", "2026-04-01"),
            ("2000-01-01", ""),
        ] {
            assert!(asked(from, to).is_err(), "{from} {to}");
        }
    }
}
