//! Back from the provider's page: what the server knows of the payment. The address the contact came back to changes
//! nothing; it only says which one to ask about.

use std::{cell::Cell, rc::Rc};

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::Html;

use super::receipt;
use crate::{
    api::Failure,
    app::Shared,
    dates::money,
    el::{el, nothing},
    json::Json,
    part::{Value, part},
    texts::{filled, joined},
};

const NAME: &str = "portico-checkout=";
const OPEN: &str = "#portico-open=";
/// Milliseconds between two looks.
const PAUSE: u32 = 2000;

/// The checkout the page's address names, once: it is taken out of the address.
pub fn take() -> Option<String> {
    let window = gloo::utils::window();
    let location = window.location();
    let search = location.search().ok()?;
    if !search.contains(NAME) {
        return None;
    }
    let (mut found, mut rest) = (None, String::new());
    for pair in search.trim_start_matches('?').split('&') {
        match pair.strip_prefix(NAME) {
            Some(id) => found = Some(id.to_owned()),
            None if pair.is_empty() => {}
            None => {
                let before = if rest.is_empty() { "?" } else { "&" };
                rest = joined(&[&rest, before, pair]);
            }
        }
    }
    let hash = location.hash().unwrap_or_default();
    show(&rest, &hash);
    found
}

/// The page's address from now on.
fn show(search: &str, hash: &str) {
    let window = gloo::utils::window();
    let path = window.location().pathname().unwrap_or_default();
    if let Ok(history) = window.history() {
        let address = joined(&[&path, search, hash]);
        history
            .replace_state_with_url(&JsValue::NULL, "", Some(&address))
            .ok();
    }
}

/// What a link in a mail leads to, once: a path that begins with its section.
pub fn led() -> Option<String> {
    let location = gloo::utils::window().location();
    let hash = location.hash().ok()?;
    let path = hash.strip_prefix(OPEN)?;
    show(&location.search().unwrap_or_default(), "");
    Some(path.to_owned())
}

struct Follow {
    shared: Shared,
    path: String,
    known: Value<Option<Json>>,
    left: Cell<u32>,
    then: Rc<dyn Fn()>,
}

/// Says how a payment goes and looks again, at most so often. `then`: it is through, so that what is shown is old.
pub fn follow(shared: &Shared, id: &str, looks: u32, then: Rc<dyn Fn()>) -> Html {
    let (shared, id) = (shared.clone(), id.to_owned());
    part(&id.clone(), move |hooks| {
        let follow = hooks.state(|| {
            Rc::new(Follow {
                shared: shared.clone(),
                path: joined(&["payments/checkout/", &id]),
                known: hooks.value(None),
                left: Cell::new(looks),
                then: then.clone(),
            })
        });
        let first = follow.clone();
        hooks.after("", move || {
            first.look();
            let gone = first;
            Some(Box::new(move || gone.left.set(0)))
        });
        follow.show()
    })
}

impl Follow {
    fn look(self: &Rc<Self>) {
        let follow = self.clone();
        let then = move |reply: Result<Json, Failure>| follow.heard(reply);
        self.shared.api.get(&self.path, Box::new(then));
    }

    fn heard(self: &Rc<Self>, reply: Result<Json, Failure>) {
        let left = self.left.get();
        if left == 0 {
            return;
        }
        self.left.set(left - 1);
        let known = match reply {
            Ok(known) => known,
            Err(Failure::Lost) => return self.again(),
            Err(_) => {
                self.left.set(0);
                return self.known.set(None);
            }
        };
        let open = known.text("state") == "open";
        if !open {
            self.left.set(0);
            let said = self.say(&known);
            self.shared.announce(said);
            self.shared.renew_home();
            (self.then)();
        } else {
            self.again();
        }
        self.known.set(Some(known));
    }

    fn again(self: &Rc<Self>) {
        let follow = self.clone();
        Timeout::new(PAUSE, move || {
            if follow.left.get() > 0 {
                follow.look();
            }
        })
        .forget();
    }

    fn say(&self, known: &Json) -> String {
        let texts = &self.shared.texts;
        let said = match &*known.text("state") {
            "open" if self.left.get() == 0 => texts.get(t!("returned.unpaid")),
            state => texts.of("returned", state),
        };
        let minor = money(&known.object("amount"), &self.shared.language());
        filled(&said, &[("amount", &minor)])
    }

    fn show(&self) -> Html {
        let texts = &self.shared.texts;
        let note = el("div.note.returned");
        let Some(known) = self.known.get() else {
            if self.left.get() == 0 {
                return nothing();
            }
            // From the start, so that nothing below it moves when the first answer is there.
            return note.add(el("p").text(&texts.of("returned", "open"))).into();
        };
        let saved = known.opt("receipt");
        note.set("data-state", &known.text("state"))
            .add(el("p").text(&self.say(&known)))
            .maybe(saved.map(|address| receipt(texts, &address)))
            .into()
    }
}
