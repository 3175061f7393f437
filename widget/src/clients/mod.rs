//! Personal Info: the contact's and the client's details, changing them, the password, the devices.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    access::{devices::devices_card, email::email_card, password::password_card},
    app::Shared,
    el::{El, el},
    forms::{
        fill::{Ways, fill},
        prompt::prompt,
    },
    json::Json,
    loaded::Loading,
    part::part,
    portal::{
        page::plain,
        parts::act,
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
    view,
};

/// What the way back to this section is called.
const BACK: Key = t!("profile.back");

pub fn personal_info(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::PersonalInfo;
    section(shared, home, right, BACK, info, |section, path| {
        if path == "activity" {
            return plain(section, path, BACK, view::ACTIVITY);
        }
        if !path.starts_with("forms/") {
            return prompt(section, path, BACK);
        }
        let (to, shared) = (section.to(), section.shared.clone());
        let ways = Ways {
            back: BACK,
            leave: Rc::new(move || {
                to(None);
                shared.renew_home();
            }),
            read: None,
        };
        fill(&section.shared, &section.home, path, &Rc::new(ways))
    })
}

fn info(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("info", move |hooks| {
        let (shared, home) = (&section.shared, &section.home);
        let (profile, taken) = &*hooks.state(|| {
            let profile = Loading::whole(hooks, shared, "profile");
            Rc::new((profile, Rc::new(hooks.value(false))))
        });
        let shown = profile.show(hooks, |known| {
            let mut all = el("div.stack")
                .add(view::draw(&section.plain(), view::PROFILE, known))
                .maybe(section.acts().then(|| ways_on(&section, known)).flatten());
            if known.flag("email_changeable") && section.acts() {
                let (profile, shared) = (profile.clone(), shared.clone());
                let changed = move || {
                    profile.ask();
                    shared.renew_home();
                };
                all = all.add(email_card(&section.shared, home, taken, Rc::new(changed)));
            }
            if home.studio.passwords && known.flag("password") && section.acts() {
                all = all.add(password_card(shared, home, taken));
            }
            all.into()
        });
        el("div.stack")
            .add(shown)
            .add(devices_card(&section))
            .into()
    })
}

/// To the studio's update form, or to changing things right here.
fn ways_on(section: &Rc<Section>, profile: &Json) -> Option<El> {
    let (key, path) = match profile.opt("update_form") {
        Some(form) => (t!("profile.update"), joined(&["forms/", &form])),
        None if profile.flag("edit") => (t!("profile.edit"), "profile/form".to_owned()),
        None => return None,
    };
    let to = section.to();
    let button = act(&section.shared.texts, key, false);
    Some(el("div.acts").add(button.on_click(move || to(Some(path.clone())))))
}
