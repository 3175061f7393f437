//! The certificate page.
