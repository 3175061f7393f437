//! Automations: what a studio lets the system do when something happens or a date comes. A *rule* says what it waits for,
//! under which conditions, when, and what is done; a *run* is one time it started, for one thing, once.

pub mod act;
pub mod admin;
pub mod check;
pub mod dates;
pub mod gallery;
pub mod start;
pub mod state;
pub mod store;
pub mod timing;
pub mod work;

use portico_wire::{
    AutomationId, AutomationRunId, ClientId, ContactId, ContractTemplateId, EventTypeId, FieldId,
    FormId, GroupId, MailTemplateId, Timestamp,
};
use serde::{Deserialize, Serialize};

pub use start::start;
pub use timing::{Quiet, Timing};

use crate::happenings::What;

/// Automations of one studio.
pub const MOST: i64 = 100;
pub const MOST_CONDITIONS: usize = 3;
pub const MOST_ACTIONS: usize = 5;
/// The longest text of an SMS, a note to staff or a note on a client.
pub const MOST_TEXT: usize = 600;
/// Runs that may start for one client within an hour; whatever comes on top is written down and not done.
pub const MOST_PER_HOUR: i64 = 20;
/// Automations that may lead to each other.
pub const MOST_LED: usize = 3;

/// A date something has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOf {
    Event,
    Questionnaire,
    Contract,
    Quote,
    Invoice,
}

impl DateOf {
    pub const ALL: &[Self] = &[
        Self::Event,
        Self::Questionnaire,
        Self::Contract,
        Self::Quote,
        Self::Invoice,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "event_day",
            Self::Questionnaire => "questionnaire_due",
            Self::Contract => "contract_last_day",
            Self::Quote => "quote_last_day",
            Self::Invoice => "invoice_due",
        }
    }
}

/// What an automation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    Happens(What),
    Comes(DateOf),
}

impl Trigger {
    /// What there is to choose from, in the order of the page.
    pub const ALL: &[Self] = &[
        Self::Happens(What::ClientAdded),
        Self::Happens(What::EventRequested),
        Self::Happens(What::EventConfirmed),
        Self::Happens(What::EventChangeRequested),
        Self::Happens(What::EventChanged),
        Self::Happens(What::EventCancelled),
        Self::Comes(DateOf::Event),
        Self::Happens(What::EventOver),
        Self::Happens(What::FormAssigned),
        Self::Comes(DateOf::Questionnaire),
        Self::Happens(What::FormSubmitted),
        Self::Happens(What::ContractSent),
        Self::Happens(What::ContractOpened),
        Self::Happens(What::ContractSigned),
        Self::Happens(What::ContractCompleted),
        Self::Happens(What::ContractDeclined),
        Self::Comes(DateOf::Contract),
        Self::Happens(What::ContractExpiring),
        Self::Happens(What::QuoteSent),
        Self::Comes(DateOf::Quote),
        Self::Happens(What::QuoteAccepted),
        Self::Happens(What::QuoteDeclined),
        Self::Happens(What::InvoiceIssued),
        Self::Comes(DateOf::Invoice),
        Self::Happens(What::InvoiceOverdue),
        Self::Happens(What::InvoicePaid),
        Self::Happens(What::PaymentReceived),
        Self::Happens(What::PaymentRefunded),
        Self::Happens(What::DocumentShared),
        Self::Happens(What::DocumentUploaded),
        Self::Happens(What::DocumentRequested),
        Self::Happens(What::PortalInvited),
        Self::Happens(What::FirstSignIn),
        Self::Happens(What::DetailsUpdated),
        Self::Happens(What::MessageReceived),
        Self::Happens(What::MessageUnanswered),
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Happens(what) => what.name(),
            Self::Comes(date) => date.name(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }

    pub const fn is_date(self) -> bool {
        matches!(self, Self::Comes(_))
    }

    /// "When …"
    pub const fn said(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "an event comes up",
            Self::Comes(DateOf::Questionnaire) => "a questionnaire’s last day comes",
            Self::Comes(DateOf::Contract) => "the last day to sign a contract comes",
            Self::Comes(DateOf::Quote) => "a quote’s last day comes",
            Self::Comes(DateOf::Invoice) => "an invoice or a part of it is due",
            Self::Happens(what) => said(what),
        }
    }

    /// The date it counts from, in "three days before …".
    pub const fn date_said(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "the event",
            Self::Comes(DateOf::Invoice) => "the due date",
            _ => "that day",
        }
    }

    /// Where it stands among the others on the page.
    pub const fn family(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "Events",
            Self::Comes(DateOf::Questionnaire) => "Questionnaires",
            Self::Comes(DateOf::Contract) => "Contracts",
            Self::Comes(DateOf::Quote) => "Quotes",
            Self::Comes(DateOf::Invoice) => "Invoices and payments",
            Self::Happens(what) => match what {
                What::ClientAdded
                | What::DetailsUpdated
                | What::PortalInvited
                | What::FirstSignIn => "Clients and the portal",
                What::EventRequested
                | What::EventChangeRequested
                | What::EventConfirmed
                | What::EventChanged
                | What::EventCancelled
                | What::EventOver => "Events",
                What::FormAssigned | What::FormSubmitted => "Questionnaires",
                What::ContractSent
                | What::ContractOpened
                | What::ContractSigned
                | What::ContractCompleted
                | What::ContractDeclined
                | What::ContractExpiring => "Contracts",
                What::QuoteSent | What::QuoteAccepted | What::QuoteDeclined => "Quotes",
                What::InvoiceIssued
                | What::InvoiceDueSoon
                | What::InvoiceOverdue
                | What::InvoicePaid
                | What::PaymentReceived
                | What::PaymentRefunded => "Invoices and payments",
                What::DocumentShared | What::DocumentUploaded | What::DocumentRequested => {
                    "Documents"
                }
                What::MessageReceived | What::MessageSent | What::MessageUnanswered => "Messages",
            },
        }
    }

    /// Whether there is an event whose type can be asked for.
    pub const fn has_event(self) -> bool {
        matches!(
            self,
            Self::Comes(DateOf::Event)
                | Self::Happens(
                    What::EventRequested
                        | What::EventChangeRequested
                        | What::EventConfirmed
                        | What::EventChanged
                        | What::EventCancelled
                        | What::EventOver
                )
        )
    }
}

const fn said(what: What) -> &'static str {
    match what {
        What::ClientAdded => "a client is added by hand",
        What::EventRequested => "a client books an event",
        What::EventChangeRequested => "a client asks to move or cancel an event",
        What::EventConfirmed => "an event is confirmed",
        What::EventChanged => "an event is moved or changed",
        What::EventCancelled => "an event is cancelled",
        What::EventOver => "an event is over",
        What::FormAssigned => "a questionnaire is sent",
        What::FormSubmitted => "a form is filled in",
        What::ContractSent => "a contract is sent",
        What::ContractOpened => "a contract is opened by a signer",
        What::ContractSigned => "one signer signs a contract",
        What::ContractCompleted => "a contract is signed by everybody",
        What::ContractDeclined => "a contract is declined",
        What::ContractExpiring => "a contract is about to run out",
        What::QuoteSent => "a quote is sent",
        What::QuoteAccepted => "a quote is accepted",
        What::QuoteDeclined => "a quote is declined",
        What::InvoiceIssued => "an invoice is issued",
        What::InvoiceDueSoon => "an invoice is due in three days",
        What::InvoiceOverdue => "an invoice is overdue",
        What::InvoicePaid => "an invoice is paid in full",
        What::PaymentReceived => "a payment arrives",
        What::PaymentRefunded => "a payment is refunded",
        What::DocumentShared => "a document is shared",
        What::DocumentUploaded => "a client sends a document",
        What::DocumentRequested => "a client is asked for a document",
        What::PortalInvited => "somebody is invited to the portal",
        What::FirstSignIn => "somebody signs in for the first time",
        What::DetailsUpdated => "a client changes its details",
        What::MessageReceived => "a client writes a message",
        What::MessageSent => "the studio writes a message",
        What::MessageUnanswered => "a message waits for an answer",
    }
}

/// How far the contacts it concerns are with the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    NotInvited,
    NotSignedIn,
    SignedIn,
}

impl Access {
    pub const ALL: &[Self] = &[Self::NotInvited, Self::NotSignedIn, Self::SignedIn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::NotSignedIn => "not_signed_in",
            Self::SignedIn => "signed_in",
        }
    }

    pub const fn said(self) -> &'static str {
        match self {
            Self::NotInvited => "somebody is not invited yet",
            Self::NotSignedIn => "nobody has signed in yet",
            Self::SignedIn => "somebody has signed in",
        }
    }
}

/// What a field of the client has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    Is,
    IsNot,
    Filled,
    Empty,
}

impl Test {
    pub const ALL: &[Self] = &[Self::Is, Self::IsNot, Self::Filled, Self::Empty];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Filled => "filled",
            Self::Empty => "empty",
        }
    }

    pub const fn said(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Filled => "is filled in",
            Self::Empty => "is empty",
        }
    }
}

/// All have to hold, when it starts and when it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    EventType {
        event_type: EventTypeId,
        not: bool,
    },
    Group {
        group: GroupId,
        not: bool,
    },
    /// At least, or less than, in the smallest unit of the studio's currency.
    Amount {
        minor: i64,
        less: bool,
    },
    Field {
        field: FieldId,
        test: Test,
        value: String,
    },
    Access {
        access: Access,
    },
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    Mail {
        template: MailTemplateId,
    },
    Sms {
        text: String,
    },
    AssignForm {
        form: FormId,
        /// Days to fill it in; none: no last day.
        days: Option<i32>,
    },
    SendContract {
        template: ContractTemplateId,
    },
    ActivatePortal,
    NotifyStaff {
        text: String,
    },
    AddNote {
        text: String,
    },
}

impl Action {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Sms { .. } => "sms",
            Self::AssignForm { .. } => "assign_form",
            Self::SendContract { .. } => "send_contract",
            Self::ActivatePortal => "activate_portal",
            Self::NotifyStaff { .. } => "notify_staff",
            Self::AddNote { .. } => "add_note",
        }
    }
}

/// All but what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    #[serde(default)]
    pub conditions: Vec<Condition>,
    pub timing: Timing,
    pub actions: Vec<Action>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Automation {
    pub id: AutomationId,
    pub version: i64,
    pub name: String,
    pub starts_with: String,
    pub active: bool,
    #[sqlx(json)]
    pub rule: Rule,
    pub trouble: Option<String>,
    pub looked_on: Option<String>,
    pub last_run_at: Option<Timestamp>,
    pub removed_at: Option<Timestamp>,
}

impl Automation {
    pub fn trigger(&self) -> Option<Trigger> {
        Trigger::parse(&self.starts_with)
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Planned,
    Done,
    Skipped,
    Failed,
}

impl State {
    pub const ALL: &[Self] = &[Self::Planned, Self::Done, Self::Skipped, Self::Failed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Done => "Done",
            Self::Skipped => "Skipped",
            Self::Failed => "Failed",
        }
    }
}

portico_wire::text_column!(State);

/// One time an automation started.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Run {
    pub id: AutomationRunId,
    pub automation_id: AutomationId,
    pub client_id: ClientId,
    pub item_kind: String,
    pub item_id: uuid::Uuid,
    pub title: String,
    pub occurrence: String,
    pub starts_with: String,
    #[sqlx(json(nullable))]
    pub contacts: Option<Vec<ContactId>>,
    #[sqlx(json)]
    pub led_by: Vec<AutomationId>,
    pub state: State,
    pub happened_at: Timestamp,
    pub run_at: Timestamp,
}

/// What a studio says about all of them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Settings {
    /// 0: never saved.
    pub version: i64,
    pub paused_at: Option<Timestamp>,
    pub quiet_from: Option<String>,
    pub quiet_to: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 0,
            paused_at: None,
            quiet_from: Some("21:00".into()),
            quiet_to: Some("08:00".into()),
        }
    }
}

impl Settings {
    pub fn quiet(&self) -> Option<Quiet> {
        Quiet::read(self.quiet_from.as_deref()?, self.quiet_to.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l17_every_trigger_is_offered_once_and_read_back_by_its_name() {
        let mut names: Vec<_> = Trigger::ALL.iter().map(|one| one.name()).collect();
        for (trigger, name) in Trigger::ALL.iter().zip(&names) {
            assert_eq!(Trigger::parse(name), Some(*trigger));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Trigger::ALL.len());
    }

    #[test]
    fn l17_a_rule_is_read_back_as_it_was_written() {
        let rule = Rule {
            conditions: vec![
                Condition::Amount {
                    minor: 5000,
                    less: false,
                },
                Condition::Access {
                    access: Access::NotInvited,
                },
            ],
            timing: Timing::Day {
                days: -3,
                hour: 9,
                minute: 0,
            },
            actions: vec![
                Action::ActivatePortal,
                Action::AddNote {
                    text: "Called".into(),
                },
            ],
        };
        let text = serde_json::to_string(&rule).unwrap();
        assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule);
    }
}
