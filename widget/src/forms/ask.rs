//! A form of the portal's own making: asked, checked, and sent as one act.

use std::{cell::RefCell, rc::Rc};

use portico_wire::forms::{Answer, Answers, Chosen, Field, Form, Kind, OneOf};
use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    el::el,
    forms::{
        fill::{focus_page, new_key},
        sheet::Sheet,
    },
    json::{Body, Json},
    part::{Hooks, Value, part},
    portal::parts::act,
    texts::Key,
};

pub struct Ask {
    pub title: Key,
    /// Stands between the title and the fields.
    pub lead: String,
    pub fields: Vec<Field>,
    pub answers: Answers,
    /// What the button says.
    pub act: Key,
    /// Where it is sent, and what of it.
    pub path: String,
    pub body: Box<dyn Fn(&Sheet) -> Body>,
    pub then: Box<dyn Fn(Json)>,
}

struct Asking {
    shared: Shared,
    ask: RefCell<Ask>,
    sheet: Rc<Sheet>,
    busy: Value<bool>,
    trouble: Value<Option<Rc<Trouble>>>,
    /// Names the act, however often it is sent.
    key: RefCell<String>,
}

/// A field that is part of the portal, not of a studio's form.
#[inline(never)]
pub fn field(id: &str, label: String, kind: Kind, required: bool) -> Field {
    Field {
        id: id.to_owned(),
        kind,
        label,
        help: None,
        placeholder: None,
        required,
        default: None,
        show_if: None,
        tie: None,
    }
}

pub fn one_of(options: Vec<String>) -> OneOf {
    OneOf {
        options,
        other: false,
    }
}

pub fn chosen(options: Vec<String>) -> Answer {
    Answer::Choices(Chosen {
        options,
        ..Chosen::default()
    })
}

/// A sheet of such fields.
#[inline(never)]
pub fn sheet(shared: &Shared, fields: Vec<Field>, answers: Answers) -> Rc<Sheet> {
    let form = Form {
        fields,
        ..Form::default()
    };
    let country = String::new();
    Sheet::new(shared, Rc::new(form), answers, country, |_| false)
}

/// What was answered, as text; empty where nothing was.
#[inline(never)]
pub fn said(sheet: &Sheet, field: &str) -> String {
    let answer = sheet.place_of(field).and_then(|at| sheet.answer(at));
    match answer {
        Some(
            Answer::Text(text) | Answer::Number(text) | Answer::Date(text) | Answer::Time(text),
        ) => text,
        Some(Answer::Choices(chosen)) => chosen.options.into_iter().next().unwrap_or_default(),
        _ => String::new(),
    }
}

pub fn ask(shared: &Shared, key: &str, make: impl Fn() -> Ask + 'static) -> Html {
    let shared = shared.clone();
    part(key, move |hooks| {
        let asking = hooks.state(|| Asking::new(hooks, &shared, make()));
        let shown = shared.clone();
        hooks.after("", move || {
            focus_page(&shown);
            None
        });
        asking.show()
    })
}

impl Asking {
    fn new(hooks: &Hooks, shared: &Shared, mut ask: Ask) -> Rc<Self> {
        let (fields, answers) = (
            std::mem::take(&mut ask.fields),
            std::mem::take(&mut ask.answers),
        );
        Rc::new(Self {
            shared: shared.clone(),
            sheet: sheet(shared, fields, answers),
            ask: RefCell::new(ask),
            busy: hooks.value(false),
            trouble: hooks.value(None),
            key: RefCell::new(new_key()),
        })
    }

    fn show(self: &Rc<Self>) -> Html {
        let texts = &self.shared.texts;
        let ask = self.ask.borrow();
        let mut fields = el("div.fields");
        for at in 0..self.sheet.form.fields.len() {
            fields = fields.add(self.sheet.field(at));
        }
        let trouble = self.trouble.get();
        let asking = self.clone();
        let button = act(texts, ask.act, self.busy.get()).on_click(move || asking.send());
        el("div.form")
            .add(
                el("div.head")
                    .tell("h3#page.title tabindex=-1", texts, ask.title)
                    .put("p.intro", &ask.lead),
            )
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
        if let Some(first) = self
            .sheet
            .check_all(0..self.sheet.form.fields.len())
            .first()
        {
            return self.sheet.focus(*first);
        }
        self.busy.set(true);
        self.trouble.set(None);
        let asking = self.clone();
        let then = move |reply| {
            asking.busy.set(false);
            match reply {
                Ok(json) => (asking.ask.borrow().then)(json),
                Err(failure) => asking.refused(&failure),
            }
        };
        let (ask, key) = (self.ask.borrow(), self.key.borrow().clone());
        let body = (ask.body)(&self.sheet);
        self.shared.api.once(&ask.path, body, &key, Box::new(then));
    }

    /// At the field the server names, else above the button.
    fn refused(self: &Rc<Self>, failure: &Failure) {
        if !failure.is_lost() {
            self.key.replace(new_key());
        }
        if let Failure::Problem(problem) = failure
            && let Some(field) = problem.field.as_deref()
            && let Some(at) = self.sheet.place_of(field)
        {
            self.sheet.told(at, &problem.detail);
            self.shared.announce(problem.detail.clone());
            return self.sheet.focus(at);
        }
        let trouble = Trouble::of(failure, &self.shared);
        self.shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }
}
