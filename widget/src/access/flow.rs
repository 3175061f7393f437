//! What happens between the steps of signing in: which call follows which press, and where its
//! reply leads.

use std::{cell::RefCell, rc::Rc};

use portico_wire::{
    access::{
        AskCode, AskReset, Channel, ChooseNewPassword, CodeAsked, LinkNext, LinkSeen, LookAtLink,
        PasswordSignIn, RedeemCode, RedeemLink, ResetAsked, SignIn,
    },
    portal::Home,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    access::{Field, Trouble, form::focus},
    api::Failure,
    app::Shared,
    dates::now_ms,
    hooks::{Same, Value},
};

/// A code that was sent, and when, by this browser's clock.
#[derive(Clone)]
pub struct Asked {
    pub email: String,
    pub reply: CodeAsked,
    pub at_ms: f64,
}

impl Asked {
    pub fn seconds_until_resend(&self) -> u32 {
        let passed = ((now_ms() - self.at_ms) / 1000.0).max(0.0) as u32;
        self.reply.resend_after.saturating_sub(passed)
    }
    pub fn lives(&self) -> bool {
        now_ms() < self.at_ms + f64::from(self.reply.expires_in) * 1000.0
    }
}

#[derive(Clone)]
pub enum Choice {
    ByLink { secret: String, first_name: String },
    Forced { proof: String },
}

#[derive(Clone)]
pub enum Step {
    Email,
    Password,
    Code(Rc<Asked>),
    Reset,
    ResetSent(String),
    Choose(Rc<Choice>),
}

impl Step {
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Step::Email | Step::Reset => &[Field::Email],
            Step::Password => &[Field::Email, Field::Password],
            Step::Code(_) => &[Field::Code],
            Step::ResetSent(_) => &[],
            Step::Choose(_) => &[Field::NewPassword],
        }
    }
    /// For telling one screen from another.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Email => "email",
            Step::Password => "password",
            Step::Code(_) => "code",
            Step::Reset => "reset",
            Step::ResetSent(_) => "sent",
            Step::Choose(_) => "choose",
        }
    }
}

/// What the steps share; cheap to clone into every callback.
pub type Flow = Same<Parts>;

pub struct Parts {
    pub shared: Shared,
    pub step: Value<Step>,
    pub trouble: Value<Option<Trouble>>,
    pub busy: Value<bool>,
    pub stay: Value<bool>,
    pub notice: Value<Option<String>>,
    pub last_code: Rc<RefCell<Option<Rc<Asked>>>>,
    pub came_in: Callback<Same<Home>>,
}

impl Flow {
    pub fn say(&self, key: &str) -> String {
        self.shared.texts.get(key)
    }
    pub fn id(&self, part: &str) -> String {
        [&self.shared.pieces.email.id(), "-", part].concat()
    }
    pub fn input(&self, part: &str) -> Option<HtmlInputElement> {
        let found = self
            .shared
            .pieces
            .fields
            .query_selector(&["#", &self.id(part)].concat());
        found.ok().flatten()?.dyn_into().ok()
    }
    pub fn value(&self, part: &str) -> String {
        self.input(part)
            .map(|input| input.value())
            .unwrap_or_default()
    }
    pub fn email(&self) -> String {
        self.shared.pieces.email.value().trim().to_owned()
    }
    pub fn part(field: Field) -> &'static str {
        match field {
            Field::Password => "password",
            Field::NewPassword => "new-password",
            _ => "code",
        }
    }
    pub fn wrong(&self, field: Field) -> bool {
        self.trouble
            .get()
            .is_some_and(|trouble| trouble.field == field)
    }
    pub fn focus_field(&self, field: Field) {
        match field {
            Field::Email => {
                self.shared.pieces.email.focus().ok();
            }
            Field::None => {}
            field => focus(
                &self.shared.pieces.fields,
                Some(&self.id(Self::part(field))),
            ),
        }
    }

    /// The first screen. It leaves the focus where the page has it, but for who was here before.
    pub fn begin(&self, secret: String, email: Option<String>, pending: bool) {
        if let Some(email) = email {
            self.shared.pieces.email.set_value(&email);
            focus(&self.shared.pieces.fields, None);
        }
        if !secret.is_empty() {
            self.look_at_link(secret);
        } else if pending {
            self.submit();
        }
    }

    pub fn focus_step(&self) {
        match &self.step.get() {
            Step::Password if !self.email().is_empty() => self.focus_field(Field::Password),
            Step::Choose(_) | Step::ResetSent(_) => focus(&self.shared.pieces.fields, None),
            step => self.focus_field(step.fields().first().copied().unwrap_or(Field::None)),
        }
    }

    pub fn go(&self, step: Step) {
        self.trouble.set(None);
        self.step.set(step);
    }

    pub fn fail(&self, trouble: Trouble) {
        self.busy.set(false);
        self.focus_field(trouble.field);
        self.shared.announce.emit(trouble.spoken());
        self.trouble.set(Some(trouble));
    }

    pub fn failed(&self, failure: &Failure) {
        self.fail(Trouble::of(failure, &self.shared).on(self.step.get().fields()));
    }

    /// Says what is missing; true if nothing is.
    pub fn filled(&self, field: Field, value: &str, key: &str) -> bool {
        if value.is_empty() {
            self.fail(Trouble::here(field, self.say(key)));
        }
        !value.is_empty()
    }

    /// For one call: busy from here, and what comes after its good reply.
    pub fn then<T: 'static>(
        &self,
        then: impl FnOnce(&Flow, T) + 'static,
    ) -> impl FnOnce(Result<T, Failure>) + 'static {
        let flow = self.clone();
        flow.busy.set(true);
        move |reply| match reply {
            Ok(reply) => {
                flow.busy.set(false);
                then(&flow, reply);
            }
            Err(failure) => flow.failed(&failure),
        }
    }

    pub fn ask_code(&self, channel: Option<Channel>) {
        let email = match &self.step.get() {
            Step::Code(asked) => asked.email.clone(),
            _ => self.email(),
        };
        if !self.filled(Field::Email, &email, "error.email_missing") {
            return;
        }
        let last = self.last_code.borrow().clone();
        if let Some(last) = last.filter(|last| {
            channel.is_none()
                && last.email == email
                && last.seconds_until_resend() > 0
                && last.lives()
        }) {
            // Gone back and forth: the code sent a moment ago still works.
            self.go(Step::Code(last));
            return;
        }
        let ask = AskCode { email, channel };
        let email = ask.email.clone();
        self.shared.api.ask_code(
            &ask,
            self.then(move |flow, reply| flow.code_sent(email, reply)),
        );
    }

    pub fn code_sent(&self, email: String, reply: CodeAsked) {
        let again = matches!(self.step.get(), Step::Code(_));
        let asked = Rc::new(Asked {
            email,
            at_ms: now_ms(),
            reply,
        });
        *self.last_code.borrow_mut() = Some(asked.clone());
        self.shared.announce.emit(self.sent_to(&asked.reply));
        self.go(Step::Code(asked));
        if again && let Some(input) = self.input("code") {
            input.focus().ok();
            input.select();
        }
    }

    pub fn sent_to(&self, reply: &CodeAsked) -> String {
        let values = [("to", reply.to.as_str())];
        match reply.channel {
            Channel::Email => self.shared.texts.fill("code.sent_email", &values),
            Channel::Sms => self.shared.texts.fill("code.sent_sms", &values),
        }
    }

    /// For the calls that can lead in.
    pub fn come_in(&self, email: String) -> impl FnOnce(Result<SignIn, Failure>) + 'static {
        self.then(move |flow, reply| match reply {
            SignIn::In { token, home } => {
                flow.shared.api.session().start(token, flow.stay.get());
                // What was typed stays in the document otherwise.
                flow.shared.pieces.email.set_value("");
                flow.came_in.emit(Same::new(*home));
            }
            SignIn::NewPassword { proof } => {
                flow.shared.pieces.email.set_value(&email);
                flow.go(Step::Choose(Rc::new(Choice::Forced { proof })));
            }
        })
    }

    pub fn submit(&self) {
        let api = &self.shared.api;
        let stay_signed_in = self.stay.get();
        self.notice.set(None);
        let email = self.email();
        match &self.step.get() {
            Step::Email => self.ask_code(None),
            Step::Code(asked) => {
                let code = self.value("code");
                if self.filled(Field::Code, code.trim(), "error.code_missing") {
                    let request = asked.reply.request.clone();
                    let redeem = RedeemCode {
                        request,
                        code,
                        stay_signed_in,
                    };
                    api.redeem_code(&redeem, self.come_in(asked.email.clone()));
                }
            }
            Step::Password => {
                let password = self.value("password");
                if self.filled(Field::Email, &email, "error.email_missing")
                    && self.filled(Field::Password, &password, "error.password_missing")
                {
                    let with = PasswordSignIn {
                        email: email.clone(),
                        password,
                        stay_signed_in,
                    };
                    api.sign_in(&with, self.come_in(email));
                }
            }
            Step::Reset => {
                if self.filled(Field::Email, &email, "error.email_missing") {
                    api.ask_reset(
                        &AskReset { email },
                        self.then(|flow, reply: ResetAsked| flow.go(Step::ResetSent(reply.to))),
                    );
                }
            }
            Step::ResetSent(_) => {}
            Step::Choose(choice) => {
                let password = self.value("new-password");
                if password.chars().count() < 8 {
                    self.fail(Trouble::here(
                        Field::NewPassword,
                        self.say("error.password_short"),
                    ));
                    return;
                }
                match &**choice {
                    Choice::ByLink { secret, .. } => {
                        let link = RedeemLink {
                            secret: secret.clone(),
                            password,
                            stay_signed_in,
                        };
                        api.redeem_link(&link, self.come_in(email));
                    }
                    Choice::Forced { proof } => {
                        let choice = ChooseNewPassword {
                            proof: proof.clone(),
                            password,
                            stay_signed_in,
                        };
                        api.choose_new_password(&choice, self.come_in(email));
                    }
                }
            }
        }
    }

    pub fn look_at_link(&self, secret: String) {
        let look = LookAtLink { secret };
        let secret = look.secret.clone();
        let then = self.then(move |flow: &Flow, seen: LinkSeen| {
            if flow.email().is_empty() || seen.next == LinkNext::ChoosePassword {
                flow.shared.pieces.email.set_value(&seen.email);
            }
            if seen.next == LinkNext::ChoosePassword {
                let choice = Choice::ByLink {
                    secret,
                    first_name: seen.first_name,
                };
                flow.go(Step::Choose(Rc::new(choice)));
            } else {
                let hello = flow
                    .shared
                    .texts
                    .fill("link.hello", &[("name", &seen.first_name)]);
                flow.notice.set(Some(hello));
            }
        });
        self.shared.api.look_at_link(&look, then);
    }
}
