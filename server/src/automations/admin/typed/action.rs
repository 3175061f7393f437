//! A line of "Then".

use serde::Serialize;

use super::{
    super::{
        super::{Action, MOST_TEXT},
        Offers,
    },
    MOST_DAYS,
};
use crate::{
    mail::letters::{self, Field, Purpose},
    web::form::{FieldErrors, Sent},
};

#[derive(Debug, Clone, Default, Serialize)]
pub struct TypedAction {
    pub(super) kind: String,
    pub(super) mail: String,
    pub(super) form: String,
    pub(super) days: String,
    pub(super) contract: String,
    pub(super) text: String,
}

impl TypedAction {
    pub(super) fn of(one: &Action) -> Self {
        let mut typed = Self {
            kind: one.name().into(),
            ..Self::default()
        };
        match one {
            Action::Mail { template } => typed.mail = template.to_string(),
            Action::AssignForm { form, days } => {
                typed.form = form.to_string();
                typed.days = days.map(|days| days.to_string()).unwrap_or_default();
            }
            Action::SendContract { template } => typed.contract = template.to_string(),
            Action::ActivatePortal => {}
            Action::Sms { text } | Action::NotifyStaff { text } | Action::AddNote { text } => {
                typed.text.clone_from(text);
            }
        }
        typed
    }

    pub(super) fn sent(sent: &Sent, at: usize) -> Self {
        let text = |name: &str| sent.text(&format!("a{at}_{name}"));
        Self {
            kind: text("kind"),
            mail: text("mail"),
            form: text("form"),
            days: text("days"),
            contract: text("contract"),
            text: text("text"),
        }
    }

    pub(super) fn read(
        &self,
        at: usize,
        offers: &Offers,
        errors: &mut FieldErrors,
    ) -> Option<Action> {
        let field = |name: &str| format!("a{at}_{name}");
        match self.kind.as_str() {
            "mail" => {
                let found = offers
                    .mails
                    .iter()
                    .find(|(id, _)| id.to_string() == self.mail);
                if found.is_none() {
                    errors.add(field("mail"), "Choose a mail template.");
                }
                found.map(|(id, _)| Action::Mail { template: *id })
            }
            "assign_form" => {
                let found = offers
                    .forms
                    .iter()
                    .find(|(id, _)| id.to_string() == self.form);
                if found.is_none() {
                    errors.add(field("form"), "Choose a form.");
                }
                let days = match self.days.trim() {
                    "" => None,
                    text => {
                        let days = text.parse().ok().filter(|n| (1..=MOST_DAYS).contains(n));
                        if days.is_none() {
                            errors.add(field("days"), "Type a number of days from 1 to 365.");
                        }
                        days
                    }
                };
                found.map(|(id, _)| Action::AssignForm { form: *id, days })
            }
            "send_contract" => {
                let all = &offers.contracts;
                let found = all.iter().find(|(id, _)| id.to_string() == self.contract);
                if found.is_none() {
                    errors.add(field("contract"), "Choose a contract template.");
                }
                found.map(|(id, _)| Action::SendContract { template: *id })
            }
            "activate_portal" => Some(Action::ActivatePortal),
            "sms" | "notify_staff" | "add_note" => self.read_text(at, errors),
            _ => None,
        }
    }

    fn read_text(&self, at: usize, errors: &mut FieldErrors) -> Option<Action> {
        let field = format!("a{at}_text");
        let Some(text) = errors.optional(field.clone(), &self.text, MOST_TEXT) else {
            errors.add(field, "Write what it says.");
            return None;
        };
        // Line by line, as subjects are: without links.
        if let Some(wrong) = letters::check(&text, Field::Subject, Purpose::Letter).first() {
            errors.add(field, wrong.text.clone());
        }
        Some(match self.kind.as_str() {
            "sms" => Action::Sms { text },
            "notify_staff" => Action::NotifyStaff { text },
            _ => Action::AddNote { text },
        })
    }
}
