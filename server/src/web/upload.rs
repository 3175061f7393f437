//! Forms of our own pages that carry a file: `multipart/form-data`, sent by our own page, with the token of
//! the session they were made for. The page's route says how large one may be (`DefaultBodyLimit`).

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use bytes::Bytes;
use portico_wire::Code;

use super::form::{self, Sent};
use crate::{App, Result, error::Error, scope};

/// The fields, and the file as it was chosen; the route's limit bounds what is held in memory.
pub struct Upload {
    pub fields: Sent,
    /// `None` where none was chosen.
    pub file: Option<File>,
}

pub struct File {
    /// As the person's machine calls it, without its folders.
    pub name: String,
    pub content: Bytes,
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        form::check_page(request.headers(), app)?;
        let token = scope::staff_cookie(request.headers(), app).ok_or_else(Error::session_ended)?;
        let mut parts = Multipart::from_request(request, app).await.map_err(|_| {
            Error::refused(
                Code::UnsupportedMediaType,
                "This address takes a form of our own pages.",
            )
        })?;
        let (mut fields, mut file) = (Sent::default(), None);
        while let Some(part) = parts.next_field().await.map_err(|e| broken(&e))? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(base_name) {
                None => fields.push(name, part.text().await.map_err(|e| broken(&e))?),
                Some(file_name) => {
                    let content = part.bytes().await.map_err(|e| broken(&e))?;
                    if !file_name.is_empty() && !content.is_empty() {
                        file = Some(File {
                            name: file_name,
                            content,
                        });
                    }
                }
            }
        }
        form::check_token(&fields.text("csrf"), &token, app)?;
        Ok(Self { fields, file })
    }
}

/// Some browsers send the path on the person's own disk.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .chars()
        .take(200)
        .collect()
}

fn broken(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::refused(
            Code::TooLarge,
            "This file is too large. Please go back and choose a smaller one.",
        )
    } else {
        Error::refused(
            Code::Malformed,
            "The file did not arrive whole. Please go back and try again.",
        )
    }
}
