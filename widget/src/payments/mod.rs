//! Money: the invoices, what is due, what was paid.

pub mod returned;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use crate::{
    app::{Common, Shared},
    dates::{self, money},
    el::{El, el},
    forms::prompt::prompt,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{
        page::plain,
        pages::pages,
        parts::{act, panel, quiet},
        section::{Go, Section, section},
    },
    replies::Home,
    texts::{Key, Texts, joined},
    view,
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
    if path.contains("/form") {
        return prompt(section, path, back);
    }
    plain(section, path, back, view::INVOICE)
}

/// Of the form that pays: an invoice, an instalment, a currency for all of it, or `ahead`.
pub const PAY: &str = "payments/form?of=";

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

/// "Pay Now", where something can be paid.
fn pay_now(section: &Section, item: &Json, title: &str, path: String, to: &Go) -> Option<El> {
    let texts = &section.shared.texts;
    if !item.flag("can_pay") || section.home.viewed_by.is_some() {
        return None;
    }
    let to = to.clone();
    let name = joined(&[&texts.get(t!("pay.now")), ": ", title]);
    let button = act(texts, t!("pay.now"), false).set("aria-label", &name);
    Some(button.on_click(move || to(Some(path.clone()))))
}

fn invoices(section: &Rc<Section>) -> Html {
    pages(
        section,
        "invoices",
        "?before=",
        "invoices",
        |section, first, all, _| {
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
                    let path = joined(&[PAY, &currency]);
                    let title = shared.texts.get(t!("due.total"));
                    pay_now(section, can.next()?, &title, path, &to)
                }));
            }
            above.extend(credit(first, shared));
            if first.opt_object("prepay").is_some() && section.home.viewed_by.is_none() {
                let button = quiet(&shared.texts, t!("pay.ahead"), false);
                above.push(button.on_click(move || to(Some(joined(&[PAY, "ahead"])))));
            }
            let owes = |one: &&Json| is_some(&one.object("balance"));
            let rows = |owing| {
                let some = all.iter().filter(|one| owes(one) == owing);
                section.rows(view::INVOICES, some)
            };
            let lists = vec![
                (t!("invoices.open"), rows(true)),
                (t!("invoices.earlier"), rows(false)),
            ];
            (above, lists)
        },
    )
}

fn due(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let all = hooks.state(|| Loading::whole(hooks, &section.shared, "payments-due"));
        all.show(hooks, |reply| {
            let due = reply.objects("due");
            let mut above = Vec::new();
            if !due.is_empty() {
                above.push(owed(&due, &section.shared, &|_| None));
            }
            above.extend(credit(reply, &section.shared));
            let rows = reply.objects("instalments");
            let rows = section.rows(view::INSTALMENTS, rows.iter());
            section.lists(above, vec![(t!("due.instalments"), rows)])
        })
    })
}

fn payments(section: &Rc<Section>) -> Html {
    pages(
        section,
        "payments",
        "?before=",
        "payments",
        |section, first, all, _| {
            let rows = section.rows(view::PAYMENTS, all.iter());
            let shared = &section.shared;
            let mut above: Vec<El> = credit(first, shared).into_iter().collect();
            if !all.is_empty() && section.home.rights.has(Right::Invoices) {
                let statement = panel(&shared.texts, "statement", t!("money.statement"));
                above.push(statement.add(papers::ways(shared, "statement")));
            }
            (above, vec![(t!("payments.list"), rows)])
        },
    )
}

/// A link that saves: told to save it, the browser stays here.
fn receipt(texts: &Texts, address: &str) -> El {
    el("a.quiet")
        .set("href", address)
        .say(texts, t!("money.receipt"))
}
