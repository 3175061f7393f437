//! Signing in. One form, the loader's, steered through a few steps.

pub mod devices;
pub mod email;
pub mod fields;
mod flow;
pub mod form;
pub mod password;
mod steps;
mod trouble;

pub use steps::access;
pub use trouble::{Field, Trouble};
