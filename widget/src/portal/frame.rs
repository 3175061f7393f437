//! Header, navigation by rights, and the section that is open. The route lives in memory: the
//! address belongs to the page.

use std::rc::Rc;

use portico_wire::{Right, portal::Home};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    app::use_shared,
    clients::PersonalInfo,
    icons,
    portal::{brand::Logo, home::HomeSection},
};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub home: Rc<Home>,
    pub went_out: Callback<String>,
}

#[component]
pub fn Frame(props: &Props) -> Html {
    let shared = use_shared();
    let texts = &shared.texts;
    let home = &props.home;
    let sections: Vec<Right> = home.rights.sections().collect();
    let first = sections.first().copied().unwrap_or(Right::Home);
    let section = use_state(|| first);
    let menu = use_state(|| false);
    let person = use_state(|| false);
    let heading = use_node_ref();

    // The heading takes the focus: first on coming in, then with each section.
    {
        let heading = heading.clone();
        use_effect_with(*section, move |_| {
            if let Some(element) = heading.cast::<web_sys::HtmlElement>() {
                element.focus().ok();
            }
        });
    }
    let go = {
        let (section, menu, person) = (section.clone(), menu.clone(), person.clone());
        Callback::from(move |to: Right| {
            menu.set(false);
            person.set(false);
            section.set(to);
        })
    };
    let sign_out = {
        let (api, went_out, email) = (shared.api.clone(), props.went_out.clone(), home.me.email.clone());
        Callback::from(move |_: MouseEvent| {
            let (api, went_out, email) = (api.clone(), went_out.clone(), email.clone());
            spawn_local(async move {
                // Out here in any case; a session the server never heard end runs out by itself.
                api.sign_out(false).await.ok();
                went_out.emit(email);
            });
        })
    };
    let toggle = |state: &UseStateHandle<bool>| {
        let state = state.clone();
        Callback::from(move |_: MouseEvent| state.set(!*state))
    };
    let escape = {
        let (menu, person) = (menu.clone(), person.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                menu.set(false);
                person.set(false);
            }
        })
    };
    let name = format!("{} {}", home.me.first_name, home.me.last_name);
    let item = |&it: &Right| {
        let onclick = go.reform(move |_| it);
        let here = it == *section;
        html! {
            <li key={it.name()}>
                <button type="button" class="item" aria-current={here.then_some("page")} {onclick}>
                    { icons::section(it) }<span>{ texts.get(&format!("section.{}", it.name())) }</span>
                </button>
            </li>
        }
    };
    html! {
        <div class="frame" onkeydown={escape}>
            <header class="top">
                <Logo />
                <p class="name">{ &home.studio.name }</p>
                <div class="person">
                    <button type="button" class="ghost" aria-expanded={person.to_string()} aria-controls="person" onclick={toggle(&person)}>
                        <span class="initials" aria-hidden="true">{ initials(&home.me.first_name, &home.me.last_name) }</span>
                        <span class="who">{ &name }</span>
                        { icons::down() }
                    </button>
                    <div id="person" class="drop" hidden={!*person}>
                        <p class="small">{ &home.client.name }</p>
                        <p class="small muted">{ &home.me.email }</p>
                        if home.rights.has(Right::PersonalInfo) {
                            <button type="button" class="item" onclick={go.reform(|_| Right::PersonalInfo)}>
                                { icons::section(Right::PersonalInfo) }{ texts.get("section.personal_info") }
                            </button>
                        }
                        <button type="button" class="item" onclick={sign_out}>{ icons::lock() }{ texts.get("access.sign_out") }</button>
                    </div>
                </div>
            </header>
            <div class="columns">
                <nav aria-label={texts.get("portal.sections")}>
                    <button type="button" class="burger" aria-expanded={menu.to_string()} aria-controls="sections" onclick={toggle(&menu)}>
                        { icons::menu() }<span>{ texts.get(&format!("section.{}", section.name())) }</span>{ icons::down() }
                    </button>
                    <ul id="sections" class={classes!((!*menu).then_some("folded"))}>{ for sections.iter().map(item) }</ul>
                </nav>
                <div class="main" role="region" aria-labelledby="title" key={section.name()}>
                    <h2 class="title" id="title" tabindex="-1" ref={heading}>{ title(&shared.texts, *section, home) }</h2>
                    { match *section {
                        Right::Home => html! { <HomeSection home={home.clone()} {go} /> },
                        Right::PersonalInfo => html! { <PersonalInfo home={home.clone()} went_out={props.went_out.clone()} /> },
                        other => html! { <Empty section={other} /> },
                    } }
                </div>
            </div>
        </div>
    }
}

fn title(texts: &crate::texts::Texts, section: Right, home: &Home) -> String {
    match section {
        Right::Home => texts.fill("home.hello", &[("name", &home.me.first_name)]),
        other => texts.get(&format!("section.{}", other.name())),
    }
}

fn initials(first: &str, last: &str) -> String {
    first.chars().take(1).chain(last.chars().take(1)).collect()
}

#[derive(Properties, PartialEq)]
pub struct EmptyProps {
    pub section: Right,
}

/// What an empty section says: what will appear here, and who makes it appear.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    let shared = use_shared();
    let studio = shared.settings.as_ref().map(|settings| settings.name.clone()).unwrap_or_default();
    html! {
        <div class="empty">
            <span class="round">{ icons::section(props.section) }</span>
            <p>{ shared.texts.fill(&format!("empty.{}", props.section.name()), &[("studio", &studio)]) }</p>
        </div>
    }
}
