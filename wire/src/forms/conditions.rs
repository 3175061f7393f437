//! Which fields are seen, from the answers to those before them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Answer, Answers, Chosen, Form, Kind, shape::decimal};

/// When a field is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Conditions {
    pub join: Join,
    pub list: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Join {
    All,
    Any,
}

impl Join {
    pub const ALL: &[Self] = &[Self::All, Self::Any];

    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Condition {
    /// An earlier field.
    pub field: String,
    pub operator: Operator,
    /// What it is compared with, as the answer would be: an option, a day, `yes` or `no`, a number, minor
    /// units of money; how many files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Is,
    IsNot,
    /// A text in it; one of the options chosen.
    Contains,
    ContainsNot,
    Empty,
    NotEmpty,
    /// Of days: earlier.
    Less,
    More,
    AtLeast,
    AtMost,
}

impl Operator {
    pub const ALL: &[Self] = &[
        Self::Is,
        Self::IsNot,
        Self::Contains,
        Self::ContainsNot,
        Self::Empty,
        Self::NotEmpty,
        Self::Less,
        Self::More,
        Self::AtLeast,
        Self::AtMost,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::ContainsNot => "contains_not",
            Self::Empty => "empty",
            Self::NotEmpty => "not_empty",
            Self::Less => "less",
            Self::More => "more",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
        }
    }

    pub const fn takes_value(self) -> bool {
        !matches!(self, Self::Empty | Self::NotEmpty)
    }

    /// Whether it can be asked of a field of this kind.
    pub const fn suits(self, kind: &Kind) -> bool {
        match self {
            Self::Empty | Self::NotEmpty => kind.asks(),
            Self::Is | Self::IsNot => {
                kind.asks() && !matches!(kind, Kind::Address | Kind::Signature)
            }
            Self::Contains | Self::ContainsNot => matches!(
                kind,
                Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Phone | Kind::Many(_)
            ),
            Self::Less | Self::More | Self::AtLeast | Self::AtMost => matches!(
                kind,
                Kind::Number(_)
                    | Kind::Money(_)
                    | Kind::Date(_)
                    | Kind::Time
                    | Kind::Rating { .. }
                    | Kind::File(_)
            ),
        }
    }
}

impl Condition {
    fn holds(&self, answer: Option<&Answer>) -> bool {
        let Some(answer) = answer else {
            return matches!(
                self.operator,
                Operator::IsNot | Operator::ContainsNot | Operator::Empty
            );
        };
        let order = compare(answer, &self.value);
        match self.operator {
            Operator::Is => order == Some(Ordering::Equal),
            Operator::IsNot => order != Some(Ordering::Equal),
            Operator::Contains => contains(answer, &self.value),
            Operator::ContainsNot => !contains(answer, &self.value),
            Operator::Empty => false,
            Operator::NotEmpty => true,
            Operator::Less => order == Some(Ordering::Less),
            Operator::More => order == Some(Ordering::Greater),
            Operator::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Operator::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        }
    }
}

/// Capitals of plain letters do not matter.
fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// How an answer stands to a condition's value; of what has no order only whether it is the same.
fn compare(answer: &Answer, value: &str) -> Option<Ordering> {
    let equal = |same: bool| same.then_some(Ordering::Equal);
    let number = |number: i64| Some(number.cmp(&value.trim().parse().ok()?));
    match answer {
        Answer::Text(text) => equal(same(text, value)),
        Answer::Number(text) => Some(decimal(text)?.cmp(&decimal(value)?)),
        Answer::Money(minor) => number(*minor),
        Answer::Date(text) | Answer::Time(text) => Some(text.trim().cmp(value.trim())),
        Answer::YesNo(yes) => equal(value == if *yes { "yes" } else { "no" }),
        Answer::Rating(stars) => number(i64::from(*stars)),
        Answer::Files(files) => number(files.len() as i64),
        // Just this one.
        Answer::Choices(chosen) => equal(all_of(chosen).all(|one| same(one, value))),
        Answer::Address(_) | Answer::Signature(_) => None,
    }
}

/// What was chosen, and what was written in, if anything was.
fn all_of(chosen: &Chosen) -> impl Iterator<Item = &String> {
    let written = chosen.other.iter().filter(|text| !text.trim().is_empty());
    chosen.options.iter().chain(written)
}

fn contains(answer: &Answer, value: &str) -> bool {
    let value = value.trim();
    match answer {
        Answer::Text(text) => {
            let text = text.trim();
            let (text, value) = (text.as_bytes(), value.as_bytes());
            value.is_empty()
                || text
                    .windows(value.len())
                    .any(|part| part.eq_ignore_ascii_case(value))
        }
        Answer::Choices(chosen) => all_of(chosen).any(|one| same(one, value)),
        _ => false,
    }
}

/// For each field whether it is seen. One pass in the form's order: an answer counts only where its own
/// field is seen, and only for the fields behind it.
pub fn visible(form: &Form, answers: &Answers) -> Vec<bool> {
    // The answers that count so far, sorted by field.
    let mut earlier: Vec<(&str, &Answer)> = Vec::with_capacity(answers.len());
    let mut page = true;
    let mut all = Vec::with_capacity(form.fields.len());
    for field in &form.fields {
        let mut seen = match &field.show_if {
            Some(conditions) => conditions.hold(&earlier),
            None => true,
        };
        if field.kind == Kind::PageBreak {
            page = seen;
        }
        seen &= page;
        all.push(seen);
        if let Some(answer) = answers.get(&field.id)
            && seen
            && answer.fits(&field.kind)
            && !answer.is_blank()
            && let Err(at) = place(&earlier, &field.id)
        {
            earlier.insert(at, (&field.id, answer));
        }
    }
    all
}

fn place(earlier: &[(&str, &Answer)], field: &str) -> Result<usize, usize> {
    earlier.binary_search_by(|(id, _)| (**id).cmp(field))
}

impl Conditions {
    fn hold(&self, earlier: &[(&str, &Answer)]) -> bool {
        let mut hold = self.list.iter().map(|condition| {
            let found = place(earlier, &condition.field).ok();
            condition.holds(found.map(|at| earlier[at].1))
        });
        match self.join {
            Join::All => hold.all(|holds| holds),
            Join::Any => hold.any(|holds| holds),
        }
    }
}
