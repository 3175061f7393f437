//! Forms: what one is, what an answer is, and the rules that decide what is seen and what is right.
//! The widget and the server run this very code, so that they cannot disagree; it therefore knows no clock,
//! no patterns library and no database. What only the server can know (whether a number can be dialled, what
//! is really in a file, whether an address is taken) it checks on top.

mod answers;
mod check;
mod conditions;
mod definition;
mod flaws;
mod keep;
mod portal;
#[cfg(feature = "server")]
mod server;
mod shape;
#[cfg(test)]
mod tests;
mod tie;

pub use answers::{Answer, Answers, Chosen, FileAnswer, Signature};
pub use check::{Trouble, Wrong, check, check_field};
pub use conditions::{Condition, Conditions, Join, Operator, visible};
pub use definition::{
    DateLimits, Field, FileKind, FileLimits, Form, Kind, ManyOf, MoneyLimits, NumberLimits, OneOf,
    Page, Pattern, TextLimits, pages,
};
pub use flaws::{Fault, Flaw, flaws};
pub use keep::{keep, start};
pub use portal::{
    AskState, DraftSaved, FieldChange, FileAddress, Filling, Forms, Newer, OfferedForm,
    Questionnaire, SaveDraft, Sent, Submission, Submitted,
};
pub use shape::{decimal, decimal_text, is_date, is_drawing, is_email, is_phone, is_time};
pub use tie::Tie;

/// How much a form may hold.
pub mod limits {
    pub const FIELDS: usize = 300;
    /// Of one field.
    pub const OPTIONS: usize = 500;
    /// Of all fields together.
    pub const CONDITIONS: usize = 200;
    /// A title, a label, an option, a unit, a condition's value.
    pub const LABEL: usize = 200;
    /// Help, an introduction, a paragraph.
    pub const PROSE: usize = 4_000;
    pub const SHORT_TEXT: u32 = 1_000;
    pub const LONG_TEXT: u32 = 20_000;
    pub const EMAIL: usize = 254;
    pub const PHONE: usize = 40;
    /// The path of a drawn signature.
    pub const DRAWING: usize = 20_000;
    pub const SIGNED_NAME: usize = 120;
    /// Of one field.
    pub const FILES: u8 = 20;
    pub const FILE_BYTES: u64 = 100_000_000;
    /// Minor units, either side of nothing: whole numbers that JavaScript holds exactly.
    pub const MONEY: i64 = 1_000_000_000_000_000;
    pub const RATING: u8 = 10;
}
