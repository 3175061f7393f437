//! Pages about orders.
