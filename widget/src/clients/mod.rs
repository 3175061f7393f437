//! Personal Info: the contact's and the client's details, the password, the devices.

use std::rc::Rc;

use portico_wire::{
    clients::{Address, ClientKind, Profile},
    portal::Home,
};
use yew::prelude::*;

use crate::{
    access::{devices::DevicesCard, password::PasswordCard},
    api::Api,
    app::use_shared,
    hooks::Same,
    loaded::{loaded, use_load},
    texts::Texts,
};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub home: Same<Home>,
    pub went_out: Callback<String>,
}

#[component]
pub fn PersonalInfo(props: &Props) -> Html {
    let shared = use_shared();
    let (profile, again) = use_load::<Profile>(Api::profile);
    html! {
        <div class="stack">
            { loaded(&profile, &again, &shared, |profile| details(profile, &shared.texts, &shared.language)) }
            if props.home.studio.passwords {
                <PasswordCard has_password={props.home.me.has_password} email={props.home.me.email.clone()} />
            }
            <DevicesCard went_out={props.went_out.clone()} email={props.home.me.email.clone()} />
        </div>
    }
}

fn details(profile: &Rc<Profile>, texts: &Texts, language: &str) -> Html {
    let contact = &profile.contact;
    let client = &profile.client;
    let own = [
        (
            "profile.name",
            Some([&*contact.first_name, " ", &contact.last_name].concat()),
        ),
        ("profile.email", contact.email.clone()),
        ("profile.mobile", contact.mobile.clone()),
        (
            "profile.language",
            contact
                .language
                .as_deref()
                .map(|code| named("language", code, language)),
        ),
    ];
    let kind = match client.kind {
        ClientKind::Person => texts.get("kind.person"),
        ClientKind::Couple => texts.get("kind.couple"),
        ClientKind::Family => texts.get("kind.family"),
        ClientKind::Organisation => texts.get("kind.organisation"),
    };
    let account = [
        ("profile.account", Some(client.name.clone())),
        ("profile.kind", Some(kind)),
        ("profile.phone", client.phone.clone()),
    ];
    let address = lines(&client.address, language);
    html! {
        <div class="pair">
            <section class="panel" aria-labelledby="own">
                <h3 id="own">{ texts.get("profile.you") }</h3>
                { list(&own, texts) }
            </section>
            <section class="panel" aria-labelledby="account">
                <h3 id="account">{ texts.get("profile.client") }</h3>
                { list(&account, texts) }
                if !address.is_empty() {
                    <dl><div>
                        <dt>{ texts.get("profile.address") }</dt>
                        <dd>{ for address.iter().map(|line| html! { <>{ line }<br /></> }) }</dd>
                    </div></dl>
                }
            </section>
        </div>
    }
}

fn list(rows: &[(&str, Option<String>)], texts: &Texts) -> Html {
    html! {
        <dl>
            { for rows.iter().filter_map(|(key, value)| value.as_ref().map(|value| html! {
                <div><dt>{ texts.get(key) }</dt><dd><bdi>{ value }</bdi></dd></div>
            })) }
        </dl>
    }
}

/// "GB" as "United Kingdom", "en" as "English": the browser knows the names.
fn named(kind: &str, code: &str, language: &str) -> String {
    crate::dates::display_name(kind, code, language).unwrap_or_else(|| code.to_owned())
}

fn lines(address: &Address, language: &str) -> Vec<String> {
    let town = [&address.city, &address.region, &address.postcode]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    [
        address.line1.clone(),
        address.line2.clone(),
        Some(town).filter(|town| !town.is_empty()),
        address
            .country
            .as_deref()
            .map(|code| named("region", code, language)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
