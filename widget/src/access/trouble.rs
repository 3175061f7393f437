//! What went wrong, in words and at its place: beside the field it is about.

use portico_wire::{Code, studios::Support};
use yew::Html;

use crate::{
    api::Failure,
    app::Common,
    el::{El, el, list},
    replies::Problem,
    texts::{Texts, joined},
};

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

/// The fields that codes are about.
const BLAME: &[(Field, &[Code])] = &[
    (
        Field::Email,
        &[
            Code::UnknownEmail,
            Code::DuplicateEmail,
            Code::AccessDisabled,
        ],
    ),
    (
        Field::Password,
        &[
            Code::InvalidPassword,
            Code::NoPassword,
            Code::PasswordClosed,
            Code::PasswordsOff,
            Code::SignInRefused,
        ],
    ),
    (Field::NewPassword, &[Code::WeakPassword]),
    (
        Field::Code,
        &[
            Code::CodeWrong,
            Code::CodeExpired,
            Code::CodeUsed,
            Code::CodeSpent,
            Code::CodeTooSoon,
        ],
    ),
];

/// The field a problem is about: by its code, or else as it names it.
fn field_of(problem: &Problem) -> Field {
    let blame = BLAME.iter().find(|(_, codes)| problem.is_one_of(codes));
    match (blame, problem.field.as_deref()) {
        (Some((field, _)), _) => *field,
        (_, Some("email")) => Field::Email,
        (_, Some("password")) => Field::Password,
        (_, Some("code")) => Field::Code,
        _ => Field::None,
    }
}

impl Trouble {
    pub fn of(failure: &Failure, shared: &Common) -> Self {
        match failure {
            Failure::Lost => Self {
                detail: shared.texts.get(t!("trouble.lost_detail")),
                lost: true,
                ..Self::here(Field::None, shared.texts.get(t!("trouble.lost")))
            },
            Failure::Problem(problem) => {
                let support = problem.support.clone();
                let worth_noting = problem.fault || problem.is(Code::Internal);
                let reference = Some(problem.reference.clone());
                Self {
                    detail: problem.detail.clone(),
                    reference: reference.filter(|it| worth_noting && !it.is_empty()),
                    support: support.or_else(|| Some(shared.settings()?.support.clone())),
                    ..Self::here(field_of(problem), problem.title.clone())
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
        let title = self.title.strip_suffix('.').unwrap_or(&self.title);
        joined(&[title, ". ", &self.detail])
    }

    /// Title and detail, inside the shadow root.
    pub fn told(&self) -> Html {
        list(vec![
            el("p.strong").text(&self.title).into(),
            el("p").text(&self.detail).into(),
        ])
    }

    /// The same as a message of its own.
    pub fn failed(&self) -> El {
        el("div.failed role=alert").add(self.told())
    }

    fn asked_for(&self, tag: El, texts: &Texts) -> Option<El> {
        let reference = self.reference.as_deref()?;
        Some(tag.text(&texts.fill(t!("trouble.reference"), &[("reference", reference)])))
    }

    /// Whom to ask, and the reference to give: inside the shadow root.
    pub fn contact(&self, texts: &Texts) -> Html {
        let mut all = Vec::new();
        all.extend(self.asked_for(el("p"), texts).map(Html::from));
        if let Some(support) = &self.support {
            let mut line = el("p.contact").text(&whom(support, texts));
            for way in ways(support) {
                line = line.text(" ").add(way);
            }
            all.push(line.into());
        }
        list(all)
    }

    /// The same in the light DOM: flat, for the fields' sheet reaches no deeper.
    pub fn slotted(&self, id: &str, texts: &Texts) -> Html {
        let mut all = vec![
            el("p data-portico=error")
                .set("id", id)
                .text(&self.title)
                .into(),
        ];
        if !self.detail.is_empty() {
            let more = joined(&[id, "-more"]);
            let detail = el("p data-portico=detail").set("id", &more);
            all.push(detail.text(&self.detail).into());
        }
        let reference = self.asked_for(el("p data-portico=detail"), texts);
        all.extend(reference.map(Html::from));
        let support = self.support.as_ref();
        if let Some(support) = support.filter(|it| it.email.is_some() || it.phone.is_some()) {
            let ask = el("p data-portico=ask").text(&whom(support, texts));
            all.push(ask.into());
            for way in ways(support) {
                all.push(way.set("data-portico", "contact").into());
            }
            all.push(el("p data-portico=end aria-hidden=true").into());
        }
        list(all)
    }
}

fn whom(support: &Support, texts: &Texts) -> String {
    texts.fill(t!("trouble.ask"), &[("name", &support.name)])
}

/// Links that write or call.
fn ways(support: &Support) -> impl Iterator<Item = El> {
    let ways = [("mailto:", &support.email), ("tel:", &support.phone)];
    ways.into_iter().filter_map(|(scheme, address)| {
        let address = address.as_deref()?;
        Some(
            el("a")
                .set("href", &joined(&[scheme, address]))
                .text(address),
        )
    })
}
