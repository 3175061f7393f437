//! The SQL of messages.

mod desk;
mod live;
mod portal;
mod rows;
mod told;

pub use desk::*;
pub use live::*;
pub use portal::*;
pub use rows::*;
pub use told::*;
