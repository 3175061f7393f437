//! The loader's sign-in form, steered. It stands in the page's own document, for password
//! managers and one-time codes; this component shows it in a slot, adds what a step needs, and
//! listens on it natively (Yew's events follow parents, not slots).

use std::{cell::Cell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::{create_portal, prelude::*};

use crate::app::use_shared;

/// How the email field takes part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Email {
    Asked,
    /// Shown filled in, not to be changed.
    Fixed,
    /// There for password managers alone.
    Unseen,
}

#[derive(Properties, PartialEq)]
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
    let latest = use_mut_ref(|| props.onsubmit.clone());
    *latest.borrow_mut() = props.onsubmit.clone();
    let busy = use_mut_ref(|| false);
    *busy.borrow_mut() = props.busy;
    {
        let pieces = pieces.clone();
        use_effect_with((), move |()| {
            let act = {
                let heard = Rc::new(Cell::new(0.0));
                move |event: &Event| {
                    event.prevent_default();
                    // One press can be a click and a submit.
                    let at = event.time_stamp();
                    if *busy.borrow() || at - heard.get() < 50.0 {
                        return;
                    }
                    heard.set(at);
                    let onsubmit = latest.borrow().clone();
                    onsubmit.emit(());
                }
            };
            let active = EventListenerOptions::enable_prevent_default();
            // In a sandboxed frame without allow-forms there are clicks and no submits.
            let click = EventListener::new_with_options(&pieces.submit, "click", active, act.clone());
            let submit = EventListener::new_with_options(&pieces.form, "submit", active, act);
            move || drop((click, submit))
        });
    }

    {
        let deps = (
            props.heading.clone(),
            props.email,
            props.submit.clone(),
            props.busy,
            props.email_error.clone(),
        );
        let (pieces, label) = (pieces.clone(), shared.texts.get("field.email"));
        use_effect_with(deps, move |(heading, email, submit, busy, error)| {
            let first = |tag: &str| pieces.fields.query_selector(tag).ok().flatten();
            if let Some(element) = first("h2") {
                element.set_text_content(Some(heading));
            }
            let hidden = (*email == Email::Unseen).then_some("");
            if let Some(element) = first("label") {
                element.set_text_content(Some(&label));
                flag(&element, "hidden", hidden);
            }
            flag(&pieces.email, "hidden", hidden);
            pieces.email.set_read_only(*email != Email::Asked);
            flag(&pieces.email, "aria-invalid", error.as_ref().map(|_| "true"));
            flag(&pieces.email, "aria-describedby", error.as_deref());
            flag(&pieces.submit, "hidden", submit.is_none().then_some(""));
            if let Some(submit) = submit {
                pieces.submit.set_text_content(Some(submit));
            }
            flag(&pieces.submit, "aria-busy", busy.then_some("true"));
        });
    }

    html! {
        <>
        <slot name="portico" />
        { create_portal(props.children.clone(), pieces.fields.clone().into()) }
        </>
    }
}

/// Moves the focus to an element by its id, or else to the form's heading.
pub fn focus(fields: &HtmlElement, id: Option<&str>) {
    let found = id
        .and_then(|id| fields.query_selector(&format!("#{id}")).ok().flatten())
        .or_else(|| fields.query_selector("h2").ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.focus().ok();
    }
}
