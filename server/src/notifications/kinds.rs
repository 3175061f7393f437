//! Which mails can be switched off, and what staff are told of.

use portico_wire::notifications::NotificationKind;
use serde_json::Value;

/// The kind of a contact's mail that can be switched off: reminders, messages, news and invoices, which wait in the portal
/// too. What else asks for something the first time, and what somebody must have, comes always.
pub fn of_contact_mail(template: &str, params: &Value) -> Option<NotificationKind> {
    Some(match template {
        "message" => NotificationKind::Message,
        "questionnaire_reminder" => NotificationKind::Questionnaire,
        "contract_reminder" => NotificationKind::Contract,
        "quote_reminder" => NotificationKind::Quote,
        "event_news" if params["news"] == "reminder" => NotificationKind::Event,
        "invoice" | "due_reminder" => NotificationKind::Invoice,
        "documents_shared" => NotificationKind::Document,
        "document_reminder" => NotificationKind::DocumentRequest,
        _ => return None,
    })
}

/// What a contact reads beside the box for mails of a kind; none where mails of that kind always come.
pub const fn mail_label(kind: NotificationKind) -> Option<&'static str> {
    Some(match kind {
        NotificationKind::Message => "Messages from the studio",
        NotificationKind::Questionnaire => "Reminders of forms to fill in",
        NotificationKind::Contract => "Reminders of contracts to sign",
        NotificationKind::Quote => "Reminders of quotes",
        NotificationKind::Event => "Reminders of events",
        NotificationKind::Invoice => "Invoices, and reminders of what is due",
        NotificationKind::Document => "New documents",
        NotificationKind::DocumentRequest => "Reminders of documents to send",
        NotificationKind::Payment => return None,
    })
}

/// What a contact reads beside the box for notifications of a kind; messages have a count of their own.
pub const fn screen_label(kind: NotificationKind) -> Option<&'static str> {
    Some(match kind {
        NotificationKind::Message => return None,
        NotificationKind::Questionnaire => "Forms to fill in",
        NotificationKind::Contract => "Contracts",
        NotificationKind::Quote => "Quotes",
        NotificationKind::Event => "Events",
        NotificationKind::Invoice => "Invoices",
        NotificationKind::Payment => "Payments",
        NotificationKind::Document => "New documents",
        NotificationKind::DocumentRequest => "Documents to send",
    })
}

/// What staff are told of: what clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffKind {
    Message,
    Event,
    Form,
    Contract,
    Quote,
    Payment,
    Document,
    Details,
    SignIn,
    /// A rule of the studio's own says so.
    Rule,
}

impl StaffKind {
    pub const ALL: &[Self] = &[
        Self::Message,
        Self::Event,
        Self::Form,
        Self::Contract,
        Self::Quote,
        Self::Payment,
        Self::Document,
        Self::Details,
        Self::SignIn,
        Self::Rule,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Event => "event",
            Self::Form => "form",
            Self::Contract => "contract",
            Self::Quote => "quote",
            Self::Payment => "payment",
            Self::Document => "document",
            Self::Details => "details",
            Self::SignIn => "sign_in",
            Self::Rule => "rule",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Message => "Messages",
            Self::Event => "Bookings and wishes about events",
            Self::Form => "Forms that were filled in",
            Self::Contract => "Contracts signed or declined",
            Self::Quote => "Quotes accepted or declined",
            Self::Payment => "Payments",
            Self::Document => "Documents that came in",
            Self::Details => "Details a client changed",
            Self::SignIn => "First sign-ins",
            Self::Rule => "What your automations tell you",
        }
    }

    /// Mails of this kind exist and can be switched off.
    pub const fn has_mail(self) -> bool {
        !matches!(self, Self::SignIn | Self::Rule)
    }
}

portico_wire::text_column!(StaffKind);

/// The kind of a mail to staff.
pub fn of_staff_mail(template: &str) -> Option<StaffKind> {
    Some(match template {
        "message_staff" => StaffKind::Message,
        "event_staff" => StaffKind::Event,
        "submission" => StaffKind::Form,
        "contract_staff" => StaffKind::Contract,
        "quote_accepted_staff" | "quote_declined" => StaffKind::Quote,
        "payment_staff" => StaffKind::Payment,
        "documents_staff" => StaffKind::Document,
        "profile_changed" => StaffKind::Details,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j3_what_somebody_must_have_cannot_be_switched_off() {
        let nothing = Value::Null;
        for template in [
            "code",
            "code_proof",
            "code_email",
            "invitation",
            "reset",
            "password_changed",
            "password_set",
            "generated_password",
            "email_changed",
            "contract",
            "contract_done",
            "contract_closed",
            "quote",
            "quote_accepted",
            "payment_receipt",
            "payment_news",
            "event_news",
            "questionnaire",
            "document_request",
            "submission_received",
        ] {
            assert_eq!(of_contact_mail(template, &nothing), None, "{template}");
        }
    }

    #[test]
    fn what_can_be_switched_has_a_label_where_it_can() {
        for kind in NotificationKind::ALL {
            assert!(mail_label(*kind).is_some() || screen_label(*kind).is_some());
        }
    }
}
