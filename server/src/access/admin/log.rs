//! The sign-in log, with the true reasons.

use axum::{
    extract::{Query, State as FromApp},
    response::Response,
};
use portico_wire::{ContactId, SignInId};
use serde::{Deserialize, Serialize};

use super::find;
use crate::{
    App, Result,
    access::{
        reach, sessions,
        store::{self, SignInRow},
    },
    error::Error,
    scope::Member,
    studios,
    web::admin,
};

const PAGE: &str = "/admin/portal-users/log";
const ROWS: i64 = 50;

/// Later than every entry.
pub fn newest() -> SignInId {
    SignInId::from_bytes([0xff; 16])
}

/// An entry as pages show it.
#[derive(Serialize)]
pub struct Line {
    at: String,
    email: String,
    contact: Option<ContactId>,
    way: &'static str,
    outcome: &'static str,
    good: bool,
    device: String,
    origin: String,
    address: String,
    reference: String,
}

impl Line {
    pub fn of(row: SignInRow, time_zone: &str) -> Self {
        Self {
            at: admin::moment(row.at, time_zone),
            way: reach::way(&row.way),
            outcome: reach::outcome(&row.outcome),
            good: row.outcome == "in",
            device: sessions::device_name(&row.user_agent),
            email: row.email,
            contact: row.contact_id,
            origin: row.origin,
            address: row.address,
            reference: row.reference,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    contact: String,
    before: String,
}

/// `GET /admin/portal-users/log`: the studio's, or one contact's.
pub async fn show_log(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page {
        lines: Vec<Line>,
        /// Whose log it is, where it is one contact's.
        name: Option<String>,
        contact: Option<ContactId>,
        next: Option<String>,
        private: bool,
    }
    let before = asked.before.parse().unwrap_or_else(|_| newest());
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let user = if asked.contact.is_empty() {
        None
    } else {
        let contact = asked.contact.parse().map_err(|_| Error::not_found())?;
        Some(find(&mut tx, contact).await?)
    };
    let mut rows = match &user {
        None => store::sign_ins(&mut tx, before, ROWS + 1).await?,
        Some(user) => {
            let email = user.email.as_deref().unwrap_or("-");
            store::sign_ins_of(&mut tx, user.id, email, before, ROWS + 1).await?
        }
    };
    drop(tx);
    let more = i64::try_from(rows.len()).unwrap_or(0) > ROWS;
    if more {
        rows.pop();
    }
    let of = user
        .as_ref()
        .map_or_else(String::new, |user| format!("contact={}&", user.id));
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{PAGE}?{of}before={}", row.id));
    let page = Page {
        lines: rows
            .into_iter()
            .map(|row| Line::of(row, &studio.time_zone))
            .collect(),
        name: user.as_ref().map(store::PortalUser::name),
        contact: user.as_ref().map(|user| user.id),
        next,
        private: studio.private_wording,
    };
    admin::page(&app, &session, "access/log.html", page)
}
