//! Home: a way into each section.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    el::{El, el, list},
    icons,
    replies::Home,
    texts::{Texts, filled},
};

pub fn home_section(home: &Home, texts: &Texts, go: &Rc<dyn Fn(Right)>) -> Html {
    let studio = home.studio.name.as_str();
    let card = |section: Right| {
        let go = go.clone();
        let name = texts.of("section", section.name());
        let open = el("button type=button").text(&name);
        el("li.card")
            .key(section.name())
            .add(el("h3").add(open.on_click(move || go(section))))
            .add(round(section))
            .add(empty_text(section, studio, texts))
    };
    let others = home.rights.sections().filter(|it| *it != Right::Home);
    list(vec![
        el("p.lead")
            .text(&texts.fill("home.lead", &[("studio", studio)]))
            .into(),
        el("ul.cards").each(others.map(card)).into(),
    ])
}

fn round(section: Right) -> El {
    el("span.round").add(icons::section(section))
}

fn empty_text(section: Right, studio: &str, texts: &Texts) -> El {
    let text = texts.of("empty", section.name());
    el("p").text(&filled(&text, &[("studio", studio)]))
}

/// What an empty section says: what will appear here, and who makes it appear.
pub fn empty(section: Right, studio: &str, texts: &Texts) -> Html {
    el("div.empty")
        .add(round(section))
        .add(empty_text(section, studio, texts))
        .into()
}
