//! One conversation: what was written, and writing on.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::Html;

use super::BACK;
use crate::{
    access::Trouble,
    api::Failure,
    documents::send::send,
    el::{El, el, list, text},
    forms::{fill::new_key, place},
    json::{Body, Json},
    loaded::Loading,
    part::{Value, part},
    portal::{
        parts::{act, back, quiet, told},
        section::Section,
    },
    texts::joined,
    view::{self, View},
};

/// Where what is typed is kept until it is sent.
const DRAFT: &str = "message";

struct Thread {
    section: Rc<Section>,
    path: String,
    newest: Rc<Loading<Json>>,
    /// What was before, the oldest page first.
    earlier: Value<Vec<Json>>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// Of a message that may have arrived.
    key: RefCell<String>,
}

/// `leads`: there is a list to go back to.
pub fn thread(section: &Rc<Section>, path: &str, leads: bool) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = &section.shared;
        let thread = hooks.state(|| {
            Rc::new(Thread {
                section: section.clone(),
                path: path.clone(),
                newest: Loading::whole(hooks, shared, &path),
                earlier: hooks.value(Vec::new()),
                busy: hooks.value(false),
                trouble: hooks.value(None),
                key: RefCell::new(new_key()),
            })
        });
        place::hold(hooks, shared, BACK, &path);
        let (open, asks) = (shared.clone(), thread.newest.clone());
        hooks.after("", move || {
            let asks = Rc::new(move || asks.ask());
            open.live.open.replace(Some(asks));
            Some(Box::new(move || drop(open.live.open.take())))
        });
        let shown = thread.newest.show(hooks, |newest| {
            let (thread, newest) = (thread.clone(), newest.clone());
            let last = newest.some("messages").last().map(|it| it.text("id"));
            let last = last.unwrap_or_default();
            part("thread", move |hooks| {
                let (read, unread) = (thread.clone(), newest.get("unread").is_there());
                let reads = last.clone();
                hooks.after(&last, move || {
                    read.read(&reads, unread);
                    None
                });
                thread.show(&newest)
            })
        });
        let leave = section.to();
        let back = leads.then(|| back(&shared.texts, BACK, move || leave(None)));
        el("div.stack").maybe(back).add(shown).into()
    })
}

impl Thread {
    /// The last one comes into view, and the studio hears that it was seen.
    fn read(&self, last: &str, unread: bool) {
        let shared = &self.section.shared;
        if let Some(log) = shared.pieces.root.get_element_by_id("log") {
            log.set_scroll_top(log.scroll_height());
        }
        if unread && self.section.acts() {
            let body = Body::new().text("last", last);
            let path = joined(&[&self.path, "/seen"]);
            shared.live.tell(&path, body, Rc::new(|| {}));
        }
    }

    fn message(self: &Rc<Self>, message: &Json) -> El {
        let opening = self.clone();
        let view = View {
            shared: self.section.shared.clone(),
            to: self.section.to(),
            acts: self.section.acts(),
            act: Box::new(move |_, document| {
                let path = joined(&["documents/", &document.text("id")]);
                opening.section.to()(Some(path));
            }),
            part: Box::new(|_, message| linked(&message.text("text"))),
        };
        view::draw(&Rc::new(view), view::MESSAGE, message)
    }

    fn show(self: &Rc<Self>, newest: &Rc<Json>) -> Html {
        let texts = &self.section.shared.texts;
        let mut pages = self.earlier.get();
        pages.push((**newest).clone());
        let more = pages[0].opt("next").map(|next| {
            let thread = self.clone();
            quiet(texts, t!("messages.earlier"), self.busy.get())
                .on_click(move || thread.look_back(&next))
        });
        let all = pages.iter().flat_map(|page| page.some("messages"));
        let rows: Vec<El> = all.map(|it| self.message(&it)).collect();
        let empty = rows.is_empty();
        let rows = el("ol").each(rows.into_iter());
        let log = el("div#log.talk role=log tabindex=0").add(rows);
        let title = match newest.opt("title") {
            Some(title) => title,
            None => texts.get(t!("messages.account")),
        };
        let none = empty.then(|| el("p.muted").say(texts, t!("messages.begin")));
        el("section.panel.thread aria-labelledby=page")
            .put("h3#page.title tabindex=-1", &title)
            .maybe(more)
            .maybe(none)
            .add(log.mark("hidden", empty).set("aria-label", &title))
            .maybe(self.section.acts().then(|| self.writes(newest)))
            .into()
    }

    /// Where somebody writes on.
    fn writes(self: &Rc<Self>, newest: &Json) -> El {
        let shared = &self.section.shared;
        let texts = &shared.texts;
        let (keeping, sending) = (self.clone(), self.clone());
        let kept = shared.api.session().kept(DRAFT).unwrap_or_default();
        let input = el("textarea#write.text rows=3 maxlength=5000")
            .value(&kept)
            .on_input(move |input| {
                let typed = input.unchecked_ref::<HtmlTextAreaElement>().value();
                keeping.key.replace(new_key());
                keeping.section.shared.api.session().keep(DRAFT, &typed);
            });
        let field = el("div.field")
            .tell("label for=write", texts, t!("messages.write"))
            .add(input);
        let button = act(texts, t!("messages.send"), self.busy.get());
        let attached = self.clone();
        let attach = newest.opt_object("upload").map(|rules| {
            let attached: Rc<dyn Fn(&Json)> = Rc::new(move |document| {
                let documents = [document.text("document")];
                attached.send(Body::new().texts("documents", &documents), &new_key());
            });
            send(
                shared,
                &rules,
                newest.opt("event").as_deref(),
                None,
                &attached,
            )
        });
        el("div.stack")
            .add(field)
            .add(told(self.trouble.get(), shared))
            .add(el("div.acts").add(button.on_click(move || sending.send_typed())))
            .maybe(attach)
    }

    fn send_typed(self: &Rc<Self>) {
        let shared = &self.section.shared;
        let input = shared.pieces.root.get_element_by_id("write");
        let Some(input) = input else { return };
        let input: HtmlTextAreaElement = input.unchecked_into();
        let typed = input.value();
        if typed.trim().is_empty() {
            input.focus().ok();
        } else if !self.busy.get() {
            let key = self.key.borrow().clone();
            self.send(Body::new().text("text", typed.trim()), &key);
        }
    }

    fn send(self: &Rc<Self>, body: Body, key: &str) {
        self.busy.set(true);
        self.trouble.set(None);
        let (thread, typed) = (self.clone(), *self.key.borrow() == key);
        let then = move |reply: Result<Json, Failure>| {
            let shared = &thread.section.shared;
            match reply {
                Ok(_) => {
                    if typed {
                        shared.api.session().keep(DRAFT, "");
                    }
                    shared.announce(shared.texts.get(t!("messages.sent")));
                    thread.newest.ask();
                }
                Err(failure) => {
                    let trouble = Trouble::of(&failure, shared);
                    shared.announce(trouble.spoken());
                    thread.trouble.set(Some(Rc::new(trouble)));
                }
            }
            thread.busy.set(false);
        };
        let api = &self.section.shared.api;
        api.once(&self.path, body, key, Box::new(then));
    }

    fn look_back(self: &Rc<Self>, before: &str) {
        self.busy.set(true);
        let thread = self.clone();
        let then = move |reply: Result<Json, Failure>| {
            if let Ok(page) = reply {
                let mut pages = thread.earlier.get();
                pages.insert(0, page);
                thread.earlier.set(pages);
            }
            thread.busy.set(false);
        };
        let path = joined(&[&self.path, "?before=", before]);
        self.section.shared.api.get(&path, Box::new(then));
    }
}

/// Plain text; what begins like an address of a page leads there.
fn linked(words: &str) -> Html {
    let word = |word: &str| {
        let address = word.trim_end();
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return text(word);
        }
        let link = el("a target=_blank rel=noopener").set("href", address);
        list(vec![
            link.text(address).into(),
            text(&word[address.len()..]),
        ])
    };
    list(words.split_inclusive([' ', '\n']).map(word).collect())
}
