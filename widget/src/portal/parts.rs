//! What screens are made of.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::Trouble,
    app::Shared,
    el::{El, el, nothing},
    icons,
    texts::{Key, Texts},
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

/// The state of something, in the words of a family.
#[inline(never)]
pub fn tag(texts: &Texts, family: &str, state: &str) -> El {
    el("span.tag")
        .set("data-state", state)
        .text(&texts.of(family, state))
}

/// What went wrong, if something did.
pub fn told(trouble: Option<Rc<Trouble>>, shared: &Shared) -> Html {
    trouble.map_or_else(nothing, |trouble| {
        let contact = trouble.contact(&shared.texts);
        trouble.failed().add(contact).into()
    })
}

/// A name and what it stands for, in a `dl`.
#[inline(never)]
pub fn row(name: &str, value: El) -> El {
    el("div").put("dt", name).add(value)
}
