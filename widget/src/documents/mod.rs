//! Documents: what the studio shared, what it asks for, and sending files.

pub mod send;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::send::send;
use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    el::{El, el, nothing},
    json::Json,
    loaded::Loading,
    portal::{
        page::{Page, page},
        pages::pages,
        parts::{panel, quiet},
        section::{Section, section},
    },
    replies::Home,
    sending::save,
    texts::{Key, joined},
    view,
};

/// What the way back to this section is called.
pub const BACK: Key = t!("documents.back");

pub fn documents_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::Documents;
    section(shared, home, right, BACK, list, |section, path| {
        // What is asked for stands above the list.
        if path.starts_with("requests/") {
            return list(section);
        }
        document(section, path, BACK)
    })
}

fn list(section: &Rc<Section>) -> Html {
    pages(
        section,
        "documents",
        "?before=",
        "documents",
        |section, first, all, again| {
            let texts = &section.shared.texts;
            let again = again.clone();
            let again: Rc<dyn Fn(&Json)> = Rc::new(move |_| again());
            let mut above = asked(section, first, None, &again);
            above.extend(sends(section, first, None, &again));
            let mut rest: Vec<&Json> = all.iter().collect();
            for (list, name, title) in [("folders", "folder", "name"), ("events", "event", "title")]
            {
                for group in first.objects(list) {
                    let id = group.text("id");
                    let (here, others) = rest
                        .into_iter()
                        .partition::<Vec<_>, _>(|it| it.opt(name).as_ref() == Some(&id));
                    rest = others;
                    if !here.is_empty() {
                        let rows = here.into_iter().map(|it| row(section, it));
                        let heading = el("h3").set("id", &id).put("bdi", &group.text(title));
                        above.push(
                            el("section.panel")
                                .set("aria-labelledby", &id)
                                .add(heading)
                                .add(el("ul.rows").each(rows)),
                        );
                    }
                }
            }
            let rest = rest.into_iter().map(|it| row(section, it)).collect();
            if all.len() > 1 && all.iter().any(|it| it.flag("open")) {
                let shared = section.shared.clone();
                let all = quiet(texts, t!("documents.zip"), false);
                above.push(all.on_click(move || save(&shared, "documents/zip")));
            }
            (above, vec![(t!("documents.list"), rest)])
        },
    )
}

/// The part of an event's page.
pub fn of_event(section: &Rc<Section>, event: &Json, reply: &Rc<Loading<Json>>) -> El {
    let mut all = el("div.stack");
    let Some(here) = event.opt_object("documents") else {
        return all;
    };
    let reply = reply.clone();
    let again: Rc<dyn Fn(&Json)> = Rc::new(move |_| reply.ask());
    let id = event.text("id");
    for part in asked(section, &here, Some(&id), &again) {
        all = all.add(part);
    }
    let rows: Vec<El> = here
        .some("documents")
        .iter()
        .map(|it| row(section, it))
        .collect();
    if !rows.is_empty() {
        let panel = panel(&section.shared.texts, "documents", t!("documents.event"));
        all = all.add(panel.add(el("ul.rows").each(rows.into_iter())));
    }
    all.maybe(sends(section, &here, Some(&id), &again))
}

/// Where files are dropped, if this contact may send any.
fn sends(
    section: &Rc<Section>,
    reply: &Json,
    event: Option<&str>,
    again: &Rc<dyn Fn(&Json)>,
) -> Option<El> {
    let rules = reply.opt_object("upload")?;
    section.acts().then(|| {
        panel(&section.shared.texts, "send", t!("documents.send")).add(send(
            &section.shared,
            &rules,
            event,
            None,
            again,
        ))
    })
}

/// What the studio asks for.
fn asked(
    section: &Rc<Section>,
    reply: &Json,
    event: Option<&str>,
    again: &Rc<dyn Fn(&Json)>,
) -> Vec<El> {
    if !reply.get("requests").is_there() {
        return Vec::new();
    }
    let rules = reply.opt_object("upload").filter(|_| section.acts());
    let (shared, again) = (section.shared.clone(), again.clone());
    let event = event.map(ToOwned::to_owned);
    let view = section.view(
        |_, _| {},
        move |_, request| {
            let Some(rules) = &rules else {
                return nothing();
            };
            let of = request.opt("event").or_else(|| event.clone());
            let id = request.text("id");
            send(&shared, rules, of.as_deref(), Some(&id), &again)
        },
    );
    vec![view::draw(&view, view::WANTED, reply)]
}

fn row(section: &Rc<Section>, document: &Json) -> El {
    view::draw(&section.plain(), view::DOCUMENTS, document)
}

/// One document: a look at it, its versions, saving and removing it.
pub fn document(section: &Rc<Section>, path: &str, way_back: Key) -> Html {
    let removes = |page: &Rc<Page>| {
        let page = page.clone();
        page.section.clone().view(
            move |_, _| {
                let (to, shared) = (page.section.to(), page.section.shared.clone());
                let then = move |reply: Result<Json, Failure>| match reply {
                    Ok(_) => to(None),
                    Err(failure) => shared.announce(Trouble::of(&failure, &shared).spoken()),
                };
                let api = &page.section.shared.api;
                api.delete(&page.path, Box::new(then));
            },
            |_, _| nothing(),
        )
    };
    page(
        section,
        path,
        way_back,
        view::DOCUMENT,
        removes,
        |document, way_back| {
            // Where it was opened from an event, back to that.
            let event = document.opt("event").filter(|_| way_back != BACK)?;
            Some(joined(&["events/", &event]))
        },
    )
}
