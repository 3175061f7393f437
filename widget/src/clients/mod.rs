//! Personal Info: the contact's and the client's details, the password, the devices.

use std::rc::Rc;

use portico_wire::clients::{Address, Profile};
use yew::Html;

use crate::{
    access::{devices::devices_card, password::password_card},
    api::Api,
    app::{Common, Shared},
    dates::display_name,
    el::{El, el, nothing},
    loaded::Loading,
    part::part,
    portal::parts::{panel, row, rows},
    replies::Home,
    texts::joined,
};

pub fn personal_info(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("personal_info", move |hooks| {
        let profile = hooks.state(|| Loading::new(hooks, &shared, Api::profile));
        let shown = profile.show(hooks, |profile| {
            let password = home.studio.passwords && profile.password && home.viewed_by.is_none();
            let password = if password {
                password_card(&shared, &home)
            } else {
                nothing()
            };
            el("div.stack")
                .add(details(profile, &shared))
                .add(password)
                .into()
        });
        el("div.stack")
            .add(shown)
            .add(devices_card(&shared, &home))
            .into()
    })
}

fn details(profile: &Profile, shared: &Common) -> Html {
    let (contact, client) = (&profile.contact, &profile.client);
    let (texts, language) = (&shared.texts, shared.language());
    let name = joined(&[&contact.first_name, " ", &contact.last_name]);
    let speaks = contact.language.as_deref();
    let speaks = speaks.map(|code| display_name("language", code, &language));
    let kind = texts.of("kind", client.kind.name());
    let own = [
        ("profile.name", Some(&*name)),
        ("profile.email", contact.email.as_deref()),
        ("profile.mobile", contact.mobile.as_deref()),
        ("profile.language", speaks.as_deref()),
    ];
    let account = [
        ("profile.account", Some(&*client.name)),
        ("profile.kind", Some(&*kind)),
        ("profile.phone", client.phone.as_deref()),
    ];
    let lines = lines(&client.address, &language);
    let address = (!lines.is_empty()).then(|| {
        let lines = lines.iter();
        let value = lines.fold(el("dd"), |all, line| all.text(line).add(el("br")));
        el("dl").add(row(&texts.get("profile.address"), value))
    });
    let panel = |id: &str, key: &str, facts: &[_]| -> El {
        panel(id, &texts.get(key)).add(rows(facts, texts))
    };
    let fields = profile.fields.iter();
    let fields = fields.fold(el("dl"), |all, field| {
        all.add(row(&field.label, el("dd").text(&field.value)))
    });
    el("div.pair")
        .add(panel("own", "profile.you", &own).add(fields))
        .add(panel("account", "profile.client", &account).maybe(address))
        .into()
}

fn lines(address: &Address, language: &str) -> Vec<String> {
    let mut town = String::new();
    let parts = [&address.city, &address.region, &address.postcode];
    for part in parts.into_iter().flatten() {
        let between = if town.is_empty() { "" } else { ", " };
        town = joined(&[&town, between, part]);
    }
    let country = address.country.as_deref();
    let lines = [
        address.line1.clone(),
        address.line2.clone(),
        Some(town).filter(|town| !town.is_empty()),
        country.map(|code| display_name("region", code, language)),
    ];
    lines.into_iter().flatten().collect()
}
