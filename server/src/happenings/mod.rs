//! What happens to a client, told once in the transaction of the act: automations start from here, and notices are
//! written from here. Whoever acts says what happened; who does something about it is nothing to them.

pub mod store;

use portico_wire::{
    AssignmentId, ClientId, ContactId, ContractId, DocumentId, DocumentRequestId, EventId,
    InvoiceId, PaymentId, QuoteId, Right, SubmissionId, Timestamp,
};
use uuid::Uuid;

use crate::{Result, audit::Actor, automations, db::StudioTx};

/// What can happen. Those by the clock are told by workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    ClientAdded,
    EventRequested,
    /// A client asks to move or cancel.
    EventChangeRequested,
    EventConfirmed,
    EventChanged,
    EventCancelled,
    /// By the clock.
    EventOver,
    FormAssigned,
    FormSubmitted,
    ContractSent,
    ContractOpened,
    /// By one of its signers.
    ContractSigned,
    /// Signed by everybody.
    ContractCompleted,
    ContractDeclined,
    /// By the clock: the last day to sign is near.
    ContractExpiring,
    QuoteSent,
    QuoteAccepted,
    QuoteDeclined,
    InvoiceIssued,
    /// By the clock: three days before an instalment is due.
    InvoiceDueSoon,
    /// By the clock: the day after.
    InvoiceOverdue,
    InvoicePaid,
    PaymentReceived,
    PaymentRefunded,
    DocumentShared,
    DocumentUploaded,
    DocumentRequested,
    PortalInvited,
    FirstSignIn,
    DetailsUpdated,
    /// One of the client's contacts wrote.
    MessageReceived,
    /// The studio wrote.
    MessageSent,
    /// By the clock: a client's message nobody answered.
    MessageUnanswered,
}

impl What {
    pub const ALL: &[Self] = &[
        Self::ClientAdded,
        Self::EventRequested,
        Self::EventChangeRequested,
        Self::EventConfirmed,
        Self::EventChanged,
        Self::EventCancelled,
        Self::EventOver,
        Self::FormAssigned,
        Self::FormSubmitted,
        Self::ContractSent,
        Self::ContractOpened,
        Self::ContractSigned,
        Self::ContractCompleted,
        Self::ContractDeclined,
        Self::ContractExpiring,
        Self::QuoteSent,
        Self::QuoteAccepted,
        Self::QuoteDeclined,
        Self::InvoiceIssued,
        Self::InvoiceDueSoon,
        Self::InvoiceOverdue,
        Self::InvoicePaid,
        Self::PaymentReceived,
        Self::PaymentRefunded,
        Self::DocumentShared,
        Self::DocumentUploaded,
        Self::DocumentRequested,
        Self::PortalInvited,
        Self::FirstSignIn,
        Self::DetailsUpdated,
        Self::MessageReceived,
        Self::MessageSent,
        Self::MessageUnanswered,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientAdded => "client_added",
            Self::EventRequested => "event_requested",
            Self::EventChangeRequested => "event_change_requested",
            Self::EventConfirmed => "event_confirmed",
            Self::EventChanged => "event_changed",
            Self::EventCancelled => "event_cancelled",
            Self::EventOver => "event_over",
            Self::FormAssigned => "form_assigned",
            Self::FormSubmitted => "form_submitted",
            Self::ContractSent => "contract_sent",
            Self::ContractOpened => "contract_opened",
            Self::ContractSigned => "contract_signed",
            Self::ContractCompleted => "contract_completed",
            Self::ContractDeclined => "contract_declined",
            Self::ContractExpiring => "contract_expiring",
            Self::QuoteSent => "quote_sent",
            Self::QuoteAccepted => "quote_accepted",
            Self::QuoteDeclined => "quote_declined",
            Self::InvoiceIssued => "invoice_issued",
            Self::InvoiceDueSoon => "invoice_due_soon",
            Self::InvoiceOverdue => "invoice_overdue",
            Self::InvoicePaid => "invoice_paid",
            Self::PaymentReceived => "payment_received",
            Self::PaymentRefunded => "payment_refunded",
            Self::DocumentShared => "document_shared",
            Self::DocumentUploaded => "document_uploaded",
            Self::DocumentRequested => "document_requested",
            Self::PortalInvited => "portal_invited",
            Self::FirstSignIn => "first_sign_in",
            Self::DetailsUpdated => "details_updated",
            Self::MessageReceived => "message_received",
            Self::MessageSent => "message_sent",
            Self::MessageUnanswered => "message_unanswered",
        }
    }

    /// The section of the portal that shows it: whoever may not see that is told nothing of it.
    pub const fn section(self) -> Right {
        match self {
            Self::ClientAdded | Self::PortalInvited | Self::FirstSignIn => Right::Home,
            Self::DetailsUpdated => Right::PersonalInfo,
            Self::EventRequested
            | Self::EventChangeRequested
            | Self::EventConfirmed
            | Self::EventChanged
            | Self::EventCancelled
            | Self::EventOver => Right::Events,
            Self::FormAssigned
            | Self::FormSubmitted
            | Self::ContractSent
            | Self::ContractOpened
            | Self::ContractSigned
            | Self::ContractCompleted
            | Self::ContractDeclined
            | Self::ContractExpiring => Right::FormsAndContracts,
            Self::QuoteSent | Self::QuoteAccepted | Self::QuoteDeclined => Right::QuotesAndOrders,
            Self::InvoiceIssued
            | Self::InvoiceDueSoon
            | Self::InvoiceOverdue
            | Self::InvoicePaid => Right::Invoices,
            Self::PaymentReceived | Self::PaymentRefunded => Right::Payments,
            Self::DocumentShared | Self::DocumentUploaded | Self::DocumentRequested => {
                Right::Documents
            }
            Self::MessageReceived | Self::MessageSent | Self::MessageUnanswered => Right::Messages,
        }
    }
}

portico_wire::text_column!(What);

/// What it happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    Client(ClientId),
    Contact(ContactId),
    Event(EventId),
    Questionnaire(AssignmentId),
    Submission(SubmissionId),
    Contract(ContractId),
    Quote(QuoteId),
    Invoice(InvoiceId),
    Payment(PaymentId),
    Document(DocumentId),
    DocumentRequest(DocumentRequestId),
    Conversation(Uuid),
}

impl Item {
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Client(_) => "client",
            Self::Contact(_) => "contact",
            Self::Event(_) => "event",
            Self::Questionnaire(_) => "questionnaire",
            Self::Submission(_) => "submission",
            Self::Contract(_) => "contract",
            Self::Quote(_) => "quote",
            Self::Invoice(_) => "invoice",
            Self::Payment(_) => "payment",
            Self::Document(_) => "document",
            Self::DocumentRequest(_) => "document_request",
            Self::Conversation(_) => "conversation",
        }
    }

    pub const fn id(self) -> Uuid {
        match self {
            Self::Client(id) => id.into_uuid(),
            Self::Contact(id) => id.into_uuid(),
            Self::Event(id) => id.into_uuid(),
            Self::Questionnaire(id) => id.into_uuid(),
            Self::Submission(id) => id.into_uuid(),
            Self::Contract(id) => id.into_uuid(),
            Self::Quote(id) => id.into_uuid(),
            Self::Invoice(id) => id.into_uuid(),
            Self::Payment(id) => id.into_uuid(),
            Self::Document(id) => id.into_uuid(),
            Self::DocumentRequest(id) => id.into_uuid(),
            Self::Conversation(id) => id,
        }
    }

    /// As it was stored.
    pub fn of(kind: &str, id: Uuid) -> Option<Self> {
        let bytes = id.into_bytes();
        Some(match kind {
            "client" => Self::Client(bytes.into()),
            "contact" => Self::Contact(bytes.into()),
            "event" => Self::Event(bytes.into()),
            "questionnaire" => Self::Questionnaire(bytes.into()),
            "submission" => Self::Submission(bytes.into()),
            "contract" => Self::Contract(bytes.into()),
            "quote" => Self::Quote(bytes.into()),
            "invoice" => Self::Invoice(bytes.into()),
            "payment" => Self::Payment(bytes.into()),
            "document" => Self::Document(bytes.into()),
            "document_request" => Self::DocumentRequest(bytes.into()),
            "conversation" => Self::Conversation(id),
            _ => return None,
        })
    }

    /// What the section of the portal opens for it, as the lists of the portal do; empty: the section itself.
    pub fn path(self) -> String {
        match self {
            Self::Client(_) | Self::Contact(_) | Self::Payment(_) | Self::Document(_) => {
                String::new()
            }
            Self::Event(id) => format!("events/{id}"),
            Self::Questionnaire(id) => format!("questionnaires/{id}"),
            Self::Submission(id) => format!("submissions/{id}"),
            Self::Contract(id) => format!("contracts/{id}"),
            Self::Quote(id) => format!("quotes/{id}"),
            Self::Invoice(id) => format!("invoices/{id}"),
            Self::DocumentRequest(id) => format!("requests/{id}"),
            Self::Conversation(id) => format!("conversations/{}", id.simple()),
        }
    }
}

/// Money, in the smallest unit of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    pub minor: i64,
    pub currency: String,
}

impl Amount {
    pub fn new(minor: i64, currency: &str) -> Self {
        Self {
            minor,
            currency: currency.to_owned(),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened<'a> {
    pub what: What,
    pub client: ClientId,
    /// Who did it.
    pub by: &'a Actor,
    pub item: Item,
    pub title: String,
    /// The contacts it concerns; None: all who may see it.
    pub contacts: Option<Vec<ContactId>>,
    pub amount: Option<Amount>,
    /// The day it is about, `2027-05-22`: of an event, the first; of what waits for somebody, the last.
    pub day: Option<String>,
    /// Which time, of what can happen to a thing again; empty: it happens once.
    pub occurrence: String,
}

impl<'a> Happened<'a> {
    pub fn new(
        what: What,
        client: ClientId,
        by: &'a Actor,
        item: Item,
        title: impl Into<String>,
    ) -> Self {
        Self {
            what,
            client,
            by,
            item,
            title: title.into(),
            contacts: None,
            amount: None,
            day: None,
            occurrence: String::new(),
        }
    }

    pub fn to(mut self, contacts: Vec<ContactId>) -> Self {
        self.contacts = Some(contacts);
        self
    }

    pub fn amount(mut self, minor: i64, currency: &str) -> Self {
        self.amount = Some(Amount::new(minor, currency));
        self
    }

    pub fn day(mut self, day: Option<String>) -> Self {
        self.day = day;
        self
    }

    /// It can happen to the same thing again: `which` tells the times apart.
    pub fn again(mut self, which: impl ToString) -> Self {
        self.occurrence = which.to_string();
        self
    }

    pub fn again_at(self, at: Timestamp) -> Self {
        self.again(at.micros())
    }
}

/// Something happened: whatever is to follow from it begins in this transaction.
pub async fn tell(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<()> {
    automations::start(tx, happened).await
}

/// The same for what is noticed by the clock: told the first time it is noticed.
pub async fn tell_once(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<()> {
    if store::take(tx, happened).await? {
        tell(tx, happened).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_back_as_it_was_stored() {
        let id = Uuid::from_bytes([7; 16]);
        for kind in [
            "client",
            "contact",
            "event",
            "questionnaire",
            "submission",
            "contract",
            "quote",
            "invoice",
            "payment",
            "document",
            "document_request",
            "conversation",
        ] {
            let item = Item::of(kind, id).unwrap();
            assert_eq!((item.kind(), item.id()), (kind, id));
        }
        assert_eq!(Item::of("weather", id), None);
    }

    #[test]
    fn everything_that_can_happen_has_a_name_of_its_own() {
        let mut names: Vec<_> = What::ALL.iter().map(|what| what.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), What::ALL.len());
    }
}
