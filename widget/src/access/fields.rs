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

#[derive(Properties, PartialEq)]
pub struct PasswordProps {
    pub id: String,
    pub new: bool,
    pub wrong: bool,
    /// Id of the text that says what is wrong.
    pub error: String,
    #[prop_or_default]
    pub hint: Option<String>,
}

#[component]
pub fn PasswordField(props: &PasswordProps) -> Html {
    html! {
        <input type="password" id={props.id.clone()} name={if props.new { "new-password" } else { "password" }}
            autocomplete={if props.new { "new-password" } else { "current-password" }} maxlength="256"
            aria-invalid={props.wrong.then_some("true")}
            aria-describedby={described(props.wrong, &props.error, props.hint.as_deref())} />
    }
}

#[derive(Properties, PartialEq)]
pub struct CodeProps {
    pub id: String,
    pub wrong: bool,
    pub error: String,
    pub hint: String,
}

#[component]
pub fn CodeField(props: &CodeProps) -> Html {
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
        <input type="text" data-portico="code" id={props.id.clone()} name="code" autocomplete="one-time-code"
            inputmode="numeric" autocapitalize="none" spellcheck="false"
            aria-invalid={props.wrong.then_some("true")}
            aria-describedby={described(props.wrong, &props.error, Some(&props.hint))} {oninput} />
    }
}

/// Digits alone, shown as 4+4.
fn spaced(text: &str) -> String {
    let mut shown = String::new();
    for (at, digit) in text.chars().filter(char::is_ascii_digit).take(8).enumerate() {
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
