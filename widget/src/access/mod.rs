//! Signing in. One form, the loader's, steered through a few steps.

mod fields;
mod form;
mod steps;
mod trouble;
pub mod devices;
pub mod password;

pub use steps::Access;
pub use trouble::{Field, Trouble};
