//! What the builder of forms offers: kinds, comparisons, and the client fields an answer can fill in.

use portico_wire::forms::{
    DateLimits, FileKind, FileLimits, Kind, ManyOf, MoneyLimits, NumberLimits, OneOf, Operator,
    Pattern, TextLimits, Tie,
};
use serde_json::{Map, Value, json};

use super::super::tie_suits;
use crate::{
    clients::fields::{Field as ClientField, Kind as ClientKind},
    studios::{
        Studio,
        settings::{CURRENCIES, LANGUAGES},
    },
};

const GROUPS: &[&str] = &["Text", "Choices", "Numbers and dates", "More", "Layout"];

fn one() -> OneOf {
    OneOf {
        options: vec!["First option".into(), "Second option".into()],
        other: false,
    }
}

/// Every kind as it begins, with its name for people and where it stands among the others.
fn kinds(currency: &str) -> Vec<(Kind, &'static str, &'static str)> {
    let many = ManyOf {
        options: one().options,
        ..ManyOf::default()
    };
    let money = MoneyLimits {
        currency: currency.into(),
        ..MoneyLimits::default()
    };
    vec![
        (Kind::Text(TextLimits::default()), "Short text", "Text"),
        (Kind::LongText(TextLimits::default()), "Long text", "Text"),
        (Kind::Email, "Email", "Text"),
        (Kind::Phone, "Phone", "Text"),
        (Kind::Address, "Address", "Text"),
        (Kind::One(one()), "One of many", "Choices"),
        (Kind::Many(many), "Many of many", "Choices"),
        (Kind::DropDown(one()), "Drop-down", "Choices"),
        (Kind::YesNo, "Yes or no", "Choices"),
        (Kind::Rating { max: 5 }, "Rating", "Choices"),
        (
            Kind::Number(NumberLimits::default()),
            "Number",
            "Numbers and dates",
        ),
        (Kind::Money(money), "Money", "Numbers and dates"),
        (
            Kind::Date(DateLimits::default()),
            "Date",
            "Numbers and dates",
        ),
        (Kind::Time, "Time", "Numbers and dates"),
        (Kind::File(FileLimits::default()), "File", "More"),
        (Kind::Signature, "Signature", "More"),
        (Kind::Heading, "Heading", "Layout"),
        (Kind::Paragraph, "Text to read", "Layout"),
        (Kind::PageBreak, "Page break", "Layout"),
    ]
}

/// A kind's name for people.
pub fn kind_label(kind: &Kind) -> &'static str {
    kinds("")
        .into_iter()
        .find(|(known, _, _)| known.name() == kind.name())
        .map_or("Field", |(_, label, _)| label)
}

pub const fn operator_label(operator: Operator) -> &'static str {
    match operator {
        Operator::Is => "is",
        Operator::IsNot => "is not",
        Operator::Contains => "contains",
        Operator::ContainsNot => "does not contain",
        Operator::Empty => "is not answered",
        Operator::NotEmpty => "is answered",
        Operator::Less => "is less than",
        Operator::More => "is more than",
        Operator::AtLeast => "is at least",
        Operator::AtMost => "is at most",
    }
}

const fn tie_label(tie: Tie) -> &'static str {
    match tie {
        Tie::FirstName => "First name",
        Tie::LastName => "Last name",
        Tie::Email => "Email (shown, not changed)",
        Tie::Mobile => "Mobile",
        Tie::Phone => "Phone",
        Tie::Address => "Address",
        Tie::Language => "Language",
        Tie::Own(_) => "",
    }
}

const fn pattern_label(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Letters => "Letters only",
        Pattern::Digits => "Digits only",
        Pattern::LettersAndDigits => "Letters and digits",
        Pattern::Postcode => "A postcode",
        Pattern::Url => "The address of a web page",
    }
}

pub const fn file_kind_label(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "Pictures",
        FileKind::Pdf => "PDF",
        FileKind::Document => "Documents",
        FileKind::Audio => "Sound",
        FileKind::Video => "Video",
    }
}

/// A choice of the client's takes no answer but its own choices.
fn own_suits(kind: &Kind, own: &ClientField) -> bool {
    match own.kind {
        ClientKind::Choice => matches!(kind, Kind::One(_) | Kind::DropDown(_)),
        _ => tie_suits(kind, own),
    }
}

/// All of it, for the script.
pub fn facts(studio: &Studio, own: &[ClientField]) -> Value {
    let mut by_kind = Map::new();
    for (kind, label, group) in kinds(&studio.currency) {
        let operators: Vec<&str> = Operator::ALL
            .iter()
            .filter(|operator| operator.suits(&kind))
            .map(|operator| operator.name())
            .collect();
        let built_in = Tie::BUILT_IN.iter().filter(|tie| tie.suits(&kind));
        let mut ties: Vec<String> = built_in
            .filter_map(|tie| tie.name())
            .map(ToOwned::to_owned)
            .collect();
        let fitting = own.iter().filter(|field| own_suits(&kind, field));
        ties.extend(fitting.map(|field| field.id.to_string()));
        let said = json!({
            "label": label, "group": group, "asks": kind.asks(), "blank": kind,
            "operators": operators, "ties": ties,
        });
        by_kind.insert(kind.name().to_owned(), said);
    }
    let languages: Vec<&str> = LANGUAGES.iter().map(|(_, name)| *name).collect();
    let mut ties: Vec<Value> = Tie::BUILT_IN
        .iter()
        .map(|&tie| {
            let choices = (tie == Tie::Language).then_some(&languages);
            json!({ "value": tie.name(), "label": tie_label(tie), "choices": choices })
        })
        .collect();
    ties.extend(own.iter().map(|field| {
        let choices = (field.kind == ClientKind::Choice).then_some(&field.choices);
        json!({ "value": field.id, "label": field.label, "choices": choices })
    }));
    let digits: Map<String, Value> = CURRENCIES
        .iter()
        .map(|(code, _)| ((*code).to_owned(), crate::money::exponent(code).into()))
        .collect();
    json!({
        "kinds": by_kind,
        "ties": ties,
        "operators": Operator::ALL.iter().map(|&one| (one.name().to_owned(), json!({
            "label": operator_label(one), "value": one.takes_value(),
        }))).collect::<Map<_, _>>(),
        "patterns": Pattern::ALL.iter().map(|&one| (one.name(), pattern_label(one))).collect::<Vec<_>>(),
        "file_kinds": FileKind::ALL.iter().map(|&one| (one.name(), file_kind_label(one))).collect::<Vec<_>>(),
        "currencies": CURRENCIES.iter().map(|(code, name)| (code, format!("{name} ({code})"))).collect::<Vec<_>>(),
        "digits": digits,
    })
}

/// The kinds by group, for the buttons that add one.
pub fn palette() -> Vec<Value> {
    let kinds = kinds("");
    GROUPS
        .iter()
        .map(|&group| {
            let of_group = kinds.iter().filter(|(_, _, of)| *of == group);
            let kinds: Vec<_> = of_group
                .map(|(kind, label, _)| (kind.name(), *label))
                .collect();
            json!({ "label": group, "kinds": kinds })
        })
        .collect()
}
