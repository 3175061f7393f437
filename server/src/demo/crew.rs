//! The demo studio's crew, and who works at its organisation's event: with a certificate that expired, one that is
//! missing, and somebody who is booked twice.

use bytes::Bytes;
use jiff::{ToSpan as _, civil::Date};
use portico_wire::{
    CrewId, CrewRoleId, EventId, QualificationId, Timestamp, VehicleId, events::EventState,
};

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

type Crew = [(CrewId, Option<VehicleId>)];
type Roles = [(CrewRoleId, String)];
type Kinds = [(QualificationId, &'static str)];

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
        role: "Photographer",
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
        holds: &[("SIA licence", 250), ("First aid", 9)],
        vehicle: Some(["LD21 HPN", "Skoda", "Octavia", "Grey"]),
    },
    Person {
        name: "Mei Tanaka",
        phone: "+447700900105",
        role: "Second photographer",
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
        role: "Steward",
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
    let mut kinds: Vec<(QualificationId, &'static str)> = Vec::new();
    for name in QUALIFICATIONS {
        let id = tx.id();
        store::insert_qualification(&mut tx, id, name).await?;
        kinds.push((id, name));
    }
    let mut crew = Vec::new();
    for (one, kept) in CREW.iter().zip(kept) {
        crew.push(member(&mut tx, one, kept, (&roles, &kinds), &today).await?);
    }
    roster(&mut tx, &crew, &roles, &kinds).await?;
    tx.commit().await
}

async fn member(
    tx: &mut StudioTx,
    one: &Person,
    kept: Kept,
    (roles, kinds): (&Roles, &Kinds),
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

/// The organisation's event, with a day before it to set up.
const GALA: &str = "Winter gala";

/// Who works at it: the place in the crew, what as, the day seen from the event's, from and to which hour of that day.
const ROSTER: &[(usize, &str, i32, i8, i8)] = &[
    (7, "Set-up crew", -1, 9, 17),
    (1, "Set-up crew", -1, 9, 15),
    (0, "Photographer", 0, 15, 24),
    (4, "Second photographer", 0, 17, 24),
    (1, "Steward", 0, 16, 24),
    (2, "Steward", 0, 16, 24),
    (6, "Steward", 0, 17, 23),
    (3, "Security", 0, 17, 25),
    (5, "Security", 0, 17, 25),
];

fn hours(today: &str, days: i32, (from, to): (i8, i8)) -> Result<(Timestamp, Timestamp)> {
    let ends = if to < 24 {
        at_hour(today, days, to, ZONE)?
    } else {
        at_hour(today, days + 1, to - 24, ZONE)?
    };
    Ok((at_hour(today, days, from, ZONE)?, ends))
}

/// The next event of this title, and its day.
async fn find(tx: &mut StudioTx, title: &str) -> Result<(EventId, String)> {
    let now = tx.now();
    let filter = events::store::Filter::default();
    let lines = events::store::coming_list(tx, filter, now, EventId::from_bytes([0; 16]), 100);
    let found = lines.await?.into_iter().find(|line| line.title == title);
    let found = found.ok_or_else(Error::not_found)?;
    Ok((found.id, today(found.starts_at, ZONE)))
}

async fn roster(tx: &mut StudioTx, crew: &Crew, roles: &Roles, kinds: &Kinds) -> Result<()> {
    let (event, day) = find(tx, GALA).await?;
    let mut shifts = Vec::new();
    for &(who, what, days, from, to) in ROSTER {
        let (crew, vehicle) = crew.get(who).copied().ok_or_else(Error::not_found)?;
        let (starts_at, ends_at) = hours(&day, days, (from, to))?;
        shifts.push(NewShift {
            id: tx.id(),
            crew,
            role: role(roles, what),
            starts_at,
            ends_at,
            vehicle,
        });
    }
    store::insert_shifts(tx, event, &shifts).await?;
    store::save_leader(tx, event, crew.first().map(|(id, _)| *id)).await?;
    for (name, of) in [("First aid", "Photographer"), ("SIA licence", "Security")] {
        let kind = kinds.iter().find(|(_, known)| *known == name);
        let (kind, _) = kind.ok_or_else(Error::not_found)?;
        let new = (tx.id(), event);
        store::insert_required(tx, new, *kind, role(roles, of)).await?;
    }
    // Booked twice on that day: what staff are warned of.
    let market = market(tx, &day).await?;
    let (crew, vehicle) = crew.get(1).copied().ok_or_else(Error::not_found)?;
    let (starts_at, ends_at) = hours(&day, 0, MARKET)?;
    let twice = NewShift {
        id: tx.id(),
        crew,
        role: role(roles, "Steward"),
        starts_at,
        ends_at,
        vehicle,
    };
    store::insert_shifts(tx, market, &[twice]).await
}

const MARKET: (i8, i8) = (13, 20);

/// Another client's event on the same day.
async fn market(tx: &mut StudioTx, day: &str) -> Result<EventId> {
    let kinds = events::store::kinds(tx).await?;
    let kind = kinds.iter().find(|kind| kind.name == "Company event");
    let (starts_at, ends_at) = hours(day, 0, MARKET)?;
    let when = events::times::When {
        starts_at,
        ends_at,
        all_day: false,
    };
    let details = events::store::Details {
        kind: kind.ok_or_else(Error::not_found)?.id,
        title: "Christmas market".into(),
        when,
        time_zone: ZONE.into(),
        venue: "Avonmere House Hotel".into(),
        address: String::new(),
        leader_name: String::new(),
        leader_phone: None,
        staff_notes: String::new(),
        group: None,
    };
    let origin = events::store::Origin::default();
    let id = events::store::insert(tx, &details, EventState::Confirmed, origin).await?;
    let email = Email::parse("simone.atkins@mail.test")?;
    let found = access::store::candidates(tx, &email).await?;
    let contact = found.first().ok_or_else(Error::not_found)?.id;
    let client = clients::store::get_contact(tx, contact).await?.client_id;
    let party = events::store::Party {
        client,
        notes: String::new(),
        wishes: String::new(),
    };
    events::store::replace_clients(tx, id, when, &[party]).await?;
    events::store::replace_contacts(tx, id, when, &[(contact, true)]).await?;
    Ok(id)
}
