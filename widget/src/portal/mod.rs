//! Inside: the frame around every section, and what no section owns.

pub mod brand;
mod frame;
pub mod home;
pub mod locked;
pub mod page;
pub mod pages;
pub mod parts;
pub mod section;

pub use frame::frame;
pub use home::empty;
