//! What clients owe, as staff look after it: months of money, what is overdue, reminders, statements of account.

pub mod admin;
pub mod api;
pub mod plot;
pub mod remind;
pub mod statement;
pub mod store;

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use portico_wire::{ClientId, Timestamp};

use crate::{
    Result,
    db::StudioTx,
    error::Error,
    invoices,
    money::say,
    payments::{Part, parts},
};
use store::OpenRow;

/// An invoice on which something is owed, with what is left of its instalments.
#[derive(Debug, Clone)]
pub struct Open {
    pub row: OpenRow,
    pub parts: Vec<Part>,
}

impl Open {
    /// What is owed that was due before today, and since when.
    pub fn overdue(&self, today: &str) -> Option<(i64, &str)> {
        let late = || {
            self.parts
                .iter()
                .filter(|part| part.left.balance > 0 && part.due.as_str() < today)
        };
        let first = late().next()?;
        Some((late().map(|part| part.left.balance).sum(), &first.due))
    }
}

/// Everything that is owed to the studio.
pub async fn open(tx: &mut StudioTx) -> Result<Vec<Open>> {
    let rows = store::open(tx).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut plans = invoices::store::plans(tx, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = plans.remove(&row.id).unwrap_or_default();
            let parts = parts(own, row.sums);
            Open { row, parts }
        })
        .collect())
}

/// The first days of so many months back, this one, and some ahead; one more ends the last.
pub fn months(today: Date, back: i32, ahead: i32) -> Result<Vec<Date>> {
    let first = today.first_of_month();
    (-back..=ahead + 1)
        .map(|n| first.checked_add(n.months()).map_err(Error::internal))
        .collect()
}

/// The moment a day begins somewhere.
pub fn begins(day: Date, time_zone: &str) -> Result<Timestamp> {
    crate::clock::at_hour(&day.to_string(), 0, 0, time_zone)
}

/// What is owed of each currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    pub all: i64,
    pub overdue: i64,
    /// Due within thirty days from today.
    pub soon: i64,
    /// Bank payments under way, which are part of it.
    pub pending: i64,
}

pub fn owed(open: &[Open], today: &str, soon: &str) -> BTreeMap<String, Owed> {
    let mut sums: BTreeMap<String, Owed> = BTreeMap::new();
    for one in open {
        let sum = sums.entry(one.row.currency.clone()).or_default();
        sum.all += one.row.sums.balance();
        sum.pending += one.row.sums.covering();
        for part in &one.parts {
            if part.due.as_str() < today {
                sum.overdue += part.left.balance;
            } else if part.due.as_str() < soon {
                sum.soon += part.left.balance;
            }
        }
    }
    sums
}

/// Amounts in the studio's own voice.
pub fn money(minor: i64, currency: &str) -> String {
    say::words("en").money(minor, currency)
}

/// A client and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    pub id: ClientId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole_and_cross_the_year() {
        let days = months("2026-01-31".parse().unwrap(), 2, 1).unwrap();
        let shown: Vec<String> = days.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "2025-11-01",
                "2025-12-01",
                "2026-01-01",
                "2026-02-01",
                "2026-03-01"
            ]
        );
    }

    #[test]
    fn a_month_begins_at_the_studios_midnight() {
        let first: Date = "2026-11-01".parse().unwrap();
        assert_eq!(
            begins(first, "America/New_York").unwrap().to_string(),
            "2026-11-01T04:00:00.000000Z"
        );
        assert_eq!(
            begins(first, "Europe/London").unwrap().to_string(),
            "2026-11-01T00:00:00.000000Z"
        );
    }
}
