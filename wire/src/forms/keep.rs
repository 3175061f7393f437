//! What is stored of what was sent, and what a form begins with.

use super::{
    Answer, Answers, Form, Signature,
    shape::{decimal, decimal_text},
    visible,
};
use crate::clients::Address;

/// The answers to the fields that are seen, tidied: hidden, unknown and blank ones are dropped, spaces around
/// are cut, numbers are written the one way.
pub fn keep(form: &Form, answers: &Answers) -> Answers {
    let seen = visible(form, answers);
    form.fields
        .iter()
        .zip(seen)
        .filter(|(field, seen)| *seen && field.kind.asks())
        .filter_map(|(field, _)| {
            let answer = answers.get(&field.id)?;
            (answer.fits(&field.kind) && !answer.is_blank())
                .then(|| (field.id.clone(), tidy(answer)))
        })
        .collect()
}

fn trim(text: &str) -> String {
    text.trim().to_owned()
}

fn line(text: &Option<String>) -> Option<String> {
    text.as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(ToOwned::to_owned)
}

fn tidy(answer: &Answer) -> Answer {
    match answer {
        Answer::Text(text) => Answer::Text(trim(text)),
        Answer::Number(text) => {
            Answer::Number(decimal(text).map_or_else(|| trim(text), decimal_text))
        }
        Answer::Date(text) => Answer::Date(trim(text)),
        Answer::Time(text) => Answer::Time(trim(text)),
        Answer::Address(address) => Answer::Address(Address {
            line1: line(&address.line1),
            line2: line(&address.line2),
            city: line(&address.city),
            region: line(&address.region),
            postcode: line(&address.postcode),
            country: line(&address.country),
        }),
        Answer::Choices(chosen) => {
            let mut tidied = chosen.clone();
            tidied.options.clear();
            for one in &chosen.options {
                if !tidied.options.contains(one) {
                    tidied.options.push(one.clone());
                }
            }
            tidied.other = line(&chosen.other);
            Answer::Choices(tidied)
        }
        Answer::Signature(Signature::Typed(name)) => {
            Answer::Signature(Signature::Typed(trim(name)))
        }
        Answer::Signature(Signature::Drawn(path)) => {
            Answer::Signature(Signature::Drawn(trim(path)))
        }
        Answer::Money(_) | Answer::YesNo(_) | Answer::Rating(_) | Answer::Files(_) => {
            answer.clone()
        }
    }
}

/// What a form begins with: its defaults, and over them what is known of the tied fields.
pub fn start(form: &Form, known: &Answers) -> Answers {
    form.fields
        .iter()
        .filter_map(|field| {
            let known = known.get(&field.id).filter(|known| known.fits(&field.kind));
            let answer = known.or(field.default.as_ref())?;
            Some((field.id.clone(), answer.clone()))
        })
        .collect()
}
