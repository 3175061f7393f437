//! Documents in the portal: what the studio shared, what it asks for, and sending files in parts.

use serde::{Deserialize, Serialize};

use crate::{DocumentId, DocumentRequestId, EventId, FolderId, Timestamp, UploadId};

/// The most of a file that one request carries. Smaller parts are fine, and lose less with a connection.
pub const MOST_PART: u64 = 8 * 1024 * 1024;
/// The longest name of a document, in characters.
pub const NAME: usize = 200;
/// The most documents named for one zip file; without names it holds all.
pub const ZIP: usize = 100;

/// Who sent a document, or a version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentSource {
    /// The studio.
    Staff,
    Contact,
}

impl DocumentSource {
    pub const ALL: &[Self] = &[Self::Staff, Self::Contact];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Contact => "contact",
        }
    }
}

/// Where a document that was asked for stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentRequestState {
    Open,
    Answered,
    Withdrawn,
}

impl DocumentRequestState {
    pub const ALL: &[Self] = &[Self::Open, Self::Answered, Self::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What a studio lets clients upload, in groups of media types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileGroup {
    Pdf,
    Picture,
    /// Word processing, spreadsheets, presentations.
    Office,
    Text,
    Audio,
    Video,
    Archive,
    /// What is none of these: drawings, maps, fonts. Never programs or web pages.
    Other,
}

impl FileGroup {
    pub const ALL: &[Self] = &[
        Self::Pdf,
        Self::Picture,
        Self::Office,
        Self::Text,
        Self::Audio,
        Self::Video,
        Self::Archive,
        Self::Other,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Picture => "picture",
            Self::Office => "office",
            Self::Text => "text",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Archive => "archive",
            Self::Other => "other",
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(DocumentSource);
#[cfg(feature = "server")]
crate::text_column!(DocumentRequestState);

/// `GET documents`: the section Documents. `?before=` goes on where the page before ended, with documents alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Documents {
    /// Those with something in them for this contact, in the studio's order.
    pub folders: Vec<Folder>,
    /// The events that documents and requests of this page belong to.
    pub events: Vec<DocumentEvent>,
    /// New ones first, then the latest.
    pub documents: Vec<ListedDocument>,
    /// What the studio asks for: open ones first, the next due before others; answered ones only where the studio shows
    /// history.
    pub requests: Vec<DocumentRequest>,
    /// Goes back as `before` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What can be sent; absent: this contact sends nothing, and the part for it is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadRules>,
}

/// The documents of one event, part of `GET events/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventDocuments {
    /// New ones first, then the latest; at most 200.
    pub documents: Vec<ListedDocument>,
    pub requests: Vec<DocumentRequest>,
    /// As in [`Documents`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadRules>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Folder {
    pub id: FolderId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentEvent {
    pub id: EventId,
    pub title: String,
    pub starts_at: Timestamp,
    /// The event's own zone, by its IANA name.
    pub time_zone: String,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedDocument {
    pub id: DocumentId,
    pub name: String,
    /// The media type of the current version, from its content.
    pub kind: String,
    pub bytes: u64,
    pub source: DocumentSource,
    /// Who sent the current version.
    pub by: String,
    /// The number of the current version, from 1.
    pub version: u32,
    /// When it came.
    pub changed_at: Timestamp,
    /// This contact has not opened this version yet.
    pub new: bool,
    /// It can be opened and saved; false where the studio only shows that it is there.
    pub open: bool,
    /// There is a preview to ask for: of pictures and PDFs.
    pub has_preview: bool,
    /// This contact's own, and not yet seen by the studio: it can be removed.
    pub removable: bool,
    /// Of what contacts sent: the studio has looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_by_studio: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderId>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<DocumentRequestId>,
}

/// Something the studio asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentRequest {
    pub id: DocumentRequestId,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The last day by the studio's calendar, `2027-05-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// That day is over.
    pub late: bool,
    pub state: DocumentRequestState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// What a contact may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UploadRules {
    pub kinds: Vec<FileGroup>,
    /// For a field's `accept`; empty: of any kind.
    pub accept: Vec<String>,
    /// The largest file.
    pub most_bytes: u64,
    /// The most of it that one request carries.
    pub most_part: u64,
}

/// `GET documents/{id}`: one document, opened. It is not new any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Document {
    #[serde(flatten)]
    pub listed: ListedDocument,
    /// To open in the browser, which saves the file. Good for ten minutes and as long as the session lives; absent where
    /// it cannot be saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// To look at, where there is a preview; good for as long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// All of them, the latest first.
    pub versions: Vec<DocumentVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Preview {
    pub kind: PreviewKind,
    pub address: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PreviewKind {
    /// For an `img`: a JPEG, made smaller.
    Picture,
    /// For a frame or a tab of its own.
    Pdf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentVersion {
    pub number: u32,
    /// What the file was called.
    pub name: String,
    pub bytes: u64,
    pub source: DocumentSource,
    pub by: String,
    pub at: Timestamp,
    /// As [`Document::address`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// `GET documents/zip`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ZipAddress {
    /// To open in the browser, which saves the file. Good for ten minutes and as long as the session lives.
    pub address: String,
}

/// `POST documents/uploads`: a file is to be sent, part by part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartUpload {
    /// What the file is called; folders in it are dropped.
    #[cfg_attr(feature = "server", schema(max_length = 500))]
    pub name: String,
    /// How long it is.
    #[cfg_attr(feature = "server", schema(maximum = 9_007_199_254_740_991_i64))]
    pub bytes: u64,
    /// The event it belongs to; absent: the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderId>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<DocumentRequestId>,
    /// A document of this contact's own that it is a new version of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DocumentId>,
}

/// The reply to `POST documents/uploads` and to every part, `PATCH documents/uploads/{id}?offset=`; after a lost
/// connection `GET documents/uploads/{id}` tells where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Upload {
    pub id: UploadId,
    /// As the document will be called.
    pub name: String,
    pub bytes: u64,
    /// How much of it is there: where the next part begins.
    pub offset: u64,
    /// It can be gone on with until then.
    pub expires_at: Timestamp,
    /// What became of it, once all of it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The very same file was there before; `document` is that one, and no second one was made.
    #[serde(default)]
    pub already: bool,
}
