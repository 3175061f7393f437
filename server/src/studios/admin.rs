//! The settings of one studio and its websites, for its managers.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::Right;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Studio, add_website,
    settings::{self, SettingsForm},
    store,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients::rights::{hint, label},
    db::StudioTx,
    embed::{self, Sight, store::Page},
    scope::{Manager, StaffSession},
    web::{
        admin,
        form::{FieldErrors, Form},
        origin::Origin,
        redirect,
    },
};

/// What a studio pastes into its website; the one copy of it.
const SNIPPET: &str = include_str!("../../../embed-snippet/snippet.html");
/// Beyond this somebody is collecting, not running a studio.
const MOST_WEBSITES: usize = 50;

const SETTINGS: &str = "/admin/settings";

fn snippet(app: &App, studio: &Studio) -> String {
    SNIPPET
        .trim()
        .replace("https://HOST", app.origin.as_str())
        .replace("STUDIO", &studio.slug)
}

pub(super) fn plain_link(app: &App, studio: &Studio) -> String {
    format!("{}/{}/login", app.origin, studio.slug)
}

// Settings

/// A section's or right's box: its word in the form and the label clients know it by.
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

/// What the page shows beside the stored settings.
#[derive(Default)]
struct Typed<'a> {
    form: Option<&'a SettingsForm>,
    errors: FieldErrors,
    /// Somebody else saved in the meantime: the labels of what differs.
    conflict: Vec<&'static str>,
    website: &'a str,
}

async fn settings_page(app: &App, session: &StaffSession, typed: Typed<'_>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = store::get(&mut tx).await?;
    let origins = store::origins(&mut tx).await?;
    let pages = embed::store::pages(&mut tx).await?;
    drop(tx);
    let stored = SettingsForm::of(&studio);
    let form = typed.form.unwrap_or(&stored);
    let boxes = |rights: &[Right], on: &[Right]| -> Vec<_> {
        rights
            .iter()
            .map(|&right| {
                json!({ "value": right, "label": label(right), "hint": hint(right), "on": on.contains(&right) })
            })
            .collect()
    };
    let page = json!({
        "form": form,
        "version": if typed.conflict.is_empty() { form.version } else { studio.version },
        "errors": typed.errors,
        "conflict": typed.conflict,
        "may": boxes(Right::CHOICES, &form.may),
        "languages": settings::LANGUAGES,
        "countries": *settings::COUNTRIES,
        "currencies": *settings::CURRENCIES,
        "time_zones": *settings::TIME_ZONES,
        "websites": websites(&origins),
        "seen": seen_pages(&pages, &studio.time_zone),
        "strangers": strangers(&pages, &origins, &studio.time_zone),
        "website": typed.website,
        "hosted": studio.hosted_url(&app.origin),
        "snippet": snippet(app, &studio),
        "address": plain_link(app, &studio),
        "host": app.origin.as_str(),
        "logo": studio.settings(&app.origin).logo_url,
    });
    admin::page(app, session, "studios/settings.html", page)
}

/// The page with what is wrong with one of its small forms.
pub(super) async fn settings_page_with(
    app: &App,
    session: &StaffSession,
    errors: FieldErrors,
) -> Result<Response> {
    let typed = Typed {
        errors,
        ..Typed::default()
    };
    settings_page(app, session, typed).await
}

/// `GET /admin/settings`
pub async fn show_settings(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    settings_page(&app, &session, Typed::default()).await
}

/// `POST /admin/settings`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<SettingsForm>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get(&mut tx).await?;
    let origins = store::origins(&mut tx).await?;
    let after = match form.apply(&before, &origins)? {
        Ok(after) => after,
        Err(errors) => {
            drop(tx);
            let typed = Typed {
                form: Some(&form),
                errors,
                ..Typed::default()
            };
            let page = settings_page(&app, &session, typed).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let change = Change::between(
        &SettingsForm::logged(&before),
        &SettingsForm::logged(&after),
    )?;
    let Some(change) = change else {
        return Ok(redirect::see(SETTINGS, "Nothing was changed."));
    };
    if !store::save_settings(&mut tx, &after).await? {
        drop(tx);
        let typed = Typed {
            form: Some(&form),
            conflict: differing(&change),
            ..Typed::default()
        };
        let page = settings_page(&app, &session, typed).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    note(&mut tx, &session, "settings changed", change).await?;
    tx.commit().await?;
    Ok(redirect::see(SETTINGS, "The settings are saved."))
}

pub(super) async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    change: Change,
) -> Result<()> {
    audit::note(tx, session, action, Subject("studio", None), change).await
}

/// The labels of the fields a change touches, in the order of the page.
fn differing(change: &Change) -> Vec<&'static str> {
    const LABELS: &[(&str, &str)] = &[
        ("portal_enabled", "the master switch"),
        ("name", "name"),
        ("welcome", "welcome text"),
        ("support_email", "support email"),
        ("support_phone", "support phone"),
        ("passwords", "passwords"),
        ("private_wording", "private wording"),
        ("generate_passwords", "passwords for new contacts"),
        ("activates_portal", "letting clients in"),
        ("start", "what visitors see first"),
        ("accent", "accent colour"),
        ("portal_url", "portal page"),
        ("may", "what clients may do"),
        ("pay", "pay"),
        ("edit_profile", "edit their profile"),
        ("upload", "upload files"),
        ("show_history", "show history"),
        ("language", "language"),
        ("time_zone", "time zone"),
        ("country", "country"),
        ("currency", "currency"),
    ];
    let after = change.after.as_ref();
    LABELS
        .iter()
        .filter(|(field, _)| after.is_some_and(|after| after.get(field).is_some()))
        .map(|(_, label)| *label)
        .collect()
}

// Websites

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WebsiteForm {
    website: String,
}

/// `POST /admin/settings/websites`
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
            "/admin/settings#websites",
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
        "/admin/settings#websites",
        &format!("{origin} may show the portal now."),
    ))
}

/// `POST /admin/settings/websites/remove`: with its `www` twin.
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
        "/admin/settings#websites",
        "The website may not show the portal any more.",
    ))
}

async fn refuse_website(
    app: &App,
    session: &StaffSession,
    errors: FieldErrors,
    website: &str,
) -> Result<Response> {
    let typed = Typed {
        errors,
        website,
        ..Typed::default()
    };
    let page = settings_page(app, session, typed).await?;
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
