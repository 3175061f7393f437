//! A contract: its text, who signs it, signing and declining it.

mod act;
mod show;

pub use show::tag;

use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
};

use portico_wire::{
    access::CodeAsked,
    forms::{Kind, ManyOf},
};
use yew::Html;

use crate::{
    access::form::Form,
    app::Shared,
    el::el,
    forms::{BACK, fill::new_key, own, place, sheet::Sheet},
    json::Json,
    loaded::Loading,
    part::{Hooks, Value, part},
    portal::parts::back,
    replies::Home,
    texts::Key,
};

#[derive(Clone)]
enum Step {
    Reading,
    /// The contract was signed, declined or refused just now: what to say above it.
    Told(Key),
    Signing,
    /// A code proves who signs.
    Code(Rc<CodeAsked>),
}

struct Screen {
    form: Rc<Form>,
    home: Rc<Home>,
    path: String,
    contract: Rc<Loading<Json>>,
    step: Value<Step>,
    declining: Value<bool>,
    /// The signature and the agreement, as the two fields of a form.
    sheet: RefCell<Option<Rc<Sheet>>>,
    /// What is being sent, for the next try: the proof with it.
    sending: RefCell<Option<String>>,
    /// Names the act of signing.
    key: String,
    /// The end of the text was seen.
    read: Cell<bool>,
    to: Rc<dyn Fn(Option<String>)>,
}

impl Deref for Screen {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.form
    }
}

/// `to`: another one, or back to the list.
pub fn contract(
    shared: &Shared,
    home: &Rc<Home>,
    path: &str,
    to: &Rc<dyn Fn(Option<String>)>,
) -> Html {
    let (shared, home, to) = (shared.clone(), home.clone(), to.clone());
    let path = path.to_owned();
    part(&path.clone(), move |hooks| {
        let screen = hooks.state(|| Screen::new(hooks, &shared, &home, &path, &to));
        place::hold(hooks, &shared, BACK, &path);
        let lost = screen.is_lost() && screen.sending.borrow().is_some();
        let again = screen.clone();
        hooks.online(lost, move || again.send());
        let shown = screen.contract.show(hooks, |contract| {
            let (screen, contract) = (screen.clone(), contract.clone());
            part("contract", move |hooks| screen.show(hooks, &contract))
        });
        let leaving = screen.clone();
        let back = match screen.step.get() {
            Step::Signing | Step::Code(_) => {
                back(&shared.texts, t!("contract.to_text"), move || {
                    leaving.go(Step::Reading);
                })
            }
            _ => back(&shared.texts, BACK, move || (leaving.to)(None)),
        };
        el("div.stack").add(back).add(shown).into()
    })
}

impl Screen {
    fn new(
        hooks: &Hooks,
        shared: &Shared,
        home: &Rc<Home>,
        path: &str,
        to: &Rc<dyn Fn(Option<String>)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            form: Rc::new(Form::new(hooks, shared)),
            home: home.clone(),
            path: path.to_owned(),
            contract: Loading::whole(hooks, shared, path),
            step: hooks.value(Step::Reading),
            declining: hooks.value(false),
            sheet: RefCell::default(),
            sending: RefCell::default(),
            key: new_key(),
            read: Cell::default(),
            to: to.clone(),
        })
    }

    fn go(&self, step: Step) {
        self.busy.set(false);
        self.trouble.set(None);
        self.step.set(step);
    }

    /// It is this contact's turn, and not staff who look.
    fn may_sign(&self, contract: &Json) -> bool {
        contract.text("part") == "sign" && self.home.viewed_by.is_none()
    }

    fn sheet(&self, contract: &Json) -> Rc<Sheet> {
        let made = || {
            let field = |id: &str, key: Key, kind: Kind| own::field(id, self.say(key), kind);
            let agree = Kind::Many(ManyOf {
                options: vec![self.say(t!("contract.agree"))],
                other: false,
                min: None,
                max: None,
            });
            let mut consent = field("consent", t!("contract.consent"), agree);
            consent.help = contract.opt("consent");
            let signature = field("signature", t!("contract.signature"), Kind::Signature);
            own::sheet(&self.shared, vec![signature, consent])
        };
        self.sheet.borrow_mut().get_or_insert_with(made).clone()
    }
}
