//! What went wrong, in words and at its place: beside the field it is about.

use portico_wire::{Code, studios::Support};
use yew::prelude::*;

use crate::{api::Failure, app::Shared, texts::Texts};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Email,
    Password,
    NewPassword,
    Code,
    /// No field is to blame.
    None,
}

#[derive(Clone)]
pub struct Trouble {
    pub field: Field,
    pub title: String,
    pub detail: String,
    /// Worth noting down for whoever looks into it.
    pub reference: Option<String>,
    pub support: Option<Support>,
    /// The network is gone: the same is tried again when it is back.
    pub lost: bool,
}

/// The field a problem is about, if its screen has it.
fn field_of(code: Code, named: Option<&str>) -> Field {
    match (code, named) {
        (Code::UnknownEmail | Code::DuplicateEmail | Code::AccessDisabled, _) => Field::Email,
        (
            Code::InvalidPassword
            | Code::NoPassword
            | Code::PasswordClosed
            | Code::PasswordsOff
            | Code::SignInRefused,
            _,
        ) => Field::Password,
        (Code::WeakPassword, _) => Field::NewPassword,
        (
            Code::CodeWrong
            | Code::CodeExpired
            | Code::CodeUsed
            | Code::CodeSpent
            | Code::CodeTooSoon,
            _,
        ) => Field::Code,
        (_, Some("email")) => Field::Email,
        (_, Some("password")) => Field::Password,
        (_, Some("code")) => Field::Code,
        _ => Field::None,
    }
}

impl Trouble {
    pub fn of(failure: &Failure, shared: &Shared) -> Self {
        let support = shared.support();
        match failure {
            Failure::Lost => Self {
                field: Field::None,
                title: shared.texts.get("trouble.lost"),
                detail: shared.texts.get("trouble.lost_detail"),
                reference: None,
                support: None,
                lost: true,
            },
            Failure::Problem(problem) => {
                let field = field_of(problem.code, problem.field.as_deref());
                let internal = problem.code == Code::Internal;
                Self {
                    field,
                    title: problem.title.clone(),
                    detail: problem.detail.clone(),
                    reference: (!problem.reference.is_empty()
                        && (internal || problem.status >= 500))
                        .then(|| problem.reference.clone()),
                    support: problem.support.clone().or(support),
                    lost: false,
                }
            }
        }
    }

    /// Something the form itself noticed, before any call.
    pub fn here(field: Field, title: String) -> Self {
        Self {
            field,
            title,
            detail: String::new(),
            reference: None,
            support: None,
            lost: false,
        }
    }

    /// On a screen without the field it is about, it stands for itself.
    pub fn on(mut self, fields: &[Field]) -> Self {
        if self.field == Field::Password
            && fields.contains(&Field::NewPassword)
            && !fields.contains(&Field::Password)
        {
            self.field = Field::NewPassword;
        }
        if !fields.contains(&self.field) {
            self.field = Field::None;
        }
        self
    }

    pub fn spoken(&self) -> String {
        format!("{}. {}", self.title.trim_end_matches('.'), self.detail)
    }

    /// Title and detail, inside the shadow root.
    pub fn told(&self) -> Html {
        html! { <><p class="strong">{ &self.title }</p><p>{ &self.detail }</p></> }
    }

    /// Whom to ask, and the reference to give: inside the shadow root.
    pub fn contact(&self, texts: &Texts) -> Html {
        html! {
            <>
            if let Some(reference) = &self.reference {
                <p>{ texts.fill("trouble.reference", &[("reference", reference)]) }</p>
            }
            if let Some(support) = &self.support {
                { contact(support, texts) }
            }
            </>
        }
    }

    /// The same in the light DOM: flat, for the fields' sheet reaches no deeper.
    pub fn slotted(&self, id: &str, texts: &Texts) -> Html {
        let support = self.support.as_ref();
        html! {
            <>
            <p data-portico="error" id={id.to_owned()}>{ &self.title }</p>
            if !self.detail.is_empty() {
                <p data-portico="detail" id={format!("{id}-more")}>{ &self.detail }</p>
            }
            if let Some(reference) = &self.reference {
                <p data-portico="detail">{ texts.fill("trouble.reference", &[("reference", reference)]) }</p>
            }
            if let Some(support) = support.filter(|support| support.email.is_some() || support.phone.is_some()) {
                <p data-portico="ask">{ texts.fill("trouble.ask", &[("name", &support.name)]) }</p>
                if let Some(email) = &support.email {
                    <a data-portico="contact" href={format!("mailto:{email}")}>{ email }</a>
                }
                if let Some(phone) = &support.phone {
                    <a data-portico="contact" href={format!("tel:{phone}")}>{ phone }</a>
                }
                <p data-portico="end" aria-hidden="true" />
            }
            </>
        }
    }
}

pub fn contact(support: &Support, texts: &Texts) -> Html {
    html! {
        <p class="contact">
            { texts.fill("trouble.ask", &[("name", &support.name)]) }
            if let Some(email) = &support.email {
                <>{ " " }<a href={format!("mailto:{email}")}>{ email }</a></>
            }
            if let Some(phone) = &support.phone {
                <>{ " " }<a href={format!("tel:{phone}")}>{ phone }</a></>
            }
        </p>
    }
}
