//! Payment plans: a deposit and instalments as they are agreed, and what they come to for a total.

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{MOST, nearest, spread, sums::WHOLE_PERCENT};

/// Steps of a plan at most.
pub const MOST_STEPS: usize = 60;

/// How much of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// In hundredths of a per cent.
    Percent(i64),
    /// In minor units; of a smaller total, what is left of it.
    Amount(i64),
    /// What is left; several share it evenly.
    Rest,
}

/// When it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// So many days after it is agreed; 0: on that day.
    Days(u16),
    Months(u16),
    /// `2027-05-22`; where it is past by then, on the day it is agreed.
    On(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub share: Share,
    pub when: When,
}

/// A plan; its last step takes what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plan(pub Vec<Step>);

impl Default for Plan {
    /// Everything within two weeks.
    fn default() -> Self {
        Self(vec![Step {
            share: Share::Rest,
            when: When::Days(14),
        }])
    }
}

/// What one instalment is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The only one.
    Whole,
    Deposit,
    /// The last of them.
    Balance,
    /// Which one, of how many.
    Instalment(usize, usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: Name,
    pub due: Date,
    pub amount: i64,
}

/// Why a plan is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Empty,
    TooMany,
    /// The last step is not "what is left".
    NoRest,
    Share,
    Date,
    /// The parts are more than the whole.
    OverWhole,
}

impl Wrong {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Empty => "A payment plan has at least one step.",
            Self::TooMany => "A payment plan has at most 60 steps.",
            Self::NoRest => "The last step takes what is left.",
            Self::Share => "A part is a percentage up to 100 %, or an amount above zero.",
            Self::Date => "Choose a date.",
            Self::OverWhole => "The percentages are more than 100 % together.",
        }
    }
}

impl Plan {
    pub fn check(&self) -> Result<(), Wrong> {
        let steps = &self.0;
        let last = steps.last().ok_or(Wrong::Empty)?;
        if steps.len() > MOST_STEPS {
            return Err(Wrong::TooMany);
        }
        if last.share != Share::Rest {
            return Err(Wrong::NoRest);
        }
        let mut percent = 0;
        for step in steps {
            match step.share {
                Share::Percent(part) if (1..=WHOLE_PERCENT).contains(&part) => percent += part,
                Share::Amount(part) if (1..=MOST).contains(&part) => {}
                Share::Rest => {}
                Share::Percent(_) | Share::Amount(_) => return Err(Wrong::Share),
            }
            if matches!(&step.when, When::On(day) if day.parse::<Date>().is_err()) {
                return Err(Wrong::Date);
            }
        }
        if percent > WHOLE_PERCENT {
            return Err(Wrong::OverWhole);
        }
        Ok(())
    }

    /// What is due when, of a total agreed on a day. The parts are the total, whatever the steps say: each takes
    /// no more than what is left, and the last takes that. A part of nothing is left out, and no part is due
    /// before the one it follows.
    pub fn parts(&self, total: i64, agreed: Date) -> Vec<Part> {
        let mut left = total;
        let mut amounts: Vec<i64> = self
            .0
            .iter()
            .map(|step| {
                let part = match step.share {
                    Share::Percent(percent) => {
                        let exact = i128::from(total) * i128::from(percent);
                        i64::try_from(nearest(exact, i128::from(WHOLE_PERCENT))).unwrap_or(left)
                    }
                    Share::Amount(amount) => amount,
                    Share::Rest => 0,
                };
                let part = part.clamp(0, left);
                left -= part;
                part
            })
            .collect();
        let rest: Vec<i64> = self
            .0
            .iter()
            .map(|step| i64::from(step.share == Share::Rest))
            .collect();
        for (amount, share) in amounts.iter_mut().zip(self.rests(left, &rest)) {
            *amount += share;
        }
        let count = amounts.iter().filter(|&&amount| amount > 0).count();
        let mut due = agreed;
        let mut parts = Vec::with_capacity(count);
        for (step, amount) in self.0.iter().zip(amounts) {
            if amount == 0 {
                continue;
            }
            due = step.when.day(agreed).max(due);
            let at = parts.len();
            let name = match (at, count) {
                (_, 1) => Name::Whole,
                (0, _) if step.share != Share::Rest => Name::Deposit,
                (1, 2) => Name::Balance,
                _ => Name::Instalment(at + 1, count),
            };
            parts.push(Part { name, due, amount });
        }
        parts
    }

    /// What is left, evenly, and what cannot be divided with the last.
    fn rests(&self, left: i64, rest: &[i64]) -> Vec<i64> {
        let mut back: Vec<i64> = rest.to_vec();
        back.reverse();
        let mut shares = spread(left, &back);
        shares.reverse();
        shares
    }
}

impl When {
    fn day(&self, agreed: Date) -> Date {
        let day = match self {
            Self::Days(days) => agreed.checked_add(i64::from(*days).days()).ok(),
            Self::Months(months) => agreed.checked_add(i64::from(*months).months()).ok(),
            Self::On(day) => day.parse().ok(),
        };
        day.unwrap_or(agreed).max(agreed)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn step(share: Share, when: When) -> Step {
        Step { share, when }
    }
    fn told(plan: &Plan, total: i64) -> Vec<(Name, String, i64)> {
        let parts = plan.parts(total, date(2026, 11, 30));
        parts
            .into_iter()
            .map(|part| (part.name, part.due.to_string(), part.amount))
            .collect()
    }

    #[test]
    fn f2_a_deposit_and_the_balance() {
        let plan = Plan(vec![
            step(Share::Percent(3_000), When::Days(0)),
            step(Share::Rest, When::On("2027-05-22".into())),
        ]);
        assert_eq!(
            told(&plan, 10_001),
            [
                (Name::Deposit, "2026-11-30".into(), 3_000),
                (Name::Balance, "2027-05-22".into(), 7_001)
            ]
        );
    }

    #[test]
    fn f2_equal_parts_by_the_month_end_where_the_month_does() {
        let plan = Plan(vec![
            step(Share::Rest, When::Days(0)),
            step(Share::Rest, When::Months(1)),
            step(Share::Rest, When::Months(3)),
        ]);
        assert_eq!(
            told(&plan, 100),
            [
                (Name::Instalment(1, 3), "2026-11-30".into(), 33),
                (Name::Instalment(2, 3), "2026-12-30".into(), 33),
                (Name::Instalment(3, 3), "2027-02-28".into(), 34)
            ]
        );
    }

    #[test]
    fn f2_days_that_are_past_are_due_at_once_and_small_totals_need_fewer_parts() {
        let plan = Plan(vec![
            step(Share::Amount(50_000), When::Days(0)),
            step(Share::Rest, When::On("2026-01-01".into())),
        ]);
        assert_eq!(
            told(&plan, 30_000),
            [(Name::Whole, "2026-11-30".into(), 30_000)]
        );
        assert_eq!(told(&plan, 50_100)[1].1, "2026-11-30");
        assert!(told(&plan, 0).is_empty());
    }

    #[test]
    fn f2_a_plan_that_cannot_be_kept_is_refused() {
        let rest = step(Share::Rest, When::Days(0));
        let check = |steps: Vec<Step>| Plan(steps).check();
        assert_eq!(check(vec![]), Err(Wrong::Empty));
        assert_eq!(
            check(vec![step(Share::Percent(10_000), When::Days(0))]),
            Err(Wrong::NoRest)
        );
        let over = step(Share::Percent(6_000), When::Days(0));
        assert_eq!(
            check(vec![over.clone(), over, rest.clone()]),
            Err(Wrong::OverWhole)
        );
        for share in [Share::Percent(0), Share::Amount(0), Share::Amount(-5)] {
            let steps = vec![step(share, When::Days(0)), rest.clone()];
            assert_eq!(check(steps), Err(Wrong::Share));
        }
        let never = step(Share::Percent(1), When::On("2027-02-30".into()));
        assert_eq!(check(vec![never, rest.clone()]), Err(Wrong::Date));
        assert_eq!(check(vec![rest.clone(); 61]), Err(Wrong::TooMany));
        assert_eq!(check(vec![rest]), Ok(()));
    }

    proptest! {
        #[test]
        fn f2_the_parts_are_the_total_and_none_is_due_before_the_one_it_follows(
            total in 0..=MOST,
            shares in prop::collection::vec(prop_oneof![
                (1..=WHOLE_PERCENT).prop_map(Share::Percent), (1..=MOST).prop_map(Share::Amount), Just(Share::Rest)], 0..8),
            days in prop::collection::vec(0u16..900, 9),
        ) {
            let mut steps: Vec<Step> = shares.into_iter().zip(&days).map(|(share, &days)| step(share, When::Days(days))).collect();
            steps.push(step(Share::Rest, When::Days(days[8])));
            let parts = Plan(steps).parts(total, date(2026, 11, 30));
            prop_assert_eq!(parts.iter().map(|part| part.amount).sum::<i64>(), total);
            prop_assert!(parts.iter().all(|part| part.amount > 0));
            prop_assert!(parts.windows(2).all(|two| two[0].due <= two[1].due));
        }
    }
}
