//! Forms of the portal's own making.

use std::rc::Rc;

use portico_wire::forms::{Answer, Answers, Chosen, Field, Form, Kind, OneOf};

use crate::{app::Shared, forms::sheet::Sheet};

/// A field that is part of the portal, not of a studio's form.
#[inline(never)]
pub fn field(id: &str, label: String, kind: Kind, required: bool) -> Field {
    Field {
        id: id.to_owned(),
        kind,
        label,
        help: None,
        placeholder: None,
        required,
        default: None,
        show_if: None,
        tie: None,
    }
}

pub fn one_of(options: Vec<String>) -> OneOf {
    OneOf {
        options,
        other: false,
    }
}

pub fn chosen(options: Vec<String>) -> Answer {
    Answer::Choices(Chosen {
        options,
        ..Chosen::default()
    })
}

/// A sheet of such fields.
#[inline(never)]
pub fn sheet(shared: &Shared, fields: Vec<Field>, answers: Answers) -> Rc<Sheet> {
    let form = Form {
        fields,
        ..Form::default()
    };
    let country = String::new();
    Sheet::new(shared, Rc::new(form), answers, country, |_| false)
}
