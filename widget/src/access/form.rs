//! The loader's sign-in form, steered. It stands in the page's own document, for password
//! managers and one-time codes; here it is shown in a slot, gets what a step needs, and is
//! listened on natively (Yew's events follow parents, not slots).

use std::{cell::Cell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use portico_wire::access::{Channel, CodeAsked};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};
use yew::{create_portal, prelude::*};

use crate::{
    access::{
        Field, Trouble,
        fields::{self, Says},
    },
    api::Failure,
    app::{Pieces, Shared},
    el::{el, list, nothing},
    part::{Hooks, Value, part},
    texts::{Key, joined},
};

/// What every form keeps: what went wrong, and whether a call is on its way.
pub struct Form {
    pub shared: Shared,
    pub trouble: Value<Option<Rc<Trouble>>>,
    pub busy: Value<bool>,
}

impl Form {
    pub fn new(hooks: &Hooks, shared: &Shared) -> Self {
        Self {
            shared: shared.clone(),
            trouble: hooks.value(None),
            busy: hooks.value(false),
        }
    }

    pub fn say(&self, key: Key) -> String {
        self.shared.texts.get(key)
    }
    #[inline(never)]
    pub fn id(&self, part: &str) -> String {
        joined(&[&self.shared.pieces.email.id(), "-", part])
    }
    #[inline(never)]
    pub fn input(&self, part: &str) -> Option<HtmlInputElement> {
        let found = by_id(&self.shared.pieces.fields, &self.id(part));
        Some(found?.unchecked_into())
    }
    pub fn value(&self, part: &str) -> String {
        self.input(part)
            .map(|input| input.value())
            .unwrap_or_default()
    }
    pub fn focus_field(&self, field: Field) {
        match field {
            Field::Email => {
                self.shared.pieces.email.focus().ok();
            }
            Field::None => {}
            field => focus(&self.shared.pieces.fields, Some(&self.id(part_of(field)))),
        }
    }

    pub fn is_lost(&self) -> bool {
        self.trouble.get().is_some_and(|trouble| trouble.lost)
    }

    #[inline(never)]
    pub fn fail(&self, trouble: Trouble) {
        self.busy.set(false);
        self.focus_field(trouble.field);
        self.shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }

    /// `blame`: the fields that are shown.
    pub fn failed(&self, failure: &Failure, blame: &[Field]) {
        self.fail(Trouble::of(failure, &self.shared).on(blame));
    }

    /// Says what is missing; true if nothing is.
    #[inline(never)]
    pub fn filled(&self, field: Field, value: &str, key: Key) -> bool {
        if value.is_empty() {
            self.fail(Trouble::here(field, self.say(key)));
        }
        !value.is_empty()
    }

    /// Whether a new password is long enough to be sent; says so if not.
    pub fn long_enough(&self, password: &str) -> bool {
        let long = password.chars().count() >= 8;
        let enough = if long { password } else { "" };
        self.filled(Field::NewPassword, enough, t!("error.password_short"))
    }

    /// What is wrong with `field`, below it.
    #[inline(never)]
    pub fn wrong(&self, field: Field) -> Html {
        let trouble = self.trouble.get().filter(|trouble| trouble.field == field);
        trouble.map_or_else(nothing, |trouble| {
            trouble.slotted(&self.id("error"), &self.shared.texts)
        })
    }

    /// Label, input, its rule if it has one, and what is wrong with it.
    #[inline(never)]
    pub fn field(&self, field: Field, label: Key) -> Html {
        let id = self.id(part_of(field));
        let error = self.id("error");
        let wrong = self.trouble.get().is_some_and(|it| it.field == field);
        let mut says = Says {
            error: wrong.then_some(&*error),
            hint: None,
        };
        let mut rule = nothing();
        let input = match field {
            Field::NewPassword => {
                let id_of_rule = self.id("rule");
                let detail = el("p data-portico=detail").set("id", &id_of_rule);
                rule = detail.say(&self.shared.texts, t!("choose.hint")).into();
                says.hint = Some(&id_of_rule);
                fields::password(&id, true, &says)
            }
            Field::Code => {
                let hint = self.id("hint");
                says.hint = Some(&hint);
                fields::code(&id, &says)
            }
            _ => fields::password(&id, false, &says),
        };
        let label = el("label").key(&label.id()).say(&self.shared.texts, label);
        list(vec![
            label.set("for", &id).into(),
            input.into(),
            rule,
            self.wrong(field),
        ])
    }

    /// A line above the fields, which a code's field names as its hint.
    pub fn hint(&self, text: &str) -> Html {
        let hint = el("p slot=top data-portico=hint");
        hint.set("id", &self.id("hint")).text(text).into()
    }

    /// Where a code went.
    pub fn sent_to(&self, code: &CodeAsked) -> String {
        let key = match code.channel {
            Channel::Email => t!("code.sent_email"),
            Channel::Sms => t!("code.sent_sms"),
        };
        self.shared.texts.fill(key, &[("to", &code.to)])
    }
}

/// The word in the id of a field's input.
fn part_of(field: Field) -> &'static str {
    match field {
        Field::Password => "password",
        Field::NewPassword => "new-password",
        _ => "code",
    }
}

/// How the email field takes part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Email {
    Asked,
    /// Shown filled in, not to be changed.
    Fixed,
    /// There for password managers alone.
    Unseen,
}

/// What one step wants of the loader's form.
pub struct Wants {
    pub heading: String,
    pub email: Email,
    /// Empty: no button.
    pub submit: String,
    /// Flat elements: those with `slot="after"` stand below the button.
    pub children: Html,
}

/// The form in its slot, as the step wants it.
pub fn slotted(form: &Rc<Form>, wants: Wants, submit: impl Fn() + Clone + 'static) -> Html {
    let form = form.clone();
    part("form", move |hooks| {
        hooks.after("", {
            let (form, submit) = (form.clone(), submit.clone());
            move || {
                let listeners = listen(&form, Box::new(submit));
                Some(Box::new(move || drop(listeners)))
            }
        });
        form.steer(&wants);
        list(vec![
            el("slot name=portico").into(),
            create_portal(
                wants.children.clone(),
                form.shared.pieces.fields.clone().into(),
            ),
        ])
    })
}

fn listen(form: &Rc<Form>, submit: Box<dyn Fn()>) -> [EventListener; 2] {
    let heard = Cell::new(0.0);
    let Pieces {
        form: element,
        submit: button,
        ..
    } = &form.shared.pieces;
    let form = form.clone();
    let act = Rc::new(move |event: &Event| {
        event.prevent_default();
        // One press can be a click and a submit.
        let at = event.time_stamp();
        if !form.busy.get() && at - heard.replace(at) > 50.0 {
            submit();
        }
    });
    // In a sandboxed frame without allow-forms there are clicks and no submits.
    let sources: [(&web_sys::EventTarget, &str); 2] = [(button, "click"), (element, "submit")];
    sources.map(|(source, kind)| {
        let act = act.clone();
        let active = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(source, kind, active, move |event| act(event))
    })
}

#[inline(never)]
fn flag(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => element.set_attribute(name, value).ok(),
        None => element.remove_attribute(name).ok(),
    };
}

fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

impl Form {
    /// Writes what a step wants on the loader's elements. Done while rendering, for these are
    /// not Yew's: writing the same again changes nothing.
    fn steer(&self, wants: &Wants) {
        let Pieces {
            fields,
            email,
            submit,
            ..
        } = &self.shared.pieces;
        let first = |tag: &str| fields.query_selector(tag).ok().flatten();
        let hidden = (wants.email == Email::Unseen).then_some("");
        if let Some(element) = first("h2") {
            set_text(&element, &wants.heading);
        }
        if let Some(element) = first("label") {
            set_text(&element, &self.say(t!("field.email")));
            flag(&element, "hidden", hidden);
        }
        let error = self.trouble.get();
        let error = error.filter(|trouble| trouble.field == Field::Email);
        let error = error.map(|_| self.id("error"));
        flag(email, "hidden", hidden);
        email.set_read_only(wants.email != Email::Asked);
        flag(email, "aria-invalid", error.as_ref().map(|_| "true"));
        flag(email, "aria-describedby", error.as_deref());
        let no_button = wants.submit.is_empty();
        flag(submit, "hidden", no_button.then_some(""));
        if !no_button {
            set_text(submit, &wants.submit);
        }
        flag(submit, "aria-busy", self.busy.get().then_some("true"));
    }
}

fn by_id(fields: &HtmlElement, id: &str) -> Option<Element> {
    fields.query_selector(&joined(&["#", id])).ok().flatten()
}

/// Moves the focus to an element by its id, or else to the form's heading.
#[inline(never)]
pub fn focus(fields: &HtmlElement, id: Option<&str>) {
    let found = id
        .and_then(|id| by_id(fields, id))
        .or_else(|| fields.query_selector("h2").ok().flatten());
    if let Some(element) = found {
        element.unchecked_into::<HtmlElement>().focus().ok();
    }
}
