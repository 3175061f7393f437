//! The steps of signing in: email, code or password, reset, a direct link, a forced new password.

use std::{cell::RefCell, rc::Rc};

use gloo::timers::callback::{Interval, Timeout};
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
    access::{
        Field, Trouble, fields,
        form::{Email, SlottedForm, focus},
    },
    api::Failure,
    app::{Shared, use_shared},
    dates::now_ms,
    hooks::{Undo, use_after, use_cell, use_online, use_value},
    portal::brand::brand,
};

/// A code that was sent, and when, by this browser's clock.
#[derive(Clone, PartialEq)]
struct Asked {
    email: String,
    reply: CodeAsked,
    at_ms: f64,
}

impl Asked {
    fn seconds_until_resend(&self) -> u32 {
        let passed = ((now_ms() - self.at_ms) / 1000.0).max(0.0) as u32;
        self.reply.resend_after.saturating_sub(passed)
    }
    fn lives(&self) -> bool {
        now_ms() < self.at_ms + f64::from(self.reply.expires_in) * 1000.0
    }
}

#[derive(Clone, PartialEq)]
enum Choice {
    ByLink { secret: String, first_name: String },
    Forced { proof: String },
}

#[derive(Clone, PartialEq)]
enum Step {
    Email,
    Password,
    Code(Rc<Asked>),
    Reset,
    ResetSent(String),
    Choose(Rc<Choice>),
}

impl Step {
    fn fields(&self) -> &'static [Field] {
        match self {
            Step::Email | Step::Reset => &[Field::Email],
            Step::Password => &[Field::Email, Field::Password],
            Step::Code(_) => &[Field::Code],
            Step::ResetSent(_) => &[],
            Step::Choose(_) => &[Field::NewPassword],
        }
    }
    /// For telling one screen from another.
    fn name(&self) -> &'static str {
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

#[derive(Properties, PartialEq)]
pub struct Props {
    pub notice: Option<String>,
    pub email: Option<String>,
    pub by_button: bool,
    pub opened: bool,
    /// Continue was pressed before this module was there.
    pub pending: bool,
    /// Of a direct link; empty without one.
    pub secret: String,
    pub came_in: Callback<Rc<Home>>,
}

#[derive(Clone)]
struct Flow {
    shared: Shared,
    step: UseStateHandle<Step>,
    trouble: UseStateHandle<Option<Trouble>>,
    busy: UseStateHandle<bool>,
    stay: UseStateHandle<bool>,
    notice: UseStateHandle<Option<String>>,
    last_code: Rc<RefCell<Option<Rc<Asked>>>>,
    came_in: Callback<Rc<Home>>,
}

impl Flow {
    fn say(&self, key: &str) -> String {
        self.shared.texts.get(key)
    }
    fn id(&self, part: &str) -> String {
        [&self.shared.pieces.email.id(), "-", part].concat()
    }
    fn input(&self, part: &str) -> Option<HtmlInputElement> {
        let found = self
            .shared
            .pieces
            .fields
            .query_selector(&["#", &self.id(part)].concat());
        found.ok().flatten()?.dyn_into().ok()
    }
    fn value(&self, part: &str) -> String {
        self.input(part)
            .map(|input| input.value())
            .unwrap_or_default()
    }
    fn email(&self) -> String {
        self.shared.pieces.email.value().trim().to_owned()
    }
    fn part(field: Field) -> &'static str {
        match field {
            Field::Password => "password",
            Field::NewPassword => "new-password",
            _ => "code",
        }
    }
    fn wrong(&self, field: Field) -> bool {
        self.trouble
            .as_ref()
            .is_some_and(|trouble| trouble.field == field)
    }
    fn focus_field(&self, field: Field) {
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
    fn begin(&self, secret: String, email: Option<String>, pending: bool) {
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

    fn focus_step(&self) {
        match &*self.step {
            Step::Password if !self.email().is_empty() => self.focus_field(Field::Password),
            Step::Choose(_) | Step::ResetSent(_) => focus(&self.shared.pieces.fields, None),
            step => self.focus_field(step.fields().first().copied().unwrap_or(Field::None)),
        }
    }

    fn go(&self, step: Step) {
        self.trouble.set(None);
        self.step.set(step);
    }

    fn fail(&self, trouble: Trouble) {
        self.busy.set(false);
        self.focus_field(trouble.field);
        self.shared.announce.emit(trouble.spoken());
        self.trouble.set(Some(trouble));
    }

    fn failed(&self, failure: &Failure) {
        self.fail(Trouble::of(failure, &self.shared).on(self.step.fields()));
    }

    /// Says what is missing; true if nothing is.
    fn filled(&self, field: Field, value: &str, key: &str) -> bool {
        if value.is_empty() {
            self.fail(Trouble::here(field, self.say(key)));
        }
        !value.is_empty()
    }

    /// For one call: busy from here, and what comes after its good reply.
    fn then<T: 'static>(
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

    fn ask_code(&self, channel: Option<Channel>) {
        let email = match &*self.step {
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

    fn code_sent(&self, email: String, reply: CodeAsked) {
        let again = matches!(&*self.step, Step::Code(_));
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

    fn sent_to(&self, reply: &CodeAsked) -> String {
        let values = [("to", reply.to.as_str())];
        match reply.channel {
            Channel::Email => self.shared.texts.fill("code.sent_email", &values),
            Channel::Sms => self.shared.texts.fill("code.sent_sms", &values),
        }
    }

    /// For the calls that can lead in.
    fn come_in(&self, email: String) -> impl FnOnce(Result<SignIn, Failure>) + 'static {
        self.then(move |flow, reply| match reply {
            SignIn::In { token, home } => {
                flow.shared.api.session().start(token, *flow.stay);
                // What was typed stays in the document otherwise.
                flow.shared.pieces.email.set_value("");
                flow.came_in.emit(Rc::from(home));
            }
            SignIn::NewPassword { proof } => {
                flow.shared.pieces.email.set_value(&email);
                flow.go(Step::Choose(Rc::new(Choice::Forced { proof })));
            }
        })
    }

    fn submit(&self) {
        let api = &self.shared.api;
        let stay_signed_in = *self.stay;
        self.notice.set(None);
        let email = self.email();
        match &*self.step {
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

    fn look_at_link(&self, secret: String) {
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

#[component]
pub fn Access(props: &Props) -> Html {
    let shared = use_shared();
    let flow = Flow {
        shared: shared.clone(),
        step: use_value(Step::Email),
        trouble: use_value(None),
        busy: use_value(false),
        stay: use_value(false),
        notice: use_value(props.notice.clone()),
        last_code: use_cell(None),
        came_in: props.came_in.clone(),
    };
    let opened = use_value(props.opened || !props.secret.is_empty() || props.email.is_some());
    // A button that would take away what somebody is typing in waits.
    let touched = !shared.pieces.email.value().is_empty() || props.pending;

    let first = use_cell(true);
    {
        let (flow, secret, email, pending) = (
            flow.clone(),
            props.secret.clone(),
            props.email.clone(),
            props.pending,
        );
        use_after(
            flow.step.name().into(),
            Box::new(move || {
                if first.replace(false) {
                    flow.begin(secret, email, pending);
                } else {
                    flow.focus_step();
                }
                None
            }),
        );
    }
    let submit = {
        let flow = flow.clone();
        Callback::from(move |()| flow.submit())
    };
    use_online(
        flow.trouble.as_ref().is_some_and(|trouble| trouble.lost),
        submit.clone(),
    );
    let left = use_countdown(&flow.step);

    let room = if props.by_button && !*opened && !touched {
        let open = {
            let (opened, email) = (opened.clone(), shared.pieces.email.clone());
            Callback::from(move |_| {
                opened.set(true);
                // The field is there after the next render.
                let email = email.clone();
                Timeout::new(0, move || {
                    email.focus().ok();
                })
                .forget();
            })
        };
        html! { <button class="open" type="button" onclick={open}>{ flow.say("access.my_account") }</button> }
    } else {
        screen(&flow, &submit, left)
    };
    html! {
        <div class="shell">
            { brand(&shared) }
            <div class="room">{ room }</div>
        </div>
    }
}

/// Seconds until another code can be asked for, with a render each second until then.
#[hook]
fn use_countdown(step: &Step) -> u32 {
    let asked = match step {
        Step::Code(asked) => Some(asked.clone()),
        _ => None,
    };
    let left = asked
        .as_ref()
        .map_or(0, |asked| asked.seconds_until_resend());
    let shown = use_value(0u32);
    let setter = shown.setter();
    use_after(
        asked
            .as_ref()
            .map_or_else(String::new, |asked| asked.reply.request.clone()),
        Box::new(move || {
            let asked = asked?;
            let each_second = Interval::new(1000, move || setter.set(asked.seconds_until_resend()));
            Some(Box::new(move || drop(each_second)) as Undo)
        }),
    );
    left
}

fn screen(flow: &Flow, submit: &Callback<()>, left: u32) -> Html {
    let texts = &flow.shared.texts;
    let error = flow.id("error");
    let hint = flow.id("hint");
    let at = |field: Field| {
        let trouble = flow
            .trouble
            .as_ref()
            .filter(|trouble| trouble.field == field);
        trouble
            .map(|trouble| trouble.slotted(&error, texts))
            .unwrap_or_default()
    };
    let label = |part: &'static str, key: &str| {
        html! {
            <label key={key.to_owned()} for={flow.id(part)}>{ flow.say(key) }</label>
        }
    };
    let said = |text: String| html! { <p data-portico="hint" id={hint.clone()}>{ text }</p> };
    let step = &*flow.step;
    let (heading, email, button) = match step {
        Step::Email => ("access.my_account", Email::Asked, "access.continue"),
        Step::Password => ("access.my_account", Email::Asked, "access.sign_in"),
        Step::Code(asked) if asked.reply.channel == Channel::Sms => {
            ("code.heading_sms", Email::Unseen, "code.submit")
        }
        Step::Code(_) => ("code.heading_email", Email::Unseen, "code.submit"),
        Step::Reset => ("reset.heading", Email::Asked, "reset.submit"),
        Step::ResetSent(_) => ("reset.sent_heading", Email::Unseen, ""),
        Step::Choose(_) => ("choose.heading", Email::Fixed, "choose.submit"),
    };
    let body = match step {
        Step::Email | Step::Reset => Html::default(),
        Step::Password => html! {
            <>
            { label("password", "field.password") }
            { fields::password(flow.id("password"), false, flow.wrong(Field::Password), &error, None) }
            { at(Field::Password) }
            { stay(flow) }
            </>
        },
        Step::Code(asked) => html! {
            <>
            { said(flow.sent_to(&asked.reply)) }
            { label("code", "field.code") }
            { fields::code(flow.id("code"), flow.wrong(Field::Code), &error, &hint) }
            { at(Field::Code) }
            { stay(flow) }
            </>
        },
        Step::ResetSent(to) => said(texts.fill("reset.sent", &[("to", to)])),
        Step::Choose(choice) => html! {
            <>
            { said(match &**choice {
                Choice::ByLink { first_name, .. } => texts.fill("choose.welcome", &[("name", first_name)]),
                Choice::Forced { .. } => flow.say("choose.forced"),
            }) }
            { label("new-password", "field.new_password") }
            { fields::password(flow.id("new-password"), true, flow.wrong(Field::NewPassword), &error, Some(&flow.id("rule"))) }
            <p data-portico="detail" id={flow.id("rule")}>{ flow.say("choose.hint") }</p>
            { at(Field::NewPassword) }
            { stay(flow) }
            </>
        },
    };
    html! {
        <SlottedForm heading={flow.say(heading)} {email} submit={(!button.is_empty()).then(|| flow.say(button))} busy={*flow.busy}
            email_error={flow.wrong(Field::Email).then(|| error.clone())} onsubmit={submit.clone()}>
            if let Some(notice) = &*flow.notice {
                <p data-portico="notice">{ notice }</p>
            }
            { at(Field::Email) }
            { body }
            { at(Field::None) }
            { ways_on(flow, step, left) }
        </SlottedForm>
    }
}

fn stay(flow: &Flow) -> Html {
    let onchange = {
        let stay = flow.stay.clone();
        Callback::from(move |event: Event| {
            stay.set(event.target_unchecked_into::<HtmlInputElement>().checked());
        })
    };
    html! {
        <>
        <input type="checkbox" data-portico="check" id={flow.id("stay")} checked={*flow.stay} {onchange} />
        <label data-portico="check-label" for={flow.id("stay")}>{ flow.say("access.stay") }</label>
        </>
    }
}

/// What else can be done, below the button.
fn ways_on(flow: &Flow, step: &Step, left: u32) -> Html {
    let to = |key: &str, step: Step| {
        let flow = flow.clone();
        let text = flow.say(key);
        fields::link(
            text,
            false,
            Callback::from(move |_: MouseEvent| {
                flow.notice.set(None);
                flow.go(step.clone());
            }),
        )
    };
    let passwords = flow
        .shared
        .settings
        .as_ref()
        .is_some_and(|settings| settings.passwords);
    let other = match step {
        Step::Email if passwords => to("access.use_password", Step::Password),
        Step::Password => to("access.use_code", Step::Email),
        Step::Code(asked) => {
            return ways_on_from_code(flow, asked, left, &to("code.other_email", Step::Email));
        }
        Step::Reset | Step::ResetSent(_) => return to("access.back", Step::Email),
        Step::Email | Step::Choose(_) => return Html::default(),
    };
    html! { <>{ other }{ to("access.reset_password", Step::Reset) }</> }
}

fn ways_on_from_code(flow: &Flow, asked: &Asked, left: u32, other_email: &Html) -> Html {
    let ask = |channel: Option<Channel>| {
        let flow = flow.clone();
        Callback::from(move |_: MouseEvent| {
            if !*flow.busy && (left == 0 || channel != asked_by(&flow)) {
                flow.ask_code(channel);
            }
        })
    };
    let resend = if left > 0 {
        let time = [
            (left / 60).to_string(),
            ":".into(),
            (left % 60 / 10).to_string(),
            (left % 10).to_string(),
        ]
        .concat();
        flow.shared.texts.fill("code.resend_in", &[("time", &time)])
    } else {
        flow.say("code.resend")
    };
    html! {
        <>
        { fields::link(resend, left > 0, ask(asked_by(flow))) }
        if asked.reply.channel == Channel::Sms {
            { fields::link(flow.say("code.by_email"), false, ask(Some(Channel::Email))) }
        }
        { other_email.clone() }
        </>
    }
}

/// The channel to name when the same code is asked for again.
fn asked_by(flow: &Flow) -> Option<Channel> {
    match &*flow.step {
        Step::Code(asked) if asked.reply.channel == Channel::Email => Some(Channel::Email),
        _ => None,
    }
}
