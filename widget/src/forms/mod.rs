//! Forms and Contracts: what is asked, what is offered, what was sent.

mod choose;
mod controls;
mod draft;
pub mod edit;
mod files;
pub mod fill;
mod pages;
pub mod place;
mod read;
pub mod replies;
pub mod requests;
mod sent;
pub mod sheet;
pub mod show;
mod sign;

use std::{ops::Deref, rc::Rc};

use portico_wire::{Right, forms::AskState};
use yew::Html;

use self::{
    fill::{Ways, fill},
    replies::{Asked, Forms, Offered, Sent},
    sent::sent,
};
use crate::{
    app::Shared,
    contracts::{self, contract},
    dates,
    el::{El, el},
    icons,
    json::Json,
    loaded::Loading,
    part::part,
    portal::{
        parts::{To, tag},
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
};

/// What the way back to this section is called.
pub const BACK: Key = t!("forms.back");

pub fn forms_section(shared: &Shared, home: &Rc<Home>) -> Html {
    let right = Right::FormsAndContracts;
    section(shared, home, right, BACK, list, |section, path| {
        let shared = &section.shared;
        if path.starts_with("submissions/") {
            let to = section.to();
            return sent(shared, path, Rc::new(move || to(None)));
        }
        if path.starts_with("contracts/") {
            return contract(shared, &section.home, path, &section.to());
        }
        fill(shared, &section.home, path, &ways(section))
    })
}

fn ways(section: &Rc<Section>) -> Rc<Ways> {
    let (back, to) = (section.to(), section.to());
    let read: Rc<dyn Fn(String)> = Rc::new(move |id| to(Some(joined(&["submissions/", &id]))));
    Rc::new(Ways {
        back: BACK,
        leave: Rc::new(move || back(None)),
        read: section.home.rights.has(Right::ShowHistory).then_some(read),
    })
}

fn list(section: &Rc<Section>) -> Html {
    let section = section.clone();
    part("list", move |hooks| {
        let all = hooks.state(|| {
            Loading::new(hooks, &section.shared, "forms", |json| {
                Rc::new(replies::forms(json))
            })
        });
        all.show(hooks, |forms| Rows(section.clone()).lists(forms))
    })
}

/// The rows of its lists.
struct Rows(Rc<Section>);

impl Deref for Rows {
    type Target = Rc<Section>;
    fn deref(&self) -> &Rc<Section> {
        &self.0
    }
}

impl Rows {
    fn lists(&self, forms: &Forms) -> Html {
        let open = |asked: &&Asked| asked.state != AskState::Done;
        let asked: Vec<El> = forms
            .asked
            .iter()
            .filter(open)
            .map(|it| self.asked(it))
            .collect();
        let offered: Vec<El> = forms.offered.iter().map(|it| self.offered(it)).collect();
        let sent: Vec<El> = forms.sent.iter().map(|it| self.sent(it)).collect();
        let (mut to_sign, mut contracts) = (Vec::new(), Vec::new());
        for contract in &forms.contracts {
            let part = contract.text("part");
            if part == "sign" || part == "wait" {
                to_sign.push(self.contract(contract));
            } else {
                contracts.push(self.contract(contract));
            }
        }
        let lists = vec![
            (t!("forms.to_sign"), to_sign),
            (t!("forms.asked"), asked),
            (t!("forms.offered"), offered),
            (t!("forms.contracts"), contracts),
            (t!("forms.sent"), sent),
        ];
        self.0.lists(Vec::new(), lists)
    }

    fn asked(&self, asked: &Asked) -> El {
        let (texts, language) = (&self.shared.texts, self.shared.language());
        let state = el("span.tag").text(&texts.of("ask", asked.state.name()));
        let state = match asked.state {
            AskState::Late => state.set("class", "tag late"),
            AskState::New => state.set("class", "tag new"),
            _ => state,
        };
        let title = el("p.strong").text(&asked.title).text(" ").add(state);
        let due = asked.due.as_deref().map(|due| {
            let day = dates::day(due, true, &language);
            el("p.small").text(&texts.fill(t!("forms.due"), &[("day", &day)]))
        });
        let with = (!asked.with.is_empty()).then(|| {
            let mut names = String::new();
            for name in &asked.with {
                let between = if names.is_empty() { "" } else { ", " };
                names = joined(&[&names, between, name]);
            }
            el("p.small.muted").text(&texts.fill(t!("forms.with"), &[("names", &names)]))
        });
        let note = asked.note.as_ref().map(|note| el("p.note").text(note));
        let about = el("div.grow").add(title).maybe(due).maybe(with).maybe(note);
        let begun = asked.state == AskState::Started;
        let to = To {
            key: if begun {
                t!("forms.go_on")
            } else {
                t!("forms.fill")
            },
            path: "questionnaires/",
            first: true,
        };
        self.row(icons::pen(), &asked.id, about, &asked.title, to)
    }

    fn offered(&self, offered: &Offered) -> El {
        let texts = &self.shared.texts;
        let mut title = el("p.strong").text(&offered.title);
        if offered.begun {
            let tag = el("span.tag").text(&texts.of("ask", AskState::Started.name()));
            title = title.text(" ").add(tag);
        }
        let intro = offered.intro.as_ref();
        let intro = intro.map(|intro| el("p.small.muted").text(intro));
        let about = el("div.grow").add(title).maybe(intro);
        let key = if offered.begun {
            t!("forms.go_on")
        } else {
            t!("forms.fill")
        };
        let to = To {
            key,
            path: "forms/",
            first: false,
        };
        self.row(icons::file(), &offered.id, about, &offered.title, to)
    }

    fn contract(&self, contract: &Json) -> El {
        let (texts, language) = (&self.shared.texts, self.shared.language());
        let state = contracts::tag(contract);
        let signs = state == "sign";
        let title = contract.text("title");
        let heading = el("p.strong")
            .put("bdi", &title)
            .text(" ")
            .add(tag(texts, "state", &state));
        let at = match (contract.opt("closed_at"), contract.opt("expires_at")) {
            (Some(at), _) => {
                let at = dates::day_and_time(&at, &language);
                texts.fill(t!("contract.closed_at"), &[("when", &at)])
            }
            (_, Some(at)) => {
                let day = dates::day_before(&at, &language);
                texts.fill(t!("contract.expires"), &[("when", &day)])
            }
            _ => String::new(),
        };
        let at = (!at.is_empty()).then(|| el("p.small").text(&at));
        let about = el("div.grow").add(heading).maybe(at);
        let to = To {
            key: if signs {
                t!("forms.sign")
            } else {
                t!("forms.read")
            },
            path: "contracts/",
            first: signs,
        };
        let icon = if signs { icons::pen() } else { icons::file() };
        self.row(icon, &contract.text("id"), about, &title, to)
    }

    fn sent(&self, sent: &Sent) -> El {
        let texts = &self.shared.texts;
        let at = dates::day_and_time(&sent.submitted_at, &self.shared.language());
        let by = texts.fill(t!("forms.sent_by"), &[("when", &at), ("name", &sent.by)]);
        let about = el("div.grow")
            .put("p.strong", &sent.title)
            .put("p.small.muted", &by);
        let to = To {
            key: t!("forms.read"),
            path: "submissions/",
            first: false,
        };
        self.row(icons::tick(), &sent.id, about, &sent.title, to)
    }
}
