//! The list of the crew.

use axum::{
    extract::{Query, State as FromApp},
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LIST, member_face};
use crate::{
    App, Result,
    clients::{search, show_phone},
    clock::today,
    crew::{Held, Member, State, check, store},
    scope::Member as Staff,
    studios,
    web::{admin, redirect},
};

/// A certificate that ends within so many days is told before.
const SOON_DAYS: i32 = 30;
const PAGE: usize = 60;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    show: String,
    page: usize,
}

impl Asked {
    fn state(&self) -> State {
        if self.show == "left" {
            State::Left
        } else {
            State::Active
        }
    }

    fn finds(&self, one: &Member) -> bool {
        let text = search::plain(&format!(
            "{} {} {}",
            one.name,
            one.role.as_deref().unwrap_or_default(),
            one.email.as_deref().unwrap_or_default()
        ));
        let digits: String = self.q.chars().filter(char::is_ascii_digit).collect();
        let number = one.phone.as_deref().unwrap_or_default();
        let dialled = digits.len() >= 3 && number.contains(digits.trim_start_matches('0'));
        dialled
            || search::plain(&self.q)
                .split_whitespace()
                .all(|word| text.contains(word))
    }

    fn address(&self, page: usize) -> String {
        format!(
            "{LIST}?q={}&show={}&page={page}",
            redirect::escape(&self.q),
            redirect::escape(&self.show)
        )
    }
}

/// How the end of a certificate is told: a tone and words; nothing where it is far.
pub fn ending(held: &Held, today: &str, soon: &str) -> Option<(&'static str, String)> {
    let until = held.expires_on.as_deref()?;
    let day = check::day(until);
    if until < today {
        Some(("bad", format!("{} expired on {day}", held.name)))
    } else if until <= soon {
        Some(("due", format!("{} ends on {day}", held.name)))
    } else {
        None
    }
}

/// Today, and the day up to which an end is near.
pub fn days(now: portico_wire::Timestamp, time_zone: &str) -> (String, String) {
    let today = today(now, time_zone);
    let soon = today
        .parse::<Date>()
        .and_then(|day| day.checked_add(SOON_DAYS.days()));
    let soon = soon.map_or_else(|_| today.clone(), |day| day.to_string());
    (today, soon)
}

fn row(one: &Member, held: &[Held], ends: &[(&'static str, String)]) -> Value {
    let own = held.iter().filter(|it| it.crew_id == one.id);
    let plain = own.filter(|it| !ends.iter().any(|(_, text)| text.starts_with(&it.name)));
    json!({
        "id": one.id,
        "name": one.name,
        "face": member_face(one),
        "role": one.role,
        "phone": one.phone.as_deref().map(show_phone),
        "phone_link": one.phone,
        "email": one.email,
        "holds": plain.map(|it| it.name.as_str()).collect::<Vec<_>>(),
        "ends": ends,
    })
}

/// `GET /admin/crew`
pub async fn show_crew(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let everybody = store::list(&mut tx, asked.state()).await?;
    let held = store::all_held(&mut tx).await?;
    let any = store::count(&mut tx).await? > 0;
    let now = tx.now();
    drop(tx);
    let (today, soon) = days(now, &studio.time_zone);
    let ends = |one: &Member| -> Vec<(&'static str, String)> {
        held.iter()
            .filter(|it| it.crew_id == one.id)
            .filter_map(|it| ending(it, &today, &soon))
            .collect()
    };
    let expired = everybody
        .iter()
        .filter(|one| ends(one).iter().any(|(tone, _)| *tone == "bad"))
        .count();
    let found: Vec<&Member> = everybody
        .iter()
        .filter(|one| asked.finds(one))
        .filter(|one| asked.show != "ends" || !ends(one).is_empty())
        .collect();
    let from = asked.page.saturating_mul(PAGE).min(found.len());
    let rows: Vec<Value> = found[from..]
        .iter()
        .take(PAGE)
        .map(|one| row(one, &held, &ends(one)))
        .collect();
    let body = json!({
        "rows": rows,
        "asked": { "q": asked.q, "show": asked.show },
        "filtered": !asked.q.is_empty() || !asked.show.is_empty(),
        "any": any,
        "expired": if asked.show == "left" { 0 } else { expired },
        "shows": [("", "Active"), ("ends", "Certificates ending"), ("left", "No longer with us")],
        "previous": (asked.page > 0).then(|| asked.address(asked.page - 1)),
        "next": (from + PAGE < found.len()).then(|| asked.address(asked.page + 1)),
    });
    admin::page(&app, &session, "crew/list.html", body)
}
