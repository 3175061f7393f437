//! What helps putting the portal on a website: the preview, instructions for whoever looks after the site, the WordPress plugin, and
//! "Test my page".

use axum::{
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::Timestamp;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::json;

use super::{
    admin::note,
    look_form::LookForm,
    store,
    website::{PAGE, Shown, page, plain_link, snippet},
};
use crate::{
    App, Result,
    access::Email,
    audit::Change,
    embed,
    mail::{self, Message},
    scope::Manager,
    web::{
        body::Json,
        form::{FieldErrors, Form},
        redirect,
    },
};

/// The page around the portal in the preview has one of its own.
const PAGE_FONT: &str = "Georgia,\"Times New Roman\",serif";

/// The look in an address.
pub(super) fn query(look: &LookForm) -> String {
    let fields = [
        ("start", &look.start),
        ("accent", &look.accent),
        ("scheme", &look.scheme),
        ("radius", &look.radius),
        ("font", &look.font),
        ("own_font", &look.own_font),
    ];
    let fields = fields.map(|(name, value)| format!("{name}={}", redirect::escape(value)));
    fields.join("&")
}

/// As the portal's own page, in a frame of ours.
const PREVIEW_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'; \
    style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// `GET /admin/website/preview`: a page as a studio may have one, with the portal in the look that is typed.
pub async fn show_preview(
    State(app): State<App>,
    Manager(session): Manager,
    Query(look): Query<LookForm>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = store::get(&mut tx).await?;
    drop(tx);
    let body = json!({
        "studio": studio.slug,
        "name": studio.name,
        "start": if look.start == "button" { "button" } else { "form" },
        "scheme": look.scheme,
        "query": query(&look),
    });
    let mut response = app
        .pages
        .page("studios/website_preview.html", body)?
        .into_response();
    let csp = HeaderValue::from_static(PREVIEW_CSP);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, csp);
    Ok(response)
}

/// `GET /admin/website/preview.css`
pub async fn show_sheet(
    State(app): State<App>,
    Manager(session): Manager,
    Query(look): Query<LookForm>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = store::get(&mut tx).await?;
    drop(tx);
    let sheet = look.preview(&studio, PAGE_FONT)?;
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], sheet).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Ask {
    to: String,
    words: String,
}

/// `POST /admin/website/instructions`: a mail to whoever looks after the website.
pub async fn send_instructions(
    State(app): State<App>,
    Manager(session): Manager,
    Form(ask): Form<Ask>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let to = errors.note("to", Email::parse(&ask.to))?;
    let words = errors.optional("words", &ask.words, 1000);
    let Some(to) = to.filter(|_| errors.is_empty()) else {
        let shown = Shown {
            errors,
            to: &ask.to,
            words: &ask.words,
            ..Shown::default()
        };
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = app.db.write(&session).await?;
    let studio = store::get(&mut tx).await?;
    let params = json!({
        "from": session.name,
        "words": words,
        "snippet": snippet(&app, &studio),
        "link": plain_link(&app, &studio),
        "host": app.origin.as_str(),
        "slug": studio.slug,
    });
    let message = Message::mail((None, to.as_str()), "website", params);
    mail::send(&app, &mut tx, &studio, message).await?;
    let change = Change::made(&json!({ "to": to.as_str() }))?;
    note(&mut tx, &session, "website instructions sent", change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The instructions are on their way to {}.", to.as_str()),
    ))
}

/// The plugin as it is in the repository.
#[derive(RustEmbed)]
#[folder = "../embed-snippet/wordpress/portico/"]
struct Plugin;

/// `GET /admin/website/portico-wordpress.zip`
pub async fn save_plugin(Manager(_): Manager) -> Result<Response> {
    let mut names: Vec<_> = Plugin::iter().collect();
    names.sort();
    let files = names.iter().filter_map(|name| {
        // WordPress names the plugin after the folder.
        Some((format!("portico/{name}"), Plugin::get(name)?.data))
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"portico-wordpress.zip\""),
        ),
        (
            HeaderName::from_static("x-content-type-options"),
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, crate::files::zip(files)).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Since {
    since: Option<Timestamp>,
}

/// `POST /admin/website/test`: from now on the studio's pages are noted anew, though they were within the hour.
pub async fn begin_test(
    State(app): State<App>,
    Manager(session): Manager,
    Form(_): Form<Since>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    for page in embed::store::pages(&mut tx).await? {
        let key = (session.place.studio_id, page.page, page.sight);
        app.noted.invalidate(&key);
    }
    Ok(Json(json!({ "since": app.clock.now() })).into_response())
}

/// `GET /admin/website/test`: what was seen since.
pub async fn look_at_test(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<Since>,
) -> Result<Response> {
    let since = asked.since.unwrap_or_else(|| app.clock.now());
    let mut tx = app.db.read(&session).await?;
    let pages = embed::store::pages(&mut tx).await?;
    let newest = pages.iter().find(|page| page.last_at >= since);
    let found = newest.map(|page| json!({ "page": page.page, "sight": page.sight }));
    Ok(Json(json!({ "found": found })).into_response())
}
