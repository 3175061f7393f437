//! Portico as people meet it: through the router, on a fresh database, with a clock that can be moved.
//! Without `TEST_DATABASE_URL` on SQLite, with it on PostgreSQL.

mod access_admin;
mod access_merge;
mod access_runs;
mod bad_input;
mod clients;
mod codes;
mod contracts;
mod contracts_bad;
mod cors;
mod desk;
mod embed;
mod features;
mod forms;
mod forms_bad;
mod forms_desk;
mod harness;
mod import;
mod invoices;
mod links;
mod logo;
mod mail;
mod mail_single;
mod mail_templates;
mod mail_wording;
mod ops;
mod orders;
mod passwords;
mod quotes;
mod sales_desk;
mod schema;
mod sessions;
mod settings;
mod sql;
mod staff;
mod tenancy;
