//! An invoice: to read, to pay, to print, to save.

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use super::{part_of, pay_now, payment};
use crate::{
    el::{El, el},
    forms::place,
    icons,
    json::Json,
    loaded::Loading,
    papers,
    part::part,
    portal::{
        parts::{back, panel, tag},
        section::Section,
    },
    texts::{Key, joined},
};

pub fn invoice(section: &Rc<Section>, path: &str, way_back: Key) -> Html {
    let (section, path) = (section.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let shared = &section.shared;
        let loading = hooks
            .state(|| Loading::<Json>::new(hooks, shared, &path, |json| Rc::new(json.clone())));
        place::hold(hooks, shared, way_back, &path);
        let shown = loading.show(hooks, |invoice| {
            let (section, invoice, path) = (section.clone(), invoice.clone(), path.clone());
            part("invoice", move |hooks| {
                papers::printable(hooks, &section.shared);
                show(&section, &invoice, &path)
            })
        });
        let leave = section.to();
        el("div.stack")
            .add(back(&shared.texts, way_back, move || leave(None)))
            .add(shown)
            .into()
    })
}

fn show(section: &Rc<Section>, invoice: &Json, path: &str) -> Html {
    let shared = &section.shared;
    let texts = &shared.texts;
    let (state, number) = (invoice.text("state"), invoice.text("number"));
    let reason = invoice.opt("reason");
    let pay = joined(&["pay/", &invoice.text("id")]);
    let pay = pay_now(section, invoice, &number, pay, &section.to());
    let head = el("div.head")
        .add(
            el("h3#page.title tabindex=-1")
                .text(&invoice.text("title"))
                .text(" ")
                .add(tag(texts, "money", &state)),
        )
        .add(el("p.muted").put("bdi", &number))
        .maybe(reason.map(|reason| el("p.note").text(&reason)))
        .maybe(pay.map(|pay| el("div.acts").add(pay)))
        .add(papers::ways(shared, path));
    let rows = |key: Key, rows: Vec<El>| {
        (!rows.is_empty())
            .then(|| panel(texts, &key.id(), key).add(el("ul.rows").each(rows.into_iter())))
    };
    let parts = invoice.objects("instalments");
    let parts = if parts.len() > 1 { parts } else { Vec::new() };
    let parts = parts.iter().map(|one| {
        let path = joined(&["pay/", &one.text("id")]);
        let name = one.text("label");
        el("li")
            .key(&one.text("id"))
            .add(el("span.round").add(icons::section(Right::PaymentsDue)))
            .add(part_of(section, one))
            .maybe(pay_now(section, one, &name, path, &section.to()))
    });
    let paid = invoice.objects("payments");
    let paid = paid.iter().map(|one| payment(section, one)).collect();
    el("div.paper")
        .add(head)
        .maybe(rows(t!("due.instalments"), parts.collect()))
        .maybe(rows(t!("payments.list"), paid))
        .add(papers::draw(&invoice.items("paper"), texts))
        .add(papers::log(invoice, shared))
        .into()
}
