//! What a studio's staff see first.

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::json;

use super::{Studio, store, store::Reached, website::plain_link};
use crate::{App, Result, scope::Member, staff::Role, web::admin};

#[derive(Serialize)]
struct Step {
    done: bool,
    title: &'static str,
    text: &'static str,
    link: &'static str,
}

/// The way from an empty studio to a client who is in, from what the studio really is.
fn steps(studio: &Studio, websites: &[String], reached: &Reached) -> Vec<Step> {
    let step = |done, title, text, link| Step {
        done,
        title,
        text,
        link,
    };
    vec![
        step(
            studio.logo_url.is_some() && studio.accent.is_some(),
            "Logo and colour",
            "The sign-in, the portal and every mail take them on.",
            "/admin/settings#logo",
        ),
        step(
            studio.welcome.is_some()
                && (studio.support_email.is_some() || studio.support_phone.is_some()),
            "A welcome, and where to find help",
            "A line above the sign-in, and whom clients ask when something does not work.",
            "/admin/settings#field-welcome",
        ),
        step(
            !websites.is_empty(),
            "Name your website",
            "The portal opens on the websites you name, and nowhere else.",
            "/admin/website#websites",
        ),
        step(
            reached.snippet_seen,
            "Paste the snippet",
            "This ticks itself off as soon as the portal was seen on a page of yours.",
            "/admin/website#snippet-card",
        ),
        step(
            studio.portal_url.is_some(),
            "Choose the page links lead to",
            "Then mails bring clients to your own website.",
            "/admin/settings#field-portal_url",
        ),
        step(
            reached.client,
            "Add your first client",
            "By hand, or many at once from a file.",
            "/admin/clients/new",
        ),
        step(
            reached.invited,
            "Send the first invitation",
            "Click the red cloud beside a contact.",
            "/admin/portal-users",
        ),
        step(
            reached.signed_in,
            "A client signs in",
            "Try it yourself first, as a test client.",
            "/admin/portal-users",
        ),
    ]
}

/// `GET /admin`
pub async fn show_overview(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = store::get(&mut tx).await?;
    let websites = store::origins(&mut tx).await?;
    let reached = store::reached(&mut tx).await?;
    drop(tx);
    let first_name = session.name.split_whitespace().next().unwrap_or_default();
    let page = json!({
        "first_name": first_name,
        "studio": studio.settings(&app.origin),
        "address": plain_link(&app, &studio),
        "may_edit": session.role >= Role::Manager,
        "steps": steps(&studio, &websites, &reached),
    });
    admin::page(&app, &session, "studios/overview.html", page)
}
