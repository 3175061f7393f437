//! Readers of what the server says about forms. `portico_wire` says what a form is: the tests
//! below read what it writes.

use std::rc::Rc;

use portico_wire::forms::{
    Answer, Answers, Chosen, Condition, Conditions, DateLimits, Field, FileAnswer, FileKind,
    FileLimits, Form, Join, Kind, ManyOf, MoneyLimits, NumberLimits, OneOf, Operator, Pattern,
    Signature, TextLimits, Tie,
};

use crate::{
    forms::prompt::{Asked, Total},
    json::Json,
    replies::address,
};

/// `portico_wire::forms::Filling`.
pub struct Filling {
    pub form: Rc<Form>,
    pub version: u32,
    pub revision: u32,
    pub answers: Answers,
    pub fixed: Vec<String>,
    pub country: String,
    /// What whoever asked wrote beside it.
    pub note: Option<String>,
}

/// An answer to a field, or that it was cleared.
pub type Change = (String, Option<Answer>);

/// `portico_wire::forms::DraftSaved`.
pub struct Saved {
    pub revision: u32,
    pub newer: Vec<Change>,
}

/// `portico_wire::forms::Submitted`.
#[derive(Clone)]
pub struct Submitted {
    pub id: String,
    pub thanks: Option<String>,
}

/// `portico_wire::forms::Submission`.
pub struct Submission {
    pub submitted_at: String,
    pub by: String,
    pub form: Form,
    pub answers: Answers,
}

pub fn filling(json: &Json) -> Filling {
    Filling {
        form: Rc::new(form(&json.object("form"))),
        version: json.number("version"),
        revision: json.number("revision"),
        answers: answers(&json.object("answers")),
        fixed: json.texts("fixed"),
        country: json.text("country"),
        note: json
            .opt_object("questionnaire")
            .and_then(|it| it.opt("note")),
    }
}

/// `portico_wire::prompts::Prompt`.
pub fn prompt(json: &Json) -> Asked {
    let option = |it: &Json| (it.text("field"), it.text("option"));
    let add = |it: Json| {
        let chosen = it.objects("chosen").iter().map(option).collect();
        (chosen, it.whole("minor"))
    };
    let total = json.opt_object("total").map(|it| Total {
        currency: it.text("currency"),
        adds: it.objects("adds").into_iter().map(add).collect(),
    });
    Asked {
        form: Rc::new(form(&json.object("form"))),
        answers: answers(&json.object("answers")),
        act: json.text("act"),
        country: json.opt("country").unwrap_or_default(),
        changes: json.flag("changes"),
        total,
    }
}

fn change(json: &Json) -> Change {
    let typed = json.opt_object("answer").map(|it| answer(&it));
    (json.text("field"), typed)
}

pub fn saved(json: &Json) -> Saved {
    Saved {
        revision: json.number("revision"),
        newer: json.list("newer", change),
    }
}

/// What this device kept, as [`super::requests::draft`] wrote it: with moments as ages.
pub fn kept(json: &Json) -> Vec<(Change, i64)> {
    json.list("changes", |it| (change(it), it.whole("age")))
}

pub fn submitted(json: &Json) -> Submitted {
    Submitted {
        id: json.text("id"),
        thanks: json.opt("thanks"),
    }
}

pub fn submission(json: &Json) -> Submission {
    Submission {
        submitted_at: json.text("submitted_at"),
        by: json.text("by"),
        form: form(&json.object("form")),
        answers: answers(&json.object("answers")),
    }
}

pub fn form(json: &Json) -> Form {
    Form {
        title: json.text("title"),
        intro: json.opt("intro"),
        thanks: json.opt("thanks"),
        fields: json.list("fields", field),
    }
}

/// What a field begins with stands among the answers already.
fn field(json: &Json) -> Field {
    let tie = json.opt("tie");
    // Only those that browsers know too.
    let mut ties = Tie::BUILT_IN.iter().copied();
    Field {
        id: json.text("id"),
        kind: kind(&json.object("kind")),
        label: json.text("label"),
        help: json.opt("help"),
        placeholder: json.opt("placeholder"),
        required: json.flag("required"),
        default: None,
        show_if: json.opt_object("show_if").map(|it| conditions(&it)),
        tie: ties.find(|it| tie.is_some() && it.name() == tie.as_deref()),
    }
}

fn condition(json: &Json) -> Condition {
    Condition {
        field: json.text("field"),
        operator: json.word("operator", Operator::ALL, Operator::name),
        value: json.opt("value").unwrap_or_default(),
    }
}

fn conditions(json: &Json) -> Conditions {
    Conditions {
        join: json.word("join", Join::ALL, Join::name),
        list: json.list("list", condition),
    }
}

fn small(json: &Json, name: &str) -> Option<u32> {
    json.opt_whole(name).map(|whole| whole as u32)
}

fn text(json: &Json) -> TextLimits {
    let pattern = json.opt("pattern");
    let mut all = Pattern::ALL.iter().copied();
    TextLimits {
        min: small(json, "min"),
        max: small(json, "max"),
        // One of a newer server is checked there.
        pattern: pattern.and_then(|name| all.find(|it| it.name() == name)),
    }
}

fn one(json: &Json) -> OneOf {
    OneOf {
        options: json.texts("options"),
        other: json.flag("other"),
    }
}

fn file_kinds(json: &Json) -> Vec<FileKind> {
    // None: any kind.
    let names = if json.names().iter().any(|name| name == "kinds") {
        json.texts("kinds")
    } else {
        Vec::new()
    };
    let known = |name: &String| FileKind::ALL.iter().copied().find(|it| it.name() == name);
    names.iter().filter_map(known).collect()
}

fn kind(json: &Json) -> Kind {
    match &*json.text("type") {
        "text" => Kind::Text(text(json)),
        "long_text" => Kind::LongText(text(json)),
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "number" => Kind::Number(NumberLimits {
            min: json.opt("min"),
            max: json.opt("max"),
            decimals: json.number("decimals") as u8,
            unit: json.opt("unit"),
        }),
        "money" => Kind::Money(MoneyLimits {
            currency: json.text("currency"),
            min: json.opt_whole("min"),
            max: json.opt_whole("max"),
        }),
        "date" => Kind::Date(DateLimits {
            min: json.opt("min"),
            max: json.opt("max"),
        }),
        "time" => Kind::Time,
        "address" => Kind::Address,
        "one" => Kind::One(one(json)),
        "many" => Kind::Many(ManyOf {
            options: json.texts("options"),
            other: json.flag("other"),
            min: small(json, "min"),
            max: small(json, "max"),
        }),
        "drop_down" => Kind::DropDown(one(json)),
        "yes_no" => Kind::YesNo,
        "rating" => Kind::Rating {
            max: json.number("max") as u8,
        },
        "file" => Kind::File(FileLimits {
            kinds: file_kinds(json),
            max_bytes: json.opt_whole("max_bytes").map(|bytes| bytes as u64),
            max_count: json.opt_whole("max_count").map(|count| count as u8),
        }),
        "signature" => Kind::Signature,
        "heading" => Kind::Heading,
        "page_break" => Kind::PageBreak,
        "paragraph" => Kind::Paragraph,
        _ => {
            // A field of a newer server cannot be left out of a form.
            crate::json::refuse();
            Kind::Paragraph
        }
    }
}

pub fn answers(json: &Json) -> Answers {
    let mut all = Answers::new();
    for field in json.names() {
        all.set(&field, answer(&json.object(&field)));
    }
    all
}

pub fn file(json: &Json) -> FileAnswer {
    FileAnswer {
        id: json.text("id"),
        name: json.text("name"),
        bytes: json.whole("bytes") as u64,
        kind: json.text("kind"),
    }
}

fn answer(json: &Json) -> Answer {
    let name = json.names().pop().unwrap_or_default();
    match &*name {
        "number" => Answer::Number(json.text(&name)),
        "money" => Answer::Money(json.whole(&name)),
        "date" => Answer::Date(json.text(&name)),
        "time" => Answer::Time(json.text(&name)),
        "address" => Answer::Address(address(&json.object(&name))),
        "choices" => {
            let chosen = json.object(&name);
            Answer::Choices(Chosen {
                options: chosen.texts("options"),
                other: chosen.opt("other"),
            })
        }
        "yes_no" => Answer::YesNo(json.flag(&name)),
        "rating" => Answer::Rating(json.number(&name) as u8),
        "files" => Answer::Files(json.list(&name, file)),
        "signature" => {
            let signed = json.object(&name);
            Answer::Signature(match signed.opt("drawn") {
                Some(path) => Signature::Drawn(path),
                None => Signature::Typed(signed.text("typed")),
            })
        }
        _ => Answer::Text(json.text("text")),
    }
}

#[cfg(test)]
pub mod tests {
    use portico_wire::{AssignmentId, SubmissionId, Timestamp, clients::Address, forms as wire};
    use serde::Serialize;

    use super::*;
    use crate::json;

    fn through<T>(wire: &impl Serialize, reader: fn(&Json) -> T) -> T {
        let text = serde_json::to_string(wire).unwrap();
        json::read(&text, reader).expect("what the wire writes can be read")
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    pub fn every_answer() -> Vec<Answer> {
        let file = FileAnswer {
            id: "fil_1".into(),
            name: "\"a\".jpg".into(),
            bytes: 60_000_000_000,
            kind: "image/jpeg".into(),
        };
        vec![
            Answer::Text("Zoë \"\n\\".into()),
            Answer::Number("12.5".into()),
            Answer::Money(-wire::limits::MONEY),
            Answer::Date("2027-05-22".into()),
            Answer::Time("14:30".into()),
            Answer::Address(Address {
                line1: some("1"),
                country: some("GB"),
                ..Address::default()
            }),
            Answer::Choices(Chosen {
                options: vec!["A".into(), "B".into()],
                other: some("C"),
            }),
            Answer::Choices(Chosen::default()),
            Answer::YesNo(true),
            Answer::YesNo(false),
            Answer::Rating(4),
            Answer::Files(vec![file]),
            Answer::Signature(Signature::Typed("Ada".into())),
            Answer::Signature(Signature::Drawn("M1 2L3 4".into())),
        ]
    }

    fn every_kind(full: bool) -> Vec<Kind> {
        let opt = |text| some(text).filter(|_| full);
        let text = TextLimits {
            min: full.then_some(1),
            max: full.then_some(20),
            pattern: full.then_some(Pattern::Postcode),
        };
        let one = OneOf {
            options: vec!["A".into()],
            other: full,
        };
        vec![
            Kind::Text(text.clone()),
            Kind::LongText(text),
            Kind::Email,
            Kind::Phone,
            Kind::Number(NumberLimits {
                min: opt("-1.5"),
                max: opt("9"),
                decimals: 2,
                unit: opt("guests"),
            }),
            Kind::Money(MoneyLimits {
                currency: "GBP".into(),
                min: full.then_some(-5),
                max: full.then_some(wire::limits::MONEY),
            }),
            Kind::Date(DateLimits {
                min: opt("2026-01-01"),
                max: opt("2027-01-01"),
            }),
            Kind::Time,
            Kind::Address,
            Kind::One(one.clone()),
            Kind::Many(ManyOf {
                options: vec!["A".into(), "B".into()],
                other: full,
                min: full.then_some(1),
                max: full.then_some(2),
            }),
            Kind::DropDown(one),
            Kind::YesNo,
            Kind::Rating { max: 5 },
            Kind::File(FileLimits {
                kinds: FileKind::ALL.iter().copied().filter(|_| full).collect(),
                max_bytes: full.then_some(wire::limits::FILE_BYTES),
                max_count: full.then_some(20),
            }),
            Kind::Signature,
            Kind::Heading,
            Kind::Paragraph,
            Kind::PageBreak,
        ]
    }

    fn a_form(full: bool) -> Form {
        let opt = |text| some(text).filter(|_| full);
        let field = |(at, kind): (usize, Kind)| Field {
            id: format!("f{at}"),
            kind,
            label: "Label".into(),
            help: opt("Help"),
            placeholder: opt("Such as this"),
            required: full,
            default: None,
            show_if: full.then(|| Conditions {
                join: Join::Any,
                list: Operator::ALL
                    .iter()
                    .map(|operator| Condition {
                        field: "f0".into(),
                        operator: *operator,
                        value: if operator.takes_value() { "x" } else { "" }.into(),
                    })
                    .collect(),
            }),
            tie: full.then_some(Tie::BUILT_IN[at % Tie::BUILT_IN.len()]),
        };
        Form {
            title: "Title".into(),
            intro: opt("Intro"),
            thanks: opt("Thanks"),
            fields: every_kind(full)
                .into_iter()
                .enumerate()
                .map(field)
                .collect(),
        }
    }

    #[test]
    fn every_kind_of_field_is_read_as_the_wire_writes_it() {
        for full in [true, false] {
            let wire = a_form(full);
            assert_eq!(through(&wire, form), wire);
        }
    }

    #[test]
    fn every_answer_is_read_as_the_wire_writes_it() {
        for wire in every_answer() {
            assert_eq!(through(&wire, answer), wire);
        }
        let all = every_answer().into_iter().enumerate();
        let wire: Answers = all.map(|(at, it)| (format!("f{at}"), it)).collect();
        assert_eq!(through(&wire, answers), wire);
    }

    fn a_questionnaire(full: bool) -> wire::Questionnaire {
        wire::Questionnaire {
            id: AssignmentId::from_bytes([1; 16]),
            title: "Before we meet".into(),
            due: None,
            note: some("Please").filter(|_| full),
            state: wire::AskState::Late,
            saved_at: None,
            with: Vec::new(),
            submission: None,
        }
    }

    #[test]
    fn a_prompt_is_read_as_the_wire_writes_it() {
        use portico_wire::prompts::{Prompt, PromptAdd, PromptChosen, PromptTotal};
        for full in [true, false] {
            let chosen = PromptChosen {
                field: "choice".into(),
                option: "Everything".into(),
            };
            let total = PromptTotal {
                currency: "GBP".into(),
                adds: vec![PromptAdd {
                    chosen: vec![chosen],
                    minor: 12_000,
                }],
            };
            let wire = Prompt {
                form: a_form(full),
                answers: Answers::new(),
                act: "Pay Now".into(),
                country: if full { "GB" } else { "" }.into(),
                changes: full,
                total: full.then_some(total),
            };
            let read = through(&wire, prompt);
            assert_eq!((&*read.form, &read.act), (&wire.form, &wire.act));
            assert_eq!((read.country, read.changes), (wire.country, full));
            let read = read.total.map(|it| (it.currency, it.adds));
            let option = ("choice".to_owned(), "Everything".to_owned());
            let adds = vec![(vec![option], 12_000)];
            assert_eq!(read, full.then_some(("GBP".to_owned(), adds)));
        }
    }

    #[test]
    fn what_is_filled_in_and_sent_is_read_as_the_wire_writes_it() {
        for full in [true, false] {
            let wire = wire::Filling {
                form: a_form(full),
                version: 3,
                revision: 7,
                saved_at: None,
                answers: [("f0".to_owned(), Answer::Text("x".into()))]
                    .into_iter()
                    .collect(),
                fixed: vec!["f1".into()],
                country: "GB".into(),
                questionnaire: full.then(|| a_questionnaire(full)),
            };
            let read = through(&wire, filling);
            assert_eq!((&*read.form, &read.answers), (&wire.form, &wire.answers));
            assert_eq!((read.version, read.revision), (3, 7));
            assert_eq!((&read.fixed, &read.country), (&wire.fixed, &wire.country));
            assert_eq!(read.note.is_some(), full);
            let wire = wire::Submitted {
                id: SubmissionId::from_bytes([4; 16]),
                submitted_at: Timestamp::from_micros(5),
                thanks: some("Thanks").filter(|_| full),
            };
            let read = through(&wire, submitted);
            assert_eq!((read.id, read.thanks), (wire.id.to_string(), wire.thanks));
            let wire = wire::Submission {
                id: SubmissionId::from_bytes([4; 16]),
                submitted_at: Timestamp::from_micros(5),
                by: "Ada".into(),
                form: a_form(full),
                answers: Answers::new(),
                pdf: None,
            };
            let read = through(&wire, submission);
            assert_eq!(read.submitted_at, wire.submitted_at.to_string());
            assert_eq!((read.form, read.answers), (wire.form, wire.answers));
            assert_eq!(read.by, wire.by);
        }
    }

    #[test]
    fn what_others_typed_is_read_as_the_wire_writes_it() {
        let newer = |answer| wire::Newer {
            field: "f1".into(),
            answer,
        };
        let mut all: Vec<_> = every_answer().into_iter().map(Some).collect();
        all.push(None);
        let wire = wire::DraftSaved {
            revision: 9,
            saved_at: Timestamp::from_micros(1),
            newer: all.iter().cloned().map(newer).collect(),
        };
        let read = through(&wire, saved);
        assert_eq!(read.revision, 9);
        let answers: Vec<_> = read.newer.into_iter().map(|(_, answer)| answer).collect();
        assert_eq!(answers, all);
    }

    #[test]
    fn a_kind_or_an_answer_of_a_newer_server_is_refused() {
        assert!(json::read(r#"{"type":"hologram"}"#, kind).is_none());
        assert!(json::read(r#"{"hologram":1}"#, answer).is_none());
    }
}
