//! A line of "If".

use serde::Serialize;

use super::super::{
    super::{Access, Condition, Test, Trigger, check::Names},
    Offers,
};
use crate::{
    money::{exponent, typed},
    web::form::{FieldErrors, Sent},
};

#[derive(Debug, Clone, Default, Serialize)]
pub struct TypedCondition {
    kind: String,
    event_type: String,
    group: String,
    not: String,
    amount: String,
    less: String,
    field: String,
    test: String,
    value: String,
    access: String,
}

impl TypedCondition {
    pub(super) fn of(one: &Condition, currency: &str) -> Self {
        let not = |not: &bool| if *not { "not" } else { "is" }.to_owned();
        let begun = |kind: &str| Self {
            kind: kind.to_owned(),
            ..Self::default()
        };
        match one {
            Condition::EventType {
                event_type,
                not: other,
            } => Self {
                event_type: event_type.to_string(),
                not: not(other),
                ..begun("event_type")
            },
            Condition::Group { group, not: other } => Self {
                group: group.to_string(),
                not: not(other),
                ..begun("group")
            },
            Condition::Amount { minor, less } => Self {
                amount: typed::short(*minor, exponent(currency)),
                less: if *less { "less" } else { "at_least" }.into(),
                ..begun("amount")
            },
            Condition::Field { field, test, value } => Self {
                field: field.to_string(),
                test: test.name().into(),
                value: value.clone(),
                ..begun("field")
            },
            Condition::Access { access } => Self {
                access: access.name().into(),
                ..begun("access")
            },
        }
    }

    pub(super) fn sent(sent: &Sent, at: usize) -> Self {
        let text = |name: &str| sent.text(&format!("c{at}_{name}"));
        Self {
            kind: text("kind"),
            event_type: text("event_type"),
            group: text("group"),
            not: text("not"),
            amount: text("amount"),
            less: text("less"),
            field: text("field"),
            test: text("test"),
            value: text("value"),
            access: text("access"),
        }
    }

    pub(super) fn read(
        &self,
        at: usize,
        trigger: Trigger,
        offers: &Offers,
        errors: &mut FieldErrors,
    ) -> Option<Condition> {
        let names = &offers.names;
        let not = self.not == "not";
        match self.kind.as_str() {
            "event_type" if !trigger.has_event() => {
                errors.add(field(at, "kind"), "What it waits for has no event.");
                None
            }
            "event_type" => {
                let found = chosen(&names.types, &self.event_type);
                if found.is_none() {
                    errors.add(field(at, "event_type"), "Choose a type of events.");
                }
                found.map(|event_type| Condition::EventType { event_type, not })
            }
            "group" => {
                let found = chosen(&names.groups, &self.group);
                if found.is_none() {
                    errors.add(field(at, "group"), "Choose a group.");
                }
                found.map(|group| Condition::Group { group, not })
            }
            "amount" => {
                let minor = typed::amount(&self.amount, &names.currency);
                let Some(minor) = minor.filter(|minor| *minor > 0) else {
                    errors.add(field(at, "amount"), "Type an amount, such as 500.");
                    return None;
                };
                let less = self.less == "less";
                Some(Condition::Amount { minor, less })
            }
            "field" => self.read_field(at, names, errors),
            "access" => {
                let found = Access::ALL.iter().find(|one| one.name() == self.access);
                let access = found.copied().unwrap_or(Access::NotSignedIn);
                Some(Condition::Access { access })
            }
            _ => None,
        }
    }

    fn read_field(&self, at: usize, names: &Names, errors: &mut FieldErrors) -> Option<Condition> {
        let mut fields = names.fields.iter();
        let Some(found) = fields.find(|one| one.id.to_string() == self.field) else {
            errors.add(field(at, "field"), "Choose a field.");
            return None;
        };
        let mut tests = Test::ALL.iter().copied();
        let test = tests.find(|one| one.name() == self.test);
        let test = test.unwrap_or(Test::Is);
        let value = errors.optional(field(at, "value"), &self.value, 200);
        if value.is_none() && matches!(test, Test::Is | Test::IsNot) {
            errors.add(field(at, "value"), "Type what it has to be.");
        }
        Some(Condition::Field {
            field: found.id,
            test,
            value: value.unwrap_or_default(),
        })
    }
}

fn field(at: usize, name: &str) -> String {
    format!("c{at}_{name}")
}

/// What was chosen of these.
fn chosen<T: Copy + ToString>(all: &[(T, String)], id: &str) -> Option<T> {
    let found = all.iter().find(|(known, _)| known.to_string() == id);
    found.map(|(id, _)| *id)
}
