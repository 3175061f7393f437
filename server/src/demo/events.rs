//! The demo studio's events: what can be booked, what is coming, what is over, and what clients ask for.

use jiff::{ToSpan as _, civil::Date};
use portico_wire::{
    ClientId, ContactId, CrewRoleId, EventId, EventTypeId, FormId, ResourceId,
    events::{EventColour, EventState, RequestKind},
};

use super::forms::People;
use crate::{
    App, Result,
    audit::Actor,
    clock::today,
    db::StudioTx,
    error::Error,
    events::{
        act::{self, By, Draft},
        store::{self, Details, Kind, NewRequest, Party, Resource, Role},
        times::{self, Typed},
    },
    forms,
    studios::Studio,
};

const BY: By<'static> = By {
    actor: &Actor::System,
    reference: "DEMO",
    tell: false,
};
/// What a client has behind it, enough to turn pages.
const PAST: i32 = 40;

struct Offered {
    wedding: EventTypeId,
    portrait: EventTypeId,
    talk: EventTypeId,
    corporate: EventTypeId,
    photographer: CrewRoleId,
    second: CrewRoleId,
    steward: CrewRoleId,
    lights: ResourceId,
    booth: ResourceId,
}

struct Planned<'a> {
    kind: EventTypeId,
    title: &'a str,
    state: EventState,
    /// Days from today, hours by the clock; the end may be on the day after.
    day: i32,
    hours: (&'a str, &'a str),
    venue: (&'a str, &'a str),
    client: ClientId,
    people: &'a [(ContactId, bool)],
    notes: &'a str,
    wishes: &'a str,
    staff_notes: &'a str,
    leader: bool,
    needs: &'a [(CrewRoleId, i64)],
    resources: &'a [(ResourceId, i64)],
}

struct New<'a> {
    name: &'a str,
    colour: EventColour,
    minutes: i64,
    description: &'a str,
    form: Option<FormId>,
    for_everybody: bool,
    most_staff: Option<i64>,
}

async fn kind(tx: &mut StudioTx, position: i64, new: New<'_>) -> Result<EventTypeId> {
    let kind = Kind {
        id: tx.id(),
        version: 1,
        name: new.name.into(),
        colour: new.colour,
        minutes: new.minutes,
        description: Some(new.description.into()),
        form_id: new.form,
        form_title: None,
        position,
        bookable: true,
        for_everybody: new.for_everybody,
        most_staff: new.most_staff,
        archived_at: None,
    };
    store::insert_kind(tx, &kind).await?;
    Ok(kind.id)
}

async fn role(tx: &mut StudioTx, position: i64, name: &str) -> Result<CrewRoleId> {
    let role = Role {
        id: tx.id(),
        name: name.into(),
        position,
        bookable: true,
        archived_at: None,
    };
    store::insert_role(tx, &role).await?;
    Ok(role.id)
}

async fn resource(
    tx: &mut StudioTx,
    position: i64,
    name: &str,
    most: Option<i64>,
) -> Result<ResourceId> {
    let resource = Resource {
        id: tx.id(),
        name: name.into(),
        position,
        most,
        bookable: true,
        archived_at: None,
    };
    store::insert_resource(tx, &resource).await?;
    Ok(resource.id)
}

async fn offer(tx: &mut StudioTx) -> Result<Offered> {
    let known = forms::store::form_names(tx, false).await?;
    let form = known.iter().find(|(_, name)| name == "Before we meet");
    let wedding = New {
        name: "Wedding",
        colour: EventColour::Violet,
        minutes: 600,
        description: "From getting ready to the first dances.",
        form: None,
        for_everybody: true,
        most_staff: Some(3),
    };
    let portrait = New {
        name: "Portrait session",
        colour: EventColour::Teal,
        minutes: 120,
        description: "Two hours in the studio or in the park.",
        form: None,
        for_everybody: true,
        most_staff: Some(0),
    };
    let talk = New {
        name: "Appointment",
        colour: EventColour::Amber,
        minutes: 60,
        description: "An hour to plan your day, at our place or by video.",
        form: form.map(|(id, _)| *id),
        for_everybody: true,
        most_staff: Some(0),
    };
    let corporate = New {
        name: "Company event",
        colour: EventColour::Blue,
        minutes: 480,
        description: "Conferences, parties and fairs, with a team of your size.",
        form: None,
        for_everybody: false,
        most_staff: Some(40),
    };
    Ok(Offered {
        wedding: kind(tx, 1, wedding).await?,
        portrait: kind(tx, 2, portrait).await?,
        talk: kind(tx, 3, talk).await?,
        corporate: kind(tx, 4, corporate).await?,
        photographer: role(tx, 1, "Photographer").await?,
        second: role(tx, 2, "Second photographer").await?,
        steward: role(tx, 3, "Steward").await?,
        lights: resource(tx, 1, "Studio lights, a set", Some(4)).await?,
        booth: resource(tx, 2, "Photo booth", Some(1)).await?,
    })
}

async fn plan(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    today: Date,
    one: &Planned<'_>,
) -> Result<EventId> {
    let zone = times::zone(&studio.time_zone)?;
    let day = today.checked_add(one.day.days()).map_err(Error::internal)?;
    let last = if one.hours.1 < one.hours.0 {
        day.tomorrow().map_err(Error::internal)?
    } else {
        day
    };
    let (starts, ends) = (
        format!("{day}T{}", one.hours.0),
        format!("{last}T{}", one.hours.1),
    );
    let typed = Typed {
        starts: &starts,
        ends: &ends,
        all_day: false,
        minutes: 60,
    };
    let leader = if one.leader { "Marcus Light" } else { "" };
    let draft = Draft {
        details: Details {
            kind: one.kind,
            title: one.title.into(),
            when: times::read(typed, &zone)?,
            time_zone: studio.time_zone.clone(),
            venue: one.venue.0.into(),
            address: one.venue.1.into(),
            leader_name: leader.into(),
            leader_phone: one.leader.then(|| "+44 7700 900 161".into()),
            staff_notes: one.staff_notes.into(),
            group: None,
        },
        parties: vec![Party {
            client: one.client,
            notes: one.notes.into(),
            wishes: one.wishes.into(),
        }],
        people: one.people.to_vec(),
        needs: one.needs.to_vec(),
        resources: one.resources.to_vec(),
    };
    act::create(app, tx, studio, &draft, one.state, &BY).await
}

pub async fn fill(app: &App, tx: &mut StudioTx, studio: &Studio, people: &People) -> Result<()> {
    let offered = offer(tx).await?;
    let kinds = [offered.portrait, offered.talk, offered.corporate];
    store::replace_kinds_of_client(tx, people.company, &kinds).await?;
    let today: Date = today(tx.now(), &studio.time_zone)
        .parse()
        .map_err(Error::internal)?;
    couple(app, tx, studio, today, (&offered, people)).await?;
    company(app, tx, studio, today, (&offered, people)).await
}

const GARDENS: (&str, &str) = ("Walcot Gardens", "12 Walcot Street\nBath BA1 5BD");
const STUDIO: (&str, &str) = ("Fernlight Studio", "3 Milsom Place\nBath BA1 1BZ");
const MILL: (&str, &str) = ("The Old Mill", "Mill Lane\nBradford on Avon BA15 1EB");

async fn couple(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    today: Date,
    (offered, people): (&Offered, &People),
) -> Result<()> {
    let (both, ada) = (
        &[(people.ada, true), (people.ben, false)],
        &[(people.ada, true)],
    );
    let plain = |kind, title, state, day, hours| Planned {
        kind,
        title,
        state,
        day,
        hours,
        venue: STUDIO,
        client: people.couple,
        people: ada,
        notes: "",
        wishes: "",
        staff_notes: "",
        leader: false,
        needs: &[],
        resources: &[],
    };
    let wedding = Planned {
        venue: GARDENS,
        people: both,
        notes: "Please park behind the orangery; the gate is open from ten.",
        wishes: "Ben’s grandmother leaves at five: could the family pictures come first?",
        staff_notes: "Drone needs the estate’s permission in writing.",
        leader: true,
        needs: &[(offered.photographer, 1), (offered.second, 1)],
        resources: &[(offered.lights, 1), (offered.booth, 1)],
        ..plain(
            offered.wedding,
            "Ada and Ben’s wedding",
            EventState::Confirmed,
            196,
            ("12:00", "00:30"),
        )
    };
    plan(app, tx, studio, today, &wedding).await?;
    let engagement = plain(
        offered.portrait,
        "Engagement pictures",
        EventState::Confirmed,
        19,
        ("14:00", "16:00"),
    );
    let engagement = plan(app, tx, studio, today, &engagement).await?;
    let event = store::get(tx, engagement).await?;
    let when = times::on_day(
        event.when(),
        today.checked_add(26.days()).map_err(Error::internal)?,
        &event.zone(),
    )?;
    let wish = NewRequest {
        event: engagement,
        client: people.couple,
        contact: people.ada,
        kind: RequestKind::Move,
        when: Some(when),
        reason: "Ben has to work that Saturday. Would a week later do?",
        key: "demo-move-request",
    };
    store::insert_request(tx, &wish).await?;
    let visit = Planned {
        venue: GARDENS,
        wishes: "We would like to walk the garden with you once.",
        ..plain(
            offered.talk,
            "A look at the venue",
            EventState::ToBeConfirmed,
            47,
            ("10:30", "11:30"),
        )
    };
    plan(app, tx, studio, today, &visit).await?;
    let first = plain(
        offered.talk,
        "First talk",
        EventState::Completed,
        -38,
        ("17:00", "18:00"),
    );
    plan(app, tx, studio, today, &first).await?;
    Ok(())
}

async fn company(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    today: Date,
    (offered, people): (&Offered, &People),
) -> Result<()> {
    let both = &[(people.office, true), (people.site, false)];
    let needs = [(offered.photographer, 2), (offered.steward, 6)];
    let resources = [(offered.lights, 2)];
    let plain = |title, state, day, hours| Planned {
        kind: offered.corporate,
        title,
        state,
        day,
        hours,
        venue: MILL,
        client: people.company,
        people: both,
        notes: "",
        wishes: "",
        staff_notes: "",
        leader: true,
        needs: &needs,
        resources: &resources,
    };
    let gala = Planned {
        notes: "Loading from Mill Lane until four; the hall is yours from five.",
        staff_notes: "Invoice goes to the head office.",
        ..plain("Winter gala", EventState::Confirmed, 12, ("17:00", "23:30"))
    };
    plan(app, tx, studio, today, &gala).await?;
    let fair = Planned {
        leader: false,
        wishes: "As last year, with two more stewards at the door.",
        ..plain(
            "Spring wedding fair",
            EventState::ToBeConfirmed,
            110,
            ("09:00", "18:00"),
        )
    };
    plan(app, tx, studio, today, &fair).await?;
    let away = Planned {
        people: &[(people.office, true)],
        leader: false,
        ..plain(
            "Team away day",
            EventState::Requested,
            64,
            ("10:00", "16:00"),
        )
    };
    plan(app, tx, studio, today, &away).await?;
    let titles = [
        "Quarterly meeting",
        "Open day",
        "Autumn fair",
        "Staff party",
    ];
    for n in 0..PAST {
        let title = titles[usize::try_from(n).unwrap_or(0) % titles.len()];
        let past = Planned {
            leader: false,
            ..plain(
                title,
                EventState::Completed,
                -20 - 23 * n,
                ("10:00", "18:00"),
            )
        };
        plan(app, tx, studio, today, &past).await?;
    }
    Ok(())
}
