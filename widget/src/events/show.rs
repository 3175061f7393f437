//! One event: when and where, who comes, what was asked, and what can be done.

use std::rc::Rc;

use portico_wire::{
    Right,
    forms::{Answers, Condition, Conditions, Join, Kind, Operator},
};
use yew::Html;

use super::{BACK, book, when};
use crate::{
    documents::of_event,
    el::{el, text},
    forms::{
        ask::{Ask, ask, chosen, field, one_of, said},
        place,
    },
    json::{Body, Json},
    loaded::Loading,
    papers,
    part::{Hooks, Value, part},
    portal::{parts::back, section::Section},
    texts::joined,
    view,
};

struct Screen {
    section: Rc<Section>,
    path: String,
    event: Rc<Loading<Json>>,
    /// Somebody asks to move or to cancel it.
    asking: Value<bool>,
}

pub fn event(section: &Rc<Section>, path: &str) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let screen = hooks.state(|| {
            Rc::new(Screen {
                section: section.clone(),
                path: path.clone(),
                event: Loading::new(hooks, &section.shared, &path, |json| Rc::new(json.clone())),
                asking: hooks.value(false),
            })
        });
        place::hold(hooks, &section.shared, BACK, &path);
        let shown = screen.event.show(hooks, |event| {
            let (screen, event) = (screen.clone(), event.clone());
            if screen.asking.get() {
                return screen.ask(&event);
            }
            part("event", move |hooks| screen.show(hooks, &event))
        });
        let leave = screen.clone();
        let back = back(&section.shared.texts, BACK, move || {
            if leave.asking.get() {
                leave.asking.set(false);
            } else {
                leave.section.to()(None);
            }
        });
        el("div.stack").add(back).add(shown).into()
    })
}

impl Screen {
    fn show(self: &Rc<Self>, hooks: &Hooks, event: &Rc<Json>) -> Html {
        let shared = &self.section.shared;
        papers::printable(hooks, shared);
        let (acting, showing, whole) = (self.clone(), self.clone(), event.clone());
        let view = self.section.view(
            move |name, here| match name {
                "ask" => acting.asking.set(true),
                _ => {
                    let path = joined(&["questionnaires/", &here.text("id")]);
                    let shared = &acting.section.shared;
                    shared.go(Right::FormsAndContracts, Some(path));
                }
            },
            move |name, here| match name {
                "when" => text(&when(here, &showing.section.shared.language())),
                _ => of_event(&showing.section, &whole, &showing.event).into(),
            },
        );
        view::draw(&view, view::EVENT, event).into()
    }

    /// To move it or to cancel it.
    fn ask(self: &Rc<Self>, event: &Rc<Json>) -> Html {
        let (screen, event) = (self.clone(), event.clone());
        ask(&self.section.shared, "ask", move || {
            let texts = &screen.section.shared.texts;
            let say = |name: &str| texts.of("asked", name);
            let kinds = vec![say("move"), say("cancel")];
            let cancel = kinds[1].clone();
            let mut answers = Answers::new();
            answers.set("kind", chosen(vec![kinds[0].clone()]));
            let mut fields = vec![field("kind", say("kind"), Kind::One(one_of(kinds)), true)];
            let mut times = book::times(texts, event.flag("all_day"));
            book::known(&mut answers, &event);
            for time in &mut times {
                time.show_if = Some(Conditions {
                    join: Join::All,
                    list: vec![Condition {
                        field: "kind".to_owned(),
                        operator: Operator::IsNot,
                        value: cancel.clone(),
                    }],
                });
            }
            fields.append(&mut times);
            let why = Kind::LongText(book::up_to(2000));
            fields.push(field("reason", say("reason"), why, false));
            let done = screen.clone();
            Ask {
                title: t!("events.ask"),
                lead: event.text("title"),
                fields,
                answers,
                act: t!("events.send"),
                path: joined(&[&screen.path, "/requests"]),
                body: Box::new(move |sheet| {
                    let body = Body::new().text("reason", &said(sheet, "reason"));
                    if said(sheet, "kind") == cancel {
                        return body.text("kind", "cancel");
                    }
                    let (starts, ends) = book::chosen_times(sheet);
                    body.text("kind", "move")
                        .text("starts", &starts)
                        .text("ends", &ends)
                }),
                then: Box::new(move |event| {
                    let shared = &done.section.shared;
                    shared.announce(shared.texts.get(t!("events.sent")));
                    shared.renew_home();
                    done.event.put(Rc::new(event));
                    done.asking.set(false);
                }),
            }
        })
    }
}
