//! Changing the password, inside: first a proof of who is there (the old password or a code),
//! then the new one, in one form.

use std::rc::Rc;

use portico_wire::access::{Act, AskProof, ChangePassword, Channel, CodeAsked, Prove};
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
    hooks::{Same, Value, use_after, use_online, use_value},
    icons,
};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub has_password: bool,
    pub email: String,
}

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

/// What the callbacks share.
type Change = Same<Parts>;

struct Parts {
    shared: Shared,
    step: Value<Step>,
    trouble: Value<Option<Trouble>>,
    busy: Value<bool>,
}

impl Change {
    fn id(&self, part: &str) -> String {
        [&self.shared.pieces.email.id(), "-", part].concat()
    }
    fn value(&self, part: &str) -> String {
        let found = self
            .shared
            .pieces
            .fields
            .query_selector(&["#", &self.id(part)].concat())
            .ok()
            .flatten();
        found
            .and_then(|element| element.dyn_into::<HtmlInputElement>().ok())
            .map(|input| input.value())
            .unwrap_or_default()
    }
    fn wrong(&self, field: Field) -> bool {
        self.trouble
            .get()
            .is_some_and(|trouble| trouble.field == field)
    }
    fn part(field: Field) -> &'static str {
        match field {
            Field::Password => "password",
            Field::NewPassword => "new-password",
            _ => "code",
        }
    }
    fn fail(&self, trouble: Trouble) {
        self.busy.set(false);
        self.shared.announce.emit(trouble.spoken());
        if trouble.field != Field::None {
            focus(
                &self.shared.pieces.fields,
                Some(&self.id(Self::part(trouble.field))),
            );
        }
        self.trouble.set(Some(trouble));
    }
    fn failed(&self, failure: &Failure, blame: &[Field]) {
        self.fail(Trouble::of(failure, &self.shared).on(blame));
    }

    fn ask_code(&self, channel: Option<Channel>) {
        let change = self.clone();
        change.busy.set(true);
        self.shared.api.ask_proof(
            &AskProof {
                act: Act::ChangePassword,
                channel,
            },
            move |asked| {
                change.busy.set(false);
                match asked {
                    Ok(asked) => {
                        change.trouble.set(None);
                        change.step.set(Step::ByCode(Rc::new(asked)));
                    }
                    Err(failure) => change.failed(&failure, change.step.get().fields()),
                }
            },
        );
    }

    fn submit(&self) {
        let password = self.value("new-password");
        let prove = match &self.step.get() {
            Step::Closed { .. } => return,
            Step::ByPassword => Prove::Password {
                act: Act::ChangePassword,
                password: self.value("password"),
            },
            Step::ByCode(asked) => Prove::Code {
                act: Act::ChangePassword,
                request: asked.request.clone(),
                code: self.value("code"),
            },
        };
        let missing = match &prove {
            Prove::Password { password, .. } if password.is_empty() => {
                Some((Field::Password, "error.password_missing"))
            }
            Prove::Code { code, .. } if code.trim().is_empty() => {
                Some((Field::Code, "error.code_missing"))
            }
            _ if password.chars().count() < 8 => Some((Field::NewPassword, "error.password_short")),
            _ => None,
        };
        if let Some((field, key)) = missing {
            self.fail(Trouble::here(field, self.shared.texts.get(key)));
            return;
        }
        let change = self.clone();
        change.busy.set(true);
        self.shared.api.prove(&prove, move |proof| match proof {
            Err(failure) => change.failed(&failure, change.step.get().fields()),
            Ok(proof) => change.change(&ChangePassword {
                proof: proof.proof,
                password,
            }),
        });
    }

    fn change(&self, to: &ChangePassword) {
        let change = self.clone();
        self.shared.api.change_password(to, move |done| match done {
            // Here "password" can only mean the new one.
            Err(failure) => change.failed(&failure, &[Field::NewPassword]),
            Ok(()) => {
                change.busy.set(false);
                change.trouble.set(None);
                change
                    .shared
                    .announce
                    .emit(change.shared.texts.get("password.done"));
                change.step.set(Step::Closed { done: true });
            }
        });
    }
}

#[component]
pub fn PasswordCard(props: &Props) -> Html {
    let shared = use_shared();
    let change = Change::new(Parts {
        shared: shared.clone(),
        step: use_value(Step::Closed { done: false }),
        trouble: use_value(None),
        busy: use_value(false),
    });
    let texts = &shared.texts;
    let has_password =
        props.has_password || matches!(change.step.get(), Step::Closed { done: true });
    {
        // On opening and on each other way, the first field; on closing, nothing is taken.
        let (fields, code, password) = (
            shared.pieces.fields.clone(),
            change.id("code"),
            change.id("password"),
        );
        let step = change.step.get();
        let key = match &step {
            Step::Closed { .. } => String::new(),
            Step::ByPassword => "password".into(),
            Step::ByCode(asked) => asked.request.clone(),
        };
        use_after(
            key,
            Box::new(move || {
                match step {
                    Step::Closed { .. } => {}
                    Step::ByPassword => focus(&fields, Some(&password)),
                    Step::ByCode(_) => focus(&fields, Some(&code)),
                }
                None
            }),
        );
    }
    let submit = {
        let change = change.clone();
        Callback::from(move |()| change.submit())
    };
    use_online(
        change.trouble.get().is_some_and(|trouble| trouble.lost),
        submit.clone(),
    );
    let open = {
        let (change, email) = (change.clone(), props.email.clone());
        Callback::from(move |_: MouseEvent| {
            change.shared.pieces.email.set_value(&email);
            if has_password {
                change.step.set(Step::ByPassword);
            } else {
                change.ask_code(None);
            }
        })
    };
    if let Step::Closed { done } = change.step.get() {
        return html! {
            <section class="panel" aria-labelledby="password">
                <h3 id="password">{ texts.get("password.heading") }</h3>
                if done {
                    <p class="good">{ icons::tick() }{ texts.get("password.done") }</p>
                } else {
                    <p class="muted">{ texts.get(if has_password { "password.lead" } else { "password.none" }) }</p>
                }
                if let Some(trouble) = change.trouble.get() {
                    <div class="failed" role="alert">{ trouble.told() }</div>
                }
                <button type="button" class="quiet" disabled={change.busy.get()} onclick={open}>
                    { texts.get(if has_password { "password.change" } else { "password.choose" }) }
                </button>
            </section>
        };
    }
    html! {
        <section class="panel narrow">
            <SlottedForm heading={texts.get("password.change")} email={Email::Unseen} submit={texts.get("password.save")}
                busy={change.busy.get()} onsubmit={submit}>
                { form(&change) }
            </SlottedForm>
        </section>
    }
}

fn form(change: &Change) -> Html {
    let texts = &change.shared.texts;
    let error = change.id("error");
    let at = |field: Field| {
        let trouble = change
            .trouble
            .get()
            .filter(|trouble| trouble.field == field);
        trouble
            .map(|trouble| trouble.slotted(&error, texts))
            .unwrap_or_default()
    };
    let link = |text: String, onclick| fields::link(text, false, onclick);
    let act = |act: fn(&Change)| {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| act(&change))
    };
    let cancel = link(
        texts.get("cancel"),
        act(|change| {
            change.trouble.set(None);
            change.step.set(Step::Closed { done: false });
        }),
    );
    let proof = match &change.step.get() {
        Step::ByCode(asked) => {
            let sent = match asked.channel {
                Channel::Email => "code.sent_email",
                Channel::Sms => "code.sent_sms",
            };
            html! {
                <>
                <p key="hint" slot="top" data-portico="hint" id={change.id("hint")}>{ texts.fill(sent, &[("to", &asked.to)]) }</p>
                <label key="code-label" for={change.id("code")}>{ texts.get("field.code") }</label>
                { fields::code(change.id("code"), change.wrong(Field::Code), &error, &change.id("hint")) }
                { at(Field::Code) }
                </>
            }
        }
        _ => html! {
            <>
            <label key="password-label" for={change.id("password")}>{ texts.get("field.current_password") }</label>
            { fields::password(change.id("password"), false, change.wrong(Field::Password), &error, None) }
            { at(Field::Password) }
            </>
        },
    };
    let other_way = match &change.step.get() {
        Step::ByCode(asked) if asked.channel == Channel::Sms => link(
            texts.get("code.by_email"),
            act(|change| change.ask_code(Some(Channel::Email))),
        ),
        Step::ByCode(_) => link(
            texts.get("code.resend"),
            act(|change| change.ask_code(None)),
        ),
        _ => link(
            texts.get("access.use_code"),
            act(|change| change.ask_code(None)),
        ),
    };
    html! {
        <>
        { proof }
        <label key="new-label" for={change.id("new-password")}>{ texts.get("field.new_password") }</label>
        { fields::password(change.id("new-password"), true, change.wrong(Field::NewPassword), &error, Some(&change.id("rule"))) }
        <p data-portico="detail" id={change.id("rule")}>{ texts.get("choose.hint") }</p>
        { at(Field::NewPassword) }
        { at(Field::None) }
        { other_way }
        { cancel }
        </>
    }
}
