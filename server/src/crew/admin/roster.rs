//! An event's roster: who works when, what is missing, and what is wrong.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{CrewId, CrewRoleId, EventId, events::EventState};
use serde_json::{Value, json};

use super::{face, gate_path, roster_path};
use crate::{
    App, Result,
    clients::show_phone,
    crew::{
        Event, Held, Member, Need, Qualification, Requirement, Shift, State, Vehicle,
        check::{self, Clash, Roster, Warning},
        event_days, people, store, times,
    },
    db::StudioTx,
    scope::{Member as Staff, StaffSession},
    web::{admin, body::Id, form::FieldErrors},
};

/// All that stands on the page.
struct Loaded {
    event: Event,
    shifts: Vec<Shift>,
    leader: Option<CrewId>,
    needs: Vec<Need>,
    held: Vec<Held>,
    required: Vec<Requirement>,
    clashes: Vec<Clash>,
    crew: Vec<Member>,
    busy: Vec<Clash>,
    roles: Vec<(CrewRoleId, String)>,
    vehicles: Vec<Vehicle>,
    kinds: Vec<Qualification>,
}

impl Loaded {
    async fn of(tx: &mut StudioTx, id: EventId) -> Result<Self> {
        let event = store::event(tx, id).await?;
        let mut vehicles = store::all_vehicles(tx).await?;
        let there = store::vehicles_on(tx, id).await?;
        vehicles.extend(
            there
                .into_iter()
                .filter(|one| one_is_gone(one, &vehicles))
                .collect::<Vec<_>>(),
        );
        Ok(Self {
            shifts: store::shifts(tx, id).await?,
            leader: store::leader(tx, id).await?,
            needs: store::filled(tx, &[id]).await?,
            held: store::held_on(tx, id).await?,
            required: store::required(tx, id).await?,
            clashes: store::clashes(tx, id).await?,
            crew: store::list(tx, State::Active).await?,
            busy: store::busy(tx, id, (event.starts_at, event.ends_at)).await?,
            roles: store::roles(tx).await?,
            kinds: store::qualifications(tx).await?,
            vehicles,
            event,
        })
    }

    fn roster(&self) -> Roster<'_> {
        Roster {
            event: &self.event,
            shifts: &self.shifts,
            leader: self.leader,
            needs: &self.needs,
            held: &self.held,
            required: &self.required,
            clashes: &self.clashes,
        }
    }

    fn vehicle(&self, shift: &Shift) -> Option<&Vehicle> {
        self.vehicles
            .iter()
            .find(|one| Some(one.id) == shift.vehicle_id)
    }
}

/// Of the roster, and no longer offered.
fn one_is_gone(one: &Vehicle, offered: &[Vehicle]) -> bool {
    !offered.iter().any(|known| known.id == one.id)
}

/// What somebody typed and could not be saved.
#[derive(Default)]
pub struct Typed {
    /// `add`, `require`, or the id of a stretch.
    pub place: String,
    pub values: Value,
    pub crew: Vec<String>,
    pub errors: FieldErrors,
}

fn hours(shift: &Shift, zone: &str) -> Result<(String, String, String)> {
    let (from, to) = (
        times::local(shift.starts_at, zone)?,
        times::local(shift.ends_at, zone)?,
    );
    let time = |at: jiff::civil::DateTime| at.strftime("%H:%M").to_string();
    Ok((from.date().to_string(), time(from), time(to)))
}

fn shift_row(all: &Loaded, shift: &Shift, typed: &Typed, days: usize) -> Result<Value> {
    let zone = &all.event.time_zone;
    let (day, from, to) = hours(shift, zone)?;
    let mine = typed.place == shift.id.to_string();
    let or = |name: &str, stored: String| {
        if mine {
            typed.values[name].clone()
        } else {
            json!(stored)
        }
    };
    let role = shift.role_id.map(|id| id.to_string()).unwrap_or_default();
    let vehicle = shift
        .vehicle_id
        .map(|id| id.to_string())
        .unwrap_or_default();
    let clash = all.clashes.iter().any(|it| {
        it.crew_id == shift.crew_id && it.starts_at < shift.ends_at && it.ends_at > shift.starts_at
    });
    Ok(json!({
        "id": shift.id,
        "day": times::short_day(times::local(shift.starts_at, zone)?.date()),
        "clock": times::clock(shift.starts_at, shift.ends_at, zone)?,
        "role": shift.role,
        "plate": all.vehicle(shift).map(|one| one.plate.clone()),
        "clash": clash,
        "copies": days > 1,
        "open": mine,
        "errors": if mine { json!(typed.errors) } else { json!({}) },
        "form": {
            "day": or("day", day), "from": or("from", from), "to": or("to", to),
            "role": or("role", role), "vehicle": or("vehicle", vehicle),
        },
    }))
}

fn people_rows(
    all: &Loaded,
    warnings: &[Warning],
    typed: &Typed,
    days: usize,
) -> Result<Vec<Value>> {
    let mut rows = Vec::new();
    for (one, shifts) in people(&all.shifts) {
        let told = warnings.iter().filter(|it| it.crew == Some(one.crew_id));
        let rows_of = shifts
            .iter()
            .map(|shift| shift_row(all, shift, typed, days));
        rows.push(json!({
            "id": one.crew_id,
            "name": one.name,
            "face": face(one.crew_id, &one.name, one.photo_key.as_deref()),
            "phone": one.phone.as_deref().map(show_phone),
            "phone_link": one.phone,
            "leader": all.leader == Some(one.crew_id),
            "left": one.state == State::Left,
            "warnings": told.map(|it| it.kind).collect::<std::collections::BTreeSet<_>>(),
            "shifts": rows_of.collect::<Result<Vec<_>>>()?,
        }));
    }
    rows.sort_by_key(|row| row["leader"] != json!(true));
    Ok(rows)
}

/// Who could be put on the roster, with where they are at that time.
fn candidates(all: &Loaded, typed: &Typed) -> Result<Vec<Value>> {
    let zone = &all.event.time_zone;
    all.crew
        .iter()
        .map(|one| {
            let busy = all.busy.iter().find(|it| it.crew_id == one.id);
            let busy = busy.map(|it| {
                times::said(it.starts_at, it.ends_at, zone)
                    .map(|when| format!("{}, {when}", it.title))
            });
            Ok(json!({
                "id": one.id,
                "name": one.name,
                "face": super::member_face(one),
                "role": one.role,
                "busy": busy.transpose()?,
                "there": all.shifts.iter().any(|shift| shift.crew_id == one.id),
                "on": typed.crew.contains(&one.id.to_string()),
            }))
        })
        .collect()
}

/// The times of the event, which most of the crew have.
fn usual(event: &Event) -> Result<Value> {
    let zone = &event.time_zone;
    let (from, to) = (
        times::local(event.starts_at, zone)?,
        times::local(event.ends_at, zone)?,
    );
    let (mut begins, mut ends) = (
        from.strftime("%H:%M").to_string(),
        to.strftime("%H:%M").to_string(),
    );
    if begins == ends {
        (begins, ends) = ("09:00".into(), "18:00".into());
    }
    Ok(json!({
        "day": from.date().to_string(), "from": begins, "to": ends, "role": "usual", "vehicle": "own", "all": false,
    }))
}

pub async fn page(
    app: &App,
    session: &StaffSession,
    id: EventId,
    typed: Typed,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let all = Loaded::of(&mut tx, id).await?;
    drop(tx);
    let warnings = check::warnings(&all.roster())?;
    let days = event_days(&all.event)?;
    let at = |place: &str, otherwise: Value| -> (Value, Value) {
        if typed.place == place {
            (typed.values.clone(), json!(typed.errors))
        } else {
            (otherwise, json!({}))
        }
    };
    let (add, add_errors) = at("add", usual(&all.event)?);
    let (require, require_errors) = at("require", json!({ "qualification": "", "role": "" }));
    let roles: Vec<(String, &str)> = all
        .roles
        .iter()
        .map(|(id, name)| (id.to_string(), name.as_str()))
        .collect();
    let body = json!({
        "event": {
            "id": all.event.id, "title": all.event.title, "venue": all.event.venue, "zone": all.event.time_zone,
            "cancelled": all.event.state == EventState::Cancelled,
            "first": days.first().map(|(_, name)| name), "last": days.last().map(|(_, name)| name),
            "several": days.len() > 1,
        },
        "path": roster_path(id),
        "gate": gate_path(id),
        "needs": all.needs.iter().map(|need| json!({
            "role": need.role, "count": need.count, "filled": need.filled, "missing": need.missing(),
        })).collect::<Vec<_>>(),
        "warnings": warnings,
        "people": people_rows(&all, &warnings, &typed, days.len())?,
        "candidates": candidates(&all, &typed)?,
        "roles": roles,
        "vehicles": all.vehicles.iter().map(|one| (one.id.to_string(), format!("{} ({})", one.label(), one.driver))).collect::<Vec<_>>(),
        "add": add,
        "add_errors": add_errors,
        "required": all.required.iter().map(|one| json!({ "id": one.id, "name": one.name, "role": one.role })).collect::<Vec<_>>(),
        "kinds": all.kinds.iter().map(|one| (one.id.to_string(), one.name.as_str())).collect::<Vec<_>>(),
        "require": require,
        "require_errors": require_errors,
        "problems": typed.errors,
    });
    admin::page(app, session, "crew/roster.html", body)
}

pub async fn refuse(
    app: &App,
    session: &StaffSession,
    id: EventId,
    typed: Typed,
) -> Result<Response> {
    let page = page(app, session, id, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /admin/events/{id}/roster`
pub async fn show_roster(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<EventId>,
) -> Result<Response> {
    page(&app, &session, id, Typed::default()).await
}
