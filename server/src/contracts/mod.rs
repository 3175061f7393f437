//! Contracts: texts that named signers sign in the portal, and the evidence that they did. The rules stand here
//! and are pure; what is signed is frozen by the database itself.

pub mod admin;
pub mod api;
pub mod certificate;
pub mod draft;
pub mod evidence;
pub mod gallery;
pub mod paper;
pub mod send;
pub mod sign;
pub mod store;
pub mod tell;
pub mod text;
pub mod verify;
mod words;
pub mod work;

use portico_wire::{
    ClientId, Code, ContactId, ContractId, GroupId, InvoiceId, QuoteId, SessionId, SignerId,
    StaffId, Timestamp,
    contracts::{ContractState as State, MyPart},
    forms::{Signature, is_drawing, limits},
};
use serde::{Deserialize, Serialize};

use crate::{Result, error::Error};
pub use words::line;

/// The most text of a contract, as it is written.
pub const MOST_SOURCE: usize = 512 * 1024;
pub const MOST_TITLE: usize = 160;
pub const MOST_ROLE: usize = 60;
pub const MOST_REASON: usize = 2_000;
pub const MOST_SIGNERS: usize = 20;

/// What a signer agrees to, by version: contracts keep the one they were sent with.
pub const CONSENT: (i64, &str) = (
    1,
    "I have read this contract and agree to it. I agree to sign it electronically: my signature here counts like the \
     one I write by hand. I can read, print and save the contract now and later.",
);

/// A contract as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Contract {
    pub id: ContractId,
    /// Raised by every change.
    pub version: i64,
    pub client_id: ClientId,
    pub client_name: String,
    pub group_id: Option<GroupId>,
    pub title: String,
    /// Markdown with tokens, as it was written.
    pub source: String,
    #[sqlx(json)]
    pub details: Details,
    pub state: State,
    pub in_order: bool,
    /// The studio signs too, after all others.
    pub countersign: bool,
    pub asks_code: bool,
    /// What is to be paid waits for the signatures.
    pub gates_payment: bool,
    #[sqlx(flatten)]
    pub belongs: Belongs,
    pub reminds: bool,
    pub last_day: Option<String>,
    pub expires_at: Option<Timestamp>,
    /// Since it was sent: Markdown with everything filled in.
    pub text: Option<String>,
    pub hash: Option<String>,
    pub consent_version: Option<i64>,
    pub consent: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub replaces: Option<ContractId>,
    pub replaced_by: Option<ContractId>,
    pub closed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Contract {
    /// Where it stands at this moment: what ran out is expired, whether or not a worker has said so yet.
    pub fn state_at(&self, now: Timestamp) -> State {
        if self.state.is_open() && self.expires_at.is_some_and(|end| end <= now) {
            State::Expired
        } else {
            self.state
        }
    }

    pub fn hash(&self) -> &str {
        self.hash.as_deref().unwrap_or_default()
    }

    /// Signed by everybody who has to.
    pub fn is_done(&self) -> bool {
        Stage::of(self.state, self.countersign) == Stage::Done
    }
}

/// What waits for a contract's signatures, where payments do: the invoices of a quote's order, or an invoice. Neither: all
/// the client owes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Belongs {
    pub quote: Option<QuoteId>,
    pub invoice: Option<InvoiceId>,
}

/// What only this contract knows, and tokens stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event: String,
    /// `2027-05-22`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event_place: String,
    /// In the smallest unit of the studio's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<i64>,
}

/// A place for a signature.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Signer {
    pub id: SignerId,
    pub place: i64,
    /// None: the studio's own.
    pub contact_id: Option<ContactId>,
    pub name: String,
    pub role: String,
    pub opened_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub signed_at: Option<Timestamp>,
    pub declined_at: Option<Timestamp>,
    #[sqlx(json(nullable))]
    pub signature: Option<Signature>,
    pub proof: Option<String>,
    pub session_id: Option<SessionId>,
    pub staff_id: Option<StaffId>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub sign_key: Option<String>,
}

impl Signer {
    pub const fn is_studio(&self) -> bool {
        self.contact_id.is_none()
    }

    /// One of the client's side who has not signed.
    pub const fn is_outstanding(&self) -> bool {
        self.contact_id.is_some() && self.signed_at.is_none()
    }
}

/// The list a contract stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Draft,
    /// Signers have to sign.
    Waiting,
    /// The studio has to.
    Countersign,
    Done,
    Declined,
    Expired,
    Voided,
}

impl Stage {
    pub const ALL: &[Self] = &[
        Self::Draft,
        Self::Waiting,
        Self::Countersign,
        Self::Done,
        Self::Declined,
        Self::Expired,
        Self::Voided,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Countersign => "countersign",
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }

    pub const fn of(state: State, countersign: bool) -> Self {
        match state {
            State::Draft => Self::Draft,
            State::Sent | State::Opened | State::PartlySigned => Self::Waiting,
            State::Signed if countersign => Self::Countersign,
            State::Signed | State::Countersigned => Self::Done,
            State::Declined => Self::Declined,
            State::Expired => Self::Expired,
            State::Voided => Self::Voided,
        }
    }

    /// Nobody has to do anything any more.
    pub const fn is_closed(self) -> bool {
        !matches!(self, Self::Draft | Self::Waiting | Self::Countersign)
    }
}

portico_wire::text_column!(Stage);

/// What can be done to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Send,
    Open,
    /// To the end.
    Read,
    Sign {
        /// Nobody of the client's side is outstanding after it.
        last: bool,
    },
    Decline,
    Countersign,
    Expire,
    Void,
    /// A new version was sent.
    Replace,
}

/// What becomes of a contract by an act, or why it cannot be, for people.
pub const fn next(state: State, act: Act, countersign: bool) -> Result<State, &'static str> {
    use State as S;
    const NOT_SENT: &str = "This contract was not sent yet.";
    const ALL_SIGNED: &str = "Everybody has signed this contract already.";
    match (state, act) {
        (S::Draft, Act::Send) => Ok(S::Sent),
        (S::Draft, _) => Err(NOT_SENT),
        (_, Act::Send) => Err("This contract was sent already. Make a new version instead."),
        // Looking is always possible, and changes nothing once it is more than sent.
        (S::Sent, Act::Open | Act::Read) => Ok(S::Opened),
        (same, Act::Open | Act::Read) => Ok(same),
        (S::Sent | S::Opened | S::PartlySigned, Act::Sign { last: true }) => Ok(S::Signed),
        (S::Sent | S::Opened | S::PartlySigned, Act::Sign { last: false }) => Ok(S::PartlySigned),
        (S::Sent | S::Opened | S::PartlySigned, Act::Decline) => Ok(S::Declined),
        (S::Sent | S::Opened | S::PartlySigned, Act::Expire) => Ok(S::Expired),
        (S::Sent | S::Opened | S::PartlySigned, Act::Void | Act::Replace) => Ok(S::Voided),
        (S::Sent | S::Opened | S::PartlySigned, Act::Countersign) => {
            Err("Not everybody has signed this contract yet.")
        }
        (S::Signed, Act::Countersign) if countersign => Ok(S::Countersigned),
        (S::Signed, Act::Countersign) => Err("The studio does not sign this contract."),
        (S::Signed, Act::Void | Act::Replace) if countersign => Ok(S::Voided),
        (S::Signed | S::Countersigned, Act::Void | Act::Replace) => {
            Err("Everybody has signed this contract: nobody can take it back alone.")
        }
        (S::Signed | S::Countersigned, _) => Err(ALL_SIGNED),
        (same @ (S::Declined | S::Expired | S::Voided), Act::Replace) => Ok(same),
        (S::Declined, _) => {
            Err("This contract was declined, so it cannot be signed. Please contact the studio.")
        }
        (S::Expired, _) => {
            Err("The time to sign this contract is over. Please ask the studio for a new one.")
        }
        (S::Voided, _) => {
            Err("The studio has withdrawn this contract, so it cannot be signed any more.")
        }
    }
}

/// The same, as a refusal of a request.
pub fn decide(state: State, act: Act, countersign: bool) -> Result<State> {
    next(state, act, countersign).map_err(|why| Error::refused(Code::Conflict, why))
}

/// The first place of the client's side without a signature.
pub fn turn(signers: &[Signer]) -> Option<i64> {
    let outstanding = signers.iter().filter(|one| one.is_outstanding());
    outstanding.map(|one| one.place).min()
}

/// What somebody has to do whose first unsigned place is `mine`, where `turn` is everybody's first.
pub const fn part(
    state: State,
    in_order: bool,
    turn: Option<i64>,
    mine: Option<i64>,
    signed: bool,
) -> MyPart {
    match (state.is_open(), mine, turn) {
        (true, Some(mine), Some(turn)) if in_order && turn < mine => MyPart::Wait,
        (true, Some(_), _) => MyPart::Sign,
        _ if signed => MyPart::Signed,
        _ => MyPart::Read,
    }
}

/// A signature that is one: a name, or a drawing that is more than a dot.
pub fn check_signature(signature: &Signature) -> Result<()> {
    let refused = |text: &'static str| Err(Error::invalid("signature", text));
    match signature {
        Signature::Typed(name) => {
            let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
            if letters < 2 {
                return refused("Please type your name.");
            }
            if name.chars().count() > limits::SIGNED_NAME || name.chars().any(char::is_control) {
                return refused("Please type your name on one line, with at most 120 letters.");
            }
        }
        Signature::Drawn(path) => {
            if !is_drawing(path.trim()) {
                return refused("Please draw your signature, or type your name instead.");
            }
            let numbers = path.split(|c: char| !c.is_ascii_digit());
            let numbers: Vec<u16> = numbers.filter_map(|one| one.parse().ok()).collect();
            let spread = |at: usize| {
                let along = || numbers.iter().skip(at).step_by(2).copied();
                along().max().unwrap_or(0) - along().min().unwrap_or(0)
            };
            if spread(0) < 40 && spread(1) < 40 {
                return refused("Please draw your signature, or type your name instead.");
            }
        }
    }
    Ok(())
}

/// The signature as it is kept.
pub fn tidy_signature(signature: &Signature) -> Signature {
    match signature {
        Signature::Typed(name) => Signature::Typed(name.trim().to_owned()),
        Signature::Drawn(path) => Signature::Drawn(path.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests;
