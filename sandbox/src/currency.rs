//! What Stripe documents of currencies: decimals, the least and the greatest charge, digits that have to be 0.

use crate::errors::ApiError;

const ZERO_DECIMAL: &[&str] = &[
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];
const THREE_DECIMAL: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];
/// Without decimals in the world, but written with two zeros in the API.
const WITH_ZEROS: &[&str] = &["isk", "ugx"];
const OTHERS: &[&str] = &[
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny",
    "cop", "crc", "cve", "czk", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp",
    "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "jmd",
    "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mkd",
    "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok",
    "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub", "sar",
    "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top",
    "try", "ttd", "twd", "tzs", "uah", "usd", "uyu", "uzs", "wst", "xcd", "yer", "zar", "zmw",
];

/// The least charge, in the API's units, where one is documented.
const LEAST: &[(&str, i64)] = &[
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1000),
    ("usd", 50),
];

pub fn known(code: &str) -> bool {
    [ZERO_DECIMAL, THREE_DECIMAL, WITH_ZEROS, OTHERS]
        .iter()
        .any(|list| list.contains(&code))
}

pub fn decimals(code: &str) -> u32 {
    if ZERO_DECIMAL.contains(&code) {
        0
    } else if THREE_DECIMAL.contains(&code) {
        3
    } else {
        2
    }
}

/// Whether an amount is written as the currency is.
pub fn check_unit(amount: i64, code: &str, param: &str) -> Result<(), ApiError> {
    let step = match () {
        () if THREE_DECIMAL.contains(&code) => 10,
        () if WITH_ZEROS.contains(&code) => 100,
        () => 1,
    };
    if amount % step == 0 {
        return Ok(());
    }
    Err(ApiError::invalid(format!(
        "Invalid amount: the amount in {code} has to be a multiple of {step}."
    ))
    .code("parameter_invalid_integer")
    .param(param))
}

/// Whether a checkout may come to so much.
pub fn check_total(amount: i64, code: &str) -> Result<(), ApiError> {
    let least = LEAST
        .iter()
        .find(|(c, _)| *c == code)
        .map_or(1, |(_, n)| *n);
    let greatest = if code == "idr" {
        999_999_999_999
    } else {
        99_999_999
    };
    if amount < least {
        return Err(ApiError::invalid(format!(
            "The Checkout Session's total amount due must add up to at least {} {code}",
            written(least, code)
        ))
        .code("amount_too_small"));
    }
    if amount > greatest {
        return Err(ApiError::invalid(format!(
            "The Checkout Session's total amount due must be no more than {} {code}",
            written(greatest, code)
        ))
        .code("amount_too_large"));
    }
    Ok(())
}

/// `$1,234.50`, `¥500`, `CHF 12.00`.
pub fn written(amount: i64, code: &str) -> String {
    let sign = match code {
        "usd" => "$".to_owned(),
        "eur" => "€".to_owned(),
        "gbp" => "£".to_owned(),
        "jpy" => "¥".to_owned(),
        other => format!("{} ", other.to_uppercase()),
    };
    let decimals = decimals(code) as usize;
    let digits = format!("{:0width$}", amount.abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let minus = if amount < 0 { "−" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{minus}{sign}{grouped}{point}{rest}")
}

/// The bank debit Stripe offers in a currency.
pub fn bank_debit(code: &str) -> Option<&'static str> {
    Some(match code {
        "usd" => "us_bank_account",
        "eur" => "sepa_debit",
        "gbp" => "bacs_debit",
        "aud" => "au_becs_debit",
        "cad" => "acss_debit",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_the_currencys_decimals() {
        assert_eq!(written(123_450, "usd"), "$1,234.50");
        assert_eq!(written(5, "eur"), "€0.05");
        assert_eq!(written(500, "jpy"), "¥500");
        assert_eq!(written(1_234_560, "kwd"), "KWD 1,234.560");
        assert_eq!(written(-1200, "chf"), "−CHF 12.00");
    }

    #[test]
    fn three_decimals_end_in_a_zero_and_isk_in_two() {
        assert!(check_unit(5_120, "kwd", "x").is_ok());
        assert!(check_unit(5_124, "kwd", "x").is_err());
        assert!(check_unit(500, "isk", "x").is_ok());
        assert!(check_unit(550, "isk", "x").is_err());
    }

    #[test]
    fn the_least_and_the_greatest_charge() {
        assert_eq!(
            check_total(49, "usd").unwrap_err().code,
            Some("amount_too_small")
        );
        assert!(check_total(50, "usd").is_ok());
        assert!(check_total(99_999_999, "usd").is_ok());
        assert_eq!(
            check_total(100_000_000, "usd").unwrap_err().code,
            Some("amount_too_large")
        );
    }
}
