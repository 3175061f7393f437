//! The only SQL about forms, questionnaires, submissions and files.

mod assignments;
mod files;
mod forms;
mod portal;
mod submissions;

pub use assignments::*;
pub use files::*;
pub use forms::*;
pub use portal::*;
pub use submissions::*;
