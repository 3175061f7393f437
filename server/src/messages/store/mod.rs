//! The SQL of messages.

mod live;
mod portal;
mod rows;
mod told;

pub use live::*;
pub use portal::*;
pub use rows::*;
pub use told::*;
