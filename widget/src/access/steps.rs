//! The screens of signing in: email, code or password, reset, a direct link, a forced new password.

use std::rc::Rc;

use gloo::timers::callback::{Interval, Timeout};
use portico_wire::access::Channel;
use yew::Html;

use crate::{
    access::{
        Field, fields,
        flow::{Asked, Choice, Flow, Step},
        form::{Email, Wants, slotted},
    },
    app::Shared,
    el::{El, el, list, nothing},
    part::{Hooks, Undo, part},
    portal::brand::shell,
    texts::Key,
};

/// `notice`: a polite line on why one is out. `email`: of who was here before.
pub fn access(shared: &Shared, notice: Option<String>, email: Option<String>) -> Html {
    let shared = shared.clone();
    part("access", move |hooks| {
        let flow = hooks.state(|| {
            let handover = &shared.handover;
            let opened = handover.opened() || !handover.secret().is_empty() || email.is_some();
            Flow::new(hooks, &shared, notice.clone(), opened)
        });
        hooks.after(flow.step.get().name(), {
            let (flow, email) = (flow.clone(), email.clone());
            move || {
                flow.shown(email);
                None
            }
        });
        hooks.online(flow.is_lost(), {
            let flow = flow.clone();
            move || flow.submit()
        });
        let left = countdown(hooks, &flow);
        // A button that would take away what somebody is typing in waits.
        let touched = !shared.pieces.email.value().is_empty() || shared.handover.pending();
        let room = if shared.by_button() && !flow.opened.get() && !touched {
            list(vec![open_button(&flow).into()])
        } else {
            screen(&flow, left)
        };
        shell(&shared, el("div.room").add(room))
    })
}

fn open_button(flow: &Rc<Flow>) -> El {
    let text = flow.say(t!("access.my_account"));
    let flow = flow.clone();
    el("button.open type=button").text(&text).on_click(move || {
        flow.opened.set(true);
        // The field is there after the next render.
        let flow = flow.clone();
        Timeout::new(0, move || flow.focus_field(Field::Email)).forget();
    })
}

/// Seconds until another code can be asked for, with a render each second until then.
fn countdown(hooks: &Hooks, flow: &Rc<Flow>) -> u32 {
    let asked = match flow.step.get() {
        Step::Code(asked) => Some(asked),
        _ => None,
    };
    let key = asked.as_ref().map_or("", |asked| &*asked.reply.request);
    let counting = flow.clone();
    let is_asked = asked.is_some();
    hooks.after(key, move || {
        let each_second = is_asked.then(|| Interval::new(1000, move || counting.second.set(())))?;
        Some(Box::new(move || drop(each_second)) as Undo)
    });
    asked.map_or(0, |asked| asked.seconds_until_resend())
}

fn screen(flow: &Rc<Flow>, left: u32) -> Html {
    let step = flow.step.get();
    let (heading, email, button) = match &step {
        Step::Email => (t!("access.my_account"), Email::Asked, t!("access.continue")),
        Step::Password => (t!("access.my_account"), Email::Asked, t!("access.sign_in")),
        Step::Code(asked) if asked.reply.channel == Channel::Sms => {
            (t!("code.heading_sms"), Email::Unseen, t!("code.submit"))
        }
        Step::Code(_) => (t!("code.heading_email"), Email::Unseen, t!("code.submit")),
        Step::Reset => (t!("reset.heading"), Email::Asked, t!("reset.submit")),
        Step::ResetSent(_) => (t!("reset.sent_heading"), Email::Unseen, t!("loading")),
        Step::Choose(_) => (t!("choose.heading"), Email::Fixed, t!("choose.submit")),
    };
    let notice = flow.notice.get().map_or_else(nothing, |notice| {
        el("p slot=top data-portico=notice").text(&notice).into()
    });
    let wants = Wants {
        heading: flow.say(heading),
        email,
        submit: if matches!(step, Step::ResetSent(_)) {
            String::new()
        } else {
            flow.say(button)
        },
        children: list(vec![
            notice,
            flow.wrong(Field::Email),
            body(flow, &step),
            flow.wrong(Field::None),
            ways_on(flow, &step, left),
        ]),
    };
    let submit = flow.clone();
    slotted(&flow.form, wants, move || submit.submit())
}

fn body(flow: &Rc<Flow>, step: &Step) -> Html {
    let texts = &flow.shared.texts;
    let (hint, field, label) = match step {
        Step::Email | Step::Reset => return nothing(),
        Step::ResetSent(to) => return flow.hint(&texts.fill(t!("reset.sent"), &[("to", to)])),
        Step::Password => (nothing(), Field::Password, t!("field.password")),
        Step::Code(asked) => (
            flow.hint(&flow.sent_to(&asked.reply)),
            Field::Code,
            t!("field.code"),
        ),
        Step::Choose(choice) => {
            let hint = match &**choice {
                Choice::ByLink { first_name, .. } => {
                    texts.fill(t!("choose.welcome"), &[("name", first_name)])
                }
                Choice::Forced { .. } => flow.say(t!("choose.forced")),
            };
            (
                flow.hint(&hint),
                Field::NewPassword,
                t!("field.new_password"),
            )
        }
    };
    list(vec![hint, flow.field(field, label), stay(flow)])
}

fn stay(flow: &Rc<Flow>) -> Html {
    let id = flow.id("stay");
    let changed = flow.clone();
    let input = el("input type=checkbox data-portico=check")
        .set("id", &id)
        .checked(flow.stay.get())
        .on_change(move |input| changed.stay.set(input.checked()));
    let label = el("label data-portico=check-label").set("for", &id);
    list(vec![
        input.into(),
        label.say(&flow.shared.texts, t!("access.stay")).into(),
    ])
}

/// What else can be done, below the button.
fn ways_on(flow: &Rc<Flow>, step: &Step, left: u32) -> Html {
    let to = |key: Key, step: Step| -> Html {
        let text = flow.say(key);
        let flow = flow.clone();
        let act = move || {
            flow.notice.set(None);
            flow.go(step.clone());
        };
        fields::link(&text, false, act).into()
    };
    let passwords = flow.shared.settings().is_some_and(|it| it.passwords);
    let other = match step {
        Step::Email if passwords => to(t!("access.use_password"), Step::Password),
        Step::Password => to(t!("access.use_code"), Step::Email),
        Step::Code(asked) => {
            let mut ways = ways_on_from_code(flow, asked, left);
            ways.push(to(t!("code.other_email"), Step::Email));
            return list(ways);
        }
        Step::Reset | Step::ResetSent(_) => return to(t!("access.back"), Step::Email),
        Step::Email | Step::Choose(_) => return nothing(),
    };
    list(vec![other, to(t!("access.reset_password"), Step::Reset)])
}

fn ways_on_from_code(flow: &Rc<Flow>, asked: &Asked, left: u32) -> Vec<Html> {
    let by_email = asked.reply.channel == Channel::Email;
    // The channel to name when the same code is asked for again.
    let same = by_email.then_some(Channel::Email);
    let ask = |text: &str, channel: Option<Channel>, not_yet: bool| -> Html {
        let flow = flow.clone();
        let act = move || {
            if !flow.busy.get() && !not_yet {
                flow.ask_code(channel);
            }
        };
        fields::link(text, not_yet, act).into()
    };
    let resend = if left > 0 {
        let digit = |number: u32| char::from_digit(number, 10).unwrap_or('9');
        let digits = [
            digit(left / 60 % 10),
            ':',
            digit(left % 60 / 10),
            digit(left % 10),
        ];
        let time: String = digits.iter().collect();
        flow.shared
            .texts
            .fill(t!("code.resend_in"), &[("time", &time)])
    } else {
        flow.say(t!("code.resend"))
    };
    let mut ways = vec![ask(&resend, same, left > 0)];
    if !by_email {
        ways.push(ask(
            &flow.say(t!("code.by_email")),
            Some(Channel::Email),
            false,
        ));
    }
    ways
}
