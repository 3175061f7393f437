//! Request bodies of the API: JSON, limited, with a clear refusal for everything else.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, header, request::Parts},
};
use http_body_util::{BodyExt as _, Limited};
use portico_wire::Code;
use serde::de::DeserializeOwned;

use crate::{App, Result, error::Error};

/// The largest JSON body: far above what any request of ours needs.
pub const JSON_LIMIT: usize = 64 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("");
        let essence = kind.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Error::refused(
                Code::UnsupportedMediaType,
                "Send JSON, with the content type application/json.",
            ));
        }
        let bytes = Limited::new(request.into_body(), JSON_LIMIT)
            .collect()
            .await
            .map_err(|e| {
                if e.is::<http_body_util::LengthLimitError>() {
                    Error::refused(Code::TooLarge, "What was sent is too large.")
                } else {
                    Error::refused(Code::Malformed, "The request broke off.")
                }
            })?
            .to_bytes();
        serde_json::from_slice(&bytes).map(Self).map_err(|e| {
            Error::refused(
                Code::Malformed,
                format!("The request could not be read: {e}."),
            )
        })
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

/// 202 with a JSON body: taken on, done by a worker.
pub fn accepted<T>(body: T) -> (StatusCode, Json<T>) {
    (StatusCode::ACCEPTED, Json(body))
}
