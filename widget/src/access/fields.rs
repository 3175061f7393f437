//! The fields that come and go in the sign-in form: a password, a code. Not controlled, so that
//! nothing typed can be lost to a render.

use web_sys::HtmlInputElement;

use crate::{
    el::{El, el},
    texts::joined,
};

/// What a field is about, besides its label.
pub struct Says<'a> {
    /// The id of the text that says what is wrong with it, while something is.
    pub error: Option<&'a str>,
    /// The id of its hint.
    pub hint: Option<&'a str>,
}

#[inline(never)]
fn described(field: El, says: &Says<'_>) -> El {
    let field = field.set_some("aria-invalid", says.error.map(|_| "true"));
    match (says.error, says.hint) {
        (None, None) => field,
        (Some(error), Some(hint)) => field.set("aria-describedby", &joined(&[error, " ", hint])),
        (one, other) => field.set_some("aria-describedby", one.or(other)),
    }
}

pub fn password(id: &str, new: bool, says: &Says<'_>) -> El {
    let kind = if new {
        "new-password"
    } else {
        "current-password"
    };
    let field = el("input type=password maxlength=256")
        .key(kind)
        .set("id", id);
    described(field.set("name", kind).set("autocomplete", kind), says)
}

pub fn code(id: &str, says: &Says<'_>) -> El {
    let field = el(
        "input type=text data-portico=code name=code autocomplete=one-time-code inputmode=numeric autocapitalize=none spellcheck=false",
    );
    let field = field.key("code").set("id", id);
    described(field, says).on_input(group)
}

/// Shows the digits typed in their groups, the caret where it was.
fn group(input: &HtmlInputElement) {
    let typed = input.value();
    let shown = spaced(&typed);
    if shown != typed {
        let at = input.selection_start().ok().flatten().unwrap_or_default() as usize;
        let before: String = typed.chars().take(at).collect();
        input.set_value(&shown);
        let at = caret(&before);
        input.set_selection_range(at, at).ok();
    }
}

/// A quiet way on, below the button. What is `not_yet` possible says so and stays.
pub fn link(text: &str, not_yet: bool, act: impl Fn() + 'static) -> El {
    el("button type=button slot=after data-portico=link")
        .set_some("aria-disabled", not_yet.then_some("true"))
        .text(text)
        .on_click(act)
}

/// Digits alone, shown as 4+4.
fn spaced(text: &str) -> String {
    let mut shown = String::new();
    for (at, digit) in text
        .chars()
        .filter(char::is_ascii_digit)
        .take(8)
        .enumerate()
    {
        if at == 4 {
            shown.push(' ');
        }
        shown.push(digit);
    }
    shown
}

/// Where the caret goes so that as many digits stand before it as did.
fn caret(before: &str) -> u32 {
    let digits = before.chars().filter(char::is_ascii_digit).take(8).count() as u32;
    digits + u32::from(digits > 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_in_two_fours_however_it_was_typed_or_pasted() {
        for (typed, shown) in [
            ("12345678", "1234 5678"),
            ("1234 5678", "1234 5678"),
            ("1234-5678 ", "1234 5678"),
            ("Your code: 1234 5678.", "1234 5678"),
            ("1234", "1234"),
            ("12345", "1234 5"),
            ("123456789", "1234 5678"),
        ] {
            assert_eq!(spaced(typed), shown);
        }
    }

    #[test]
    fn the_caret_stays_behind_the_digit_it_was_behind() {
        assert_eq!(caret("123"), 3);
        assert_eq!(caret("12345"), 6);
        assert_eq!(caret("1234 5"), 6);
    }
}
