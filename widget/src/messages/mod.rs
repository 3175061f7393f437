//! Messages: what studio and client write to each other.

pub mod live;
mod thread;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::thread::thread;
use crate::{
    app::Shared,
    documents::document,
    el::el,
    portal::{
        pages::pages,
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
    view,
};

/// What the way back to this section is called.
pub const BACK: Key = t!("messages.back");

pub fn messages_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::Messages;
    section(shared, home, right, BACK, list, |section, path| {
        if path.starts_with("documents/") {
            return document(section, path, BACK);
        }
        thread(section, path, true)
    })
}

fn list(section: &Rc<Section>) -> Html {
    pages(
        section,
        "messages",
        "?before=",
        "conversations",
        |section, _, all, _| {
            // With nothing to choose from, what there is.
            if let [one] = all {
                let path = joined(&["messages/", &one.text("id")]);
                return (
                    vec![el("div").add(thread(section, &path, false))],
                    Vec::new(),
                );
            }
            let rows = section.rows(view::CONVERSATIONS, all.iter());
            (Vec::new(), vec![(t!("messages.list"), rows)])
        },
    )
}
