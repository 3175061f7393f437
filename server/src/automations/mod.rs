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
mod trigger;
pub mod work;

use portico_wire::{
    AutomationId, AutomationRunId, ClientId, ContactId, ContractTemplateId, EventTypeId, FieldId,
    FormId, GroupId, MailTemplateId, Timestamp,
};
use serde::{Deserialize, Serialize};

pub use start::start;
pub use timing::{Quiet, Timing};
pub use trigger::{DateOf, Trigger};

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
