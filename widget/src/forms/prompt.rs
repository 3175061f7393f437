//! A form the server asks with: shown, checked, and sent back to where it came from, as one act.

use std::{cell::RefCell, rc::Rc};

use portico_wire::forms::{Answers, Form};
use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    el::el,
    forms::{
        fill::{focus_page, new_key},
        place, replies, requests,
        sheet::Sheet,
    },
    json::Json,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::{parts::back, section::Section},
    texts::Key,
};

/// As the server asks.
struct Asked {
    form: Rc<Form>,
    answers: Answers,
    act: String,
}

struct Prompt {
    section: Rc<Section>,
    path: String,
    act: String,
    sheet: Rc<Sheet>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// Names the act, however often it is sent.
    key: RefCell<String>,
}

/// `path`: of the form, after the studio's address.
pub fn prompt(section: &Rc<Section>, path: &str, way_back: Key) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = section.shared.clone();
        let loading = hooks.state(|| {
            Loading::<Asked>::new(hooks, &shared, &path, |json| {
                let (form, answers) = replies::prompt(json);
                let act = json.text("act");
                Rc::new(Asked { form, answers, act })
            })
        });
        place::hold(hooks, &shared, way_back, &path);
        let shown = loading.show(hooks, |asked| {
            let (section, path, asked) = (section.clone(), path.clone(), asked.clone());
            part("prompt", move |hooks| {
                let prompt = hooks.state(|| Prompt::new(hooks, &section, &path, &asked));
                let shown = section.shared.clone();
                hooks.after("", move || {
                    focus_page(&shown);
                    None
                });
                prompt.show()
            })
        });
        let leave = section.to();
        el("div.stack")
            .add(back(&shared.texts, way_back, move || leave(None)))
            .add(shown)
            .into()
    })
}

impl Prompt {
    fn new(hooks: &Hooks, section: &Rc<Section>, path: &str, asked: &Asked) -> Rc<Self> {
        let (form, answers) = (asked.form.clone(), asked.answers.clone());
        let sheet = Sheet::new(&section.shared, form, answers, String::new(), |_| false);
        Rc::new(Self {
            section: section.clone(),
            path: path.to_owned(),
            act: asked.act.clone(),
            sheet,
            busy: hooks.value(false),
            trouble: hooks.value(None),
            key: RefCell::new(new_key()),
        })
    }

    fn shared(&self) -> &Shared {
        &self.section.shared
    }

    fn show(self: &Rc<Self>) -> Html {
        let form = &self.sheet.form;
        let mut fields = el("div.fields");
        for at in 0..form.fields.len() {
            fields = fields.add(self.sheet.field(at));
        }
        let intro = form.intro.as_ref().map(|intro| el("p.intro").text(intro));
        let head = el("div.head")
            .put("h3#page.title tabindex=-1", &form.title)
            .maybe(intro);
        let texts = &self.shared().texts;
        let trouble = self.trouble.get();
        let prompt = self.clone();
        let button = el("button.act type=button")
            .set_some("aria-busy", self.busy.get().then_some("true"))
            .text(&self.act)
            .on_click(move || prompt.send());
        el("div.form")
            .add(head)
            .add(fields)
            .add(
                el("div.foot")
                    .maybe(trouble.map(|trouble| trouble.failed().add(trouble.contact(texts))))
                    .add(el("div.acts").add(button)),
            )
            .into()
    }

    fn send(self: &Rc<Self>) {
        if self.busy.get() {
            return;
        }
        let sheet = &self.sheet;
        if let Some(first) = sheet.check_all(0..sheet.form.fields.len()).first() {
            return sheet.focus(*first);
        }
        self.busy.set(true);
        self.trouble.set(None);
        let prompt = self.clone();
        let then = move |reply: Result<Json, Failure>| {
            prompt.busy.set(false);
            match reply {
                Ok(done) => {
                    let shared = prompt.shared();
                    shared.announce(done.text("said"));
                    shared.renew_home();
                    prompt.section.to()(Some(done.text("path")));
                }
                Err(failure) => prompt.refused(&failure),
            }
        };
        let body = requests::answered(&sheet.answers.borrow());
        let key = self.key.borrow().clone();
        let api = &self.shared().api;
        api.once(&self.path, body, &key, Box::new(then));
    }

    /// At the field the server names, else above the button.
    fn refused(self: &Rc<Self>, failure: &Failure) {
        if !failure.is_lost() {
            self.key.replace(new_key());
        }
        let shared = self.shared();
        if let Failure::Problem(problem) = failure
            && let Some(field) = problem.field.as_deref()
            && let Some(at) = self.sheet.place_of(field)
        {
            self.sheet.told(at, &problem.detail);
            shared.announce(problem.detail.clone());
            return self.sheet.focus(at);
        }
        let trouble = Trouble::of(failure, shared);
        shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }
}
