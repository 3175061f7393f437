//! Forms: what the studio asks, whom it asks, and what contacts answer. What a form is and the rules of its
//! answers stand in `portico_wire::forms`, where the widget runs the same ones.

pub mod admin;
pub mod api;
pub mod ask;
pub mod files;
pub mod gallery;
pub mod paper;
pub mod profile;
pub mod prompts;
pub mod store;
pub mod submit;
pub mod tell;
pub mod texts;
pub mod ties;

use std::collections::BTreeMap;

use portico_wire::{
    AssignmentId, ClientId, Code, ContactId, FormId, Right, SubmissionId, Timestamp,
    forms::{Answer, Answers, AskState, FieldChange, Form, Newer, Tie, limits, start},
};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    clients::fields::{Field as ClientField, Kind as ClientKind},
    db::StudioTx,
    error::Error,
    scope::PortalSession,
};

/// The most a draft holds, as it is stored.
const DRAFT_BYTES: usize = 512 * 1024;

/// A form as staff see it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StoredForm {
    pub id: FormId,
    /// Raised by every change.
    pub version: i64,
    pub name: String,
    /// The number of `definition`.
    pub current: i64,
    pub in_portal: bool,
    pub default_update: bool,
    pub archived_at: Option<Timestamp>,
    pub updated_at: Timestamp,
    #[sqlx(json)]
    pub definition: Form,
}

/// What a contact fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One of the portal, or the update form.
    Form(FormId),
    Questionnaire(AssignmentId),
}

/// What was typed into one field of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Typed {
    /// None: it was cleared.
    pub answer: Option<Answer>,
    pub at: Timestamp,
    pub by: ContactId,
    /// The revision it came with.
    pub revision: u32,
}

/// A draft: what people typed, and nothing that was only shown to them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Draft(pub BTreeMap<String, Typed>);

impl Draft {
    /// Takes over what was typed later than what is there, field by field. What the sender does not have:
    /// what others typed since the revision it knows, and theirs where its own was older.
    pub fn merge(
        &mut self,
        changes: Vec<FieldChange>,
        by: ContactId,
        knows: u32,
        next: u32,
        now: Timestamp,
    ) -> Vec<Newer> {
        let mut beaten = Vec::new();
        for change in changes {
            let at = now.plus_seconds(-i64::from(change.age));
            let answer = change.answer.filter(|answer| !answer.is_blank());
            let typed = Typed {
                answer,
                at,
                by,
                revision: next,
            };
            match self.0.get_mut(&change.field) {
                Some(there) if there.answer == typed.answer => {}
                Some(there) if there.at > at => beaten.push(change.field),
                Some(there) => *there = typed,
                None => {
                    self.0.insert(change.field, typed);
                }
            }
        }
        let unknown = |field: &String, typed: &Typed| {
            let others = typed.revision > knows && typed.revision < next;
            others || beaten.contains(field)
        };
        self.0
            .iter()
            .filter(|(field, typed)| unknown(field, typed))
            .map(|(field, typed)| Newer {
                field: field.clone(),
                answer: typed.answer.clone(),
            })
            .collect()
    }

    /// The answers of a draft, over what is known of the client, over the form's defaults.
    pub fn answers(&self, form: &Form, known: &Answers) -> Answers {
        let mut answers = start(form, known);
        for (field, typed) in &self.0 {
            match &typed.answer {
                Some(answer) => answers.set(field, answer.clone()),
                None => {
                    answers.remove(field);
                }
            }
        }
        answers
    }

    pub fn check_size(&self) -> Result<()> {
        if serde_json::to_vec(self)?.len() > DRAFT_BYTES {
            return Err(Error::refused(
                Code::TooLarge,
                "Together these answers are too long to keep. Please shorten the longest ones.",
            ));
        }
        Ok(())
    }
}

/// Something that is being filled in, or could be: the form, its draft, and whether it is still asked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Opened {
    pub form_id: FormId,
    /// The version the draft answers, else the current one.
    pub number: i64,
    #[sqlx(json)]
    pub definition: Form,
    pub archived: bool,
    pub in_portal: bool,
    pub default_update: bool,
    pub submission_id: Option<SubmissionId>,
    pub state: Option<String>,
    pub revision: i64,
    #[sqlx(json(nullable))]
    pub draft: Option<Draft>,
    pub saved_at: Option<Timestamp>,
    // Of a questionnaire.
    #[sqlx(default)]
    pub assignment_id: Option<AssignmentId>,
    /// Its client; a form of the portal is filled in by whoever asks.
    #[sqlx(default)]
    pub client_id: Option<ClientId>,
    #[sqlx(default)]
    pub due: Option<String>,
    #[sqlx(default)]
    pub note: Option<String>,
    #[sqlx(default)]
    pub withdrawn: bool,
    /// The contact is named, or sees everything of the client.
    #[sqlx(default)]
    pub named: bool,
}

impl Opened {
    pub fn draft(&self) -> Draft {
        self.draft.clone().unwrap_or_default()
    }

    pub fn submitted(&self) -> bool {
        self.state.as_deref() == Some("submitted")
    }

    /// Not for this contact, or not there: the two look the same.
    pub fn check_named(&self, session: &PortalSession) -> Result<()> {
        let rights = session.rights;
        let edits = rights.has(Right::PersonalInfo) && rights.has(Right::EditProfile);
        let update = self.default_update && !self.archived && edits;
        // What was begun stays this contact's, also when the studio takes the form back.
        let offered = self.in_portal && !self.archived || self.submission_id.is_some();
        let section = rights.has(Right::FormsAndContracts);
        let seen = match self.assignment_id {
            Some(_) => self.named && section,
            None => update || offered && section,
        };
        seen.then_some(()).ok_or_else(Error::not_found)
    }

    /// Still asked, so that it may be filled in.
    pub fn check_open(&self) -> Result<()> {
        let offered = self.assignment_id.is_some() || self.in_portal || self.default_update;
        if self.submitted() {
            return Err(Error::refused(
                Code::Conflict,
                "This was sent already, perhaps from another device or by somebody you fill it in with.",
            ));
        }
        if self.withdrawn || self.archived || !offered {
            return Err(Error::refused(
                Code::Conflict,
                "The studio has taken this form back, so it cannot be sent. What you typed is kept; please contact the studio.",
            ));
        }
        Ok(())
    }
}

/// Where a questionnaire stands on this day of the studio's calendar.
pub fn ask_state(done: bool, begun: bool, due: Option<&str>, today: &str) -> AskState {
    match (done, begun) {
        (true, _) => AskState::Done,
        _ if due.is_some_and(|due| due < today) => AskState::Late,
        (false, true) => AskState::Started,
        (false, false) => AskState::New,
    }
}

/// A copy of a form, under a name of its own; not in the portal yet.
pub async fn duplicate(tx: &mut StudioTx, form: FormId) -> Result<FormId> {
    let original = store::get_form(tx, form).await?;
    let name: String = format!("{} (copy)", original.name)
        .chars()
        .take(limits::LABEL)
        .collect();
    store::insert_form(tx, &name, &original.definition).await
}

/// Whether an answer to a field of a form can fill in this field of a client.
pub fn tie_suits(kind: &portico_wire::forms::Kind, own: &ClientField) -> bool {
    use portico_wire::forms::Kind;
    match own.kind {
        ClientKind::Text => matches!(
            kind,
            Kind::Text(_)
                | Kind::LongText(_)
                | Kind::Email
                | Kind::Phone
                | Kind::Time
                | Kind::One(_)
                | Kind::DropDown(_)
        ),
        // Every option, so that no answer is refused.
        ClientKind::Choice => {
            kind.options().is_some_and(|(options, other)| {
                !other && options.iter().all(|option| own.choices.contains(option))
            }) && !matches!(kind, Kind::Many(_))
        }
        ClientKind::Date => matches!(kind, Kind::Date(_)),
        ClientKind::Number => matches!(kind, Kind::Number(_)),
        ClientKind::YesNo => matches!(kind, Kind::YesNo),
    }
}

/// All that is to be mended in a form, also where it meets the studio's own fields.
pub fn flaws(form: &Form, own: &[ClientField]) -> Vec<portico_wire::forms::Flaw> {
    use portico_wire::forms::{Fault, Flaw};
    let mut found = portico_wire::forms::flaws(form);
    for (at, field) in form.fields.iter().enumerate() {
        let unfit = match field.tie {
            Some(Tie::Own(id)) => !own
                .iter()
                .any(|own| own.id == id && tie_suits(&field.kind, own)),
            Some(Tie::Language) => field.kind.options().is_some_and(|(options, other)| {
                other
                    || options
                        .iter()
                        .any(|name| ties::language_code(name).is_none())
            }),
            _ => false,
        };
        let flaw = Flaw {
            at: Some(at),
            fault: Fault::TieUnfit,
            limit: None,
        };
        if unfit && !found.contains(&flaw) {
            found.push(flaw);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(n: u8) -> ContactId {
        ContactId::from_bytes([n; 16])
    }
    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }
    fn change(field: &str, text: &str, age: u32) -> FieldChange {
        FieldChange {
            field: field.into(),
            answer: Some(Answer::Text(text.into())),
            age,
        }
    }
    fn text<'a>(draft: &'a Draft, field: &str) -> Option<&'a Answer> {
        draft.0.get(field)?.answer.as_ref()
    }

    #[test]
    fn d7_what_was_typed_last_counts_whoever_tells_of_it_first() {
        let mut draft = Draft::default();
        let (phone, laptop) = (contact(1), contact(2));
        let newer = draft.merge(vec![change("a", "laptop", 5)], laptop, 0, 1, at(1000));
        assert!(newer.is_empty());
        // The phone was offline: its word for `a` is older, that for `b` is alone.
        let late = vec![change("a", "phone", 600), change("b", "phone", 600)];
        let newer = draft.merge(late, phone, 0, 2, at(1010));
        assert_eq!(newer.len(), 1);
        assert_eq!(
            (newer[0].field.as_str(), newer[0].answer.as_ref()),
            ("a", text(&draft, "a"))
        );
        assert_eq!(text(&draft, "a"), Some(&Answer::Text("laptop".into())));
        assert_eq!(text(&draft, "b"), Some(&Answer::Text("phone".into())));
        // The laptop learns of `b` with its next save.
        let newer = draft.merge(vec![change("c", "laptop", 0)], laptop, 1, 3, at(1020));
        assert_eq!(newer.len(), 1);
        assert_eq!(newer[0].field, "b");
    }

    #[test]
    fn d7_the_same_save_twice_changes_nothing() {
        let mut draft = Draft::default();
        draft.merge(vec![change("a", "x", 5)], contact(1), 0, 1, at(1000));
        let once = draft.clone();
        let newer = draft.merge(vec![change("a", "x", 6)], contact(1), 0, 2, at(1001));
        assert_eq!(draft.0["a"].answer, once.0["a"].answer);
        assert_eq!(draft.0["a"].revision, 1);
        assert!(newer.iter().all(|newer| newer.answer == once.0["a"].answer));
    }

    #[test]
    fn d1_a_questionnaire_is_late_from_the_day_after() {
        let state = |begun, today| ask_state(false, begun, Some("2026-11-21"), today);
        assert_eq!(state(true, "2026-11-21"), AskState::Started);
        assert_eq!(state(true, "2026-11-22"), AskState::Late);
        assert_eq!(state(false, "2026-11-20"), AskState::New);
        assert_eq!(
            ask_state(true, true, Some("2026-11-21"), "2027-01-01"),
            AskState::Done
        );
        let noon = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(crate::clock::today(noon, "Pacific/Auckland"), "2026-11-22");
    }
}
