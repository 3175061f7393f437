//! What a contract looks like at each of its steps.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use portico_wire::access::Channel;
use yew::Html;

use super::{Screen, Step};
use crate::{
    access::{
        Field, fields,
        form::{Email, Wants, slotted},
    },
    dialog::{Question, dialog},
    el::{El, el, list, nothing},
    forms::fill::focus_page,
    icons,
    json::{Body, Json},
    papers,
    part::{Hooks, Undo},
    portal::parts::{self, act},
    texts::{Key, joined},
    view::{self, View},
};

/// Where a contract stands, said to this contact: its own part in it, or the state.
pub fn tag(contract: &Json) -> String {
    let part = contract.text("part");
    if part == "read" || part == "signed" {
        contract.text("state")
    } else {
        part
    }
}

impl Screen {
    pub(super) fn show(self: &Rc<Self>, hooks: &Hooks, contract: &Rc<Json>) -> Html {
        papers::printable(hooks, &self.shared);
        let step = self.step.get();
        let key = match &step {
            Step::Reading => "reading",
            Step::Told(key) => &*key.id(),
            Step::Signing => "signing",
            Step::Code(_) => "code",
        };
        let turned = self.clone();
        hooks.after(key, move || {
            match turned.step.get() {
                Step::Code(_) => turned.focus_field(Field::Code),
                _ => focus_page(&turned.shared),
            }
            None
        });
        let watches = matches!(step, Step::Reading) && self.may_sign(contract) && !self.read.get();
        let reading = self.clone();
        hooks.after(if watches { "watch" } else { "" }, move || {
            watches.then(|| reading.watch())?
        });
        match step {
            Step::Reading => self.text(contract, None),
            Step::Told(key) => self.text(contract, Some(key)),
            Step::Signing => self.signing(contract),
            Step::Code(asked) => {
                let again = match asked.channel {
                    Channel::Sms => self.link(t!("code.by_email"), Some(Channel::Email)),
                    Channel::Email => self.link(t!("code.resend"), None),
                };
                let wants = Wants {
                    heading: self.say(t!("contract.confirm")),
                    email: Email::Unseen,
                    submit: self.say(t!("contract.sign_now")),
                    children: list(vec![
                        self.hint(&self.sent_to(&asked)),
                        self.field(Field::Code, t!("field.code")),
                        self.wrong(Field::None),
                        again,
                    ]),
                };
                let prove = self.clone();
                let form = slotted(&self.form, wants, move || prove.prove());
                el("section.panel.narrow").add(form).into()
            }
        }
    }

    fn link(self: &Rc<Self>, key: Key, channel: Option<Channel>) -> Html {
        let screen = self.clone();
        fields::link(&self.say(key), false, move || screen.ask_code(channel)).into()
    }

    /// Tells once when the end of the text is in view, in whatever scrolls around it.
    fn watch(self: &Rc<Self>) -> Option<Undo> {
        let screen = self.clone();
        let look = move || {
            let end = screen.shared.pieces.root.get_element_by_id("signers");
            let height = gloo::utils::window().inner_height().ok();
            let (Some(end), Some(height)) = (end, height.and_then(|it| it.as_f64())) else {
                return;
            };
            if end.get_bounding_client_rect().top() <= height && !screen.read.replace(true) {
                // Nobody waits for the reply.
                let path = joined(&[&screen.path, "/read"]);
                screen.shared.api.post(&path, Body::new(), Box::new(drop));
            }
        };
        look();
        let document = gloo::utils::document();
        let options = EventListenerOptions::run_in_capture_phase();
        let listener =
            EventListener::new_with_options(&document, "scroll", options, move |_| look());
        Some(Box::new(move || drop(listener)))
    }

    fn text(self: &Rc<Self>, contract: &Rc<Json>, told: Option<Key>) -> Html {
        let (acting, showing, whole) = (self.clone(), self.clone(), contract.clone());
        let view = View {
            shared: self.shared.clone(),
            to: self.to.clone(),
            acts: self.home.viewed_by.is_none(),
            act: Box::new(move |name, _| {
                if name == "sign" {
                    acting.go(Step::Signing);
                } else {
                    acting.declining.set(true);
                }
            }),
            part: Box::new(move |name, _| showing.own(name, &whole, told)),
        };
        view::draw(&Rc::new(view), view::CONTRACT, contract).into()
    }

    /// What of it is code: its state, and what is asked and told.
    fn own(self: &Rc<Self>, name: &str, contract: &Json, told: Option<Key>) -> Html {
        let texts = &self.shared.texts;
        let declining = self.declining.get();
        match (name, told) {
            ("state", _) => parts::tag(texts, "state", &tag(contract)).into(),
            ("told", Some(key)) => el("p.good").add(icons::tick()).say(texts, key).into(),
            ("stands", _) => self.stands(contract).map_or_else(nothing, Into::into),
            ("trouble", _) if !declining => parts::told(self.trouble.get(), &self.shared),
            ("question", _) if declining => self.asks_reason(),
            _ => nothing(),
        }
    }

    /// What its state means, and the way to the version that took its place.
    fn stands(self: &Rc<Self>, contract: &Json) -> Option<El> {
        let texts = &self.shared.texts;
        let key = match &*tag(contract) {
            "wait" => t!("contract.waits"),
            "signed" => t!("contract.goes_on"),
            "declined" => t!("contract.is_declined"),
            "expired" => t!("contract.is_expired"),
            "voided" => t!("contract.is_voided"),
            _ => return None,
        };
        let mut told = el("div.note").tell("p", texts, key);
        if let Some(reason) = contract.opt("reason") {
            told = told.put("p.muted", &reason);
        }
        if let Some(newer) = contract.opt("replaced_by") {
            let to = self.to.clone();
            let path = joined(&["contracts/", &newer]);
            let link = el("button.link type=button").say(texts, t!("contract.newer"));
            told = told.add(link.on_click(move || to(Some(path.clone()))));
        }
        Some(told)
    }

    fn signing(self: &Rc<Self>, contract: &Rc<Json>) -> Html {
        let texts = &self.shared.texts;
        let sheet = self.sheet(contract);
        let (screen, known) = (self.clone(), contract.clone());
        let key = if contract.flag("asks_code") {
            t!("contract.next")
        } else {
            t!("contract.sign_now")
        };
        let title = contract.text("title");
        let title = texts.fill(t!("contract.sign_title"), &[("title", &title)]);
        let trouble = self.trouble.get();
        el("div.form")
            .add(
                el("div.head")
                    .put("h3#page.title tabindex=-1", &title)
                    .tell("p.intro", texts, t!("contract.sign_lead")),
            )
            .add(el("div.fields").add(sheet.field(0)).add(sheet.field(1)))
            .add(
                el("div.foot")
                    .maybe(trouble.map(|trouble| trouble.failed().add(trouble.contact(texts))))
                    .add(el("div.acts").add(
                        act(texts, key, self.busy.get()).on_click(move || screen.signed(&known)),
                    )),
            )
            .into()
    }

    fn asks_reason(self: &Rc<Self>) -> Html {
        let (yes, no) = (self.clone(), self.clone());
        dialog(Question {
            shared: self.shared.clone(),
            heading: t!("decline.heading"),
            lead: self.say(t!("decline.lead")),
            reason: Some(t!("decline.reason")),
            act: t!("decline.yes"),
            busy: self.busy.get(),
            trouble: self.trouble.get(),
            yes: Rc::new(move |reason| yes.decline(&reason)),
            no: Rc::new(move || {
                no.trouble.set(None);
                no.declining.set(false);
            }),
        })
    }
}
