//! Quotes and Orders: what is offered, and what was bought.

mod order;
mod quote;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::{order::order, quote::quote};
use crate::{
    app::Shared,
    dates::{self, money},
    el::{El, el},
    forms::place,
    icons,
    json::Json,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::{
        empty,
        parts::{To, panel, way},
    },
    replies::Home,
    texts::joined,
};

/// What the way back to this section is called.
pub const BACK: &str = "quotes.back";

struct Section {
    shared: Shared,
    home: Rc<Home>,
    /// The path of the quote or order that is open.
    open: Value<Option<String>>,
}

pub fn quotes_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let (shared, home) = (shared.clone(), home.clone());
    part("quotes", move |hooks| {
        let section = hooks.state(|| Section::new(hooks, &shared, &home));
        let Some(path) = section.open.get() else {
            return section.list();
        };
        let to = section.clone();
        let to: Rc<dyn Fn(Option<String>)> = Rc::new(move |path| to.open.set(path));
        if path.starts_with("orders/") {
            order(&shared, &path, &to)
        } else {
            quote(&shared, &home, &path, &to)
        }
    })
}

impl Section {
    fn new(hooks: &Hooks, shared: &Shared, home: &Rc<Home>) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            home: home.clone(),
            open: hooks.value(place::begin(shared, BACK)),
        })
    }

    fn list(self: &Rc<Self>) -> Html {
        let section = self.clone();
        part("list", move |hooks| {
            let all = hooks.state(|| {
                Loading::<Json>::new(hooks, &section.shared, "quotes", |json| {
                    Rc::new(json.clone())
                })
            });
            all.show(hooks, |sales| section.lists(sales))
        })
    }

    fn lists(self: &Rc<Self>, sales: &Json) -> Html {
        let texts = &self.shared.texts;
        let (mut waiting, mut answered) = (Vec::new(), Vec::new());
        for quote in sales.objects("quotes") {
            if is_open(&quote) {
                waiting.push(self.quote(&quote, true));
            } else {
                answered.push(self.quote(&quote, false));
            }
        }
        let orders = sales.objects("orders");
        let orders: Vec<El> = orders.iter().map(|it| self.order(it)).collect();
        let lists = [
            ("quotes.waiting", waiting),
            ("quotes.orders", orders),
            ("quotes.answered", answered),
        ];
        let mut shown = el("div.stack");
        let mut some = false;
        for (key, rows) in lists {
            if !rows.is_empty() {
                some = true;
                let rows = el("ul.rows").each(rows.into_iter());
                shown = shown.add(panel(texts, key, key).add(rows));
            }
        }
        if some {
            return shown.into();
        }
        empty(Right::QuotesAndOrders, &self.home.studio.name, texts)
    }

    fn quote(self: &Rc<Self>, quote: &Json, open: bool) -> El {
        let shared = &self.shared;
        let until = quote.opt("valid_until").filter(|_| open);
        let until = until.map(|day| {
            let day = dates::day(&day, true, &shared.language());
            shared.texts.fill("quotes.until", &[("day", &day)])
        });
        let state = quote.text("state");
        self.row(
            quote,
            until.as_deref(),
            (!open).then_some(&*state),
            To {
                key: if open { "quotes.look" } else { "forms.read" },
                path: "quotes/",
                first: open,
            },
        )
    }

    fn order(self: &Rc<Self>, order: &Json) -> El {
        let shared = &self.shared;
        let at = dates::day_and_time(&order.text("made_at"), &shared.language());
        let made = shared.texts.fill("quotes.made", &[("when", &at)]);
        self.row(
            order,
            Some(&made),
            None,
            To {
                key: "forms.read",
                path: "orders/",
                first: false,
            },
        )
    }

    fn row(
        self: &Rc<Self>,
        item: &Json,
        more: Option<&str>,
        state: Option<&str>,
        to: To<'_>,
    ) -> El {
        let texts = &self.shared.texts;
        let (id, title, number) = (item.text("id"), item.text("title"), item.text("number"));
        let mut heading = el("p.strong").put("bdi", &title);
        if let Some(state) = state {
            let tag = el("span.tag").set("data-state", state);
            let words = joined(&["state.", state]);
            heading = heading.text(" ").add(tag.say(texts, &words));
        }
        let about = el("div.grow")
            .add(heading)
            .add(el("p.small.muted").put("bdi", &number))
            .maybe(more.map(|more| el("p.small").text(more)));
        let total = el("p.sum").text(&money(&item.object("total"), &self.shared.language()));
        let open = self.clone();
        let go = move |path: String| open.open.set(Some(path));
        let icon = icons::section(Right::QuotesAndOrders);
        way(texts, icon, &id, about.add(total), &title, to, go)
    }
}

/// It can be accepted or declined.
fn is_open(quote: &Json) -> bool {
    matches!(&*quote.text("state"), "sent" | "opened")
}
