//! A form on the screen: its fields, what is answered, and what is wrong with it. Every field is a
//! part of its own, so that a keystroke renders what it changes and nothing else.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use portico_wire::forms::{Answer, Answers, Form, Kind, Trouble, check_field, visible};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, Node};
use yew::{Callback, Html, virtual_dom::ListenerKind};

use crate::{
    app::Shared,
    el::{El, el, nothing},
    forms::{controls, read, show},
    part::{Hooks, part},
    texts::{Key, joined, number},
};

/// What happens on it, for whoever keeps the answers.
pub enum News {
    /// In the field of this number.
    Typed(usize),
    Left(usize),
    /// Other fields are seen than before.
    Seen,
}

type Tell = Rc<dyn Fn(News)>;

/// One field's life on the screen.
#[derive(Default)]
pub struct State {
    redraw: RefCell<Option<Callback<()>>>,
    seen: Cell<bool>,
    /// Shown, and not asked.
    fixed: bool,
    /// Something of it is still on its way.
    pub waits: Cell<bool>,
    /// Something was typed here.
    touched: Cell<bool>,
    wrong: RefCell<Option<String>>,
    /// What is wrong was said by the server; only typing makes it right.
    told: Cell<bool>,
    /// What stands there is no answer at all.
    pub unread: RefCell<Option<Trouble>>,
    /// As typed, where that is not what is kept.
    pub raw: RefCell<Option<String>>,
}

pub struct Sheet {
    pub shared: Shared,
    pub form: Rc<Form>,
    pub country: String,
    pub answers: RefCell<Answers>,
    pub states: Vec<State>,
    tell: RefCell<Option<Tell>>,
}

impl Sheet {
    pub fn new(
        shared: &Shared,
        form: Rc<Form>,
        answers: Answers,
        country: String,
        fixed: impl Fn(&str) -> bool,
    ) -> Rc<Self> {
        let seen = visible(&form, &answers);
        let state = |(field, seen): (&portico_wire::forms::Field, bool)| State {
            seen: Cell::new(seen),
            fixed: fixed(&field.id),
            ..State::default()
        };
        Rc::new(Self {
            states: form.fields.iter().zip(seen).map(state).collect(),
            shared: shared.clone(),
            form,
            country,
            answers: RefCell::new(answers),
            tell: RefCell::default(),
        })
    }

    pub fn listen(&self, tell: impl Fn(News) + 'static) {
        self.tell.replace(Some(Rc::new(tell)));
    }

    fn tell(&self, news: News) {
        let tell = self.tell.borrow().clone();
        if let Some(tell) = tell {
            tell(news);
        }
    }

    pub fn answer(&self, at: usize) -> Option<Answer> {
        self.answers.borrow().get(&self.form.fields[at].id).cloned()
    }
    pub fn place_of(&self, field: &str) -> Option<usize> {
        self.form.fields.iter().position(|it| it.id == field)
    }
    pub fn seen(&self) -> Vec<bool> {
        self.states.iter().map(|state| state.seen.get()).collect()
    }
    pub fn id(&self, at: usize) -> String {
        joined(&["f-", &self.form.fields[at].id])
    }
    pub fn say(&self, key: Key) -> String {
        self.shared.texts.get(key)
    }

    pub fn redraw(&self, at: usize) {
        let redraw = self.states[at].redraw.borrow().clone();
        if let Some(redraw) = redraw {
            redraw.emit(());
        }
    }

    /// What somebody typed here.
    pub fn typed(&self, at: usize, answer: Option<Answer>) {
        self.states[at].touched.set(true);
        self.states[at].told.set(false);
        self.put(at, answer);
        if self.states[at].wrong.borrow().is_some() {
            self.check(at);
        }
        self.tell(News::Typed(at));
    }

    /// What is known from elsewhere.
    pub fn put(&self, at: usize, answer: Option<Answer>) {
        let id = &self.form.fields[at].id;
        {
            let mut answers = self.answers.borrow_mut();
            match answer {
                Some(answer) => answers.set(id, answer),
                None => {
                    answers.remove(id);
                }
            }
        }
        self.redraw(at);
        self.look();
    }

    /// Shows and hides what the answers decide.
    fn look(&self) {
        let seen = visible(&self.form, &self.answers.borrow());
        let mut changed = false;
        for (at, seen) in seen.into_iter().enumerate() {
            if self.states[at].seen.replace(seen) != seen {
                changed = true;
                self.redraw(at);
            }
        }
        if changed {
            self.tell(News::Seen);
        }
    }

    /// Looks at one field and says beside it what is wrong; whether something is.
    pub fn check(&self, at: usize) -> bool {
        let (field, state) = (&self.form.fields[at], &self.states[at]);
        let trouble = if !state.seen.get() || state.fixed {
            None
        } else {
            let unread = state.unread.borrow().clone();
            unread.or_else(|| check_field(field, self.answers.borrow().get(&field.id)))
        };
        let text = trouble.map(|trouble| show::wrong(&trouble, &field.kind, &self.shared));
        let is_wrong = text.is_some();
        self.blame(at, text);
        is_wrong
    }

    fn blame(&self, at: usize, text: Option<String>) {
        if *self.states[at].wrong.borrow() != text {
            self.states[at].wrong.replace(text);
            self.redraw(at);
        }
    }

    /// Looks at these fields; those that are wrong.
    pub fn check_all(&self, fields: std::ops::Range<usize>) -> Vec<usize> {
        fields.filter(|at| self.check(*at)).collect()
    }

    /// The field somebody is in.
    pub fn at_caret(&self) -> Option<usize> {
        let field = self.shared.pieces.root.active_element()?;
        let field = field.closest(".field").ok()??;
        Some(number(&field.get_attribute("data-at")?) as usize)
    }

    /// Once what was set has been drawn.
    pub fn focus(self: &Rc<Self>, at: usize) {
        let (sheet, id) = (self.clone(), self.id(at));
        Timeout::new(0, move || {
            let root = &sheet.shared.pieces.root;
            let found = root.get_element_by_id(&id).and_then(|found| {
                // Of a group, the one to begin with.
                let first = found
                    .query_selector("input:checked,input,button,select")
                    .ok()?;
                first.or(Some(found))
            });
            if let Some(found) = found {
                found.unchecked_into::<HtmlElement>().focus().ok();
            }
        })
        .forget();
    }

    /// Somebody went on; what is left empty is told when all is looked at.
    fn left(self: &Rc<Self>, at: usize, event: Event) {
        let event: FocusEvent = event.unchecked_into();
        let to = event.related_target();
        let to = to.as_ref().map(JsCast::unchecked_ref::<Node>);
        let field = event.target().and_then(|from| field_of(&from));
        if field.is_some_and(|field| to.is_some() && field.contains(to)) {
            return;
        }
        // Not at once: what is said moves what stands below, and somebody may be pressing that.
        let sheet = self.clone();
        Timeout::new(300, move || {
            let state = &sheet.states[at];
            if state.touched.get() && !state.told.get() && sheet.at_caret() != Some(at) {
                sheet.check(at);
            }
        })
        .forget();
        self.tell(News::Left(at));
    }

    /// What the server says is wrong.
    pub fn told(&self, at: usize, text: &str) {
        self.states[at].told.set(true);
        self.blame(at, Some(text.to_owned()));
    }

    pub fn field(self: &Rc<Self>, at: usize) -> Html {
        let sheet = self.clone();
        part(&self.form.fields[at].id, move |hooks| {
            let state = &sheet.states[at];
            state.redraw.replace(Some(hooks.redrawer()));
            if state.seen.get() {
                sheet.draw(at, hooks)
            } else {
                nothing()
            }
        })
    }

    fn draw(self: &Rc<Self>, at: usize, hooks: &Hooks) -> Html {
        let (field, state) = (&self.form.fields[at], &self.states[at]);
        let id = self.id(at);
        let help = |help: &String| el("p.help").set("id", &joined(&[&id, "-help"])).text(help);
        let help = field.help.as_ref().map(help);
        match field.kind {
            Kind::PageBreak => return nothing(),
            Kind::Heading => {
                let heading = el("h4.heading").text(&field.label);
                return el("div.words").add(heading).maybe(help).into();
            }
            Kind::Paragraph => {
                let words = el("p.prose").text(&field.label);
                return el("div.words").add(words).maybe(help).into();
            }
            _ => {}
        }
        let wrong = state.wrong.borrow().clone();
        // What the studio says of files says it better.
        let hint = match field.kind {
            Kind::File(_) if help.is_some() => None,
            _ => controls::hint(&field.kind, &self.shared),
        };
        let hinted = hint.is_some() || controls::unit(&field.kind).is_some();
        let about = About {
            described: described(&id, [wrong.is_some(), help.is_some(), hinted]),
            label: joined(&[&id, "-label"]),
            wrong: wrong.is_some(),
            required: field.required,
            id,
        };
        let control = if state.fixed {
            self.fixed(at)
        } else {
            controls::control(self, at, &about, hooks)
        };
        let grouped = state.fixed || controls::is_group(&field.kind);
        let label = if grouped {
            el("p.label")
        } else {
            el("label").set("for", &about.id)
        };
        let mut label = label.set("id", &about.label).text(&field.label);
        if field.required && !state.fixed {
            let need = el("span.need").say(&self.shared.texts, t!("form.required"));
            label = label.text(" ").add(need);
        }
        let hint = hint.map(|text| {
            let id = joined(&[&about.id, "-hint"]);
            el("p.help").set("id", &id).text(&text)
        });
        let wrong = wrong.map(|text| {
            let id = joined(&[&about.id, "-wrong"]);
            el("p.wrong").set("id", &id).text(&text)
        });
        let (sheet, left) = (self.clone(), self.clone());
        el("div.field")
            .set("data-at", &at.to_string())
            .add(label)
            .maybe(help)
            .maybe(hint)
            .add(control)
            .maybe(wrong)
            .on(
                || ListenerKind::oninput,
                move |event| {
                    if let Some(target) = event.target() {
                        read::hear(&sheet, at, target.unchecked_ref());
                    }
                },
            )
            .on(
                || ListenerKind::onfocusout,
                move |event| left.left(at, event),
            )
            .into()
    }

    fn fixed(&self, at: usize) -> El {
        let shown = match self.answer(at) {
            Some(answer) => show::answer(&self.form.fields[at].kind, &answer, &self.shared),
            None => el("p.muted")
                .say(&self.shared.texts, t!("form.unanswered"))
                .into(),
        };
        el("div.fixed").add(shown)
    }
}

pub fn field_of(inside: &web_sys::EventTarget) -> Option<Element> {
    let inside: &Element = inside.unchecked_ref();
    inside.closest(".field").ok()?
}

/// The ids of what says more about a field: what is wrong, its help, its hint.
fn described(id: &str, is: [bool; 3]) -> Option<String> {
    let mut all = String::new();
    for (is, end) in is.into_iter().zip(["-wrong ", "-help ", "-hint "]) {
        if is {
            all = joined(&[&all, id, end]);
        }
    }
    all.pop()?;
    Some(all)
}

/// What a control says of itself.
pub struct About {
    pub id: String,
    /// The id of its label.
    pub label: String,
    described: Option<String>,
    wrong: bool,
    required: bool,
}

impl About {
    #[inline(never)]
    fn on(&self, control: El) -> El {
        control
            .set("id", &self.id)
            .set_some("aria-describedby", self.described.as_deref())
    }

    /// On the one element that is the control.
    pub fn single(&self, control: El) -> El {
        self.on(control)
            .set_some("aria-invalid", self.wrong.then_some("true"))
            .set_some("aria-required", self.required.then_some("true"))
    }

    /// On what holds several.
    pub fn group(&self, control: El, role: &str) -> El {
        let required = self.required && role == "radiogroup";
        self.on(control)
            .set("role", role)
            .set("aria-labelledby", &self.label)
            .set_some("aria-required", required.then_some("true"))
    }
}
