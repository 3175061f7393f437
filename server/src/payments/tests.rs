//! The rules of payments, with everything that can be typed and told.

use portico_wire::{
    InstalmentId, InvoiceId,
    payments::{Choice, PaymentState},
};
use proptest::prelude::*;

use super::*;
use crate::invoices;

fn sums(total: i64, credited: i64, paid: i64, pending: i64) -> Sums {
    Sums {
        total,
        credited,
        paid,
        pending,
    }
}

fn instalment(at: u8, due: &str, amount: i64) -> invoices::Instalment {
    invoices::Instalment {
        id: InstalmentId::from_bytes([at; 16]),
        label: format!("Part {at}"),
        due: due.into(),
        amount,
    }
}

#[test]
fn g3_payments_cover_the_oldest_first_and_a_credit_note_takes_off_the_last() {
    let left = cover(&[30, 30, 40], sums(100, 20, 45, 10));
    let told: Vec<_> = left
        .iter()
        .map(|one| (one.paid, one.pending, one.credited, one.balance))
        .collect();
    assert_eq!(told, [(30, 0, 0, 0), (15, 10, 0, 15), (0, 0, 20, 20)]);
}

#[test]
fn g3_what_is_due_is_known_by_the_day() {
    let plan = vec![
        instalment(2, "2026-12-01", 70),
        instalment(1, "2026-11-01", 30),
    ];
    let on = |day: &str, paid: i64| dues(&parts(plan.clone(), sums(100, 0, paid, 0)), day);
    let told = |dues: Dues| (dues.overdue, dues.now, dues.next.unwrap_or_default());
    assert_eq!(told(on("2026-10-01", 0)), (0, 30, "2026-11-01".into()));
    assert_eq!(told(on("2026-11-01", 0)), (0, 30, "2026-11-01".into()));
    assert_eq!(told(on("2026-11-02", 10)), (20, 20, "2026-11-01".into()));
    assert_eq!(told(on("2026-11-02", 30)), (0, 70, "2026-12-01".into()));
    assert_eq!(told(on("2026-12-02", 0)), (100, 100, "2026-11-01".into()));
    assert_eq!(told(on("2026-12-02", 100)), (0, 0, String::new()));
}

#[test]
fn g4_a_payment_is_what_happened_to_it_in_whatever_order_it_was_told() {
    use EntryKind::{
        DisputeLost, DisputeWon, Disputed, Failed, Pending, Refunded, Reversed, Succeeded,
    };
    for (kinds, held, state) in [
        (&[][..], 0, PaymentState::Pending),
        (&[Pending], 0, PaymentState::Pending),
        (&[Pending, Failed], 0, PaymentState::Failed),
        // A bank that said no and then paid all the same.
        (&[Failed, Succeeded], 100, PaymentState::Succeeded),
        (&[Succeeded, Refunded], 40, PaymentState::PartRefunded),
        (&[Succeeded, Refunded, Refunded], 0, PaymentState::Refunded),
        (&[Disputed, Succeeded], 0, PaymentState::Disputed),
        (
            &[Succeeded, Disputed, DisputeWon],
            100,
            PaymentState::Succeeded,
        ),
        (
            &[Succeeded, Disputed, DisputeLost],
            0,
            PaymentState::Reversed,
        ),
        (&[Succeeded, Reversed], 0, PaymentState::Reversed),
    ] {
        assert_eq!(state_of(100, kinds, held), state, "{kinds:?}");
    }
}

#[test]
fn g12_the_tip_goes_back_last() {
    let held = Held {
        amount: 110,
        tip: 10,
    };
    assert_eq!(tip_of_refund(held, 100), 0);
    assert_eq!(tip_of_refund(held, 104), 4);
    assert_eq!(tip_of_refund(held, 110), 10);
}

fn wish(choice: Choice, amount: Option<i64>, limits: &Limits) -> Wish<'_> {
    Wish {
        choice,
        instalment: None,
        amount,
        today: "2026-11-21",
        currency: "EUR",
        limits,
        least: 50,
    }
}

fn invoice(at: u8, plan: Vec<invoices::Instalment>, paid: i64) -> Payable {
    let total = plan.iter().map(|one| one.amount).sum();
    let sums = sums(total, 0, paid, 0);
    Payable {
        id: InvoiceId::from_bytes([at; 16]),
        sums,
        parts: parts(plan, sums),
    }
}

/// Where the studio said nothing.
const LIMITS: Limits = Limits {
    version: 0,
    other_amount: true,
    least: 0,
    tip: false,
    prepay: false,
};

#[test]
fn g7_deposit_due_and_everything_are_what_they_say() {
    let limits = LIMITS;
    let plan = || {
        vec![
            instalment(1, "2026-11-25", 3_000),
            instalment(2, "2027-01-25", 7_000),
        ]
    };
    let fresh = [invoice(1, plan(), 0)];
    let chosen =
        |choice, amount| choose(&fresh, wish(choice, amount, &limits)).map(|parts| parts[0].1);
    assert_eq!(chosen(Choice::Deposit, None).unwrap(), 3_000);
    assert_eq!(chosen(Choice::Due, None).unwrap(), 3_000);
    assert_eq!(chosen(Choice::Everything, Some(10_000)).unwrap(), 10_000);
    // Something else than was shown.
    assert!(chosen(Choice::Everything, Some(9_999)).is_err());
    let begun = [invoice(1, plan(), 1_000)];
    assert!(choose(&begun, wish(Choice::Deposit, None, &limits)).is_err());
}

#[test]
fn g6_another_amount_stays_within_the_limits() {
    let open = LIMITS;
    let closed = Limits {
        other_amount: false,
        ..LIMITS
    };
    let owed = [invoice(1, vec![instalment(1, "2026-11-25", 3_000)], 0)];
    for (amount, fits) in [
        (i64::MIN, false),
        (-1, false),
        (0, false),
        (49, false),
        (50, true),
        (3_000, true),
        (3_001, false),
        (i64::MAX, false),
    ] {
        let chosen = choose(&owed, wish(Choice::Amount, Some(amount), &open));
        assert_eq!(chosen.is_ok(), fits, "{amount}");
    }
    assert!(choose(&owed, wish(Choice::Amount, None, &open)).is_err());
    assert!(choose(&owed, wish(Choice::Amount, Some(100), &closed)).is_err());
    // What is left can be paid, however little it is.
    let rest = [invoice(1, vec![instalment(1, "2026-11-25", 3_000)], 2_980)];
    assert!(choose(&rest, wish(Choice::Amount, Some(20), &open)).is_ok());
    assert!(choose(&rest, wish(Choice::Amount, Some(19), &open)).is_err());
}

#[test]
fn g12_a_tip_and_a_prepayment_are_taken_where_the_studio_allows_them() {
    let allowed = Limits {
        tip: true,
        prepay: true,
        ..LIMITS
    };
    let refused = LIMITS;
    assert!(check_tip(0, 100, &refused).is_ok());
    assert!(check_tip(10, 100, &refused).is_err());
    assert!(check_tip(100, 100, &allowed).is_ok());
    for tip in [-1, 101, i64::MAX] {
        assert!(check_tip(tip, 100, &allowed).is_err(), "{tip}");
    }
    assert!(check_prepaid(Some(100), &refused, 50, 1_000).is_err());
    assert!(check_prepaid(Some(100), &allowed, 50, 1_000).is_ok());
    for amount in [None, Some(-5), Some(0), Some(49), Some(1_001)] {
        assert!(
            check_prepaid(amount, &allowed, 50, 1_000).is_err(),
            "{amount:?}"
        );
    }
}

proptest! {
    #[test]
    fn g3_what_is_covered_adds_up(
        amounts in prop::collection::vec(1i64..1_000_000, 1..12),
        credited in 0i64..6_000_000,
        paid in 0i64..6_000_000,
        pending in 0i64..6_000_000,
    ) {
        let total: i64 = amounts.iter().sum();
        let credited = credited.min(total);
        let sums = sums(total, credited, paid.min(total - credited), pending);
        let left = cover(&amounts, sums);
        prop_assert_eq!(left.iter().map(|one| one.balance).sum::<i64>(), sums.balance());
        prop_assert_eq!(left.iter().map(|one| one.paid).sum::<i64>(), sums.paid);
        prop_assert_eq!(left.iter().map(|one| one.payable()).sum::<i64>(), sums.payable());
        prop_assert_eq!(left.iter().map(|one| one.credited).sum::<i64>(), sums.credited);
        for (one, amount) in left.iter().zip(&amounts) {
            prop_assert_eq!(one.paid + one.balance + one.credited, *amount);
            prop_assert!(one.paid >= 0 && one.pending >= 0 && one.balance >= one.pending);
        }
        // Nothing of a later one is paid before an earlier one is.
        for pair in left.windows(2) {
            prop_assert!(pair[0].balance == 0 || pair[1].paid == 0);
        }
    }

    #[test]
    fn g8_what_is_spread_over_invoices_is_whole_and_none_gets_more_than_it_owes(
        plans in prop::collection::vec((1i64..1_000_000, 0i64..1_000_000, 1u8..28), 1..8),
        part in 1i64..5_000_000,
    ) {
        let owed: Vec<Payable> = plans
            .iter()
            .zip(1u8..)
            .map(|((amount, paid, day), at)| {
                invoice(at, vec![instalment(at, &format!("2026-12-{day:02}"), *amount)], (*paid).min(*amount))
            })
            .collect();
        let payable: i64 = owed.iter().map(|one| one.sums.payable()).sum();
        let limits = LIMITS;
        let chosen = choose(&owed, Wish { least: 1, ..wish(Choice::Amount, Some(part), &limits) });
        prop_assert_eq!(chosen.is_ok(), part <= payable);
        if let Ok(parts) = chosen {
            prop_assert_eq!(parts.iter().map(|(_, amount)| amount).sum::<i64>(), part);
            for (id, amount) in parts {
                let one = owed.iter().find(|one| one.id == id).unwrap();
                prop_assert!(amount > 0 && amount <= one.sums.payable());
            }
        }
    }

    #[test]
    fn g1_filling_loses_nothing(amount in 0i64..1_000_000, rooms in prop::collection::vec(-5i64..300_000, 0..9)) {
        let places: Vec<(usize, i64)> = rooms.iter().copied().enumerate().collect();
        let (parts, left) = fill(amount, &places);
        prop_assert_eq!(parts.iter().map(|(_, part)| part).sum::<i64>() + left, amount);
        for (at, part) in parts {
            prop_assert!(part > 0 && part <= rooms[at]);
        }
    }
}
