//! The rules over random forms and answers, and the few that are easier read as examples.

use proptest::{
    collection::vec,
    option,
    prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof},
    proptest,
    sample::select,
};

use super::*;
use crate::{FieldId, clients::Address};

/// Short texts with what goes wrong in forms: spaces around, capitals, signs.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "Church",
            "Barn",
            "church",
            " Barn ",
            "Garden",
            "",
            "  ",
            "5",
            "-2.50",
            "2027-05-22",
            "14:30"
        ])
        .prop_map(ToOwned::to_owned),
        "[ a-zA-Zé0-9@.,:+-]{0,12}",
    ]
}

fn options() -> impl Strategy<Value = Vec<String>> {
    select(vec![
        vec!["Church"],
        vec!["Church", "Barn"],
        vec!["Church", "Barn", "Garden", "5"],
    ])
    .prop_map(|all| all.into_iter().map(ToOwned::to_owned).collect())
}

fn pattern() -> impl Strategy<Value = Option<Pattern>> {
    option::weighted(0.2, select(Pattern::ALL))
}

fn kind() -> impl Strategy<Value = Kind> {
    let number =
        || option::of(select(vec!["-3", "0", "2.5", "100", "many"]).prop_map(ToOwned::to_owned));
    let day = || {
        option::of(select(vec!["2027-01-01", "2027-06-01", "never"]).prop_map(ToOwned::to_owned))
    };
    let text = || {
        (option::of(0..6u32), option::of(0..14u32), pattern())
            .prop_map(|(min, max, pattern)| TextLimits { min, max, pattern })
    };
    let one = || (options(), any::<bool>()).prop_map(|(options, other)| OneOf { options, other });
    prop_oneof![
        text().prop_map(Kind::Text),
        text().prop_map(Kind::LongText),
        (number(), number(), 0..4u8).prop_map(|(min, max, decimals)| {
            Kind::Number(NumberLimits {
                min,
                max,
                decimals,
                unit: None,
            })
        }),
        (option::of(-10..10i64), option::of(-10..10i64)).prop_map(|(min, max)| {
            Kind::Money(MoneyLimits {
                currency: "EUR".into(),
                min,
                max,
            })
        }),
        (day(), day()).prop_map(|(min, max)| Kind::Date(DateLimits { min, max })),
        one().prop_map(Kind::One),
        one().prop_map(Kind::DropDown),
        (
            options(),
            any::<bool>(),
            option::of(0..4u32),
            option::of(0..4u32)
        )
            .prop_map(|(options, other, min, max)| Kind::Many(ManyOf {
                options,
                other,
                min,
                max
            })),
        select(vec![
            Kind::Email,
            Kind::Phone,
            Kind::Time,
            Kind::Address,
            Kind::YesNo,
            Kind::Rating { max: 5 },
            Kind::File(FileLimits {
                kinds: vec![FileKind::Image],
                max_bytes: Some(50),
                max_count: Some(2)
            }),
            Kind::Signature,
            Kind::Heading,
            Kind::Paragraph,
            Kind::PageBreak,
        ]),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let line = || option::weighted(0.6, words());
    prop_oneof![
        words().prop_map(Answer::Text),
        words().prop_map(Answer::Number),
        (-12..12i64).prop_map(Answer::Money),
        words().prop_map(Answer::Date),
        words().prop_map(Answer::Time),
        (line(), line(), option::of(Just("DE".to_owned()))).prop_map(|(line1, city, country)| {
            Answer::Address(Address {
                line1,
                city,
                country,
                ..Address::default()
            })
        }),
        (vec(words(), 0..3), option::weighted(0.3, words()))
            .prop_map(|(options, other)| Answer::Choices(Chosen { options, other })),
        any::<bool>().prop_map(Answer::YesNo),
        (0..7u8).prop_map(Answer::Rating),
        vec(select(vec!["image/png", "application/zip"]), 0..3).prop_map(|kinds| {
            let file = |kind: &str| FileAnswer {
                id: "fil_1".into(),
                name: "a".into(),
                bytes: 9,
                kind: kind.into(),
            };
            Answer::Files(kinds.into_iter().map(file).collect())
        }),
        words().prop_map(|name| Answer::Signature(Signature::Typed(name))),
        select(vec!["M1 2L3 4", "M1 2", "", "M1 2L3000 4"])
            .prop_map(|path| Answer::Signature(Signature::Drawn(path.into()))),
    ]
}

/// Ids that meet: of fields, of conditions and of answers.
fn id() -> impl Strategy<Value = String> {
    (0..14usize).prop_map(|n| format!("f{n}"))
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let one =
        (id(), select(Operator::ALL), words()).prop_map(|(field, operator, value)| Condition {
            field,
            operator,
            value,
        });
    (select(Join::ALL), vec(one, 0..4)).prop_map(|(join, list)| Conditions { join, list })
}

fn field() -> impl Strategy<Value = Field> {
    let tie = select(Tie::BUILT_IN).prop_map(Some);
    (
        kind(),
        any::<bool>(),
        option::weighted(0.4, conditions()),
        option::weighted(0.2, answer()),
        prop_oneof![4 => Just(None), 1 => tie],
    )
        .prop_map(|(kind, required, show_if, default, tie)| Field {
            id: String::new(),
            kind,
            label: "A question".into(),
            help: None,
            placeholder: None,
            required,
            default,
            show_if,
            tie,
        })
}

/// Any form, most of them flawed: conditions look forward, limits contradict each other.
fn any_form() -> impl Strategy<Value = Form> {
    vec(field(), 0..12).prop_map(|fields| {
        let mut form = Form {
            title: "A form".into(),
            fields,
            ..Form::default()
        };
        for (at, field) in form.fields.iter_mut().enumerate() {
            field.id = format!("f{at}");
        }
        form
    })
}

fn any_answers() -> impl Strategy<Value = Answers> {
    vec((id(), answer()), 0..14).prop_map(|list| list.into_iter().collect())
}

/// Answers of the right kind, as people give them.
fn answers_to(form: &Form) -> Answers {
    let mut answers = start(form, &Answers::new());
    for field in &form.fields {
        let answer = match &field.kind {
            Kind::Text(_) | Kind::LongText(_) => Answer::Text(" Anna ".into()),
            Kind::Email => Answer::Text("ada@demo.test ".into()),
            Kind::Phone => Answer::Text("01225 555014".into()),
            Kind::Number(_) => Answer::Number("02,50".into()),
            Kind::Money(_) => Answer::Money(5),
            Kind::Date(_) => Answer::Date("2027-05-22".into()),
            Kind::Time => Answer::Time("14:30".into()),
            Kind::Address => Answer::Address(Address {
                line1: Some(" 1 Mill Lane".into()),
                ..Address::default()
            }),
            Kind::One(OneOf { options, .. })
            | Kind::DropDown(OneOf { options, .. })
            | Kind::Many(ManyOf { options, .. }) => Answer::Choices(Chosen {
                options: vec![options[0].clone(), options[0].clone()],
                other: Some(" ".into()),
            }),
            Kind::YesNo => Answer::YesNo(true),
            Kind::Rating { .. } => Answer::Rating(3),
            Kind::Signature => Answer::Signature(Signature::Typed("Ada".into())),
            Kind::File(_) | Kind::Heading | Kind::Paragraph | Kind::PageBreak => continue,
        };
        answers.set(&field.id, answer);
    }
    answers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hidden_and_unknown_fields_are_not_kept(form in any_form(), answers in any_answers()) {
        let seen = visible(&form, &answers);
        prop_assert_eq!(seen.len(), form.fields.len());
        for (id, _) in keep(&form, &answers).iter() {
            let at = form.fields.iter().position(|field| field.id == id);
            prop_assert!(at.is_some_and(|at| seen[at] && form.fields[at].kind.asks()), "{}", id);
        }
    }

    #[test]
    fn what_is_kept_stays_as_it_is_and_shows_the_same(form in any_form(), answers in any_answers()) {
        let kept = keep(&form, &answers);
        prop_assert_eq!(&keep(&form, &kept), &kept);
        prop_assert_eq!(visible(&form, &kept), visible(&form, &answers));
    }

    #[test]
    fn what_is_right_is_right_once_it_is_kept(form in any_form(), answers in any_answers()) {
        if check(&form, &answers).is_empty() {
            prop_assert_eq!(check(&form, &keep(&form, &answers)), vec![]);
        }
        let usual = answers_to(&form);
        if check(&form, &usual).is_empty() {
            prop_assert_eq!(check(&form, &keep(&form, &usual)), vec![]);
        }
    }

    #[test]
    fn trouble_is_only_with_what_is_seen(form in any_form(), answers in any_answers()) {
        let seen = visible(&form, &answers);
        for trouble in check(&form, &answers) {
            let at = form.fields.iter().position(|field| field.id == trouble.field);
            prop_assert!(at.is_some_and(|at| seen[at]));
        }
    }

    #[test]
    fn an_answer_changes_nothing_before_it(form in any_form(), answers in any_answers(), id in id(), other in answer()) {
        let before = visible(&form, &answers);
        let mut changed = answers;
        changed.set(&id, other);
        let after = visible(&form, &changed);
        let upto = form.fields.iter().position(|field| field.id == id).map_or(before.len(), |at| at + 1);
        prop_assert_eq!(&before[..upto], &after[..upto]);
    }

    #[test]
    fn every_page_shows_something_and_every_seen_field_is_on_one(form in any_form(), answers in any_answers()) {
        let seen = visible(&form, &answers);
        let pages = pages(&form, &seen);
        prop_assert!(!pages.is_empty());
        for (at, field) in form.fields.iter().enumerate() {
            let on = pages.iter().filter(|page| page.fields.contains(&at)).count();
            prop_assert!(on <= 1);
            prop_assert!(on == 1 || !seen[at] || field.kind == Kind::PageBreak);
        }
    }

    #[test]
    fn a_form_without_flaws_has_conditions_on_earlier_fields_alone(form in any_form()) {
        if flaws(&form).is_empty() {
            for (at, field) in form.fields.iter().enumerate() {
                for condition in field.show_if.iter().flat_map(|all| &all.list) {
                    prop_assert!(form.fields[..at].iter().any(|earlier| earlier.id == condition.field));
                }
                if let Some(default) = &field.default {
                    prop_assert!(check_field(field, Some(default)).is_none());
                }
            }
        }
    }

    #[test]
    fn forms_and_answers_read_back_as_they_were_written(form in any_form(), answers in any_answers()) {
        let text = serde_json::to_string(&form).unwrap();
        prop_assert_eq!(serde_json::from_str::<Form>(&text).unwrap(), form);
        let text = serde_json::to_string(&answers).unwrap();
        prop_assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), answers);
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,40}") {
        for pattern in Pattern::ALL {
            pattern.matches(&text);
        }
        is_email(&text);
        is_phone(&text);
        is_date(&text);
        is_time(&text);
        shape::is_drawing(&text);
        if let Some(number) = decimal(&text) {
            prop_assert_eq!(decimal(&decimal_text(number)), Some(number));
        }
    }
}

fn asks(id: &str, kind: Kind) -> Field {
    Field {
        id: id.into(),
        kind,
        label: "A question".into(),
        help: None,
        placeholder: None,
        required: false,
        default: None,
        show_if: None,
        tie: None,
    }
}

fn when(mut field: Field, on: &str, operator: Operator, value: &str) -> Field {
    let condition = Condition {
        field: on.into(),
        operator,
        value: value.into(),
    };
    field.show_if = Some(Conditions {
        join: Join::All,
        list: vec![condition],
    });
    field
}

fn form(fields: Vec<Field>) -> Form {
    Form {
        title: "A form".into(),
        fields,
        ..Form::default()
    }
}

fn faults(form: &Form) -> Vec<Fault> {
    flaws(form).into_iter().map(|flaw| flaw.fault).collect()
}

fn answered(list: &[(&str, Answer)]) -> Answers {
    list.iter()
        .map(|(id, answer)| ((*id).to_owned(), answer.clone()))
        .collect()
}

#[test]
fn d3_a_hidden_fields_answer_counts_for_nothing_behind_it() {
    let form = form(vec![
        asks("a", Kind::YesNo),
        when(asks("b", Kind::YesNo), "a", Operator::Is, "yes"),
        when(asks("c", Kind::YesNo), "b", Operator::Is, "yes"),
    ]);
    let yes = Answer::YesNo(true);
    let all = answered(&[("a", yes.clone()), ("b", yes.clone()), ("c", yes.clone())]);
    assert_eq!(visible(&form, &all), [true, true, true]);
    let no = answered(&[("a", Answer::YesNo(false)), ("b", yes.clone()), ("c", yes)]);
    assert_eq!(visible(&form, &no), [true, false, false]);
    assert_eq!(keep(&form, &no).len(), 1);
}

#[test]
fn d3_a_hidden_page_break_hides_its_page() {
    let form = form(vec![
        asks("a", Kind::YesNo),
        when(asks("p", Kind::PageBreak), "a", Operator::Is, "yes"),
        asks("b", Kind::YesNo),
        asks("q", Kind::PageBreak),
        asks("c", Kind::YesNo),
    ]);
    let seen = visible(&form, &Answers::new());
    assert_eq!(seen, [true, false, false, true, true]);
    let pages: Vec<_> = pages(&form, &seen)
        .into_iter()
        .map(|page| page.fields)
        .collect();
    assert_eq!(pages, [0..1, 4..5]);
}

#[test]
fn d3_conditions_that_dangle_look_forward_or_go_in_a_circle_are_flaws() {
    let circle = form(vec![
        when(asks("a", Kind::YesNo), "b", Operator::Is, "yes"),
        when(asks("b", Kind::YesNo), "a", Operator::Is, "yes"),
    ]);
    assert_eq!(faults(&circle), [Fault::LaterField]);
    let itself = form(vec![when(
        asks("a", Kind::YesNo),
        "a",
        Operator::NotEmpty,
        "",
    )]);
    assert_eq!(faults(&itself), [Fault::LaterField]);
    let dangling = form(vec![when(
        asks("a", Kind::YesNo),
        "z",
        Operator::NotEmpty,
        "",
    )]);
    assert_eq!(faults(&dangling), [Fault::UnknownField]);
    let unfit = form(vec![
        asks("a", Kind::YesNo),
        when(asks("b", Kind::Email), "a", Operator::Less, "5"),
        when(asks("c", Kind::Email), "a", Operator::Is, "perhaps"),
    ]);
    assert_eq!(faults(&unfit), [Fault::OperatorUnfit, Fault::ValueUnfit]);
}

#[test]
fn d3_ten_thousand_options_and_limits_nobody_could_keep_are_flaws() {
    let many = (0..10_000).map(|n| n.to_string()).collect();
    let one = |options| {
        Kind::One(OneOf {
            options,
            other: false,
        })
    };
    assert_eq!(
        faults(&form(vec![asks("a", one(many))])),
        [Fault::TooManyOptions]
    );
    let twice = vec!["Yes".into(), "yes".into()];
    assert_eq!(
        faults(&form(vec![asks("a", one(twice))])),
        [Fault::DuplicateOption]
    );
    for kind in [
        Kind::Text(TextLimits {
            min: Some(5),
            max: Some(4),
            pattern: None,
        }),
        Kind::Text(TextLimits {
            max: Some(5000),
            ..TextLimits::default()
        }),
        Kind::Number(NumberLimits {
            min: Some("2".into()),
            max: Some("1.5".into()),
            ..NumberLimits::default()
        }),
        Kind::Date(DateLimits {
            min: Some("2027-02-30".into()),
            max: None,
        }),
        Kind::Rating { max: 0 },
        Kind::File(FileLimits {
            max_count: Some(0),
            ..FileLimits::default()
        }),
        Kind::Many(ManyOf {
            options: vec!["a".into()],
            min: Some(2),
            ..ManyOf::default()
        }),
    ] {
        assert_eq!(
            faults(&form(vec![asks("a", kind)])),
            [Fault::LimitsContradict]
        );
    }
    let fields = (0..301)
        .map(|n| asks(&format!("f{n}"), Kind::YesNo))
        .collect();
    assert_eq!(faults(&form(fields)), [Fault::TooManyFields]);
}

#[test]
fn d3_a_tie_suits_the_kind_and_stands_once() {
    let tied = |id: &str, kind: Kind, tie| Field {
        tie: Some(tie),
        ..asks(id, kind)
    };
    let own = Tie::Own(FieldId::from_bytes([7; 16]));
    let twice = form(vec![
        tied("a", Kind::Phone, Tie::Mobile),
        tied("b", Kind::Phone, Tie::Mobile),
        tied("c", Kind::Email, Tie::FirstName),
        tied("d", Kind::Signature, own),
        tied("e", Kind::Email, Tie::Email),
    ]);
    assert_eq!(
        faults(&twice),
        [Fault::TieTwice, Fault::TieUnfit, Fault::TieUnfit]
    );
    for tie in Tie::BUILT_IN.iter().chain([&own]) {
        let text = serde_json::to_string(tie).unwrap();
        assert_eq!(serde_json::from_str::<Tie>(&text).unwrap(), *tie);
    }
}

#[test]
fn d3_answers_are_checked_by_their_kind() {
    let text = |limits| Kind::Text(limits);
    let digits = TextLimits {
        pattern: Some(Pattern::Digits),
        ..TextLimits::default()
    };
    let typed = |text: &str| Answer::Text(text.into());
    let number = |text: &str| Answer::Number(text.into());
    let guests = || {
        Kind::Number(NumberLimits {
            min: Some("1".into()),
            max: Some("500".into()),
            decimals: 0,
            unit: None,
        })
    };
    let photo = |bytes, kind: &str| {
        Answer::Files(vec![FileAnswer {
            id: "x".into(),
            name: "x".into(),
            bytes,
            kind: kind.into(),
        }])
    };
    let photos = || {
        Kind::File(FileLimits {
            kinds: vec![FileKind::Image],
            max_bytes: Some(10),
            max_count: None,
        })
    };
    let venue = || {
        Kind::One(OneOf {
            options: vec!["Church".into()],
            other: false,
        })
    };
    let chose = |one: &str| {
        Answer::Choices(Chosen {
            options: vec![one.into()],
            other: None,
        })
    };
    for (kind, answer, wrong) in [
        (text(digits.clone()), typed("12a"), Some(Wrong::NotDigits)),
        (text(digits), typed(" 12 "), None),
        (
            text(TextLimits::default()),
            typed(&"x".repeat(1001)),
            Some(Wrong::TooLong),
        ),
        (
            text(TextLimits::default()),
            typed("a\0"),
            Some(Wrong::NotShowable),
        ),
        (Kind::Email, typed("ada@demo"), Some(Wrong::NotAnEmail)),
        (Kind::Email, typed("ada@demo.test"), None),
        (Kind::Phone, typed("call me"), Some(Wrong::NotAPhone)),
        (guests(), number("120,5"), Some(Wrong::TooManyDecimals)),
        (guests(), number("0"), Some(Wrong::TooLittle)),
        (guests(), number("501"), Some(Wrong::TooMuch)),
        (guests(), number("many"), Some(Wrong::NotANumber)),
        (guests(), number("120.0"), None),
        (guests(), typed("120"), Some(Wrong::Unfit)),
        (
            Kind::Date(DateLimits::default()),
            Answer::Date("2027-02-29".into()),
            Some(Wrong::NotADate),
        ),
        (
            Kind::Date(DateLimits {
                min: None,
                max: Some("2027-01-01".into()),
            }),
            Answer::Date("2027-01-02".into()),
            Some(Wrong::TooLate),
        ),
        (
            Kind::Time,
            Answer::Time("24:00".into()),
            Some(Wrong::NotATime),
        ),
        (photos(), photo(11, "image/png"), Some(Wrong::FileTooLarge)),
        (photos(), photo(9, "application/pdf"), Some(Wrong::FileKind)),
        (photos(), photo(9, "image/png"), None),
        (venue(), chose("Castle"), Some(Wrong::NotAnOption)),
        (venue(), chose("Church"), None),
        (
            Kind::Rating { max: 5 },
            Answer::Rating(6),
            Some(Wrong::TooMuch),
        ),
        (
            Kind::Signature,
            Answer::Signature(Signature::Drawn("M1 2\"onload".into())),
            Some(Wrong::NotSigned),
        ),
        (
            Kind::Signature,
            Answer::Signature(Signature::Drawn("M1 2L1000 400M5 5L6 6".into())),
            None,
        ),
    ] {
        let field = asks("a", kind);
        let found = check_field(&field, Some(&answer)).map(|trouble| trouble.wrong);
        assert_eq!(found, wrong, "{answer:?} to {:?}", field.kind);
    }
    let required = Field {
        required: true,
        ..asks("a", Kind::Address)
    };
    let country = Answer::Address(Address {
        country: Some("DE".into()),
        ..Address::default()
    });
    let found = check_field(&required, Some(&country)).map(|trouble| trouble.wrong);
    assert_eq!(found, Some(Wrong::Missing));
}

#[test]
fn the_json_of_an_answer_is_its_kind_and_itself() {
    let answers = answered(&[
        (
            "b",
            Answer::Choices(Chosen {
                options: vec!["Barn".into()],
                other: None,
            }),
        ),
        ("a", Answer::Text("Ada".into())),
        ("c", Answer::Signature(Signature::Typed("Ada".into()))),
        ("d", Answer::Money(1250)),
    ]);
    let text = r#"{"a":{"text":"Ada"},"b":{"choices":{"options":["Barn"]}},"c":{"signature":{"typed":"Ada"}},"d":{"money":1250}}"#;
    assert_eq!(serde_json::to_string(&answers).unwrap(), text);
}

#[test]
fn numbers_are_read_as_they_are_typed() {
    for (typed, stored) in [
        ("0120", "120"),
        ("-12,50", "-12.5"),
        ("1,250.75", "1250.75"),
        ("1 250", "1250"),
        (".5", "0.5"),
        ("-0", "0"),
        ("0.000001", "0.000001"),
        ("999999999999.999999", "999999999999.999999"),
    ] {
        assert_eq!(
            decimal(typed).map(decimal_text).as_deref(),
            Some(stored),
            "{typed}"
        );
    }
    for bad in [
        "",
        "-",
        ".",
        "1e9",
        "1.2.3",
        "--1",
        "1234567890123",
        "1.0000001",
        "١",
    ] {
        assert_eq!(decimal(bad), None, "{bad}");
    }
}
