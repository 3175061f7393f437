//! Booking: a new event, or an earlier one again.

use std::rc::Rc;

use portico_wire::forms::{Answer, Answers, DateLimits, Field, Kind, NumberLimits, TextLimits};
use yew::Html;

use super::BACK;
use crate::{
    el::el,
    forms::{
        ask::{Ask, ask, chosen, field, one_of, said},
        place,
        sheet::Sheet,
    },
    json::{Body, Json},
    loaded::Loading,
    part::part,
    portal::{parts::back, section::Section},
    texts::{Texts, joined},
};

pub fn up_to(max: u32) -> TextLimits {
    TextLimits {
        max: Some(max),
        ..TextLimits::default()
    }
}

/// Day and time of the start, then of the end.
pub fn times(texts: &Texts, all_day: bool) -> Vec<Field> {
    let part = |id: &str, kind: Kind, required| field(id, texts.of("book", id), kind, required);
    let date = || Kind::Date(DateLimits::default());
    let mut fields = vec![part("starts", date(), true)];
    if !all_day {
        fields.push(part("from", Kind::Time, true));
    }
    fields.push(part("ends", date(), false));
    if !all_day {
        fields.push(part("to", Kind::Time, false));
    }
    fields
}

/// Answers from an event's own times.
pub fn known(answers: &mut Answers, event: &Json) {
    for (day, time, name) in [("starts", "from", "starts"), ("ends", "to", "ends")] {
        let text = event.opt(name).unwrap_or_default();
        let (date, hour) = text.split_once('T').unwrap_or((&text, ""));
        if !date.is_empty() {
            answers.set(day, Answer::Date(date.to_owned()));
        }
        if !hour.is_empty() {
            answers.set(time, Answer::Time(hour.to_owned()));
        }
    }
}

/// Start and end as the server takes them. Without a last day it ends on the day it begins, or in the night after.
pub fn chosen_times(sheet: &Sheet) -> (String, String) {
    let at = |day: &str, time: &str| {
        if time.is_empty() {
            day.to_owned()
        } else {
            joined(&[day, "T", time])
        }
    };
    let (day, from) = (said(sheet, "starts"), said(sheet, "from"));
    let (mut last, to) = (said(sheet, "ends"), said(sheet, "to"));
    if last.is_empty() && !to.is_empty() {
        last = if to > from {
            day.clone()
        } else {
            crate::dates::next_day(&day)
        };
    }
    let ends = if to.is_empty() && !from.is_empty() {
        String::new()
    } else {
        at(&last, &to)
    };
    (at(&day, &from), ends)
}

pub fn book(section: &Rc<Section>, from: &str) -> Html {
    let (section, from) = (section.clone(), from.to_owned());
    part(&joined(&["book", &from]), move |hooks| {
        let shared = section.shared.clone();
        let options = hooks.state(|| {
            let query = if from.is_empty() { "" } else { "?from=" };
            let path = joined(&["events/booking", query, &from]);
            Loading::<Json>::new(hooks, &shared, &path, |json| Rc::new(json.clone()))
        });
        place::hold(hooks, &shared, BACK, &joined(&["book/", &from]));
        let shown = options.show(hooks, |options| {
            let (section, options, from) = (section.clone(), options.clone(), from.clone());
            ask(&shared, "book", move || booking(&section, &options, &from))
        });
        let leave = section.to();
        el("div.stack")
            .add(back(&shared.texts, BACK, move || leave(None)))
            .add(shown)
            .into()
    })
}

fn booking(section: &Rc<Section>, options: &Json, from: &str) -> Ask {
    let texts = &section.shared.texts;
    let say = |id: &str| texts.of("book", id);
    let (mut fields, mut answers) = (Vec::new(), Answers::new());
    let mut lead = texts.get(t!("events.lead"));
    let types = options.objects("types");
    let names: Vec<String> = types.iter().map(|it| it.text("name")).collect();
    answers.set("kind", chosen(names.iter().take(1).cloned().collect()));
    fields.push(field(
        "kind",
        say("kind"),
        Kind::DropDown(one_of(names)),
        true,
    ));
    fields.push(field("title", say("title"), Kind::Text(up_to(120)), false));
    let mut when = times(texts, false);
    let day = |name: &str| options.text(name).split('T').next().map(ToOwned::to_owned);
    when[0].kind = Kind::Date(DateLimits {
        min: day("earliest"),
        max: day("latest"),
    });
    fields.append(&mut when);
    fields.push(field("venue", say("venue"), Kind::Text(up_to(160)), false));
    fields.push(field(
        "address",
        say("address"),
        Kind::Text(up_to(500)),
        false,
    ));
    let mut counted = Vec::new();
    for (list, of, number) in [
        ("roles", "needs", "count"),
        ("resources", "resources", "quantity"),
    ] {
        for one in options.objects(list) {
            let id = one.text("id");
            let limits = NumberLimits {
                min: Some("0".to_owned()),
                max: one.opt_whole("most").map(|most| most.to_string()),
                ..NumberLimits::default()
            };
            fields.push(field(&id, one.text("name"), Kind::Number(limits), false));
            counted.push((id, of, number));
        }
    }
    fields.push(field(
        "wishes",
        say("wishes"),
        Kind::LongText(up_to(4000)),
        false,
    ));
    if let Some(again) = options.opt_object("again") {
        for left_out in again.some("left_out") {
            lead = joined(&[&lead, " ", &left_out.words().unwrap_or_default()]);
        }
        let book = again.object("book");
        let kind = book.opt("kind");
        if let Some(known) = types.iter().find(|it| Some(it.text("id")) == kind) {
            answers.set("kind", chosen(vec![known.text("name")]));
        }
        for name in ["title", "venue", "address", "wishes"] {
            if let Some(text) = book.opt(name) {
                answers.set(name, Answer::Text(text));
            }
        }
        known(&mut answers, &book);
        for (list, name, number) in [
            ("needs", "role", "count"),
            ("resources", "resource", "quantity"),
        ] {
            for one in book.some(list) {
                let count = one.whole(number).to_string();
                answers.set(&one.text(name), Answer::Number(count));
            }
        }
    }
    let from = (!from.is_empty()).then(|| from.to_owned());
    let done = section.clone();
    Ask {
        title: t!("events.book"),
        lead,
        fields,
        answers,
        act: t!("events.book_now"),
        path: "events".to_owned(),
        body: Box::new(move |sheet| {
            let name = said(sheet, "kind");
            let kind = types.iter().find(|it| it.text("name") == name);
            let (starts, ends) = chosen_times(sheet);
            let mut body = Body::new()
                .opt("kind", kind.map(|it| it.text("id")).as_deref())
                .opt("from", from.as_deref())
                .text("starts", &starts)
                .text("ends", &ends);
            for name in ["title", "venue", "address", "wishes"] {
                body = body.text(name, &said(sheet, name));
            }
            for (list, name) in [("needs", "role"), ("resources", "resource")] {
                let mut all = Vec::new();
                for (id, of, number) in &counted {
                    let count = crate::texts::number(&said(sheet, id));
                    if *of == list && count > 0 {
                        all.push(Body::new().text(name, id).whole(number, count).done());
                    }
                }
                body = body.list(list, &all);
            }
            body
        }),
        then: Box::new(move |event| {
            let shared = &done.shared;
            shared.announce(shared.texts.get(t!("events.booked")));
            shared.renew_home();
            done.to()(Some(joined(&["events/", &event.text("id")])));
        }),
    }
}
