//! Files sent by a form of our own pages. The same is asked of them as of any form, before the file is read: the page
//! it comes from, and the token of the session, which stands before the file.

use axum::{
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use portico_wire::Code;

use super::form::{Sent, check_page, check_token};
use crate::{App, Result, error::Error, scope};

/// The largest file.
pub const FILE_LIMIT: usize = 20 * 1024 * 1024;
/// The largest body. What is beyond the largest file is read and dropped, so that the browser gets to show why.
pub const BODY_LIMIT: usize = 3 * FILE_LIMIT;

/// What may be typed beside a file: so many fields of so many bytes.
const MOST_FIELDS: usize = 20;
const FIELD_LIMIT: usize = 4000;
/// Where people write at length beside files: a message, however its letters are encoded.
const LONG_FIELD: usize = 32 * 1024;

/// The one file of a form, `file`. Its route lifts the limit of bodies to [`BODY_LIMIT`].
pub struct Upload {
    /// What was typed in fields that stand before the file.
    pub fields: Sent,
    pub name: String,
    /// Absent where it is larger than [`FILE_LIMIT`].
    pub bytes: Option<Vec<u8>>,
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        check_page(request.headers(), app)?;
        let token = scope::staff_cookie(request.headers(), app).ok_or_else(Error::session_ended)?;
        let mut form = Multipart::from_request(request, app).await.map_err(|_| {
            Error::refused(
                Code::UnsupportedMediaType,
                "This address takes a file from a form of our own pages.",
            )
        })?;
        let first = form.next_field().await.map_err(broken)?;
        let given = match first {
            Some(field) if field.name() == Some("csrf") => read(field, 200).await?.1,
            _ => None,
        };
        let given = given.unwrap_or_default();
        check_token(&String::from_utf8_lossy(&given), &token, app)?;
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await.map_err(broken)? {
            if field.name() == Some("file") {
                let (name, bytes) = read(field, FILE_LIMIT).await?;
                let fields = Sent::of(fields);
                return Ok(Self {
                    fields,
                    name,
                    bytes,
                });
            }
            let name = field.name().unwrap_or_default().to_owned();
            let typed = read(field, FIELD_LIMIT).await?.1.unwrap_or_default();
            if fields.len() < MOST_FIELDS {
                fields.push((name, String::from_utf8_lossy(&typed).into_owned()));
            }
        }
        Ok(Self {
            fields: Sent::of(fields),
            name: String::new(),
            bytes: Some(Vec::new()),
        })
    }
}

/// The fields that stand before the first file, of whose files the caller takes one after the other.
pub async fn fields_before_files(
    request: Request,
    app: &App,
) -> Result<(super::form::Sent, Multipart)> {
    check_page(request.headers(), app)?;
    let token = scope::staff_cookie(request.headers(), app).ok_or_else(Error::session_ended)?;
    let mut form = Multipart::from_request(request, app).await.map_err(|_| {
        Error::refused(
            Code::UnsupportedMediaType,
            "This address takes files from a form of our own pages.",
        )
    })?;
    let mut fields = Vec::new();
    // The field "files" is the mark behind which they stand.
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let (_, value) = read(field, LONG_FIELD).await?;
        let value = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
        let last = name == "files";
        fields.push((name, value));
        if last {
            break;
        }
        if fields.len() > 400 {
            return Err(Error::refused(
                Code::Malformed,
                "The form has too many fields.",
            ));
        }
    }
    let fields = super::form::Sent::from(fields);
    check_token(&fields.text("csrf"), &token, app)?;
    Ok((fields, form))
}

/// The name of a field's file and what is in it; nothing where that is more than `most` bytes.
async fn read(mut field: Field<'_>, most: usize) -> Result<(String, Option<Vec<u8>>)> {
    // Some browsers send the whole path.
    let name = field.file_name().unwrap_or("").rsplit(['/', '\\']).next();
    let name: String = name
        .unwrap_or("")
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    let mut bytes = Some(Vec::new());
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        bytes = bytes
            .filter(|bytes: &Vec<u8>| bytes.len() + piece.len() <= most)
            .map(|mut bytes| {
                bytes.extend_from_slice(&piece);
                bytes
            });
    }
    Ok((name, bytes))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape `map_err` asks for"
)]
pub fn broken(error: MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::refused(Code::TooLarge, "The file is too large.")
    } else {
        Error::refused(
            Code::Malformed,
            "The file did not arrive whole. Please try again.",
        )
    }
}
