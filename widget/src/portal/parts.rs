//! What screens are made of.

use crate::{
    el::{El, el},
    texts::Texts,
};

/// A panel; `id` is that of its heading, which is a text's key.
#[inline(never)]
pub fn panel(texts: &Texts, id: &str, heading: &str) -> El {
    el("section.panel")
        .set("aria-labelledby", id)
        .add(el("h3").set("id", id).say(texts, heading))
}

/// A button that is not the screen's main act.
#[inline(never)]
pub fn quiet(texts: &Texts, key: &str, disabled: bool) -> El {
    el("button.quiet type=button")
        .mark("disabled", disabled)
        .say(texts, key)
}

/// The screen's main act.
#[inline(never)]
pub fn act(texts: &Texts, key: &str, busy: bool) -> El {
    el("button.act type=button")
        .set_some("aria-busy", busy.then_some("true"))
        .say(texts, key)
}

/// A name and what it stands for, in a `dl`.
#[inline(never)]
pub fn row(name: &str, value: El) -> El {
    el("div").add(el("dt").text(name)).add(value)
}

/// Those of the facts that are known, by the keys of their names.
#[inline(never)]
pub fn rows(facts: &[(&str, Option<&str>)], texts: &Texts) -> El {
    let mut all = el("dl");
    for (key, value) in facts {
        if let Some(value) = value {
            let value = el("dd").add(el("bdi").text(value));
            all = all.add(row(&texts.get(key), value));
        }
    }
    all
}
