//! The studio's logo, name and welcome above the sign-in, in room the loader reserved.

use yew::prelude::*;

use crate::app::use_shared;

#[component]
pub fn Logo() -> Html {
    let shared = use_shared();
    let Some(settings) = shared.settings else {
        return html! { <div class="logo" aria-hidden="true" /> };
    };
    html! {
        <div class="logo" aria-hidden="true">
            if let Some(logo) = &settings.logo_url {
                <img src={logo.clone()} alt="" />
            } else {
                { settings.name.chars().next().map(String::from).unwrap_or_default() }
            }
        </div>
    }
}

#[component]
pub fn Brand() -> Html {
    let shared = use_shared();
    let name = shared.settings.as_ref().map(|settings| settings.name.clone());
    let welcome = shared.settings.as_ref().and_then(|settings| settings.welcome.clone());
    html! {
        <div class="brand">
            <Logo />
            <p class="name">{ name }</p>
            <p class="welcome">{ welcome }</p>
        </div>
    }
}
