//! The "Sales" page of the settings.
