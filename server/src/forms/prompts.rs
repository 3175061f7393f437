//! What forms of the product's own are made of (`portico_wire::prompts`).

use portico_wire::forms::{Answer, Answers, Chosen, Field, Form, Kind, TextLimits, check};

use super::texts;
use crate::{Result, error::Error};

pub fn field(id: &str, label: &str, kind: Kind) -> Field {
    Field {
        id: id.to_owned(),
        kind,
        label: label.to_owned(),
        help: None,
        placeholder: None,
        required: false,
        default: None,
        show_if: None,
        tie: None,
    }
}

pub fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

pub fn helped(field: Field, help: &str) -> Field {
    Field {
        help: Some(help.to_owned()),
        ..field
    }
}

pub fn up_to(max: u32) -> TextLimits {
    TextLimits {
        max: Some(max),
        ..TextLimits::default()
    }
}

pub fn chosen(option: &str) -> Answer {
    Answer::Choices(Chosen {
        options: vec![option.to_owned()],
        ..Chosen::default()
    })
}

/// What was answered, as text; empty where nothing was.
pub fn said<'a>(answers: &'a Answers, field: &str) -> &'a str {
    match answers.get(field) {
        Some(
            Answer::Text(text) | Answer::Number(text) | Answer::Date(text) | Answer::Time(text),
        ) => text.trim(),
        Some(Answer::Choices(chosen)) => chosen.options.first().map_or("", String::as_str),
        _ => "",
    }
}

/// Answers that fit the form; else what is wrong with the first that does not.
pub fn checked(form: &Form, answers: &Answers) -> Result<()> {
    let Some(trouble) = check(form, answers).into_iter().next() else {
        return Ok(());
    };
    let kind = form.fields.iter().find(|it| it.id == trouble.field);
    let text = kind.map_or_else(String::new, |it| texts::wrong(&trouble, &it.kind));
    Err(Error::invalid(trouble.field, text))
}
