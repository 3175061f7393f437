//! Header, navigation by rights, and the section that is open. The route lives in memory: the
//! address belongs to the page.

use std::{cell::RefCell, rc::Rc};

use portico_wire::Right;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::Html;

use crate::{
    app::Shared,
    clients::personal_info,
    documents::documents_section,
    el::{El, el},
    events::events_section,
    forms::{forms_section, place},
    icons,
    messages::{
        live::{Counts, listen},
        messages_section,
    },
    notifications::notifications_section,
    part::{Hooks, Value, part},
    payments::{money_section, returned},
    portal::{brand::logo, home::home_section},
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
    /// What waits unread.
    counts: Rc<Value<Counts>>,
}

pub fn frame(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("frame", move |hooks| {
        let frame = hooks.state(|| Frame::new(hooks, &shared, &home));
        if !Rc::ptr_eq(&frame.newest.replace(home.clone()), &home) {
            frame.counts.put(home.unread.clone());
        }
        // Whoever only looks on is told nothing.
        if home.viewed_by.is_none() {
            listen(hooks, &shared, frame.counts.clone());
        }
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
        let first = home.sections.first().map_or(Right::Home, |it| it.0);
        // Where a reload fell in the middle of a form.
        let has = |it: &Right| home.rights.has(*it);
        let mut kept = place::section(shared).filter(has);
        if let Some(path) = returned::led() {
            let named = path.split('/').next().and_then(Right::section);
            if let Some(to) = named.filter(has) {
                kept = Some(to);
                shared.aim.replace(Some(path));
            }
        }
        let first = kept.unwrap_or(first);
        let frame = Rc::new(Self {
            shared: shared.clone(),
            newest: RefCell::new(home.clone()),
            open: hooks.value(first),
            menu: hooks.value(false),
            person: hooks.value(false),
            checkout: returned::take(),
            turn: hooks.value(0),
            counts: Rc::new(hooks.value(home.unread.clone())),
        });
        let lead = Rc::downgrade(&frame);
        shared.lead.replace(Some(Rc::new(move |to| {
            if let Some(frame) = lead.upgrade() {
                frame.go(to);
            }
        })));
        frame
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
            .maybe(self.bell(Right::Messages))
            .maybe(self.bell(Right::Notifications))
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

    /// How many wait unread in a section, as text.
    fn unread(&self, section: Right) -> Option<String> {
        let (messages, notifications) = self.counts.get();
        let count = match section {
            Right::Messages => messages,
            Right::Notifications => notifications,
            _ => return None,
        };
        (!["", "0"].contains(&&*count)).then_some(count)
    }

    /// The way to a section from everywhere.
    fn bell(self: &Rc<Self>, section: Right) -> Option<El> {
        let name = self.name_of(section)?;
        let count = self.unread(section);
        let label = match &count {
            Some(count) => {
                let values = [("section", &*name), ("count", count)];
                self.shared.texts.fill(t!("portal.unread"), &values)
            }
            None => name,
        };
        let frame = self.clone();
        Some(
            el("button.ghost type=button")
                .set("aria-label", &label)
                .add(icons::section(section))
                .maybe(count.map(|count| el("span.count").text(&count)))
                .on_click(move || frame.go(section)),
        )
    }

    /// Of a section this contact has: the studio's name for it, or ours.
    fn name_of(&self, section: Right) -> Option<String> {
        let home = self.home();
        let (_, name) = home.sections.iter().find(|it| it.0 == section)?;
        let ours = || self.shared.texts.of("section", section.name());
        Some(name.clone().unwrap_or_else(ours))
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
        let to_info = self.name_of(Right::PersonalInfo).map(|text| {
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
            .put("span", &self.name_of(open).unwrap_or_default())
            .add(icons::down());
        let folded = if self.menu.get() { "" } else { "folded" };
        let home = self.home();
        let row = |(section, _): &(Right, Option<String>)| {
            let (frame, section) = (self.clone(), *section);
            let name = el("span.grow").text(&self.name_of(section).unwrap_or_default());
            let count = self.unread(section);
            let count = count.map(|count| el("span.count").text(&count));
            let here = (section == open).then_some("page");
            let button = item(icons::section(section))
                .add(name)
                .maybe(count)
                .set_some("aria-current", here);
            el("li")
                .key(section.name())
                .add(button.on_click(move || frame.go(section)))
        };
        let rows = home.sections.iter().map(row);
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
            other => self.name_of(other).unwrap_or_default(),
        };
        let inside = match open {
            Right::Home => home_section(home, shared),
            Right::PersonalInfo => personal_info(shared, home),
            Right::Events => events_section(shared, home),
            Right::Documents => documents_section(shared, home),
            Right::FormsAndContracts => forms_section(shared, home),
            Right::QuotesAndOrders => quotes_section(shared, home),
            Right::Invoices | Right::PaymentsDue | Right::Payments => {
                money_section(shared, home, open)
            }
            Right::Messages => messages_section(shared, home),
            _ => notifications_section(shared, home),
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

fn item(icon: El) -> El {
    el("button.item type=button").add(icon)
}

fn initials(first: &str, last: &str) -> String {
    first.chars().take(1).chain(last.chars().take(1)).collect()
}
