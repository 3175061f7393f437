//! One document: a look at it, its versions, saving and removing it.

use std::rc::Rc;

use yew::Html;

use super::facts;
use crate::{
    access::Trouble,
    api::Failure,
    el::{El, el},
    forms::place,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{
        parts::{back, panel, quiet},
        section::Section,
    },
    texts::{Key, joined},
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
    let shared = &section.shared;
    let texts = &shared.texts;
    let name = document.text("name");
    let link =
        |address: &str, spec: &'static str, key: Key| el(spec).set("href", address).say(texts, key);
    let save = document.opt("address");
    let save = save.map(|address| link(&address, "a.act", t!("documents.save")));
    let (mut picture, mut look) = (None, None);
    if let Some(preview) = document.opt_object("preview") {
        let address = preview.text("address");
        if preview.text("kind") == "picture" {
            picture = Some(el("img.preview").set("alt", &name).set("src", &address));
        } else {
            let spec = "a.quiet target=_blank rel=noopener";
            look = Some(link(&address, spec, t!("documents.look")));
        }
    }
    let removes = document.flag("removable") && section.home.viewed_by.is_none();
    let remove = removes.then(|| {
        let (section, path) = (section.clone(), path.to_owned());
        quiet(texts, t!("form.remove"), false).on_click(move || {
            let (to, shared) = (section.to(), section.shared.clone());
            let then = move |reply: Result<Json, Failure>| match reply {
                Ok(_) => to(None),
                Err(failure) => shared.announce(Trouble::of(&failure, &shared).spoken()),
            };
            section.shared.api.delete(&path, Box::new(then));
        })
    });
    let versions = document.objects("versions");
    let version = |one: &Json| -> El {
        let name = one.text("name");
        let about = el("div.grow").add(facts(one, shared));
        let about = match one.opt("address") {
            Some(address) => about.add(el("a").set("href", &address).put("bdi", &name)),
            None => about.put("bdi", &name),
        };
        el("li").add(about)
    };
    let several = (versions.len() > 1).then(|| {
        let rows = el("ul.rows").each(versions.iter().map(version));
        panel(texts, "versions", t!("documents.versions")).add(rows)
    });
    let head = el("div.head")
        .add(el("h3#page.title tabindex=-1").put("bdi", &name))
        .add(facts(document, shared))
        .add(el("div.acts").maybe(save).maybe(look).maybe(remove));
    el("div.paper")
        .add(head)
        .maybe(picture)
        .maybe(several)
        .into()
}
