//! An order: to read, to print, to save.

use std::rc::Rc;

use yew::Html;

use super::BACK;
use crate::{
    app::Shared, el::el, forms::place, json::Json, loaded::Loading, papers, part::part,
    portal::parts::back,
};

pub fn order(shared: &Shared, path: &str, to: &Rc<dyn Fn(Option<String>)>) -> Html {
    let (shared, to) = (shared.clone(), to.clone());
    let path = path.to_owned();
    part(&path.clone(), move |hooks| {
        let loading = hooks
            .state(|| Loading::<Json>::new(hooks, &shared, &path, |json| Rc::new(json.clone())));
        place::hold(hooks, &shared, BACK, &path);
        let shown = loading.show(hooks, |order| {
            let (shared, order, path) = (shared.clone(), order.clone(), path.clone());
            part("order", move |hooks| {
                papers::printable(hooks, &shared);
                let texts = &shared.texts;
                let head = el("div.head")
                    .put("h3#page.title tabindex=-1", &order.text("title"))
                    .add(papers::ways(&shared, &path));
                el("div.paper")
                    .add(head)
                    .add(papers::draw(&order.items("paper"), texts))
                    .add(papers::log(&order, &shared))
                    .into()
            })
        });
        let leave = to.clone();
        el("div.stack")
            .add(back(&shared.texts, BACK, move || leave(None)))
            .add(shown)
            .into()
    })
}
