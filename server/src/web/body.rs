//! Bodies of the API: JSON, limited, with a clear refusal for everything else; and its replies.

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use portico_wire::Code;
use serde::{Serialize, de::DeserializeOwned};

use crate::{App, Result, error::Error};

/// The largest JSON body: far above what any request of ours needs.
pub const JSON_LIMIT: usize = 64 * 1024;

/// The whole body, if it is of this content type and at most `limit` bytes.
pub async fn collect(
    request: Request,
    content_type: &str,
    limit: usize,
    wrong_kind: &'static str,
) -> Result<Bytes> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case(content_type) {
        return Err(Error::refused(Code::UnsupportedMediaType, wrong_kind));
    }
    let collected = Limited::new(request.into_body(), limit)
        .collect()
        .await
        .map_err(|e| {
            if e.is::<http_body_util::LengthLimitError>() {
                Error::refused(Code::TooLarge, "What was sent is too large.")
            } else {
                Error::refused(Code::Malformed, "The request broke off.")
            }
        })?;
    Ok(collected.to_bytes())
}

/// The largest JSON body where people write at length.
pub const LONG_JSON_LIMIT: usize = 512 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

/// A JSON body with what people write at length.
pub struct LongBody<T>(pub T);

async fn json<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T> {
    let wrong_kind = "Send JSON, with the content type application/json.";
    let bytes = collect(request, "application/json", limit, wrong_kind).await?;
    serde_json::from_slice(&bytes).map_err(|e| {
        Error::refused(
            Code::Malformed,
            format!("The request could not be read: {e}."),
        )
    })
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        json(request, JSON_LIMIT).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for LongBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        json(request, LONG_JSON_LIMIT).await.map(Self)
    }
}

/// The header `Idempotency-Key`: the same key once more means the same act, done once.
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let key = parts.headers.get("idempotency-key");
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or("");
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (8..=80).contains(&key.len()) && key.bytes().all(plain) {
            Ok(Self(key.to_owned()))
        } else {
            Err(Error::refused(
                Code::Malformed,
                "Send an Idempotency-Key: 8 to 80 letters, digits, - or _, new for each act.",
            ))
        }
    }
}

/// An id in the path: one that cannot exist is not found.
pub struct Id<T>(pub T);

impl<T> FromRequestParts<App> for Id<T>
where
    T: std::str::FromStr + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Path(params) = Path::<Vec<(String, String)>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Error::not_found())?;
        params
            .iter()
            .find_map(|(name, value)| (name == "id").then_some(value))
            .and_then(|value| value.parse().ok())
            .map(Self)
            .ok_or_else(Error::not_found)
    }
}

/// What stands in the query; what cannot be read there is said as every other problem is.
pub struct Params<T>(pub T);

impl<T> FromRequestParts<App> for Params<T>
where
    T: serde::de::DeserializeOwned + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Query(params) = Query::<T>::from_request_parts(parts, app)
            .await
            .map_err(|_| {
                Error::refused(
                    Code::Malformed,
                    "The address cannot be read. Look at what stands behind its question mark.",
                )
            })?;
        Ok(Self(params))
    }
}

/// A reply of JSON, written into memory that grows by doubling: axum's own goes through a writer for every few bytes.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Error::internal(error).into_response(),
        }
    }
}

/// 202 with a JSON body: taken on, done by a worker.
pub fn accepted<T>(body: T) -> (StatusCode, Json<T>) {
    (StatusCode::ACCEPTED, Json(body))
}
