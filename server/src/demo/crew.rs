//! The demo studio's crew, and who works at its organisation's event: with a certificate that expired, one that is
//! missing, and somebody who is booked twice.

use bytes::Bytes;
use jiff::{ToSpan as _, civil::Date};
use portico_wire::{CrewId, CrewRoleId, EventId, QualificationId, Timestamp, VehicleId};

use crate::{
    App, Result,
    access::{self, Email},
    clients,
    clock::{at_hour, today},
    crew::{
        Held, Member, State, Vehicle, files,
        store::{self, NewShift},
    },
    db::StudioTx,
    error::Error,
    events,
    scope::StudioScope,
    studios,
};

const ZONE: &str = "Europe/London";
const QUALIFICATIONS: &[&str] = &["First aid", "SIA licence", "Forklift"];

/// One of the crew: name, number, what they usually do, photo, what they hold with the days left of it, vehicle.
struct Person {
    name: &'static str,
    phone: &'static str,
    role: &'static str,
    photo: &'static [u8],
    holds: &'static [(&'static str, i32)],
    vehicle: Option<[&'static str; 4]>,
}

const CREW: &[Person] = &[
    Person {
        name: "Aylin Demir",
        phone: "+447700900101",
        role: "Team leader",
        photo: include_bytes!("crew/aylin.jpg"),
        holds: &[("First aid", 520), ("SIA licence", 610)],
        vehicle: Some(["BX72 KLM", "Ford", "Transit", "White"]),
    },
    Person {
        name: "Tom Hargreaves",
        phone: "+447700900102",
        role: "Steward",
        photo: include_bytes!("crew/tom.jpg"),
        holds: &[("SIA licence", 410), ("Forklift", -24)],
        vehicle: Some(["WR19 ZTE", "Vauxhall", "Vivaro", "Dark blue"]),
    },
    Person {
        name: "Grace Mensah",
        phone: "+447700900103",
        role: "Steward",
        photo: include_bytes!("crew/grace.jpg"),
        holds: &[("First aid", 300), ("SIA licence", 700)],
        vehicle: None,
    },
    Person {
        name: "Daniel Okoro",
        phone: "+447700900104",
        role: "Security",
        photo: include_bytes!("crew/daniel.jpg"),
        holds: &[("SIA licence", 250), ("First aid", 18)],
        vehicle: Some(["LD21 HPN", "Skoda", "Octavia", "Grey"]),
    },
    Person {
        name: "Mei Tanaka",
        phone: "+447700900105",
        role: "Bar staff",
        photo: include_bytes!("crew/mei.jpg"),
        holds: &[("First aid", 440)],
        vehicle: None,
    },
    Person {
        name: "Owen Pritchard",
        phone: "+447700900106",
        role: "Security",
        photo: include_bytes!("crew/owen.jpg"),
        holds: &[("Forklift", 900)],
        vehicle: Some(["CE68 VDK", "Volkswagen", "Caddy", "Silver"]),
    },
    Person {
        name: "Priya Nair",
        phone: "+447700900107",
        role: "Bar staff",
        photo: include_bytes!("crew/priya.jpg"),
        holds: &[],
        vehicle: None,
    },
    Person {
        name: "Luca Moretti",
        phone: "+447700900108",
        role: "Set-up crew",
        photo: include_bytes!("crew/luca.jpg"),
        holds: &[("Forklift", 365)],
        vehicle: Some(["EO23 RGA", "Mercedes", "Sprinter", "White"]),
    },
];

/// The smallest PDF that says what it is.
const CERTIFICATE: &[u8] = include_bytes!("crew/certificate.pdf");

fn day(from: &str, days: i32) -> Result<String> {
    let from: Date = from.parse().map_err(Error::internal)?;
    let day = from.checked_add(days.days()).map_err(Error::internal)?;
    Ok(day.to_string())
}

/// Role by name, made where the studio has none of it.
async fn roles(tx: &mut StudioTx) -> Result<Vec<(CrewRoleId, String)>> {
    let known = store::roles(tx).await?;
    let names = CREW.iter().map(|one| one.role);
    let mut position = i64::try_from(known.len()).unwrap_or_default();
    let mut all = known;
    for name in names {
        if !all.iter().any(|(_, known)| known == name) {
            position += 1;
            let role = events::store::Role {
                id: tx.id(),
                name: name.into(),
                position,
                bookable: false,
                archived_at: None,
            };
            events::store::insert_role(tx, &role).await?;
            all.push((role.id, role.name));
        }
    }
    Ok(all)
}

fn role(roles: &[(CrewRoleId, String)], name: &str) -> Option<CrewRoleId> {
    roles
        .iter()
        .find(|(_, known)| known == name)
        .map(|(id, _)| *id)
}

/// A photo and a certificate of each, kept before anything is written.
struct Kept {
    photo: String,
    certificates: Vec<files::Kept>,
}

async fn keep(app: &App, scope: StudioScope, one: &Person) -> Result<Kept> {
    let studio = scope.studio();
    let photo = files::keep_photo(app, studio, Bytes::from_static(one.photo)).await?;
    let mut certificates = Vec::new();
    for (name, _) in one.holds {
        let called = format!("{name} {}.pdf", one.name);
        let content = Bytes::from_static(CERTIFICATE);
        certificates.push(files::keep_certificate(app, studio, &called, content).await?);
    }
    Ok(Kept {
        photo,
        certificates,
    })
}

/// The crew, and a roster of its next events.
pub async fn fill(app: &App) -> Result<()> {
    // Operator: which studio this is.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    drop(tx);
    let scope = studio.ok_or_else(Error::not_found)?.scope;
    let mut kept = Vec::new();
    for one in CREW {
        kept.push(keep(app, scope, one).await?);
    }
    let mut tx = app.db.write(&scope).await?;
    let today = today(tx.now(), ZONE);
    let roles = roles(&mut tx).await?;
    let mut kinds: Vec<(QualificationId, &str)> = Vec::new();
    for name in QUALIFICATIONS {
        let id = tx.id();
        store::insert_qualification(&mut tx, id, name).await?;
        kinds.push((id, name));
    }
    let mut crew = Vec::new();
    for (one, kept) in CREW.iter().zip(kept) {
        crew.push(member(&mut tx, one, kept, (&roles, &kinds), &today).await?);
    }
    roster(&mut tx, &crew, &roles, &kinds, &today).await?;
    tx.commit().await
}

async fn member(
    tx: &mut StudioTx,
    one: &Person,
    kept: Kept,
    (roles, kinds): (&[(CrewRoleId, String)], &[(QualificationId, &str)]),
    today: &str,
) -> Result<(CrewId, Option<VehicleId>)> {
    let first = one
        .name
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let member = Member {
        id: tx.id(),
        version: 1,
        name: one.name.into(),
        phone: Some(one.phone.into()),
        email: Some(format!("{first}@crew.fernlight.test")),
        role_id: role(roles, one.role),
        role: None,
        photo_key: None,
        notes: None,
        state: State::Active,
    };
    store::insert(tx, &member).await?;
    store::save_photo(tx, member.id, Some(&kept.photo)).await?;
    for ((name, days), file) in one.holds.iter().zip(kept.certificates) {
        let kind = kinds.iter().find(|(_, known)| known == name);
        let (kind, _) = kind.ok_or_else(Error::not_found)?;
        let held = Held {
            id: tx.id(),
            crew_id: member.id,
            qualification_id: *kind,
            name: (*name).into(),
            valid_from: Some(day(today, days - 1095)?),
            expires_on: Some(day(today, *days)?),
            file_name: None,
            file_kind: None,
            file_bytes: None,
            storage_key: None,
        };
        store::insert_held(tx, &file.into_held(held)).await?;
    }
    let Some([plate, make, model, colour]) = one.vehicle else {
        return Ok((member.id, None));
    };
    let vehicle = Vehicle {
        id: tx.id(),
        crew_id: member.id,
        driver: one.name.into(),
        plate: plate.into(),
        make: Some(make.into()),
        model: Some(model.into()),
        colour: Some(colour.into()),
    };
    let id = vehicle.id;
    store::insert_vehicles(tx, &[vehicle]).await?;
    Ok((member.id, Some(id)))
}

/// Days from now to the event of two days.
const AHEAD: i32 = 45;

/// Who works at it: the place in the crew, what as, which days, from and to which hour of that day.
const ROSTER: &[(usize, &str, &[i32], i8, i8)] = &[
    (0, "Team leader", &[0, 1], 8, 20),
    (1, "Steward", &[0, 1], 9, 18),
    (2, "Steward", &[0], 9, 18),
    (3, "Security", &[0, 1], 16, 24),
    (4, "Bar staff", &[0, 1], 14, 23),
    (5, "Security", &[1], 12, 22),
    (7, "Set-up crew", &[0], 7, 12),
];

type Crew = [(CrewId, Option<VehicleId>)];

fn hours(today: &str, days: i32, from: i8, to: i8) -> Result<(Timestamp, Timestamp)> {
    let ends = if to == 24 {
        at_hour(today, days + 1, 0, ZONE)?
    } else {
        at_hour(today, days, to, ZONE)?
    };
    Ok((at_hour(today, days, from, ZONE)?, ends))
}

async fn roster(
    tx: &mut StudioTx,
    crew: &Crew,
    roles: &[(CrewRoleId, String)],
    kinds: &[(QualificationId, &str)],
    today: &str,
) -> Result<()> {
    let (event, other) = (
        event(tx, today, GALA).await?,
        event(tx, today, MARKET).await?,
    );
    let needs: Vec<(CrewRoleId, i64)> = [("Steward", 2), ("Security", 2), ("Bar staff", 2)]
        .into_iter()
        .filter_map(|(name, count)| Some((role(roles, name)?, count)))
        .collect();
    events::store::replace_needs(tx, event, &needs).await?;
    let mut shifts = Vec::new();
    for (who, what, days, from, to) in ROSTER {
        let Some((member, vehicle)) = crew.get(*who).copied() else {
            continue;
        };
        for day in *days {
            let (starts_at, ends_at) = hours(today, AHEAD + day, *from, *to)?;
            shifts.push(NewShift {
                id: tx.id(),
                crew: member,
                role: role(roles, what),
                starts_at,
                ends_at,
                vehicle,
            });
        }
    }
    store::insert_shifts(tx, event, &shifts).await?;
    store::save_leader(tx, event, crew.first().map(|(id, _)| *id)).await?;
    // Booked twice: what staff are warned of.
    if let Some((member, vehicle)) = crew.get(1).copied() {
        let (starts_at, ends_at) = hours(today, AHEAD, 13, 19)?;
        let twice = NewShift {
            id: tx.id(),
            crew: member,
            role: role(roles, "Steward"),
            starts_at,
            ends_at,
            vehicle,
        };
        store::insert_shifts(tx, other, &[twice]).await?;
    }
    for (name, of) in [("First aid", "Team leader"), ("SIA licence", "Security")] {
        let kind = kinds.iter().find(|(_, known)| *known == name);
        if let Some((kind, _)) = kind {
            let new = (tx.id(), event);
            store::insert_required(tx, new, *kind, role(roles, of)).await?;
        }
    }
    Ok(())
}

/// An event: title, venue, address, who of the portal sees it, from which hour to which of how many days.
type Shown = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    (i8, i8, i32),
);

const GALA: Shown = (
    "Bathwick Gala Weekend",
    "Assembly Rooms",
    "Bennett Street, Bath BA1 2QH",
    &["office@demo.test", "site@demo.test"],
    (10, 23, 2),
);
const MARKET: Shown = (
    "Milsom Street Market",
    "Milsom Street",
    "Bath BA1 1DN",
    &["office@demo.test"],
    (9, 19, 1),
);

async fn event(tx: &mut StudioTx, today: &str, shown: Shown) -> Result<EventId> {
    let (title, venue, address, seen_by, (from, to, days)) = shown;
    let known = events::store::kinds(tx).await?;
    let kind = match known.first() {
        Some(kind) => kind.id,
        None => {
            let kind = events::store::Kind {
                id: tx.id(),
                version: 1,
                name: "Event".into(),
                colour: portico_wire::events::EventColour::Teal,
                minutes: 600,
                description: None,
                form_id: None,
                form_title: None,
                position: 1,
                bookable: true,
                for_everybody: true,
                most_staff: None,
                archived_at: None,
            };
            events::store::insert_kind(tx, &kind).await?;
            kind.id
        }
    };
    let when = events::times::When {
        starts_at: at_hour(today, AHEAD, from, ZONE)?,
        ends_at: at_hour(today, AHEAD + days - 1, to, ZONE)?,
        all_day: false,
    };
    let details = events::store::Details {
        kind,
        title: title.into(),
        when,
        time_zone: ZONE.into(),
        venue: venue.into(),
        address: address.into(),
        leader_name: String::new(),
        leader_phone: None,
        staff_notes: String::new(),
        group: None,
    };
    let state = portico_wire::events::EventState::Confirmed;
    let origin = events::store::Origin::default();
    let id = events::store::insert(tx, &details, state, origin).await?;
    let mut people = Vec::new();
    let mut client = None;
    for email in seen_by {
        let found = access::store::candidates(tx, &Email::parse(email)?).await?;
        let found = found.first().ok_or_else(Error::not_found)?.id;
        client = Some(clients::store::get_contact(tx, found).await?.client_id);
        people.push((found, people.is_empty()));
    }
    let parties: Vec<events::store::Party> = client
        .into_iter()
        .map(|client| events::store::Party {
            client,
            notes: String::new(),
            wishes: String::new(),
        })
        .collect();
    events::store::replace_clients(tx, id, when, &parties).await?;
    events::store::replace_contacts(tx, id, when, &people).await?;
    Ok(id)
}
