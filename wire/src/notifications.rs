//! What happened that a contact wants to know of, and how it wants to hear.

use serde::{Deserialize, Serialize};

use crate::{NotificationId, Right, Timestamp};

/// The most notifications named at once.
pub const AT_ONCE: usize = 100;

/// What a notification is about. What somebody must get, such as codes, invitations and receipts, is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// The studio wrote; on the screen messages have a count of their own.
    Message,
    /// To fill in.
    Questionnaire,
    /// To sign, or signed by all.
    Contract,
    /// To accept or decline.
    Quote,
    /// Confirmed, changed, cancelled, or an answer to a wish.
    Event,
    /// Issued.
    Invoice,
    /// Received, failed, paid back.
    Payment,
    /// Shared.
    Document,
    /// Asked for.
    DocumentRequest,
}

impl NotificationKind {
    pub const ALL: &[Self] = &[
        Self::Message,
        Self::Questionnaire,
        Self::Contract,
        Self::Quote,
        Self::Event,
        Self::Invoice,
        Self::Payment,
        Self::Document,
        Self::DocumentRequest,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Questionnaire => "questionnaire",
            Self::Contract => "contract",
            Self::Quote => "quote",
            Self::Event => "event",
            Self::Invoice => "invoice",
            Self::Payment => "payment",
            Self::Document => "document",
            Self::DocumentRequest => "document_request",
        }
    }

    /// The section its items stand in: without it nothing of the kind is shown.
    pub const fn section(self) -> Right {
        match self {
            Self::Message => Right::Messages,
            Self::Questionnaire | Self::Contract => Right::FormsAndContracts,
            Self::Quote => Right::QuotesAndOrders,
            Self::Event => Right::Events,
            Self::Invoice => Right::Invoices,
            Self::Payment => Right::Payments,
            Self::Document | Self::DocumentRequest => Right::Documents,
        }
    }
}

#[cfg(feature = "server")]
crate::text_column!(NotificationKind);

/// `GET notifications`: the section Notifications, the latest first, at most 50. `?before=` goes on where the page before
/// ended. `GET` and `POST notifications/form` are a prompt: what comes by mail, and what is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Notifications {
    pub notifications: Vec<Notification>,
    /// At most 100.
    pub unread: u32,
    /// Goes back as `before` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Something that happened, about an item this contact sees at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Notification {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub title: String,
    /// May be empty.
    pub text: String,
    pub at: Timestamp,
    pub seen: bool,
    /// Where its item is: a section, and in it a path of the API, after the studio's address (`contracts/ctr_…`).
    pub section: Right,
    pub path: String,
}

/// `POST notifications/seen`: some of them, or all. The reply is a [`crate::messages::Pulse`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeeNotifications {
    #[cfg_attr(feature = "server", schema(max_items = 100))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<NotificationId>,
    #[serde(default)]
    pub all: bool,
}
