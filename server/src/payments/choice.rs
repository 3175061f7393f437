//! What a contact asks to pay, and how much of it goes to which invoice. Pure.

use portico_wire::{Code, InstalmentId, InvoiceId, payments::Choice};

use super::{Part, Sums, dues, stripe};
use crate::{Result, error::Error, money};

/// What a studio lets its clients choose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Limits {
    pub version: i64,
    pub other_amount: bool,
    /// In the studio's currency.
    pub least: i64,
    pub tip: bool,
    pub prepay: bool,
}

impl Limits {
    /// The least another amount may be: what the studio says, where it says it in this currency, and what the provider takes.
    pub fn least_in(&self, currency: &str, studio: &str) -> i64 {
        let own = if currency == studio { self.least } else { 0 };
        own.max(stripe::amounts::least(currency))
    }
}

/// An invoice that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    pub id: InvoiceId,
    pub sums: Sums,
    pub parts: Vec<Part>,
}

impl Payable {
    fn oldest(&self) -> String {
        dues(&self.parts, "").next.unwrap_or_default()
    }

    /// The deposit, where nothing is paid yet and more follows.
    pub fn deposit(&self) -> Option<i64> {
        let first = self.parts.first()?;
        let untouched = self.sums.paid == 0 && self.sums.pending == 0;
        let more = self.sums.payable() > first.left.payable();
        (untouched && more && first.left.payable() > 0).then(|| first.left.payable())
    }
}

fn nothing() -> Error {
    Error::refused(
        Code::NothingToPay,
        "There is nothing left to pay on this. It may have been paid a moment ago.",
    )
}

/// What a contact asks to pay.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub choice: Choice,
    pub instalment: Option<InstalmentId>,
    pub amount: Option<i64>,
    pub today: &'a str,
    pub currency: &'a str,
    pub limits: &'a Limits,
    /// The least another amount may be.
    pub least: i64,
}

/// How much goes to each invoice, or what is wrong with the wish. The oldest come first.
pub fn choose(invoices: &[Payable], wish: Wish<'_>) -> Result<Vec<(InvoiceId, i64)>> {
    let payable: i64 = invoices.iter().map(|one| one.sums.payable()).sum();
    if payable == 0 {
        return Err(nothing());
    }
    let each = |of: &dyn Fn(&Payable) -> i64| -> Vec<(InvoiceId, i64)> {
        invoices
            .iter()
            .map(|one| (one.id, of(one)))
            .filter(|(_, amount)| *amount > 0)
            .collect()
    };
    let chosen = match wish.choice {
        Choice::Everything => each(&|one| one.sums.payable()),
        Choice::Due => each(&|one| dues(&one.parts, wish.today).now),
        Choice::Deposit => each(&|one| one.deposit().unwrap_or(0)),
        Choice::Instalment => {
            let part = invoices.iter().find_map(|one| {
                let part = one
                    .parts
                    .iter()
                    .find(|part| Some(part.id) == wish.instalment)?;
                Some((one.id, part.left.payable()))
            });
            let (id, amount) = part.ok_or_else(Error::not_found)?;
            each(&|one| if one.id == id { amount } else { 0 })
        }
        Choice::Amount => {
            let amount = wish
                .amount
                .ok_or_else(|| Error::invalid("amount", "Say how much you would like to pay."))?;
            check_amount(amount, payable, &wish)?;
            spread(amount, invoices)
        }
    };
    if chosen.is_empty() {
        return Err(nothing());
    }
    let sum: i64 = chosen.iter().map(|(_, amount)| amount).sum();
    if wish.choice != Choice::Amount && wish.amount.is_some_and(|shown| shown != sum) {
        return Err(Error::refused(
            Code::Conflict,
            "What is owed changed in the meantime. Please look at it again.",
        ));
    }
    Ok(chosen)
}

fn check_amount(amount: i64, payable: i64, wish: &Wish<'_>) -> Result<()> {
    let say = |minor| money::say::words("en").money(minor, wish.currency);
    if !wish.limits.other_amount && amount != payable {
        return Err(Error::invalid(
            "amount",
            "The studio takes no other amounts. Please choose one of those shown.",
        ));
    }
    if amount > payable {
        return Err(Error::invalid(
            "amount",
            format!("At most {} can be paid on this.", say(payable)),
        ));
    }
    // The rest of an invoice can always be paid, however little it is.
    if amount < wish.least.min(payable) || amount <= 0 {
        return Err(Error::invalid(
            "amount",
            format!(
                "Please pay at least {}.",
                say(wish.least.min(payable).max(1))
            ),
        ));
    }
    Ok(())
}

/// Spreads an amount over invoices: the one whose instalment is due first gets its due part first.
fn spread(amount: i64, invoices: &[Payable]) -> Vec<(InvoiceId, i64)> {
    let mut order: Vec<&Payable> = invoices.iter().collect();
    order.sort_by_key(|one| one.oldest());
    let mut left = amount;
    let mut chosen = Vec::new();
    for one in order {
        let part = left.min(one.sums.payable());
        if part > 0 {
            chosen.push((one.id, part));
            left -= part;
        }
    }
    chosen
}

/// A tip, where the studio takes one: at most as much as what is paid.
pub fn check_tip(tip: i64, amount: i64, limits: &Limits) -> Result<()> {
    if tip == 0 {
        return Ok(());
    }
    if !limits.tip {
        return Err(Error::invalid("tip", "The studio takes no tips."));
    }
    if tip < 0 || tip > amount {
        return Err(Error::invalid(
            "tip",
            "A tip is above zero and at most as much as what is paid.",
        ));
    }
    Ok(())
}

/// Something paid ahead, without an invoice.
pub fn check_prepaid(amount: Option<i64>, limits: &Limits, least: i64, most: i64) -> Result<i64> {
    if !limits.prepay {
        return Err(Error::invalid(
            "invoices",
            "Choose what you would like to pay.",
        ));
    }
    let amount = amount.unwrap_or(0);
    if amount < least.max(1) || amount > most {
        return Err(Error::invalid(
            "amount",
            "That is less or more than can be paid ahead.",
        ));
    }
    Ok(amount)
}
