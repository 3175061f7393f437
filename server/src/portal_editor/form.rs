//! The editor's form: what was typed, and what may stand in it.

use portico_wire::{Code, DocumentId, FormId, Right, portal::ActionIcon};
use serde::Serialize;

use super::{Action, LABEL, Layout, MOST_ACTIONS, Section, Target, URL, WELCOME};
use crate::{
    Result,
    access::Email,
    error::Error,
    web::{
        form::{FieldErrors, Sent},
        origin::Origin,
    },
};

/// A new button: where it leads, its words and its picture until staff choose others.
const NEW: &[(&str, &str, ActionIcon)] = &[
    ("book", "Book a session", ActionIcon::Calendar),
    ("pay", "Pay now", ActionIcon::Card),
    ("message", "Send us a message", ActionIcon::Message),
    ("upload", "Send us a file", ActionIcon::Upload),
    ("form", "Fill in a form", ActionIcon::Form),
    ("document", "Read a document", ActionIcon::Document),
    (
        "section:documents",
        "See your documents",
        ActionIcon::Document,
    ),
    ("link", "Visit our website", ActionIcon::Link),
];

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Typed {
    /// The state of the draft this form was made from.
    pub version: i64,
    pub welcome: String,
    pub sections: Vec<TypedSection>,
    pub actions: Vec<TypedAction>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypedSection {
    pub section: Right,
    pub name: String,
    pub on: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypedAction {
    pub id: String,
    pub label: String,
    pub icon: String,
    pub target: String,
    pub url: String,
}

/// What a button of the form does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Save,
    Publish,
    Add(String),
    Remove(String),
    Move { what: String, down: bool },
}

impl Deed {
    pub fn read(sent: &Sent) -> Self {
        let text = sent.text("do");
        let (word, what) = text.split_once(':').unwrap_or((&text, ""));
        let what = what.to_owned();
        match word {
            "publish" => Self::Publish,
            "add" => Self::Add(sent.text("new")),
            "remove" => Self::Remove(what),
            "up" => Self::Move { what, down: false },
            "down" => Self::Move { what, down: true },
            _ => Self::Save,
        }
    }
}

/// What a form may name: of this studio, and no other.
#[derive(Debug, Default)]
pub struct Known {
    pub forms: Vec<(FormId, String)>,
    pub documents: Vec<(DocumentId, String)>,
    /// Where the stored draft's buttons lead: what is gone since stays, and says so.
    pub stored: Vec<Target>,
}

impl Known {
    /// Whether a button leads somewhere contacts can get to at all.
    pub fn is_there(&self, target: &Target) -> bool {
        match target {
            Target::Form { form } => self.forms.iter().any(|(id, _)| id == form),
            Target::Document { document } => self.documents.iter().any(|(id, _)| id == document),
            _ => true,
        }
    }
}

fn malformed() -> Error {
    Error::refused(
        Code::Malformed,
        "This form is not one of this page's. Please reload the page and try again.",
    )
}

impl Typed {
    pub fn of(layout: &Layout, version: i64) -> Self {
        let section = |one: &Section| TypedSection {
            section: one.section,
            name: one.name.clone().unwrap_or_default(),
            on: !one.off,
        };
        let action = |one: &Action| TypedAction {
            id: one.id.clone(),
            label: one.label.clone(),
            icon: one.icon.name().to_owned(),
            target: value(&one.target),
            url: match &one.target {
                Target::Link { url } => url.clone(),
                _ => String::new(),
            },
        };
        Self {
            version,
            welcome: layout.welcome.clone().unwrap_or_default(),
            sections: layout.sections.iter().map(section).collect(),
            actions: layout.actions.iter().map(action).collect(),
        }
    }

    pub fn read(sent: &Sent) -> Result<Self> {
        let mut sections: Vec<TypedSection> = Vec::new();
        for name in sent.all("section") {
            let section = Right::section(name).ok_or_else(malformed)?;
            if sections.iter().any(|one| one.section == section) {
                return Err(malformed());
            }
            sections.push(TypedSection {
                section,
                name: sent.text(&format!("name-{name}")),
                on: sent.is_ticked(&format!("on-{name}")),
            });
        }
        let mut actions: Vec<TypedAction> = Vec::new();
        for id in sent.all("action") {
            let number = id.strip_prefix('a').and_then(|it| it.parse::<u16>().ok());
            let again = actions.iter().any(|one| one.id == id);
            if number.is_none() || again || actions.len() >= MOST_ACTIONS {
                return Err(malformed());
            }
            let text = |field: &str| sent.text(&format!("{field}-{id}"));
            actions.push(TypedAction {
                id: id.to_owned(),
                label: text("label"),
                icon: text("icon"),
                target: text("target"),
                url: text("url"),
            });
        }
        Ok(Self {
            version: sent.text("version").parse().unwrap_or_default(),
            welcome: sent.text("welcome"),
            sections,
            actions,
        })
    }

    /// Does what a button says; the id of the row to come back to.
    pub fn act(&mut self, deed: &Deed, known: &Known) -> Option<String> {
        match deed {
            Deed::Save | Deed::Publish => None,
            Deed::Add(new) => self.add(new, known),
            Deed::Remove(id) => {
                self.actions.retain(|one| one.id != *id);
                Some("actions".to_owned())
            }
            Deed::Move { what, down } => {
                let (kind, name) = what.split_once(':')?;
                if kind == "section" {
                    let at = self.sections.iter();
                    let at = at.map(|it| it.section.name()).position(|it| it == name)?;
                    shift(&mut self.sections, at, *down);
                } else {
                    let at = self.actions.iter().position(|it| it.id == name)?;
                    shift(&mut self.actions, at, *down);
                }
                Some(format!("{kind}-{name}"))
            }
        }
    }

    fn add(&mut self, new: &str, known: &Known) -> Option<String> {
        if self.actions.len() >= MOST_ACTIONS {
            return None;
        }
        let (kind, label, icon) = NEW.iter().find(|(kind, ..)| *kind == new)?;
        let first = match *kind {
            "form" => known.forms.first().map(|(id, _)| format!("form:{id}")),
            "document" => known
                .documents
                .first()
                .map(|(id, _)| format!("document:{id}")),
            other => Some(other.to_owned()),
        };
        let number = |one: &TypedAction| one.id.strip_prefix('a')?.parse::<u16>().ok();
        let last = self.actions.iter().filter_map(number).max();
        let id = format!("a{}", last.unwrap_or_default() + 1);
        self.actions.push(TypedAction {
            id: id.clone(),
            label: (*label).to_owned(),
            icon: icon.name().to_owned(),
            target: first?,
            url: if *kind == "link" {
                "https://".to_owned()
            } else {
                String::new()
            },
        });
        Some(format!("action-{id}"))
    }

    /// The layout that was typed, or what is wrong with it.
    pub fn check(&self, known: &Known, errors: &mut FieldErrors) -> Result<Layout> {
        let mut layout = Layout {
            welcome: errors.optional("welcome", &self.welcome, WELCOME),
            ..Layout::default()
        };
        for one in &self.sections {
            let field = format!("name-{}", one.section.name());
            layout.sections.push(Section {
                section: one.section,
                name: errors.optional(field, &one.name, LABEL),
                off: !one.on,
            });
        }
        for one in &self.actions {
            let field = |name: &str| format!("{name}-{}", one.id);
            let label = errors.optional(field("label"), &one.label, LABEL);
            if label.is_none() {
                errors.add(field("label"), "Please write what stands on the button.");
            }
            let icon = ActionIcon::ALL.iter().find(|it| it.name() == one.icon);
            if icon.is_none() {
                errors.add(field("icon"), "Please choose a picture.");
            }
            let target = errors.note(field("target"), target(one, known))?;
            let target = match target {
                Some(Target::Link { .. }) => {
                    let url = errors.note(field("url"), link(&one.url))?;
                    url.map(|url| Target::Link { url })
                }
                other => other,
            };
            if let (Some(label), Some(&icon), Some(target)) = (label, icon, target) {
                layout.actions.push(Action {
                    id: one.id.clone(),
                    label,
                    icon,
                    target,
                });
            }
        }
        Ok(layout)
    }
}

fn shift<T>(list: &mut [T], at: usize, down: bool) {
    let to = if down { at + 1 } else { at.wrapping_sub(1) };
    if to < list.len() {
        list.swap(at, to);
    }
}

/// A target as the form's list names it.
pub fn value(target: &Target) -> String {
    match target {
        Target::Book => "book".to_owned(),
        Target::Pay => "pay".to_owned(),
        Target::Message => "message".to_owned(),
        Target::Upload => "upload".to_owned(),
        Target::Section { section } => format!("section:{}", section.name()),
        Target::Form { form } => format!("form:{form}"),
        Target::Document { document } => format!("document:{document}"),
        Target::Link { .. } => "link".to_owned(),
    }
}

fn target(typed: &TypedAction, known: &Known) -> Result<Target> {
    let gone = |detail: &'static str| Error::invalid("target", detail);
    let (kind, what) = typed.target.split_once(':').unwrap_or((&typed.target, ""));
    let found = match kind {
        "book" => Some(Target::Book),
        "pay" => Some(Target::Pay),
        "message" => Some(Target::Message),
        "upload" => Some(Target::Upload),
        "link" => Some(Target::Link { url: String::new() }),
        "section" => Right::section(what).map(|section| Target::Section { section }),
        "form" => what.parse().ok().map(|form| Target::Form { form }),
        "document" => what
            .parse()
            .ok()
            .map(|document| Target::Document { document }),
        _ => None,
    };
    let found = found.ok_or_else(|| gone("Please choose where the button leads."))?;
    if known.is_there(&found) || known.stored.contains(&found) {
        return Ok(found);
    }
    Err(gone(match found {
        Target::Form { .. } => {
            "This form is not one clients may open by themselves. Switch that on at the form, or choose another."
        }
        _ => "This document is not there any more. Please choose another.",
    }))
}

/// An address a button may lead to, from what a person types.
fn link(text: &str) -> Result<String> {
    let refused = |detail: &'static str| Error::invalid("url", detail);
    let text = text.trim();
    let whole = "Type the whole address, such as https://www.example.com/gallery, an email address or a telephone number.";
    let plain = !text
        .chars()
        .any(|c| c.is_control() || "<>\"\\^`{|}".contains(c));
    if text.is_empty() || !plain || text.chars().count() > URL {
        return Err(refused(whole));
    }
    let phone = |text: &str| {
        let digits: String = text.chars().filter(|c| !" ()-./".contains(*c)).collect();
        let bare = digits.strip_prefix('+').unwrap_or(&digits);
        let shaped = (3..=16).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
        shaped.then(|| format!("tel:{digits}"))
    };
    let mail = |text: &str| {
        let (address, rest) = text.split_at(text.find('?').unwrap_or(text.len()));
        let address = Email::parse(address).ok()?;
        Some(format!("mailto:{}{rest}", address.as_str()))
    };
    let web = |text: &str| {
        let known = Origin::from_person(text).filter(|_| !text.contains(char::is_whitespace));
        known.map(|_| text.to_owned())
    };
    let lower = text.to_lowercase();
    let found = if lower.starts_with("https://") {
        web(text)
    } else if let Some(rest) = lower.strip_prefix("mailto:") {
        mail(&text[text.len() - rest.len()..])
    } else if let Some(rest) = lower.strip_prefix("tel:") {
        phone(rest)
    } else if lower.starts_with("http://") {
        return Err(refused(
            "Use an address that begins with https: one without is not encrypted.",
        ));
    } else if text.contains(':') {
        return Err(refused(
            "A button can lead to a page (https:), an email address or a telephone number.",
        ));
    } else if text.contains('@') {
        mail(text)
    } else {
        phone(text).or_else(|| web(&format!("https://{text}")))
    };
    found.ok_or_else(|| refused(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_a_button_leads_to_a_page_a_mail_or_a_call_and_nowhere_else() {
        for (typed, kept) in [
            ("https://fern.example/a?b#c", "https://fern.example/a?b#c"),
            (
                "www.fern.example/gallery",
                "https://www.fern.example/gallery",
            ),
            ("hello@fern.example", "mailto:hello@fern.example"),
            (
                "mailto:Hello@fern.example?subject=Hi",
                "mailto:hello@fern.example?subject=Hi",
            ),
            ("+44 1225 000-000", "tel:+441225000000"),
            ("tel:+44 1225", "tel:+441225"),
        ] {
            assert_eq!(link(typed).ok().as_deref(), Some(kept), "{typed}");
        }
        let long = format!("https://fern.example/{}", "a".repeat(500));
        for typed in [
            "",
            "javascript:alert(1)",
            "JavaScript://fern.example/%0aalert(1)",
            "data:text/html,x",
            "http://fern.example/",
            "ftp://fern.example",
            "https://",
            "https://fern.example/a b",
            "https://fern.example/\"onclick",
            "mailto:nobody",
            "tel:one",
            "nowhere",
            &long,
        ] {
            assert!(link(typed).is_err(), "{typed}");
        }
    }

    fn typed() -> Typed {
        let mut layout = Layout::default();
        layout.complete(&portico_wire::Settings::default());
        Typed::of(&layout, 1)
    }

    #[test]
    fn b6_rows_move_by_one_and_stay_at_the_ends() {
        let mut form = typed();
        let first = form.sections[0].section;
        let moved = |form: &mut Typed, what: &str, down| {
            let what = what.to_owned();
            form.act(&Deed::Move { what, down }, &Known::default())
        };
        moved(&mut form, "section:home", false);
        assert_eq!(form.sections[0].section, first);
        let at = moved(&mut form, "section:home", true);
        assert_eq!(at.as_deref(), Some("section-home"));
        assert_eq!(form.sections[1].section, first);
        assert_eq!(moved(&mut form, "section:nowhere", true), None);
    }

    #[test]
    fn b5_a_new_button_is_ready_to_use_and_its_id_is_new() {
        let mut form = typed();
        for (at, new) in ["book", "pay", "section:documents"].iter().enumerate() {
            let row = form.act(&Deed::Add((*new).to_owned()), &Known::default());
            assert_eq!(row, Some(format!("action-a{}", at + 1)));
        }
        form.act(&Deed::Remove("a1".to_owned()), &Known::default());
        form.act(&Deed::Add("message".to_owned()), &Known::default());
        let mut errors = FieldErrors::default();
        let layout = form.check(&Known::default(), &mut errors).unwrap();
        assert!(errors.is_empty());
        let ids: Vec<_> = layout.actions.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["a2", "a3", "a4"]);
    }
}
