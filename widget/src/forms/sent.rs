//! What was sent: to read, and to print.

use std::rc::Rc;

use portico_wire::forms::{Kind, visible};
use yew::Html;

use crate::{
    app::Shared,
    dates,
    el::{El, el},
    forms::{
        replies::{self, Submission},
        show,
    },
    loaded::Loading,
    papers,
    part::part,
    portal::parts::back,
};

pub fn sent(shared: &Shared, path: &str, leave: Rc<dyn Fn()>) -> Html {
    let (shared, path) = (shared.clone(), path.to_owned());
    part(&path.clone(), move |hooks| {
        let loading = hooks.state(|| {
            Loading::<Submission>::new(hooks, &shared, &path, |json| {
                Rc::new(replies::submission(json))
            })
        });
        let shown = loading.show(hooks, |sent| {
            let (shared, sent, path) = (shared.clone(), sent.clone(), path.clone());
            part("sent", move |hooks| {
                papers::printable(hooks, &shared);
                paper(&sent, &shared, &path).into()
            })
        });
        let leave = leave.clone();
        let back = back(&shared.texts, super::BACK, move || leave());
        el("div.stack").add(back).add(shown).into()
    })
}

fn paper(sent: &Submission, shared: &Shared, path: &str) -> El {
    let texts = &shared.texts;
    let at = dates::day_and_time(&sent.submitted_at, &shared.language());
    let by = texts.fill(t!("forms.sent_by"), &[("when", &at), ("name", &sent.by)]);
    let head = el("div.head")
        .add(
            el("h3.title tabindex=-1")
                .set("id", "page")
                .text(&sent.form.title),
        )
        .put("p.muted", &by)
        .add(papers::ways(shared, path));
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
                paper = paper.put("h4.heading", &field.label);
            }
        }
        if !field.kind.asks() {
            continue;
        }
        some = true;
        let answer = match sent.answers.get(&field.id) {
            Some(answer) => el("dd").add(show::answer(&field.kind, answer, shared)),
            None => el("dd.muted").say(texts, t!("form.unanswered")),
        };
        let row = el("div").put("dt", &field.label).add(answer);
        answers = answers.add(row);
    }
    paper.add(answers)
}
