//! Notifications: what happened, each with the way to it.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    app::Shared,
    el::{El, el, nothing},
    forms::prompt::prompt,
    json::Body,
    portal::{
        home::lead,
        pages::pages,
        parts::quiet,
        section::{Section, section},
    },
    replies::Home,
    texts::Key,
    view,
};

/// What the way back to this section is called.
pub const BACK: Key = t!("notifications.back");

/// Said to be seen: these, or all.
const SEEN: &str = "notifications/seen";

pub fn notifications_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::Notifications;
    section(shared, home, right, BACK, list, |section, path| {
        prompt(section, path, BACK)
    })
}

fn list(section: &Rc<Section>) -> Html {
    pages(
        section,
        "notifications",
        "?before=",
        "notifications",
        |section, first, all, again| {
            let (shared, acts) = (section.shared.clone(), section.acts());
            let texts = &section.shared.texts;
            let view = section.view(
                move |_, one| {
                    if acts {
                        let body = Body::new().texts("ids", &[one.text("id")]);
                        shared.live.tell(SEEN, body, Rc::new(|| {}));
                    }
                    lead(&shared, &one.text("section"), one.opt("path"));
                },
                |_, _| nothing(),
            );
            let rows: Vec<El> = all
                .iter()
                .map(|one| view::draw(&view, view::NOTIFICATIONS, one))
                .collect();
            let (to, again, shared) = (section.to(), again.clone(), section.shared.clone());
            let mark = first.get("unread").is_there().then(|| {
                quiet(texts, t!("notifications.all"), false).on_click(move || {
                    let body = Body::new().flag("all", true);
                    shared.live.tell(SEEN, body, again.clone());
                })
            });
            let choose = quiet(texts, t!("notifications.choose"), false)
                .on_click(move || to(Some("notifications/form".to_owned())));
            let above = acts.then(|| el("div.acts").maybe(mark).add(choose));
            let lists = vec![(t!("notifications.list"), rows)];
            (above.into_iter().collect(), lists)
        },
    )
}
