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
    dates::{day_and_time, day_before},
    dialog::{Question, dialog},
    el::{El, el, list},
    forms::fill::focus_page,
    icons,
    json::Json,
    papers,
    part::{Hooks, Undo},
    portal::parts::{act, panel, quiet},
    texts::Key,
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
                screen.shared.api.read_to_the_end(&screen.path);
            }
        };
        look();
        let document = gloo::utils::document();
        let options = EventListenerOptions::run_in_capture_phase();
        let listener =
            EventListener::new_with_options(&document, "scroll", options, move |_| look());
        Some(Box::new(move || drop(listener)))
    }

    fn moment(&self, key: Key, at: &str) -> String {
        let at = day_and_time(at, &self.shared.language());
        self.shared.texts.fill(key, &[("when", &at)])
    }

    fn text(self: &Rc<Self>, contract: &Rc<Json>, told: Option<Key>) -> Html {
        let texts = &self.shared.texts;
        let signs = self.may_sign(contract);
        let state = tag(contract);
        let expires = contract.opt("expires_at");
        let expires = expires.map(|at| {
            let day = day_before(&at, &self.shared.language());
            el("p").text(&texts.fill(t!("contract.expires"), &[("when", &day)]))
        });
        let head = el("div.head")
            .add(
                el("h3#page.title tabindex=-1")
                    .text(&contract.text("title"))
                    .text(" ")
                    .add(crate::portal::parts::tag(texts, "state", &state)),
            )
            .put(
                "p.muted",
                &self.moment(t!("contract.sent_at"), &contract.text("sent_at")),
            )
            .maybe(expires)
            .maybe(told.map(|key| el("p.good").add(icons::tick()).say(texts, key)))
            .maybe(self.stands(contract))
            .add(papers::ways(&self.shared, &self.path));
        let trouble = self.trouble.get().filter(|_| !self.declining.get());
        let signers = contract.objects("signers");
        let rows = signers.iter().map(|signer| self.signer(signer));
        let (signing, declining) = (self.clone(), self.clone());
        let acts = signs.then(|| {
            el("div.foot").add(
                el("div.acts")
                    .add(
                        act(texts, t!("contract.sign"), false)
                            .on_click(move || signing.go(Step::Signing)),
                    )
                    .add(
                        quiet(texts, t!("decline.open"), false)
                            .on_click(move || declining.declining.set(true)),
                    ),
            )
        });
        el("div.paper.contract")
            .add(head)
            .maybe(trouble.map(|trouble| trouble.failed().add(trouble.contact(texts))))
            .add(papers::draw(&contract.items("text"), texts))
            .add(panel(texts, "signers", t!("contract.signers")).add(el("ul.rows").each(rows)))
            .maybe(acts)
            .add(papers::log(contract, &self.shared))
            .maybe(self.declining.get().then(|| self.asks_reason()))
            .into()
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
            let path = crate::texts::joined(&["contracts/", &newer]);
            let link = el("button.link type=button").say(texts, t!("contract.newer"));
            told = told.add(link.on_click(move || to(Some(path.clone()))));
        }
        Some(told)
    }

    fn signer(&self, signer: &Json) -> El {
        let texts = &self.shared.texts;
        let name = signer.text("name");
        let mut title = el("p.strong").put("bdi", &name);
        if signer.flag("you") {
            title = title.text(" ").tell("span.tag", texts, t!("contract.you"));
        }
        let (icon, says) = match (signer.opt("signed_at"), signer.opt("declined_at")) {
            (Some(at), _) => (icons::tick(), self.moment(t!("contract.signed_at"), &at)),
            (_, Some(at)) => (icons::file(), self.moment(t!("contract.declined_at"), &at)),
            _ => (icons::pen(), self.say(t!("contract.not_yet"))),
        };
        let typed = signer.opt("typed");
        let about = el("div.grow")
            .add(title)
            .add(
                el("p.small.muted")
                    .text(&signer.text("role"))
                    .text(" · ")
                    .text(&says),
            )
            .maybe(typed.map(|typed| el("p.signed").text(&typed)));
        el("li").add(el("span.round").add(icon)).add(about)
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
