//! The screens of signing in: email, code or password, reset, a direct link, a forced new password.

use gloo::timers::callback::{Interval, Timeout};
use portico_wire::{access::Channel, portal::Home};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    access::{
        Field, fields,
        flow::{Asked, Choice, Flow, Parts, Step},
        form::{Email, SlottedForm},
    },
    app::use_shared,
    hooks::{Same, Undo, use_after, use_cell, use_online, use_value},
    portal::brand::brand,
};

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
    pub came_in: Callback<Same<Home>>,
}

#[component]
pub fn Access(props: &Props) -> Html {
    let shared = use_shared();
    let flow = Flow::new(Parts {
        shared: shared.clone(),
        step: use_value(Step::Email),
        trouble: use_value(None),
        busy: use_value(false),
        stay: use_value(false),
        notice: use_value(props.notice.clone()),
        last_code: use_cell(None),
        came_in: props.came_in.clone(),
    });
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
            flow.step.get().name().into(),
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
        flow.trouble.get().is_some_and(|trouble| trouble.lost),
        submit.clone(),
    );
    let left = use_countdown(&flow.step.get());

    let room = if props.by_button && !opened.get() && !touched {
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
    use_after(
        asked
            .as_ref()
            .map_or_else(String::new, |asked| asked.reply.request.clone()),
        Box::new(move || {
            let asked = asked?;
            let each_second = Interval::new(1000, move || shown.set(asked.seconds_until_resend()));
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
        let trouble = flow.trouble.get().filter(|trouble| trouble.field == field);
        trouble
            .map(|trouble| trouble.slotted(&error, texts))
            .unwrap_or_default()
    };
    let label = |part: &'static str, key: &str| {
        html! {
            <label key={key.to_owned()} for={flow.id(part)}>{ flow.say(key) }</label>
        }
    };
    let said =
        |text: String| html! { <p slot="top" data-portico="hint" id={hint.clone()}>{ text }</p> };
    let step = &flow.step.get();
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
        <SlottedForm heading={flow.say(heading)} {email} submit={(!button.is_empty()).then(|| flow.say(button))} busy={flow.busy.get()}
            email_error={flow.wrong(Field::Email).then(|| error.clone())} onsubmit={submit.clone()}>
            if let Some(notice) = flow.notice.get() {
                <p slot="top" data-portico="notice">{ notice }</p>
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
        <input type="checkbox" data-portico="check" id={flow.id("stay")} checked={flow.stay.get()} {onchange} />
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
            if !flow.busy.get() && (left == 0 || channel != asked_by(&flow)) {
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
    match flow.step.get() {
        Step::Code(asked) if asked.reply.channel == Channel::Email => Some(Channel::Email),
        _ => None,
    }
}
