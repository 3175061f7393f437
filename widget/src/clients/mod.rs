//! Personal Info: the contact's and the client's details, changing them, the password, the devices.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::{
        devices::devices_card,
        email::email_card,
        password::{Taken, password_card},
    },
    app::{Common, Shared},
    dates::display_name,
    el::{El, el, nothing},
    forms::{
        edit::edit,
        fill::{Ways, fill},
        place, show,
    },
    icons,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::parts::{act, panel, row, rows},
    replies::{self, Home, Profile},
    texts::{Key, joined},
};

/// What the way back to this section is called.
const BACK: Key = t!("profile.back");

struct Info {
    shared: Shared,
    profile: Rc<Loading<Profile>>,
    taken: Taken,
    editing: Value<bool>,
    /// The update form that is open.
    updating: Value<Option<String>>,
    saved: Value<bool>,
}

pub fn personal_info(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("personal_info", move |hooks| {
        let info = hooks.state(|| Info::new(hooks, &shared));
        if let Some(path) = info.updating.get() {
            return fill(&shared, &home, &path, &info.ways());
        }
        part("info", {
            let (shared, home) = (shared.clone(), home.clone());
            move |hooks| info.show(hooks, &shared, &home)
        })
    })
}

impl Info {
    fn new(hooks: &Hooks, shared: &Shared) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            profile: Loading::new(hooks, shared, "profile", |json| {
                Rc::new(replies::profile(json))
            }),
            taken: Rc::new(hooks.value(false)),
            editing: hooks.value(false),
            updating: hooks.value(place::path_of(shared, BACK)),
            saved: hooks.value(false),
        })
    }

    fn ways(self: &Rc<Self>) -> Rc<Ways> {
        let info = self.clone();
        Rc::new(Ways {
            back: BACK,
            // The details are asked for again with this screen.
            leave: Rc::new(move || {
                info.updating.set(None);
                info.shared.renew_home();
            }),
            read: None,
        })
    }

    fn show(self: &Rc<Self>, hooks: &Hooks, shared: &Shared, home: &Rc<Home>) -> Html {
        let shown = self.profile.show(hooks, |profile| {
            if let (true, Some(edits)) = (self.editing.get(), &profile.edit) {
                let info = self.clone();
                let done = move |profile: Option<Rc<Profile>>| {
                    info.editing.set(false);
                    info.saved.set(profile.is_some());
                    if let Some(profile) = profile {
                        info.profile.put(profile);
                        info.shared.renew_home();
                    }
                };
                return edit(shared, edits, Rc::new(done));
            }
            let acts = home.viewed_by.is_none();
            let password = if home.studio.passwords && profile.password && acts {
                password_card(shared, home, &self.taken)
            } else {
                nothing()
            };
            let email = if profile.email_changeable && acts {
                let info = self.clone();
                let changed = move || {
                    info.profile.ask();
                    info.shared.renew_home();
                };
                email_card(shared, home, &self.taken, Rc::new(changed))
            } else {
                nothing()
            };
            el("div.stack")
                .add(details(profile, shared))
                .maybe(acts.then(|| self.ways_on(profile)).flatten())
                .add(email)
                .add(password)
                .into()
        });
        el("div.stack")
            .add(shown)
            .add(devices_card(shared, home))
            .into()
    }

    /// To the studio's update form, or to changing things right here.
    fn ways_on(self: &Rc<Self>, profile: &Profile) -> Option<El> {
        let info = self.clone();
        let texts = &self.shared.texts;
        let button = match (&profile.update_form, &profile.edit) {
            (Some(form), _) => {
                let path = joined(&["forms/", form]);
                act(texts, t!("profile.update"), false)
                    .on_click(move || info.updating.set(Some(path.clone())))
            }
            (None, Some(_)) => {
                act(texts, t!("profile.edit"), false).on_click(move || info.editing.set(true))
            }
            (None, None) => return None,
        };
        let saved = self.saved.get().then(|| {
            el("p.good")
                .add(icons::tick())
                .say(texts, t!("profile.saved"))
        });
        Some(el("div.acts").add(button).maybe(saved))
    }
}

fn details(profile: &Profile, shared: &Common) -> Html {
    let (contact, client) = (&profile.contact, &profile.client);
    let (texts, language) = (&shared.texts, shared.language());
    let name = joined(&[&contact.first_name, " ", &contact.last_name]);
    let speaks = contact.language.as_deref();
    let speaks = speaks.map(|code| display_name("language", code, &language));
    let kind = texts.of("kind", client.kind.name());
    let own = [
        (t!("profile.name"), Some(&*name)),
        (t!("profile.email"), contact.email.as_deref()),
        (t!("profile.mobile"), contact.mobile.as_deref()),
        (t!("profile.language"), speaks.as_deref()),
    ];
    let account = [
        (t!("profile.account"), Some(&*client.name)),
        (t!("profile.kind"), Some(&*kind)),
        (t!("profile.phone"), client.phone.as_deref()),
    ];
    let lines = show::address(&client.address, &language);
    let address = (!lines.is_empty()).then(|| {
        let lines = lines.iter();
        let value = lines.fold(el("dd"), |all, line| all.text(line).add(el("br")));
        el("dl").add(row(&texts.get(t!("profile.address")), value))
    });
    let panel =
        |id: &str, key: Key, facts: &[_]| -> El { panel(texts, id, key).add(rows(facts, texts)) };
    let fields = profile.fields.iter();
    let fields = fields.fold(el("dl"), |all, field| {
        all.add(row(&field.label, el("dd").text(&field.value)))
    });
    el("div.pair")
        .add(panel("own", t!("profile.you"), &own).add(fields))
        .add(panel("account", t!("profile.client"), &account).maybe(address))
        .into()
}
