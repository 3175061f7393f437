//! Home: a way into each section.

use portico_wire::{Right, portal::TodoKind};
use yew::Html;

use crate::{
    app::Shared,
    dates,
    el::{El, el, list, nothing},
    icons,
    json::Json,
    payments::{PAY, owed},
    portal::parts::{To, act, panel, quiet, way},
    replies::{Home, Todo},
    texts::{Texts, filled, joined},
};

/// What waits for this contact, each with its way on.
fn todo(home: &Home, shared: &Shared) -> El {
    let (texts, language) = (&shared.texts, shared.language());
    let row = |todo: &Todo| {
        let due = todo.due.as_deref().map(|due| {
            let day = dates::day(due, true, &language);
            el("p.small").text(&texts.fill(t!("forms.due"), &[("day", &day)]))
        });
        let about = el("div.grow")
            .add(el("p.strong").put("bdi", &todo.title))
            .maybe(due);
        let (key, path) = match todo.kind {
            TodoKind::Questionnaire => (t!("forms.fill"), "questionnaires/"),
            TodoKind::Contract => (t!("forms.sign"), "contracts/"),
            TodoKind::Quote => (t!("quotes.look"), "quotes/"),
            TodoKind::Document => (t!("quotes.look"), "requests/"),
        };
        let icon = match todo.kind {
            TodoKind::Contract => icons::pen(),
            TodoKind::Questionnaire | TodoKind::Document => icons::file(),
            TodoKind::Quote => icons::section(Right::QuotesAndOrders),
        };
        let (shared, section) = (shared.clone(), todo.kind.section());
        let to = To {
            key,
            path,
            first: true,
        };
        let go = move |path| shared.go(section, Some(path));
        way(texts, icon, &todo.id, about, &todo.title, to, go)
    };
    let panel = panel(texts, "todo", t!("home.todo"));
    if home.todo.is_empty() {
        let text = el("p.good")
            .add(icons::tick())
            .say(texts, t!("home.nothing"));
        return panel.add(text);
    }
    panel.add(el("ul.rows").each(home.todo.iter().map(row)))
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
        todo(home, shared).into(),
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
