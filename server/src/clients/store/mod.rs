//! The only SQL about clients and contacts, but for what sign-in reads (`access::store`).

mod bulk;
mod fields;
mod groups;
mod list;
mod people;
mod timeline;

pub use bulk::*;
pub use fields::*;
pub use groups::*;
pub use list::*;
pub use people::*;
pub use timeline::*;
