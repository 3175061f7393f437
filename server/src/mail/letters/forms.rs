//! The words of a letter as a form sends them, and what may stand in them.

use serde::{Deserialize, Serialize};

use super::{Field, MOST_BODY, MOST_NAME, MOST_SUBJECT, Problem, Purpose, Template, check};
use crate::web::form::FieldErrors;

/// The part of a form every letter has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    pub name: String,
    pub subject: String,
    pub body: String,
}

impl Words {
    pub fn of(template: &Template) -> Self {
        Self {
            name: template.name.clone(),
            subject: template.subject.clone(),
            body: template.body.clone(),
        }
    }

    /// As they are stored: trimmed, with plain line ends.
    pub fn tidy(&self) -> Self {
        let tidy = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
        Self {
            name: tidy(&self.name),
            subject: tidy(&self.subject),
            body: tidy(&self.body),
        }
    }

    /// What is wrong with tidied words, for people.
    pub fn check(&self, purpose: Purpose) -> Faults {
        let mut faults = self.check_text(purpose);
        faults.errors.required("name", &self.name, MOST_NAME);
        faults
    }

    /// The same for a mail that goes out now, which has no name.
    pub fn check_text(&self, purpose: Purpose) -> Faults {
        let mut faults = Faults::default();
        faults.check(self, purpose);
        faults
    }
}

/// What is wrong, by field; of subject and text also where.
#[derive(Debug, Default, Serialize)]
pub struct Faults {
    pub errors: FieldErrors,
    pub subject: Vec<Problem>,
    pub body: Vec<Problem>,
}

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    fn check(&mut self, words: &Words, purpose: Purpose) {
        let errors = &mut self.errors;
        errors.required("subject", &words.subject, MOST_SUBJECT);
        errors.required("body", &words.body, MOST_BODY);
        if words.subject.contains(['\n', '\t']) {
            errors.add("subject", "A subject is one line.");
        }
        // Beyond its length nothing is read, so that a flood costs nothing.
        if errors.get("subject").is_none() {
            self.subject = check(&words.subject, Field::Subject, purpose);
        }
        if errors.get("body").is_none() {
            self.body = check(&words.body, Field::Body, purpose);
        }
        for (field, problems) in [("subject", &self.subject), ("body", &self.body)] {
            if let Some(first) = problems.first() {
                let more = match problems.len() {
                    1 => String::new(),
                    2 => " One more place is shown below.".to_owned(),
                    many => format!(" {} more places are shown below.", many - 1),
                };
                errors.add(field, in_place(first) + &more);
            }
        }
    }
}

/// "Line 3, column 12: …"; what is wrong with the whole has no place.
fn in_place(problem: &Problem) -> String {
    if problem.excerpt[1].is_empty() {
        problem.text.clone()
    } else {
        format!(
            "Line {}, column {}: {}",
            problem.line, problem.column, problem.text
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l15_a_letter_has_its_limits() {
        let words = |subject: &str, body: &str| {
            let words = Words {
                name: "A".into(),
                subject: subject.into(),
                body: body.into(),
            };
            let faults = words.tidy().check(Purpose::Letter);
            (
                faults.errors.get("subject").map(ToOwned::to_owned),
                faults.errors.get("body").map(ToOwned::to_owned),
            )
        };
        assert_eq!(words(&"ü".repeat(200), &"ü".repeat(20_000)), (None, None));
        let (subject, body) = words(&"x".repeat(201), &"x".repeat(20_001));
        assert!(subject.unwrap().contains("200") && body.unwrap().contains("20000"));
        let (subject, body) = words("a\r\nBcc: b@c.example", " ");
        assert_eq!(subject.as_deref(), Some("A subject is one line."));
        assert_eq!(body.as_deref(), Some("Please fill this in."));
        assert!(words("a\u{7}", "b\u{0}").0.is_some());
    }
}
