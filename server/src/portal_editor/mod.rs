//! How a studio arranges its portal: the order and names of its sections, the buttons it offers, its words of welcome. Staff work
//! on a draft; what contacts see is the version that was published last.

pub mod admin;
mod form;
pub mod preview;
pub mod store;

use portico_wire::{
    Code, DocumentId, FormId, Right, Rights, Settings,
    payments::Due,
    portal::{ActionIcon, ActionTarget, PortalAction, SectionLabel},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::{Error, ResultExt as _},
    studios::{self, Studio},
};

/// More would hide each other.
pub const MOST_ACTIONS: usize = 12;
const LABEL: usize = 40;
const WELCOME: usize = 500;
const URL: usize = 500;
/// Stands for the contact's first name in the welcome.
const FIRST_NAME: &str = "{first_name}";

/// A portal as it was arranged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub sections: Vec<Section>,
    #[serde(default)]
    pub actions: Vec<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub section: Right,
    /// Absent: the name of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Not there, for anybody. What counts for contacts is the studio's setting, which publishing writes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// `a1`, `a2` …: never given twice in one layout.
    pub id: String,
    pub label: String,
    pub icon: ActionIcon,
    pub target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    Book,
    Pay,
    Message,
    Upload,
    Section { section: Right },
    Form { form: FormId },
    Document { document: DocumentId },
    Link { url: String },
}

/// Those of the forms and documents buttons lead to that a contact can open.
#[derive(Debug, Default)]
pub struct Open {
    pub forms: Vec<FormId>,
    pub documents: Vec<DocumentId>,
}

impl Layout {
    /// A stored layout, or where there is none the product's own, with every section.
    pub fn whole(stored: Option<&Self>, studio: &Studio) -> Self {
        let mut layout = stored.cloned().unwrap_or_default();
        layout.complete(&studio.rights);
        layout
    }

    /// With every section the product has: those the layout does not know come last, as the studio has them.
    pub fn complete(&mut self, rights: &Settings) {
        let on = |right: Right| rights.get(right).unwrap_or(right.by_default());
        self.sections.retain(|one| one.section.is_section());
        for &section in Right::SECTIONS {
            if self.sections.iter().all(|one| one.section != section) {
                self.sections.push(Section {
                    section,
                    name: None,
                    off: !on(section),
                });
            }
        }
    }

    /// The studio's settings with this layout's sections switched as it says.
    pub fn rights(&self, studio: &Settings) -> Settings {
        let mut next = studio.clone();
        for one in &self.sections {
            let right = one.section;
            // What stays as it is is not written down: it follows the product's default.
            if next.get(right).unwrap_or(right.by_default()) == one.off {
                next.0.insert(right, !one.off);
            }
        }
        next
    }

    /// The navigation of whoever has these rights.
    pub fn labels(&self, rights: Rights) -> Vec<SectionLabel> {
        let known = |section: &Right| self.sections.iter().any(|one| one.section == *section);
        let arranged = self.sections.iter().map(|one| SectionLabel {
            section: one.section,
            name: one.name.clone(),
        });
        let others = Right::SECTIONS.iter().filter(|it| !known(it));
        let others = others.map(|&section| SectionLabel {
            section,
            name: None,
        });
        arranged
            .chain(others)
            .filter(|one| rights.has(one.section))
            .collect()
    }

    pub fn welcome(&self, first_name: &str) -> Option<String> {
        let welcome = self.welcome.as_ref()?;
        Some(welcome.replace(FIRST_NAME, first_name))
    }

    /// The forms and documents that buttons lead to.
    pub fn named(&self) -> impl Iterator<Item = Uuid> {
        self.actions
            .iter()
            .filter_map(|action| match action.target {
                Target::Form { form } => Some(form.into_uuid()),
                Target::Document { document } => Some(document.into_uuid()),
                _ => None,
            })
    }

    /// The buttons somebody with these rights can use.
    pub fn actions(&self, rights: Rights, due: &[Due], open: &Open) -> Vec<PortalAction> {
        let shown = self.actions.iter().filter_map(|action| {
            Some(PortalAction {
                id: action.id.clone(),
                label: action.label.clone(),
                icon: action.icon,
                to: action.target.leads(rights, due, open)?,
            })
        });
        shown.collect()
    }
}

impl Target {
    /// Where it leads, for whoever can go there.
    fn leads(&self, rights: Rights, due: &[Due], open: &Open) -> Option<ActionTarget> {
        let go = |section: Right, path: String| {
            rights
                .has(section)
                .then_some(ActionTarget::Go { section, path })
        };
        match self {
            Self::Book if rights.has(Right::Book) => {
                go(Right::Events, "events/booking/form".to_owned())
            }
            Self::Pay if rights.has(Right::Pay) => {
                let owed = due.iter().find(|one| one.total.minor > 0);
                let path = owed.map(|one| format!("payments/form?of={}", one.total.currency));
                go(Right::Invoices, path.unwrap_or_default())
            }
            Self::Message => go(Right::Messages, String::new()),
            Self::Upload if rights.has(Right::Upload) => go(Right::Documents, String::new()),
            Self::Book | Self::Pay | Self::Upload => None,
            Self::Section { section } => go(*section, String::new()),
            Self::Form { form } if open.forms.contains(form) => {
                go(Right::FormsAndContracts, format!("forms/{form}"))
            }
            Self::Document { document } if open.documents.contains(document) => {
                go(Right::Documents, format!("documents/{document}"))
            }
            Self::Form { .. } | Self::Document { .. } => None,
            Self::Link { url } => Some(ActionTarget::Link { url: url.clone() }),
        }
    }
}

/// Shows a layout to everybody, as a new version; false where it is what they see already. The draft's row is there.
pub async fn publish(
    tx: &mut StudioTx,
    studio: &mut Studio,
    stored: Option<&store::Stored>,
    layout: &Layout,
    again: Option<i64>,
    by: &By<'_>,
) -> Result<bool> {
    let stale = || {
        Error::refused(
            Code::Conflict,
            "Somebody else published the portal at the same moment. Please open the page again.",
        )
    };
    let before = Layout::whole(stored.and_then(|it| it.published.as_ref()), studio);
    let number = stored.and_then(|it| it.number);
    if number.is_some() && before == *layout {
        return Ok(false);
    }
    let number = number.unwrap_or_default() + 1;
    store::publish(tx, number, layout, again, by.name)
        .await
        .on_unique(stale)?;
    studio.rights = layout.rights(&studio.rights);
    if !studios::store::save_settings(tx, studio).await? {
        return Err(stale());
    }
    studio.version += 1;
    if let Some(change) = Change::between(&before, layout)? {
        let subject = Subject("studio", None);
        let action = "portal published";
        audit::append(tx, by.actor, action, subject, change, by.reference).await?;
    }
    Ok(true)
}

/// Who publishes.
pub struct By<'a> {
    pub name: &'a str,
    pub actor: &'a Actor,
    pub reference: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Rights {
        Right::ALL.iter().copied().collect()
    }

    fn action(target: Target) -> Action {
        Action {
            id: "a1".into(),
            label: "Go".into(),
            icon: ActionIcon::Star,
            target,
        }
    }

    fn with(target: Target) -> Layout {
        Layout {
            actions: vec![action(target)],
            ..Layout::default()
        }
    }

    #[test]
    fn b6_sections_come_in_the_studios_order_and_new_ones_of_the_product_last() {
        let section = |section, name: Option<&str>| Section {
            section,
            name: name.map(Into::into),
            off: false,
        };
        let layout = Layout {
            sections: vec![
                section(Right::Events, Some("Sessions")),
                section(Right::Home, None),
            ],
            ..Layout::default()
        };
        let rights = [Right::Home, Right::Events, Right::Documents];
        let labels = layout.labels(rights.into_iter().collect());
        let order: Vec<_> = labels.iter().map(|one| one.section).collect();
        assert_eq!(order, [Right::Events, Right::Home, Right::Documents]);
        assert_eq!(labels[0].name.as_deref(), Some("Sessions"));
    }

    #[test]
    fn b5_a_button_whose_right_is_missing_is_not_there() {
        let open = Open::default();
        for (target, needs) in [
            (Target::Book, vec![Right::Book, Right::Events]),
            (Target::Pay, vec![Right::Pay, Right::Invoices]),
            (Target::Message, vec![Right::Messages]),
            (Target::Upload, vec![Right::Upload, Right::Documents]),
        ] {
            let layout = with(target);
            assert_eq!(layout.actions(all(), &[], &open).len(), 1);
            for right in needs {
                let without = all().iter().filter(|it| *it != right).collect();
                assert!(layout.actions(without, &[], &open).is_empty(), "{right:?}");
            }
        }
    }

    #[test]
    fn b5_a_form_or_document_that_cannot_be_opened_has_no_button() {
        let form = FormId::from_bytes([1; 16]);
        let layout = with(Target::Form { form });
        assert!(layout.actions(all(), &[], &Open::default()).is_empty());
        let open = Open {
            forms: vec![form],
            documents: Vec::new(),
        };
        assert_eq!(
            layout.actions(all(), &[], &open)[0].to,
            ActionTarget::Go {
                section: Right::FormsAndContracts,
                path: format!("forms/{form}")
            }
        );
    }

    #[test]
    fn b7_only_the_switches_that_change_are_written_down() {
        let mut layout = Layout::default();
        layout.complete(&Settings::default());
        assert_eq!(layout.rights(&Settings::default()), Settings::default());
        let events = layout
            .sections
            .iter_mut()
            .find(|one| one.section == Right::Events);
        events.unwrap().off = true;
        let next = layout.rights(&Settings::default());
        assert_eq!(next.0, [(Right::Events, false)].into());
    }
}
