//! Home: a way into each section.

use portico_wire::{Right, portal::Home};
use yew::prelude::*;

use crate::{icons, texts::Texts};

pub fn home_section(home: &Home, go: &Callback<Right>, texts: &Texts) -> Html {
    let studio = home.studio.name.as_str();
    let card = |section: Right| {
        let onclick = go.reform(move |_| section);
        html! {
            <li class="card" key={section.name()}>
                <h3><button type="button" {onclick}>{ texts.of("section", section.name()) }</button></h3>
                <span class="round">{ icons::section(section) }</span>
                <p>{ empty_text(section, studio, texts) }</p>
            </li>
        }
    };
    html! {
        <>
        <p class="lead">{ texts.fill("home.lead", &[("studio", studio)]) }</p>
        <ul class="cards">
            { for home.rights.sections().filter(|section| *section != Right::Home).map(card) }
        </ul>
        </>
    }
}

fn empty_text(section: Right, studio: &str, texts: &Texts) -> String {
    texts
        .of("empty", section.name())
        .replace("{studio}", studio)
}

/// What an empty section says: what will appear here, and who makes it appear.
pub fn empty(section: Right, studio: &str, texts: &Texts) -> Html {
    html! {
        <div class="empty">
            <span class="round">{ icons::section(section) }</span>
            <p>{ empty_text(section, studio, texts) }</p>
        </div>
    }
}
