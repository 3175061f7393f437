//! What a field is answered with, kind by kind. What is typed is read from the elements
//! (`read.rs`); here they are only drawn.

use std::rc::Rc;

use portico_wire::{
    clients::Address,
    forms::{Answer, Chosen, Kind, Tie, limits},
};
use yew::Html;

use crate::{
    app::Common,
    dates::{self, Currency},
    el::{El, el},
    forms::{
        choose, files,
        sheet::{About, Sheet},
        show, sign,
    },
    icons,
    part::{Hooks, part},
    texts::{Key, joined},
};

/// Answered by more than one element, which a label cannot name.
pub const fn is_group(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Address
            | Kind::One(_)
            | Kind::Many(_)
            | Kind::YesNo
            | Kind::Rating { .. }
            | Kind::File(_)
            | Kind::Signature
    )
}

/// What the kind itself has to say.
pub fn hint(kind: &Kind, shared: &Common) -> Option<String> {
    match kind {
        Kind::Many(many) => {
            let (min, max) = (many.min.unwrap_or(0), many.max);
            Some(match max {
                Some(max) if min == max => shared
                    .texts
                    .fill(t!("form.choose"), &[("at", &max.to_string())]),
                Some(max) if min > 1 => show::of(shared, t!("form.choose_between"), min, max),
                Some(max) => shared
                    .texts
                    .fill(t!("form.choose_most"), &[("at", &max.to_string())]),
                None if min > 1 => shared
                    .texts
                    .fill(t!("form.choose_least"), &[("at", &min.to_string())]),
                None => return None,
            })
        }
        Kind::File(limits) => Some(files::hint(limits, shared)),
        _ => None,
    }
}

pub fn unit(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Number(limits) => limits.unit.as_deref(),
        _ => None,
    }
}

pub fn control(sheet: &Rc<Sheet>, at: usize, about: &About, hooks: &Hooks) -> El {
    let field = &sheet.form.fields[at];
    let answers = sheet.answers.borrow();
    let answer = answers.get(&field.id);
    match &field.kind {
        Kind::LongText(limits) => {
            let text = text_of(answer);
            let area = el("textarea.text").set("rows", &rows(text).to_string());
            let most = limits.max.unwrap_or(limits::LONG_TEXT).to_string();
            let area = area.set_some("placeholder", field.placeholder.as_deref());
            about.single(area.set("maxlength", &most)).value(text)
        }
        Kind::Address => address(sheet, at, about, answer),
        Kind::One(_) | Kind::Many(_) => options(sheet, at, about, answer),
        Kind::DropDown(one) => choose::drop_down(sheet, at, about, one, answer, hooks),
        Kind::YesNo => yes_no(sheet, at, about, answer),
        Kind::Rating { max } => rating(sheet, at, about, *max, answer),
        Kind::File(limits) => files::files(sheet, at, about, limits, hooks),
        Kind::Signature => sign::signature(sheet, at, about, answer, hooks),
        _ => line(sheet, at, about, answer),
    }
}

fn text_of(answer: Option<&Answer>) -> &str {
    match answer {
        Some(
            Answer::Text(text) | Answer::Number(text) | Answer::Date(text) | Answer::Time(text),
        ) => text,
        _ => "",
    }
}

/// As many lines as the text is likely to take, for browsers that cannot tell by themselves.
fn rows(text: &str) -> usize {
    let lines = text.split('\n').map(|line| 1 + line.len() / 60);
    lines.sum::<usize>().clamp(3, 16)
}

/// What browsers call a client's field.
fn autocomplete(tie: Option<Tie>) -> Option<&'static str> {
    Some(match tie? {
        Tie::FirstName => "given-name",
        Tie::LastName => "family-name",
        Tie::Email => "email",
        Tie::Mobile | Tie::Phone => "tel",
        _ => return None,
    })
}

/// One line of text, a number, a day.
fn line(sheet: &Rc<Sheet>, at: usize, about: &About, answer: Option<&Answer>) -> El {
    let field = &sheet.form.fields[at];
    let mut text = text_of(answer).to_owned();
    let mut around = None;
    let input = match &field.kind {
        Kind::Email => el("input.text type=email").set("maxlength", "254"),
        Kind::Phone => el("input.text type=tel").set("maxlength", "40"),
        Kind::Number(_) => {
            around = unit(&field.kind).map(|unit| {
                let id = joined(&[&about.id, "-hint"]);
                (false, el("span.unit").set("id", &id).text(unit))
            });
            el("input.text.short type=text inputmode=decimal autocomplete=off maxlength=30")
        }
        Kind::Money(limits) => {
            let currency = Currency::new(&limits.currency, &sheet.shared.language());
            if let Some(raw) = sheet.states[at].raw.borrow().clone() {
                text = raw;
            } else if let Some(Answer::Money(minor)) = answer {
                text = dates::minor_text(*minor, currency.digits);
            }
            around = Some((true, el("span.unit").text(&currency.sign())));
            el("input.text.short type=text inputmode=decimal autocomplete=off maxlength=30")
        }
        Kind::Date(limits) => el("input.text.short type=date")
            .set("min", limits.min.as_deref().unwrap_or("1800-01-01"))
            .set("max", limits.max.as_deref().unwrap_or("2200-12-31")),
        Kind::Time => el("input.text.short type=time"),
        Kind::Text(limits) => {
            let most = limits.max.unwrap_or(limits::SHORT_TEXT);
            el("input.text type=text").set("maxlength", &most.to_string())
        }
        _ => el("input.text type=text"),
    };
    let input = about
        .single(input)
        .set_some("autocomplete", autocomplete(field.tie))
        .set_some("placeholder", field.placeholder.as_deref())
        .value(&text);
    match around {
        None => input,
        Some((true, before)) => el("div.with").add(before).add(input),
        Some((false, behind)) => el("div.with").add(input).add(behind),
    }
}

const LINES: [(Key, &str, &str); 5] = [
    (t!("form.line1"), "address-line1", "120"),
    (t!("form.line2"), "address-line2", "120"),
    (t!("form.city"), "address-level2", "80"),
    (t!("form.region"), "address-level1", "80"),
    (t!("form.postcode"), "postal-code", "20"),
];

fn address(sheet: &Rc<Sheet>, at: usize, about: &About, answer: Option<&Answer>) -> El {
    // What the field begins with; alone it is no answer.
    let none = Address {
        country: Some(sheet.country.clone()),
        ..Address::default()
    };
    let typed = match answer {
        Some(Answer::Address(typed)) => typed,
        _ => &none,
    };
    let values = [
        &typed.line1,
        &typed.line2,
        &typed.city,
        &typed.region,
        &typed.postcode,
    ];
    let own = sheet.form.fields[at].tie == Some(Tie::Address);
    let label = |key: Key, id: &str| el("label").set("for", id).say(&sheet.shared.texts, key);
    let lines = LINES.iter().zip(values).map(|((key, name, most), value)| {
        let id = joined(&[&about.id, "-", name]);
        let input = el("input.text type=text")
            .set("id", &id)
            .set("autocomplete", if own { name } else { "off" })
            .set("maxlength", most)
            .value(value.as_deref().unwrap_or_default());
        el("div")
            .set("class", name)
            .add(label(*key, &id))
            .add(input)
    });
    let id = joined(&[&about.id, "-country"]);
    let select = countries(sheet, &id, typed.country.clone().unwrap_or_default(), own);
    let country = el("div").add(label(t!("form.country"), &id)).add(select);
    about
        .group(el("div.address"), "group")
        .each(lines)
        .add(country)
}

/// A part of its own: the names are worked out once.
fn countries(sheet: &Rc<Sheet>, id: &str, chosen: String, own: bool) -> Html {
    let (sheet, id) = (sheet.clone(), id.to_owned());
    part(&joined(&["countries", &chosen]), move |hooks| {
        let all = hooks.state(|| Rc::new(dates::countries(&sheet.shared.language())));
        let none = el("option value=").mark("selected", chosen.is_empty());
        let options = all.iter().map(|(code, name)| {
            let option = el("option").set("value", code).text(name);
            option.mark("selected", *code == chosen)
        });
        let select = el("select.text")
            .set("id", &id)
            .set("autocomplete", if own { "country" } else { "off" });
        el("div.combo")
            .add(select.add(none).each(options))
            .add(icons::down())
            .into()
    })
}

/// One option to choose, as large as a finger.
#[inline(never)]
fn option(kind: &'static str, name: &str, value: &str, on: bool, text: &str) -> El {
    let input = el("input").set("type", kind).set("name", name);
    el("label.option")
        .add(input.set("value", value).checked(on))
        .put("span", text)
}

fn options(sheet: &Rc<Sheet>, at: usize, about: &About, answer: Option<&Answer>) -> El {
    let kind = &sheet.form.fields[at].kind;
    let (all, other) = kind.options().unwrap_or_default();
    let none = Chosen::default();
    let chosen = match answer {
        Some(Answer::Choices(chosen)) => chosen,
        _ => &none,
    };
    let (input, role) = match kind {
        Kind::Many(_) => ("checkbox", "group"),
        _ => ("radio", "radiogroup"),
    };
    let rows = all.iter().map(|text| {
        let on = chosen.options.contains(text);
        option(input, &about.id, text, on, text)
    });
    let group = about.group(el("div.options"), role).each(rows);
    let group = group.maybe(other.then(|| {
        let on = chosen.other.is_some();
        let text = sheet.say(t!("form.other"));
        // Its value is never read.
        let input = el("input data-with-other=").set("type", input);
        el("label.option")
            .add(input.set("name", &about.id).checked(on))
            .put("span", &text)
    }));
    let group = group.maybe(chosen.other.as_deref().map(|text| written(sheet, text)));
    let may_clear = matches!(kind, Kind::One(_)) && !chosen.options.is_empty();
    group.maybe(clear(sheet, at, may_clear))
}

/// Where something else is written in.
pub fn written(sheet: &Sheet, text: &str) -> El {
    let input = el("input.text type=text data-other= maxlength=200").value(text);
    el("label.written")
        .say(&sheet.shared.texts, t!("form.other_name"))
        .add(input)
}

/// Radios cannot be emptied by themselves.
fn clear(sheet: &Rc<Sheet>, at: usize, chosen: bool) -> Option<El> {
    if !chosen || sheet.form.fields[at].required {
        return None;
    }
    let clear = sheet.clone();
    let button = el("button.link type=button").say(&sheet.shared.texts, t!("form.clear"));
    Some(button.on_click(move || {
        clear.typed(at, None);
        clear.focus(at);
    }))
}

fn yes_no(sheet: &Rc<Sheet>, at: usize, about: &About, answer: Option<&Answer>) -> El {
    let said = match answer {
        Some(Answer::YesNo(yes)) => Some(*yes),
        _ => None,
    };
    let row = |value: &str, key: Key, yes: bool| {
        option(
            "radio",
            &about.id,
            value,
            said == Some(yes),
            &sheet.say(key),
        )
    };
    about
        .group(el("div.options.two"), "radiogroup")
        .add(row("yes", t!("form.yes"), true))
        .add(row("no", t!("form.no"), false))
        .maybe(clear(sheet, at, said.is_some()))
}

fn rating(sheet: &Rc<Sheet>, at: usize, about: &About, max: u8, answer: Option<&Answer>) -> El {
    let given = match answer {
        Some(Answer::Rating(stars)) => *stars,
        _ => 0,
    };
    let star = |stars: u8| {
        let input = el("input.unseen type=radio").set("name", &about.id);
        let name = show::of(&sheet.shared, t!("form.stars"), stars.into(), max.into());
        let label = el("label");
        let label = if stars <= given {
            label.set("class", "star on")
        } else {
            label.set("class", "star")
        };
        label
            .add(
                input
                    .set("value", &stars.to_string())
                    .checked(stars == given),
            )
            .add(icons::star())
            .put("span.unseen", &name)
    };
    let stars = about.group(el("div.stars"), "radiogroup");
    stars
        .each((1..=max).map(star))
        .maybe(clear(sheet, at, given > 0))
}
