//! Events: everything with a date, in one list.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    app::Shared,
    dates,
    documents::{document, of_event},
    el::{El, text},
    forms::prompt::prompt,
    json::Json,
    portal::{
        page::{Page, page},
        pages::pages,
        parts::act,
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
    view::{self, View},
};

/// What the way back to this section is called.
pub const BACK: Key = t!("events.back");

pub fn events_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::Events;
    section(shared, home, right, BACK, list, |section, path| {
        if path.contains("/form") {
            return prompt(section, path, BACK);
        }
        if path.starts_with("documents/") {
            return document(section, path, BACK);
        }
        page(section, path, BACK, view::EVENT, event, |_, _| None)
    })
}

fn list(section: &Rc<Section>) -> Html {
    pages(
        section,
        "events",
        "?after=",
        "past",
        |section, first, past, _| {
            let mut above = Vec::new();
            if first.flag("may_book") && section.acts() {
                let to = section.to();
                let button = act(&section.shared.texts, t!("events.book"), false);
                above.push(button.on_click(move || to(Some("events/booking/form".to_owned()))));
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
        },
    )
}

fn event(page: &Rc<Page>) -> Rc<View> {
    let (asking, showing) = (page.clone(), page.clone());
    let questions = move |_: &str, here: &Json| {
        let path = joined(&["questionnaires/", &here.text("id")]);
        let shared = &asking.section.shared;
        shared.go(Right::FormsAndContracts, Some(path));
    };
    page.section.view(questions, move |name, here| match name {
        "when" => text(&when(here, &showing.section.shared.language())),
        _ => of_event(&showing.section, &showing.json, &showing.reply).into(),
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
