//! Home: a greeting and a way into each section.

use std::rc::Rc;

use portico_wire::{Right, portal::Home};
use yew::prelude::*;

use crate::{app::use_shared, icons};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub home: Rc<Home>,
    pub go: Callback<Right>,
}

#[component]
pub fn HomeSection(props: &Props) -> Html {
    let shared = use_shared();
    let texts = &shared.texts;
    let studio = props.home.studio.name.as_str();
    let card = |section: Right| {
        let onclick = props.go.reform(move |_| section);
        html! {
            <li class="card" key={section.name()}>
                <h3><button type="button" {onclick}>{ texts.get(&format!("section.{}", section.name())) }</button></h3>
                <span class="round">{ icons::section(section) }</span>
                <p>{ texts.fill(&format!("empty.{}", section.name()), &[("studio", studio)]) }</p>
            </li>
        }
    };
    html! {
        <>
        <p class="lead">{ texts.fill("home.lead", &[("studio", studio)]) }</p>
        <ul class="cards">
            { for props.home.rights.sections().filter(|section| *section != Right::Home).map(card) }
        </ul>
        </>
    }
}
