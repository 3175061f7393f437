//! Money: the invoices, what is due, what was paid.

mod invoice;
mod pages;
mod pay;
pub mod returned;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::{invoice::invoice, pages::pages, pay::pay};
use crate::{
    app::{Common, Shared},
    dates::{self, money},
    el::{El, el},
    icons,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{
        parts::{To, act, panel, quiet, tag, way},
        section::{Go, Section, section},
    },
    replies::Home,
    texts::{Key, Texts, joined},
};

/// What the ways back to these sections are called, and to which.
pub const BACKS: [(Key, Right); 3] = [
    (t!("invoices.back"), Right::Invoices),
    (t!("due.back"), Right::PaymentsDue),
    (t!("payments.back"), Right::Payments),
];

pub fn money_section(shared: &Shared, home: &Rc<Home>, which: Right) -> Html {
    match which {
        Right::Invoices => section(
            shared,
            home,
            which,
            BACKS[0].0,
            invoices,
            |section, path| open(section, path, BACKS[0].0),
        ),
        Right::PaymentsDue => section(shared, home, which, BACKS[1].0, due, |section, path| {
            open(section, path, BACKS[1].0)
        }),
        _ => section(
            shared,
            home,
            which,
            BACKS[2].0,
            payments,
            |section, path| open(section, path, BACKS[2].0),
        ),
    }
}

/// An invoice, or paying.
fn open(section: &Rc<Section>, path: &str, back: Key) -> Html {
    match path.strip_prefix("pay/") {
        Some(what) => pay(section, what, back),
        None => invoice(section, path, back),
    }
}

fn is_some(amount: &Json) -> bool {
    amount.whole("minor") != 0
}

/// "Total due", for each currency; `pay`: the button below it.
pub fn owed(due: &[Json], shared: &Common, pay: &dyn Fn(&Json) -> Option<El>) -> El {
    let (texts, language) = (&shared.texts, shared.language());
    let mut all = panel(texts, "owed", t!("due.total")).set("class", "panel owed");
    for due in due {
        let total = due.object("total");
        let (overdue, pending) = (due.object("overdue"), due.object("pending"));
        let say =
            |key: Key, amount: &Json| texts.fill(key, &[("amount", &money(amount, &language))]);
        let mut about = el("div.grow").add(el("p.amount").text(&money(&total, &language)));
        if is_some(&overdue) {
            about = about.add(el("p.late").text(&say(t!("due.overdue"), &overdue)));
        } else if let Some(day) = due.opt("next_due") {
            let day = dates::day(&day, true, &language);
            about = about.add(el("p.small").text(&texts.fill(t!("due.next"), &[("day", &day)])));
        }
        if is_some(&pending) {
            about = about.add(el("p.small.muted").text(&say(t!("due.pending"), &pending)));
        }
        all = all.add(el("div.due").add(about).maybe(pay(&total)));
    }
    all
}

/// What the studio holds for the client.
fn credit(json: &Json, shared: &Common) -> Option<El> {
    let credit = json.objects("credit");
    if credit.is_empty() {
        return None;
    }
    let mut all = el("div.note");
    for amount in &credit {
        let amount = money(amount, &shared.language());
        let said = shared
            .texts
            .fill(t!("money.credit"), &[("amount", &amount)]);
        all = all.put("p", &said);
    }
    Some(all)
}

/// "Pay Now", or why not yet.
fn pay_now(section: &Section, item: &Json, title: &str, path: String, to: &Go) -> Option<El> {
    let texts = &section.shared.texts;
    if let Some(waits) = item.opt_object("waits_for") {
        let mut told = el("p.small.muted").say(texts, t!("pay.waits"));
        if let Some(title) = waits.opt("title") {
            told = told.text(" ").put("bdi", &title);
        }
        return Some(told);
    }
    if !item.flag("can_pay") || section.home.viewed_by.is_some() {
        return None;
    }
    let to = to.clone();
    let name = joined(&[&texts.get(t!("pay.now")), ": ", title]);
    let button = act(texts, t!("pay.now"), false).set("aria-label", &name);
    Some(button.on_click(move || to(Some(path.clone()))))
}

fn invoices(section: &Rc<Section>) -> Html {
    pages(section, "invoices", "invoices", |section, first, all| {
        let (shared, to) = (&section.shared, section.to());
        let due = first.objects("due");
        let mut above = Vec::new();
        if !due.is_empty() {
            above.push(owed(&due, shared, &|total| {
                let currency = total.text("currency");
                let mut can = all.iter().filter(|one| {
                    one.flag("can_pay")
                        && one.opt_object("waits_for").is_none()
                        && one.object("total").text("currency") == currency
                });
                let path = joined(&["pay/", &currency]);
                let title = shared.texts.get(t!("due.total"));
                pay_now(section, can.next()?, &title, path, &to)
            }));
        }
        above.extend(credit(first, shared));
        if first.opt_object("prepay").is_some() && section.home.viewed_by.is_none() {
            let button = quiet(&shared.texts, t!("pay.ahead"), false);
            above.push(button.on_click(move || to(Some("pay/ahead".to_owned()))));
        }
        let (mut open, mut rest) = (Vec::new(), Vec::new());
        for invoice in all {
            let owes = is_some(&invoice.object("balance"));
            if owes { &mut open } else { &mut rest }.push(one_invoice(section, invoice));
        }
        (
            above,
            vec![(t!("invoices.open"), open), (t!("invoices.earlier"), rest)],
        )
    })
}

fn one_invoice(section: &Rc<Section>, invoice: &Json) -> El {
    let shared = &section.shared;
    let (texts, language) = (&shared.texts, shared.language());
    let (id, title) = (invoice.text("id"), invoice.text("title"));
    let state = invoice.text("state");
    let heading = el("p.strong")
        .put("bdi", &title)
        .text(" ")
        .add(tag(texts, "money", &state));
    let issued = dates::day(&invoice.text("issued_on"), false, &language);
    let about = el("div.grow").add(heading).add(
        el("p.small.muted")
            .put("bdi", &invoice.text("number"))
            .text(" · ")
            .text(&issued),
    );
    let due = invoice.opt("due").map(|day| {
        let day = dates::day(&day, true, &language);
        el("p.small").text(&texts.fill(t!("forms.due"), &[("day", &day)]))
    });
    let sum = sum(section, invoice, "total");
    let to = To {
        key: t!("forms.read"),
        path: "invoices/",
        first: false,
    };
    let icon = icons::section(Right::Invoices);
    let name = joined(&[&title, " ", &invoice.text("number")]);
    let path = joined(&["pay/", &id]);
    section
        .row(icon, &id, about.maybe(due).add(sum), &name, to)
        .maybe(pay_now(section, invoice, &name, path, &section.to()))
}

fn due(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let all = hooks.state(|| {
            Loading::<Json>::new(hooks, &section.shared, "payments-due", |json| {
                Rc::new(json.clone())
            })
        });
        all.show(hooks, |reply| {
            let due = reply.objects("due");
            let mut above = Vec::new();
            if !due.is_empty() {
                above.push(owed(&due, &section.shared, &|_| None));
            }
            above.extend(credit(reply, &section.shared));
            let rows = reply.objects("instalments");
            let rows = rows.iter().map(|one| instalment(&section, one)).collect();
            section.lists(above, vec![(t!("due.instalments"), rows)])
        })
    })
}

fn instalment(section: &Rc<Section>, one: &Json) -> El {
    let texts = &section.shared.texts;
    let title = one.text("title");
    let name = joined(&[&one.text("label"), " ", &one.text("number")]);
    let path = joined(&["pay/", &one.text("id")]);
    let (icon, to) = (icons::section(Right::PaymentsDue), section.to());
    let row = part_of(section, one).add(
        el("p.small.muted")
            .put("bdi", &title)
            .text(" · ")
            .put("bdi", &one.text("number")),
    );
    let go = section.to();
    let open = To {
        key: t!("due.invoice"),
        path: "invoices/",
        first: false,
    };
    way(
        texts,
        icon,
        &one.text("invoice"),
        row,
        &name,
        open,
        move |path| {
            go(Some(path));
        },
    )
    .key(&one.text("id"))
    .maybe(pay_now(section, one, &name, path, &to))
}

/// An amount, and what of it is still owed.
fn sum(section: &Section, of: &Json, name: &str) -> El {
    let (texts, language) = (&section.shared.texts, section.shared.language());
    let (amount, balance) = (of.object(name), of.object("balance"));
    let sum = el("p.sum").text(&money(&amount, &language));
    if !is_some(&balance) || balance.whole("minor") == amount.whole("minor") {
        return sum;
    }
    let left = money(&balance, &language);
    sum.put(
        "span.small.muted",
        &texts.fill(t!("money.left"), &[("amount", &left)]),
    )
}

/// An instalment: what it is called, when it is due, what of it is owed.
fn part_of(section: &Section, one: &Json) -> El {
    let (texts, language) = (&section.shared.texts, section.shared.language());
    let day = dates::day(&one.text("due"), true, &language);
    let sum = sum(section, one, "amount");
    let heading = el("p.strong")
        .put("bdi", &one.text("label"))
        .text(" ")
        .add(tag(texts, "money", &one.text("state")));
    el("div.grow")
        .add(heading)
        .add(el("p.small").text(&texts.fill(t!("forms.due"), &[("day", &day)])))
        .add(sum)
}

fn payments(section: &Rc<Section>) -> Html {
    pages(section, "payments", "payments", |section, first, all| {
        let rows = all.iter().map(|one| payment(section, one)).collect();
        let shared = &section.shared;
        let mut above: Vec<El> = credit(first, shared).into_iter().collect();
        if !all.is_empty() && section.home.rights.has(Right::Invoices) {
            let statement = panel(&shared.texts, "statement", t!("money.statement"));
            above.push(statement.add(papers::ways(shared, "statement")));
        }
        (above, vec![(t!("payments.list"), rows)])
    })
}

fn payment(section: &Section, one: &Json) -> El {
    let shared = &section.shared;
    let (texts, language) = (&shared.texts, shared.language());
    let heading = el("p.strong")
        .text(&texts.of("method", &one.text("method")))
        .text(" ")
        .add(tag(texts, "money", &one.text("state")));
    let at = dates::day_and_time(&one.text("at"), &language);
    let mut about = el("div.grow").add(heading).put("p.small", &at);
    if let Some(detail) = one.opt("detail") {
        about = about.add(el("p.small.muted").put("bdi", &detail));
    }
    for paid in one.objects("invoices") {
        let name = joined(&[&paid.text("title"), " · ", &paid.text("number")]);
        about = about.add(el("p.small.muted").put("bdi", &name));
    }
    let mut sum = el("p.sum").text(&money(&one.object("amount"), &language));
    for (name, key) in [
        ("tip", t!("money.with_tip")),
        ("refunded", t!("money.back")),
        ("credit", t!("money.kept")),
    ] {
        let amount = one.object(name);
        if is_some(&amount) {
            let said = texts.fill(key, &[("amount", &money(&amount, &language))]);
            sum = sum.put("span.small.muted", &said);
        }
    }
    el("li")
        .key(&one.text("id"))
        .add(el("span.round").add(icons::section(Right::Payments)))
        .add(about.add(sum))
        .maybe(one.opt("receipt").map(|address| receipt(texts, &address)))
}

/// A link that saves: told to save it, the browser stays here.
fn receipt(texts: &Texts, address: &str) -> El {
    el("a.quiet")
        .set("href", address)
        .say(texts, t!("money.receipt"))
}
