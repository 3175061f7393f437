//! What the loader tells about the page it is on.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
};
use portico_wire::Code;
use serde::Deserialize;

use super::{Sight, note, page};
use crate::{
    App, Result,
    error::Error,
    studios,
    web::{body::collect, client_address, origin::Origin},
};

const LIMIT_BYTES: usize = 2048;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    page: String,
    sight: Sight,
}

/// The portal opened on a page, or could not. Sent as JSON in `text/plain`, which a browser sends from any
/// website without asking first, so that trouble can be told from where requests are refused.
#[utoipa::path(post, path = "/embed-report", tag = "portal", params(("studio" = String, Path)),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 204, description = "Noted")))]
pub async fn report_embed(
    State(app): State<App>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (parts, body) = request.into_parts();
    app.limits
        .check_report(client_address(&parts, &app.config.trusted_proxies))?;
    let origin = parts.headers.get(axum::http::header::ORIGIN);
    let origin = origin
        .and_then(|origin| origin.to_str().ok())
        .and_then(Origin::parse);
    let body = collect(
        Request::from_parts(parts, body),
        "text/plain",
        LIMIT_BYTES,
        "Send text/plain.",
    )
    .await?;
    let unreadable = || Error::refused(Code::Malformed, "This is not a report of a page.");
    let report: Report = serde_json::from_slice(&body).map_err(|_| unreadable())?;
    let (website, page) = page(&report.page).ok_or_else(unreadable)?;
    // The browser's own word, where it gives one.
    if report.sight == Sight::OriginRefused || origin.is_some_and(|origin| origin != website) {
        return Err(unreadable());
    }
    // System: the studio is what the address names.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, &slug).await?;
    drop(tx);
    let studio = studio.ok_or_else(Error::unknown_studio)?;
    // Only what is on the list is told apart by page: elsewhere anybody could fill the list.
    if website != app.origin && studios::origin_is_listed(&app, &slug, &website).await? {
        note(&app, studio.scope, page, report.sight).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
