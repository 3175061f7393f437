//! What crosses the network between Portico's server and its clients: ids, time, the error
//! envelope, requests and replies by noun. Compiled natively and to WASM, so it holds no
//! clock, no randomness and no heavy dependency.

pub mod access;
pub mod activity;
pub mod clients;
pub mod contracts;
pub mod crew;
pub mod documents;
pub mod events;
#[cfg(feature = "server")]
#[macro_use]
mod server;
pub mod forms;
pub mod ids;
pub mod messages;
pub mod notifications;
pub mod papers;
pub mod payments;
pub mod portal;
pub mod problem;
pub mod prompts;
pub mod rights;
pub mod sales;
pub mod studios;
pub mod time;

pub use ids::*;
pub use problem::{Code, Problem};
pub use rights::{Right, Rights, Settings};
pub use time::Timestamp;
