//! Events: a contact with thousands of them, one with a large roster, and the feed a calendar reads.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::net::SocketAddr;

use portico::{
    App,
    audit::Actor,
    crew,
    events::{
        self,
        act::{self, By, Draft},
        store::{Details, Kind, Party},
        times::When,
    },
    studios::Studio,
};
use portico_wire::{
    ContactId, EventId,
    events::{EventColour, EventState},
};

use crate::{
    items::{person, studio, token, viewer},
    lists::name,
    load::{Load, rounds, say},
};

const EVENTS: i64 = 5_000;
const ROSTER: usize = 200;

/// Events of one contact: a tenth of them past, the rest to come.
async fn book(app: &App, studio: &Studio, contact: ContactId, count: i64) -> Vec<EventId> {
    let who = viewer(app, studio, contact).await;
    let mut tx = app.db.write(studio).await.expect("writes");
    let kind = Kind {
        id: tx.id(),
        version: 1,
        name: "Session".into(),
        colour: EventColour::Blue,
        minutes: 120,
        description: None,
        form_id: None,
        form_title: None,
        position: 1,
        bookable: true,
        for_everybody: true,
        most_staff: None,
        archived_at: None,
    };
    events::store::insert_kind(&mut tx, &kind)
        .await
        .expect("inserts");
    let by = By {
        actor: &Actor::System,
        reference: "bench",
        tell: false,
    };
    let mut made = Vec::new();
    for n in 0..count {
        let starts_at = tx.now().plus_seconds((n - count / 10) * 21_600 + 60);
        let draft = Draft {
            details: Details {
                kind: kind.id,
                title: format!("Session {n}"),
                when: When {
                    starts_at,
                    ends_at: starts_at.plus_seconds(7200),
                    all_day: false,
                },
                time_zone: "Europe/London".into(),
                venue: "The park".into(),
                address: String::new(),
                leader_name: String::new(),
                leader_phone: None,
                staff_notes: String::new(),
                group: None,
            },
            parties: vec![Party {
                client: who.client,
                notes: String::new(),
                wishes: String::new(),
            }],
            people: vec![(contact, true)],
            needs: Vec::new(),
            resources: Vec::new(),
        };
        let state = EventState::Confirmed;
        let id = act::create(app, &mut tx, studio, &draft, state, &by).await;
        made.push(id.expect("makes"));
    }
    tx.commit().await.expect("commits");
    made
}

/// Everybody works from the event's begin to its end.
async fn roster(app: &App, studio: &Studio, event: EventId, count: usize) {
    let mut tx = app.db.write(studio).await.expect("writes");
    let at = crew::store::event(&mut tx, event).await.expect("reads");
    let mut shifts = Vec::new();
    for n in 0..count {
        let [first, last] = name(n);
        let member = crew::Member {
            id: tx.id(),
            version: 1,
            name: format!("{first} {last}"),
            phone: Some(format!("+44770090{n:04}")),
            email: None,
            role_id: None,
            role: None,
            photo_key: None,
            notes: None,
            state: crew::State::Active,
        };
        crew::store::insert(&mut tx, &member)
            .await
            .expect("inserts");
        shifts.push(crew::store::NewShift {
            id: tx.id(),
            crew: member.id,
            role: None,
            starts_at: at.starts_at,
            ends_at: at.ends_at,
            vehicle: None,
        });
    }
    crew::store::insert_shifts(&mut tx, event, &shifts)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

pub async fn run(app: &App, product: SocketAddr, one_row: &Load) {
    let demo = studio(app, "demo").await;
    let (many, few) = (person(app, &demo, 4).await, person(app, &demo, 5).await);
    let made = book(app, &demo, many, EVENTS).await;
    let small = book(app, &demo, few, 10).await;
    let (large, alone) = (made[made.len() - 1], made[made.len() - 2]);
    roster(app, &demo, large, ROSTER).await;
    let (many, few) = (token(app, &demo, many).await, token(app, &demo, few).await);
    let path = "/api/portal/v1/demo/events";
    let get = |path: &str, token: &String| Load::get(product, path, std::slice::from_ref(token));
    let feed = feed(product, &many).await;
    let loads = [
        ("one row of JSON", one_row),
        ("events of a contact with 5,000", &get(path, &many)),
        ("events of a contact with 10", &get(path, &few)),
        (
            "one event, nobody rostered",
            &get(&format!("{path}/{alone}"), &many),
        ),
        (
            "one event, a roster of 200",
            &get(&format!("{path}/{large}"), &many),
        ),
        (
            "one event of ten",
            &get(&format!("{path}/{}", small[9]), &few),
        ),
        ("the feed of 5,000 events", &feed),
    ];
    println!("\nEvents");
    say(&loads, &rounds(&loads).await);
}

/// The address that a calendar reads.
async fn feed(product: SocketAddr, token: &str) -> Load {
    let made = crate::load::call(product, "POST", "/calendar", token, None).await;
    let address = made["address"].as_str().expect("an address");
    let path = address.find("/calendar/").expect("a path");
    Load::get(product, &address[path..], &[String::new()])
}
