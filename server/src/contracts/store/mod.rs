//! The only SQL about contracts.

mod contracts;
mod entries;
pub mod gates;
mod lists;
mod portal;
mod signers;
mod templates;

pub use contracts::*;
pub use entries::*;
pub use lists::*;
pub use portal::*;
pub use signers::*;
pub use templates::*;
