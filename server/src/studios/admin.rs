//! Overview, settings and billing of one studio, for its staff.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::Right;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Studio, Subscription, add_website, lock,
    settings::{self, SettingsForm},
    store,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    scope::{Manager, Member, Owner, StaffSession},
    staff::{self, Role},
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

fn plain_link(app: &App, studio: &Studio) -> String {
    format!("{}/{}/login", app.origin, studio.slug)
}

// Overview

#[derive(Serialize)]
struct Step {
    done: bool,
    title: &'static str,
    text: &'static str,
    link: &'static str,
}

/// What is left to do before clients come, from what the studio really is.
fn steps(studio: &Studio, websites: &[String]) -> Vec<Step> {
    vec![
        Step {
            done: !websites.is_empty(),
            title: "Name your website",
            text: "The portal opens on the websites you name, and nowhere else.",
            link: "/admin/settings#websites",
        },
        Step {
            done: studio.portal_url.is_some(),
            title: "Tell us the page the portal is on",
            text: "Then links in mails lead clients to your own website.",
            link: "/admin/settings#field-portal_url",
        },
        Step {
            done: studio.accent.is_some(),
            title: "Choose your colour",
            text: "Buttons and links of the portal take it on.",
            link: "/admin/settings#field-accent",
        },
        Step {
            done: studio.welcome.is_some(),
            title: "Write a welcome",
            text: "A line or two above the sign-in, in your own words.",
            link: "/admin/settings#field-welcome",
        },
        Step {
            done: studio.support_email.is_some() || studio.support_phone.is_some(),
            title: "Say where clients find help",
            text: "Shown to them when something does not work.",
            link: "/admin/settings#field-support_email",
        },
    ]
}

/// `GET /admin`
pub async fn show_overview(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = store::get(&mut tx).await?;
    let websites = store::origins(&mut tx).await?;
    drop(tx);
    let first_name = session.name.split_whitespace().next().unwrap_or_default();
    let page = json!({
        "first_name": first_name,
        "studio": studio.settings(&app.origin),
        "address": plain_link(&app, &studio),
        "may_edit": session.role >= Role::Manager,
        "steps": steps(&studio, &websites),
    });
    admin::page(&app, &session, "studios/overview.html", page)
}

// Settings

/// A section's or right's box: its word in the form and the label clients know it by.
const SECTIONS: &[(Right, &str)] = &[
    (Right::Home, "Home"),
    (Right::PersonalInfo, "Personal Info"),
    (Right::FormsAndContracts, "Forms and Contracts"),
    (Right::QuotesAndOrders, "Quotes and Orders"),
    (Right::Events, "Events"),
    (Right::Invoices, "Invoices"),
    (Right::PaymentsDue, "Payments Due"),
    (Right::Payments, "Payments (transactions)"),
    (Right::Documents, "Documents"),
    (Right::Messages, "Messages"),
    (Right::Notifications, "Notifications"),
];

/// A website as the page lists it: with and without `www` is one.
#[derive(Debug, PartialEq, Serialize)]
struct Website {
    origin: String,
    twin: bool,
    /// What is sent there can be read on the way.
    open: bool,
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
    drop(tx);
    let stored = SettingsForm::of(&studio);
    let form = typed.form.unwrap_or(&stored);
    let sections: Vec<_> = SECTIONS
        .iter()
        .map(|(right, label)| {
            json!({ "value": right, "label": label, "on": form.sections.contains(right) })
        })
        .collect();
    let page = json!({
        "form": form,
        "version": if typed.conflict.is_empty() { form.version } else { studio.version },
        "errors": typed.errors,
        "conflict": typed.conflict,
        "sections": sections,
        "languages": settings::LANGUAGES,
        "countries": *settings::COUNTRIES,
        "currencies": *settings::CURRENCIES,
        "time_zones": *settings::TIME_ZONES,
        "websites": websites(&origins),
        "website": typed.website,
        "hosted": studio.hosted_url(&app.origin),
        "snippet": snippet(app, &studio),
        "address": plain_link(app, &studio),
    });
    admin::page(app, session, "studios/settings.html", page)
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

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    change: Change,
) -> Result<()> {
    audit::append(
        tx,
        &session.actor(),
        action,
        Subject("studio", None),
        change,
        &session.visitor.reference,
    )
    .await
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
        ("start", "what visitors see first"),
        ("accent", "accent colour"),
        ("portal_url", "portal page"),
        ("sections", "sections"),
        ("pay", "pay"),
        ("edit_profile", "edit their profile"),
        ("upload", "upload files"),
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

// Billing

/// `GET /admin/billing`: reachable whatever the subscription's state.
pub async fn show_billing(State(app): State<App>, Owner(session): Owner) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = store::get(&mut tx).await?;
    let owners = staff::store::names_with_role(&mut tx, Role::Owner).await?;
    drop(tx);
    let (state, text) = match studio.subscription {
        Subscription::Active => (
            "Active",
            "Everything is in order. Clients can use the portal.",
        ),
        Subscription::PastDue => (
            "Payment failed",
            "The last payment did not go through, and the portal is paused until it is mended.",
        ),
        Subscription::Expired => (
            "Expired",
            "The subscription has run out, and the portal is paused until it is renewed.",
        ),
    };
    let locked = studio
        .subscription
        .lock()
        .and(lock(studio.subscription, studio.portal_enabled));
    let page = json!({
        "name": studio.name,
        "slug": studio.slug,
        "state": state,
        "text": text,
        "active": studio.subscription == Subscription::Active,
        "paid_until": studio.paid_until.map(|until| admin::day(until, &studio.time_zone)),
        "owners": owners,
        "locked": locked.map(|(code, detail)| json!({ "title": code.title(), "detail": detail })),
        "support": studio.support(),
        "host": app.origin.as_str(),
        "operator": operator_address(&app),
    });
    admin::page(&app, &session, "studios/billing.html", page)
}

/// Whom to write to about the subscription: the address the host's mails come from.
fn operator_address(app: &App) -> Option<String> {
    let mailbox = app
        .config
        .mail_from
        .parse::<lettre::message::Mailbox>()
        .ok()?;
    Some(mailbox.email.to_string())
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

    #[test]
    fn b7_every_section_has_a_box() {
        let boxes: Vec<Right> = SECTIONS.iter().map(|(right, _)| *right).collect();
        assert_eq!(boxes, Right::SECTIONS);
    }
}
