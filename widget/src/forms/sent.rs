//! What was sent: to read, and to print.

use std::rc::Rc;

use portico_wire::forms::{Kind, visible};
use yew::Html;

use crate::{
    app::Shared,
    dates,
    el::{El, el},
    forms::{
        fill::focus_page,
        replies::{self, Submission},
        show,
    },
    icons,
    loaded::Loading,
    part::part,
    portal::parts::quiet,
    style,
};

/// While something is there to print, the rest of the studio's page stays off the paper.
const ALONE: &str = "@media print{body *:not(portico-portal[printing],portico-portal[printing] *,:has(portico-portal[printing])){display:none!important}:has(portico-portal[printing]){margin:0!important;padding:0!important;border:0!important;background:none!important;min-height:0!important;max-width:none!important;display:block!important}}";

pub fn sent(shared: &Shared, path: &str, leave: Rc<dyn Fn()>) -> Html {
    let (shared, path) = (shared.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let loading = hooks.state(|| {
            Loading::<Submission>::new(hooks, &shared, &path, |json| {
                Rc::new(replies::submission(json))
            })
        });
        let shown = loading.show(hooks, |sent| {
            let (shared, sent) = (shared.clone(), sent.clone());
            part("sent", move |hooks| {
                let (shown, sent) = (shared.clone(), sent.clone());
                hooks.after("", move || {
                    focus_page(&shown);
                    let alone = style::adopt_page(ALONE);
                    let host = shown.pieces.host.clone();
                    host.set_attribute("printing", "").ok();
                    Some(Box::new(move || {
                        host.remove_attribute("printing").ok();
                        if let Some(alone) = alone {
                            style::drop_page(&alone);
                        }
                    }))
                });
                paper(&sent, &shared).into()
            })
        });
        let leave = leave.clone();
        let back = el("button.link type=button")
            .add(icons::back())
            .say(&shared.texts, super::BACK)
            .on_click(move || leave());
        el("div.stack").add(back).add(shown).into()
    })
}

fn paper(sent: &Submission, shared: &Shared) -> El {
    let texts = &shared.texts;
    let at = dates::day_and_time(&sent.submitted_at, &shared.language());
    let by = texts.fill("forms.sent_by", &[("when", &at), ("name", &sent.by)]);
    let print = quiet(texts, "form.print", false).on_click(|| {
        gloo::utils::window().print().ok();
    });
    let head = el("div.head")
        .add(
            el("h3.title tabindex=-1")
                .set("id", "page")
                .text(&sent.form.title),
        )
        .add(el("p.muted").text(&by))
        .add(print);
    let mut paper = el("div.paper").add(head);
    let mut answers = el("dl");
    let mut some = false;
    let seen = visible(&sent.form, &sent.answers);
    for (field, _) in sent.form.fields.iter().zip(seen).filter(|(_, seen)| *seen) {
        if matches!(field.kind, Kind::Heading | Kind::PageBreak) {
            if some {
                paper = paper.add(answers);
                answers = el("dl");
                some = false;
            }
            if !field.label.is_empty() {
                paper = paper.add(el("h4.heading").text(&field.label));
            }
        }
        if !field.kind.asks() {
            continue;
        }
        some = true;
        let answer = match sent.answers.get(&field.id) {
            Some(answer) => el("dd").add(show::answer(&field.kind, answer, shared)),
            None => el("dd.muted").say(texts, "form.unanswered"),
        };
        let row = el("div").add(el("dt").text(&field.label)).add(answer);
        answers = answers.add(row);
    }
    paper.add(answers)
}
