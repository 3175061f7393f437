//! The portal itself: home, and the hosted page that carries the same widget.

pub mod store;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use portico_wire::{ContactId, Right, portal::Home};

use crate::{
    App, Result, clock::today, db::StudioTx, domains::Elsewhere, error::Error, events,
    messages::Reader, scope::Reading, studios, web::body::Json,
};

/// All the first screen shows.
#[utoipa::path(get, path = "/home", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = Home)), security(("session" = [])))]
pub async fn get_home(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
) -> Result<Json<Home>> {
    let mut home = home(&app, &mut tx, &Reader::from(&session), session.edition).await?;
    home.viewed_by = session.viewed_by;
    Ok(Json(home))
}

/// Which arrangement of the portal is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edition {
    #[default]
    Published,
    /// What staff are at, in their preview alone.
    Draft,
}

impl Edition {
    pub const fn of(shows_draft: bool) -> Self {
        if shows_draft {
            Self::Draft
        } else {
            Self::Published
        }
    }
}

/// Home of one contact; the same four statements whatever it holds, that of the session among them.
pub async fn home(app: &App, tx: &mut StudioTx, reader: &Reader, edition: Edition) -> Result<Home> {
    let row = store::home(tx, reader, edition)
        .await?
        .ok_or_else(Error::not_found)?;
    let (mut home, studio, layout) = row.home(&app.origin, reader);
    let (who, rights) = (reader.who, reader.rights);
    let today = today(tx.now(), &studio.time_zone);
    let open = store::open_items(tx, who, &today, &layout).await?;
    home.todo = open.todo;
    home.todo.retain(|todo| rights.has(todo.kind.section()));
    if rights.has(Right::Invoices) || rights.has(Right::PaymentsDue) {
        home.due = open.due;
    }
    if rights.has(Right::Events) {
        (home.next_event, home.event_requests) = events::on_home(tx, who).await?;
    }
    home.actions = layout.actions(rights, &home.due, &open.buttons);
    Ok(home)
}

/// The home of somebody who has just come in.
pub async fn first_home(
    app: &App,
    tx: &mut StudioTx,
    contact: ContactId,
    edition: Edition,
) -> Result<Home> {
    let reader = store::reader(tx, contact, edition).await?;
    let reader = reader.ok_or_else(Error::not_found)?;
    home(app, tx, &reader, edition).await
}

/// No script but ours, no frame, nothing from elsewhere.
const HOSTED_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
    img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The hosted twin of the widget.
pub async fn hosted_page(
    State(app): State<App>,
    Path(slug): Path<String>,
    elsewhere: Option<Extension<Elsewhere>>,
) -> Result<Response> {
    let csp = match elsewhere {
        // At another name the portal still comes from the host, and talks to it.
        Some(_) => HOSTED_CSP.replace("-src 'self'", &format!("-src 'self' {}", app.origin)),
        None => HOSTED_CSP.to_owned(),
    };
    hosted(&app, &slug, csp).await
}

/// The same for the admin's previews: our own pages may frame it.
pub async fn framed_page(State(app): State<App>, Path(slug): Path<String>) -> Result<Response> {
    let csp = HOSTED_CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    hosted(&app, &slug, csp).await
}

async fn hosted(app: &App, slug: &str, csp: String) -> Result<Response> {
    // System: a public page; only the studio's name and logo are read.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, slug)
        .await?
        .ok_or_else(Error::not_found)?;
    let page: Html<String> = app.pages.page(
        "portal/hosted.html",
        serde_json::json!({ "studio": studio.settings(&app.origin) }),
    )?;
    let mut response = page.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::try_from(csp).map_err(Error::internal)?,
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

/// `/{studio}` alone leads to its portal.
pub async fn hosted_root(State(app): State<App>, Path(slug): Path<String>) -> Result<Redirect> {
    // System: whether there is such a studio is all that is read.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, &slug)
        .await?
        .ok_or_else(Error::not_found)?;
    Ok(Redirect::temporary(&format!(
        "/{}/client-portal",
        studio.slug
    )))
}
