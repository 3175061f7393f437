//! A list that comes page by page.

use std::rc::Rc;

use yew::Html;

use crate::{
    api::Failure,
    app::Shared,
    el::{El, el},
    json::Json,
    loaded::Loading,
    part::{Value, part},
    portal::{parts::quiet, section::Section},
    texts::{Key, joined},
};

/// What stands above the lists, and the lists.
type Lists = (Vec<El>, Vec<(Key, Vec<El>)>);

/// Of the first page, the items of all, and how to ask for them again.
type Draw = fn(&Rc<Section>, &Json, &[Json], &Rc<dyn Fn()>) -> Lists;

struct Pages {
    shared: Shared,
    path: &'static str,
    on: &'static str,
    first: Rc<Loading<Json>>,
    /// Those after it.
    more: Value<Vec<Json>>,
    busy: Value<bool>,
}

/// `on`: what goes on after a page, `?before=`. `name`: of the list in a reply. `draw` gets the first page, the items of all, and how to ask for them again.
pub fn pages(
    section: &Rc<Section>,
    path: &'static str,
    on: &'static str,
    name: &'static str,
    draw: Draw,
) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let pages = hooks.state(|| {
            Rc::new(Pages {
                shared: section.shared.clone(),
                path,
                on,
                first: Loading::whole(hooks, &section.shared, path),
                more: hooks.value(Vec::new()),
                busy: hooks.value(false),
            })
        });
        let asking = pages.clone();
        let again: Rc<dyn Fn()> = Rc::new(move || {
            asking.more.set(Vec::new());
            asking.first.ask();
        });
        pages.first.show(hooks, |first| {
            let (mut all, mut last) = (first.objects(name), (**first).clone());
            for page in pages.more.get() {
                all.extend(page.objects(name));
                last = page;
            }
            let (above, lists) = draw(&section, first, &all, &again);
            let on = pages.clone();
            let more = last.opt("next").map(|next| {
                let button = quiet(&pages.shared.texts, t!("money.more"), pages.busy.get());
                button.on_click(move || on.ask(&next))
            });
            el("div.stack")
                .add(section.lists(above, lists))
                .maybe(more)
                .into()
        })
    })
}

impl Pages {
    fn ask(self: &Rc<Self>, next: &str) {
        self.busy.set(true);
        let pages = self.clone();
        let then = move |reply: Result<Json, Failure>| {
            pages.busy.set(false);
            // One that was lost is asked for by the next press.
            if let Ok(page) = reply {
                let mut more = pages.more.get();
                more.push(page);
                pages.more.set(more);
            }
        };
        let path = joined(&[self.path, self.on, next]);
        self.shared.api.get(&path, Box::new(then));
    }
}
