//! Stored files, given out as something to save and never to run.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use crate::{App, Result, error::Error, web::redirect};

/// What is kept under a key; not found where there is nothing.
pub async fn stored(app: &App, key: &str, name: &str, kind: &str) -> Result<Response> {
    send(app, key, name, kind, "attachment").await
}

/// A PDF, for the browser's own reader. Its kind is what its content says, and a sandbox without an origin holds it, so
/// that nothing in it reaches a page or a cookie.
pub async fn pdf_inline(app: &App, key: &str, name: &str) -> Result<Response> {
    send(app, key, name, "application/pdf", "inline").await
}

async fn send(app: &App, key: &str, name: &str, kind: &str, how: &str) -> Result<Response> {
    let stored = app.storage.get(key).await?;
    let stored = stored.ok_or_else(Error::not_found)?;
    let named = format!(
        "{how}; filename=\"file\"; filename*=UTF-8''{}",
        redirect::escape(name)
    );
    let named = HeaderValue::from_str(&named).map_err(Error::internal)?;
    let kind = HeaderValue::from_str(kind).map_err(Error::internal)?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_LENGTH, HeaderValue::from(stored.bytes)),
        (header::CONTENT_DISPOSITION, named),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    Ok((headers, Body::from_stream(stored.content)).into_response())
}
