//! A mail as it will look: a page for a frame, with rules of its own.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use crate::{App, Result};

/// Mails carry their styles inside; nothing of them runs, and nothing but the studio's logo is loaded.
const CSP: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; frame-src 'none'; form-action 'none'; \
    frame-ancestors 'self'; base-uri 'none'";

/// The page; `body` has the mail, or what is wrong with its words.
pub fn page(app: &App, body: Value) -> Result<Response> {
    let mut page = app
        .pages
        .page("mail/letters/preview.html", body)?
        .into_response();
    page.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    );
    Ok(page)
}
