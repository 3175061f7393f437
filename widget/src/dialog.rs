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
};

/// What is asked.
pub struct Question {
    pub shared: Shared,
    /// The keys of its texts begin with this: `.heading`, `.lead`, `.yes`, and `.reason` where one is asked for.
    pub family: &'static str,
    /// Stands below the heading in place of `.lead`.
    pub lead: Option<String>,
    pub reason: bool,
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
    let key = |name: &str| crate::texts::joined(&[question.family, ".", name]);
    let lead = match &question.lead {
        Some(lead) => el("p").text(lead),
        None => el("p").say(texts, &key("lead")),
    };
    let reason = question.reason.then(|| {
        let wrong = missing.get();
        let input = el("textarea#reason.text rows=4 maxlength=2000")
            .set_some("aria-invalid", wrong.then_some("true"))
            .set_some("aria-describedby", wrong.then_some("reason-wrong"));
        let told = el("p#reason-wrong.wrong").say(texts, "wrong.missing");
        el("div.field")
            .tell("label for=reason", texts, &key("reason"))
            .add(input)
            .maybe(wrong.then_some(told))
    });
    let (pressed, said) = (question.clone(), missing.clone());
    let yes = act(texts, &key("yes"), question.busy).on_click(move || answer(&pressed, &said));
    let (leave, closed) = (question.clone(), question.clone());
    el("dialog#dialog aria-labelledby=dialog-title")
        .add(
            el("div.stack")
                .tell("h3#dialog-title.title", texts, &key("heading"))
                .add(lead)
                .maybe(reason)
                .maybe(question.trouble.as_ref().map(|trouble| trouble.failed()))
                .add(
                    el("div.acts")
                        .add(yes)
                        .add(quiet(texts, "cancel", false).on_click(move || {
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
