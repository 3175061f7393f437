//! From lines to totals.
//!
//! **Rounding.** A line's amount is rounded to the minor unit when it is made. Tax is worked out **per rate on
//! the whole document**, not per line, and rounded once, **half up** (halves away from zero). That is the rule
//! of the European standard for invoices, EN 16931 (BR-CO-17: the tax of a category is its taxable amount times
//! its rate, rounded to two decimals), so that an invoice can become an electronic one without another sum; and
//! it keeps what is shown checkable by hand: the base of a rate times the rate is its tax. Rounding per line
//! would drift by half a unit with every line.
//!
//! With prices that include tax, the tax of a rate is taken out of the sum of its lines the same way (base ×
//! rate / (100 % + rate)), and the base is what remains: what the client pays is the sum of the prices, exactly.
//!
//! A discount on the document is spread over its lines in proportion to their amounts without losing a unit,
//! so that each rate bears its share.

use serde::{Deserialize, Serialize};

use super::{MOST, nearest, spread};

/// A per cent in hundredths.
pub const WHOLE_PERCENT: i64 = 10_000;
/// A hundred per cent, of tax rates: thousandths of a per cent.
pub const WHOLE_RATE: i64 = 100_000;
/// One, of quantities: thousandths.
pub const ONE: i64 = 1_000;

/// What is taken off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    #[default]
    None,
    /// In hundredths of a per cent.
    Percent(i64),
    /// In minor units.
    Amount(i64),
}

impl Discount {
    pub const fn of(kind: DiscountKind, value: i64) -> Self {
        match kind {
            DiscountKind::None => Self::None,
            DiscountKind::Percent => Self::Percent(value),
            DiscountKind::Amount => Self::Amount(value),
        }
    }

    pub const fn parts(self) -> (DiscountKind, i64) {
        match self {
            Self::None => (DiscountKind::None, 0),
            Self::Percent(value) => (DiscountKind::Percent, value),
            Self::Amount(value) => (DiscountKind::Amount, value),
        }
    }

    /// What it takes off an amount; it can be more than there is.
    fn off(self, amount: i64) -> Result<i64, Wrong> {
        match self {
            Self::None => Ok(0),
            Self::Percent(percent) if (0..=WHOLE_PERCENT).contains(&percent) => {
                let n = i128::from(amount) * i128::from(percent);
                fit(nearest(n, i128::from(WHOLE_PERCENT)))
            }
            Self::Amount(off) if (0..=MOST).contains(&off) => Ok(off),
            Self::Percent(_) | Self::Amount(_) => Err(Wrong::Discount),
        }
    }
}

/// A discount's kind, as it is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DiscountKind {
    #[default]
    None,
    Percent,
    Amount,
}

impl DiscountKind {
    pub const ALL: &[Self] = &[Self::None, Self::Percent, Self::Amount];

    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Percent => "percent",
            Self::Amount => "amount",
        }
    }
}
portico_wire::text_column!(DiscountKind);

/// A tax as it stands on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// "VAT"
    pub name: String,
    /// In thousandths of a per cent: 20 % is 20,000.
    pub rate: i64,
}

/// What is sold in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// In thousandths.
    pub quantity: i64,
    pub unit_price: i64,
    pub discount: Discount,
    pub tax: Option<Tax>,
}

/// All sums of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Of each line, its own discount taken off.
    pub lines: Vec<i64>,
    /// Of the lines.
    pub subtotal: i64,
    /// On the whole document.
    pub discount: i64,
    /// In the order their first lines stand in.
    pub taxes: Vec<TaxSum>,
    pub tax: i64,
    /// What is paid.
    pub total: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSum {
    pub name: String,
    pub rate: i64,
    /// What the tax is on, without it.
    pub base: i64,
    pub tax: i64,
}

/// Why there is no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Quantity,
    Price,
    Discount,
    /// More is taken off a line than it comes to.
    DiscountTooHigh,
    Rate,
    TooMuch,
}

impl Wrong {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Quantity => "A quantity is above zero and at most 1,000,000.",
            Self::Price => "A price is zero or more, and not longer than twelve digits.",
            Self::Discount => "A discount is between 0 and 100 %, or an amount above zero.",
            Self::DiscountTooHigh => "The discount is more than the line comes to.",
            Self::Rate => "A tax rate is between 0 and 100 %.",
            Self::TooMuch => "Together this is more than can be counted.",
        }
    }
}

fn fit(amount: i128) -> Result<i64, Wrong> {
    i64::try_from(amount)
        .ok()
        .filter(|amount| (-MOST..=MOST).contains(amount))
        .ok_or(Wrong::TooMuch)
}

/// The amount of one line: quantity times price to the nearest minor unit, then its discount.
pub fn line(item: &Item) -> Result<i64, Wrong> {
    if !(1..=1_000_000 * ONE).contains(&item.quantity) {
        return Err(Wrong::Quantity);
    }
    if !(0..=MOST).contains(&item.unit_price) {
        return Err(Wrong::Price);
    }
    let rate = item.tax.as_ref().map_or(0, |tax| tax.rate);
    if !(0..=WHOLE_RATE).contains(&rate) {
        return Err(Wrong::Rate);
    }
    let exact = i128::from(item.quantity) * i128::from(item.unit_price);
    let gross = fit(nearest(exact, i128::from(ONE)))?;
    let off = item.discount.off(gross)?;
    if off > gross {
        return Err(Wrong::DiscountTooHigh);
    }
    Ok(gross - off)
}

/// All sums. A discount on the document takes off no more than there is, so that a choice of few lines never
/// comes to less than nothing.
pub fn sums(items: &[Item], inclusive: bool, discount: Discount) -> Result<Sums, Wrong> {
    let lines = items.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let subtotal = fit(lines.iter().map(|&amount| i128::from(amount)).sum())?;
    let discount = discount.off(subtotal)?.min(subtotal);
    let shares = spread(discount, &lines);
    let mut net = 0;
    let mut taxes: Vec<TaxSum> = Vec::new();
    for ((item, amount), share) in items.iter().zip(&lines).zip(shares) {
        let amount = amount - share;
        let Some(tax) = &item.tax else {
            net += amount;
            continue;
        };
        match taxes
            .iter_mut()
            .find(|sum| sum.rate == tax.rate && sum.name == tax.name)
        {
            Some(sum) => sum.base += amount,
            None => taxes.push(TaxSum {
                name: tax.name.clone(),
                rate: tax.rate,
                base: amount,
                tax: 0,
            }),
        }
    }
    for sum in &mut taxes {
        let whole = i128::from(WHOLE_RATE);
        let over = if inclusive {
            whole + i128::from(sum.rate)
        } else {
            whole
        };
        sum.tax = fit(nearest(i128::from(sum.base) * i128::from(sum.rate), over))?;
        if inclusive {
            sum.base -= sum.tax;
        }
        net += sum.base;
    }
    let tax = fit(taxes.iter().map(|sum| i128::from(sum.tax)).sum())?;
    let total = fit(i128::from(net) + i128::from(tax))?;
    Ok(Sums {
        lines,
        subtotal,
        discount,
        taxes,
        tax,
        total,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(quantity: i64, unit_price: i64, rate: Option<i64>) -> Item {
        Item {
            quantity,
            unit_price,
            discount: Discount::None,
            tax: rate.map(|rate| Tax {
                name: "VAT".into(),
                rate,
            }),
        }
    }

    /// The published example of Peppol BIS Billing 3.0 with allowances: two rates, discounts on lines.
    #[test]
    fn the_published_example_of_peppol_comes_out_to_the_cent() {
        let cut = |item: Item| Item {
            discount: Discount::Amount(10_000),
            ..item
        };
        let items = [
            cut(item(10 * ONE, 41_000, Some(25_000))),
            item(10 * ONE, 10_000, Some(0)),
            cut(item(10 * ONE, 10_000, Some(25_000))),
        ];
        let sums = sums(&items, false, Discount::None).unwrap();
        assert_eq!(sums.lines, [400_000, 100_000, 90_000]);
        assert_eq!(
            (sums.subtotal, sums.tax, sums.total),
            (590_000, 122_500, 712_500)
        );
        let bases: Vec<_> = sums.taxes.iter().map(|sum| (sum.base, sum.tax)).collect();
        assert_eq!(bases, [(490_000, 122_500), (100_000, 0)]);
    }

    /// The tax authority of the United Kingdom publishes the fraction for prices with tax: 1/6 at 20 %, 1/21 at 5 %.
    #[test]
    fn tax_inside_a_price_is_its_published_fraction() {
        for (price, rate, tax) in [
            (12_000, 20_000, 2_000),
            (10_500, 5_000, 500),
            (100, 20_000, 17),
            (999, 20_000, 167),
        ] {
            let sums = sums(&[item(ONE, price, Some(rate))], true, Discount::None).unwrap();
            assert_eq!((sums.tax, sums.total), (tax, price), "{price} at {rate}");
            assert_eq!(sums.taxes[0].base, price - tax);
        }
    }

    #[test]
    fn tax_is_rounded_once_for_each_rate() {
        // Three lines of 0.33 at 10 %: 0.099 of tax, not three times 0.03.
        let three = vec![item(ONE, 33, Some(10_000)); 3];
        assert_eq!(sums(&three, false, Discount::None).unwrap().tax, 10);
        // Half a unit goes up.
        assert_eq!(
            sums(&[item(ONE, 50, Some(1_000))], false, Discount::None)
                .unwrap()
                .tax,
            1
        );
        // A rate of three decimals: 8.875 % of 199.99 is 17.749…
        assert_eq!(
            sums(&[item(ONE, 19_999, Some(8_875))], false, Discount::None)
                .unwrap()
                .tax,
            1_775
        );
    }

    #[test]
    fn quantities_are_thousandths_and_currencies_any() {
        assert_eq!(line(&item(1_500, 9_999, None)), Ok(14_999)); // 149.985
        assert_eq!(line(&item(333, 1, None)), Ok(0));
        // Yen have no minor unit: 1,980 with 10 % inside is 180 of tax.
        assert_eq!(
            sums(&[item(ONE, 1980, Some(10_000))], true, Discount::None)
                .unwrap()
                .tax,
            180
        );
    }

    #[test]
    fn a_discount_on_the_document_is_borne_by_every_rate() {
        let items = [
            item(ONE, 10_000, Some(20_000)),
            item(ONE, 5_000, Some(5_000)),
            item(ONE, 1, None),
        ];
        let sums = sums(&items, false, Discount::Percent(1_000)).unwrap();
        assert_eq!((sums.subtotal, sums.discount), (15_001, 1_500));
        assert_eq!(sums.taxes[0].base + sums.taxes[1].base, 13_500);
        // More than there is takes off all there is.
        let all = super::sums(&items, false, Discount::Amount(100_000)).unwrap();
        assert_eq!((all.discount, all.tax, all.total), (15_001, 0, 0));
    }

    #[test]
    fn what_is_negative_zero_or_huge_is_refused() {
        let wrong = |item: Item| line(&item).unwrap_err();
        assert_eq!(wrong(item(0, 1, None)), Wrong::Quantity);
        assert_eq!(wrong(item(-ONE, 1, None)), Wrong::Quantity);
        assert_eq!(wrong(item(ONE, -1, None)), Wrong::Price);
        assert_eq!(wrong(item(ONE, 1, Some(-1))), Wrong::Rate);
        assert_eq!(wrong(item(ONE, 1, Some(100_001))), Wrong::Rate);
        assert_eq!(wrong(item(2 * ONE, MOST, None)), Wrong::TooMuch);
        assert_eq!(wrong(item(ONE, i64::MAX, None)), Wrong::Price);
        let cut = |discount| Item {
            discount,
            ..item(ONE, 100, None)
        };
        assert_eq!(wrong(cut(Discount::Percent(10_001))), Wrong::Discount);
        assert_eq!(wrong(cut(Discount::Percent(-1))), Wrong::Discount);
        assert_eq!(wrong(cut(Discount::Amount(101))), Wrong::DiscountTooHigh);
        let two = [item(ONE, MOST, None), item(ONE, 1, None)];
        assert_eq!(sums(&two, false, Discount::None), Err(Wrong::TooMuch));
        let taxed = [item(ONE, MOST, Some(20_000))];
        assert_eq!(sums(&taxed, false, Discount::None), Err(Wrong::TooMuch));
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        let discount = prop_oneof![
            Just(Discount::None),
            (0..=WHOLE_PERCENT).prop_map(Discount::Percent)
        ];
        let rate = prop::option::of(prop_oneof![
            Just(0i64),
            Just(5_000),
            Just(8_875),
            Just(20_000),
            0..=WHOLE_RATE
        ]);
        let one = (1..=100 * ONE, 0..=100_000_000_i64, discount, rate).prop_map(
            |(quantity, price, discount, rate)| Item {
                discount,
                ..item(quantity, price, rate)
            },
        );
        prop::collection::vec(one, 1..20)
    }

    proptest! {
        #[test]
        fn sums_always_agree(items in items(), inclusive: bool, percent in 0..=WHOLE_PERCENT) {
            let sums = sums(&items, inclusive, Discount::Percent(percent)).unwrap();
            prop_assert_eq!(sums.lines.iter().sum::<i64>(), sums.subtotal);
            prop_assert_eq!(sums.taxes.iter().map(|tax| tax.tax).sum::<i64>(), sums.tax);
            let paid = sums.subtotal - sums.discount;
            prop_assert_eq!(sums.total, if inclusive { paid } else { paid + sums.tax });
            prop_assert!(sums.total >= 0 && sums.discount <= sums.subtotal);
            for tax in &sums.taxes {
                // Within half a unit of the exact tax on its base, the two of an inclusive sum within one.
                let exact = i128::from(tax.base) * i128::from(tax.rate);
                let off = (exact - i128::from(tax.tax) * i128::from(WHOLE_RATE)).abs();
                let most = i128::from(if inclusive { WHOLE_RATE } else { WHOLE_RATE / 2 });
                prop_assert!(off <= most);
            }
        }

        #[test]
        fn the_order_of_lines_does_not_change_what_a_rate_comes_to(items in items()) {
            let back: Vec<Item> = items.iter().rev().cloned().collect();
            let (one, other) = (sums(&items, false, Discount::None).unwrap(), sums(&back, false, Discount::None).unwrap());
            prop_assert_eq!((one.tax, one.total), (other.tax, other.total));
        }
    }
}
