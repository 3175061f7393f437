//! The gallery: ready automations, in the words a small studio would use. Used with one click they bring the mail they
//! send; what they cannot bring (a form, a contract) is asked for.

use portico_wire::{ContractTemplateId, FormId, MailTemplateId};

use super::{Access, Action, Condition, DateOf, Rule, Timing, Trigger, timing::Unit};
use crate::{
    Result, contracts,
    db::StudioTx,
    forms,
    happenings::What,
    mail::letters::{self, Purpose, Words},
};

pub enum Step {
    /// A mail of the letters' gallery, by its key.
    Mail(&'static str),
    AssignForm {
        days: i32,
    },
    SendContract,
    NotifyStaff(&'static str),
    AddNote(&'static str),
}

pub struct Ready {
    pub key: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub trigger: Trigger,
    pub timing: Timing,
    pub access: Option<Access>,
    pub steps: &'static [Step],
}

const fn after(count: i32, unit: Unit) -> Timing {
    Timing::After { count, unit }
}

const fn day(days: i32, hour: i8) -> Timing {
    Timing::Day {
        days,
        hour,
        minute: 0,
    }
}

pub static GALLERY: &[Ready] = &[
    Ready {
        key: "booking_portal",
        name: "On booking, introduce the portal",
        about: "As soon as an event is confirmed, whoever is not in the portal yet gets a mail with the way in.",
        trigger: Trigger::Happens(What::EventConfirmed),
        timing: Timing::AtOnce,
        access: Some(Access::NotSignedIn),
        steps: &[Step::Mail("booking_portal")],
    },
    Ready {
        key: "due_reminder",
        name: "Three days before the due date, remind",
        about: "A friendly mail before a payment is due, to whoever the invoice names; never after it is paid.",
        trigger: Trigger::Comes(DateOf::Invoice),
        timing: day(-3, 9),
        access: None,
        steps: &[Step::Mail("payment")],
    },
    Ready {
        key: "signed_questionnaire",
        name: "After signing, send the questionnaire",
        about: "When a contract is signed by everybody, the signers are asked to fill in a form within two weeks.",
        trigger: Trigger::Happens(What::ContractCompleted),
        timing: Timing::AtOnce,
        access: None,
        steps: &[Step::AssignForm { days: 14 }],
    },
    Ready {
        key: "welcome",
        name: "Welcome a new client",
        about: "An hour after you add a client, it gets your welcome with the way into the portal.",
        trigger: Trigger::Happens(What::ClientAdded),
        timing: after(1, Unit::Hours),
        access: None,
        steps: &[Step::Mail("welcome")],
    },
    Ready {
        key: "not_signed_in",
        name: "Invited, but not in yet",
        about: "Three days after an invitation nobody followed, a second mail with a fresh link.",
        trigger: Trigger::Happens(What::PortalInvited),
        timing: after(3, Unit::Days),
        access: Some(Access::NotSignedIn),
        steps: &[Step::Mail("portal_reminder")],
    },
    Ready {
        key: "event_soon",
        name: "Two days before an event, look forward",
        about: "A short mail before the day, so that nobody forgets it.",
        trigger: Trigger::Comes(DateOf::Event),
        timing: day(-2, 10),
        access: None,
        steps: &[Step::Mail("appointment")],
    },
    Ready {
        key: "thank_you",
        name: "The day after an event, say thank you",
        about: "Goes out by itself when the work is done.",
        trigger: Trigger::Comes(DateOf::Event),
        timing: day(1, 10),
        access: None,
        steps: &[Step::Mail("thank_you")],
    },
    Ready {
        key: "review",
        name: "Two weeks later, ask for a review",
        about: "While the memory is fresh.",
        trigger: Trigger::Comes(DateOf::Event),
        timing: day(14, 17),
        access: None,
        steps: &[Step::Mail("review")],
    },
    Ready {
        key: "overdue",
        name: "Overdue: remind, and tell the staff",
        about: "A week after a part of an invoice was due and not paid, the client gets a mail and your staff a note.",
        trigger: Trigger::Comes(DateOf::Invoice),
        timing: day(7, 9),
        access: None,
        steps: &[
            Step::Mail("overdue"),
            Step::NotifyStaff(
                "A payment is a week overdue. The client got a mail about it; a call may help.",
            ),
        ],
    },
    Ready {
        key: "contract_last_day",
        name: "Three days before a contract runs out, remind",
        about: "To the signers who have not signed yet.",
        trigger: Trigger::Comes(DateOf::Contract),
        timing: day(-3, 9),
        access: None,
        steps: &[Step::Mail("documents")],
    },
    Ready {
        key: "quote_contract",
        name: "Quote accepted: send the contract",
        about: "When a quote is accepted, a contract from your template goes out for signature.",
        trigger: Trigger::Happens(What::QuoteAccepted),
        timing: Timing::AtOnce,
        access: None,
        steps: &[Step::SendContract],
    },
    Ready {
        key: "quote_follow_up",
        name: "Four days after a quote, call",
        about: "If the quote still waits for an answer, the staff of the client’s group get a mail.",
        trigger: Trigger::Happens(What::QuoteSent),
        timing: after(4, Unit::Days),
        access: None,
        steps: &[
            Step::NotifyStaff(
                "A quote has waited for an answer for four days. Perhaps there is a question.",
            ),
            Step::AddNote("Quote without an answer for four days"),
        ],
    },
    Ready {
        key: "unanswered",
        name: "A message nobody answered for a day",
        about: "Tells the staff of the client’s group by mail, unless somebody has answered or the conversation is done.",
        trigger: Trigger::Happens(What::MessageUnanswered),
        timing: after(24, Unit::Hours),
        access: None,
        steps: &[Step::NotifyStaff(
            "A message has waited for an answer for a day. Please look at it.",
        )],
    },
    Ready {
        key: "signed",
        name: "All signed: say what comes next",
        about: "When a contract is complete, the signers get a mail with the way to their copy.",
        trigger: Trigger::Happens(What::ContractCompleted),
        timing: after(10, Unit::Minutes),
        access: None,
        steps: &[Step::Mail("signed")],
    },
];

impl Ready {
    /// Whether the studio may have to choose something before it can be used.
    pub fn asks(&self) -> bool {
        let asks = |step: &Step| matches!(step, Step::AssignForm { .. } | Step::SendContract);
        self.steps.iter().any(asks)
    }
}

pub fn find(key: &str) -> Option<&'static Ready> {
    GALLERY.iter().find(|ready| ready.key == key)
}

/// What an automation needs and the studio has to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Form,
    Contract,
}

impl Needs {
    pub const fn said(self) -> &'static str {
        match self {
            Self::Form => "Choose which form it sends.",
            Self::Contract => "Choose which contract it sends.",
        }
    }
}

/// The one there is; of none or of several the studio has to choose.
fn only<T: Copy, N>(all: &[(T, N)]) -> Option<T> {
    match all {
        [(id, _)] => Some(*id),
        _ => None,
    }
}

async fn only_form(tx: &mut StudioTx) -> Result<Option<FormId>> {
    Ok(only(&forms::store::form_names(tx, false).await?))
}

async fn only_contract(tx: &mut StudioTx) -> Result<Option<ContractTemplateId>> {
    let all = contracts::store::templates(tx).await?;
    Ok(match all.as_slice() {
        [(id, ..)] => Some(*id),
        _ => None,
    })
}

/// The studio's template of that name, where it has one.
pub async fn own_template(tx: &mut StudioTx, name: &str) -> Result<Option<MailTemplateId>> {
    let all = letters::store::templates(tx).await?;
    let found = all
        .into_iter()
        .find(|one| one.purpose == Purpose::Letter && one.name == name);
    Ok(found.map(|one| one.id))
}

/// The template of a ready mail: the studio's own of that name, or a new one.
async fn template(tx: &mut StudioTx, key: &str) -> Result<Option<MailTemplateId>> {
    let Some(ready) = letters::gallery::find(key) else {
        return Ok(None);
    };
    if let Some(own) = own_template(tx, ready.name).await? {
        return Ok(Some(own));
    }
    let words = Words {
        name: ready.name.into(),
        subject: ready.subject.into(),
        body: ready.body.into(),
    };
    let id = letters::store::insert(tx, Purpose::Letter, &words).await?;
    Ok(Some(id))
}

/// What is missing for it to be used as it is.
pub async fn needs(tx: &mut StudioTx, ready: &Ready) -> Result<Option<Needs>> {
    for step in ready.steps {
        match step {
            Step::AssignForm { .. } if only_form(tx).await?.is_none() => {
                return Ok(Some(Needs::Form));
            }
            Step::SendContract if only_contract(tx).await?.is_none() => {
                return Ok(Some(Needs::Contract));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Its rule, with the mails it brings written down as templates. What is missing is left out.
pub async fn rule(tx: &mut StudioTx, ready: &Ready) -> Result<Rule> {
    let mut actions = Vec::new();
    for step in ready.steps {
        let action = match step {
            Step::Mail(key) => template(tx, key)
                .await?
                .map(|template| Action::Mail { template }),
            Step::AssignForm { days } => only_form(tx).await?.map(|form| Action::AssignForm {
                form,
                days: Some(*days),
            }),
            Step::SendContract => only_contract(tx)
                .await?
                .map(|template| Action::SendContract { template }),
            Step::NotifyStaff(text) => Some(Action::NotifyStaff {
                text: (*text).into(),
            }),
            Step::AddNote(text) => Some(Action::AddNote {
                text: (*text).into(),
            }),
        };
        actions.extend(action);
    }
    let conditions = ready.access.map(|access| Condition::Access { access });
    Ok(Rule {
        conditions: conditions.into_iter().collect(),
        timing: ready.timing.clone(),
        actions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l18_every_ready_automation_waits_for_something_and_does_something() {
        assert!(GALLERY.len() >= 8);
        for ready in GALLERY {
            let key = ready.key;
            assert!(Trigger::parse(ready.trigger.name()).is_some(), "{key}");
            let by_day = matches!(ready.timing, Timing::Day { .. });
            assert_eq!(ready.trigger.is_date(), by_day, "{key}");
            assert!(!ready.steps.is_empty(), "{key}");
            for step in ready.steps {
                if let Step::Mail(mail) = step {
                    assert!(letters::gallery::find(mail).is_some(), "{key} {mail}");
                }
            }
            let mails = ready.steps.iter().any(|step| matches!(step, Step::Mail(_)));
            assert!(
                !(ready.asks() && mails),
                "{key}: a page that asks writes nothing"
            );
            assert!(std::ptr::eq(find(key).unwrap(), ready), "{key} comes twice");
        }
        assert!(find("booking_portal").is_some());
    }
}
