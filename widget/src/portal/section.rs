//! What sections have in common: a list, and what of it is open.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    app::Shared,
    el::{El, el},
    forms::place,
    part::{Value, part},
    portal::{
        empty,
        parts::{To, panel, way},
    },
    replies::Home,
    texts::Key,
};

/// To another path, or back to the list.
pub type Go = Rc<dyn Fn(Option<String>)>;

pub struct Section {
    pub shared: Shared,
    pub home: Rc<Home>,
    right: Right,

    /// The path of what is open.
    open: Value<Option<String>>,
}

type Shown = Rc<Section>;

/// Its list, or what of it is open.
pub fn section(
    shared: &Shared,
    home: &Rc<Home>,
    right: Right,
    back: Key,
    list: fn(&Shown) -> Html,
    one: fn(&Shown, &str) -> Html,
) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part(right.name(), move |hooks| {
        let section = hooks.state(|| {
            Rc::new(Section {
                shared: shared.clone(),
                home: home.clone(),
                right,

                open: hooks.value(place::begin(&shared, back)),
            })
        });
        match section.open.get() {
            Some(path) => one(&section, &path),
            None => list(&section),
        }
    })
}

impl Section {
    pub fn to(self: &Rc<Self>) -> Go {
        let section = self.clone();
        Rc::new(move |path| section.open.set(path))
    }

    /// A panel for each list that has rows; where none has, that there is nothing.
    pub fn lists(&self, above: Vec<El>, lists: Vec<(Key, Vec<El>)>) -> Html {
        let texts = &self.shared.texts;
        let mut shown = el("div.stack");
        let mut some = !above.is_empty();
        for one in above {
            shown = shown.add(one);
        }
        for (key, rows) in lists {
            if !rows.is_empty() {
                some = true;
                let rows = el("ul.rows").each(rows.into_iter());
                shown = shown.add(panel(texts, &key.id(), key).add(rows));
            }
        }
        if some {
            return shown.into();
        }
        empty(self.right, &self.home.studio.name, texts)
    }

    pub fn row(self: &Rc<Self>, icon: El, id: &str, about: El, title: &str, to: To<'_>) -> El {
        let section = self.clone();
        let go = move |path: String| section.open.set(Some(path));
        way(&self.shared.texts, icon, id, about, title, to, go)
    }
}
