//! Header, navigation by rights, and the section that is open. The route lives in memory: the
//! address belongs to the page.

use std::{cell::RefCell, rc::Rc};

use portico_wire::Right;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::Html;

use crate::{
    app::{Common, Shared},
    clients::personal_info,
    el::{El, el},
    forms::{forms_section, place},
    icons,
    part::{Hooks, Value, part},
    payments::{money_section, returned},
    portal::{
        brand::logo,
        home::{Go, empty, home_section},
    },
    quotes::quotes_section,
    replies::Home,
    texts::joined,
};

/// How often a payment is asked about after coming back.
const LOOKS: u32 = 8;

struct Frame {
    shared: Shared,
    /// The newest.
    newest: RefCell<Rc<Home>>,
    open: Value<Right>,
    /// Whether the list of sections is unfolded, where it is folded.
    menu: Value<bool>,
    /// Whether the menu under the person's name is open.
    person: Value<bool>,
    /// The payment somebody came back from.
    checkout: Option<String>,
    /// Raised where what is open has to be fetched anew.
    turn: Value<u32>,
}

pub fn frame(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("frame", move |hooks| {
        let frame = hooks.state(|| Frame::new(hooks, &shared, &home));
        frame.newest.replace(home.clone());
        // The heading takes the focus: first on coming in, then with each section.
        let root = shared.pieces.root.clone();
        hooks.after(frame.open.get().name(), move || {
            let title = root.get_element_by_id("title")?;
            title.unchecked_into::<HtmlElement>().focus().ok();
            None
        });
        frame.show()
    })
}

impl Frame {
    fn new(hooks: &Hooks, shared: &Shared, home: &Rc<Home>) -> Rc<Self> {
        let first = home.rights.sections().next().unwrap_or(Right::Home);
        // Where a reload fell in the middle of a form.
        let kept = place::section(shared).filter(|it| home.rights.has(*it));
        let first = kept.unwrap_or(first);
        Rc::new(Self {
            shared: shared.clone(),
            newest: RefCell::new(home.clone()),
            open: hooks.value(first),
            menu: hooks.value(false),
            person: hooks.value(false),
            checkout: returned::take(),
            turn: hooks.value(0),
        })
    }

    fn home(&self) -> Rc<Home> {
        self.newest.borrow().clone()
    }

    fn fold(&self) {
        self.menu.set(false);
        self.person.set(false);
    }

    fn go(&self, to: Right) {
        self.fold();
        if to == Right::Home {
            // What waits may have changed, here or at the studio.
            self.shared.renew_home();
        }
        self.open.set(to);
    }

    fn sign_out(&self) {
        let (shared, email) = (self.shared.clone(), self.home().email.clone());
        // Out here in any case; a session the server never heard end runs out by itself.
        let then = move |_| shared.went_out(email);
        self.shared.api.sign_out(false, then);
    }

    fn show(self: &Rc<Self>) -> Html {
        let frame = self.clone();
        let top = el("header.top")
            .add(logo(&self.shared))
            .put("p.name", &self.home().studio.name)
            .add(self.person());
        let viewed = self.home().viewed_by.as_deref().map(|name| {
            let text = self
                .shared
                .texts
                .fill(t!("portal.viewed"), &[("name", name)]);
            el("p.viewed").text(&text)
        });
        el("div.frame")
            .maybe(viewed)
            .add(top)
            .add(el("div.columns").add(self.sections()).add(self.main()))
            .on_key("Escape", move || frame.fold())
            .into()
    }

    /// The person's name, and the menu under it.
    fn person(self: &Rc<Self>) -> El {
        let (shared, home) = (&self.shared, &self.home());
        let name = joined(&[&home.first_name, " ", &home.last_name]);
        let initials = initials(&home.first_name, &home.last_name);
        let button = el("button.ghost type=button aria-controls=person")
            .put("span.initials aria-hidden=true", &initials)
            .put("span.who", &name)
            .add(icons::down());
        let to_info = home.rights.has(Right::PersonalInfo).then(|| {
            let text = name_of(shared, Right::PersonalInfo);
            let icon = icons::section(Right::PersonalInfo);
            let frame = self.clone();
            item(icon)
                .text(&text)
                .on_click(move || frame.go(Right::PersonalInfo))
        });
        let out = self.clone();
        let menu = el("div#person.drop")
            .mark("hidden", !self.person.get())
            .put("p.small", &home.client)
            .put("p.small.muted", &home.email)
            .maybe(to_info)
            .maybe(home.viewed_by.is_none().then(|| {
                item(icons::lock())
                    .say(&shared.texts, t!("access.sign_out"))
                    .on_click(move || out.sign_out())
            }));
        let button = self.toggling(button, |frame| &frame.person);
        el("div.person").add(button).add(menu)
    }

    /// A button that folds and unfolds.
    fn toggling(self: &Rc<Self>, button: El, of: fn(&Frame) -> &Value<bool>) -> El {
        let open = if of(self).get() { "true" } else { "false" };
        let frame = self.clone();
        button.set("aria-expanded", open).on_click(move || {
            let value = of(&frame);
            value.set(!value.get());
        })
    }

    fn sections(self: &Rc<Self>) -> El {
        let open = self.open.get();
        let burger = el("button.burger type=button aria-controls=sections")
            .add(icons::menu())
            .put("span", &name_of(&self.shared, open))
            .add(icons::down());
        let folded = if self.menu.get() { "" } else { "folded" };
        let row = |section: Right| {
            let frame = self.clone();
            let name = el("span").text(&name_of(&self.shared, section));
            let here = (section == open).then_some("page");
            let button = item(icons::section(section))
                .add(name)
                .set_some("aria-current", here);
            el("li")
                .key(section.name())
                .add(button.on_click(move || frame.go(section)))
        };
        let rows = self.home().rights.sections().map(row);
        el("nav")
            .set("aria-label", &self.shared.texts.get(t!("portal.sections")))
            .add(self.toggling(burger, |frame| &frame.menu))
            .add(el("ul#sections").set("class", folded).each(rows))
    }

    fn main(self: &Rc<Self>) -> El {
        let (shared, home) = (&self.shared, &self.home());
        let open = self.open.get();
        let title = match open {
            Right::Home => shared
                .texts
                .fill(t!("home.hello"), &[("name", &home.first_name)]),
            other => name_of(shared, other),
        };
        let inside = match open {
            Right::Home => {
                let frame = self.clone();
                let go: Go = Rc::new(move |to, path| {
                    frame.shared.aim.replace(path);
                    frame.go(to);
                });
                home_section(home, shared, &go)
            }
            Right::PersonalInfo => personal_info(shared, home),
            Right::FormsAndContracts => forms_section(shared, home),
            Right::QuotesAndOrders => quotes_section(shared, home),
            Right::Invoices | Right::PaymentsDue | Right::Payments => {
                money_section(shared, home, open)
            }
            other => empty(other, &home.studio.name, &shared.texts),
        };
        let turning = self.clone();
        let returned = self.checkout.as_ref().map(|id| {
            let turn = Rc::new(move || {
                place::stay(&turning.shared);
                turning.turn.set(turning.turn.get() + 1);
            });
            returned::follow(shared, id, LOOKS, turn)
        });
        let turn = self.turn.get().to_string();
        el("div.main role=region aria-labelledby=title")
            .put("h2#title.title tabindex=-1", &title)
            .maybe(returned)
            .add(
                el("div.stack")
                    .key(&joined(&[open.name(), &turn]))
                    .add(inside),
            )
    }
}

fn name_of(shared: &Common, section: Right) -> String {
    shared.texts.of("section", section.name())
}

fn item(icon: El) -> El {
    el("button.item type=button").add(icon)
}

fn initials(first: &str, last: &str) -> String {
    first.chars().take(1).chain(last.chars().take(1)).collect()
}
