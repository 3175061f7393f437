//! Events: everything with a date, in one list.

mod book;
mod crew;
mod show;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::{book::book, show::event};
use crate::{
    app::Shared,
    dates,
    documents::document,
    el::{El, el},
    json::Json,
    portal::pages::pages,
    portal::{
        parts::{To, act, tag},
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
};

/// What the way back to this section is called.
pub const BACK: Key = t!("events.back");

pub fn events_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::Events;
    section(shared, home, right, BACK, list, |section, path| {
        if let Some(from) = path.strip_prefix("book/") {
            return book(section, from);
        }
        if path.starts_with("documents/") {
            return document(section, path, BACK);
        }
        event(section, path)
    })
}

fn list(section: &Rc<Section>) -> Html {
    pages(section, "events", "past", |section, first, past, _| {
        let texts = &section.shared.texts;
        let mut above = Vec::new();
        if first.flag("may_book") && section.home.viewed_by.is_none() {
            let to = section.to();
            let button = act(texts, t!("events.book"), false);
            above.push(button.on_click(move || to(Some("book/".to_owned()))));
        }
        let coming = first.objects("coming");
        let rows = |all: &[Json]| all.iter().map(|it| row(section, it)).collect();
        let lists = vec![
            (t!("events.coming"), rows(&coming)),
            (t!("events.past"), rows(past)),
        ];
        (above, lists)
    })
}

/// When it is, by its own clock; where the reader's is another, whose clock that is.
pub fn when(event: &Json, language: &str) -> String {
    let span = dates::span(&event.text("starts"), &event.text("ends"), language);
    let zone = event.text("time_zone");
    if event.flag("all_day") || zone == dates::zone() {
        return span;
    }
    joined(&[&span, " (", &zone.replace('_', " "), ")"])
}

/// Its state, and that somebody wants it otherwise.
pub fn states(title: El, event: &Json, shared: &Shared) -> El {
    let texts = &shared.texts;
    let title = title
        .text(" ")
        .add(tag(texts, "event", &event.text("state")));
    match event.opt_object("request") {
        Some(request) if request.text("state") == "open" => {
            let asked = tag(texts, "asked", &request.text("kind"));
            title.text(" ").add(asked)
        }
        _ => title,
    }
}

fn row(section: &Rc<Section>, event: &Json) -> El {
    let shared = &section.shared;
    let language = shared.language();
    let (id, title) = (event.text("id"), event.text("title"));
    let (day, month) = dates::day_and_month(&event.text("starts"), &language);
    let badge = el("span.day aria-hidden=true")
        .put("b", &day)
        .put("span", &month);
    let venue = event.opt("venue");
    let about = el("div.grow")
        .add(states(el("p.strong").put("bdi", &title), event, shared))
        .put("p.small", &when(event, &language))
        .maybe(venue.map(|venue| el("p.small.muted").put("bdi", &venue)));
    let to = To {
        key: t!("events.open"),
        path: "events/",
        first: false,
    };
    section.row(badge, &id, about, &title, to)
}
