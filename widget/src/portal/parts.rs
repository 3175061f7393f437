//! What screens are made of.

use crate::{
    el::{El, el},
    icons,
    texts::{Key, Texts, joined},
};

/// A panel; `id` is that of its heading, which is a text's key.
#[inline(never)]
pub fn panel(texts: &Texts, id: &str, heading: Key) -> El {
    el("section.panel")
        .set("aria-labelledby", id)
        .add(el("h3").set("id", id).say(texts, heading))
}

/// A button that is not the screen's main act.
#[inline(never)]
pub fn quiet(texts: &Texts, key: Key, disabled: bool) -> El {
    el("button.quiet type=button")
        .mark("disabled", disabled)
        .say(texts, key)
}

/// The screen's main act.
#[inline(never)]
pub fn act(texts: &Texts, key: Key, busy: bool) -> El {
    el("button.act type=button")
        .set_some("aria-busy", busy.then_some("true"))
        .say(texts, key)
}

/// The way back, above a screen.
pub fn back(texts: &Texts, key: Key, leave: impl Fn() + 'static) -> El {
    el("button.link type=button")
        .add(icons::back())
        .say(texts, key)
        .on_click(leave)
}

/// Where a row's button leads.
#[derive(Clone, Copy)]
pub struct To<'a> {
    pub key: Key,
    /// Before the id.
    pub path: &'a str,
    /// One of the screen's main acts.
    pub first: bool,
}

/// A row of a list with its way on; the button says where it leads.
pub fn way(
    texts: &Texts,
    icon: El,
    id: &str,
    about: El,
    title: &str,
    to: To<'_>,
    go: impl Fn(String) + 'static,
) -> El {
    let button = if to.first { act } else { quiet }(texts, to.key, false);
    let button = button.set("aria-label", &joined(&[&texts.get(to.key), ": ", title]));
    let path = joined(&[to.path, id]);
    el("li")
        .key(id)
        .add(el("span.round").add(icon))
        .add(about)
        .add(button.on_click(move || go(path.clone())))
}

/// The state of something, in the words of a family.
#[inline(never)]
pub fn tag(texts: &Texts, family: &str, state: &str) -> El {
    el("span.tag")
        .set("data-state", state)
        .text(&texts.of(family, state))
}

/// A name and what it stands for, in a `dl`.
#[inline(never)]
pub fn row(name: &str, value: El) -> El {
    el("div").put("dt", name).add(value)
}

/// Those of the facts that are known, by the keys of their names.
#[inline(never)]
pub fn rows(facts: &[(Key, Option<&str>)], texts: &Texts) -> El {
    let mut all = el("dl");
    for (key, value) in facts {
        if let Some(value) = value {
            let value = el("dd").put("bdi", value);
            all = all.add(row(&texts.get(*key), value));
        }
    }
    all
}
