//! `/admin/notifications`: what a staff member was told, and what it wants to hear of.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::NotificationId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{StaffKind, store};
use crate::{
    App, Result,
    scope::Member,
    studios,
    web::{
        admin,
        form::{Form, Sent},
        redirect,
    },
};

pub const LIST: &str = "/admin/notifications";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: String,
}

/// `GET /admin/notifications`
pub async fn show(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let first = asked.before.parse().ok();
    let before = first.unwrap_or(NotificationId::from_bytes([0xff; 16]));
    let mut tx = app.db.read(&session).await?;
    let found = store::staff_list(&mut tx, session.staff, before).await?;
    let choices = store::staff_choices(&mut tx, session.staff).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    drop(tx);
    let shown = &found[..found.len().min(store::PAGE)];
    let row = |one: &store::StaffTold| {
        json!({
            "path": one.path, "title": one.title, "body": one.body, "seen": one.seen,
            "when": admin::moment(one.created_at, &zone),
        })
    };
    let kind = |kind: &StaffKind| {
        let chosen = choices.iter().find(|it| it.0 == *kind);
        json!({
            "name": kind.name(), "label": kind.label(), "has_mail": kind.has_mail(),
            "mail": chosen.is_none_or(|it| it.1), "screen": chosen.is_none_or(|it| it.2),
        })
    };
    let next = shown.last().filter(|_| found.len() > store::PAGE);
    let body = json!({
        "rows": shown.iter().map(row).collect::<Vec<Value>>(),
        "kinds": StaffKind::ALL.iter().map(kind).collect::<Vec<Value>>(),
        "unread": session.counts.notifications,
        "first": first.map(|_: NotificationId| LIST),
        "next": next.map(|one| format!("{LIST}?before={}", one.id)),
    });
    admin::page(&app, &session, "notifications/list.html", body)
}

/// `POST /admin/notifications/seen`: all of them.
pub async fn see_all(
    State(app): State<App>,
    Member(session): Member,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    store::mark_staff_seen(&mut tx, session.staff).await?;
    tx.commit().await?;
    Ok(redirect::see(LIST, "All are marked as seen."))
}

/// `POST /admin/notifications/choices`
pub async fn choose(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (mail, screen) = (sent.all("mail"), sent.all("screen"));
    let mut tx = app.db.write(&session).await?;
    for &kind in StaffKind::ALL {
        let choice = (
            !kind.has_mail() || mail.contains(&kind.name()),
            screen.contains(&kind.name()),
        );
        store::staff_choose(&mut tx, session.staff, kind, choice).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(LIST, "Saved."))
}
