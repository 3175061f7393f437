//! Header, navigation by rights, and the section that is open. The route lives in memory: the
//! address belongs to the page.

use portico_wire::{Right, portal::Home};
use yew::prelude::*;

use crate::{
    app::use_shared,
    clients::PersonalInfo,
    hooks::{Same, Value, use_after, use_value},
    icons,
    portal::{
        brand::logo,
        home::{empty, home_section},
    },
};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub home: Same<Home>,
    pub went_out: Callback<String>,
}

#[component]
pub fn Frame(props: &Props) -> Html {
    let shared = use_shared();
    let texts = &shared.texts;
    let home = &props.home;
    let sections: Vec<Right> = home.rights.sections().collect();
    let first = sections.first().copied().unwrap_or(Right::Home);
    let section = use_value(first);
    let open = section.get();
    let menu = use_value(false);
    let person = use_value(false);
    let heading = use_node_ref();

    // The heading takes the focus: first on coming in, then with each section.
    {
        let heading = heading.clone();
        use_after(
            open.name().into(),
            Box::new(move || {
                if let Some(element) = heading.cast::<web_sys::HtmlElement>() {
                    element.focus().ok();
                }
                None
            }),
        );
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
        let (api, went_out, email) = (
            shared.api.clone(),
            props.went_out.clone(),
            home.me.email.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            let (went_out, email) = (went_out.clone(), email.clone());
            // Out here in any case; a session the server never heard end runs out by itself.
            api.sign_out(false, Box::new(move |_| went_out.emit(email)));
        })
    };
    let toggle = |state: &Value<bool>| {
        let state = state.clone();
        Callback::from(move |_: MouseEvent| state.set(!state.get()))
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
    let name = [&*home.me.first_name, " ", &home.me.last_name].concat();
    let item = |&it: &Right| {
        let onclick = go.reform(move |_| it);
        let here = it == open;
        html! {
            <li key={it.name()}>
                <button type="button" class="item" aria-current={here.then_some("page")} {onclick}>
                    { icons::section(it) }<span>{ texts.of("section", it.name()) }</span>
                </button>
            </li>
        }
    };
    html! {
        <div class="frame" onkeydown={escape}>
            <header class="top">
                { logo(&shared) }
                <p class="name">{ &home.studio.name }</p>
                <div class="person">
                    <button type="button" class="ghost" aria-expanded={person.get().to_string()} aria-controls="person" onclick={toggle(&person)}>
                        <span class="initials" aria-hidden="true">{ initials(&home.me.first_name, &home.me.last_name) }</span>
                        <span class="who">{ &name }</span>
                        { icons::down() }
                    </button>
                    <div id="person" class="drop" hidden={!person.get()}>
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
                    <button type="button" class="burger" aria-expanded={menu.get().to_string()} aria-controls="sections" onclick={toggle(&menu)}>
                        { icons::menu() }<span>{ texts.of("section", open.name()) }</span>{ icons::down() }
                    </button>
                    <ul id="sections" class={if menu.get() { "" } else { "folded" }}>{ for sections.iter().map(item) }</ul>
                </nav>
                <div class="main" role="region" aria-labelledby="title" key={open.name()}>
                    <h2 class="title" id="title" tabindex="-1" ref={heading}>{ title(&shared.texts, open, home) }</h2>
                    { match open {
                        Right::Home => home_section(home, &go, texts),
                        Right::PersonalInfo => html! { <PersonalInfo home={home.clone()} went_out={props.went_out.clone()} /> },
                        other => empty(other, &home.studio.name, texts),
                    } }
                </div>
            </div>
        </div>
    }
}

fn title(texts: &crate::texts::Texts, section: Right, home: &Home) -> String {
    match section {
        Right::Home => texts.fill("home.hello", &[("name", &home.me.first_name)]),
        other => texts.of("section", other.name()),
    }
}

fn initials(first: &str, last: &str) -> String {
    first.chars().take(1).chain(last.chars().take(1)).collect()
}
