//! Portico's backend: the API the widget talks to, the hosted admin, and the workers. One binary
//! serves every studio.

pub mod access;
pub mod app;
pub mod audit;
pub mod billing;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod config;
pub mod contracts;
pub mod crew;
pub mod db;
pub mod demo;
pub mod documents;
pub mod embed;
pub mod error;
pub mod events;
pub mod files;
pub mod forms;
pub mod images;
pub mod invoices;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod money;
pub mod openapi;
pub mod ops;
pub mod orders;
pub mod papers;
pub mod payments;
pub mod portal;
pub mod portal_editor;
pub mod quotes;
pub mod receivables;
pub mod sales;
pub mod scope;
pub mod secrets;
pub mod serve;
pub mod staff;
pub mod storage;
pub mod studios;
pub mod web;

pub use app::App;
pub use error::{Error, Result};
