//! A form the server asks with: shown, checked, and sent back to where it came from, as one act.

use std::{cell::RefCell, rc::Rc};

use gloo::timers::callback::Timeout;
use portico_wire::forms::{Answer, Answers, Form};
use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    dates::Currency,
    el::el,
    forms::{
        fill::{focus_page, new_key},
        place::{self, Place},
        replies, requests,
        sheet::{News, Sheet},
    },
    json::Json,
    loaded::Loading,
    part::{Hooks, Value, part},
    payments::returned::follow,
    portal::{
        parts::{back, told},
        section::Section,
    },
    texts::Key,
};

/// As the server asks.
pub struct Asked {
    pub form: Rc<Form>,
    pub answers: Answers,
    pub act: String,
    pub country: String,
    /// Only what was changed goes back.
    pub changes: bool,
    pub total: Option<Total>,
}

/// What is chosen comes to the sum of these, and of every amount that is seen.
pub struct Total {
    pub currency: String,
    /// The options that have to be chosen, by their fields, and what they add.
    pub adds: Vec<(Vec<(String, String)>, i64)>,
}

struct Prompt {
    section: Rc<Section>,
    path: String,
    way_back: Key,
    asked: Rc<Asked>,
    sheet: Rc<Sheet>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// Names the act, however often it is sent; another answer is another act.
    key: RefCell<String>,
    /// Changed by each answer.
    turn: Value<u32>,
    /// The page to go on to, from inside a frame, and what is paid there.
    on: Value<Option<(String, String)>>,
}

/// `path`: of the form, after the studio's address.
pub fn prompt(section: &Rc<Section>, path: &str, way_back: Key) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = section.shared.clone();
        let loading = hooks.state(|| {
            Loading::<Asked>::new(hooks, &shared, &path, |json| Rc::new(replies::prompt(json)))
        });
        place::hold(hooks, &shared, way_back, &path);
        let shown = loading.show(hooks, |asked| {
            let (section, path, asked) = (section.clone(), path.clone(), asked.clone());
            part("prompt", move |hooks| {
                let prompt = hooks.state(|| Prompt::new(hooks, &section, &path, way_back, &asked));
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
    fn new(
        hooks: &Hooks,
        section: &Rc<Section>,
        path: &str,
        way_back: Key,
        asked: &Rc<Asked>,
    ) -> Rc<Self> {
        let (form, answers) = (asked.form.clone(), asked.answers.clone());
        let country = asked.country.clone();
        let sheet = Sheet::new(&section.shared, form, answers, country, |_| false);
        let prompt = Rc::new(Self {
            section: section.clone(),
            path: path.to_owned(),
            way_back,
            asked: asked.clone(),
            sheet,
            busy: hooks.value(false),
            trouble: hooks.value(None),
            key: RefCell::new(new_key()),
            turn: hooks.value(0),
            on: hooks.value(None),
        });
        let weak = Rc::downgrade(&prompt);
        prompt.sheet.listen(move |news| {
            if let (Some(prompt), false) = (weak.upgrade(), matches!(news, News::Left(_))) {
                prompt.key.replace(new_key());
                prompt.turn.set(prompt.turn.get() + 1);
            }
        });
        prompt
    }

    /// What the answers come to.
    fn total(&self) -> Option<i64> {
        let total = self.asked.total.as_ref()?;
        let answers = self.sheet.answers.borrow();
        let is_chosen = |(field, option): &(String, String)| match answers.get(field) {
            Some(Answer::Choices(chosen)) => chosen.options.contains(option),
            _ => false,
        };
        let mut sum = 0;
        for (chosen, minor) in &total.adds {
            if chosen.iter().all(is_chosen) {
                sum += minor;
            }
        }
        let seen = self.sheet.form.fields.iter().zip(self.sheet.seen());
        for (field, _) in seen.filter(|(_, seen)| *seen) {
            if let Some(Answer::Money(minor)) = answers.get(&field.id) {
                sum += minor;
            }
        }
        Some(sum)
    }

    /// What goes back.
    fn answers(&self) -> Answers {
        let answers = self.sheet.answers.borrow();
        if !self.asked.changes {
            return answers.clone();
        }
        let mut changed = Answers::new();
        for field in &self.sheet.form.fields {
            let now = answers.get(&field.id);
            if now != self.asked.answers.get(&field.id) {
                let blank = || Answer::Text(String::new());
                changed.set(&field.id, now.cloned().unwrap_or_else(blank));
            }
        }
        changed
    }

    fn shared(&self) -> &Shared {
        &self.section.shared
    }

    fn show(self: &Rc<Self>) -> Html {
        let form = &self.sheet.form;
        let texts = &self.shared().texts;
        let head = el("div.head").put("h3#page.title tabindex=-1", &form.title);
        if let Some((id, url)) = self.on.get() {
            let to = self.section.to();
            let link = el("a.act target=_blank rel=noopener").set("href", &url);
            return el("div.form")
                .add(head.tell("p.intro", texts, t!("pay.in_tab")))
                .add(el("div.acts").add(link.say(texts, t!("pay.open"))))
                .add(follow(self.shared(), &id, 600, Rc::new(move || to(None))))
                .into();
        }
        let mut fields = el("div.fields");
        for at in 0..form.fields.len() {
            fields = fields.add(self.sheet.field(at));
        }
        let intro = form.intro.as_ref().map(|it| el("p.intro.prose").text(it));
        let prompt = self.clone();
        let mut button = el("button.act type=button")
            .set_some("aria-busy", self.busy.get().then_some("true"))
            .text(&self.asked.act);
        if let (Some(total), Some(sum)) = (&self.asked.total, self.total()) {
            let amount = Currency::new(&total.currency, &self.shared().language()).amount(sum);
            button = button.text(" ").text(&amount);
        }
        el("div.form")
            .add(head.maybe(intro))
            .add(fields)
            .add(
                el("div.foot")
                    .add(told(self.trouble.get(), self.shared()))
                    .add(el("div.acts").add(button.on_click(move || prompt.send()))),
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
                Ok(done) => prompt.done(&done),
                Err(failure) => prompt.refused(&failure),
            }
        };
        let mut body = requests::answered(&self.answers());
        if let Some(sum) = self.total() {
            let page = gloo::utils::window().location().href();
            body = body
                .whole("total", sum)
                .text("page", &page.unwrap_or_default());
        }
        let key = self.key.borrow().clone();
        let api = &self.shared().api;
        api.once(&self.path, body, &key, Box::new(then));
    }

    fn done(self: &Rc<Self>, done: &Json) {
        let shared = self.shared();
        let path = done.opt("path");
        if let Some(leave) = done.opt_object("leave") {
            return self.leave(&leave, path.as_deref().unwrap_or_default());
        }
        shared.renew_home();
        self.section.done(path, done.opt("said"));
    }

    /// To the provider's page; back from there, `path` is looked at.
    fn leave(self: &Rc<Self>, leave: &Json, path: &str) {
        let (shared, url) = (self.shared(), leave.text("url"));
        if shared.pieces.host.has_attribute("framed") {
            return self.on.set(Some((leave.text("checkout"), url)));
        }
        let place = Place {
            back: self.way_back,
            path,
            page: 0,
        };
        place::keep(shared, &place);
        self.busy.set(true);
        gloo::utils::window().location().assign(&url).ok();
        // Whoever comes back by the browser's own way finds the button again.
        let prompt = self.clone();
        Timeout::new(8000, move || prompt.busy.set(false)).forget();
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
