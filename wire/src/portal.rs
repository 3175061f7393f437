//! The first screen after sign-in.

use serde::{Deserialize, Serialize};

use crate::{
    Right, Rights, access::Me, clients::ClientKind, events::ListedEvent, payments::Due,
    studios::StudioSettings,
};

/// `GET home`, and inside every [`crate::access::SignIn::In`]: all the first screen shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Home {
    pub studio: StudioSettings,
    pub me: Me,
    pub client: HomeClient,
    /// The studio's words below the contact's name: plain text, lines kept, `{first_name}` filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
    /// The sections this contact has, in the studio's order.
    #[serde(default)]
    pub sections: Vec<SectionLabel>,
    /// The studio's buttons, in its order: those this contact can use.
    #[serde(default)]
    pub actions: Vec<PortalAction>,
    /// Sections and acts this contact has; a section not in the list is not there.
    pub rights: Rights,
    /// What waits for this contact, the next due first.
    #[serde(default)]
    pub todo: Vec<Todo>,
    /// "Total due" for each currency; empty where nothing is owed, or where this contact does not see it.
    #[serde(default)]
    pub due: Vec<Due>,
    /// The next event that will take place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_event: Option<ListedEvent>,
    /// Events that wait for the studio: bookings it has not confirmed, wishes it has not answered.
    #[serde(default)]
    pub event_requests: Vec<ListedEvent>,
    /// Documents that were shared with this contact and that it has not opened yet.
    #[serde(default)]
    pub new_documents: u32,
    /// Messages of the studio that this contact has not seen yet; 0 where it does not see messages.
    #[serde(default)]
    pub unread_messages: u32,
    /// Notifications it has not seen yet, at most 100.
    #[serde(default)]
    pub unread_notifications: u32,
    /// The staff member who looks at this portal as the contact sees it: nothing can be changed, and the
    /// screen says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewed_by: Option<String>,
}

/// A section in the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SectionLabel {
    pub section: Right,
    /// The studio's own name for it; absent: the one of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A button the studio offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PortalAction {
    /// Stays the same while the studio edits it.
    pub id: String,
    /// In the studio's words.
    pub label: String,
    pub icon: ActionIcon,
    pub to: ActionTarget,
}

/// Where a button leads. Neither needs a call of its own: what opens is asked for by its own path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActionTarget {
    /// A place in the portal. `path` is what of the section is open, as the section's own screens name it, and empty for its
    /// list: `events/booking/form` (events), `forms/{id}` (forms and contracts), `documents/{id}` (documents),
    /// `payments/form?of={currency}` (invoices, where something is owed).
    Go {
        section: Right,
        #[serde(default)]
        path: String,
    },
    /// An address elsewhere, `https:`, `mailto:` or `tel:`. It opens in a tab of its own, with `rel="noopener"`.
    Link { url: String },
}

/// The picture on a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActionIcon {
    Calendar,
    Card,
    Message,
    Form,
    Document,
    Upload,
    Link,
    Phone,
    Mail,
    Star,
    Heart,
    Camera,
    Gift,
}

impl ActionIcon {
    pub const ALL: &[Self] = &[
        Self::Calendar,
        Self::Card,
        Self::Message,
        Self::Form,
        Self::Document,
        Self::Upload,
        Self::Link,
        Self::Phone,
        Self::Mail,
        Self::Star,
        Self::Heart,
        Self::Camera,
        Self::Gift,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Card => "card",
            Self::Message => "message",
            Self::Form => "form",
            Self::Document => "document",
            Self::Upload => "upload",
            Self::Link => "link",
            Self::Phone => "phone",
            Self::Mail => "mail",
            Self::Star => "star",
            Self::Heart => "heart",
            Self::Camera => "camera",
            Self::Gift => "gift",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Todo {
    pub kind: TodoKind,
    /// Of the questionnaire, contract, quote or request for a document.
    pub id: String,
    pub title: String,
    /// The last day by the studio's calendar, `2027-05-22`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TodoKind {
    /// To fill in.
    Questionnaire,
    /// To sign: it is this contact's turn.
    Contract,
    /// To accept or decline.
    Quote,
    /// To send: the studio asks for it.
    Document,
}

#[cfg(feature = "server")]
crate::text_column!(TodoKind);

impl TodoKind {
    pub const ALL: &[Self] = &[
        Self::Questionnaire,
        Self::Contract,
        Self::Quote,
        Self::Document,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Questionnaire => "questionnaire",
            Self::Contract => "contract",
            Self::Quote => "quote",
            Self::Document => "document",
        }
    }

    /// The section it stands in.
    pub const fn section(self) -> Right {
        match self {
            Self::Questionnaire | Self::Contract => Right::FormsAndContracts,
            Self::Quote => Right::QuotesAndOrders,
            Self::Document => Right::Documents,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HomeClient {
    pub name: String,
    pub kind: ClientKind,
}
