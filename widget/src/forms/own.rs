//! Fields of the portal's own making.

use std::rc::Rc;

use portico_wire::forms::{Answers, Field, Form, Kind};

use crate::{app::Shared, forms::sheet::Sheet};

/// A field somebody has to answer.
#[inline(never)]
pub fn field(id: &str, label: String, kind: Kind) -> Field {
    Field {
        id: id.to_owned(),
        kind,
        label,
        help: None,
        placeholder: None,
        required: true,
        default: None,
        show_if: None,
        tie: None,
    }
}

/// A sheet of such fields.
pub fn sheet(shared: &Shared, fields: Vec<Field>) -> Rc<Sheet> {
    let form = Form {
        fields,
        ..Form::default()
    };
    Sheet::new(shared, Rc::new(form), Answers::new(), String::new(), |_| {
        false
    })
}
