//! Home: a way into each section.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    app::Shared,
    el::{El, el, list, nothing, text},
    events::when,
    icons,
    json::Json,
    payments::{PAY, owed},
    portal::parts::{self, quiet},
    replies::Home,
    texts::{Texts, filled, joined},
    view::{self, View},
};

/// "Total due", with the way to pay it.
fn owes(home: &Home, shared: &Shared) -> Html {
    let due = home.json.objects("due");
    if due.is_empty() {
        return nothing();
    }
    let may = |right: Right| home.rights.has(right);
    let pays = may(Right::Pay) && may(Right::Invoices) && home.viewed_by.is_none();
    let pay = |total: &Json| {
        let to = shared.clone();
        if pays {
            let path = joined(&[PAY, &total.text("currency")]);
            let button = parts::act(&shared.texts, t!("pay.now"), false);
            return Some(button.on_click(move || to.go(Right::Invoices, Some(path.clone()))));
        }
        let section = [Right::PaymentsDue, Right::Invoices]
            .into_iter()
            .find(|it| may(*it))?;
        let button = quiet(&shared.texts, t!("due.look"), false);
        Some(button.on_click(move || to.go(section, None)))
    };
    owed(&due, shared, &pay).into()
}

/// To a section of this name, and to what of it is open.
pub fn lead(shared: &Shared, section: &str, path: Option<String>) {
    if let Some(to) = Right::section(section) {
        shared.go(to, path.filter(|path| !path.is_empty()));
    }
}

fn act(shared: &Shared, name: &str, here: &Json) {
    let section = match name {
        "go" => {
            let to = here.object("to");
            return lead(shared, &to.text("section"), to.opt("path"));
        }
        "new" => return shared.go(Right::Documents, None),
        "quotes" => Right::QuotesAndOrders,
        "requests" => Right::Documents,
        _ => Right::FormsAndContracts,
    };
    shared.go(section, Some(joined(&[name, "/", &here.text("id")])));
}

/// The next event, and those that wait for the studio.
fn events(home: &Json) -> Vec<Json> {
    let mut all = home.some("event_requests");
    if let Some(next) = home.opt_object("next_event") {
        all.retain(|it| it.text("id") != next.text("id"));
        all.insert(0, next);
    }
    all
}

pub fn home_section(home: &Rc<Home>, shared: &Shared) -> Html {
    view::draw(&view(home, shared), view::HOME, &home.json).into()
}

fn view(home: &Rc<Home>, shared: &Shared) -> Rc<View> {
    let (leading, acting) = (shared.clone(), shared.clone());
    let (known, drawing) = (home.clone(), shared.clone());
    Rc::new(View {
        shared: shared.clone(),
        to: Rc::new(move |path| leading.go(Right::Events, path)),
        acts: false,
        act: Box::new(move |name, here| act(&acting, name, here)),
        part: Box::new(move |name, here| part(&known, &drawing, name, here)),
    })
}

fn part(home: &Rc<Home>, shared: &Shared, name: &str, here: &Json) -> Html {
    let (rows, row) = match name {
        "owed" => return owes(home, shared),
        "when" => return text(&when(here, &shared.language())),
        "todo" => (here.some("todo"), view::TODO),
        _ => (events(here), view::EVENTS),
    };
    let view = view(home, shared);
    list(
        rows.iter()
            .map(|it| view::draw(&view, row, it).into())
            .collect(),
    )
}

fn round(section: Right) -> El {
    el("span.round").add(icons::section(section))
}

fn empty_text(section: Right, studio: &str, texts: &Texts) -> El {
    let text = texts.of("empty", section.name());
    el("p").text(&filled(&text, &[("studio", studio)]))
}

/// What an empty section says: what will appear here, and who makes it appear.
pub fn empty(section: Right, studio: &str, texts: &Texts) -> Html {
    el("div.empty")
        .add(round(section))
        .add(empty_text(section, studio, texts))
        .into()
}
