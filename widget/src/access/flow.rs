//! What happens between the steps of signing in: which call follows which press, and where its
//! reply leads.

use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
};

use portico_wire::access::{Channel, CodeAsked, LinkNext};

use crate::{
    access::{
        Field,
        form::{Form, focus},
    },
    api::Failure,
    app::Shared,
    dates::now_ms,
    part::{Hooks, Value},
    replies::SignIn,
    requests,
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

/// The state of signing in.
pub struct Flow {
    pub form: Rc<Form>,
    pub step: Value<Step>,
    pub stay: Value<bool>,
    pub notice: Value<Option<String>>,
    pub opened: Value<bool>,
    /// Set each second while a code cannot be sent again yet.
    pub second: Value<()>,
    last_code: RefCell<Option<Rc<Asked>>>,
    /// The password that was typed, while its field is away.
    typed: RefCell<String>,
    begun: Cell<bool>,
}

impl Deref for Flow {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.form
    }
}

impl Flow {
    pub fn new(hooks: &Hooks, shared: &Shared, notice: Option<String>, opened: bool) -> Rc<Self> {
        Rc::new(Self {
            form: Rc::new(Form::new(hooks, shared)),
            step: hooks.value(Step::Email),
            stay: hooks.value(false),
            notice: hooks.value(notice),
            opened: hooks.value(opened),
            second: hooks.value(()),
            last_code: RefCell::default(),
            typed: RefCell::default(),
            begun: Cell::default(),
        })
    }

    pub fn email(&self) -> String {
        self.shared.pieces.email.value().trim().to_owned()
    }

    /// After the render of a step: where the focus goes, and once, how it all begins.
    pub fn shown(self: &Rc<Self>, email: Option<String>) {
        if self.begun.replace(true) {
            self.focus_step();
        } else {
            self.begin(email);
        }
    }

    /// The first screen. It leaves the focus where the page has it, but for who was here before.
    fn begin(self: &Rc<Self>, email: Option<String>) {
        let pieces = &self.shared.pieces;
        if let Some(email) = email {
            pieces.email.set_value(&email);
            focus(&pieces.fields, None);
        }
        let secret = self.shared.handover.secret();
        if !secret.is_empty() {
            self.look_at_link(secret);
        } else if self.shared.handover.pending() {
            self.submit();
        }
    }

    fn focus_step(&self) {
        let step = self.step.get();
        match &step {
            Step::Password => {
                let typed = self.typed.take();
                if let Some(input) = self.input("password").filter(|_| !typed.is_empty()) {
                    input.set_value(&typed);
                }
                self.focus_field(if self.email().is_empty() {
                    Field::Email
                } else {
                    Field::Password
                });
            }
            Step::Choose(_) | Step::ResetSent(_) => focus(&self.shared.pieces.fields, None),
            step => self.focus_field(step.fields().first().copied().unwrap_or(Field::None)),
        }
    }

    pub fn go(&self, step: Step) {
        if matches!(self.step.get(), Step::Password) {
            self.typed.replace(self.value("password"));
        }
        self.trouble.set(None);
        self.step.set(step);
    }

    /// For one call: busy from here, and what comes after its good reply.
    pub fn then<T>(
        self: &Rc<Self>,
        then: impl FnOnce(&Rc<Flow>, T) + 'static,
    ) -> impl FnOnce(Result<T, Failure>) + 'static {
        let flow = self.clone();
        flow.busy.set(true);
        move |reply| match reply {
            Ok(reply) => {
                flow.busy.set(false);
                then(&flow, reply);
            }
            Err(failure) => flow.failed(&failure, flow.step.get().fields()),
        }
    }

    pub fn ask_code(self: &Rc<Self>, channel: Option<Channel>) {
        let email = match &self.step.get() {
            Step::Code(asked) => asked.email.clone(),
            _ => self.email(),
        };
        if !self.filled(Field::Email, &email, t!("error.email_missing")) {
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
        let ask = requests::ask_code(&email, channel);
        let then = self.then(move |flow, reply| flow.code_sent(email, reply));
        self.shared.api.ask_code(ask, then);
    }

    fn code_sent(&self, email: String, reply: CodeAsked) {
        let again = matches!(self.step.get(), Step::Code(_));
        let asked = Rc::new(Asked {
            email,
            at_ms: now_ms(),
            reply,
        });
        self.last_code.replace(Some(asked.clone()));
        self.shared.announce(self.sent_to(&asked.reply));
        self.go(Step::Code(asked));
        if again && let Some(input) = self.input("code") {
            input.focus().ok();
            input.select();
        }
    }

    /// For the calls that can lead in.
    fn come_in(self: &Rc<Self>, email: String) -> impl FnOnce(Result<SignIn, Failure>) + 'static {
        self.then(move |flow, reply| match reply {
            SignIn::In { token, home } => {
                flow.shared.api.session().start(token, flow.stay.get());
                // What was typed stays in the document otherwise.
                flow.shared.pieces.email.set_value("");
                flow.shared.came_in(home);
            }
            SignIn::NewPassword { proof } => {
                flow.shared.pieces.email.set_value(&email);
                flow.go(Step::Choose(Rc::new(Choice::Forced { proof })));
            }
        })
    }

    pub fn submit(self: &Rc<Self>) {
        self.notice.set(None);
        match &self.step.get() {
            Step::Email => self.ask_code(None),
            Step::Code(asked) => self.redeem(asked),
            Step::Password => self.sign_in(),
            Step::Reset => self.ask_reset(),
            Step::ResetSent(_) => {}
            Step::Choose(choice) => self.choose(choice),
        }
    }

    fn redeem(self: &Rc<Self>, asked: &Asked) {
        let code = self.value("code");
        if self.filled(Field::Code, code.trim(), t!("error.code_missing")) {
            let redeem = requests::redeem_code(&asked.reply.request, &code, self.stay.get());
            let then = self.come_in(asked.email.clone());
            self.shared.api.redeem_code(redeem, then);
        }
    }

    fn sign_in(self: &Rc<Self>) {
        let (email, password) = (self.email(), self.value("password"));
        if self.filled(Field::Email, &email, t!("error.email_missing"))
            && self.filled(Field::Password, &password, t!("error.password_missing"))
        {
            let with = requests::password_sign_in(&email, &password, self.stay.get());
            self.shared.api.sign_in(with, self.come_in(email));
        }
    }

    fn ask_reset(self: &Rc<Self>) {
        let email = self.email();
        if self.filled(Field::Email, &email, t!("error.email_missing")) {
            let then = self.then(|flow, to| flow.go(Step::ResetSent(to)));
            self.shared.api.ask_reset(requests::ask_reset(&email), then);
        }
    }

    fn choose(self: &Rc<Self>, choice: &Choice) {
        let password = self.value("new-password");
        if !self.long_enough(&password) {
            return;
        }
        let stay = self.stay.get();
        let then = self.come_in(self.email());
        let api = &self.shared.api;
        match choice {
            Choice::ByLink { secret, .. } => {
                api.redeem_link(requests::redeem_link(secret, &password, stay), then);
            }
            Choice::Forced { proof } => {
                let choice = requests::choose_new_password(proof, &password, stay);
                api.choose_new_password(choice, then);
            }
        }
    }

    fn look_at_link(self: &Rc<Self>, secret: String) {
        let look = requests::look_at_link(&secret);
        // Staff, looking as this contact sees it.
        if secret.starts_with("view.") {
            return self.shared.api.view_as(look, self.come_in(self.email()));
        }
        let then = self.then(move |flow, seen: portico_wire::access::LinkSeen| {
            let email = &flow.shared.pieces.email;
            let choose = seen.next == LinkNext::ChoosePassword;
            if choose || flow.email().is_empty() {
                email.set_value(&seen.email);
            }
            if choose {
                let first_name = seen.first_name;
                let choice = Choice::ByLink { secret, first_name };
                flow.go(Step::Choose(Rc::new(choice)));
            } else {
                let name = [("name", &*seen.first_name)];
                let hello = flow.shared.texts.fill(t!("link.hello"), &name);
                flow.notice.set(Some(hello));
            }
        });
        self.shared.api.look_at_link(look, then);
    }
}
