//! The one error type. Handlers return it with `?`; what a person may read of it is decided by
//! the outer layer ([`crate::web::problems`]), as JSON or as a page.

use std::{borrow::Cow, panic::Location};

use axum::response::{IntoResponse, Response};
use portico_wire::Code;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal the person can do something about.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub code: Code,
    pub detail: Cow<'static, str>,
    pub field: Option<Cow<'static, str>>,
    pub retry_after: Option<u32>,
    pub tries_left: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", .0.code.text())]
    Refused(Box<Refusal>),
    /// A unique key said no; see [`ResultExt::on_unique`].
    #[error("unique key violated")]
    Unique(#[source] sqlx::Error),
    /// The cause goes to the log, never to a person.
    #[error("{source} (at {at})")]
    Internal {
        source: Box<dyn std::error::Error + Send + Sync>,
        at: &'static Location<'static>,
    },
}

impl Error {
    pub fn refused(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(Box::new(Refusal {
            code,
            detail: detail.into(),
            field: None,
            retry_after: None,
            tries_left: None,
        }))
    }

    /// One field of the request is wrong.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::refused(Code::Invalid, detail).field(field)
    }

    /// Not there, or not for this person: the two look the same.
    pub fn not_found() -> Self {
        Self::refused(Code::NotFound, "There is nothing at this address.")
    }

    pub fn session_ended() -> Self {
        Self::refused(
            Code::SessionEnded,
            "You were signed out. Please sign in again.",
        )
    }

    pub fn unknown_studio() -> Self {
        Self::refused(
            Code::UnknownStudio,
            "There is no studio of this name. Please check the snippet's studio attribute.",
        )
    }

    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal {
            source: source.into(),
            at: Location::caller(),
        }
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.field = Some(field.into());
        }
        self
    }

    /// The field of the request it is about.
    pub fn field_name(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.field.as_deref(),
            Self::Unique(_) | Self::Internal { .. } => None,
        }
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.retry_after = Some(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX));
        }
        self
    }

    #[must_use]
    pub fn tries_left(mut self, tries: i64) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.tries_left = Some(u32::try_from(tries).unwrap_or(0));
        }
        self
    }

    /// The refusal's code; `None` for what is the server's own fault.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    #[track_caller]
    fn from(error: sqlx::Error) -> Self {
        let kind = error
            .as_database_error()
            .map(sqlx::error::DatabaseError::kind);
        if kind == Some(sqlx::error::ErrorKind::UniqueViolation) {
            return Self::Unique(error);
        }
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::refused(
                Code::Timeout,
                "The server is busy. Please try again in a moment.",
            )
            .retry_after(2);
        }
        Self::Internal {
            source: Box::new(error),
            at: Location::caller(),
        }
    }
}

macro_rules! internal_from {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Error {
            #[track_caller]
            fn from(error: $error) -> Self {
                Self::Internal { source: Box::new(error), at: Location::caller() }
            }
        }
    )*};
}

internal_from!(
    crate::secrets::Undecryptable,
    minijinja::Error,
    serde_json::Error,
    std::io::Error,
    tokio::task::JoinError,
);

pub trait ResultExt<T> {
    /// Turns a violated unique key into a refusal; SQLite does not name the key, so the caller
    /// says what it means here.
    fn on_unique(self, refusal: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> ResultExt<T> for Result<T> {
    fn on_unique(self, refusal: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| match error {
            Error::Unique(_) => refusal(),
            other => other,
        })
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Refused(refusal) => *refusal,
            Self::Unique(source) => return Self::internal(source).into_response(),
            Self::Internal { source, at } => {
                tracing::error!(error = %source, at = %at, "request failed");
                Refusal {
                    code: Code::Internal,
                    detail: "Unknown Error. Please try again. If it stays, tell the studio the reference below.".into(),
                    field: None,
                    retry_after: None,
                    tries_left: None,
                }
            }
        };
        let status = axum::http::StatusCode::from_u16(refusal.code.status())
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(refusal);
        response
    }
}
