//! What automations wait for: something that happens, or a date that comes.

use crate::happenings::What;

/// A date something has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOf {
    Event,
    Questionnaire,
    Contract,
    Quote,
    Invoice,
}

impl DateOf {
    pub const ALL: &[Self] = &[
        Self::Event,
        Self::Questionnaire,
        Self::Contract,
        Self::Quote,
        Self::Invoice,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "event_day",
            Self::Questionnaire => "questionnaire_due",
            Self::Contract => "contract_last_day",
            Self::Quote => "quote_last_day",
            Self::Invoice => "invoice_due",
        }
    }
}

/// What an automation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    Happens(What),
    Comes(DateOf),
}

impl Trigger {
    /// What there is to choose from, in the order of the page.
    pub const ALL: &[Self] = &[
        Self::Happens(What::ClientAdded),
        Self::Happens(What::EventRequested),
        Self::Happens(What::EventConfirmed),
        Self::Happens(What::EventChangeRequested),
        Self::Happens(What::EventChanged),
        Self::Happens(What::EventCancelled),
        Self::Comes(DateOf::Event),
        Self::Happens(What::EventOver),
        Self::Happens(What::FormAssigned),
        Self::Comes(DateOf::Questionnaire),
        Self::Happens(What::FormSubmitted),
        Self::Happens(What::ContractSent),
        Self::Happens(What::ContractOpened),
        Self::Happens(What::ContractSigned),
        Self::Happens(What::ContractCompleted),
        Self::Happens(What::ContractDeclined),
        Self::Comes(DateOf::Contract),
        Self::Happens(What::ContractExpiring),
        Self::Happens(What::QuoteSent),
        Self::Comes(DateOf::Quote),
        Self::Happens(What::QuoteAccepted),
        Self::Happens(What::QuoteDeclined),
        Self::Happens(What::InvoiceIssued),
        Self::Comes(DateOf::Invoice),
        Self::Happens(What::InvoiceOverdue),
        Self::Happens(What::InvoicePaid),
        Self::Happens(What::PaymentReceived),
        Self::Happens(What::PaymentRefunded),
        Self::Happens(What::DocumentShared),
        Self::Happens(What::DocumentUploaded),
        Self::Happens(What::DocumentRequested),
        Self::Happens(What::PortalInvited),
        Self::Happens(What::FirstSignIn),
        Self::Happens(What::DetailsUpdated),
        Self::Happens(What::MessageReceived),
        Self::Happens(What::MessageUnanswered),
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Happens(what) => what.name(),
            Self::Comes(date) => date.name(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }

    pub const fn is_date(self) -> bool {
        matches!(self, Self::Comes(_))
    }

    /// "When …"
    pub const fn said(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "an event comes up",
            Self::Comes(DateOf::Questionnaire) => "a questionnaire’s last day comes",
            Self::Comes(DateOf::Contract) => "the last day to sign a contract comes",
            Self::Comes(DateOf::Quote) => "a quote’s last day comes",
            Self::Comes(DateOf::Invoice) => "an invoice or a part of it is due",
            Self::Happens(what) => said(what),
        }
    }

    /// The date it counts from, in "three days before …".
    pub const fn date_said(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "the event",
            Self::Comes(DateOf::Invoice) => "the due date",
            _ => "that day",
        }
    }

    /// Where it stands among the others on the page.
    pub const fn family(self) -> &'static str {
        match self {
            Self::Comes(DateOf::Event) => "Events",
            Self::Comes(DateOf::Questionnaire) => "Questionnaires",
            Self::Comes(DateOf::Contract) => "Contracts",
            Self::Comes(DateOf::Quote) => "Quotes",
            Self::Comes(DateOf::Invoice) => "Invoices and payments",
            Self::Happens(what) => match what {
                What::ClientAdded
                | What::DetailsUpdated
                | What::PortalInvited
                | What::FirstSignIn => "Clients and the portal",
                What::EventRequested
                | What::EventChangeRequested
                | What::EventConfirmed
                | What::EventChanged
                | What::EventCancelled
                | What::EventOver => "Events",
                What::FormAssigned | What::FormSubmitted => "Questionnaires",
                What::ContractSent
                | What::ContractOpened
                | What::ContractSigned
                | What::ContractCompleted
                | What::ContractDeclined
                | What::ContractExpiring => "Contracts",
                What::QuoteSent | What::QuoteAccepted | What::QuoteDeclined => "Quotes",
                What::InvoiceIssued
                | What::InvoiceDueSoon
                | What::InvoiceOverdue
                | What::InvoicePaid
                | What::PaymentReceived
                | What::PaymentRefunded => "Invoices and payments",
                What::DocumentShared | What::DocumentUploaded | What::DocumentRequested => {
                    "Documents"
                }
                What::MessageReceived | What::MessageSent | What::MessageUnanswered => "Messages",
            },
        }
    }

    /// Whether there is an event whose type can be asked for.
    pub const fn has_event(self) -> bool {
        matches!(
            self,
            Self::Comes(DateOf::Event)
                | Self::Happens(
                    What::EventRequested
                        | What::EventChangeRequested
                        | What::EventConfirmed
                        | What::EventChanged
                        | What::EventCancelled
                        | What::EventOver
                )
        )
    }
}

const fn said(what: What) -> &'static str {
    match what {
        What::ClientAdded => "a client is added by hand",
        What::EventRequested => "a client books an event",
        What::EventChangeRequested => "a client asks to move or cancel an event",
        What::EventConfirmed => "an event is confirmed",
        What::EventChanged => "an event is moved or changed",
        What::EventCancelled => "an event is cancelled",
        What::EventOver => "an event is over",
        What::FormAssigned => "a questionnaire is sent",
        What::FormSubmitted => "a form is filled in",
        What::ContractSent => "a contract is sent",
        What::ContractOpened => "a contract is opened by a signer",
        What::ContractSigned => "one signer signs a contract",
        What::ContractCompleted => "a contract is signed by everybody",
        What::ContractDeclined => "a contract is declined",
        What::ContractExpiring => "a contract is about to run out",
        What::QuoteSent => "a quote is sent",
        What::QuoteAccepted => "a quote is accepted",
        What::QuoteDeclined => "a quote is declined",
        What::InvoiceIssued => "an invoice is issued",
        What::InvoiceDueSoon => "an invoice is due in three days",
        What::InvoiceOverdue => "an invoice is overdue",
        What::InvoicePaid => "an invoice is paid in full",
        What::PaymentReceived => "a payment arrives",
        What::PaymentRefunded => "a payment is refunded",
        What::DocumentShared => "a document is shared",
        What::DocumentUploaded => "a client sends a document",
        What::DocumentRequested => "a client is asked for a document",
        What::PortalInvited => "somebody is invited to the portal",
        What::FirstSignIn => "somebody signs in for the first time",
        What::DetailsUpdated => "a client changes its details",
        What::MessageReceived => "a client writes a message",
        What::MessageSent => "the studio writes a message",
        What::MessageUnanswered => "a message waits for an answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l17_every_trigger_is_offered_once_and_read_back_by_its_name() {
        let mut names: Vec<_> = Trigger::ALL.iter().map(|one| one.name()).collect();
        for (trigger, name) in Trigger::ALL.iter().zip(&names) {
            assert_eq!(Trigger::parse(name), Some(*trigger));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Trigger::ALL.len());
    }
}
