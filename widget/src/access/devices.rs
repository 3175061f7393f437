//! The contact's devices: where each was last used, and ending it.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::Trouble,
    api::Failure,
    json::Json,
    loaded::Loading,
    part::{Value, part},
    portal::{parts::told, section::Section},
    texts::joined,
    view,
};

struct List {
    section: Rc<Section>,
    all: Rc<Loading<Json>>,
    trouble: Value<Option<Rc<Trouble>>>,
}

impl List {
    /// One of them, or all.
    fn end(self: &Rc<Self>, name: &str, device: &Json) {
        self.trouble.set(None);
        let list = self.clone();
        let all = name == "all";
        let then = move |failure: Option<Failure>| {
            let shared = &list.section.shared;
            match failure {
                Some(failure) => list
                    .trouble
                    .set(Some(Rc::new(Trouble::of(&failure, shared)))),
                None if all => shared.went_out(list.section.home.email.clone()),
                None => {
                    shared.announce(shared.texts.get(t!("devices.ended")));
                    list.all.ask();
                }
            }
        };
        let api = &self.section.shared.api;
        if all {
            return api.sign_out(true, move |done| then(done.err()));
        }
        let path = joined(&["devices/", &device.text("id")]);
        api.delete(&path, Box::new(move |done| then(done.err())));
    }
}

pub fn devices_card(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("devices", move |hooks| {
        let list = hooks.state(|| {
            let shared = &section.shared;
            Rc::new(List {
                section: section.clone(),
                all: Loading::whole(hooks, shared, "devices"),
                trouble: hooks.value(None),
            })
        });
        list.all.show(hooks, |devices| {
            let (acting, telling) = (list.clone(), list.clone());
            let view = section.view(
                move |name, device| acting.end(name, device),
                move |_, _| told(telling.trouble.get(), &telling.section.shared),
            );
            view::draw(&view, view::DEVICES, devices).into()
        })
    })
}
