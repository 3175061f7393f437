//! The studio's logo, name and welcome above the sign-in, in room the loader reserved.

use yew::prelude::*;

use crate::app::Shared;

pub fn logo(shared: &Shared) -> Html {
    let settings = shared.settings.as_deref();
    let url = settings.and_then(|settings| settings.logo_url.clone());
    html! {
        <div class="logo" aria-hidden="true">
            if let Some(url) = url {
                <img src={url} alt="" />
            } else {
                { settings.and_then(|settings| settings.name.chars().next()).map(String::from) }
            }
        </div>
    }
}

pub fn brand(shared: &Shared) -> Html {
    let settings = shared.settings.as_deref();
    html! {
        <div class="brand">
            { logo(shared) }
            <p class="name">{ settings.map(|settings| settings.name.clone()) }</p>
            <p class="welcome">{ settings.and_then(|settings| settings.welcome.clone()) }</p>
        </div>
    }
}
