//! The SQL of documents.

mod desk;
mod news;
mod portal;
mod requests;
mod rows;
mod settings;
mod sweep;
mod uploads;

pub use desk::*;
pub use news::*;
pub use portal::*;
pub use requests::*;
pub use rows::*;
pub use settings::*;
pub use sweep::*;
pub use uploads::*;
