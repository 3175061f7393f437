//! Changing the email address: a proof of who is there, the new address, and the code that was sent
//! to it.

use std::{ops::Deref, rc::Rc};

use portico_wire::access::{Act, Channel, CodeAsked};
use yew::Html;

use crate::{
    access::{
        Field, fields,
        form::{Email, Form, Wants, slotted},
        password::Taken,
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
    Closed,
    ByPassword,
    ByCode(Rc<CodeAsked>),
    /// The code that went to the new address.
    Confirm(Rc<CodeAsked>, String),
}

impl Step {
    fn fields(&self) -> &'static [Field] {
        match self {
            Step::Closed => &[],
            Step::ByPassword => &[Field::Email, Field::Password],
            Step::ByCode(_) => &[Field::Email, Field::Code],
            Step::Confirm(..) => &[Field::Code],
        }
    }

    fn key(&self) -> &str {
        match self {
            Step::Closed => "",
            Step::ByPassword => "password",
            Step::ByCode(asked) | Step::Confirm(asked, _) => &asked.request,
        }
    }
}

struct Change {
    form: Rc<Form>,
    step: Value<Step>,
    done: Value<bool>,
    taken: Taken,
    changed: Rc<dyn Fn()>,
}

impl Deref for Change {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.form
    }
}

impl Change {
    fn go(&self, step: Step) {
        self.busy.set(false);
        self.trouble.set(None);
        let open = !matches!(step, Step::Closed);
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
        let ask = requests::ask_proof(Act::ChangeEmail, channel);
        self.shared.api.ask_proof(ask, then);
    }

    fn code(&self) -> Option<String> {
        let code = self.value("code");
        self.filled(Field::Code, code.trim(), t!("error.code_missing"))
            .then_some(code)
    }

    fn submit(self: &Rc<Self>) {
        let step = self.step.get();
        if let Step::Confirm(asked, email) = &step {
            let Some(code) = self.code() else { return };
            return self.confirm(&asked.request, email, &code);
        }
        let email = self.shared.pieces.email.value();
        if !self.filled(Field::Email, email.trim(), t!("error.email_missing")) {
            return;
        }
        let prove = match &step {
            Step::ByCode(asked) => {
                let Some(code) = self.code() else { return };
                requests::prove_by_code(Act::ChangeEmail, &asked.request, &code)
            }
            _ => {
                let password = self.value("password");
                if !self.filled(Field::Password, &password, t!("error.password_missing")) {
                    return;
                }
                requests::prove_by_password(Act::ChangeEmail, &password)
            }
        };
        let change = self.clone();
        change.busy.set(true);
        let then = move |proof: Result<String, _>| match proof {
            Err(failure) => change.failed(&failure, change.step.get().fields()),
            Ok(proof) => change.ask_new(&proof, email),
        };
        self.shared.api.prove(prove, then);
    }

    /// Has a code sent to the new address.
    fn ask_new(self: &Rc<Self>, proof: &str, email: String) {
        let change = self.clone();
        let ask = requests::change_email(proof, email.trim());
        let then = move |asked| match asked {
            Ok(asked) => change.go(Step::Confirm(Rc::new(asked), email)),
            Err(failure) => change.failed(&failure, &[Field::Email]),
        };
        self.shared.api.change_email(ask, then);
    }

    fn confirm(self: &Rc<Self>, request: &str, email: &str, code: &str) {
        let change = self.clone();
        change.busy.set(true);
        let confirm = requests::confirm_email(request, email.trim(), code);
        let then = move |done| match done {
            Err(failure) => change.failed(&failure, &[Field::Code]),
            Ok(()) => {
                change.shared.announce(change.say(t!("email.done")));
                change.done.set(true);
                change.go(Step::Closed);
                (change.changed)();
            }
        };
        self.shared.api.confirm_email(confirm, then);
    }
}

/// `changed`: what is shown elsewhere is to be asked for again.
pub fn email_card(shared: &Shared, home: &Rc<Home>, taken: &Taken, changed: Rc<dyn Fn()>) -> Html {
    let (shared, home, taken) = (shared.clone(), home.clone(), taken.clone());
    part("email", move |hooks: &Hooks| {
        let change = hooks.state(|| {
            Rc::new(Change {
                form: Rc::new(Form::new(hooks, &shared)),
                step: hooks.value(Step::Closed),
                done: hooks.value(false),
                taken: taken.clone(),
                changed: changed.clone(),
            })
        });
        let step = change.step.get();
        let shown = change.clone();
        hooks.after(step.key(), move || {
            if let Some(field) = shown.step.get().fields().first() {
                shown.focus_field(*field);
            }
            None
        });
        let again = change.clone();
        hooks.online(change.is_lost(), move || again.submit());
        match step {
            Step::Closed => closed(&change, &home),
            _ => opened(&change, &step),
        }
    })
}

fn closed(change: &Rc<Change>, home: &Rc<Home>) -> Html {
    let said = if change.done.get() {
        el("p.good")
            .add(icons::tick())
            .say(&change.shared.texts, t!("email.done"))
    } else {
        el("p.muted").say(&change.shared.texts, t!("email.lead"))
    };
    let trouble = change.trouble.get();
    let waits = change.busy.get() || change.taken.get();
    let button = quiet(&change.shared.texts, t!("email.change"), waits);
    let (change, home) = (change.clone(), home.clone());
    panel(&change.shared.texts, "email", t!("email.heading"))
        .add(said)
        .maybe(trouble.map(|trouble| trouble.failed()))
        .add(button.on_click(move || {
            change.shared.pieces.email.set_value("");
            if home.has_password {
                change.go(Step::ByPassword);
            } else {
                change.ask_code(None);
            }
        }))
        .into()
}

fn opened(change: &Rc<Change>, step: &Step) -> Html {
    let confirms = matches!(step, Step::Confirm(..));
    let wants = Wants {
        heading: change.say(t!("email.change")),
        email: if confirms {
            Email::Unseen
        } else {
            Email::Asked
        },
        submit: change.say(if confirms {
            t!("email.confirm")
        } else {
            t!("email.next")
        }),
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
    let (hint, proof, other_way) = match step {
        Step::ByPassword => (
            change.hint(&change.say(t!("email.new_hint"))),
            change.field(Field::Password, t!("field.current_password")),
            link(t!("access.use_code"), |change| change.ask_code(None)),
        ),
        Step::Closed | Step::ByCode(_) | Step::Confirm(..) => {
            let sent = match step {
                Step::ByCode(asked) | Step::Confirm(asked, _) => change.sent_to(asked),
                _ => String::new(),
            };
            let again = match step {
                Step::ByCode(_) => link(t!("code.resend"), |change| change.ask_code(None)),
                _ => crate::el::nothing(),
            };
            (
                change.hint(&sent),
                change.field(Field::Code, t!("field.code")),
                again,
            )
        }
    };
    list(vec![
        change.wrong(Field::Email),
        hint,
        proof,
        change.wrong(Field::None),
        other_way,
        link(t!("cancel"), |change| change.go(Step::Closed)),
    ])
}
