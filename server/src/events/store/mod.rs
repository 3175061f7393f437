//! The only SQL about events.

mod catalogue;
mod events;
mod feeds;
mod lists;
mod portal;
mod requests;

pub use catalogue::*;
pub use events::*;
pub use feeds::*;
pub use lists::*;
pub use portal::*;
pub use requests::*;
