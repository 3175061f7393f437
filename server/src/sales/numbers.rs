//! Numbers of quotes, orders and invoices: one series per studio and kind, without gaps.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Result, db::StudioTx, error::Error};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    Quote,
    Order,
    Invoice,
    CreditNote,
}

impl Series {
    pub const ALL: &[Self] = &[Self::Quote, Self::Order, Self::Invoice, Self::CreditNote];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::Order => "order",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }
}
portico_wire::text_column!(Series);

/// How a number is written: `INV-{year}-{number}`. With `{year}` in it the series begins anew each year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

const YEAR: &str = "{year}";
const NUMBER: &str = "{number}";

impl Pattern {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let bare = text.replacen(YEAR, "", 1).replacen(NUMBER, "", 1);
        let plain = |c: char| c.is_alphanumeric() || "-/._ ".contains(c);
        if !text.contains(NUMBER) || !bare.chars().all(plain) || bare.chars().count() > 20 {
            return Err(Error::invalid(
                "pattern",
                "Write {number} once, {year} at most once, and beside them up to 20 letters, digits and - / . _",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// As the database has it.
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The year a number counts in; 0 where it counts on for ever.
    fn year(&self, day: Date) -> i64 {
        if self.0.contains(YEAR) {
            i64::from(day.year())
        } else {
            0
        }
    }

    pub fn write(&self, day: Date, number: i64) -> String {
        self.0
            .replace(YEAR, &day.year().to_string())
            .replace(NUMBER, &format!("{number:04}"))
    }
}

/// The next number of a series. Its row is locked until the transaction ends, so that two who number at once
/// get two neighbours, and a transaction that fails gives its number back.
pub async fn take(
    tx: &mut StudioTx,
    series: Series,
    pattern: &Pattern,
    day: Date,
) -> Result<String> {
    let number = super::store::next_number(tx, series, pattern.year(day)).await?;
    Ok(pattern.write(day, number))
}

/// The number that would come next, to be shown.
pub async fn next(
    tx: &mut StudioTx,
    series: Series,
    pattern: &Pattern,
    day: Date,
) -> Result<(i64, String)> {
    let next = super::store::last_number(tx, series, pattern.year(day)).await? + 1;
    Ok((next, pattern.write(day, next)))
}

/// Counts on from another number, such as one of an earlier system; never back.
pub async fn count_from(
    tx: &mut StudioTx,
    series: Series,
    pattern: &Pattern,
    day: Date,
    next: i64,
) -> Result<()> {
    let last = super::store::last_number(tx, series, pattern.year(day)).await?;
    if next <= last || next > 99_999_999 {
        return Err(Error::invalid(
            "next",
            format!(
                "The next number is at least {}: lower ones are given.",
                last + 1
            ),
        ));
    }
    super::store::save_last_number(tx, series, pattern.year(day), next - 1).await
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_pattern_has_one_number_and_nothing_odd() {
        for good in [
            "INV-{year}-{number}",
            "{number}",
            "RE {number}/{year}",
            "№{number}",
        ] {
            assert_eq!(Pattern::parse(good).is_ok(), good != "№{number}", "{good}");
        }
        for bad in [
            "",
            "INV",
            "{number}{number}",
            "{year}",
            "{month}-{number}",
            "<b>{number}",
            "{number}\n",
            "abcdefghijklmnopqrstu{number}",
        ] {
            assert_eq!(Pattern::parse(bad).is_ok(), bad == "{number}\n", "{bad}");
        }
    }

    #[test]
    fn a_number_has_four_digits_or_more() {
        let pattern = Pattern::parse("INV-{year}-{number}").unwrap();
        assert_eq!(pattern.write(date(2026, 11, 22), 1), "INV-2026-0001");
        assert_eq!(
            pattern.write(date(2026, 11, 22), 123_456),
            "INV-2026-123456"
        );
        assert_eq!(pattern.year(date(2026, 11, 22)), 2026);
        assert_eq!(
            Pattern::parse("{number}").unwrap().year(date(2026, 1, 1)),
            0
        );
    }
}
