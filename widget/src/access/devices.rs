//! The contact's devices: where each was last used, and ending it.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::Trouble,
    app::Shared,
    dates::day_and_time,
    el::{El, el},
    icons,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::parts::{panel, quiet},
    replies::{self, Device, Home},
};

struct List {
    shared: Shared,
    home: Rc<Home>,
    all: Rc<Loading<Vec<Device>>>,
    trouble: Value<Option<Rc<Trouble>>>,
    busy: Value<bool>,
}

impl List {
    fn new(hooks: &Hooks, shared: &Shared, home: &Rc<Home>) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            home: home.clone(),
            all: Loading::new(hooks, shared, "devices", |json| {
                Rc::new(replies::devices(json))
            }),
            trouble: hooks.value(None),
            busy: hooks.value(false),
        })
    }

    /// `None`: all of them.
    fn end(self: &Rc<Self>, device: Option<&str>) {
        self.busy.set(true);
        self.trouble.set(None);
        let list = self.clone();
        let all = device.is_none();
        let then = move |done| {
            list.busy.set(false);
            match done {
                Ok(()) if all => list.shared.went_out(list.home.email.clone()),
                Ok(()) => {
                    list.shared
                        .announce(list.shared.texts.get(t!("devices.ended")));
                    list.all.ask();
                }
                Err(failure) => list
                    .trouble
                    .set(Some(Rc::new(Trouble::of(&failure, &list.shared)))),
            }
        };
        match device {
            Some(id) => self.shared.api.end_device(id, then),
            None => self.shared.api.sign_out(true, then),
        }
    }

    fn row(self: &Rc<Self>, device: &Device) -> El {
        let texts = &self.shared.texts;
        let used = day_and_time(&device.last_used_at, &self.shared.language());
        let mut name = el("p.strong").text(&device.name);
        if device.here {
            let here = el("span.tag").say(texts, t!("devices.here"));
            name = name.text(" ").add(here);
        }
        let facts = el("p.small.muted")
            .put("bdi", host_of(&device.origin))
            .text(" · ")
            .text(&texts.fill(t!("devices.used"), &[("when", &used)]))
            .text(" · ")
            .put("bdi", &device.address);
        let row = el("li")
            .key(&device.id)
            .add(el("span.round").add(icons::device()))
            .add(el("div.grow").add(name).add(facts));
        if device.here {
            return row;
        }
        let button = quiet(texts, t!("devices.end"), self.busy.get());
        let label = texts.fill(t!("devices.end_name"), &[("name", &device.name)]);
        let (list, id) = (self.clone(), device.id.clone());
        let end = move || list.end(Some(&id));
        row.add(button.set("aria-label", &label).on_click(end))
    }
}

pub fn devices_card(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("devices", move |hooks| {
        let list = hooks.state(|| List::new(hooks, &shared, &home));
        let texts = &shared.texts;
        let rows = list.all.show(hooks, |devices| {
            let rows = devices.iter().map(|device| list.row(device));
            el("ul.rows").each(rows).into()
        });
        let all = list.clone();
        panel(texts, "devices", t!("devices.heading"))
            .tell("p.muted", texts, t!("devices.lead"))
            .add(rows)
            .maybe(list.trouble.get().map(|trouble| trouble.failed()))
            .add(
                quiet(texts, t!("devices.end_all"), list.busy.get())
                    .on_click(move || all.end(None)),
            )
            .into()
    })
}

/// The page's address without its scheme.
fn host_of(origin: &str) -> &str {
    origin.split('/').nth(2).unwrap_or(origin)
}
