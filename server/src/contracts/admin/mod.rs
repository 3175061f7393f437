//! Pages for staff.
