//! Stripe's test cards, and what their bank says.

use crate::errors::ApiError;

/// A card as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub number: String,
    pub exp_month: u8,
    /// Four digits.
    pub exp_year: u16,
    pub cvc: String,
}

impl Card {
    /// A test card by its number, with an expiry date far away.
    pub fn test(number: &str) -> Self {
        Self {
            number: number.into(),
            exp_month: 12,
            exp_year: 2099,
            cvc: "123".into(),
        }
    }

    /// `4242 4242 4242 4242`: the one that works.
    pub fn good() -> Self {
        Self::test("4242424242424242")
    }

    /// `4000 0000 0000 0002`: the bank says no.
    pub fn declined() -> Self {
        Self::test("4000000000000002")
    }

    pub fn last4(&self) -> &str {
        self.number
            .get(self.number.len().saturating_sub(4)..)
            .unwrap_or("")
    }

    pub fn brand(&self) -> &'static str {
        match self.number.as_bytes() {
            [b'4', ..] => "visa",
            [b'5' | b'2', ..] => "mastercard",
            [b'3', b'4' | b'7', ..] => "amex",
            _ => "discover",
        }
    }

    /// What the bank says when the card is charged, first or later.
    pub fn charged(&self) -> Result<(), ApiError> {
        verdict(self.last4())
    }

    /// Some cards are taken first and refused only later, when the next period is charged for.
    pub fn taken_once(&self) -> Result<(), ApiError> {
        if self.last4() == "0341" {
            Ok(())
        } else {
            self.charged()
        }
    }
}

/// By the last four digits, which is all that is kept of a card.
pub fn verdict(last4: &str) -> Result<(), ApiError> {
    let (code, decline, message) = match last4 {
        "0002" | "0341" => (
            "card_declined",
            "generic_decline",
            "Your card was declined.",
        ),
        "9995" => (
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        "9987" => ("card_declined", "lost_card", "Your card was declined."),
        "0069" => ("expired_card", "expired_card", "Your card has expired."),
        "0127" => (
            "incorrect_cvc",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
        ),
        "0119" => (
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        _ => return Ok(()),
    };
    Err(ApiError::card(code, decline, message))
}

/// Real numbers have no place here, so that nobody leaves one by mistake.
pub fn is_test_number(digits: &str) -> bool {
    digits.starts_with("40000")
        || matches!(
            digits,
            "4242424242424242"
                | "4000056655665556"
                | "5555555555554444"
                | "2223003122003222"
                | "5200828282828210"
                | "5105105105105100"
                | "378282246310005"
                | "371449635398431"
                | "6011111111111117"
        )
}

/// The check digit every card number ends in (ISO/IEC 7812-1).
pub fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let n = u32::from(digit - b'0') * if i % 2 == 1 { 2 } else { 1 };
            if n > 9 { n - 9 } else { n }
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_cards_pass_the_check_digit_and_a_typing_error_does_not() {
        for number in [
            "4242424242424242",
            "4000000000000002",
            "4000000000009995",
            "378282246310005",
        ] {
            assert!(passes_luhn(number) && is_test_number(number), "{number}");
        }
        assert!(!passes_luhn("4242424242424241"));
        assert!(!is_test_number("4111111111111111"));
    }
}
