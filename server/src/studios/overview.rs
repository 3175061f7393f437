//! What a studio's staff see first, and the state of its subscription.

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::json;

use super::{Studio, Subscription, admin::plain_link, lock, store, store::Reached};
use crate::{
    App, Result,
    scope::{Member, Owner},
    staff::{self, Role},
    web::admin,
};

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
            "/admin/settings#websites",
        ),
        step(
            reached.snippet_seen,
            "Paste the snippet",
            "This ticks itself off as soon as the portal was seen on a page of yours.",
            "/admin/settings#snippet-card",
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
