//! The rules of quotes.

use super::*;
use crate::money::{plan::Plan, sums::DiscountKind};

#[test]
fn f2_every_state_knows_every_act() {
    use QuoteState::{Accepted, Declined, Draft, Expired, Opened, Sent, Voided};
    // For each state: edit, delete, send, open, accept, decline, expire, void, remind.
    let table = [
        (
            Draft,
            [
                Some(Draft),
                Some(Draft),
                Some(Sent),
                None,
                None,
                None,
                None,
                None,
                None,
            ],
        ),
        (
            Sent,
            [
                None,
                None,
                None,
                Some(Opened),
                Some(Accepted),
                Some(Declined),
                Some(Expired),
                Some(Voided),
                Some(Sent),
            ],
        ),
        (
            Opened,
            [
                None,
                None,
                None,
                Some(Opened),
                Some(Accepted),
                Some(Declined),
                Some(Expired),
                Some(Voided),
                Some(Opened),
            ],
        ),
        (Accepted, [None; 9]),
        (Declined, [None; 9]),
        (Expired, [None; 9]),
        (Voided, [None; 9]),
    ];
    assert_eq!(table.len(), QuoteState::ALL.len());
    for (state, leads) in table {
        for (act, to) in Act::ALL.iter().zip(leads) {
            assert_eq!(after(state, *act), to, "{state:?} {act:?}");
            assert_eq!(check(state, *act).is_ok(), to.is_some());
        }
    }
}

fn terms(inclusive: bool) -> Terms {
    Terms {
        title: "A wedding".into(),
        currency: "GBP".into(),
        language: "en".into(),
        tax_inclusive: inclusive,
        discount_kind: DiscountKind::None,
        discount_value: 0,
        intro: None,
        terms: None,
        plan: Plan::default(),
    }
}

fn line(id: u8, price: i64, optional: bool, preselected: bool) -> QuoteLine {
    QuoteLine {
        line: Line {
            id: LineId::from_bytes([id; 16]),
            name: format!("Line {id}"),
            description: None,
            quantity: 1_000,
            unit: None,
            unit_price: price,
            discount_kind: DiscountKind::None,
            discount_value: 0,
            tax_name: Some("VAT".into()),
            tax_rate: Some(20_000),
        },
        optional,
        preselected,
    }
}

#[test]
fn f2_a_choice_is_priced_and_an_unknown_line_refused() {
    let lines = [
        line(1, 10_000, false, false),
        line(2, 5_000, true, true),
        line(3, 3_000, true, false),
    ];
    let price = |chosen: Option<&[LineId]>| price(&terms(false), &lines, chosen);
    let id = |n| LineId::from_bytes([n; 16]);
    assert_eq!(price(None).unwrap().sums.total, 18_000);
    assert_eq!(price(Some(&[])).unwrap().sums.total, 12_000);
    assert_eq!(
        price(Some(&[id(3), id(3), id(1)])).unwrap().sums.total,
        15_600
    );
    assert_eq!(
        price(Some(&[id(2), id(3)])).unwrap().bought,
        [true, true, true]
    );
    assert!(price(Some(&[id(9)])).is_err());
}

#[test]
fn f2_a_quote_is_over_the_day_after_its_last() {
    let quote = quote(Some("2026-11-21"));
    assert_eq!(quote.state_on("2026-11-21"), QuoteState::Sent);
    assert_eq!(quote.state_on("2026-11-22"), QuoteState::Expired);
    let mut accepted = quote.clone();
    accepted.state = QuoteState::Accepted;
    assert_eq!(accepted.state_on("2027-01-01"), QuoteState::Accepted);
    let mut open = quote;
    open.valid_until = None;
    assert_eq!(open.state_on("2099-01-01"), QuoteState::Sent);
}

fn quote(valid_until: Option<&str>) -> Quote {
    let at = "2026-11-20T12:00:00Z".parse().unwrap();
    Quote {
        id: QuoteId::from_bytes([1; 16]),
        client_id: ClientId::from_bytes([2; 16]),
        version: 1,
        number: Some("Q-2026-0001".into()),
        state: QuoteState::Sent,
        terms: terms(true),
        valid_until: valid_until.map(Into::into),
        total: 0,
        replaces: None,
        sent_at: Some(at),
        opened_at: None,
        closed_at: None,
        reason: None,
        accepted_by: None,
        accept_key: None,
        chosen: None,
        created_at: at,
        updated_at: at,
    }
}

#[test]
fn f4_a_paper_says_lines_sums_and_plan_in_its_language() {
    let mut quote = quote(Some("2026-12-24"));
    quote.terms.language = "de".into();
    quote.terms.currency = "EUR".into();
    quote.terms.terms = Some("Erste Zeile\nzweite Zeile\n\nNeuer Absatz".into());
    let lines = [line(1, 125_000, false, false), line(2, 5_000, true, false)];
    let priced = price(&quote.terms, &lines, None).unwrap();
    let parts = quote
        .terms
        .plan
        .parts(priced.sums.total, jiff::civil::date(2026, 11, 20));
    let paper = paper(
        &quote,
        &lines,
        &priced,
        &parts,
        &Addressee {
            client: "Ada",
            sent: None,
        },
    );
    let text = portico_wire::papers::plain(&paper).replace('\u{a0}', " ");
    for said in [
        "Q-2026-0001",
        "Gültig bis",
        "24. Dezember 2026",
        "1.250,00 €",
        "optional, nicht enthalten",
        "darin VAT 20 %",
        "208,33 €",
        "Zahlungsplan",
        "4. Dezember 2026",
        "Neuer Absatz",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
}
