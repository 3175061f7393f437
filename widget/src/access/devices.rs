//! The contact's devices: where each was last used, and ending it.

use portico_wire::{
    SessionId,
    access::{Device, Devices},
};
use yew::prelude::*;

use crate::{
    access::Trouble,
    api::Api,
    app::use_shared,
    dates::day_and_time,
    hooks::use_value,
    icons,
    loaded::{loaded, use_load},
};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub email: String,
    pub went_out: Callback<String>,
}

#[component]
pub fn DevicesCard(props: &Props) -> Html {
    let shared = use_shared();
    let texts = &shared.texts;
    let (devices, again) = use_load::<Devices>(Api::devices);
    let trouble = use_value(None::<Trouble>);
    let busy = use_value(false);

    // `None`: all of them.
    let end = {
        let (shared, again, trouble, busy) =
            (shared.clone(), again.clone(), trouble.clone(), busy.clone());
        let (went_out, email) = (props.went_out.clone(), props.email.clone());
        Callback::from(move |device: Option<SessionId>| {
            busy.set(true);
            trouble.set(None);
            let (shared, again, trouble, busy) =
                (shared.clone(), again.clone(), trouble.clone(), busy.clone());
            let (went_out, email) = (went_out.clone(), email.clone());
            let api = shared.api.clone();
            let then = Box::new(move |done| {
                busy.set(false);
                match done {
                    Ok(()) if device.is_none() => went_out.emit(email),
                    Ok(()) => {
                        shared.announce.emit(shared.texts.get("devices.ended"));
                        again.emit(());
                    }
                    Err(failure) => trouble.set(Some(Trouble::of(&failure, &shared))),
                }
            });
            match device {
                Some(id) => api.end_device(id, then),
                None => api.sign_out(true, then),
            }
        })
    };
    let row = |device: &Device| {
        let id = device.id;
        let used = day_and_time(device.last_used_at, &shared.language);
        html! {
            <li key={id.to_string()}>
                <span class="round">{ icons::device() }</span>
                <div class="grow">
                    <p class="strong">
                        { &device.name }
                        if device.here {
                            <>{ " " }<span class="tag">{ texts.get("devices.here") }</span></>
                        }
                    </p>
                    <p class="small muted">
                        <bdi>{ host_of(&device.origin) }</bdi>{ " · " }{ texts.fill("devices.used", &[("when", &used)]) }
                        { " · " }<bdi>{ &device.address }</bdi>
                    </p>
                </div>
                if !device.here {
                    <button type="button" class="quiet" disabled={busy.get()} onclick={end.reform(move |_| Some(id))}
                        aria-label={texts.fill("devices.end_name", &[("name", &device.name)])}>
                        { texts.get("devices.end") }
                    </button>
                }
            </li>
        }
    };
    html! {
        <section class="panel" aria-labelledby="devices">
            <h3 id="devices">{ texts.get("devices.heading") }</h3>
            <p class="muted">{ texts.get("devices.lead") }</p>
            { loaded(&devices, &again, &shared, |devices| html! {
                <ul class="rows">{ for devices.devices.iter().map(row) }</ul>
            }) }
            if let Some(trouble) = trouble.get() {
                <div class="failed" role="alert">{ trouble.told() }</div>
            }
            <button type="button" class="quiet" disabled={busy.get()} onclick={end.reform(|_| None)}>{ texts.get("devices.end_all") }</button>
        </section>
    }
}

/// The page's address without its scheme.
fn host_of(origin: &str) -> &str {
    origin.split_once("//").map_or(origin, |(_, host)| host)
}
