//! What staff decide: confirm, complete, cancel, reopen, move, and what clients asked for.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{EventId, EventRequestId};
use serde_json::json;

use super::{
    super::{
        Act, Event, act, store, text,
        times::{self, Typed, When},
    },
    Acting, path,
};
use crate::{
    App, Result,
    error::Error,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// An act on the version the page was made from.
async fn mark(
    app: &App,
    session: &StaffSession,
    id: EventId,
    sent: &Sent,
    act: Act,
    notice: &str,
) -> Result<Response> {
    let reason = text("reason", &sent.text("reason"), 1000)?;
    let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty() && act == Act::Cancel);
    let version = sent.text("version").parse().unwrap_or(0);
    let acting = Acting::new(session, sent.text("tell") != "no");
    let mut tx = app.db.write(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    act::mark(
        app,
        &mut tx,
        &studio,
        (id, version),
        act,
        reason,
        &acting.by(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), notice))
}

/// `POST /admin/events/{id}/confirm`
pub async fn confirm(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let notice = "Confirmed. Its contacts get a mail with a file for their calendars.";
    mark(&app, &session, id, &sent, Act::Confirm, notice).await
}

/// `POST /admin/events/{id}/complete`
pub async fn complete(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    mark(&app, &session, id, &sent, Act::Complete, "Completed.").await
}

/// `POST /admin/events/{id}/cancel`
pub async fn cancel(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let notice = "Cancelled. Its contacts get a mail that takes it out of their calendars.";
    mark(&app, &session, id, &sent, Act::Cancel, notice).await
}

/// `POST /admin/events/{id}/reopen`
pub async fn reopen(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let notice = "It is open again. Nobody was told yet.";
    mark(&app, &session, id, &sent, Act::Reopen, notice).await
}

/// `POST /admin/event-requests/{id}`: yes or no to what a client asked for.
pub async fn answer_request(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventRequestId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let accept = match sent.text("verdict").as_str() {
        "accept" => true,
        "decline" => false,
        _ => return Err(Error::invalid("verdict", "Please accept or decline.")),
    };
    let answer = text("answer", &sent.text("answer"), 2000)?;
    let acting = Acting::new(&session, true);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let this = (id, accept, answer.as_str());
    let event = act::answer(&app, &mut tx, &studio, this, &acting.by()).await?;
    tx.commit().await?;
    let notice = if accept {
        "Accepted. The client hears of it."
    } else {
        "Declined. The client gets your answer."
    };
    Ok(redirect::see(&path(event), notice))
}

#[derive(Default)]
struct MoveTyped {
    day: String,
    time: String,
    end_day: String,
    end_time: String,
    tell: bool,
}

impl MoveTyped {
    fn of(event: &Event) -> Self {
        let (starts, ends) = times::written(event.when(), &event.zone());
        let split = |text: &str| match text.split_once('T') {
            Some((day, time)) => (day.to_owned(), time.to_owned()),
            None => (text.to_owned(), String::new()),
        };
        let ((day, time), (end_day, end_time)) = (split(&starts), split(&ends));
        Self {
            day,
            time,
            end_day,
            end_time,
            tell: true,
        }
    }

    fn sent(sent: &Sent) -> Self {
        Self {
            day: sent.text("day"),
            time: sent.text("time"),
            end_day: sent.text("end_day"),
            end_time: sent.text("end_time"),
            tell: sent.is_ticked("tell"),
        }
    }

    /// With a day alone, the same hours on that day: what dragging it there sends.
    fn read(&self, event: &Event) -> Result<When> {
        let zone = event.zone();
        let day = self.day.trim();
        if self.time.is_empty() && self.end_day.is_empty() && self.end_time.is_empty() {
            let wrong = || Error::invalid("starts", "Please choose a day.");
            let known = portico_wire::time::is_day(day);
            let day = known
                .then(|| day.parse().ok())
                .flatten()
                .ok_or_else(wrong)?;
            return times::on_day(event.when(), day, &zone);
        }
        let join = |day: &str, time: &str| {
            if event.all_day {
                day.to_owned()
            } else {
                format!("{day}T{time}")
            }
        };
        let end_day = match self.end_day.trim() {
            "" => day,
            other => other,
        };
        let (starts, ends) = (
            join(day, self.time.trim()),
            join(end_day, self.end_time.trim()),
        );
        let typed = Typed {
            starts: &starts,
            ends: &ends,
            all_day: event.all_day,
            minutes: 0,
        };
        times::read(typed, &zone)
    }
}

fn move_page(
    app: &App,
    session: &StaffSession,
    event: &Event,
    typed: &MoveTyped,
    errors: FieldErrors,
) -> Result<Response> {
    let body = json!({
        "id": event.id,
        "version": event.version,
        "title": event.title,
        "when": event.said(),
        "all_day": event.all_day,
        "time_zone": event.time_zone,
        "day": typed.day,
        "time": typed.time,
        "end_day": typed.end_day,
        "end_time": typed.end_time,
        "tell": typed.tell,
        "errors": errors,
    });
    admin::page(app, session, "events/move.html", body)
}

/// `GET /admin/events/{id}/move`
pub async fn show_move(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let event = store::get(&mut tx, id).await?;
    drop(tx);
    let typed = MoveTyped::of(&event);
    move_page(&app, &session, &event, &typed, FieldErrors::default())
}

/// `POST /admin/events/{id}/move`: from its page, or dragged to another day of the calendar.
pub async fn move_event(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = MoveTyped::sent(&sent);
    let version = sent.text("version").parse().unwrap_or(0);
    let mut tx = app.db.write(&session).await?;
    let event = store::get(&mut tx, id).await?;
    let when = match typed.read(&event) {
        Ok(when) => when,
        Err(Error::Refused(refusal)) => {
            drop(tx);
            let mut errors = FieldErrors::default();
            let field = match refusal.field.as_deref() {
                Some("ends") => "end_day",
                _ => "day",
            };
            errors.add(field, refusal.detail);
            let page = move_page(&app, &session, &event, &typed, errors)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        Err(other) => return Err(other),
    };
    let studio = studios::store::get(&mut tx).await?;
    let acting = Acting::new(&session, typed.tell);
    let by = acting.by();
    let after = act::move_to(&app, &mut tx, &studio, (id, version), when, &by).await?;
    tx.commit().await?;
    let back = match sent.text("back").as_str() {
        "month" => format!("{}/month?day={}", super::LIST, typed.day),
        "week" => format!("{}/week?day={}", super::LIST, typed.day),
        _ => path(id),
    };
    let notice = format!("“{}” is now on {}.", after.title, after.said());
    Ok(redirect::see(&back, &notice))
}
