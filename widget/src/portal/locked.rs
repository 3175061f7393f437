//! Nobody can enter just now: why, whom to ask, and what they will want to know.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Event, Node};
use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    app::{Common, Shared},
    el::el,
    portal::{
        brand::shell,
        parts::{quiet, row},
    },
    replies::Problem,
    texts::{Key, joined},
};

pub fn locked_page(problem: &Rc<Problem>, shared: &Shared) -> Html {
    let texts = &shared.texts;
    let trouble = Trouble::of(&Failure::Problem(problem.clone()), shared);
    let facts = facts(problem, shared);
    let mut names = el("dl");
    let mut all = String::new();
    for (key, value) in &facts {
        let name = texts.get(*key);
        names = names.add(row(&name, el("dd").text(value)));
        all = joined(&[&all, &name, ": ", value, "\n"]);
    }
    let copying = shared.clone();
    let copy =
        quiet(texts, t!("locked.copy"), false).on_press(move |event| copy(&copying, &event, &all));
    let facts = el("div.facts")
        .tell("p.small", texts, t!("locked.tell"))
        .add(names)
        .add(copy);
    let room = el("div.room.stack")
        .put("h2.title tabindex=-1", &trouble.title)
        .put("p", &trouble.detail)
        .add(trouble.contact(texts))
        .add(facts);
    shell(shared, room)
}

/// Copies `text`; the button that was pressed says when it is done.
fn copy(shared: &Shared, event: &Event, text: &str) {
    let clipboard = gloo::utils::window().navigator().clipboard();
    let (false, Some(button)) = (clipboard.is_undefined(), event.target()) else {
        // A page without TLS has no clipboard; the details can still be selected.
        return;
    };
    let written = clipboard.write_text(text);
    let shared = shared.clone();
    spawn_local(async move {
        if JsFuture::from(written).await.is_ok() {
            let copied = shared.texts.get(t!("locked.copied"));
            let button: Node = button.unchecked_into();
            button.set_text_content(Some(&copied));
            shared.announce(copied);
        }
    });
}

/// What support asks for first.
fn facts(problem: &Problem, shared: &Common) -> Vec<(Key, String)> {
    let studio = match shared.settings() {
        Some(settings) => settings.name.clone(),
        None => shared.handover.studio(),
    };
    let location = gloo::utils::window().location();
    // Without query and fragment, which may hold what is nobody's business.
    let page = joined(&[
        &location.origin().unwrap_or_default(),
        &location.pathname().unwrap_or_default(),
    ]);
    let facts = vec![
        (t!("locked.studio"), studio),
        (t!("locked.page"), page),
        (t!("locked.code"), problem.code.clone()),
        (t!("locked.reference"), problem.reference.clone()),
    ];
    facts.into_iter().filter(|(_, it)| !it.is_empty()).collect()
}
