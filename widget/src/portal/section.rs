//! What sections have in common: a list, and what of it is open.

use std::{cell::Cell, rc::Rc};

use portico_wire::Right;
use yew::Html;

use crate::{
    app::Shared,
    el::{El, el, nothing},
    forms::place,
    icons,
    json::Json,
    part::{Value, part},
    portal::{empty, parts::panel},
    replies::Home,
    texts::{Key, joined},
    view::{self, View},
};

/// To another path, or back to the list.
pub type Go = Rc<dyn Fn(Option<String>)>;

pub struct Section {
    pub shared: Shared,
    pub home: Rc<Home>,
    right: Right,
    /// The path of what is open.
    open: Value<Option<String>>,
    /// What the last act came to.
    said: Cell<Option<String>>,
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
                said: Cell::default(),
            })
        });
        let shown = match section.open.get() {
            Some(path) => one(&section, &path),
            None => list(&section),
        };
        let said = section.said.take();
        section.said.set(said.clone());
        let said = said.map(|said| el("p.good").add(icons::tick()).put("span", &said));
        el("div.stack").maybe(said).add(shown).into()
    })
}

impl Section {
    pub fn to(self: &Rc<Self>) -> Go {
        let section = self.clone();
        Rc::new(move |path| section.done(path, None))
    }

    /// As well, with what was done.
    pub fn done(&self, path: Option<String>, said: Option<String>) {
        if let Some(said) = &said {
            self.shared.announce(said.clone());
        }
        self.said.set(said);
        self.open.set(path);
    }

    /// Nobody only looks on.
    pub fn acts(&self) -> bool {
        self.home.viewed_by.is_none()
    }

    /// For what is written as a view: what its own presses do, and its own parts.
    pub fn view(
        self: &Rc<Self>,
        act: impl Fn(&str, &Json) + 'static,
        part: impl Fn(&str, &Json) -> Html + 'static,
    ) -> Rc<View> {
        Rc::new(View {
            shared: self.shared.clone(),
            to: self.to(),
            acts: self.acts(),
            act: Box::new(act),
            part: Box::new(part),
        })
    }

    /// For a view that has nothing of its own.
    pub fn plain(self: &Rc<Self>) -> Rc<View> {
        let shared = self.shared.clone();
        // The contract that is to be signed first stands in its own section.
        let lead = move |name: &str, here: &Json| {
            let path = joined(&[name, "/", &here.text("contract")]);
            shared.go(Right::FormsAndContracts, Some(path));
        };
        self.view(lead, |_, _| nothing())
    }

    /// The rows of a list, each as a view draws it.
    pub fn rows<'a>(
        self: &Rc<Self>,
        text: &'static str,
        all: impl Iterator<Item = &'a Json>,
    ) -> Vec<El> {
        let view = self.plain();
        all.map(|one| view::draw(&view, text, one)).collect()
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
}
