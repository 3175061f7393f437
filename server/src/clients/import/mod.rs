//! Clients and contacts from a CSV file: upload, say what the columns are, look at what would happen, then all or
//! nothing.
//!
//! The upload keeps the file as text in chunks of some hundred rows; the request ends there. Workers look at one
//! chunk in a transaction (`work`): they ask for all that its rows could be about in a fixed number of
//! statements, decide row by row (`decide`, pure), and write down each client and contact as it will be. Nothing of
//! the studio changes until the switch, one transaction that moves what was written down in a handful of
//! statements. It first asks whether anything it was decided from changed, and then stops instead.
//!
//! An import sets no password and sends nothing.

pub mod admin;
mod cells;
pub mod columns;
mod decide;
pub mod file;
pub mod rows;
pub mod store;
pub mod work;
