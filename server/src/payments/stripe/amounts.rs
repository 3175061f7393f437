//! Amounts as Stripe counts them (<https://docs.stripe.com/currencies>). It counts in the minor unit of ISO 4217 but for a
//! few currencies, and takes some only in whole or rounded amounts.

/// What one of our minor units is to Stripe: so many of its own, or a part of one.
enum Scale {
    Same,
    Times(i64),
    Part(i64),
}

fn scale(currency: &str) -> Scale {
    match currency {
        // Without decimals by ISO 4217; Stripe still takes them with two.
        "ISK" | "UGX" => Scale::Times(100),
        // With two decimals by ISO 4217, without any at Stripe.
        "MGA" => Scale::Part(100),
        _ => Scale::Same,
    }
}

/// Our amount as Stripe takes it; none where it cannot be charged exactly.
pub fn to_stripe(minor: i64, currency: &str) -> Option<i64> {
    match scale(currency) {
        // The last of three decimals has to be 0.
        Scale::Same if crate::money::exponent(currency) == 3 => (minor % 10 == 0).then_some(minor),
        Scale::Same => Some(minor),
        Scale::Times(by) => minor.checked_mul(by),
        Scale::Part(by) => (minor % by == 0).then_some(minor / by),
    }
}

/// Stripe's amount as we count it.
pub fn from_stripe(amount: i64, currency: &str) -> i64 {
    match scale(currency) {
        Scale::Same => amount,
        Scale::Times(by) => amount / by,
        Scale::Part(by) => amount.saturating_mul(by),
    }
}

/// The most that can be charged at once: eight digits, as Stripe counts.
pub fn most(currency: &str) -> i64 {
    from_stripe(99_999_999, currency)
}

/// The least that can be charged, where Stripe names one for the currency.
pub const fn least(currency: &str) -> i64 {
    match currency.as_bytes() {
        b"USD" | b"EUR" | b"AUD" | b"CAD" | b"CHF" | b"NZD" | b"SGD" | b"BRL" | b"INR" => 50,
        b"GBP" => 30,
        b"JPY" => 50,
        b"DKK" => 250,
        b"NOK" | b"SEK" => 300,
        b"PLN" | b"RON" | b"MYR" | b"AED" => 200,
        b"HKD" => 400,
        b"MXN" | b"THB" => 1_000,
        b"CZK" => 1_500,
        b"HUF" => 17_500,
        b"BGN" => 100,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_what_stripe_counts() {
        for (minor, currency, stripe) in [
            (1_000, "USD", Some(1_000)),
            (500, "JPY", Some(500)),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (500, "MGA", Some(5)),
            (550, "MGA", None),
            (5_120, "KWD", Some(5_120)),
            (5_124, "KWD", None),
        ] {
            assert_eq!(to_stripe(minor, currency), stripe, "{minor} {currency}");
            if let Some(stripe) = stripe {
                assert_eq!(from_stripe(stripe, currency), minor, "{minor} {currency}");
            }
        }
    }
}
