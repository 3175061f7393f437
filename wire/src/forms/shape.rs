//! The shapes of what people type.

use super::Pattern;
use crate::time;

/// A decimal number in millionths: at most twelve digits before the point and six behind it. A comma is the
/// point where there is one and no point.
pub fn decimal(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let commas = digits.bytes().filter(|&b| b == b',').count();
    let point = if digits.bytes().any(|b| b == b'.') || commas != 1 {
        b'.'
    } else {
        b','
    };
    let (mut whole, mut seen, mut behind) = (0i64, 0, None);
    for byte in digits.bytes() {
        match (byte, behind) {
            (b'0'..=b'9', None) => {
                whole = whole * 10 + i64::from(byte - b'0');
                seen += 1;
                if whole >= 1_000_000_000_000 {
                    return None;
                }
            }
            (b'0'..=b'9', Some(places)) => {
                seen += 1;
                if places < 6 {
                    whole = whole * 10 + i64::from(byte - b'0');
                    behind = Some(places + 1);
                } else if byte != b'0' {
                    return None;
                }
            }
            (b' ', None) => {}
            (_, None) if byte == point => behind = Some(0),
            // Between thousands.
            (b',', None) if seen > 0 => {}
            _ => return None,
        }
    }
    if seen == 0 {
        return None;
    }
    let millionths = whole * 10i64.pow(6 - behind.unwrap_or(0));
    Some(if negative { -millionths } else { millionths })
}

/// Millionths as the number is stored and sent: a point, no zeros at either end.
pub fn decimal_text(millionths: i64) -> String {
    let (whole, rest) = (
        millionths.unsigned_abs() / 1_000_000,
        millionths.unsigned_abs() % 1_000_000,
    );
    let mut text = String::new();
    if millionths < 0 {
        text.push('-');
    }
    text.push_str(&whole.to_string());
    if rest > 0 {
        // A one in front keeps the zeros.
        let digits = (1_000_000 + rest).to_string();
        text.push('.');
        text.push_str(part(&digits, 1, 7).trim_end_matches('0'));
    }
    text
}

/// Of plain text. An index that can fail would bring the words of its failure, kilobytes of the widget.
fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// A day of the years 1800 to 2200, such as `2027-05-22`.
pub fn is_date(text: &str) -> bool {
    time::is_day(text) && ("1800".."2201").contains(&part(text, 0, 4))
}

/// A time of day, such as `14:30`.
pub fn is_time(text: &str) -> bool {
    let digit = |b: &u8| b.is_ascii_digit();
    match text.as_bytes() {
        [a, b, b':', c, d] if [a, b, c, d].into_iter().all(digit) => {
            part(text, 0, 2) < "24" && part(text, 3, 5) < "60"
        }
        _ => false,
    }
}

/// Side by side. Looking for a text in another is kilobytes of the widget.
fn has_two_dots(text: &str) -> bool {
    text.as_bytes().windows(2).any(|two| two == b"..")
}

/// Looks like an email address; the server's mail library has the last word.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    (1..=64).contains(&local.len())
        && text.len() <= super::limits::EMAIL
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !has_two_dots(domain)
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"\\[]".contains(c))
}

/// Looks like a telephone number; the server knows which can be dialled.
pub fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || " +-()/.\u{a0}".contains(c);
    (5..=20).contains(&digits) && text.len() <= super::limits::PHONE && text.chars().all(plain)
}

/// Letters beyond the plain ones are not told from other signs: their tables are larger than this module.
const fn letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii()
}

impl Pattern {
    pub fn matches(self, text: &str) -> bool {
        let between = |c: char| " -'.".contains(c);
        match self {
            Self::Letters => text.chars().all(|c| letter(c) || between(c)),
            Self::Digits => text.bytes().all(|b| b.is_ascii_digit()),
            Self::LettersAndDigits => text
                .chars()
                .all(|c| letter(c) || c.is_ascii_digit() || between(c)),
            Self::Postcode => {
                (3..=10).contains(&text.len())
                    && text.bytes().any(|b| b.is_ascii_digit())
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-')
            }
            Self::Url => {
                let rest = text
                    .strip_prefix("https://")
                    .or_else(|| text.strip_prefix("http://"))
                    .unwrap_or(text);
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                host.contains('.')
                    && !host.starts_with('.')
                    && !has_two_dots(host)
                    && !host.contains([':', '@'])
                    && !text.contains(|c: char| c.is_whitespace() || "<>\"".contains(c))
            }
        }
    }
}

/// Can be shown: no control characters but line breaks and tabs. A text field of a browser
/// never gives a carriage return.
pub fn is_showable(text: &str) -> bool {
    !text
        .bytes()
        .any(|b| b < b' ' && !matches!(b, b'\n' | b'\t') || b == 0x7f)
}

/// The path of a signature: at least one stroke, within its box.
pub fn is_drawing(path: &str) -> bool {
    if path.len() > super::limits::DRAWING || !path.starts_with('M') {
        return false;
    }
    let mut lines = 0;
    let points = path.split_inclusive(['M', 'L']).skip(1);
    for point in points {
        let ends = point.strip_suffix(['M', 'L']);
        lines += u32::from(point.ends_with('L'));
        let within = |text: &str, most: i64| {
            (1..=4).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_digit())
                && text.parse::<i64>().is_ok_and(|n| n <= most)
        };
        let fits = ends
            .unwrap_or(point)
            .split_once(' ')
            .is_some_and(|(x, y)| within(x, 1000) && within(y, 400));
        if !fits {
            return false;
        }
    }
    lines > 0
}
