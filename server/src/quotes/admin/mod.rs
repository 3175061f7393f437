//! Pages about quotes.
