//! One document: a look at it, its versions, saving and removing it.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    el::{el, nothing},
    forms::place,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{parts::back, section::Section},
    texts::{Key, joined},
    view,
};

pub fn document(section: &Rc<Section>, path: &str, way_back: Key) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = section.shared.clone();
        let reply = hooks
            .state(|| Loading::<Json>::new(hooks, &shared, &path, |json| Rc::new(json.clone())));
        place::hold(hooks, &shared, way_back, &path);
        let shown = reply.show(hooks, |document| {
            let (section, document, path) = (section.clone(), document.clone(), path.clone());
            part("document", move |hooks| {
                papers::printable(hooks, &section.shared);
                show(&section, &document, &path)
            })
        });
        let (leave, known) = (section.to(), reply.clone());
        let event = move || {
            let event = known.known()?.opt("event")?;
            // Where it was opened from an event, back to that.
            (way_back != super::BACK).then(|| joined(&["events/", &event]))
        };
        el("div.stack")
            .add(back(&shared.texts, way_back, move || leave(event())))
            .add(shown)
            .into()
    })
}

fn show(section: &Rc<Section>, document: &Json, path: &str) -> Html {
    let (acting, path) = (section.clone(), path.to_owned());
    let remove = move |_: &str, _: &Json| {
        let (to, shared) = (acting.to(), acting.shared.clone());
        let then = move |reply: Result<Json, Failure>| match reply {
            Ok(_) => to(None),
            Err(failure) => shared.announce(Trouble::of(&failure, &shared).spoken()),
        };
        acting.shared.api.delete(&path, Box::new(then));
    };
    let view = section.view(remove, |_, _| nothing());
    view::draw(&view, view::DOCUMENT, document).into()
}
