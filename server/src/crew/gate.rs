//! The gate list: who may pass the gate of an event, to print, as PDF, and under an address for whoever has no account.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use jiff::civil::Date;
use portico_wire::{Code, CrewId, Timestamp, VehicleId};
use serde::{Deserialize, Serialize};

use super::{Event, GateLink, Shift, Vehicle, files, initials, people, store, times};
use crate::{
    App, Result,
    clients::{search, show_phone},
    db::StudioTx,
    error::Error,
    papers::{self, Sheet},
    scope::{StudioScope, Visitor},
    secrets::Secret,
    studios::{self, Studio},
    web::admin,
};

/// How long an opening is not written down again.
const SEEN_SECONDS: i64 = 60;
const LEADER: &str = "Team leader";

/// What a gate list says, and nothing more: no number but the team leader's, no paper, no note.
#[derive(Serialize)]
pub struct GateList {
    title: String,
    place: Vec<String>,
    when: String,
    people: usize,
    leader: Option<Leader>,
    days: Vec<Day>,
}

#[derive(Serialize)]
struct Leader {
    name: String,
    phone: Option<String>,
    phone_link: Option<String>,
}

#[derive(Serialize)]
struct Day {
    id: String,
    name: String,
    short: String,
    today: bool,
    people: Vec<Pass>,
}

#[derive(Serialize)]
struct Pass {
    name: String,
    initials: String,
    photo: Option<String>,
    role: String,
    times: Vec<String>,
    /// Plate and look of each vehicle.
    vehicles: Vec<(String, String)>,
    leader: bool,
}

/// All that a gate list is made from.
pub struct Source {
    pub event: Event,
    pub shifts: Vec<Shift>,
    vehicles: BTreeMap<VehicleId, Vehicle>,
    leader: Option<CrewId>,
    now: Timestamp,
}

impl Source {
    pub async fn load(tx: &mut StudioTx, event: Event) -> Result<Self> {
        let shifts = store::shifts(tx, event.id).await?;
        let vehicles = store::vehicles_on(tx, event.id).await?;
        Ok(Self {
            leader: store::leader(tx, event.id).await?,
            vehicles: vehicles.into_iter().map(|one| (one.id, one)).collect(),
            now: tx.now(),
            event,
            shifts,
        })
    }

    /// "Saturday 12 June 2027", and to which day.
    fn when(&self) -> Result<String> {
        let days = super::event_days(&self.event)?;
        Ok(match (days.first(), days.last()) {
            (Some((_, first)), Some((_, last))) if first != last => format!("{first} to {last}"),
            (Some((_, first)), _) => first.clone(),
            _ => String::new(),
        })
    }

    fn place(&self) -> Vec<String> {
        let lines = self.event.venue.lines().chain(self.event.address.lines());
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        lines.map(ToOwned::to_owned).collect()
    }

    fn vehicles_of(&self, shifts: &[&Shift]) -> Vec<&Vehicle> {
        let mut found: Vec<&Vehicle> = Vec::new();
        for vehicle in shifts
            .iter()
            .filter_map(|one| self.vehicles.get(&one.vehicle_id?))
        {
            if !found.iter().any(|known| known.id == vehicle.id) {
                found.push(vehicle);
            }
        }
        found
    }

    /// The list, day by day; of those alone whose name, role or plate holds what was searched for.
    pub fn list(&self, search: &str, photo: impl Fn(&Shift) -> String) -> Result<GateList> {
        let zone = &self.event.time_zone;
        let today = times::local(self.now, zone)?.date();
        let mut days: BTreeMap<Date, Vec<&Shift>> = BTreeMap::new();
        for shift in &self.shifts {
            let day = times::local(shift.starts_at, zone)?.date();
            days.entry(day).or_default().push(shift);
        }
        let mut shown = Vec::new();
        for (day, shifts) in days {
            let mut passes = Vec::new();
            let owned: Vec<Shift> = shifts.into_iter().cloned().collect();
            for (one, all) in people(&owned) {
                let pass = self.pass(one, &all, &photo)?;
                if pass.is_found(search) {
                    passes.push(pass);
                }
            }
            if !passes.is_empty() {
                shown.push(Day {
                    id: day.to_string(),
                    name: times::day_name(day),
                    short: times::short_day(day),
                    today: day == today,
                    people: passes,
                });
            }
        }
        let leader = self
            .shifts
            .iter()
            .find(|one| Some(one.crew_id) == self.leader);
        Ok(GateList {
            title: self.event.title.clone(),
            place: self.place(),
            when: self.when()?,
            people: people(&self.shifts).len(),
            leader: leader.map(|one| Leader {
                name: one.name.clone(),
                phone: one.phone.as_deref().map(show_phone),
                phone_link: one.phone.clone(),
            }),
            days: shown,
        })
    }

    fn pass(
        &self,
        one: &Shift,
        shifts: &[&Shift],
        photo: &impl Fn(&Shift) -> String,
    ) -> Result<Pass> {
        let zone = &self.event.time_zone;
        let clock = |shift: &&Shift| times::clock(shift.starts_at, shift.ends_at, zone);
        Ok(Pass {
            name: one.name.clone(),
            initials: initials(&one.name),
            photo: one.photo_key.is_some().then(|| photo(one)),
            role: roles(shifts),
            times: shifts.iter().map(clock).collect::<Result<_>>()?,
            vehicles: self
                .vehicles_of(shifts)
                .into_iter()
                .map(|one| (one.plate.clone(), one.look()))
                .collect(),
            leader: self.leader == Some(one.crew_id),
        })
    }

    /// The list as a PDF.
    pub async fn pdf(&self, app: &App, studio: Studio) -> Result<Bytes> {
        let zone = &self.event.time_zone;
        let mut rows = Vec::new();
        for (one, shifts) in people(&self.shifts) {
            let photo = match &one.photo_key {
                Some(key) => app.storage.get_bytes(key).await?,
                None => None,
            };
            let said = |shift: &&Shift| times::said(shift.starts_at, shift.ends_at, zone);
            let mut role = roles(&shifts);
            let leads = self.leader == Some(one.crew_id);
            if leads && role != LEADER {
                role = format!("{LEADER} \u{b7} {role}");
            }
            let role = role.trim_end_matches([' ', '\u{b7}']).to_owned();
            let with = |one: &Vehicle| [one.plate.clone(), one.look()];
            rows.push(papers::Person {
                photo,
                initials: initials(&one.name),
                name: one.name.clone(),
                role,
                times: shifts.iter().map(said).collect::<Result<_>>()?,
                with: self
                    .vehicles_of(&shifts)
                    .into_iter()
                    .flat_map(with)
                    .filter(|line| !line.is_empty())
                    .collect(),
            });
        }
        let id = format!("gate list {}", self.event.id.into_uuid());
        let sheet = self.sheet(&studio)?;
        papers::draw_people(
            app,
            studio,
            id,
            sheet,
            ["Name", "When", "Vehicle", "In"],
            rows,
        )
        .await
    }

    fn sheet(&self, studio: &Studio) -> Result<Sheet> {
        let made = admin::moment(self.now, &self.event.time_zone);
        let mut facts = vec![("Event", self.event.title.clone()), ("When", self.when()?)];
        let place = self.place().join(", ");
        if !place.is_empty() {
            facts.push(("Where", place));
        }
        let leader = self
            .shifts
            .iter()
            .find(|one| Some(one.crew_id) == self.leader);
        if let Some(one) = leader {
            let number = one.phone.as_deref().map(show_phone).unwrap_or_default();
            facts.push((LEADER, format!("{} {number}", one.name).trim().to_owned()));
        }
        facts.push(("People", people(&self.shifts).len().to_string()));
        let facts: Vec<(&str, String)> = facts.into_iter().collect();
        Ok(Sheet {
            title: "Gate list".into(),
            language: "en".into(),
            body: vec![crate::sales::paper::facts(&facts)],
            signatures: Vec::new(),
            certificate: Vec::new(),
            footer: format!(
                "{} \u{b7} {} \u{b7} as of {made}",
                studio.name, self.event.title
            ),
            at: self.now,
            file_name: format!("Gate list {}", self.event.title),
        })
    }
}

/// What somebody works as, each role once.
fn roles(shifts: &[&Shift]) -> String {
    let mut found: Vec<&str> = Vec::new();
    for role in shifts.iter().filter_map(|one| one.role.as_deref()) {
        if !found.contains(&role) {
            found.push(role);
        }
    }
    found.join(", ")
}

impl Pass {
    fn is_found(&self, search: &str) -> bool {
        let plates: String = self
            .vehicles
            .iter()
            .map(|(plate, _)| plate.as_str())
            .collect();
        let packed = plates.replace(' ', "");
        let text = search::plain(&format!("{} {} {plates} {packed}", self.name, self.role));
        search::plain(search)
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

/// The same words for a secret that never was, one that ended and one that was revoked.
fn closed() -> Error {
    Error::refused(
        Code::NotFound,
        "There is no open list at this address. Please ask the organiser for a new one.",
    )
}

/// The link of a secret, while it opens its list.
async fn find(app: &App, secret: &str) -> Result<(StudioScope, GateLink)> {
    if !(20..=128).contains(&secret.len()) {
        return Err(closed());
    }
    let hash = Secret::presented(secret).hash();
    // System: the secret is found by its hash, which says whose list it opens.
    let mut tx = app.db.system_read().await?;
    let found = store::find_gate_link(&mut tx, &hash).await?;
    drop(tx);
    let found = found.filter(|found| found.link.is_alive(app.clock.now()));
    let found = found.ok_or_else(closed)?;
    Ok((StudioScope::of(found.studio_id), found.link))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// No script, nothing from elsewhere; a search stays on the page.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// `GET /gate/{secret}`: for a phone at the gate. The log has the pattern of this path, never the path itself.
pub async fn show_gate(
    State(app): State<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    app.limits.check_gate(visitor.address)?;
    let (scope, link) = find(&app, &secret).await?;
    let mut tx = app.db.read(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let event = store::event(&mut tx, link.event_id).await?;
    if event.state == portico_wire::events::EventState::Cancelled {
        return Err(closed());
    }
    let source = Source::load(&mut tx, event).await?;
    drop(tx);
    let now = app.clock.now();
    if link
        .seen_at
        .is_none_or(|at| now.seconds_since(at) >= SEEN_SECONDS)
    {
        let mut tx = app.db.write(&scope).await?;
        store::note_gate_seen(&mut tx, link.id).await?;
        tx.commit().await?;
    }
    let photo = |one: &Shift| format!("/gate/{secret}/photos/{}", one.crew_id);
    let list = source.list(&asked.q, photo)?;
    let body = serde_json::json!({
        "studio": studio.name,
        "logo": studio.logo_url,
        "list": list,
        "q": asked.q,
        "until": admin::moment(link.expires_at, &source.event.time_zone),
        "path": format!("/gate/{secret}"),
    });
    let page = app.pages.page("crew/gate_open.html", body)?;
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CSP),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    Ok((headers, page).into_response())
}

/// `GET /gate/{secret}/photos/{crew}`: of somebody on that list.
pub async fn show_gate_photo(
    State(app): State<App>,
    visitor: Visitor,
    Path((secret, crew)): Path<(String, String)>,
) -> Result<Response> {
    let found = find(&app, &secret).await;
    if found.is_err() {
        app.limits.check_gate(visitor.address)?;
    }
    let (scope, link) = found?;
    let crew: CrewId = crew.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.read(&scope).await?;
    let key = store::photo_on(&mut tx, link.event_id, crew).await?;
    drop(tx);
    files::show_photo(&app, key, false).await
}
