//! One event: when and where, who comes, what was asked, and what can be done.

use std::rc::Rc;

use portico_wire::{
    Right,
    forms::{Answers, Condition, Conditions, Join, Kind, Operator},
};
use yew::Html;

use super::{BACK, book, crew, states, when};
use crate::{
    dates,
    documents::of_event,
    el::{El, el},
    forms::{
        ask::{Ask, ask, chosen, field, one_of, said},
        place,
    },
    json::{Body, Json},
    loaded::Loading,
    papers,
    part::{Hooks, Value, part},
    portal::{
        parts::{To, back, panel, quiet, tag, way},
        section::Section,
    },
    texts::joined,
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
        let language = shared.language();
        let title = el("h3#page.title tabindex=-1").put("bdi", &event.text("title"));
        let reason = event.opt("reason");
        let head = el("div.head")
            .add(states(title, event, shared))
            .put("p.strong", &when(event, &language))
            .put("p.muted", &event.text("kind"))
            .maybe(reason.map(|reason| el("p.note").text(&reason)))
            .add(self.acts(event));
        let name = |text: String| (!text.is_empty()).then_some(text);
        let texts = &shared.texts;
        let words = |id: &'static str, key, text: Option<String>| {
            text.map(|text| panel(texts, id, key).put("p.prose", &text))
        };
        el("div.paper")
            .add(head)
            .maybe(self.questions(event))
            .add(
                el("div.pair")
                    .maybe(event.opt_object("place").map(|it| self.place(&it)))
                    .maybe(event.opt_object("leader").map(|it| self.leader(&it))),
            )
            .maybe(words(
                "notes",
                t!("events.notes"),
                event.opt("notes").and_then(name),
            ))
            .maybe(words(
                "wishes",
                t!("events.wishes"),
                event.opt("wishes").and_then(name),
            ))
            .maybe(self.takes(event))
            .maybe(self.requests(event))
            .maybe(
                event
                    .opt_object("crew")
                    .map(|it| crew::crew(&self.section, event, &it)),
            )
            .add(of_event(&self.section, event, &self.event))
            .into()
    }

    fn acts(self: &Rc<Self>, event: &Json) -> El {
        let texts = &self.section.shared.texts;
        let may = event.object("may");
        let acts = self.section.home.viewed_by.is_none();
        let calendar = event.text("calendar");
        let save = quiet(texts, t!("events.calendar"), false).on_click(move || {
            gloo::utils::window().location().set_href(&calendar).ok();
        });
        let asks = self.clone();
        let ask = (acts && may.flag("ask"))
            .then(|| quiet(texts, t!("events.ask"), false).on_click(move || asks.asking.set(true)));
        let (to, again) = (self.section.to(), joined(&["book/", &event.text("id")]));
        let again = (acts && may.flag("again")).then(|| {
            quiet(texts, t!("events.again"), false).on_click(move || to(Some(again.clone())))
        });
        el("div.acts").add(save).maybe(ask).maybe(again)
    }

    fn place(&self, place: &Json) -> El {
        let texts = &self.section.shared.texts;
        let line = |name: &str, spec| place.opt(name).map(|text| el(spec).text(&text));
        let map = el("a target=_blank rel=noopener").set("href", &place.text("map"));
        panel(texts, "place", t!("events.place"))
            .maybe(line("venue", "p.strong"))
            .maybe(line("address", "p.prose"))
            .add(el("p").add(map.say(texts, t!("events.map"))))
    }

    fn leader(&self, leader: &Json) -> El {
        let texts = &self.section.shared.texts;
        let phone = leader.opt("phone").map(|phone| {
            let call = el("a.quiet").set("href", &joined(&["tel:", &phone]));
            el("p").add(call.text(&phone))
        });
        panel(texts, "leader", t!("events.leader"))
            .add(el("p.strong").put("bdi", &leader.text("name")))
            .maybe(phone)
    }

    /// What it takes: staff by role, and things.
    fn takes(&self, event: &Json) -> Option<El> {
        let mut rows = el("dl.names");
        let mut some = false;
        for (list, number) in [("needs", "count"), ("resources", "quantity")] {
            for one in event.some(list) {
                some = true;
                let count = one.whole(number).to_string();
                rows = rows.add(crate::portal::parts::row(
                    &one.text("name"),
                    el("dd").text(&count),
                ));
            }
        }
        let texts = &self.section.shared.texts;
        some.then(|| panel(texts, "takes", t!("events.takes")).add(rows))
    }

    fn questions(&self, event: &Json) -> Option<El> {
        let questions = event.opt_object("questions")?;
        if questions.flag("done") {
            return None;
        }
        let shared = self.section.shared.clone();
        let title = questions.text("title");
        let about = el("div.grow").add(el("p.strong").put("bdi", &title));
        let to = To {
            key: t!("forms.fill"),
            path: "questionnaires/",
            first: true,
        };
        let go = {
            let shared = shared.clone();
            move |path| shared.go(Right::FormsAndContracts, Some(path))
        };
        let row = way(
            &shared.texts,
            crate::icons::pen(),
            &questions.text("id"),
            about,
            &title,
            to,
            go,
        );
        let panel = panel(&shared.texts, "questions", t!("events.questions"));
        Some(panel.add(el("ul.rows").add(row)))
    }

    fn requests(&self, event: &Json) -> Option<El> {
        let (texts, language) = (&self.section.shared.texts, self.section.shared.language());
        let row = |request: Json| {
            let kind = texts.of("asked", &request.text("kind"));
            let state = tag(texts, "answered", &request.text("state"));
            let wanted = request.opt("starts").map(|starts| {
                let ends = request.opt("ends").unwrap_or_else(|| starts.clone());
                el("p.small").text(&dates::span(&starts, &ends, &language))
            });
            let at = dates::day_and_time(&request.text("made_at"), &language);
            let by = texts.fill(
                t!("forms.sent_by"),
                &[("when", &at), ("name", &request.text("by"))],
            );
            let said = |name: &str| request.opt(name).map(|text| el("p.note").text(&text));
            el("li").add(
                el("div.grow")
                    .add(el("p.strong").text(&kind).text(" ").add(state))
                    .maybe(wanted)
                    .put("p.small.muted", &by)
                    .maybe(said("reason"))
                    .maybe(said("answer")),
            )
        };
        let rows: Vec<El> = event.some("requests").into_iter().map(row).collect();
        let panel = || panel(texts, "requests", t!("events.requests"));
        (!rows.is_empty()).then(|| panel().add(el("ul.rows").each(rows.into_iter())))
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
