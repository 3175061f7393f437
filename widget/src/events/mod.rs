//! Events: everything with a date, in one list.

mod book;
mod show;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::{book::book, show::event};
use crate::{
    app::Shared,
    dates,
    documents::document,
    el::{El, text},
    json::Json,
    portal::{
        pages::pages,
        parts::act,
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
    view,
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
        let mut above = Vec::new();
        if first.flag("may_book") && section.acts() {
            let to = section.to();
            let button = act(&section.shared.texts, t!("events.book"), false);
            above.push(button.on_click(move || to(Some("book/".to_owned()))));
        }
        let shared = section.shared.clone();
        let rows = section.view(
            |_, _| {},
            move |_, event| text(&when(event, &shared.language())),
        );
        let rows = |all: &[Json]| -> Vec<El> {
            let row = |it| view::draw(&rows, view::EVENTS, it);
            all.iter().map(row).collect()
        };
        let lists = vec![
            (t!("events.coming"), rows(&first.objects("coming"))),
            (t!("events.past"), rows(past)),
        ];
        (above, lists)
    })
}

/// When it is, by its own clock; where the reader's is another, whose clock that is.
fn when(event: &Json, language: &str) -> String {
    let span = dates::span(&event.text("starts"), &event.text("ends"), language);
    let zone = event.text("time_zone");
    if event.flag("all_day") || zone == dates::zone() {
        return span;
    }
    joined(&[&span, " (", &zone.replace('_', " "), ")"])
}
