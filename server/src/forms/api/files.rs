//! Uploads, and addresses to save files from.

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use portico_wire::{
    Code, FileId, Right,
    forms::{FileAddress, FileAnswer},
};
use serde::Deserialize;

use crate::{
    App, Result,
    error::Error,
    forms::{
        files,
        store::{self, Viewer},
    },
    scope::{PortalSession, Reading},
    web::body::{Id, Json},
};

#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
}

fn check_section(session: &PortalSession) -> Result<()> {
    let forms = session.rights.has(Right::FormsAndContracts);
    let update = session.rights.has(Right::PersonalInfo) && session.rights.has(Right::EditProfile);
    (forms || update).then_some(()).ok_or_else(Error::not_found)
}

/// Takes a file, at most 100 MB, as the request's body. It belongs to the draft that names it; one that none
/// names is removed after two days.
#[utoipa::path(post, path = "/uploads", tag = "forms",
    params(("studio" = String, Path), ("name" = Option<String>, Query, description = "What it is called.", max_length = 500)),
    request_body(content = String, content_type = "application/octet-stream", description = "The file itself, of any type."),
    responses((status = 201, body = FileAnswer)), security(("session" = [])))]
pub async fn upload(
    State(app): State<App>,
    session: PortalSession,
    named: std::result::Result<Query<Named>, QueryRejection>,
    content: Body,
) -> Result<(StatusCode, Json<FileAnswer>)> {
    check_section(&session)?;
    let Query(named) = named.map_err(|_| {
        Error::refused(
            Code::Malformed,
            "The address cannot be read: give one name.",
        )
    })?;
    let file = files::upload(&app, &session, &named.name, content).await?;
    let answer = FileAnswer {
        id: file.id.to_string(),
        name: file.name,
        bytes: u64::try_from(file.bytes).unwrap_or_default(),
        kind: file.kind,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Where a file can be saved from, for ten minutes and as long as the session lives.
#[utoipa::path(get, path = "/files/{id}", tag = "forms", params(("studio" = String, Path), ("id" = inline(FileId), Path)),
    responses((status = 200, body = FileAddress)), security(("session" = [])))]
pub async fn get_file(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(file): Id<FileId>,
) -> Result<Json<FileAddress>> {
    check_section(&session)?;
    let found = store::readable_file(&mut tx, file, Viewer::from(&session)).await?;
    let file = found.ok_or_else(Error::not_found)?;
    Ok(Json(FileAddress {
        address: files::address(&app, &session, file.id),
    }))
}
