//! The editor's form: what was typed, and the rule it says.

mod action;
mod condition;

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{
        Access, Action, Automation, MOST_ACTIONS, MOST_CONDITIONS, Rule, Test, Timing, Trigger,
        gallery::{Ready, Step},
        timing::{self, Unit},
    },
    Offers,
};
use crate::web::form::{FieldErrors, Sent};
use action::TypedAction;
use condition::TypedCondition;

/// The longest name.
pub const NAME: usize = 80;
/// The longest wait, in any unit; and the furthest from a date, in days.
const MOST_WAIT: i32 = 1000;
const MOST_DAYS: i32 = 365;

#[derive(Debug, Clone, Serialize)]
pub struct Typed {
    pub name: String,
    pub trigger: String,
    wait: String,
    count: String,
    days: String,
    side: String,
    time: String,
    conditions: Vec<TypedCondition>,
    actions: Vec<TypedAction>,
    pub active: bool,
}

impl Default for Typed {
    fn default() -> Self {
        let mut typed = Self {
            name: String::new(),
            trigger: "event_confirmed".into(),
            wait: "at_once".into(),
            count: "1".into(),
            days: "3".into(),
            side: "before".into(),
            time: "09:00".into(),
            conditions: Vec::new(),
            actions: Vec::new(),
            active: true,
        };
        typed.fill_up();
        typed
    }
}

impl Typed {
    /// Empty lines for what may be added.
    fn fill_up(&mut self) {
        self.conditions.truncate(MOST_CONDITIONS);
        self.actions.truncate(MOST_ACTIONS);
        self.conditions
            .resize_with(MOST_CONDITIONS, TypedCondition::default);
        self.actions.resize_with(MOST_ACTIONS, TypedAction::default);
    }

    fn set_timing(&mut self, timing: &Timing) {
        match timing {
            Timing::AtOnce => self.wait = "at_once".into(),
            Timing::After { count, unit } => {
                self.wait = unit.name().into();
                self.count = count.to_string();
            }
            Timing::Day { days, hour, minute } => {
                self.side = match days {
                    0 => "on",
                    days if *days < 0 => "before",
                    _ => "after",
                }
                .into();
                self.days = match days {
                    0 => "1".into(),
                    days => days.abs().to_string(),
                };
                self.time = format!("{hour:02}:{minute:02}");
            }
        }
    }

    pub fn of(automation: &Automation, currency: &str) -> Self {
        let mut typed = Self {
            name: automation.name.clone(),
            trigger: automation.starts_with.clone(),
            active: automation.active,
            ..Self::default()
        };
        typed.set_timing(&automation.rule.timing);
        let rule = &automation.rule;
        typed.conditions = rule
            .conditions
            .iter()
            .map(|one| TypedCondition::of(one, currency))
            .collect();
        typed.actions = rule.actions.iter().map(TypedAction::of).collect();
        typed.fill_up();
        typed
    }

    /// One of the gallery; what it needs is still to be chosen.
    pub fn ready(ready: &Ready, rule: &Rule) -> Self {
        let mut typed = Self {
            name: ready.name.into(),
            trigger: ready.trigger.name().into(),
            ..Self::default()
        };
        typed.set_timing(&ready.timing);
        typed.conditions = rule
            .conditions
            .iter()
            .map(|one| TypedCondition::of(one, ""))
            .collect();
        let mut done = rule.actions.iter();
        typed.actions = ready
            .steps
            .iter()
            .map(|step| {
                let (kind, days) = match step {
                    Step::AssignForm { days } => ("assign_form", days.to_string()),
                    Step::SendContract => ("send_contract", String::new()),
                    _ => return done.next().map(TypedAction::of).unwrap_or_default(),
                };
                TypedAction {
                    kind: kind.into(),
                    days,
                    ..TypedAction::default()
                }
            })
            .collect();
        typed.fill_up();
        typed
    }

    pub fn sent(sent: &Sent) -> Self {
        Self {
            name: sent.text("name"),
            trigger: sent.text("trigger"),
            wait: sent.text("wait"),
            count: sent.text("count"),
            days: sent.text("days"),
            side: sent.text("side"),
            time: sent.text("time"),
            conditions: (1..=MOST_CONDITIONS)
                .map(|at| TypedCondition::sent(sent, at))
                .collect(),
            actions: (1..=MOST_ACTIONS)
                .map(|at| TypedAction::sent(sent, at))
                .collect(),
            active: sent.is_ticked("active"),
        }
    }

    fn timing(&self, trigger: Trigger, errors: &mut FieldErrors) -> Timing {
        if trigger.is_date() {
            let Some((hour, minute)) = timing::time(&self.time) else {
                errors.add("time", "Please type a time of day, such as 09:00.");
                return Timing::AtOnce;
            };
            let days = self.days.trim().parse().ok();
            let days = match self.side.as_str() {
                "on" => Some(0),
                "before" => days.map(|days: i32| -days),
                _ => days,
            };
            let Some(days) = days.filter(|days| days.abs() <= MOST_DAYS) else {
                errors.add("days", "Type a number of days from 1 to 365.");
                return Timing::AtOnce;
            };
            return Timing::Day { days, hour, minute };
        }
        let Some(unit) = Unit::parse(&self.wait) else {
            return Timing::AtOnce;
        };
        let count = self.count.trim().parse().ok();
        match count.filter(|count| (1..=MOST_WAIT).contains(count)) {
            Some(count) => Timing::After { count, unit },
            None => {
                errors.add("count", "Type a number from 1 to 1000.");
                Timing::AtOnce
            }
        }
    }

    /// What it says, or what is wrong with it.
    pub fn read(
        &self,
        offers: &Offers,
        errors: &mut FieldErrors,
    ) -> Option<(String, Trigger, Rule)> {
        let name = errors.required("name", &self.name, NAME);
        let Some(trigger) = Trigger::parse(&self.trigger) else {
            errors.add("trigger", "Choose what it waits for.");
            return None;
        };
        let timing = self.timing(trigger, errors);
        let conditions = (1..).zip(&self.conditions);
        let conditions = conditions
            .filter_map(|(at, one)| one.read(at, trigger, offers, errors))
            .collect();
        let actions: Vec<Action> = (1..)
            .zip(&self.actions)
            .filter_map(|(at, one)| one.read(at, offers, errors))
            .collect();
        if actions.is_empty() && errors.is_empty() {
            errors.add("a1_kind", "Choose what it does.");
        }
        let rule = Rule {
            conditions,
            timing,
            actions,
        };
        errors.is_empty().then_some((name, trigger, rule))
    }

    /// The choices of the page.
    pub fn offered(offers: &Offers) -> Value {
        let mut families: Vec<(&str, Vec<Value>)> = Vec::new();
        for one in Trigger::ALL {
            let option = json!([one.name(), one.said(), one.is_date()]);
            match families.iter_mut().find(|(name, _)| *name == one.family()) {
                Some((_, list)) => list.push(option),
                None => families.push((one.family(), vec![option])),
            }
        }
        let names = &offers.names;
        let pairs = |all: Vec<(String, String)>| all;
        let dates: Vec<&str> = Trigger::ALL
            .iter()
            .filter(|one| one.is_date())
            .map(|one| one.name())
            .collect();
        let happenings: Vec<&str> = Trigger::ALL
            .iter()
            .filter(|one| !one.is_date())
            .map(|one| one.name())
            .collect();
        json!({
            "families": families,
            "dates": dates.join(" "),
            "happenings": happenings.join(" "),
            "types": pairs(names.types.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
            "groups": pairs(names.groups.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
            "fields": pairs(names.fields.iter().map(|one| (one.id.to_string(), one.label.clone())).collect()),
            "tests": Test::ALL.iter().map(|one| (one.name(), one.said())).collect::<Vec<_>>(),
            "accesses": Access::ALL.iter().map(|one| (one.name(), one.said())).collect::<Vec<_>>(),
            "mails": pairs(offers.mails.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
            "forms": pairs(offers.forms.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
            "contracts": pairs(offers.contracts.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
            "currency": names.currency,
        })
    }
}
