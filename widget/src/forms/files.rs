//! Files: chosen, sent one after the other, listed, taken off again.

use std::rc::Rc;

use portico_wire::forms::{Answer, FileLimits};

use crate::{
    app::Common,
    el::{El, el},
    forms::{
        sheet::{About, Sheet},
        show,
    },
    part::Hooks,
};

pub fn hint(limits: &FileLimits, shared: &Common) -> String {
    let count = limits.max_count.unwrap_or(1).to_string();
    let largest = limits
        .max_bytes
        .unwrap_or(portico_wire::forms::limits::FILE_BYTES);
    let size = show::size(largest as i64);
    let key = if count == "1" {
        "form.file_one"
    } else {
        "form.files"
    };
    shared
        .texts
        .fill(key, &[("count", &count), ("size", &size)])
}

pub fn files(
    _sheet: &Rc<Sheet>,
    _at: usize,
    about: &About,
    _limits: &FileLimits,
    _answer: Option<Answer>,
    _hooks: &Hooks,
) -> El {
    about.group(el("div.files"), "group")
}
