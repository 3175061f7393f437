//! The loader's sign-in form, steered. It stands in the page's own document, for password
//! managers and one-time codes; this component shows it in a slot, adds what a step needs, and
//! listens on it natively (Yew's events follow parents, not slots).

use std::{cell::Cell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::{create_portal, prelude::*};

use crate::{
    app::{Pieces, use_shared},
    hooks::{Undo, use_after, use_cell},
};

/// How the email field takes part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Email {
    Asked,
    /// Shown filled in, not to be changed.
    Fixed,
    /// There for password managers alone.
    Unseen,
}

#[derive(Properties)]
pub struct Props {
    pub heading: String,
    pub email: Email,
    /// No label, no button.
    #[prop_or_default]
    pub submit: Option<String>,
    pub busy: bool,
    /// The id of the text that says what is wrong with the email.
    #[prop_or_default]
    pub email_error: Option<String>,
    pub onsubmit: Callback<()>,
    /// Flat elements: those with `slot="after"` stand below the button.
    pub children: Html,
}

/// Its children are new with every render.
impl PartialEq for Props {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

fn flag(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => element.set_attribute(name, value).ok(),
        None => element.remove_attribute(name).ok(),
    };
}

#[component]
pub fn SlottedForm(props: &Props) -> Html {
    let shared = use_shared();
    let pieces = shared.pieces.clone();

    // The listeners stay; what they call is always the newest.
    let latest = use_cell((props.onsubmit.clone(), props.busy));
    *latest.borrow_mut() = (props.onsubmit.clone(), props.busy);
    {
        let pieces = pieces.clone();
        use_after(
            String::new(),
            Box::new(move || {
                let heard = Rc::new(Cell::new(0.0));
                let act = move |event: &Event| {
                    event.prevent_default();
                    let (onsubmit, busy) = latest.borrow().clone();
                    // One press can be a click and a submit.
                    let at = event.time_stamp();
                    if !busy && at - heard.replace(at) > 50.0 {
                        onsubmit.emit(());
                    }
                };
                let active = EventListenerOptions::enable_prevent_default();
                // In a sandboxed frame without allow-forms there are clicks and no submits.
                let click =
                    EventListener::new_with_options(&pieces.submit, "click", active, act.clone());
                let submit = EventListener::new_with_options(&pieces.form, "submit", active, act);
                Some(Box::new(move || drop((click, submit))) as Undo)
            }),
        );
    }
    steer(&pieces, props, &shared.texts.get("field.email"));

    html! {
        <>
        <slot name="portico" />
        { create_portal(props.children.clone(), pieces.fields.clone().into()) }
        </>
    }
}

/// Writes what this step wants on the loader's elements. Done while rendering, for these are not
/// Yew's: writing the same again changes nothing.
fn steer(pieces: &Pieces, props: &Props, label: &str) {
    let set = |element: &Element, text: &str| {
        if element.text_content().as_deref() != Some(text) {
            element.set_text_content(Some(text));
        }
    };
    let first = |tag: &str| pieces.fields.query_selector(tag).ok().flatten();
    let hidden = (props.email == Email::Unseen).then_some("");
    if let Some(element) = first("h2") {
        set(&element, &props.heading);
    }
    if let Some(element) = first("label") {
        set(&element, label);
        flag(&element, "hidden", hidden);
    }
    let email = &pieces.email;
    flag(email, "hidden", hidden);
    email.set_read_only(props.email != Email::Asked);
    flag(
        email,
        "aria-invalid",
        props.email_error.as_ref().map(|_| "true"),
    );
    flag(email, "aria-describedby", props.email_error.as_deref());
    flag(
        &pieces.submit,
        "hidden",
        props.submit.is_none().then_some(""),
    );
    if let Some(text) = &props.submit {
        set(&pieces.submit, text);
    }
    flag(&pieces.submit, "aria-busy", props.busy.then_some("true"));
}

/// Moves the focus to an element by its id, or else to the form's heading.
pub fn focus(fields: &HtmlElement, id: Option<&str>) {
    let found = id
        .and_then(|id| fields.query_selector(&["#", id].concat()).ok().flatten())
        .or_else(|| fields.query_selector("h2").ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.focus().ok();
    }
}
