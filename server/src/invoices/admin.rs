//! Pages about invoices.
