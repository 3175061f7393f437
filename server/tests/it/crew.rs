//! What clients see of an event's crew: as much as their rights say, and nothing that is not of this event.

use jiff::tz::TimeZone;
use portico::{
    crew::{Member, store, store::NewShift},
    events::{
        self,
        store::{Details, Origin},
        times::When,
    },
};
use portico_wire::{CrewId, EventId, Timestamp, events::EventState};
use serde_json::{Value, json};

use crate::{
    harness::{Browser, HOST, TestApp},
    quotes::person,
};

pub const GALA: &str = "Winter gala";

/// The demo's event with a roster, as one of its contacts finds it.
pub async fn gala(who: &mut Browser<'_>) -> String {
    let list = who.get("/events").await.ok();
    let coming = list["coming"].as_array().unwrap();
    let found = coming.iter().find(|one| one["title"] == GALA).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// A member of the demo's crew.
pub async fn member(test: &TestApp, name: &str) -> Member {
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let all = store::list(&mut tx, portico::crew::State::Active)
        .await
        .unwrap();
    all.into_iter().find(|one| one.name == name).unwrap()
}

/// A moment by the clocks of somewhere: `2027-06-12T18:00`.
pub fn at(local: &str, zone: &str) -> Timestamp {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    let zoned = local.to_zoned(TimeZone::get(zone).unwrap()).unwrap();
    Timestamp::from_micros(zoned.timestamp().as_microsecond())
}

/// A confirmed event that no client sees.
pub async fn event(test: &TestApp, title: &str, zone: &str, (from, to): (&str, &str)) -> EventId {
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let kinds = events::store::kinds(&mut tx).await.unwrap();
    let details = Details {
        kind: kinds[0].id,
        title: title.into(),
        when: When {
            starts_at: at(from, zone),
            ends_at: at(to, zone),
            all_day: false,
        },
        time_zone: zone.into(),
        venue: "Somewhere".into(),
        address: String::new(),
        leader_name: String::new(),
        leader_phone: None,
        staff_notes: String::new(),
        group: None,
    };
    let id = events::store::insert(&mut tx, &details, EventState::Confirmed, Origin::default());
    let id = id.await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Puts somebody on a roster without asking anybody.
pub async fn rostered(test: &TestApp, event: EventId, crew: CrewId, when: (Timestamp, Timestamp)) {
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let shift = NewShift {
        id: tx.id(),
        crew,
        role: None,
        starts_at: when.0,
        ends_at: when.1,
        vehicle: None,
    };
    store::insert_shifts(&mut tx, event, &[shift])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn one<'a>(event: &'a Value, name: &str) -> &'a Value {
    let roster = event["crew"]["roster"].as_array().unwrap();
    roster.iter().find(|one| one["name"] == name).unwrap()
}

fn local(address: &Value) -> String {
    let address = address.as_str().unwrap();
    address.strip_prefix(HOST).unwrap().to_owned()
}

/// The rights one contact has of its own, from now on.
async fn switch(test: &TestApp, email: &str, rights: &[(&str, &str)]) {
    let (contact, _) = person(test, email).await;
    let path = format!("/admin/clients/contacts/{contact}/rights");
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&path).await;
    let was = desk.value("was").unwrap().replace("&quot;", "\"");
    let fields = [&[("was", was.as_str())], rights].concat();
    let reply = desk.post(&path, &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn h13_a_certificate_of_who_is_not_on_that_event_or_of_another_studio_is_not_there() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let id = gala(&mut tom).await;
    let aylin = member(&test, "Aylin Demir").await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let held = store::held(&mut tx, aylin.id).await.unwrap()[0].id;
    drop(tx);
    tom.get(&format!("/events/{id}/certificates/{held}"))
        .await
        .ok();
    // On no roster of this event: a new member's.
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/crew/new").await;
    let made = desk
        .submit("/admin/crew/new", &[("name", "Nobody Yet")])
        .await;
    let path = made.header("location").to_owned();
    let page = desk.get(&path).await;
    let kind = page
        .text
        .split("<option value=\"qua_")
        .nth(1)
        .unwrap()
        .split('"')
        .next();
    let fields = [
        ("qualification", format!("qua_{}", kind.unwrap())),
        ("expires_on", "2030-01-01".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let pdf = b"%PDF-1.4 a certificate";
    let reply = desk
        .upload(
            &format!("{path}/qualifications"),
            &fields,
            ("file", "aid.pdf", pdf),
        )
        .await;
    let certificate = reply.text.split("/certificates/").nth(1).unwrap();
    let certificate = certificate.split('"').next().unwrap();
    tom.get(&format!("/events/{id}/certificates/{certificate}"))
        .await
        .refused(404, "not_found");
    for (event, certificate) in [
        (id.as_str(), "crt_00000000000000000000000000000000"),
        ("evt_00000000000000000000000000000000", &held.to_string()),
        (&id, "x"),
    ] {
        tom.get(&format!("/events/{event}/certificates/{certificate}"))
            .await
            .refused(404, "not_found");
    }
    // Another studio's staff, and a contact who does not see the event.
    let mut elsewhere = test.staff("owner@lapsed.test").await;
    for path in [
        format!("/admin/crew/{}", aylin.id),
        format!("/admin/crew/{}/photo", aylin.id),
        format!("/admin/crew/{}/certificates/{held}", aylin.id),
        format!("/admin/events/{id}/roster"),
        format!("/admin/events/{id}/gate"),
        format!("/admin/events/{id}/gate.pdf"),
    ] {
        assert_eq!(elsewhere.ask(&path).await.status, 404, "{path}");
    }
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&format!("/events/{id}/certificates/{held}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn h12_h13_addresses_of_photos_and_certificates_die_with_time_session_and_right() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let id = gala(&mut tom).await;
    let event = tom.get(&format!("/events/{id}")).await.ok();
    let aylin = one(&event, "Aylin Demir");
    let photo = local(&aylin["photo"]);
    let certificate = aylin["qualifications"][0]["certificate"].as_str().unwrap();
    let path = format!("/events/{id}/certificates/{certificate}");
    let file = local(&tom.get(&path).await.ok()["address"]);
    assert_eq!(test.get(&photo).await.status, 200);
    assert_eq!(test.get(&file).await.status, 200);
    // One kind is never opened as the other.
    let crossed = photo.replace("/files/crew/", "/files/certificates/");
    assert_eq!(test.get(&crossed).await.status, 404);
    assert_eq!(test.get(&format!("{photo}00")).await.status, 404);

    switch(&test, "site@demo.test", &[("roster_photos", "no")]).await;
    assert_eq!(test.get(&photo).await.status, 404);
    assert_eq!(test.get(&file).await.status, 200);
    switch(&test, "site@demo.test", &[("certificates", "no")]).await;
    assert_eq!(test.get(&file).await.status, 404);
    tom.get(&path).await.refused(404, "not_found");

    let mut grace = test.signed_in("office@demo.test").await;
    let event = grace.get(&format!("/events/{id}")).await.ok();
    let photo = local(&one(&event, "Aylin Demir")["photo"]);
    test.pass(601);
    assert_eq!(test.get(&photo).await.status, 404, "ten minutes");
    let event = grace.get(&format!("/events/{id}")).await.ok();
    let photo = local(&one(&event, "Aylin Demir")["photo"]);
    assert_eq!(test.get(&photo).await.status, 200);
    grace.post("/sign-out", json!({})).await.ok();
    assert_ne!(test.get(&photo).await.status, 200, "signed out");
}

#[tokio::test]
async fn h10_h11_h12_h13_h14_h15_a_client_sees_who_comes_when_with_what_papers_and_vehicles() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let id = gala(&mut tom).await;
    let event = tom.get(&format!("/events/{id}")).await.ok();
    assert_eq!(
        event["leader"],
        json!({ "name": "Aylin Demir", "phone": "+447700900101" })
    );
    let roster = event["crew"]["roster"].as_array().unwrap();
    assert_eq!(roster.len(), 8);
    assert_eq!(
        (&roster[0]["name"], &roster[0]["leader"]),
        (&json!("Aylin Demir"), &json!(true)),
        "the leader first"
    );
    assert!(roster[1..].iter().all(|one| one["leader"] == false));

    let hargreaves = one(&event, "Tom Hargreaves");
    let shifts = hargreaves["shifts"].as_array().unwrap();
    assert_eq!(shifts.len(), 2);
    let roles: Vec<&str> = shifts
        .iter()
        .map(|it| it["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["Set-up crew", "Steward"]);
    assert!(shifts[0]["ends_at"].as_str() < shifts[1]["starts_at"].as_str());
    let vehicle = &shifts[1]["vehicle"];
    let vehicles = event["crew"]["vehicles"].as_array().unwrap();
    let van = vehicles.iter().find(|one| one["id"] == *vehicle).unwrap();
    assert_eq!(van["plate"], "WR19 ZTE");
    assert_eq!(
        (&van["make"], &van["colour"], &van["driver"]),
        (
            &json!("Vauxhall"),
            &json!("Dark blue"),
            &json!("Tom Hargreaves")
        )
    );

    let states = |name: &str| -> Vec<(String, String, bool)> {
        let held = one(&event, name)["qualifications"].as_array().unwrap();
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        held.iter()
            .map(|it| {
                (
                    text(&it["name"]),
                    text(&it["state"]),
                    it["required"] == true,
                )
            })
            .collect()
    };
    let told = |name: &str, state: &str, required| (name.to_owned(), state.to_owned(), required);
    assert_eq!(
        states("Owen Pritchard"),
        [
            told("SIA licence", "missing", true),
            told("Forklift", "valid", false)
        ]
    );
    assert_eq!(
        states("Tom Hargreaves"),
        [
            told("SIA licence", "valid", false),
            told("Forklift", "expired", false)
        ]
    );
    assert_eq!(
        event["crew"]["required"],
        json!([
            { "name": "First aid", "role": "Photographer" },
            { "name": "SIA licence", "role": "Security" },
        ])
    );
    // No email, no note, no number but the leader's.
    let text = event["crew"].to_string();
    assert!(!text.contains("@") && !text.contains("+44"), "{text}");

    let photo = test.get(&local(&one(&event, "Mei Tanaka")["photo"])).await;
    assert_eq!(photo.status, 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(photo.header(name), value);
    }
    let held = &one(&event, "Mei Tanaka")["qualifications"][0];
    let path = format!(
        "/events/{id}/certificates/{}",
        held["certificate"].as_str().unwrap()
    );
    let address = tom.get(&path).await.ok()["address"].clone();
    let file = test.get(&local(&address)).await;
    assert_eq!(file.header("content-type"), "application/pdf");
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert!(
        file.header("content-disposition")
            .contains("Mei%20Tanaka.pdf")
    );
    assert!(file.bytes.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn l14_h11_h12_h13_h14_h15_a_part_that_is_switched_off_is_not_in_the_reply() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let path = format!("/events/{}", gala(&mut tom).await);
    let who = "site@demo.test";
    let all = tom.get(&path).await.ok();
    let mut off: Vec<(&str, &str)> = Vec::new();

    off.push(("roster_photos", "no"));
    switch(&test, who, &off).await;
    let event = tom.get(&path).await.ok();
    assert!(!event["crew"].to_string().contains("\"photo\""));
    assert!(one(&event, "Mei Tanaka")["qualifications"].is_array());

    off.push(("certificates", "no"));
    switch(&test, who, &off).await;
    let event = tom.get(&path).await.ok();
    assert!(!event["crew"].to_string().contains("certificate"));
    assert!(one(&event, "Mei Tanaka")["qualifications"][0]["name"] == "First aid");

    off.push(("required_qualifications", "no"));
    switch(&test, who, &off).await;
    let event = tom.get(&path).await.ok();
    assert!(event["crew"].get("required").is_none());
    let told = one(&event, "Owen Pritchard")["qualifications"].to_string();
    assert!(!told.contains("missing") && !told.contains("SIA"), "{told}");

    off.push(("qualifications", "no"));
    switch(&test, who, &off).await;
    let event = tom.get(&path).await.ok();
    assert!(!event["crew"].to_string().contains("qualifications"));

    off.push(("vehicles", "no"));
    switch(&test, who, &off).await;
    let event = tom.get(&path).await.ok();
    let text = event["crew"].to_string();
    assert!(
        !text.contains("vehicle") && !text.contains("WR19"),
        "{text}"
    );

    // Vehicles without a roster name nobody.
    switch(&test, who, &[("roster", "no")]).await;
    let event = tom.get(&path).await.ok();
    assert!(event["crew"].get("roster").is_none());
    let text = event["crew"].to_string();
    assert!(
        text.contains("WR19 ZTE") && !text.contains("Hargreaves"),
        "{text}"
    );
    assert_eq!(event["leader"]["name"], "Aylin Demir", "always told");

    // Another contact of the same client still sees all of it; then the client and the studio say no.
    let mut grace = test.signed_in("office@demo.test").await;
    let seen = grace.get(&path).await.ok();
    assert_eq!(
        seen["crew"]["roster"].as_array().unwrap().len(),
        all["crew"]["roster"].as_array().unwrap().len()
    );
    let (_, company) = person(&test, "office@demo.test").await;
    let mut desk = test.staff("owner@demo.test").await;
    let rights = format!("/admin/clients/{company}/rights");
    desk.get(&rights).await;
    desk.post(&rights, &[("was", "{}"), ("vehicles", "no")])
        .await;
    let seen = grace.get(&path).await.ok();
    assert!(seen["crew"].get("vehicles").is_none() && seen["crew"]["roster"].is_array());
}

#[tokio::test]
async fn h11_a_roster_of_two_hundred_takes_as_many_statements_and_comes_whole() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let id = gala(&mut tom).await;
    let event: EventId = id.parse().unwrap();
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let from = at("2026-12-03T17:00", "Europe/London");
    let mut shifts = Vec::new();
    for n in 0..192 {
        let one = Member {
            id: tx.id(),
            name: format!("Steward {n:03}"),
            photo_key: None,
            ..member(&test, "Mei Tanaka").await
        };
        store::insert(&mut tx, &one).await.unwrap();
        shifts.push(NewShift {
            id: tx.id(),
            crew: one.id,
            role: None,
            starts_at: from,
            ends_at: from.plus_seconds(3600),
            vehicle: None,
        });
    }
    store::insert_shifts(&mut tx, event, &shifts).await.unwrap();
    tx.commit().await.unwrap();
    let reply = tom.get(&format!("/events/{id}")).await.ok();
    assert_eq!(reply["crew"]["roster"].as_array().unwrap().len(), 200);
    let mut desk = test.staff("owner@demo.test").await;
    let pdf = desk.ask(&format!("/admin/events/{id}/gate.pdf")).await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let page = desk.get(&format!("/admin/events/{id}/roster")).await;
    assert!(page.text.contains("Steward 191"));
}

/// What calendars are told of an event: its description, its sequence, and when it was changed.
fn told(text: &str, title: &str) -> (Option<String>, Option<u32>, String) {
    use icalendar::Component as _;
    let calendar = crate::events::parsed(text);
    let found = calendar
        .events()
        .find(|one| one.get_summary() == Some(title))
        .unwrap();
    (
        found.get_description().map(Into::into),
        found.get_sequence(),
        found.property_value("LAST-MODIFIED").unwrap().to_owned(),
    )
}

#[tokio::test]
async fn h10_h16_calendars_name_who_leads_the_roster_and_without_one_whom_staff_wrote_down() {
    let test = TestApp::new().await;
    let mut tom = test.signed_in("site@demo.test").await;
    let id = gala(&mut tom).await;
    let path = format!("/events/{id}");
    let file = local(&tom.get(&path).await.ok()["calendar"]);
    let feed = local(&tom.post("/calendar", json!({})).await.ok()["address"]);
    // Whom to call is told whatever else of the crew is off; nobody else of it is in the file.
    switch(&test, "site@demo.test", &[("roster", "no")]).await;
    let mut seen = Vec::new();
    for address in [&file, &feed] {
        let text = test.get(address).await.text;
        let (leader, sequence, changed) = told(&text, GALA);
        assert_eq!(
            leader.as_deref(),
            Some("Team leader: Aylin Demir +447700900101"),
            "{text}"
        );
        assert!(!text.contains("Hargreaves"), "{text}");
        seen.push((sequence, changed));
    }

    let mut desk = test.staff("owner@demo.test").await;
    let roster = format!("/admin/events/{id}/roster");
    let mei = member(&test, "Mei Tanaka").await;
    test.pass(60);
    desk.get(&roster).await;
    desk.post(
        &format!("{roster}/leader"),
        &[("crew", &mei.id.to_string())],
    )
    .await;
    for (address, (sequence, changed)) in [&file, &feed].into_iter().zip(seen) {
        let (leader, now, later) = told(&test.get(address).await.text, GALA);
        assert!(leader.unwrap().starts_with("Team leader: Mei Tanaka"));
        // Nothing clients are asked to take over anew, as with a name that is typed: but a later word on it.
        assert_eq!(now, sequence);
        assert!(later > changed, "{later} {changed}");
    }

    // Nobody leads: whom staff wrote down.
    desk.post(&format!("{roster}/leader"), &[("crew", "")])
        .await;
    for address in [&file, &feed] {
        let (leader, ..) = told(&test.get(address).await.text, GALA);
        assert_eq!(
            leader.as_deref(),
            Some("Team leader: Marcus Light +44 7700 900 161")
        );
    }
}

#[tokio::test]
async fn h16_a_feed_names_who_leads_each_event_in_the_statement_that_reads_them() {
    let test = TestApp::new().await;
    let (contact, client) = person(&test, "site@demo.test").await;
    let crew = [
        member(&test, "Mei Tanaka").await.id,
        member(&test, "Aylin Demir").await.id,
    ];
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let kinds = events::store::kinds(&mut tx).await.unwrap();
    let from = at("2027-06-12T10:00", "Europe/London");
    let when = When {
        starts_at: from,
        ends_at: from.plus_seconds(3600),
        all_day: false,
    };
    for n in 0..200 {
        let details = Details {
            kind: kinds[0].id,
            title: format!("Gate {n}"),
            when,
            time_zone: "Europe/London".into(),
            venue: String::new(),
            address: String::new(),
            leader_name: "Marcus Light".into(),
            leader_phone: Some("+447700900161".into()),
            staff_notes: String::new(),
            group: None,
        };
        let state = EventState::Confirmed;
        let id = events::store::insert(&mut tx, &details, state, Origin::default());
        let id = id.await.unwrap();
        events::store::replace_contacts(&mut tx, id, when, &[(contact, false)])
            .await
            .unwrap();
        if n % 3 < 2 {
            store::save_leader(&mut tx, id, Some(crew[n % 3]))
                .await
                .unwrap();
        }
    }
    let viewer = portico::forms::store::Viewer {
        contact,
        client,
        everything: false,
    };
    let all = events::store::feed(&mut tx, viewer, from, 5000)
        .await
        .unwrap();
    assert_eq!(all.len(), 200);
    for one in all {
        let n: usize = one.title.trim_start_matches("Gate ").parse().unwrap();
        let name = ["Mei Tanaka", "Aylin Demir", "Marcus Light"][n % 3];
        assert_eq!(one.typed_leader().unwrap().name, name);
    }
}
