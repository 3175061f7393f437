//! "Put it on your website": how the portal looks there, what to paste and where, the websites it opens on, and how it fares.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::studios::Scheme;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Studio, add_website,
    admin::note,
    look_form::{CORNERS, LookForm},
    store,
};
use crate::{
    App, Result,
    audit::Change,
    embed::{self, Sight, store::Page},
    scope::{Manager, StaffSession},
    web::{
        admin,
        form::{FieldErrors, Form},
        origin::Origin,
        redirect,
    },
};

pub(super) const PAGE: &str = "/admin/website";
const SITES: &str = "/admin/website#websites";

/// What a studio pastes into its website; the one copy of it.
const SNIPPET: &str = include_str!("../../../embed-snippet/snippet.html");
/// Beyond this somebody is collecting, not running a studio.
const MOST_WEBSITES: usize = 50;

/// With what the look says from the first moment on: light or dark would change before a visitor's eyes otherwise.
pub(super) fn snippet(app: &App, studio: &Studio) -> String {
    let theme = studio.scheme.map(Scheme::name);
    let theme = theme.map(|theme| format!("\" theme=\"{theme}\""));
    SNIPPET
        .trim()
        .replace("https://HOST", app.origin.as_str())
        .replace(
            "=\"STUDIO\"",
            &format!("=\"{}{}", studio.slug, theme.as_deref().unwrap_or("\"")),
        )
        .replace("STUDIO", &studio.slug)
}

pub(super) fn plain_link(app: &App, studio: &Studio) -> String {
    format!("{}/{}/login", app.origin, studio.slug)
}

/// The pages the portal was seen on, for the field that names one.
pub(super) fn seen_addresses(pages: &[Page]) -> Vec<&str> {
    let seen = pages.iter().filter(|page| page.sight == Sight::Seen);
    seen.map(|page| page.page.as_str()).collect()
}

/// A website as the page lists it: with and without `www` is one.
#[derive(Debug, PartialEq, Serialize)]
struct Website {
    origin: String,
    twin: bool,
    /// What is sent there can be read on the way.
    open: bool,
}

/// A page of a website that carries the portal.
#[derive(Serialize)]
struct SeenPage {
    address: String,
    first: String,
    last: String,
    /// Visitors get the link instead: the page's policy refuses the portal.
    refused: bool,
}

/// The pages seen on the listed websites; of one that was refused and opened later, what was seen last.
fn seen_pages(pages: &[Page], time_zone: &str) -> Vec<SeenPage> {
    let mut seen: Vec<SeenPage> = Vec::new();
    for page in pages
        .iter()
        .filter(|page| page.sight != Sight::OriginRefused)
    {
        if seen.iter().all(|one| one.address != page.page) {
            seen.push(SeenPage {
                address: page.page.clone(),
                first: admin::day(page.first_at, time_zone),
                last: admin::day(page.last_at, time_zone),
                refused: page.sight == Sight::WasmRefused,
            });
        }
    }
    seen
}

/// Websites that asked for the portal and are not on the list.
fn strangers(pages: &[Page], origins: &[String], time_zone: &str) -> Vec<serde_json::Value> {
    pages
        .iter()
        .filter(|page| page.sight == Sight::OriginRefused)
        .map(|page| (page.page.trim_end_matches('/'), page.last_at))
        .filter(|(origin, _)| !origins.iter().any(|listed| listed == origin))
        .take(10)
        .map(|(origin, at)| json!({ "origin": origin, "last": admin::day(at, time_zone) }))
        .collect()
}

fn websites(origins: &[String]) -> Vec<Website> {
    let twin = |origin: &str| Origin::parse(origin).and_then(|origin| origin.www_twin());
    let listed = |origin: &Origin| origins.iter().any(|one| one == origin.as_str());
    origins
        .iter()
        .filter(|origin| {
            let www = origin.contains("://www.");
            !(www && twin(origin).is_some_and(|bare| listed(&bare)))
        })
        .map(|origin| Website {
            origin: origin.clone(),
            twin: twin(origin).is_some_and(|twin| listed(&twin)),
            open: Origin::parse(origin).is_some_and(|o| {
                !o.is_https() && !["127.0.0.1", "localhost", "[::1]"].contains(&o.host())
            }),
        })
        .collect()
}

/// What the page shows beside what is stored.
#[derive(Default)]
pub(super) struct Shown<'a> {
    pub look: Option<&'a LookForm>,
    pub errors: FieldErrors,
    /// Somebody else saved in the meantime.
    pub conflict: bool,
    /// What was typed into the small forms.
    pub website: &'a str,
    pub to: &'a str,
    pub words: &'a str,
}

pub(super) async fn page(app: &App, session: &StaffSession, shown: Shown<'_>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = store::get(&mut tx).await?;
    let origins = store::origins(&mut tx).await?;
    let pages = embed::store::pages(&mut tx).await?;
    drop(tx);
    let stored = LookForm::of(&studio);
    let look = shown.look.unwrap_or(&stored);
    let seen = seen_pages(&pages, &studio.time_zone);
    let test = studio
        .portal_url
        .as_deref()
        .or_else(|| seen.first().map(|one| one.address.as_str()));
    let body = json!({
        "look": look,
        "version": if shown.conflict { studio.version } else { look.version },
        "errors": shown.errors,
        "conflict": shown.conflict,
        "corners": CORNERS,
        "preview": format!("{PAGE}/preview?{}", super::website_help::query(look)),
        "websites": websites(&origins),
        "test": test,
        "seen": seen,
        "strangers": strangers(&pages, &origins, &studio.time_zone),
        "website": shown.website,
        "to": shown.to,
        "words": shown.words,
        "snippet": snippet(app, &studio),
        "address": plain_link(app, &studio),
        "host": app.origin.as_str(),
        "slug": studio.slug,
    });
    admin::page(app, session, "studios/website.html", body)
}

/// `GET /admin/website`
pub async fn show(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, Shown::default()).await
}

/// `POST /admin/website`: the look.
pub async fn save_look(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<LookForm>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get(&mut tx).await?;
    let after = match form.apply(&before)? {
        Ok(after) => after,
        Err(errors) => {
            drop(tx);
            let shown = Shown {
                look: Some(&form),
                errors,
                ..Shown::default()
            };
            let page = page(&app, &session, shown).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let change = Change::between(&LookForm::of(&before), &LookForm::of(&after))?;
    let Some(change) = change else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    if !store::save_settings(&mut tx, &after).await? {
        drop(tx);
        let shown = Shown {
            look: Some(&form),
            conflict: true,
            ..Shown::default()
        };
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    note(&mut tx, &session, "look changed", change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        "Saved. Every page that has the portal shows it from now on.",
    ))
}

// Websites

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WebsiteForm {
    website: String,
}

/// `POST /admin/website/sites`
pub async fn add_a_website(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<WebsiteForm>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::origins(&mut tx).await?;
    let mut errors = FieldErrors::default();
    if before.len() >= MOST_WEBSITES {
        errors.add(
            "website",
            "These are very many websites. Please remove one first.",
        );
    }
    let origin = errors.note("website", add_website(&mut tx, &form.website).await)?;
    let Some(origin) = origin.filter(|_| errors.is_empty()) else {
        drop(tx);
        return refuse_website(&app, &session, errors, &form.website).await;
    };
    if store::origins(&mut tx).await? == before {
        return Ok(redirect::see(
            SITES,
            &format!("{origin} is on the list already."),
        ));
    }
    note(
        &mut tx,
        &session,
        "website added",
        Change::made(&json!({ "website": origin.as_str() }))?,
    )
    .await?;
    tx.commit().await?;
    app.origins.invalidate(&session.place.slug).await;
    Ok(redirect::see(
        SITES,
        &format!("{origin} may show the portal now."),
    ))
}

/// `POST /admin/website/sites/remove`: with its `www` twin.
pub async fn remove_a_website(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<WebsiteForm>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let gone = Origin::parse(&form.website);
    let twin = gone.as_ref().and_then(Origin::www_twin);
    let page = store::get(&mut tx).await?.portal_url;
    let page = page.as_deref().and_then(Origin::from_person);
    if page.is_some() && (page == gone || page == twin) {
        drop(tx);
        let mut errors = FieldErrors::default();
        errors.add(
            "website",
            "Links in mails lead to a page of this website. Change the portal page first.",
        );
        return refuse_website(&app, &session, errors, "").await;
    }
    let mut removed = false;
    for origin in [&gone, &twin].into_iter().flatten() {
        removed |= store::remove_origin(&mut tx, origin.as_str()).await?;
    }
    // Somebody else was faster: the website is gone, which is what was asked for.
    if removed {
        note(
            &mut tx,
            &session,
            "website removed",
            Change::removed(&json!({ "website": form.website }))?,
        )
        .await?;
        tx.commit().await?;
        app.origins.invalidate(&session.place.slug).await;
    }
    Ok(redirect::see(
        SITES,
        "The website may not show the portal any more.",
    ))
}

async fn refuse_website(
    app: &App,
    session: &StaffSession,
    errors: FieldErrors,
    website: &str,
) -> Result<Response> {
    let shown = Shown {
        errors,
        website,
        ..Shown::default()
    };
    let page = page(app, session, shown).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_and_its_www_twin_are_one_line() {
        let list = |origins: &[&str]| {
            let origins: Vec<String> = origins.iter().map(|&o| o.to_owned()).collect();
            websites(&origins)
        };
        let line = |origin: &str, twin, open| Website {
            origin: origin.into(),
            twin,
            open,
        };
        assert_eq!(
            list(&[
                "https://a.example",
                "https://www.a.example",
                "https://www.b.example"
            ]),
            [
                line("https://a.example", true, false),
                line("https://www.b.example", false, false)
            ]
        );
        assert_eq!(
            list(&["http://127.0.0.1:8090", "http://a.example"]),
            [
                line("http://127.0.0.1:8090", false, false),
                line("http://a.example", false, true)
            ]
        );
    }
}
