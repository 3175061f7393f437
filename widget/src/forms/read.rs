//! What stands in a field, read from its elements.

use portico_wire::{
    clients::Address,
    forms::{Answer, Chosen, Kind, Trouble, Wrong, decimal},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::{
    dates::Currency,
    forms::sheet::{Sheet, field_of},
    texts::number,
};

/// The inputs, selects and text areas of a field: they have a value alike.
fn inputs(field: &Element) -> Vec<HtmlInputElement> {
    let found = field.query_selector_all("input,textarea,select");
    let Ok(found) = found else { return Vec::new() };
    let found = js_sys::Array::from(&found);
    found.iter().map(JsCast::unchecked_into).collect()
}

/// Something was typed or chosen in this field.
pub fn hear(sheet: &Sheet, at: usize, target: &HtmlInputElement) {
    let kind = &sheet.form.fields[at].kind;
    let Some(field) = field_of(target) else {
        return;
    };
    let state = &sheet.states[at];
    let all = inputs(&field);
    let value = target.value();
    state.unread.replace(None);
    let answer = match kind {
        Kind::Text(_) | Kind::LongText(_) | Kind::Email | Kind::Phone => Answer::Text(value),
        Kind::Number(_) => Answer::Number(value),
        Kind::Date(_) | Kind::Time => {
            let (wrong, answer): (_, fn(String) -> Answer) = match kind {
                Kind::Time => (Wrong::NotATime, Answer::Time),
                _ => (Wrong::NotADate, Answer::Date),
            };
            if value.is_empty() && is_half(target) {
                unread(sheet, at, wrong, None);
            }
            answer(value)
        }
        Kind::Money(limits) => {
            let digits = Currency::new(&limits.currency, &sheet.shared.language()).digits;
            state.raw.replace(Some(value.clone()));
            match minor(&value, digits) {
                Ok(Some(minor)) => Answer::Money(minor),
                other => {
                    if let Err(wrong) = other {
                        unread(sheet, at, wrong, Some(digits.to_string()));
                    }
                    return sheet.typed(at, None);
                }
            }
        }
        Kind::Address => {
            let mut lines = all.iter().map(|input| {
                let line = input.value();
                (!line.is_empty()).then_some(line)
            });
            let mut line = || lines.next().flatten();
            Answer::Address(Address {
                line1: line(),
                line2: line(),
                city: line(),
                region: line(),
                postcode: line(),
                country: line(),
            })
        }
        Kind::One(_) | Kind::Many(_) => Answer::Choices(chosen(&all)),
        Kind::DropDown(_) => {
            // The list sets what is chosen itself; here only what is written in.
            if !target.has_attribute("data-other") {
                return;
            }
            Answer::Choices(Chosen {
                options: Vec::new(),
                other: Some(value),
            })
        }
        Kind::YesNo => Answer::YesNo(value == "yes"),
        Kind::Rating { .. } => Answer::Rating(number(&value) as u8),
        // These tell by themselves.
        _ => return,
    };
    sheet.typed(at, Some(answer));
}

fn unread(sheet: &Sheet, at: usize, wrong: Wrong, limit: Option<String>) {
    let trouble = Trouble {
        field: String::new(),
        wrong,
        limit,
    };
    sheet.states[at].unread.replace(Some(trouble));
}

/// A day or a time that is typed half.
fn is_half(input: &HtmlInputElement) -> bool {
    input.validity().bad_input()
}

fn chosen(all: &[HtmlInputElement]) -> Chosen {
    let mut chosen = Chosen::default();
    for input in all.iter().filter(|input| input.checked()) {
        if input.has_attribute("data-with-other") {
            let text = all.iter().find(|it| it.has_attribute("data-other"));
            chosen.other = Some(text.map(HtmlInputElement::value).unwrap_or_default());
        } else {
            chosen.options.push(input.value());
        }
    }
    chosen
}

/// What was typed as an amount, in units of which the currency has `digits` behind the point.
fn minor(typed: &str, digits: u32) -> Result<Option<i64>, Wrong> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let millionths = decimal(typed).ok_or(Wrong::NotANumber)?;
    let unit = 10i64.pow(6 - digits.min(6));
    if millionths % unit != 0 {
        return Err(Wrong::TooManyDecimals);
    }
    Ok(Some(millionths / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_minor_units() {
        for (typed, digits, read) in [
            ("", 2, Ok(None)),
            (" ", 2, Ok(None)),
            ("12", 2, Ok(Some(1200))),
            ("12,5", 2, Ok(Some(1250))),
            ("1,250.00", 2, Ok(Some(125_000))),
            ("12.505", 2, Err(Wrong::TooManyDecimals)),
            ("12.5", 0, Err(Wrong::TooManyDecimals)),
            ("12.505", 3, Ok(Some(12_505))),
            ("a lot", 2, Err(Wrong::NotANumber)),
        ] {
            assert_eq!(minor(typed, digits), read, "{typed}");
        }
    }
}
