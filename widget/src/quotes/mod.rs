//! Quotes and Orders: what is offered, and what was bought.

mod order;
mod quote;

use std::{ops::Deref, rc::Rc};

use portico_wire::Right;
use yew::Html;

use self::{order::order, quote::quote};
use crate::{
    app::Shared,
    dates::{self, money},
    el::{El, el},
    icons,
    json::Json,
    loaded::Loading,
    part::part,
    portal::{
        parts::{To, tag},
        section::{Section, section},
    },
    replies::Home,
    texts::Key,
};

/// What the way back to this section is called.
pub const BACK: Key = t!("quotes.back");

pub fn quotes_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::QuotesAndOrders;
    section(shared, home, right, BACK, list, |section, path| {
        let (shared, to) = (&section.shared, section.to());
        if path.starts_with("orders/") {
            order(shared, path, &to)
        } else {
            quote(shared, &section.home, path, &to)
        }
    })
}

fn list(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let all = hooks.state(|| {
            Loading::<Json>::new(hooks, &section.shared, "quotes", |json| {
                Rc::new(json.clone())
            })
        });
        all.show(hooks, |sales| Rows(section.clone()).lists(sales))
    })
}

/// The rows of its lists.
struct Rows(Rc<Section>);

impl Deref for Rows {
    type Target = Rc<Section>;
    fn deref(&self) -> &Rc<Section> {
        &self.0
    }
}

impl Rows {
    fn lists(&self, sales: &Json) -> Html {
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
        let lists = vec![
            (t!("quotes.waiting"), waiting),
            (t!("quotes.orders"), orders),
            (t!("quotes.answered"), answered),
        ];
        self.0.lists(Vec::new(), lists)
    }

    fn quote(&self, quote: &Json, open: bool) -> El {
        let shared = &self.shared;
        let until = quote.opt("valid_until").filter(|_| open);
        let until = until.map(|day| {
            let day = dates::day(&day, true, &shared.language());
            shared.texts.fill(t!("quotes.until"), &[("day", &day)])
        });
        let state = quote.text("state");
        self.offer(
            quote,
            until.as_deref(),
            (!open).then_some(&*state),
            To {
                key: if open {
                    t!("quotes.look")
                } else {
                    t!("forms.read")
                },
                path: "quotes/",
                first: open,
            },
        )
    }

    fn order(&self, order: &Json) -> El {
        let shared = &self.shared;
        let at = dates::day_and_time(&order.text("made_at"), &shared.language());
        let made = shared.texts.fill(t!("quotes.made"), &[("when", &at)]);
        self.offer(
            order,
            Some(&made),
            None,
            To {
                key: t!("forms.read"),
                path: "orders/",
                first: false,
            },
        )
    }

    fn offer(&self, item: &Json, more: Option<&str>, state: Option<&str>, to: To<'_>) -> El {
        let texts = &self.shared.texts;
        let (id, title, number) = (item.text("id"), item.text("title"), item.text("number"));
        let mut heading = el("p.strong").put("bdi", &title);
        if let Some(state) = state {
            heading = heading.text(" ").add(tag(texts, "state", state));
        }
        let about = el("div.grow")
            .add(heading)
            .add(el("p.small.muted").put("bdi", &number))
            .maybe(more.map(|more| el("p.small").text(more)));
        let total = el("p.sum").text(&money(&item.object("total"), &self.shared.language()));
        let icon = icons::section(Right::QuotesAndOrders);
        self.row(icon, &id, about.add(total), &title, to)
    }
}

/// It can be accepted or declined.
fn is_open(quote: &Json) -> bool {
    matches!(&*quote.text("state"), "sent" | "opened")
}
