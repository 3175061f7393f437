//! The studio's logo: uploaded by its managers, shown to everybody.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde_json::json;

use super::{admin, store};
use crate::{
    App, Result,
    audit::Change,
    error::Error,
    images,
    scope::Manager,
    secrets,
    web::{
        form::{FieldErrors, Form},
        redirect,
        upload::Upload,
    },
};

/// Three times what the portal shows, for the finest screens.
const WIDTH: u32 = 660;
const HEIGHT: u32 = 168;
const PLACE: &str = "/admin/settings#logo";
const FOLDER: &str = "/files/logos/";

/// Where the file of an address of ours is kept.
pub fn key(url: &str) -> Option<String> {
    url.strip_prefix(FOLDER).map(|file| format!("logos/{file}"))
}

/// Makes a logo of a picture and keeps its file; the address to save with the studio.
pub async fn keep(app: &App, picture: Bytes) -> Result<String> {
    let made =
        tokio::task::spawn_blocking(move || images::png_within(&picture, WIDTH, HEIGHT, "file"));
    let png = made.await??;
    let name = format!("{}.png", secrets::Secret::random().reveal());
    app.storage
        .put(&format!("logos/{name}"), Bytes::from(png))
        .await?;
    Ok(format!("{FOLDER}{name}"))
}

/// `POST /admin/settings/logo`
pub async fn upload_logo(
    State(app): State<App>,
    Manager(session): Manager,
    upload: Upload,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let url = match upload.bytes {
        None => {
            errors.add(
                "file",
                "This file is too large. Please choose one of at most 20 MB.",
            );
            None
        }
        Some(bytes) if bytes.is_empty() => {
            errors.add("file", "Please choose a file first.");
            None
        }
        Some(bytes) => errors.note("file", keep(&app, bytes.into()).await)?,
    };
    let Some(url) = url else {
        let page = admin::settings_page_with(&app, &session, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    replace(&app, &session, Some(url)).await?;
    Ok(redirect::see(PLACE, "The logo is saved."))
}

#[derive(serde::Deserialize)]
pub struct Nothing {}

/// `POST /admin/settings/logo/remove`
pub async fn remove_logo(
    State(app): State<App>,
    Manager(session): Manager,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response> {
    replace(&app, &session, None).await?;
    Ok(redirect::see(PLACE, "The logo is removed."))
}

/// Changes the logo and clears away the file of the one before.
async fn replace(
    app: &App,
    session: &crate::scope::StaffSession,
    url: Option<String>,
) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    let before = store::get(&mut tx).await?.logo_url;
    store::save_logo(&mut tx, url.as_deref()).await?;
    if let Some(change) = Change::between(&json!({ "logo": before }), &json!({ "logo": url }))? {
        admin::note(&mut tx, session, "logo changed", change).await?;
    }
    tx.commit().await?;
    if let Some(key) = before.as_deref().and_then(key) {
        app.storage.delete(&key).await?;
    }
    Ok(())
}

/// `/files/logos/{file}`: a new logo has a new address.
pub async fn show_logo(State(app): State<App>, Path(file): Path<String>) -> Result<Response> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    let named = file
        .strip_suffix(".png")
        .is_some_and(|name| !name.is_empty() && name.bytes().all(plain));
    if !named {
        return Err(Error::not_found());
    }
    let content = app.storage.get_bytes(&format!("logos/{file}")).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    Ok((headers, content.ok_or_else(Error::not_found)?).into_response())
}
