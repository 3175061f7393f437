//! The fields that come and go in the sign-in form: a password, a code. Not controlled, so that
//! nothing typed can be lost to a render.

use web_sys::HtmlInputElement;
use yew::prelude::*;

fn described(wrong: bool, error: &str, hint: Option<&str>) -> Option<String> {
    match (wrong, hint) {
        (true, Some(hint)) => Some(format!("{error} {hint}")),
        (true, None) => Some(error.to_owned()),
        (false, hint) => hint.map(str::to_owned),
    }
}

pub fn password(id: String, new: bool, wrong: bool, error: &str, hint: Option<&str>) -> Html {
    let kind = if new {
        "new-password"
    } else {
        "current-password"
    };
    html! {
        <input type="password" key={kind} {id} name={kind} autocomplete={kind} maxlength="256"
            aria-invalid={wrong.then_some("true")} aria-describedby={described(wrong, error, hint)} />
    }
}

pub fn code(id: String, wrong: bool, error: &str, hint: &str) -> Html {
    let oninput = Callback::from(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let typed = input.value();
        let shown = spaced(&typed);
        if shown != typed {
            let at = input.selection_start().ok().flatten().unwrap_or_default() as usize;
            let before: String = typed.chars().take(at).collect();
            input.set_value(&shown);
            let at = caret(&before);
            input.set_selection_range(at, at).ok();
        }
    });
    html! {
        <input type="text" key="code" data-portico="code" {id} name="code" autocomplete="one-time-code"
            inputmode="numeric" autocapitalize="none" spellcheck="false"
            aria-invalid={wrong.then_some("true")} aria-describedby={described(wrong, error, Some(hint))} {oninput} />
    }
}

/// A quiet way on, below the button. What is `not_yet` possible says so and stays.
pub fn link(text: String, not_yet: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" slot="after" data-portico="link" aria-disabled={not_yet.then_some("true")} {onclick}>{ text }</button>
    }
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
