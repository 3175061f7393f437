//! The steps of signing in: email, code or password, reset, a direct link, a forced new password.

use std::{cell::RefCell, rc::Rc};

use gloo::timers::callback::Interval;
use portico_wire::{
    access::{
        AskCode, AskReset, Channel, ChooseNewPassword, CodeAsked, LinkNext, LookAtLink, PasswordSignIn, RedeemCode,
        RedeemLink, SignIn,
    },
    portal::Home,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    access::{
        Field, Trouble,
        fields::{CodeField, PasswordField},
        form::{Email, SlottedForm, focus},
    },
    api::Failure,
    app::{Shared, use_shared},
    dates::now_ms,
    loaded::use_online,
    portal::brand::Brand,
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
    fn name(&self) -> u8 {
        match self {
            Step::Email => 0,
            Step::Password => 1,
            Step::Code(_) => 2,
            Step::Reset => 3,
            Step::ResetSent(_) => 4,
            Step::Choose(_) => 5,
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
        format!("{}-{part}", self.shared.pieces.email.id())
    }
    fn input(&self, part: &str) -> Option<HtmlInputElement> {
        let found = self.shared.pieces.fields.query_selector(&format!("#{}", self.id(part)));
        found.ok().flatten()?.dyn_into().ok()
    }
    fn value(&self, part: &str) -> String {
        self.input(part).map(|input| input.value()).unwrap_or_default()
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
        self.trouble.as_ref().is_some_and(|trouble| trouble.field == field)
    }
    fn focus_field(&self, field: Field) {
        match field {
            Field::Email => {
                self.shared.pieces.email.focus().ok();
            }
            Field::None => {}
            field => focus(&self.shared.pieces.fields, Some(&self.id(Self::part(field)))),
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

    /// Runs one call and deals with its failure; `then` gets the reply.
    fn run<T: 'static>(
        &self,
        call: impl Future<Output = Result<T, Failure>> + 'static,
        then: impl FnOnce(&Flow, T) + 'static,
    ) {
        let flow = self.clone();
        flow.busy.set(true);
        spawn_local(async move {
            match call.await {
                Ok(reply) => {
                    flow.busy.set(false);
                    then(&flow, reply);
                }
                Err(failure) => flow.failed(&failure),
            }
        });
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
            channel.is_none() && last.email == email && last.seconds_until_resend() > 0 && last.lives()
        }) {
            // Gone back and forth: the code sent a moment ago still works.
            self.go(Step::Code(last));
            return;
        }
        let api = self.shared.api.clone();
        let ask = AskCode { email: email.clone(), channel };
        self.run(async move { api.ask_code(&ask).await }, move |flow, reply| {
            let again = matches!(&*flow.step, Step::Code(_));
            let asked = Rc::new(Asked { email, at_ms: now_ms(), reply });
            *flow.last_code.borrow_mut() = Some(asked.clone());
            flow.shared.announce.emit(flow.sent_to(&asked.reply));
            flow.go(Step::Code(asked));
            if again && let Some(input) = flow.input("code") {
                input.focus().ok();
                input.select();
            }
        });
    }

    fn sent_to(&self, reply: &CodeAsked) -> String {
        let values = [("to", reply.to.as_str())];
        match reply.channel {
            Channel::Email => self.shared.texts.fill("code.sent_email", &values),
            Channel::Sms => self.shared.texts.fill("code.sent_sms", &values),
        }
    }

    fn come_in(&self, email: &str, reply: SignIn) {
        match reply {
            SignIn::In { token, home } => {
                self.shared.api.session().start(token, *self.stay);
                // What was typed stays in the document otherwise.
                self.shared.pieces.email.set_value("");
                self.came_in.emit(Rc::from(home));
            }
            SignIn::NewPassword { proof } => {
                self.shared.pieces.email.set_value(email);
                self.go(Step::Choose(Rc::new(Choice::Forced { proof })));
            }
        }
    }

    fn submit(&self) {
        let api = self.shared.api.clone();
        let stay_signed_in = *self.stay;
        self.notice.set(None);
        match &*self.step {
            Step::Email => self.ask_code(None),
            Step::Code(asked) => {
                let code = self.value("code");
                if !self.filled(Field::Code, code.trim(), "error.code_missing") {
                    return;
                }
                let email = asked.email.clone();
                let redeem = RedeemCode { request: asked.reply.request.clone(), code, stay_signed_in };
                self.run(async move { api.redeem_code(&redeem).await }, move |flow, reply| flow.come_in(&email, reply));
            }
            Step::Password => {
                let (email, password) = (self.email(), self.value("password"));
                if !self.filled(Field::Email, &email, "error.email_missing")
                    || !self.filled(Field::Password, &password, "error.password_missing")
                {
                    return;
                }
                let with = PasswordSignIn { email: email.clone(), password, stay_signed_in };
                self.run(async move { api.sign_in(&with).await }, move |flow, reply| flow.come_in(&email, reply));
            }
            Step::Reset => {
                let email = self.email();
                if !self.filled(Field::Email, &email, "error.email_missing") {
                    return;
                }
                let ask = AskReset { email };
                self.run(async move { api.ask_reset(&ask).await }, |flow, reply| flow.go(Step::ResetSent(reply.to)));
            }
            Step::ResetSent(_) => {}
            Step::Choose(choice) => {
                let password = self.value("new-password");
                if password.chars().count() < 8 {
                    self.fail(Trouble::here(Field::NewPassword, self.say("error.password_short")));
                    return;
                }
                let (choice, email) = (choice.clone(), self.email());
                let call = async move {
                    match &*choice {
                        Choice::ByLink { secret, .. } => {
                            api.redeem_link(&RedeemLink { secret: secret.clone(), password, stay_signed_in }).await
                        }
                        Choice::Forced { proof } => {
                            let proof = proof.clone();
                            api.choose_new_password(&ChooseNewPassword { proof, password, stay_signed_in }).await
                        }
                    }
                };
                self.run(call, move |flow, reply| flow.come_in(&email, reply));
            }
        }
    }

    fn look_at_link(&self, secret: String) {
        let api = self.shared.api.clone();
        let look = LookAtLink { secret: secret.clone() };
        self.run(async move { api.look_at_link(&look).await }, move |flow, seen| {
            if flow.email().is_empty() || seen.next == LinkNext::ChoosePassword {
                flow.shared.pieces.email.set_value(&seen.email);
            }
            if seen.next == LinkNext::ChoosePassword {
                flow.go(Step::Choose(Rc::new(Choice::ByLink { secret, first_name: seen.first_name })));
            } else {
                let hello = flow.shared.texts.fill("link.hello", &[("name", &seen.first_name)]);
                flow.notice.set(Some(hello));
            }
        });
    }
}

#[component]
pub fn Access(props: &Props) -> Html {
    let shared = use_shared();
    let flow = Flow {
        shared: shared.clone(),
        step: use_state(|| Step::Email),
        trouble: use_state(|| None),
        busy: use_state(|| false),
        stay: use_state(|| false),
        notice: use_state(|| props.notice.clone()),
        last_code: use_mut_ref(|| None),
        came_in: props.came_in.clone(),
    };
    let opened = use_state(|| props.opened || !props.secret.is_empty() || props.email.is_some());
    // A button that would take away what somebody is typing in waits.
    let touched = !shared.pieces.email.value().is_empty() || props.pending;

    {
        let (flow, secret, email, pending) =
            (flow.clone(), props.secret.clone(), props.email.clone(), props.pending);
        use_effect_with((), move |()| {
            if let Some(email) = email {
                flow.shared.pieces.email.set_value(&email);
                focus(&flow.shared.pieces.fields, None);
            }
            if !secret.is_empty() {
                flow.look_at_link(secret);
            } else if pending {
                flow.submit();
            }
        });
    }
    {
        // The first screen leaves the focus where the page has it.
        let first = use_mut_ref(|| true);
        let flow = flow.clone();
        use_effect_with(flow.step.name(), move |_| {
            if first.replace(false) {
                return;
            }
            match &*flow.step {
                Step::Password if !flow.email().is_empty() => flow.focus_field(Field::Password),
                Step::Choose(_) | Step::ResetSent(_) => focus(&flow.shared.pieces.fields, None),
                step => flow.focus_field(step.fields().first().copied().unwrap_or(Field::None)),
            }
        });
    }
    let again = {
        let flow = flow.clone();
        Callback::from(move |()| flow.submit())
    };
    use_online(flow.trouble.as_ref().is_some_and(|trouble| trouble.lost), again.clone());

    if props.by_button && !*opened && !touched {
        let open = {
            let (opened, email) = (opened.clone(), shared.pieces.email.clone());
            Callback::from(move |_| {
                opened.set(true);
                // The field is there after the next render.
                let email = email.clone();
                gloo::timers::callback::Timeout::new(0, move || {
                    email.focus().ok();
                })
                .forget();
            })
        };
        return html! {
            <div class="shell">
                <Brand />
                <div class="room"><button class="open" type="button" onclick={open}>{ flow.say("access.my_account") }</button></div>
            </div>
        };
    }
    html! {
        <div class="shell">
            <Brand />
            <div class="room">
                <Screen flow={FlowProp(flow)} {again} />
            </div>
        </div>
    }
}

/// Compared as never equal: every render of [`Access`] brings newer handles.
#[derive(Clone)]
struct FlowProp(Flow);
impl PartialEq for FlowProp {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[derive(Properties, PartialEq)]
struct ScreenProps {
    flow: FlowProp,
    again: Callback<()>,
}

#[component]
fn Screen(props: &ScreenProps) -> Html {
    let flow = &props.flow.0;
    let passwords = flow.shared.settings.as_ref().is_some_and(|settings| settings.passwords);
    let trouble = (*flow.trouble).clone();
    let at = |field: Field| {
        let shown = trouble.as_ref().filter(|trouble| trouble.field == field);
        shown.map(|trouble| trouble.slotted(&flow.id("error"), &flow.shared.texts)).unwrap_or_default()
    };
    let step = (*flow.step).clone();
    let (heading, email, submit) = match &step {
        Step::Email => ("access.my_account", Email::Asked, Some("access.continue")),
        Step::Password => ("access.my_account", Email::Asked, Some("access.sign_in")),
        Step::Code(asked) if asked.reply.channel == Channel::Sms => ("code.heading_sms", Email::Unseen, Some("code.submit")),
        Step::Code(_) => ("code.heading_email", Email::Unseen, Some("code.submit")),
        Step::Reset => ("reset.heading", Email::Asked, Some("reset.submit")),
        Step::ResetSent(_) => ("reset.sent_heading", Email::Unseen, None),
        Step::Choose(_) => ("choose.heading", Email::Fixed, Some("choose.submit")),
    };
    let body = match &step {
        Step::Email | Step::Reset => html! {},
        Step::Password => html! {
            <>
            <label key="password-label" for={flow.id("password")}>{ flow.say("field.password") }</label>
            { password(flow, Field::Password) }
            { at(Field::Password) }
            <Stay flow={props.flow.clone()} />
            </>
        },
        Step::Code(asked) => html! {
            <>
            <p key="code-hint" data-portico="hint" id={flow.id("hint")}>{ flow.sent_to(&asked.reply) }</p>
            <label key="code-label" for={flow.id("code")}>{ flow.say("field.code") }</label>
            <CodeField key="code" id={flow.id("code")} wrong={flow.wrong(Field::Code)} error={flow.id("error")} hint={flow.id("hint")} />
            { at(Field::Code) }
            <Stay flow={props.flow.clone()} />
            </>
        },
        Step::ResetSent(to) => html! {
            <p key="reset-sent" data-portico="hint">{ flow.shared.texts.fill("reset.sent", &[("to", to)]) }</p>
        },
        Step::Choose(choice) => html! {
            <>
            if let Choice::ByLink { first_name, .. } = &**choice {
                <p key="welcome" data-portico="hint">{ flow.shared.texts.fill("choose.welcome", &[("name", first_name)]) }</p>
            } else {
                <p key="forced" data-portico="hint">{ flow.say("choose.forced") }</p>
            }
            <label key="new-label" for={flow.id("new-password")}>{ flow.say("field.new_password") }</label>
            { password(flow, Field::NewPassword) }
            <p key="new-hint" data-portico="detail" id={flow.id("hint")}>{ flow.say("choose.hint") }</p>
            { at(Field::NewPassword) }
            <Stay flow={props.flow.clone()} />
            </>
        },
    };
    let email_trouble = trouble.as_ref().filter(|trouble| trouble.field == Field::Email);
    html! {
        <SlottedForm heading={flow.say(heading)} {email} submit={submit.map(|key| flow.say(key))} busy={*flow.busy}
            email_error={email_trouble.map(|_| flow.id("error"))} onsubmit={props.again.clone()}>
            if let Some(notice) = &*flow.notice {
                <p key="notice" data-portico="notice">{ notice }</p>
            }
            { at(Field::Email) }
            { body }
            { at(Field::None) }
            { ways_on(flow, &step, passwords) }
        </SlottedForm>
    }
}

fn password(flow: &Flow, field: Field) -> Html {
    let part = Flow::part(field);
    let hint = (field == Field::NewPassword).then(|| flow.id("hint"));
    html! {
        <PasswordField key={part} id={flow.id(part)} new={field == Field::NewPassword} wrong={flow.wrong(field)}
            error={flow.id("error")} {hint} />
    }
}

fn link(key: &'static str, text: String, onclick: Callback<MouseEvent>) -> Html {
    html! { <button {key} type="button" slot="after" data-portico="link" {onclick}>{ text }</button> }
}

/// What else can be done, below the button.
fn ways_on(flow: &Flow, step: &Step, passwords: bool) -> Html {
    let to = |step: Step| {
        let flow = flow.clone();
        Callback::from(move |_: MouseEvent| {
            flow.notice.set(None);
            flow.go(step.clone());
        })
    };
    match step {
        Step::Email if passwords => html! {
            <>
            { link("use-password", flow.say("access.use_password"), to(Step::Password)) }
            { link("reset", flow.say("access.reset_password"), to(Step::Reset)) }
            </>
        },
        Step::Email => html! {},
        Step::Password => html! {
            <>
            { link("use-code", flow.say("access.use_code"), to(Step::Email)) }
            { link("reset", flow.say("access.reset_password"), to(Step::Reset)) }
            </>
        },
        Step::Code(asked) => {
            let by_email = {
                let flow = flow.clone();
                Callback::from(move |_| flow.ask_code(Some(Channel::Email)))
            };
            html! {
                <>
                <Resend key="resend" flow={FlowProp(flow.clone())} asked={asked.clone()} />
                if asked.reply.channel == Channel::Sms {
                    { link("by-email", flow.say("code.by_email"), by_email) }
                }
                { link("back", flow.say("code.other_email"), to(Step::Email)) }
                </>
            }
        }
        Step::Reset | Step::ResetSent(_) => html! { { link("back", flow.say("access.back"), to(Step::Email)) } },
        Step::Choose(_) => html! {},
    }
}

#[derive(Properties, PartialEq)]
struct ResendProps {
    flow: FlowProp,
    asked: Rc<Asked>,
}

#[component]
fn Resend(props: &ResendProps) -> Html {
    let flow = props.flow.0.clone();
    let tick = use_state(|| 0u32);
    {
        let tick = tick.setter();
        use_effect_with(props.asked.clone(), move |asked| {
            let asked = asked.clone();
            tick.set(asked.seconds_until_resend());
            let each_second = Interval::new(1000, move || tick.set(asked.seconds_until_resend()));
            move || drop(each_second)
        });
    }
    let left = props.asked.seconds_until_resend();
    let text = if left > 0 {
        let left = format!("{}:{:02}", left / 60, left % 60);
        flow.shared.texts.fill("code.resend_in", &[("time", &left)])
    } else {
        flow.say("code.resend")
    };
    let channel = (props.asked.reply.channel == Channel::Email).then_some(Channel::Email);
    let busy = *flow.busy;
    let onclick = Callback::from(move |_| {
        if left == 0 && !busy {
            flow.ask_code(channel);
        }
    });
    html! {
        <button type="button" slot="after" data-portico="link" aria-disabled={(left > 0).then_some("true")} {onclick}>{ text }</button>
    }
}

#[derive(Properties, PartialEq)]
struct PartProps {
    flow: FlowProp,
}

#[component]
fn Stay(props: &PartProps) -> Html {
    let flow = &props.flow.0;
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
