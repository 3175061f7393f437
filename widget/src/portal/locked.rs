//! Nobody can enter just now: why, whom to ask, and what they will want to know.

use portico_wire::Problem;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{access::Trouble, api::Failure, app::Shared, portal::brand::brand};

pub fn locked_page(problem: &std::rc::Rc<Problem>, shared: &Shared) -> Html {
    let texts = &shared.texts;
    let trouble = Trouble::of(&Failure::Problem(problem.clone()), shared);
    let facts = facts(problem, shared);
    let copy = {
        let shared = shared.clone();
        let all: String = facts
            .iter()
            .map(|(name, value)| [name, ": ", value, "\n"].concat())
            .collect();
        Callback::from(move |event: MouseEvent| {
            let button: HtmlElement = event.target_unchecked_into();
            let clipboard = gloo::utils::window().navigator().clipboard();
            if clipboard.is_undefined() {
                // A page without TLS has none; the details can still be selected.
                return;
            }
            let written = clipboard.write_text(&all);
            let shared = shared.clone();
            spawn_local(async move {
                if JsFuture::from(written).await.is_ok() {
                    let copied = shared.texts.get("locked.copied");
                    button.set_text_content(Some(&copied));
                    shared.announce.emit(copied);
                }
            });
        })
    };
    html! {
        <div class="shell">
            { brand(shared) }
            <div class="room stack">
                <h2 class="title" tabindex="-1">{ &trouble.title }</h2>
                <p>{ &trouble.detail }</p>
                { trouble.contact(texts) }
                <div class="facts">
                    <p class="small">{ texts.get("locked.tell") }</p>
                    <dl>{ for facts.iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }) }</dl>
                    <button type="button" class="quiet" onclick={copy}>{ texts.get("locked.copy") }</button>
                </div>
            </div>
        </div>
    }
}

/// What support asks for first.
fn facts(problem: &Problem, shared: &Shared) -> Vec<(String, String)> {
    let texts = &shared.texts;
    let studio = match &shared.settings {
        Some(settings) => settings.name.clone(),
        None => shared
            .pieces
            .host
            .get_attribute("studio")
            .unwrap_or_default(),
    };
    let location = gloo::utils::window().location();
    // Without query and fragment, which may hold what is nobody's business.
    let page = [
        location.origin().unwrap_or_default(),
        location.pathname().unwrap_or_default(),
    ]
    .concat();
    let mut facts = vec![
        (texts.get("locked.studio"), studio),
        (texts.get("locked.page"), page),
        (texts.get("locked.code"), problem.code.text().to_owned()),
    ];
    if !problem.reference.is_empty() {
        facts.push((texts.get("locked.reference"), problem.reference.clone()));
    }
    facts
}
