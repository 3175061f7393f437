//! Answers and what is wrong with them, in the reader's words.

use portico_wire::{
    clients::Address,
    forms::{Answer, Chosen, Kind, Signature, Trouble, Wrong},
};
use yew::Html;

use crate::{
    app::{Common, Shared},
    dates::{self, Currency, display_name},
    el::{El, el, list},
    forms::files::to_save,
    texts::{Key, joined, number},
};

/// What is wrong with an answer, and what to do.
pub fn wrong(trouble: &Trouble, kind: &Kind, shared: &Common) -> String {
    let limit = trouble.limit.as_deref().unwrap_or_default();
    let name = match (trouble.wrong, limit) {
        (Wrong::TooManyDecimals, "0") => "whole",
        (Wrong::TooMany, "1") => "only_one",
        (wrong, _) => wrong.name(),
    };
    let language = shared.language();
    let told = match (kind, trouble.wrong) {
        (_, Wrong::FileTooLarge) => size(number(limit)),
        (Kind::Money(limits), Wrong::TooLittle | Wrong::TooMuch) => {
            let currency = Currency::new(&limits.currency, &language);
            currency.amount(number(limit))
        }
        (Kind::Date(_), Wrong::TooEarly | Wrong::TooLate) => dates::day(limit, false, &language),
        _ => limit.to_owned(),
    };
    let text = shared.texts.of("wrong", name);
    crate::texts::filled(&text, &[("limit", &told)])
}

/// Bytes as people say them.
pub fn size(bytes: i64) -> String {
    let (count, unit) = match bytes {
        ..1_000 => return joined(&[&bytes.to_string(), " B"]),
        1_000..1_000_000 => (bytes / 1_000, " kB"),
        _ => {
            let (whole, tenth) = (bytes / 1_000_000, bytes % 1_000_000 / 100_000);
            if whole < 10 && tenth > 0 {
                return joined(&[&whole.to_string(), ".", &tenth.to_string(), " MB"]);
            }
            (whole, " MB")
        }
    };
    joined(&[&count.to_string(), unit])
}

/// The lines of an address.
pub fn address(address: &Address, language: &str) -> Vec<String> {
    let mut town = String::new();
    let parts = [&address.city, &address.region, &address.postcode];
    for part in parts.into_iter().flatten() {
        let between = if town.is_empty() { "" } else { ", " };
        town = joined(&[&town, between, part]);
    }
    let country = address.country.as_deref();
    let lines = [
        address.line1.clone(),
        address.line2.clone(),
        Some(town).filter(|town| !town.is_empty()),
        country.map(|code| display_name("region", code, language)),
    ];
    lines.into_iter().flatten().collect()
}

/// A signature as it was drawn.
pub fn drawn(path: &str) -> El {
    let line = el(
        "path fill=none stroke=currentColor stroke-width=7 stroke-linecap=round stroke-linejoin=round",
    );
    el("svg.drawn aria-hidden=true focusable=false")
        .set("viewBox", "0 0 1000 400")
        .add(line.set("d", path))
}

/// An answer to read.
pub fn answer(kind: &Kind, answer: &Answer, shared: &Shared) -> Html {
    let language = shared.language();
    let lines = match (answer, kind) {
        (Answer::Number(text), Kind::Number(limits)) => {
            let number = dates::number(text, &language);
            let unit = limits.unit.as_deref().unwrap_or_default();
            vec![joined(&[&number, " ", unit])]
        }
        (Answer::Text(text) | Answer::Number(text), _) => {
            text.split('\n').map(ToOwned::to_owned).collect()
        }
        (Answer::Money(minor), Kind::Money(limits)) => {
            vec![Currency::new(&limits.currency, &language).amount(*minor)]
        }
        (Answer::Date(day), _) => vec![dates::day(day, true, &language)],
        (Answer::Time(time), _) => vec![dates::time(time, &language)],
        (Answer::Address(typed), _) => self::address(typed, &language),
        (Answer::Choices(Chosen { options, other }), _) => {
            options.iter().chain(other).cloned().collect()
        }
        (Answer::YesNo(yes), _) => {
            vec![
                shared
                    .texts
                    .get(if *yes { t!("form.yes") } else { t!("form.no") }),
            ]
        }
        (Answer::Rating(stars), Kind::Rating { max }) => {
            vec![of(shared, t!("form.stars"), (*stars).into(), (*max).into())]
        }
        (Answer::Files(files), _) => {
            let files = files.iter().map(|file| to_save(file, shared));
            return el("div.saves").each(files).into();
        }
        (Answer::Signature(Signature::Typed(name)), _) => {
            return el("p.signed").text(name).into();
        }
        (Answer::Signature(Signature::Drawn(path)), _) => {
            let name = el("span.unseen").say(&shared.texts, t!("form.signed"));
            return list(vec![name.into(), drawn(path).into()]);
        }
        _ => Vec::new(),
    };
    let lines = lines.iter().map(|line| el("p").put("bdi", line).into());
    list(lines.collect())
}

/// "2 of 4", in a text of its own.
pub fn of(shared: &Common, key: Key, at: u32, of: u32) -> String {
    let (at, of) = (at.to_string(), of.to_string());
    shared.texts.fill(key, &[("at", &at), ("of", &of)])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_500, "1 kB"),
            (2_000_000, "2 MB"),
            (2_560_000, "2.5 MB"),
            (20_000_000, "20 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
