//! Documents for staff.
