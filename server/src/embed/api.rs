//! What the loader tells about the page it is on.

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
};
use portico_wire::{Code, Problem, studios::Support};
use serde::Deserialize;

use super::{Sight, note, page};
use crate::{
    App, Result,
    error::Error,
    studios,
    web::{body::collect, client_address, origin::Origin, request},
};

const LIMIT_BYTES: usize = 2048;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    page: String,
    sight: Sight,
}

/// The portal opened on a page, or could not. Sent as JSON in `text/plain`, which a browser sends from any
/// website without asking first, so that trouble can be told from where requests are refused. Any page may
/// read the reply: one that gets no answer asks here, as `origin_refused`, whether that is because of its website.
#[utoipa::path(post, path = "/embed-report", tag = "portal", params(("studio" = String, Path)),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 204, description = "Noted, or nothing is wrong with the website"),
        (status = 403, description = "The website is not on the studio's list", body = Problem)))]
pub async fn report_embed(
    State(app): State<App>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (parts, body) = request.into_parts();
    let record = request::Request::of(&parts).clone();
    app.limits
        .check_report(client_address(&parts, &app.config.trusted_proxies))?;
    let said = parts.headers.get(axum::http::header::ORIGIN).cloned();
    let origin = said
        .as_ref()
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
    // System: the studio is what the address names.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, &slug).await?;
    drop(tx);
    let studio = studio.ok_or_else(Error::unknown_studio)?;
    if report.sight == Sight::OriginRefused {
        // Only the browser's own word counts, and nothing is written down: what was refused is already.
        said.ok_or_else(unreadable)?;
        record.set_support(Support {
            name: studio.name,
            ..Support::default()
        });
        verdict(&app, &slug, origin.as_ref()).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let (website, page) = page(&report.page).ok_or_else(unreadable)?;
    if origin.is_some_and(|origin| origin != website) {
        return Err(unreadable());
    }
    // Only what is on the list is told apart by page: elsewhere anybody could fill the list.
    if website != app.origin && studios::origin_is_listed(&app, &slug, &website).await? {
        note(&app, studio.scope, page, report.sight).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether this website may ask for the portal; what to do where it may not, for whoever sees its page.
async fn verdict(app: &App, slug: &str, website: Option<&Origin>) -> Result<()> {
    let to_do = match website {
        None => {
            "the page does not say which website it is on, because it is a file or in a frame that hides it. Put the \
             portal on a page of the website itself."
                .to_owned()
        }
        Some(website) if *website == app.origin => return Ok(()),
        Some(website) if studios::origin_is_listed(app, slug, website).await? => return Ok(()),
        Some(website) => format!(
            "sign in to the admin and add {website} under \u{201c}Website\u{201d}. Then the portal appears here."
        ),
    };
    Err(Error::refused(
        Code::OriginRefused,
        format!(
            "Your account opens on a page of its own, by the link below. If this is your website: {to_do}"
        ),
    ))
}
