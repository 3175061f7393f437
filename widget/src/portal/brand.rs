//! The studio's logo, name and welcome above the sign-in, in room the loader reserved.

use yew::Html;

use crate::{
    app::Common,
    el::{El, el},
};

#[inline(never)]
pub fn logo(shared: &Common) -> El {
    let logo = el("div.logo aria-hidden=true");
    let Some(settings) = shared.settings() else {
        return logo;
    };
    match &settings.logo_url {
        Some(url) => logo.add(el("img alt=").set("src", url)),
        None => {
            let first = settings.name.chars().take(1);
            logo.text(&first.collect::<String>())
        }
    }
}

/// The card of whoever is not inside: the studio, and below it the room for everything else.
#[inline(never)]
pub fn shell(shared: &Common, room: El) -> Html {
    let settings = shared.settings();
    let name = settings.as_ref().map_or("", |it| &*it.name);
    let welcome = settings.as_ref().and_then(|it| it.welcome.as_deref());
    let brand = el("div.brand")
        .add(logo(shared))
        .put("p.name", name)
        .put("p.welcome", welcome.unwrap_or_default());
    el("div.shell").add(brand).add(room).into()
}
