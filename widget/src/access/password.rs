//! Changing the password, inside: first a proof of who is there (the old password or a code),
//! then the new one, in one form.

use std::{ops::Deref, rc::Rc};

use portico_wire::access::{Act, Channel, CodeAsked};
use yew::Html;

use crate::{
    access::{
        Field, fields,
        form::{Email, Form, Wants, slotted},
    },
    app::Shared,
    el::{el, list},
    icons,
    part::{Hooks, Value, part},
    portal::parts::{panel, quiet},
    replies::Home,
    requests,
    texts::Key,
};

#[derive(Clone)]
enum Step {
    Closed { done: bool },
    ByPassword,
    ByCode(Rc<CodeAsked>),
}

impl Step {
    fn fields(&self) -> &'static [Field] {
        match self {
            Step::Closed { .. } => &[],
            Step::ByPassword => &[Field::Password, Field::NewPassword],
            Step::ByCode(_) => &[Field::Code, Field::NewPassword],
        }
    }
}

struct Change {
    form: Rc<Form>,
    step: Value<Step>,
    taken: Taken,
}

impl Deref for Change {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.form
    }
}

impl Change {
    fn new(hooks: &Hooks, shared: &Shared, taken: &Taken) -> Rc<Self> {
        Rc::new(Self {
            form: Rc::new(Form::new(hooks, shared)),
            step: hooks.value(Step::Closed { done: false }),
            taken: taken.clone(),
        })
    }

    fn go(&self, step: Step) {
        self.busy.set(false);
        self.trouble.set(None);
        let open = !matches!(step, Step::Closed { .. });
        self.step.set(step);
        self.taken.set(open);
    }

    fn ask_code(self: &Rc<Self>, channel: Option<Channel>) {
        let change = self.clone();
        change.busy.set(true);
        let then = move |asked| match asked {
            Ok(asked) => change.go(Step::ByCode(Rc::new(asked))),
            Err(failure) => change.failed(&failure, change.step.get().fields()),
        };
        let ask = requests::ask_proof(Act::ChangePassword, channel);
        self.shared.api.ask_proof(ask, then);
    }

    fn submit(self: &Rc<Self>) {
        let prove = match &self.step.get() {
            Step::Closed { .. } => return,
            Step::ByPassword => {
                let password = self.value("password");
                if !self.filled(Field::Password, &password, t!("error.password_missing")) {
                    return;
                }
                requests::prove_by_password(Act::ChangePassword, &password)
            }
            Step::ByCode(asked) => {
                let code = self.value("code");
                if !self.filled(Field::Code, code.trim(), t!("error.code_missing")) {
                    return;
                }
                requests::prove_by_code(Act::ChangePassword, &asked.request, &code)
            }
        };
        let password = self.value("new-password");
        if !self.long_enough(&password) {
            return;
        }
        let change = self.clone();
        change.busy.set(true);
        let then = move |proof: Result<String, _>| match proof {
            Err(failure) => change.failed(&failure, change.step.get().fields()),
            Ok(proof) => change.change(&proof, &password),
        };
        self.shared.api.prove(prove, then);
    }

    fn change(self: &Rc<Self>, proof: &str, password: &str) {
        let change = self.clone();
        let then = move |done| match done {
            // Here "password" can only mean the new one.
            Err(failure) => change.failed(&failure, &[Field::NewPassword]),
            Ok(()) => {
                change.shared.announce(change.say(t!("password.done")));
                change.go(Step::Closed { done: true });
            }
        };
        let to = requests::change_password(proof, password);
        self.shared.api.change_password(to, then);
    }

    /// On opening and on each other way, the first field; on closing, nothing is taken.
    fn focus_step(&self) {
        if let Some(field) = self.step.get().fields().first() {
            self.focus_field(*field);
        }
    }
}

/// Whether somebody has the one form there is; while it is taken, other cards wait.
pub type Taken = Rc<Value<bool>>;

pub fn password_card(shared: &Shared, home: &Rc<Home>, taken: &Taken) -> Html {
    let (shared, home, taken) = (shared.clone(), home.clone(), taken.clone());
    part("password", move |hooks| {
        let change = hooks.state(|| Change::new(hooks, &shared, &taken));
        let step = change.step.get();
        let key = match &step {
            Step::Closed { .. } => "",
            Step::ByPassword => "password",
            Step::ByCode(asked) => &asked.request,
        };
        let shown = change.clone();
        hooks.after(key, move || {
            shown.focus_step();
            None
        });
        let again = change.clone();
        hooks.online(change.is_lost(), move || again.submit());
        match step {
            Step::Closed { done } => closed(&change, &home, done),
            _ => opened(&change, &step),
        }
    })
}

fn closed(change: &Rc<Change>, home: &Rc<Home>, done: bool) -> Html {
    let has_password = home.has_password || done;
    let (lead, act) = if has_password {
        (t!("password.lead"), t!("password.change"))
    } else {
        (t!("password.none"), t!("password.choose"))
    };
    let said = if done {
        el("p.good")
            .add(icons::tick())
            .say(&change.shared.texts, t!("password.done"))
    } else {
        el("p.muted").say(&change.shared.texts, lead)
    };
    let trouble = change.trouble.get();
    let button = quiet(
        &change.shared.texts,
        act,
        change.busy.get() || change.taken.get(),
    );
    let (change, home) = (change.clone(), home.clone());
    panel(&change.shared.texts, "password", t!("password.heading"))
        .add(said)
        .maybe(trouble.map(|trouble| trouble.failed()))
        .add(button.on_click(move || {
            change.shared.pieces.email.set_value(&home.email);
            if has_password {
                change.go(Step::ByPassword);
            } else {
                change.ask_code(None);
            }
        }))
        .into()
}

fn opened(change: &Rc<Change>, step: &Step) -> Html {
    let wants = Wants {
        heading: change.say(t!("password.change")),
        email: Email::Unseen,
        submit: change.say(t!("password.save")),
        children: inside(change, step),
    };
    let submit = change.clone();
    let form = slotted(&change.form, wants, move || submit.submit());
    el("section.panel.narrow").add(form).into()
}

fn inside(change: &Rc<Change>, step: &Step) -> Html {
    let link = |key: Key, act: fn(&Rc<Change>)| -> Html {
        let text = change.say(key);
        let change = change.clone();
        fields::link(&text, false, move || act(&change)).into()
    };
    let (proof, other_way) = match step {
        Step::ByCode(asked) => (
            list(vec![
                change.hint(&change.sent_to(asked)),
                change.field(Field::Code, t!("field.code")),
            ]),
            if asked.channel == Channel::Sms {
                link(t!("code.by_email"), |change| {
                    change.ask_code(Some(Channel::Email));
                })
            } else {
                link(t!("code.resend"), |change| change.ask_code(None))
            },
        ),
        _ => (
            change.field(Field::Password, t!("field.current_password")),
            link(t!("access.use_code"), |change| change.ask_code(None)),
        ),
    };
    list(vec![
        proof,
        change.field(Field::NewPassword, t!("field.new_password")),
        change.wrong(Field::None),
        other_way,
        link(t!("cancel"), |change| {
            change.go(Step::Closed { done: false });
        }),
    ])
}
