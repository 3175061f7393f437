//! Quotes and Orders: what is offered, and what was bought.

mod quote;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::quote::quote;
use crate::{
    app::Shared,
    json::Json,
    loaded::Loading,
    part::part,
    portal::{
        page::plain,
        section::{Section, section},
    },
    replies::Home,
    texts::Key,
    view,
};

/// What the way back to this section is called.
pub const BACK: Key = t!("quotes.back");

pub fn quotes_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::QuotesAndOrders;
    section(shared, home, right, BACK, list, |section, path| {
        let (shared, to) = (&section.shared, section.to());
        if path.starts_with("orders/") {
            plain(section, path, BACK, view::ORDER)
        } else {
            quote(shared, &section.home, path, &to)
        }
    })
}

fn list(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let all = hooks.state(|| Loading::whole(hooks, &section.shared, "quotes"));
        all.show(hooks, |sales| {
            let quotes = sales.objects("quotes");
            let rows = |open| {
                let some = quotes.iter().filter(|it| is_open(it) == open);
                section.rows(view::QUOTES, some)
            };
            let orders = sales.objects("orders");
            let lists = vec![
                (t!("quotes.waiting"), rows(true)),
                (
                    t!("quotes.orders"),
                    section.rows(view::ORDERS, orders.iter()),
                ),
                (t!("quotes.answered"), rows(false)),
            ];
            section.lists(Vec::new(), lists)
        })
    })
}

/// It can be accepted or declined.
fn is_open(quote: &Json) -> bool {
    matches!(&*quote.text("state"), "sent" | "opened")
}
