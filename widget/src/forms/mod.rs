//! Forms and Contracts: what is asked, what is offered, what was sent.

mod choose;
mod controls;
mod draft;
mod files;
pub mod fill;
pub mod own;
mod pages;
pub mod place;
pub mod prompt;
mod read;
pub mod replies;
pub mod requests;
mod sent;
pub mod sheet;
pub mod show;
mod sign;

use std::rc::Rc;

use portico_wire::Right;
use yew::Html;

use self::{
    fill::{Ways, fill},
    sent::sent,
};
use crate::{
    app::Shared,
    contracts::{self, contract},
    el::El,
    json::Json,
    loaded::Loading,
    part::part,
    portal::{
        parts::tag,
        section::{Section, section},
    },
    replies::Home,
    texts::{Key, joined},
    view,
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
        let all = hooks.state(|| Loading::whole(hooks, &section.shared, "forms"));
        all.show(hooks, |forms| lists(&section, forms))
    })
}

fn lists(section: &Rc<Section>, forms: &Json) -> Html {
    let asked = forms.objects("questionnaires");
    let open = asked.iter().filter(|it| it.text("state") != "done");
    let contracts = forms.objects("contracts");
    let shared = section.shared.clone();
    let view = section.view(
        |_, _| {},
        move |_, one| tag(&shared.texts, "state", &contracts::tag(one)).into(),
    );
    let rows = |here: bool| -> Vec<El> {
        let waits = |one: &&Json| ["sign", "wait"].contains(&&*one.text("part")) == here;
        let some = contracts.iter().filter(waits);
        some.map(|one| view::draw(&view, view::CONTRACTS, one))
            .collect()
    };
    let (offered, sent) = (forms.objects("forms"), forms.objects("submissions"));
    let lists = vec![
        (t!("forms.to_sign"), rows(true)),
        (t!("forms.asked"), section.rows(view::ASKED, open)),
        (
            t!("forms.offered"),
            section.rows(view::OFFERED, offered.iter()),
        ),
        (t!("forms.contracts"), rows(false)),
        (t!("forms.sent"), section.rows(view::SENT, sent.iter())),
    ];
    section.lists(Vec::new(), lists)
}
