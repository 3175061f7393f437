//! Who works at an event: roster, vehicles, what everybody must be qualified for.

use std::rc::Rc;

use crate::{
    dates,
    el::{El, el},
    icons,
    json::Json,
    portal::{
        parts::{panel, tag},
        section::Section,
    },
    sending::save,
    texts::joined,
};

pub fn crew(section: &Rc<Section>, event: &Json, crew: &Json) -> El {
    let texts = &section.shared.texts;
    let list = |name: &'static str, key, row: &dyn Fn(&Json) -> El| {
        let all = crew.some(name);
        (!all.is_empty()).then(|| {
            let rows = el("ul.rows").each(all.iter().map(row));
            panel(texts, name, key).add(rows)
        })
    };
    let vehicle = |it: &Json| {
        let mut about = String::new();
        for part in ["colour", "make", "model", "driver"] {
            if let Some(text) = it.opt(part) {
                let between = if about.is_empty() { "" } else { " · " };
                about = joined(&[&about, between, &text]);
            }
        }
        el("li").add(
            el("div.grow")
                .add(el("p.strong").put("bdi", &it.text("plate")))
                .put("p.small.muted", &about),
        )
    };
    let required = |it: &Json| {
        let role = it.opt("role");
        let about = el("div.grow").put("p.strong", &it.text("name"));
        el("li").add(about.maybe(role.map(|role| el("p.small.muted").text(&role))))
    };
    el("div.stack")
        .maybe(list("roster", t!("events.roster"), &|it| {
            member(section, event, it)
        }))
        .maybe(list("required", t!("events.required"), &required))
        .maybe(list("vehicles", t!("events.vehicles"), &vehicle))
}

fn member(section: &Rc<Section>, event: &Json, member: &Json) -> El {
    let shared = &section.shared;
    let (texts, language) = (&shared.texts, shared.language());
    let name = member.text("name");
    let face = match member.opt("photo") {
        Some(address) => el("img.face alt= width=56 height=56 loading=lazy").set("src", &address),
        None => el("span.round").add(icons::section(portico_wire::Right::PersonalInfo)),
    };
    let mut title = el("p.strong").put("bdi", &name);
    if member.flag("leader") {
        title = title.text(" ").tell("span.tag", texts, t!("events.leader"));
    }
    let zone = event.text("time_zone");
    let mut about = el("div.grow").add(title);
    for shift in member.objects("shifts") {
        let hours = dates::hours(
            &shift.text("starts_at"),
            &shift.text("ends_at"),
            &zone,
            &language,
        );
        let role = shift.opt("role").unwrap_or_default();
        let between = if role.is_empty() { "" } else { " · " };
        about = about.put("p.small", &joined(&[&role, between, &hours]));
    }
    for held in member.some("qualifications") {
        about = about.add(qualification(section, event, &held));
    }
    el("li").key(&member.text("id")).add(face).add(about)
}

fn qualification(section: &Rc<Section>, event: &Json, held: &Json) -> El {
    let shared = &section.shared;
    let texts = &shared.texts;
    let name = held.text("name");
    let until = held.opt("expires_on").map(|day| {
        let day = dates::day(&day, false, &shared.language());
        let words = texts.fill(t!("events.until"), &[("day", &day)]);
        el("span.muted").text(" ").text(&words)
    });
    let save = held.opt("certificate").map(|id| {
        let path = joined(&["events/", &event.text("id"), "/certificates/", &id]);
        let label = joined(&[&texts.get(t!("events.certificate")), ": ", &name]);
        let shared = shared.clone();
        el("button.link type=button")
            .set("aria-label", &label)
            .say(texts, t!("events.certificate"))
            .on_click(move || save(&shared, &path))
    });
    el("p.small")
        .put("bdi", &name)
        .text(" ")
        .add(tag(texts, "held", &held.text("state")))
        .maybe(until)
        .text(" ")
        .maybe(save)
}
