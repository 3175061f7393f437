//! Nobody can enter just now: why, whom to ask, and what they will want to know.

use std::rc::Rc;

use portico_wire::Problem;
use yew::prelude::*;

use crate::{access::Trouble, api::Failure, app::use_shared, portal::brand::Brand};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub problem: Rc<Problem>,
}

#[component]
pub fn LockedPage(props: &Props) -> Html {
    let shared = use_shared();
    let texts = shared.texts.clone();
    let trouble = Trouble::of(&Failure::Problem(props.problem.clone()), &shared);
    let copied = use_state(|| false);

    let studio = shared
        .settings
        .as_ref()
        .map_or_else(|| shared.pieces.host.get_attribute("studio").unwrap_or_default(), |settings| settings.name.clone());
    let location = gloo::utils::window().location();
    let page = format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    let mut facts = vec![
        (texts.get("locked.studio"), studio),
        (texts.get("locked.page"), page),
        (texts.get("locked.code"), format!("{} ({})", props.problem.title, props.problem.code.text())),
    ];
    if !props.problem.reference.is_empty() {
        facts.push((texts.get("locked.reference"), props.problem.reference.clone()));
    }
    let copy = {
        let copied = copied.clone();
        let announce = shared.announce.clone();
        let said = texts.get("locked.copied");
        let all = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
        Callback::from(move |_: MouseEvent| {
            let written = gloo::utils::window().navigator().clipboard().write_text(&all);
            let (copied, announce, said) = (copied.clone(), announce.clone(), said.clone());
            wasm_bindgen_futures::spawn_local(async move {
                if wasm_bindgen_futures::JsFuture::from(written).await.is_ok() {
                    copied.set(true);
                    announce.emit(said);
                }
            });
        })
    };
    html! {
        <div class="shell">
            <Brand />
            <div class="room stack">
                <h2 class="title" tabindex="-1">{ &trouble.title }</h2>
                <p>{ &trouble.detail }</p>
                { trouble.contact(&texts) }
                <div class="facts">
                    <p class="small">{ texts.get("locked.tell") }</p>
                    <dl>
                        { for facts.iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }) }
                    </dl>
                    <button type="button" class="quiet" onclick={copy}>
                        { texts.get(if *copied { "locked.copied" } else { "locked.copy" }) }
                    </button>
                </div>
            </div>
        </div>
    }
}
