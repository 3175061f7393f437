//! Ready forms, to begin with.

use portico_wire::forms::{Form, Kind};

use crate::{Result, studios::Studio};

/// A ready form: its word in addresses, and what it is for.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Ready {
    pub name: &'static str,
    pub label: &'static str,
    pub about: &'static str,
    #[serde(skip)]
    definition: &'static str,
}

pub const READY: &[Ready] = &[
    Ready {
        name: "contact-update",
        label: "Update your details",
        about: "Name, numbers and address, filled in with what you have. Made to be the default update form.",
        definition: include_str!("gallery/contact_update.json"),
    },
    Ready {
        name: "wedding",
        label: "Wedding questionnaire",
        about: "The day, the ceremony, the party and the pictures, on four pages that a couple fills in together.",
        definition: include_str!("gallery/wedding.json"),
    },
    Ready {
        name: "class-enrolment",
        label: "Class enrolment",
        about: "Who joins which class, health and safety, and a signature of who pays.",
        definition: include_str!("gallery/class_enrolment.json"),
    },
    Ready {
        name: "event-brief",
        label: "Event brief",
        about: "Date, venue, roles and budget of an event that needs staff.",
        definition: include_str!("gallery/event_brief.json"),
    },
];

pub fn find(name: &str) -> Option<&'static Ready> {
    READY.iter().find(|ready| ready.name == name)
}

impl Ready {
    /// The form, in the studio's own currency.
    pub fn form(&self, studio: &Studio) -> Result<Form> {
        let mut form: Form = serde_json::from_str(self.definition)?;
        for field in &mut form.fields {
            if let Kind::Money(limits) = &mut field.kind {
                limits.currency.clone_from(&studio.currency);
            }
        }
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use portico_wire::StudioId;

    use super::*;
    use crate::{scope::StudioScope, studios::Slug};

    #[test]
    fn d3_ready_forms_have_no_flaws() {
        let scope = StudioScope::of(StudioId::from_bytes([1; 16]));
        let studio = Studio::new(scope, Slug::parse("demo").unwrap(), "Fernlight".into());
        for ready in READY {
            let form = ready.form(&studio).unwrap();
            assert_eq!(super::super::flaws(&form, &[]), vec![], "{}", ready.name);
            assert!(find(ready.name).is_some());
        }
    }
}
