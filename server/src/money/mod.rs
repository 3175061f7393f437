//! Money: integers in the minor unit of a currency, and the rules that make totals of lines and instalments
//! of totals. Pure, and exact: what does not fit is refused, nothing is lost on the way.

pub mod account;
pub mod plan;
pub mod say;
pub mod sums;
pub mod typed;

use portico_wire::sales;

/// The most an amount can be, in minor units: far inside what a browser counts exactly.
pub const MOST: i64 = 99_999_999_999_999;

/// Digits of a currency's minor unit (ISO 4217).
pub const fn exponent(currency: &str) -> u32 {
    match currency.as_bytes() {
        b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
        | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
        b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
        _ => 2,
    }
}

/// An amount as the portal is told it.
pub fn wire(minor: i64, currency: &str) -> sales::Money {
    sales::Money {
        minor,
        currency: currency.to_owned(),
        digits: u8::try_from(exponent(currency)).unwrap_or(2),
    }
}

/// `n / d` to the nearest whole, halves away from zero; `d` is above zero.
pub(crate) const fn nearest(n: i128, d: i128) -> i128 {
    let half = if n < 0 { -(d / 2) } else { d / 2 };
    // An odd `d` has no exact half, and its whole half is below it.
    (n + half) / d
}

/// Splits `whole` in proportion to `weights` without losing a unit: each gets its floor, and what is left goes
/// one by one to the largest remainders, earlier ones first. Weights are not negative.
pub(crate) fn spread(whole: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: i64| i128::from(whole) * i128::from(weight);
    let mut shares: Vec<i64> = weights
        .iter()
        .map(|&weight| i64::try_from(exact(weight) / sum).unwrap_or(i64::MAX))
        .collect();
    let left = whole - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(exact(weights[at]) % sum));
    for &at in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[at] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (n, d, whole) in [
            (5, 10, 1),
            (4, 10, 0),
            (-5, 10, -1),
            (-4, 10, 0),
            (15, 10, 2),
            (1, 3, 0),
            (2, 3, 1),
            (3, 2, 2),
        ] {
            assert_eq!(nearest(n, d), whole, "{n}/{d}");
        }
    }

    #[test]
    fn digits_follow_iso_4217() {
        let digits = ["JPY", "KRW", "KWD", "BHD", "USD", "EUR"].map(exponent);
        assert_eq!(digits, [0, 0, 3, 3, 2, 2]);
    }

    proptest! {
        #[test]
        fn what_is_spread_is_whole(whole in 0..=MOST, weights in prop::collection::vec(0..=MOST, 1..30)) {
            let shares = spread(whole, &weights);
            let any = weights.iter().any(|&weight| weight > 0);
            prop_assert_eq!(shares.iter().sum::<i64>(), if any { whole } else { 0 });
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(*share >= 0 && (*weight > 0 || *share == 0));
            }
        }
    }
}
