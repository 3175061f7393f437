use portico_wire::contracts::{ContractState as S, MyPart};

use super::*;

/// Every state, every act, and what becomes of it; `-` is a refusal.
#[test]
fn e1_every_state_meets_every_act() {
    const ACTS: [Act; 10] = [
        Act::Send,
        Act::Open,
        Act::Read,
        Act::Sign { last: false },
        Act::Sign { last: true },
        Act::Decline,
        Act::Countersign,
        Act::Expire,
        Act::Void,
        Act::Replace,
    ];
    let table = |countersign: bool| {
        let signed = if countersign {
            "- signed signed - - - countersigned - voided voided"
        } else {
            "- signed signed - - - - - - -"
        };
        [
            (S::Draft, "sent - - - - - - - - -"),
            (
                S::Sent,
                "- opened opened partly_signed signed declined - expired voided voided",
            ),
            (
                S::Opened,
                "- opened opened partly_signed signed declined - expired voided voided",
            ),
            (
                S::PartlySigned,
                "- partly_signed partly_signed partly_signed signed declined - expired voided voided",
            ),
            (S::Signed, signed),
            (
                S::Countersigned,
                "- countersigned countersigned - - - - - - -",
            ),
            (S::Declined, "- declined declined - - - - - - declined"),
            (S::Expired, "- expired expired - - - - - - expired"),
            (S::Voided, "- voided voided - - - - - - voided"),
        ]
    };
    for countersign in [false, true] {
        let table = table(countersign);
        assert_eq!(table.len(), S::ALL.len());
        for (state, row) in table {
            let row: Vec<&str> = row.split(' ').collect();
            assert_eq!(row.len(), ACTS.len(), "{state:?}");
            for (act, expected) in ACTS.into_iter().zip(row) {
                let got = next(state, act, countersign).map_or("-", S::name);
                assert_eq!(got, expected, "{state:?} {act:?} {countersign}");
            }
        }
    }
}

#[test]
fn e6_whose_turn_it_is() {
    let part = |in_order, turn, mine, signed| part(S::Opened, in_order, turn, mine, signed);
    assert_eq!(part(true, Some(1), Some(2), false), MyPart::Wait);
    assert_eq!(part(false, Some(1), Some(2), false), MyPart::Sign);
    assert_eq!(part(true, Some(2), Some(2), false), MyPart::Sign);
    assert_eq!(part(true, Some(2), None, true), MyPart::Signed);
    assert_eq!(part(true, Some(2), None, false), MyPart::Read);
    let closed = super::part(S::Declined, false, Some(1), Some(1), false);
    assert_eq!(closed, MyPart::Read);
}

#[test]
fn e2_a_signature_is_a_name_or_more_than_a_dot() {
    let typed = |name: &str| check_signature(&Signature::Typed(name.into())).is_ok();
    assert!(typed("Ada Carter") && typed("Öz") && typed("王秀英"));
    assert!(!typed("") && !typed("  ") && !typed("...") && !typed("a\nb"));
    assert!(!typed(&"x".repeat(121)));
    let drawn = |path: &str| check_signature(&Signature::Drawn(path.into())).is_ok();
    assert!(drawn("M10 10L200 80M220 40L221 41"));
    assert!(!drawn("") && !drawn("M10 10"));
    assert!(!drawn("M10 10L12 11"), "a dot");
    assert!(!drawn("M0 0L1001 10") && !drawn("M0 0L500 10\"onload"));
    assert!(!drawn(&format!("M0 0{}", "L900 10".repeat(3_000))));
}

#[test]
fn b9_a_contract_is_closed_when_nobody_has_to_do_anything() {
    let closed = |state, countersign| Stage::of(state, countersign).is_closed();
    for state in [S::Draft, S::Sent, S::Opened, S::PartlySigned] {
        assert!(!closed(state, true) && !closed(state, false));
    }
    assert!(!closed(S::Signed, true), "the studio still has to sign");
    assert!(closed(S::Signed, false));
    for state in [S::Countersigned, S::Declined, S::Expired, S::Voided] {
        assert!(closed(state, true));
    }
}
