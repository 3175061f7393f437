//! `/admin/automations`: for staff. Managers change them; members may look.

pub mod edit;
pub mod list;
pub mod runs;
pub mod try_out;
mod typed;

use portico_wire::{AutomationId, ContractTemplateId, FormId, MailTemplateId};
use serde_json::{Value, json};

use super::{Action, Automation, Rule, Timing, Trigger, check::Names};
use crate::{
    Result,
    audit::{self, Change, Subject},
    contracts,
    db::StudioTx,
    forms,
    mail::letters::{self, Purpose},
    scope::StaffSession,
};

pub const PAGE: &str = "/admin/automations";

/// What there is to choose from, by the names people know.
pub struct Offers {
    pub names: Names,
    pub mails: Vec<(MailTemplateId, String)>,
    pub forms: Vec<(FormId, String)>,
    pub contracts: Vec<(ContractTemplateId, String)>,
}

impl Offers {
    pub async fn load(tx: &mut StudioTx) -> Result<Self> {
        let mails = letters::store::templates(tx).await?;
        let contracts = contracts::store::templates(tx).await?;
        Ok(Self {
            names: Names::load(tx).await?,
            mails: mails
                .into_iter()
                .filter(|one| one.purpose == Purpose::Letter)
                .map(|one| (one.id, one.name))
                .collect(),
            forms: forms::store::form_names(tx, false).await?,
            contracts: contracts
                .into_iter()
                .map(|(id, name, _)| (id, name))
                .collect(),
        })
    }
}

fn named<T: PartialEq>(all: &[(T, String)], id: &T) -> Option<String> {
    let found = all.iter().find(|(known, _)| known == id);
    found.map(|(_, name)| format!("“{name}”"))
}

/// "mail “Welcome”", and whether that can still be done.
fn action(one: &Action, offers: &Offers) -> (String, Option<&'static str>) {
    match one {
        Action::Mail { template } => match named(&offers.mails, template) {
            Some(name) => (format!("send the mail {name}"), None),
            None => (
                "send a mail that was deleted".into(),
                Some("Its mail template was deleted. Choose another one."),
            ),
        },
        Action::Sms { .. } => ("send an SMS".into(), None),
        Action::AssignForm { form, days } => match named(&offers.forms, form) {
            Some(name) => {
                let days = match days {
                    Some(1) => ", to fill in within a day".to_owned(),
                    Some(days) => format!(", to fill in within {days} days"),
                    None => String::new(),
                };
                (format!("send the questionnaire {name}{days}"), None)
            }
            None => (
                "send a form that is gone".into(),
                Some("Its form was deleted or archived. Choose another one."),
            ),
        },
        Action::SendContract { template } => match named(&offers.contracts, template) {
            Some(name) => (format!("send the contract {name}"), None),
            None => (
                "send a contract that is gone".into(),
                Some("Its contract template was deleted. Choose another one."),
            ),
        },
        Action::ActivatePortal => ("invite to the portal whoever is not in yet".into(), None),
        Action::NotifyStaff { .. } => ("tell the staff of the client’s group by mail".into(), None),
        Action::AddNote { .. } => ("add a note to the client’s history".into(), None),
    }
}

/// A rule as a sentence, in its parts.
fn sentence(trigger: Option<Trigger>, rule: &Rule, offers: &Offers) -> Value {
    let when = match (trigger, &rule.timing) {
        (None, _) => "nothing any more".to_owned(),
        (Some(trigger), Timing::AtOnce) => trigger.said().to_owned(),
        (Some(trigger), timing @ Timing::Day { .. }) => {
            format!("{}: {}", trigger.said(), timing.said(trigger.date_said()))
        }
        (Some(trigger), timing) => format!("{}, {}", trigger.said(), timing.said("")),
    };
    let conditions: Vec<String> = rule
        .conditions
        .iter()
        .map(|one| one.said(&offers.names))
        .collect();
    let actions: Vec<String> = rule
        .actions
        .iter()
        .map(|one| action(one, offers).0)
        .collect();
    json!({ "when": when, "conditions": conditions, "actions": actions })
}

/// Why it needs attention: what went wrong last, or what would.
fn trouble(automation: &Automation, offers: &Offers) -> Option<String> {
    let missing = automation
        .rule
        .actions
        .iter()
        .find_map(|one| action(one, offers).1);
    missing
        .map(ToOwned::to_owned)
        .or_else(|| automation.trouble.clone())
}

fn path(id: AutomationId) -> String {
    format!("{PAGE}/{id}")
}

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    id: AutomationId,
    change: Change,
) -> Result<()> {
    let about = Subject("automation", Some(id.into_uuid()));
    audit::note(tx, session, action, about, change).await
}

/// What the log keeps of one.
fn facts(
    name: &str,
    active: bool,
    trigger: Option<Trigger>,
    rule: &Rule,
    offers: &Offers,
) -> Value {
    let said = sentence(trigger, rule, offers);
    json!({
        "name": name, "on": active, "when": said["when"], "if": said["conditions"], "then": said["actions"],
    })
}
