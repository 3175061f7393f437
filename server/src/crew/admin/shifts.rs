//! Putting people on a roster, changing their times, and who leads.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State as FromApp},
    response::Response,
};
use portico_wire::{CrewId, EventId, ShiftId, Timestamp};
use serde_json::{Value, json};

use super::{
    about_event,
    asked::{self, Around, Wanted, chosen, overlapping, says_overlap, stretches, typed},
    roster::refuse,
    roster_path,
};
use crate::{
    App, Result,
    audit::{self, Change},
    crew::{
        Event, Shift, State, event_days,
        store::{self, NewShift},
        times,
    },
    db::StudioTx,
    error::Error,
    scope::Member as Staff,
    web::{
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// Beyond this nobody looks a roster over.
const MOST: usize = 1500;
/// `POST /admin/events/{id}/roster`: some people, at the same times.
pub async fn add(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let event = store::event(&mut tx, id).await?;
    let shifts = store::shifts(&mut tx, id).await?;
    let roles = store::roles(&mut tx).await?;
    let vehicles = store::all_vehicles(&mut tx).await?;
    let mut errors = FieldErrors::default();
    let everybody = store::list(&mut tx, State::Active).await?;
    let crew = chosen(&sent, &everybody, &mut errors);
    let wanted = Wanted {
        role: asked::role(&sent, &roles, None, &mut errors),
        vehicle: asked::vehicle(&sent, &vehicles, None, &mut errors),
        vehicles: &vehicles,
    };
    let when = stretches(&sent, &event, &mut errors)?;
    let new = wanted.shifts(&tx, &crew, &when);
    if shifts.len() + new.len() > MOST {
        errors.add("crew", "This roster is as long as a roster can be.");
    }
    for one in &new {
        let when = (one.starts_at, one.ends_at);
        if let Some(other) = overlapping(&shifts, one.crew, None, when) {
            says_overlap(&mut errors, "crew", other, &event.time_zone)?;
        }
    }
    if !errors.is_empty() {
        drop(tx);
        return refuse(&app, &session, id, typed("add", &sent, errors)).await;
    }
    store::insert_shifts(&mut tx, id, &new).await?;
    let mut told: Vec<String> = Vec::new();
    for (from, to) in &when {
        told.push(times::said(*from, *to, &event.time_zone)?);
    }
    let names: Vec<&str> = crew.iter().map(|one| one.name.as_str()).collect();
    let change = Change::made(&json!({ "crew": names.join(", "), "times": told.join("; ") }))?;
    audit::note(
        &mut tx,
        &session,
        "put on the roster",
        about_event(id),
        change,
    )
    .await?;
    tx.commit().await?;
    let notice = match &names[..] {
        [name] => format!("{name} is on the roster."),
        names => format!("{} people are on the roster.", names.len()),
    };
    Ok(redirect::see(&roster_path(id), &notice))
}

/// The event, and one stretch of its roster.
async fn find(tx: &mut StudioTx, path: &(String, String)) -> Result<(Event, Vec<Shift>, Shift)> {
    let event: EventId = path.0.parse().map_err(|_| Error::not_found())?;
    let id: ShiftId = path.1.parse().map_err(|_| Error::not_found())?;
    let event = store::event(tx, event).await?;
    let shifts = store::shifts(tx, event.id).await?;
    let shift = shifts.iter().find(|one| one.id == id).cloned();
    Ok((event, shifts, shift.ok_or_else(Error::not_found)?))
}

fn logged(shift: &Shift, zone: &str) -> Result<Value> {
    Ok(json!({
        "crew": shift.name,
        "times": times::said(shift.starts_at, shift.ends_at, zone)?,
        "role": shift.role,
        "vehicle": shift.vehicle_id,
    }))
}

/// `POST /admin/events/{id}/roster/{shift}`: other times, role or vehicle.
pub async fn save(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (event, shifts, before) = find(&mut tx, &path).await?;
    let roles = store::roles(&mut tx).await?;
    let vehicles = store::all_vehicles(&mut tx).await?;
    let mut errors = FieldErrors::default();
    let around = Around {
        event: &event,
        shifts: &shifts,
        roles: &roles,
        vehicles: &vehicles,
    };
    let Some(after) = around.changed(&before, &sent, &mut errors)? else {
        drop(tx);
        let typed = typed(before.id.to_string(), &sent, errors);
        return refuse(&app, &session, event.id, typed).await;
    };
    let (path, zone) = (roster_path(event.id), &event.time_zone);
    let Some(change) = Change::between(&logged(&before, zone)?, &logged(&after, zone)?)? else {
        return Ok(redirect::see(&path, "Nothing was changed."));
    };
    let new = NewShift {
        id: after.id,
        crew: after.crew_id,
        role: after.role_id,
        starts_at: after.starts_at,
        ends_at: after.ends_at,
        vehicle: after.vehicle_id,
    };
    store::save_shift(&mut tx, &new).await?;
    audit::note(
        &mut tx,
        &session,
        "roster changed",
        about_event(event.id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(&path, &format!("{} is saved.", before.name)))
}

/// `POST /admin/events/{id}/roster/{shift}/copy`: the same on the event's other days, where there is nothing yet.
pub async fn copy(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (event, shifts, one) = find(&mut tx, &path).await?;
    let zone = &event.time_zone;
    let clock = |at: Timestamp| times::local(at, zone).map(|at| at.strftime("%H:%M").to_string());
    let (from, to) = (clock(one.starts_at)?, clock(one.ends_at)?);
    let mut errors = FieldErrors::default();
    let mut new: BTreeMap<Timestamp, NewShift> = BTreeMap::new();
    for (day, _) in event_days(&event)? {
        let when = times::stretch(&day, (&from, &to), zone, &mut errors);
        let Some((starts_at, ends_at)) = when else {
            continue;
        };
        if overlapping(&shifts, one.crew_id, None, (starts_at, ends_at)).is_none() {
            let copy = NewShift {
                id: tx.id(),
                crew: one.crew_id,
                role: one.role_id,
                starts_at,
                ends_at,
                vehicle: one.vehicle_id,
            };
            new.insert(starts_at, copy);
        }
    }
    let new: Vec<NewShift> = new.into_values().collect();
    if new.is_empty() {
        let notice = format!("{} works on all days of this event already.", one.name);
        return Ok(redirect::see(&roster_path(event.id), &notice));
    }
    store::insert_shifts(&mut tx, event.id, &new).await?;
    let change = Change::made(
        &json!({ "crew": one.name, "times": format!("{from} to {to}"), "days": new.len() }),
    )?;
    audit::note(
        &mut tx,
        &session,
        "times copied to all days",
        about_event(event.id),
        change,
    )
    .await?;
    tx.commit().await?;
    let days = if new.len() == 1 {
        "one more day".into()
    } else {
        format!("{} more days", new.len())
    };
    Ok(redirect::see(
        &roster_path(event.id),
        &format!("{} works on {days}.", one.name),
    ))
}

/// `POST /admin/events/{id}/roster/{shift}/remove`; whoever has no stretch left leads no longer.
pub async fn remove(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (event, shifts, one) = find(&mut tx, &path).await?;
    store::delete_shift(&mut tx, event.id, one.id).await?;
    let stays = shifts
        .iter()
        .any(|it| it.crew_id == one.crew_id && it.id != one.id);
    if !stays && store::leader(&mut tx, event.id).await? == Some(one.crew_id) {
        store::save_leader(&mut tx, event.id, None).await?;
    }
    let change = Change::removed(&logged(&one, &event.time_zone)?)?;
    audit::note(
        &mut tx,
        &session,
        "taken off the roster",
        about_event(event.id),
        change,
    )
    .await?;
    tx.commit().await?;
    let what = if stays {
        "is taken off for this time"
    } else {
        "is off the roster"
    };
    Ok(redirect::see(
        &roster_path(event.id),
        &format!("{} {what}.", one.name),
    ))
}

/// `POST /admin/events/{id}/roster/leader`: one of the roster, or nobody.
pub async fn lead(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    store::event(&mut tx, id).await?;
    let asked = sent.text("crew");
    let crew: Option<CrewId> = match asked.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let mut name = None;
    if let Some(crew) = crew {
        if !store::is_rostered(&mut tx, id, crew).await? {
            return Err(Error::not_found());
        }
        name = Some(store::get(&mut tx, crew).await?.name);
    }
    store::save_leader(&mut tx, id, crew).await?;
    let change = Change::made(&json!({ "team leader": name }))?;
    audit::note(
        &mut tx,
        &session,
        "team leader chosen",
        about_event(id),
        change,
    )
    .await?;
    tx.commit().await?;
    let notice = match name {
        Some(name) => format!("{name} leads the team. Clients see whom to call."),
        None => "Nobody leads the team now.".into(),
    };
    Ok(redirect::see(&roster_path(id), &notice))
}
