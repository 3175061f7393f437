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
    portal::parts::{act, panel, quiet},
    replies::Home,
    texts::{Texts, filled, joined},
    view::{self, View},
};

/// What waits for this contact, each with its way on.
fn todo(home: &Home, shared: &Shared) -> El {
    let texts = &shared.texts;
    let panel = panel(texts, "todo", t!("home.todo"));
    if home.todo.is_empty() {
        let text = el("p.good")
            .add(icons::tick())
            .say(texts, t!("home.nothing"));
        return panel.add(text);
    }
    let leading = shared.clone();
    let view = view(shared, move |name, todo| {
        let section = match name {
            "quotes" => Right::QuotesAndOrders,
            "requests" => Right::Documents,
            _ => Right::FormsAndContracts,
        };
        leading.go(section, Some(joined(&[name, "/", &todo.text("id")])));
    });
    let rows = home.todo.iter().map(|it| view::draw(&view, view::TODO, it));
    panel.add(el("ul.rows").each(rows))
}

fn view(shared: &Shared, act: impl Fn(&str, &Json) + 'static) -> Rc<View> {
    let (leading, saying) = (shared.clone(), shared.clone());
    Rc::new(View {
        shared: shared.clone(),
        to: Rc::new(move |path| leading.go(Right::Events, path)),
        acts: false,
        act: Box::new(act),
        part: Box::new(move |_, event| text(&when(event, &saying.language()))),
    })
}

/// The next event, and those that wait for the studio.
fn next(home: &Home, shared: &Shared) -> Option<El> {
    let view = view(shared, |_, _| {});
    let rows = home.events.iter();
    let rows = rows.map(|it| view::draw(&view, view::EVENTS, it));
    (!home.events.is_empty())
        .then(|| panel(&shared.texts, "next", t!("home.next")).add(el("ul.rows").each(rows)))
}

/// Documents nobody opened yet.
fn new(home: &Home, shared: &Shared) -> Option<El> {
    let count = &*home.new_documents;
    if ["", "0"].contains(&count) {
        return None;
    }
    let (texts, to) = (&shared.texts, shared.clone());
    let said = texts.fill(t!("home.documents"), &[("count", count)]);
    let look = quiet(texts, t!("events.open"), false);
    Some(
        el("div.note.returned")
            .put("p.grow", &said)
            .add(look.on_click(move || to.go(Right::Documents, None))),
    )
}

/// "Total due", with the way to pay it.
fn owes(home: &Home, shared: &Shared) -> Html {
    if home.due.is_empty() {
        return nothing();
    }
    let may = |right: Right| home.rights.has(right);
    let pays = may(Right::Pay) && may(Right::Invoices) && home.viewed_by.is_none();
    let pay = |total: &Json| {
        let to = shared.clone();
        if pays {
            let path = joined(&[PAY, &total.text("currency")]);
            let button = act(&shared.texts, t!("pay.now"), false);
            return Some(button.on_click(move || to.go(Right::Invoices, Some(path.clone()))));
        }
        let section = [Right::PaymentsDue, Right::Invoices]
            .into_iter()
            .find(|it| may(*it))?;
        let button = quiet(&shared.texts, t!("due.look"), false);
        Some(button.on_click(move || to.go(section, None)))
    };
    owed(&home.due, shared, &pay).into()
}

pub fn home_section(home: &Home, shared: &Shared) -> Html {
    let texts = &shared.texts;
    let studio = home.studio.name.as_str();
    let card = |section: Right| {
        let to = shared.clone();
        let name = texts.of("section", section.name());
        let open = el("button type=button").text(&name);
        el("li.card")
            .key(section.name())
            .add(el("h3").add(open.on_click(move || to.go(section, None))))
            .add(round(section))
            .add(about(section, studio, texts))
    };
    let others = home.rights.sections().filter(|it| *it != Right::Home);
    list(vec![
        el("p.lead")
            .text(&texts.fill(t!("home.lead"), &[("studio", studio)]))
            .into(),
        owes(home, shared),
        new(home, shared).map_or_else(nothing, Into::into),
        todo(home, shared).into(),
        next(home, shared).map_or_else(nothing, Into::into),
        el("ul.cards").each(others.map(card)).into(),
    ])
}

fn round(section: Right) -> El {
    el("span.round").add(icons::section(section))
}

/// What a section holds; of those that are always empty so far, that.
fn about(section: Right, studio: &str, texts: &Texts) -> El {
    match texts.find(&joined(&["about.", section.name()])) {
        Some(text) => el("p").text(&text),
        None => empty_text(section, studio, texts),
    }
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
