//! The calendar of a month or a week: a table of days, by each event's own clock.

use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::{ToSpan as _, civil::Date};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        listed::line,
        store::{self, Line},
        times, zone_of,
    },
    LIST,
    list::earliest,
};
use crate::{
    App, Result,
    clock::today,
    error::Error,
    scope::{Member, StaffSession},
    studios,
    web::admin,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A day of the month or week to show, `2027-05-22`.
    day: String,
}

/// The days an event is on, by its own clock.
fn days_of(one: &Line) -> (Date, Date) {
    let zone = zone_of(&one.time_zone);
    let first = times::local(one.starts_at, &zone).date();
    // One that ends at midnight is not on the day that begins then.
    let last = times::local(one.ends_at.plus_seconds(-1), &zone).date();
    (first, last.max(first))
}

fn shift(day: Date, days: i32) -> Result<Date> {
    day.checked_add(days.days()).map_err(Error::internal)
}

fn monday(day: Date) -> Result<Date> {
    shift(day, -i32::from(day.weekday().to_monday_zero_offset()))
}

async fn between(app: &App, session: &StaffSession, from: Date, to: Date) -> Result<Vec<Line>> {
    let mut tx = app.db.read(session).await?;
    // A day is up to fourteen hours earlier or later elsewhere.
    let utc = jiff::tz::TimeZone::UTC;
    let start = times::midnight(from, &utc)?.plus_seconds(-14 * 3600);
    let end = times::midnight(to, &utc)?.plus_seconds(14 * 3600);
    store::between(&mut tx, earliest(start), start, end).await
}

/// One cell for each day.
fn cells(
    events: &[Line],
    from: Date,
    days: i32,
    today: Date,
    month: Option<i8>,
) -> Result<Vec<Value>> {
    (0..days)
        .map(|n| {
            let day = shift(from, n)?;
            let on: Vec<Value> = events
                .iter()
                .filter(|one| {
                    let (first, last) = days_of(one);
                    first <= day && day <= last
                })
                .map(|one| {
                    let mut shown = line(one);
                    shown["goes_on"] = (days_of(one).0 < day).into();
                    shown
                })
                .collect();
            Ok(json!({
                "day": day.to_string(),
                "number": day.day(),
                "label": day.strftime("%A, %-d %B").to_string(),
                "today": day == today,
                "out": month.is_some_and(|month| month != day.month()),
                "events": on,
            }))
        })
        .collect()
}

/// The day asked for, else today where the studio is; and today.
async fn asked_day(app: &App, session: &StaffSession, asked: &Asked) -> Result<(Date, Date)> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let today: Date = today(tx.now(), &studio.time_zone)
        .parse()
        .map_err(Error::internal)?;
    let day = asked.day.parse().ok();
    let near = |day: &Date| (2000..=2200).contains(&day.year());
    Ok((day.filter(near).unwrap_or(today), today))
}

fn address(view: &str, day: Date) -> String {
    format!("{LIST}/{view}?day={day}")
}

/// `GET /admin/events/month`
pub async fn show_month(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (day, today) = asked_day(&app, &session, &asked).await?;
    let first = day.first_of_month();
    let from = monday(first)?;
    let last = day.last_of_month();
    let weeks = (from.until(last).map_err(Error::internal)?.get_days() / 7) + 1;
    let to = shift(from, weeks * 7)?;
    let events = between(&app, &session, from, to).await?;
    let cells = cells(&events, from, weeks * 7, today, Some(day.month()))?;
    let weeks: Vec<&[Value]> = cells.chunks(7).collect();
    let body = json!({
        "view": "month",
        "title": first.strftime("%B %Y").to_string(),
        "weeks": weeks,
        "before": address("month", shift(first, -1)?.first_of_month()),
        "after": address("month", shift(last, 1)?),
        "now": address("month", today),
        "other": address("week", day),
        "is_now": today.first_of_month() == first,
    });
    admin::page(&app, &session, "events/calendar.html", body)
}

/// `GET /admin/events/week`
pub async fn show_week(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (day, today) = asked_day(&app, &session, &asked).await?;
    let from = monday(day)?;
    let to = shift(from, 7)?;
    let events = between(&app, &session, from, to).await?;
    let cells = cells(&events, from, 7, today, None)?;
    let last = shift(from, 6)?;
    let body = json!({
        "view": "week",
        "title": format!("{} to {}", from.strftime("%-d %B"), last.strftime("%-d %B %Y")),
        "weeks": [cells],
        "before": address("week", shift(from, -7)?),
        "after": address("week", to),
        "now": address("week", today),
        "other": address("month", day),
        "is_now": monday(today)? == from,
    });
    admin::page(&app, &session, "events/calendar.html", body)
}
