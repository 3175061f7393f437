//! One question in a dialog of the browser's own: what it is about, a reason where one is asked for, and yes or no.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlTextAreaElement};
use yew::{Html, virtual_dom::ListenerKind};

use crate::{
    access::Trouble,
    app::Shared,
    el::el,
    part::{Hooks, Value, part},
    portal::parts::{act, quiet},
    texts::Key,
};

/// What is asked.
pub struct Question {
    pub shared: Shared,
    pub heading: Key,
    pub lead: String,
    /// The name of the field for a reason, where one is asked for.
    pub reason: Option<Key>,
    /// What the button says.
    pub act: Key,
    pub busy: bool,
    pub trouble: Option<Rc<Trouble>>,
    /// With the reason.
    pub yes: Rc<dyn Fn(String)>,
    pub no: Rc<dyn Fn()>,
}

pub fn dialog(question: Question) -> Html {
    let question = Rc::new(question);
    part("dialog", move |hooks| draw(hooks, &question))
}

fn find<T: JsCast>(shared: &Shared, id: &str) -> Option<T> {
    Some(shared.pieces.root.get_element_by_id(id)?.unchecked_into())
}

fn draw(hooks: &Hooks, question: &Rc<Question>) -> Html {
    // Said where nothing was written.
    let missing = hooks.state(|| Rc::new(hooks.value(false)));
    let shown = question.shared.clone();
    hooks.after("", move || {
        find::<HtmlDialogElement>(&shown, "dialog")?
            .show_modal()
            .ok();
        None
    });
    let texts = &question.shared.texts;
    let reason = question.reason.map(|reason| {
        let wrong = missing.get();
        let input = el("textarea#reason.text rows=4 maxlength=2000")
            .set_some("aria-invalid", wrong.then_some("true"))
            .set_some("aria-describedby", wrong.then_some("reason-wrong"));
        let told = el("p#reason-wrong.wrong").say(texts, t!("wrong.missing"));
        el("div.field")
            .tell("label for=reason", texts, reason)
            .add(input)
            .maybe(wrong.then_some(told))
    });
    let (pressed, said) = (question.clone(), missing.clone());
    let yes = act(texts, question.act, question.busy).on_click(move || answer(&pressed, &said));
    let (leave, closed) = (question.clone(), question.clone());
    el("dialog#dialog aria-labelledby=dialog-title")
        .add(
            el("div.stack")
                .tell("h3#dialog-title.title", texts, question.heading)
                .put("p", &question.lead)
                .maybe(reason)
                .maybe(question.trouble.as_ref().map(|trouble| trouble.failed()))
                .add(
                    el("div.acts")
                        .add(yes)
                        .add(quiet(texts, t!("cancel"), false).on_click(move || {
                            // The browser then puts the focus back where it was.
                            if let Some(open) = find::<HtmlDialogElement>(&leave.shared, "dialog") {
                                open.close();
                            }
                        })),
                ),
        )
        .on(|| ListenerKind::onclose, move |_| (closed.no)())
        .into()
}

fn answer(question: &Question, missing: &Value<bool>) {
    if question.busy {
        return;
    }
    let input = find::<HtmlTextAreaElement>(&question.shared, "reason");
    let reason = input.as_ref().map(|input| input.value().trim().to_owned());
    let empty = reason.as_deref() == Some("");
    missing.set(empty);
    if !empty {
        (question.yes)(reason.unwrap_or_default());
    } else if let Some(input) = input {
        input.focus().ok();
    }
}
