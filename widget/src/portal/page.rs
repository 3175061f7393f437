//! One of something, as a view: fetched, kept open over a reload, printed alone, with the way back above.

use std::rc::Rc;

use yew::Html;

use crate::{
    el::el,
    forms::place,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{parts::back, section::Section},
    texts::Key,
    view::{self, View},
};

/// What a page shows.
pub struct Page {
    pub section: Rc<Section>,
    pub path: String,
    pub reply: Rc<Loading<Json>>,
    pub json: Rc<Json>,
}

/// `leads`: where the way back leads, once it is known what is shown; to the list where it says nothing.
pub fn page(
    section: &Rc<Section>,
    path: &str,
    way_back: Key,
    text: &'static str,
    view: fn(&Rc<Page>) -> Rc<View>,
    leads: fn(&Json, Key) -> Option<String>,
) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = &section.shared;
        let reply = hooks.state(|| Loading::whole(hooks, shared, &path));
        place::hold(hooks, shared, way_back, &path);
        let shown = reply.show(hooks, |json| {
            let page = Rc::new(Page {
                section: section.clone(),
                path: path.clone(),
                reply: reply.clone(),
                json: json.clone(),
            });
            part("page", move |hooks| {
                papers::printable(hooks, &page.section.shared);
                view::draw(&view(&page), text, &page.json).into()
            })
        });
        let (leave, known) = (section.to(), reply.clone());
        let back = back(&shared.texts, way_back, move || {
            leave(known.known().and_then(|json| leads(&json, way_back)));
        });
        el("div.stack").add(back).add(shown).into()
    })
}

/// A page without presses and parts of its own.
pub fn plain(section: &Rc<Section>, path: &str, way_back: Key, text: &'static str) -> Html {
    page(
        section,
        path,
        way_back,
        text,
        |page| page.section.plain(),
        |_, _| None,
    )
}
