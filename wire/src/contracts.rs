//! Contracts in the portal: what is to be signed, signing it, and what was signed.

use serde::{Deserialize, Serialize};

use crate::{ContractId, SignerId, Timestamp, forms::Signature, papers::Node};

/// Where a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContractState {
    /// Written and not sent; never in the portal.
    Draft,
    Sent,
    /// A signer has looked at it.
    Opened,
    PartlySigned,
    /// By every signer of the client's side; the studio's own signature may be outstanding.
    Signed,
    Countersigned,
    Declined,
    Expired,
    /// Withdrawn by the studio, or replaced by a new version.
    Voided,
}

impl ContractState {
    pub const ALL: &[Self] = &[
        Self::Draft,
        Self::Sent,
        Self::Opened,
        Self::PartlySigned,
        Self::Signed,
        Self::Countersigned,
        Self::Declined,
        Self::Expired,
        Self::Voided,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Opened => "opened",
            Self::PartlySigned => "partly_signed",
            Self::Signed => "signed",
            Self::Countersigned => "countersigned",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }

    /// Signers may still sign or decline.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Opened | Self::PartlySigned)
    }
}

#[cfg(feature = "server")]
crate::text_column!(ContractState);

/// What a contact has to do with a contract right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MyPart {
    /// It is this contact's turn to sign.
    Sign,
    /// Somebody signs before.
    Wait,
    Signed,
    /// Sees it, and signs nothing (sees everything of the client), or it is closed.
    Read,
}

/// A contract in the list, part of `GET forms`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListedContract {
    pub id: ContractId,
    pub title: String,
    pub state: ContractState,
    pub part: MyPart,
    pub sent_at: Timestamp,
    /// It can be signed before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was signed by all, declined, expired or voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

/// `GET contracts/{id}`, and the reply to each act on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Contract {
    #[serde(flatten)]
    pub listed: ListedContract,
    /// What is signed, and nothing else.
    pub text: Vec<Node>,
    /// SHA-256 of what is signed, 64 hex digits; goes back with the signature.
    pub hash: String,
    /// What a signer agrees to by signing electronically, in the words recorded with the signature.
    pub consent: String,
    /// A fresh code proves who signs (act `sign` of `POST proof`).
    pub asks_code: bool,
    pub signers: Vec<Signer>,
    /// Why it was declined or voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The version that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<ContractId>,
    /// Where the PDF is saved from; absent while it is being made. Good for ten minutes and as long as the session
    /// lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    /// What happened to it, the oldest first.
    pub log: Vec<Happening>,
}

/// Somebody's place under the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Signer {
    pub id: SignerId,
    pub name: String,
    /// What staff call the place: "Client", "Parent".
    pub role: String,
    /// The contact who asks.
    pub you: bool,
    /// The studio's own signature.
    pub studio: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_at: Option<Timestamp>,
    /// The name as it was typed; a drawn one is in the PDF alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Happening {
    pub at: Timestamp,
    /// `sent`, `opened`, `read`, `signed`, `declined`, `countersigned`, `expired`, `voided`, `reminded`.
    pub what: String,
    /// The name of who did it; absent: the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// `POST contracts/{id}/sign`; the header `Idempotency-Key` names the act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The hash of what was shown.
    #[cfg_attr(feature = "server", schema(min_length = 64, max_length = 64))]
    pub hash: String,
    /// The signer pressed "I agree" beside the words of `consent`.
    pub agreed: bool,
    /// The signer's name as the signer writes it, or a drawing; the same as in a form.
    pub signature: Signature,
    /// The proof of who signs; absent where the studio asks none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(max_length = 200))]
    pub proof: Option<String>,
}

/// `POST contracts/{id}/decline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decline {
    #[cfg_attr(feature = "server", schema(min_length = 1, max_length = 2000))]
    pub reason: String,
}
