//! Stored files, given out as something to save and never to run.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use crate::{App, Result, error::Error, web::redirect};

/// What is kept under a key; not found where there is nothing.
pub async fn stored(app: &App, key: &str, name: &str, kind: &str) -> Result<Response> {
    let stored = app.storage.get(key).await?;
    let stored = stored.ok_or_else(Error::not_found)?;
    let named = format!(
        "attachment; filename=\"file\"; filename*=UTF-8''{}",
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
