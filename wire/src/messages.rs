//! Messages between a contact and the studio, and the stream that tells an open page of new ones.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, DocumentId, EventId, MessageId, Timestamp, documents::UploadRules};

/// The longest message, in characters.
pub const TEXT: usize = 5_000;
/// The most documents of one message.
pub const DOCUMENTS: usize = 10;
/// The most messages of one contact within a minute.
pub const A_MINUTE: i64 = 30;
/// The most streams one contact keeps open; another one ends the oldest.
pub const STREAMS: usize = 10;

/// `GET messages`: the section Messages. `?before=` goes on where the page before ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Conversations {
    /// The latest first, at most 50. The client's own is always among those of the first page, even with nothing in it.
    pub conversations: Vec<ListedConversation>,
    /// Messages this contact has not seen, in all conversations; at most 100.
    pub unread: u32,
    /// Goes back as `before` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedConversation {
    pub id: ConversationId,
    /// The event's; absent for the client's own conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Absent where nobody wrote yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastMessage>,
    /// Messages this contact has not seen; at most 100.
    pub unread: u32,
}

/// The newest message, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LastMessage {
    /// The beginning of its text, on one line; of one without text the name of what was attached.
    pub text: String,
    pub by: String,
    pub from_studio: bool,
    pub at: Timestamp,
}

/// `GET messages/{id}?before=`: the newest 50 messages, or those before; the reply to `POST messages/of/{event}` as well.
/// Looking changes nothing: `POST messages/{id}/seen` says how far somebody has read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Conversation {
    pub id: ConversationId,
    /// As in [`ListedConversation`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// The oldest first.
    pub messages: Vec<Message>,
    /// Goes back as `before` for the messages before these; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Messages this contact has not seen; at most 100.
    pub unread: u32,
    /// What can be attached: upload it by `POST documents/uploads` (with `event`, where the conversation has one), then
    /// name the document. Absent: this contact attaches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadRules>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub from_studio: bool,
    /// Written by this contact.
    pub own: bool,
    /// Who wrote it.
    pub by: String,
    /// Plain text; addresses in it may be shown as links.
    pub text: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// When the other side first saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
}

/// A document that went along; `GET documents/{id}` gives the addresses it is saved from and looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: DocumentId,
    pub name: String,
    /// The media type, from its content.
    pub kind: String,
    pub bytes: u64,
    /// It can be opened and saved.
    pub open: bool,
    /// There is a preview to ask for.
    pub has_preview: bool,
}

/// `POST messages/{id}`, with an `Idempotency-Key`: the same once more is the same message, written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// May be empty where something is attached.
    #[cfg_attr(feature = "server", schema(max_length = 5000))]
    #[serde(default)]
    pub text: String,
    /// Documents this contact sees, its own uploads among them.
    #[cfg_attr(feature = "server", schema(max_items = 10))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentId>,
}

/// `POST messages/{id}/seen`: this contact has read up to this message. The reply is a [`Pulse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkSeen {
    pub last: MessageId,
}

/// `POST live`: a ticket for one stream of server-sent events, `GET live?ticket=`. It is good for a minute, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LiveTicket {
    pub ticket: String,
}

/// What an open page is told: the data of each event of the stream, the first one at once; and `GET pulse`, for whoever
/// has no stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Pulse {
    /// At most 100.
    pub unread_messages: u32,
    /// At most 100.
    pub unread_notifications: u32,
    /// Where something was written or read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}
