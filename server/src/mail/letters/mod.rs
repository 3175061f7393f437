//! Mails in a studio's own words, here called letters: its mail templates, its words for the portal's own
//! mails, and single mails that staff write. A letter is plain text with a little Markdown and tokens; it is
//! checked when it is saved, and rendered in a sandbox when it is sent.

pub mod admin;
pub mod check;
pub mod compose;
mod forms;
pub mod gallery;
pub mod look;
mod markdown;
pub mod sandbox;
pub mod send;
pub mod store;
pub mod tokens;

use portico_wire::MailTemplateId;
use serde_json::{Value, json};

use crate::clients;
use store::Recipient;

pub use check::{Field, Problem, check};
pub use forms::Words;

pub const MOST_NAME: usize = 80;
pub const MOST_SUBJECT: usize = 200;
pub const MOST_BODY: usize = 20_000;

impl Recipient {
    /// How many of them a mail can reach.
    pub fn reachable(people: &[Self]) -> usize {
        people.iter().filter(|one| one.email.is_some()).count()
    }

    /// The people of a client as a form offers them: those sent are ticked, at first the only one there is.
    pub fn offered(people: &[Self], sent: Option<&[String]>) -> Vec<Value> {
        let reachable = Self::reachable(people);
        people
            .iter()
            .map(|one| {
                let id = one.id.to_string();
                let chosen = sent.map_or(reachable == 1, |sent| sent.contains(&id));
                json!({
                    "id": id,
                    "name": clients::full_name(&one.first_name, &one.last_name),
                    "email": one.email,
                    "shut": one.state.obstacle().is_some(),
                    "on": chosen && one.email.is_some(),
                })
            })
            .collect()
    }
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Mails that staff write, and later those that automations send.
    Letter,
    Invitation,
    GeneratedPassword,
    Reset,
    Code,
    /// No mail: the text of a contract, written with the same tokens and read by the same rules.
    Contract,
}

impl Purpose {
    pub const ALL: &[Self] = &[
        Self::Letter,
        Self::Invitation,
        Self::GeneratedPassword,
        Self::Reset,
        Self::Code,
    ];

    /// What such a text is, in the sentences that say what cannot stand in it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            _ => "mail",
        }
    }

    /// Also the name of the portal's own mail it replaces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Invitation => "invitation",
            Self::GeneratedPassword => "generated_password",
            Self::Reset => "reset",
            Self::Code => "code",
            Self::Contract => "contract text",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Letter => "Template",
            Self::Invitation => "Invitation",
            Self::GeneratedPassword => "Generated password",
            Self::Reset => "Reset password",
            Self::Code => "Sign-in code",
            Self::Contract => "Contract",
        }
    }

    /// When such a mail goes out.
    pub const fn occasion(self) -> &'static str {
        match self {
            Self::Letter => "For mails you send to clients.",
            Self::Invitation => "Goes out when you invite somebody to the portal.",
            Self::GeneratedPassword => "Goes out when a password was generated for somebody.",
            Self::Reset => "Goes out when somebody asks to reset the password.",
            Self::Code => "Goes out when somebody signs in with a code by email.",
            Self::Contract => "For contracts you send to clients.",
        }
    }

    /// One of these has to be in the body, or the mail would be of no use.
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Letter | Self::Contract => &[],
            Self::Invitation => &[tokens::PORTAL_LINKED, tokens::PORTAL_LINK],
            Self::GeneratedPassword => &["access.password"],
            Self::Reset => &["access.reset_linked", "access.reset_link"],
            Self::Code => &["access.code"],
        }
    }

    const fn lacking(self) -> &'static str {
        match self {
            Self::Letter | Self::Contract => "",
            Self::Invitation => {
                "An invitation needs the link to the portal: put {{ recipient.portal_linked }} where the button shall stand."
            }
            Self::GeneratedPassword => {
                "This mail needs the password: put {{ access.password }} where it shall stand."
            }
            Self::Reset => {
                "This mail needs the link that chooses a new password: put {{ access.reset_linked }} where the button shall stand."
            }
            Self::Code => "This mail needs the code: put {{ access.code }} where it shall stand.",
        }
    }

    /// What stands small below the mail, whatever its words are.
    pub const fn foot(self) -> &'static str {
        match self {
            Self::Letter | Self::Invitation | Self::GeneratedPassword | Self::Contract => {
                "You get this mail because you are a client of ours."
            }
            Self::Reset => {
                "You did not ask for this? Then you can ignore this mail; nothing was changed."
            }
            Self::Code => {
                "You did not ask for a code? Then you can ignore this mail; without it nobody gets in."
            }
        }
    }
}

portico_wire::text_column!(Purpose);

/// A template as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Template {
    pub id: MailTemplateId,
    pub purpose: Purpose,
    pub name: String,
    pub subject: String,
    pub body: String,
    /// Raised by every change, so that of two people editing at once the later one is told.
    pub version: i64,
}
