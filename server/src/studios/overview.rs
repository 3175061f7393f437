//! What a studio's staff see first, and the state of its subscription.

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::json;

use super::{Studio, Subscription, admin::plain_link, lock, store};
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
