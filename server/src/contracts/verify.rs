//! The public check.
