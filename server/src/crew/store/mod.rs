//! The only SQL about crew, rosters and gate lists.

mod gate;
mod people;
mod roster;

pub use gate::*;
pub use people::*;
pub use roster::*;
