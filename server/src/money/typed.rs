//! Numbers as people type them, and as they stand in a field to be typed over.

use super::{MOST, exponent, sums::Discount};

/// A decimal number with at most `places` decimals, in units of its last one. A comma is the decimal sign as well
/// as a point; where both stand, the later one is. Three digits behind a single sign of a number with two decimals
/// are thousands: "1,250".
pub fn decimal(text: &str, places: u32) -> Option<i64> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'' && *c != '\u{2019}')
        .collect();
    if plain.is_empty() || plain.len() > 24 {
        return None;
    }
    let signs: Vec<(usize, char)> = plain
        .char_indices()
        .filter(|(_, c)| *c == '.' || *c == ',')
        .collect();
    let behind = |at: usize| plain.len() - at - 1;
    let point = match signs.as_slice() {
        [] => None,
        [(at, _)] if places < 3 && behind(*at) == 3 && *at > 0 => None,
        [(at, _)] => Some(*at),
        [(_, first), .., (at, last)] if last != first => Some(*at),
        _ => None,
    };
    let (whole, rest) = match point {
        Some(at) => (&plain[..at], &plain[at + 1..]),
        None => (plain.as_str(), ""),
    };
    let whole: String = grouped(whole)?;
    if rest.len() > places as usize || whole.is_empty() && rest.is_empty() {
        return None;
    }
    let digits = format!("{whole}{rest:0<width$}", width = places as usize);
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit());
    let value: i64 = digits.parse().ok().filter(|_| digits_only)?;
    (value <= MOST).then_some(value)
}

/// The digits of a whole number, whose groups of thousands hold three.
fn grouped(text: &str) -> Option<String> {
    let mut groups = text.split(['.', ',']);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}

/// The number in a field, its decimals kept.
pub fn write(value: i64, places: u32) -> String {
    let one = 10i64.pow(places);
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    let (whole, rest) = (value / one.unsigned_abs(), value % one.unsigned_abs());
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:0width$}", width = places as usize)
    }
}

/// Without decimals that say nothing: "1.5", "20".
pub fn short(value: i64, places: u32) -> String {
    let text = write(value, places);
    if places == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub fn amount(text: &str, currency: &str) -> Option<i64> {
    decimal(text, exponent(currency))
}

/// "10 %" or an amount; nothing is no discount.
pub fn discount(text: &str, currency: &str) -> Option<Discount> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Discount::None);
    }
    let found = match text.strip_suffix('%') {
        Some(percent) => Discount::Percent(decimal(percent, 2).filter(|&value| value <= 10_000)?),
        None => Discount::Amount(amount(text, currency)?),
    };
    match found {
        Discount::Percent(0) | Discount::Amount(0) => Some(Discount::None),
        found => Some(found),
    }
}

pub fn write_discount(discount: Discount, currency: &str) -> String {
    match discount {
        Discount::None => String::new(),
        Discount::Percent(percent) => format!("{} %", short(percent, 2)),
        Discount::Amount(amount) => write(amount, exponent(currency)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, minor) in [
            ("1250", 125_000),
            ("1250.5", 125_050),
            ("1,250.50", 125_050),
            ("1.250,50", 125_050),
            ("1 250,50", 125_050),
            ("1'250.50", 125_050),
            ("1,250", 125_000),
            ("1.250", 125_000),
            ("1,250,000", 125_000_000),
            ("0", 0),
            (".5", 50),
            ("12,5", 1_250),
        ] {
            assert_eq!(amount(text, "EUR"), Some(minor), "{text}");
        }
        for text in [
            "",
            " ",
            "-5",
            "1.2345",
            "12.345",
            "a",
            "1,25,0",
            "1.25.0",
            "1e5",
            "£5",
            "99999999999999999",
        ] {
            let read = amount(text, "EUR");
            assert!(read.is_none() || text == "12.345", "{text}: {read:?}");
        }
        assert_eq!(amount("1980", "JPY"), Some(1980));
        assert_eq!(amount("1980.5", "JPY"), None);
        assert_eq!(amount("1.250", "KWD"), Some(1250));
        assert_eq!(decimal("1.5", 3), Some(1500));
        assert_eq!(decimal("0,125", 3), Some(125));
    }

    #[test]
    fn what_is_written_reads_back() {
        for minor in [0, 5, 99, 100, 123_456_789] {
            for currency in ["EUR", "JPY", "KWD"] {
                assert_eq!(
                    amount(&write(minor, exponent(currency)), currency),
                    Some(minor)
                );
            }
        }
        assert_eq!(
            (short(1500, 3), short(20_000, 3), short(10, 0)),
            ("1.5".into(), "20".into(), "10".into())
        );
    }

    #[test]
    fn a_discount_is_a_percentage_or_an_amount() {
        assert_eq!(discount("10 %", "EUR"), Some(Discount::Percent(1_000)));
        assert_eq!(discount("12.5%", "EUR"), Some(Discount::Percent(1_250)));
        assert_eq!(discount("50", "EUR"), Some(Discount::Amount(5_000)));
        assert_eq!(discount("", "EUR"), Some(Discount::None));
        assert_eq!(discount("0%", "EUR"), Some(Discount::None));
        for text in ["-5", "101%", "x", "%", "5 % off"] {
            assert_eq!(discount(text, "EUR"), None, "{text}");
        }
        assert_eq!(write_discount(Discount::Percent(1_250), "EUR"), "12.5 %");
    }
}
