//! Ids: one type per noun. In JSON and addresses an id is its prefix, `_` and the 32
//! lower-case hex digits of a UUIDv7; both database engines can write that form themselves.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this kind")
    }
}

impl std::error::Error for NotAnId {}

fn write_id(prefix: &str, bytes: [u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{prefix}_{:032x}", u128::from_be_bytes(bytes))
}

fn parse_id(prefix: &str, text: &str) -> Result<[u8; 16], NotAnId> {
    let hex = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(NotAnId)?;
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if hex.len() != 32 || !hex.bytes().all(lower_hex) {
        return Err(NotAnId);
    }
    u128::from_str_radix(hex, 16)
        .map(u128::to_be_bytes)
        .map_err(|_| NotAnId)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            pub const fn bytes(self) -> [u8; 16] {
                self.0
            }
        }
        impl From<[u8; 16]> for $name {
            fn from(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }
        #[cfg(feature = "server")]
        impl $name {
            pub const fn into_uuid(self) -> uuid::Uuid {
                uuid::Uuid::from_bytes(self.0)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id($prefix, self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id($prefix, self.0, f)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse_id($prefix, text).map(Self)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(D::Error::custom)
            }
        }
        #[cfg(feature = "server")]
        crate::server::column!($name, uuid::Uuid, |id| uuid::Uuid::from_bytes(id.0), |uuid| Ok($name(uuid.into_bytes())));
        #[cfg(feature = "server")]
        crate::server::schema!($name, concat!("^", $prefix, "_[0-9a-f]{32}$"), concat!($prefix, "_0192f3a4b5c67d8e9fa0b1c2d3e4f506"));
    )*};
}

ids! {
    /// The tenant.
    StudioId = "std";
    /// A person of one or more studios who signs in to the admin.
    StaffId = "stf";
    /// A staff member's signed-in browser.
    StaffSessionId = "ssn";
    /// A set of staff that looks after certain clients.
    GroupId = "grp";
    /// The customer account of a studio.
    ClientId = "cli";
    /// One person of a client.
    ContactId = "con";
    /// A field of the studio's own making.
    FieldId = "fld";
    /// A contact's signed-in device.
    SessionId = "ses";
    /// A request for a one-time code.
    CodeId = "cod";
    /// A contact's direct link.
    LinkId = "lnk";
    /// Proof that a contact confirmed an act a moment ago.
    ProofId = "prf";
    /// An entry of the sign-in log.
    SignInId = "sin";
    /// An entry of the audit log.
    AuditId = "aud";
    /// A mail or SMS on its way out.
    OutboxId = "out";
    /// A mail template of the studio's own.
    MailTemplateId = "mtp";
    /// A mail that staff wrote to people of one client.
    MailId = "mai";
    /// A piece of work for a worker.
    JobId = "job";
    /// An invitation of many contacts at once.
    RunId = "run";
    /// A form of the studio's making.
    FormId = "frm";
    /// A form that chosen contacts are asked to fill in.
    AssignmentId = "asg";
    /// What contacts answered to a form.
    SubmissionId = "sub";
    /// A text that named signers sign.
    ContractId = "ctr";
    /// A text that contracts are begun from.
    ContractTemplateId = "ctp";
    /// One person's place for a signature under a contract.
    SignerId = "sgn";
    /// An offer to accept.
    QuoteId = "quo";
    /// What was bought.
    OrderId = "ord";
    /// What is owed.
    InvoiceId = "inv";
    /// A line of a quote, an order or an invoice.
    LineId = "lin";
    /// One instalment of an invoice.
    InstalmentId = "ins";
    /// Money that came in, or is on its way.
    PaymentId = "pay";
    /// Something that happened to a payment.
    PaymentEntryId = "pen";
    /// The part of a payment that an invoice uses up.
    AllocationId = "alc";
    /// A visit to the provider's page, to pay.
    CheckoutId = "chk";
    /// A statement of account.
    StatementId = "stm";
    /// Something with a date: a session, an event, an appointment.
    EventId = "evt";
    /// A kind of event.
    EventTypeId = "ety";
    /// What somebody works as at an event.
    CrewRoleId = "rol";
    /// A thing an event may need.
    ResourceId = "rsc";
    /// A client's wish to move or cancel an event.
    EventRequestId = "erq";
    /// A file that was uploaded.
    FileId = "fil";
    /// Clients from a file.
    ImportId = "imp";
    /// Somebody who works at events.
    CrewId = "crw";
    /// What crew can be qualified for.
    QualificationId = "qua";
    /// What a crew member is qualified for, with its certificate.
    CertificateId = "crt";
    /// A crew member's vehicle.
    VehicleId = "veh";
    /// One stretch of work on an event's roster.
    ShiftId = "shf";
    /// What an event asks its crew to be qualified for.
    RequirementId = "req";
    /// An address of a gate list.
    GateLinkId = "gat";
    /// A staff member's look at the portal as a contact sees it.
    ViewId = "viw";
    /// A document that studio and client share.
    DocumentId = "doc";
    /// What documents are put into.
    FolderId = "fdr";
    /// A document the studio asks for.
    DocumentRequestId = "drq";
    /// A document on its way in, part by part.
    UploadId = "upl";
    /// Something of a document that somebody is still to be told.
    DocumentNewsId = "dnw";
    /// What studio and client say to each other, about the account or about an event.
    ConversationId = "cnv";
    MessageId = "msg";
    /// An answer that staff have ready.
    SavedReplyId = "rpl";
    /// Something a contact or a staff member is told of.
    NotificationId = "ntf";
    /// Something an open page is to look at again.
    PulseId = "pls";
    /// What a studio lets the system do when something happens.
    AutomationId = "aut";
    /// One time an automation started, and what came of it.
    AutomationRunId = "aru";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let id = ClientId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string(), format!("cli_{}", "ab".repeat(16)));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_upper_case_short_or_signed_is_refused() {
        let hex = "ab".repeat(16);
        for text in [
            format!("con_{hex}"),
            format!("cli_{}", hex.to_uppercase()),
            format!("cli_{}", &hex[2..]),
            format!("cli_+{}", &hex[1..]),
            format!("cli{hex}"),
            String::new(),
        ] {
            assert_eq!(text.parse::<ClientId>(), Err(NotAnId), "{text}");
        }
    }
}
