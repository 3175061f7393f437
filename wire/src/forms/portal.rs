//! Forms in the portal: what is asked, what is typed, what was sent.

use serde::{Deserialize, Serialize};

use super::{Answer, Answers, Form};
use crate::{AssignmentId, FormId, SubmissionId, Timestamp, contracts::ListedContract};

/// `GET forms`: the forms of the section Forms and Contracts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Forms {
    /// What anybody may fill in, as often as they like.
    pub forms: Vec<OfferedForm>,
    /// What this contact is asked to fill in, the next due first; those that are done only where the studio
    /// shows history.
    pub questionnaires: Vec<Questionnaire>,
    /// What was sent, the latest first; none where the studio does not show history.
    pub submissions: Vec<Sent>,
    /// What is to be signed, then what is signed or closed, the latest first; the latter only where the studio
    /// shows history.
    #[serde(default)]
    pub contracts: Vec<ListedContract>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OfferedForm {
    pub id: FormId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// When this contact's draft was saved; absent: not begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Questionnaire {
    pub id: AssignmentId,
    pub title: String,
    /// The last day, `2027-05-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What the studio says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub state: AskState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Timestamp>,
    /// The names of the others who fill it in together with this contact.
    pub with: Vec<String>,
    /// Once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionId>,
}

/// Where a questionnaire stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskState {
    New,
    Started,
    /// Begun or not, the last day is over.
    Late,
    Done,
}

impl AskState {
    pub const ALL: &[Self] = &[Self::New, Self::Started, Self::Late, Self::Done];

    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Started => "started",
            Self::Late => "late",
            Self::Done => "done",
        }
    }
}

/// Something that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(as = SentForm))]
pub struct Sent {
    pub id: SubmissionId,
    pub title: String,
    pub submitted_at: Timestamp,
    /// The name of who sent it.
    pub by: String,
}

/// `GET forms/{id}` and `GET questionnaires/{id}`: all it takes to fill it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Filling {
    pub form: Form,
    /// Which version of it this is; goes back with every save.
    pub version: u32,
    /// How often the draft was saved, 0: not begun; goes back with every save.
    pub revision: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Timestamp>,
    /// The draft, over what is known already, over the defaults.
    pub answers: Answers,
    /// Fields that show what is known and cannot be changed here.
    pub fixed: Vec<String>,
    /// For telephone numbers and addresses, ISO 3166-1 alpha-2.
    pub country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questionnaire: Option<Questionnaire>,
}

/// `PUT forms/{id}/draft`, `PUT questionnaires/{id}/draft`, and what `POST …/submit` begins with: the fields
/// that were typed in since the last save that was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    pub version: u32,
    /// The newest revision this device knows of.
    pub revision: u32,
    #[cfg_attr(feature = "server", schema(max_items = 300))]
    pub changes: Vec<FieldChange>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    #[cfg_attr(feature = "server", schema(max_length = 40))]
    pub field: String,
    /// Absent: it was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Seconds since it was typed: what was typed last counts, whichever device tells of it first. A span and
    /// no moment, because devices' clocks are wrong.
    #[serde(default)]
    pub age: u32,
}

/// A draft is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DraftSaved {
    pub revision: u32,
    pub saved_at: Timestamp,
    /// What other devices and contacts typed since the revision that was sent, and what of the changes was older
    /// than theirs.
    pub newer: Vec<Newer>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Newer {
    pub field: String,
    /// Absent: it was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// It is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Submitted {
    pub id: SubmissionId,
    pub submitted_at: Timestamp,
    /// What the studio says then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<String>,
}

/// `GET submissions/{id}`: what was sent, as it was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Submission {
    pub id: SubmissionId,
    pub submitted_at: Timestamp,
    pub by: String,
    pub form: Form,
    pub answers: Answers,
    /// Where the PDF is saved from, for ten minutes and as long as the session lives; absent while it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
}

/// `GET files/{id}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FileAddress {
    /// To open in the browser, which saves the file. Good for ten minutes and as long as the session lives.
    pub address: String,
}
