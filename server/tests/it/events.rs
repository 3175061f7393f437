//! Events in the portal: seen by whom they name, booked, asked to be changed, and taken into calendars.

use axum::http::Method;
use icalendar::parser::{read_calendar, unfold};
use portico_wire::Right;
use serde_json::{Value, json};

use crate::{
    harness::{Browser, Reply, TestApp},
    quotes::person,
};

/// What there is to book for somebody.
async fn booking(who: &mut Browser<'_>) -> Value {
    who.get("/events/booking").await.ok()
}

pub fn kind_of(booking: &Value, name: &str) -> String {
    let kinds = booking["types"].as_array().unwrap();
    let found = kinds.iter().find(|kind| kind["name"] == name);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

fn id_of(booking: &Value, list: &str, name: &str) -> Value {
    let all = booking[list].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap()["id"].clone()
}

/// A portrait session on a day in May.
async fn portrait(who: &mut Browser<'_>, more: Value) -> Value {
    let kind = kind_of(&booking(who).await, "Portrait session");
    let mut book =
        json!({ "kind": kind, "starts": "2027-05-22T14:00", "title": "Pictures in May" });
    for (key, value) in more.as_object().unwrap() {
        book[key] = value.clone();
    }
    book
}

pub async fn book(who: &mut Browser<'_>, body: Value, key: &str) -> Reply {
    who.post_once("/events", body, key).await
}

/// The event of that title in a contact's list.
async fn listed(who: &mut Browser<'_>, title: &str) -> Option<Value> {
    let list = who.get("/events").await.ok();
    let all = ["coming", "past"].map(|part| list[part].as_array().unwrap().clone());
    all.concat().into_iter().find(|one| one["title"] == title)
}

pub async fn id_by_title(who: &mut Browser<'_>, title: &str) -> String {
    let found = listed(who, title).await.unwrap_or_default();
    found["id"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn h5_what_is_wrong_with_a_booking_is_said_at_its_field_and_nothing_is_booked() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let offer = booking(&mut ada).await;
    let before = ada.get("/events").await.ok()["coming"]
        .as_array()
        .unwrap()
        .len();
    let (wedding, lights) = (
        kind_of(&offer, "Wedding"),
        id_of(&offer, "resources", "Studio lights, a set"),
    );
    let photographer = id_of(&offer, "roles", "Photographer");
    let mut grace = test.signed_in("office@demo.test").await;
    let foreign = id_by_title(&mut grace, "Winter gala").await;
    let company = kind_of(&booking(&mut grace).await, "Company event");
    for (field, change) in [
        ("kind", json!({ "kind": company })),
        ("kind", json!({ "kind": format!("ety_{}", "0".repeat(32)) })),
        ("kind", json!({ "kind": null })),
        ("starts", json!({ "starts": "" })),
        ("starts", json!({ "starts": "2027-02-30T10:00" })),
        ("starts", json!({ "starts": "2026-11-20T10:00" })),
        ("starts", json!({ "starts": "2026-11-21T13:00" })),
        ("starts", json!({ "starts": "2031-05-22T14:00" })),
        ("starts", json!({ "starts": "2027-03-28T01:30" })),
        ("starts", json!({ "starts": "2027-10-31T01:30" })),
        ("ends", json!({ "ends": "2027-05-22T13:00" })),
        ("ends", json!({ "ends": "2028-05-22T13:00" })),
        ("time_zone", json!({ "time_zone": "Mars/Olympus" })),
        ("title", json!({ "title": "x".repeat(121) })),
        ("venue", json!({ "venue": "x\u{0}y" })),
        ("wishes", json!({ "wishes": "x".repeat(4001) })),
        (
            "needs",
            json!({ "needs": [{ "role": photographer, "count": 4 }] }),
        ),
        (
            "needs",
            json!({ "needs": [{ "role": photographer, "count": -1 }] }),
        ),
        (
            "needs",
            json!({ "needs": [{ "role": photographer, "count": 1 }, { "role": photographer, "count": 1 }] }),
        ),
        (
            "needs",
            json!({ "needs": [{ "role": format!("rol_{}", "0".repeat(32)), "count": 1 }] }),
        ),
        (
            "resources",
            json!({ "resources": [{ "resource": lights, "quantity": 5 }] }),
        ),
        (
            "resources",
            json!({ "resources": [{ "resource": format!("rsc_{}", "0".repeat(32)), "quantity": 1 }] }),
        ),
        ("from", json!({ "from": foreign })),
    ] {
        let mut body = json!({ "kind": wedding, "starts": "2027-05-22T14:00" });
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let refused = book(&mut ada, body.clone(), "bad-booking").await;
        let problem = refused.refused(422, "invalid");
        assert_eq!(problem["field"], field, "{body} {problem}");
        assert!(
            problem["detail"].as_str().unwrap().ends_with('.'),
            "{problem}"
        );
    }
    ada.post("/events", json!({ "kind": wedding }))
        .await
        .refused(400, "malformed");
    let after = ada.get("/events").await.ok()["coming"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(before, after);
}

#[tokio::test]
async fn h7_the_number_of_staff_is_only_for_whom_the_settings_allow_it() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let offer = booking(&mut ada).await;
    let (wedding, role) = (
        kind_of(&offer, "Wedding"),
        id_of(&offer, "roles", "Photographer"),
    );
    let lights = id_of(&offer, "resources", "Studio lights, a set");
    let body = json!({
        "kind": wedding, "starts": "2027-05-22T14:00", "needs": [{ "role": role, "count": 2 }],
        "resources": [{ "resource": lights, "quantity": 1 }],
    });
    let made = book(&mut ada, body.clone(), "with-staff-1").await.ok();
    assert_eq!(made["needs"][0]["count"], 2);
    assert_eq!(made["resources"][0]["quantity"], 1);
    test.switch_right("client@demo.test", Right::StaffNumbers, false)
        .await;
    let offer = booking(&mut ada).await;
    assert_eq!(offer["roles"], json!([]));
    assert_eq!(offer["types"][0]["most_staff"], Value::Null);
    book(&mut ada, body, "with-staff-2")
        .await
        .refused(403, "forbidden");
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let seen = ada.get(&path).await.ok();
    assert_eq!(
        seen["needs"],
        Value::Null,
        "what is off is not in the reply"
    );
    test.switch_right("client@demo.test", Right::Book, false)
        .await;
    ada.get("/events/booking").await.refused(403, "forbidden");
    assert_eq!(ada.get("/events").await.ok()["may_book"], false);
    ada.post_once(
        &format!("{path}/requests"),
        json!({ "kind": "cancel" }),
        "not-allowed",
    )
    .await
    .refused(403, "forbidden");
    test.switch_right("client@demo.test", Right::Events, false)
        .await;
    for path in ["/events", "/events/booking", &path, "/calendar"] {
        ada.get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn h6_j5_a_booking_is_to_be_confirmed_once_however_often_it_is_sent_and_staff_hear_of_it() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let body = portrait(
        &mut ada,
        json!({ "venue": "The park", "wishes": "By the river" }),
    )
    .await;
    test.pass(60);
    let made = book(&mut ada, body.clone(), "pictures-in-may").await.ok();
    assert_eq!(made["state"], "to_be_confirmed");
    assert_eq!(made["starts"], "2027-05-22T14:00");
    assert_eq!(made["ends"], "2027-05-22T16:00", "as long as its type says");
    assert_eq!(
        made["starts_at"], "2027-05-22T13:00:00.000000Z",
        "by British summer time"
    );
    assert_eq!(made["wishes"], "By the river");
    assert!(
        made["place"]["map"]
            .as_str()
            .unwrap()
            .contains("The%20park")
    );
    let again = book(&mut ada, body, "pictures-in-may").await.ok();
    assert_eq!(made["id"], again["id"]);
    let told: Vec<_> = test.messages("owner@demo.test").await;
    let told: Vec<_> = told
        .iter()
        .filter(|mail| mail.subject.starts_with("New booking"))
        .collect();
    assert_eq!(told.len(), 1);
    for said in [
        "Pictures in May",
        "Ada Carter",
        "Saturday, 22 May 2027, 14:00 to 16:00 BST",
        "The park",
        "By the river",
        "/admin/events/evt_",
    ] {
        assert!(told[0].text.contains(said), "{said}: {}", told[0].text);
    }
    let got = test.message("client@demo.test").await;
    assert_eq!(got.subject, "We got your booking: Pictures in May");
    assert!(
        got.calendar.is_none(),
        "not in a calendar before the studio said yes"
    );
    let (who, ..) = test.logged("event booked").await;
    assert_eq!(who, "Ada Carter");
    let home = ada.get("/home").await.ok();
    let waiting = home["event_requests"].as_array().unwrap();
    assert!(waiting.iter().any(|one| one["id"] == made["id"]), "{home}");
}

#[tokio::test]
async fn h5_the_questions_of_a_type_follow_the_booking() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let offer = booking(&mut ada).await;
    let kinds = offer["types"].as_array().unwrap();
    let talk = kinds
        .iter()
        .find(|kind| kind["name"] == "Appointment")
        .unwrap();
    assert_eq!(talk["questions"], "Before we meet");
    let body = json!({ "kind": talk["id"], "starts": "2027-02-03T10:00" });
    let made = book(&mut ada, body, "a-talk-please").await.ok();
    assert_eq!(made["questions"]["done"], false);
    let path = format!(
        "/questionnaires/{}",
        made["questions"]["id"].as_str().unwrap()
    );
    ada.get(&path).await.ok();
}

#[tokio::test]
async fn h9_a_client_books_the_types_that_are_its_own() {
    let test = TestApp::new().await;
    let names = |offer: &Value| -> Vec<String> {
        let kinds = offer["types"].as_array().unwrap();
        kinds
            .iter()
            .map(|kind| kind["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut ada = test.signed_in("client@demo.test").await;
    let mut grace = test.signed_in("office@demo.test").await;
    assert_eq!(
        names(&booking(&mut ada).await),
        ["Wedding", "Portrait session", "Appointment"]
    );
    assert_eq!(
        names(&booking(&mut grace).await),
        ["Portrait session", "Appointment", "Company event"]
    );
}

#[tokio::test]
async fn h1_a16_an_event_is_seen_by_whom_it_names_with_what_is_theirs_alone() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut grace = test.signed_in("office@demo.test").await;
    let mut tom = test.signed_in("site@demo.test").await;
    let wedding = id_by_title(&mut ada, "Ada and Ben’s wedding").await;
    let path = format!("/events/{wedding}");
    assert_eq!(ada.get(&path).await.ok()["leader"]["name"], "Marcus Light");
    ben.get(&path).await.ok();
    assert!(listed(&mut ben, "Engagement pictures").await.is_none());
    let engagement = id_by_title(&mut ada, "Engagement pictures").await;
    for path in [format!("/events/{engagement}"), path.clone()] {
        for other in [&mut grace, &mut tom] {
            other.get(&path).await.refused(404, "not_found");
            other
                .post_once(
                    &format!("{path}/requests"),
                    json!({ "kind": "cancel" }),
                    "not-mine-at-all",
                )
                .await
                .refused(404, "not_found");
            other
                .get(&format!("/events/booking?from={wedding}"))
                .await
                .refused(404, "not_found");
        }
    }
    ben.get(&format!("/events/{engagement}"))
        .await
        .refused(404, "not_found");
    // Who sees everything of the client sees what names a colleague alone.
    assert!(listed(&mut grace, "Team away day").await.is_some());
    assert!(listed(&mut tom, "Team away day").await.is_none());
    assert!(listed(&mut tom, "Winter gala").await.is_some());
    // The other client of an event sees it, and nothing that is between the first and the studio.
    let gala = id_by_title(&mut grace, "Winter gala").await;
    let mut desk = test.staff("owner@demo.test").await;
    let (ada_id, couple) = person(&test, "client@demo.test").await;
    desk.get(&format!("/admin/events/{gala}/edit?add={couple}"))
        .await;
    let page = desk.page.clone();
    let mut fields = crate::events_desk::fields_of(&page);
    fields.retain(|(name, value)| name != "contact" || *value != person_id(&page, "Ben"));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let saved = desk
        .submit(&format!("/admin/events/{gala}/edit"), &fields)
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let path = format!("/events/{gala}");
    let seen = ada.get(&path).await.ok();
    assert_eq!(seen["notes"], Value::Null, "{seen}");
    assert!(
        grace.get(&path).await.ok()["notes"]
            .as_str()
            .unwrap()
            .contains("Loading")
    );
    grace
        .post_once(
            &format!("{path}/requests"),
            json!({ "kind": "cancel", "reason": "Secret reason" }),
            "grace-asks-1",
        )
        .await
        .ok();
    assert!(!ada.get(&path).await.text.contains("Secret reason"));
    assert!(!ada.get("/events").await.text.contains("Secret reason"));
    assert!(tom.get(&path).await.text.contains("Secret reason"));
    let _ = ada_id;
}

/// The id of a box with that name on a page.
fn person_id(page: &str, name: &str) -> String {
    let at = page.find(&format!(">{name} ")).unwrap_or(0);
    let before = &page[..at];
    let from = before.rfind("value=\"con_").map_or(0, |at| at + 7);
    page[from..]
        .split('"')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn h2_past_events_come_page_by_page_each_once_the_latest_first() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let first = grace.get("/events").await.ok();
    let mut ends: Vec<String> = Vec::new();
    let (mut page, mut pages) = (first, 1);
    loop {
        for one in page["past"].as_array().unwrap() {
            ends.push(one["ends_at"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else {
            break;
        };
        page = grace.get(&format!("/events?after={next}")).await.ok();
        assert_eq!(page["coming"], json!([]));
        pages += 1;
    }
    assert_eq!((ends.len(), pages), (40, 2));
    assert!(ends.is_sorted_by(|a, b| a > b));
    grace
        .get("/events?after=nonsense")
        .await
        .refused(422, "invalid");
}

#[tokio::test]
async fn h8_an_earlier_event_is_booked_again_with_its_details_and_what_is_gone_is_said() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let list = grace.get("/events").await.ok();
    let old = list["past"][0]["id"].as_str().unwrap().to_owned();
    let offer = grace.get(&format!("/events/booking?from={old}")).await.ok();
    let again = &offer["again"]["book"];
    assert_eq!(offer["again"]["left_out"], Value::Null);
    assert_eq!(
        (again["starts"].as_str(), again["venue"].as_str()),
        (Some("T10:00"), Some("The Old Mill"))
    );
    assert_eq!(again["needs"].as_array().unwrap().len(), 2);
    let mut body = again.clone();
    body["starts"] = "2027-09-10T10:00".into();
    body["ends"] = "2027-09-10T18:00".into();
    let made = book(&mut grace, body, "again-like-this").await.ok();
    assert_eq!(made["state"], "to_be_confirmed");
    // Whoever saw the earlier one sees this one.
    let mut tom = test.signed_in("site@demo.test").await;
    tom.get(&format!("/events/{}", made["id"].as_str().unwrap()))
        .await
        .ok();
    // Its type is given up.
    let mut desk = test.staff("owner@demo.test").await;
    let kind = kind_of(&offer, "Company event");
    let path = format!("/admin/settings/events/types/{kind}");
    desk.get(&path).await;
    let mut fields = crate::events_desk::fields_of(&desk.page);
    fields.push(("archived".into(), "true".into()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(desk.submit(&path, &fields).await.status, 303);
    let offer = grace.get(&format!("/events/booking?from={old}")).await.ok();
    assert_eq!(offer["again"]["book"]["kind"], Value::Null);
    let said = offer["again"]["left_out"][0].as_str().unwrap();
    assert!(
        said.contains("“Company event” cannot be booked any more"),
        "{said}"
    );
    let body = json!({ "kind": kind, "starts": "2027-09-11T10:00", "from": old });
    assert_eq!(
        book(&mut grace, body, "gone-type-1")
            .await
            .refused(422, "invalid")["field"],
        "kind"
    );
}

#[tokio::test]
async fn h16_h4_a_move_is_asked_once_answered_once_and_carried_out_with_the_answer() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let wedding = id_by_title(&mut ada, "Ada and Ben’s wedding").await;
    let path = format!("/events/{wedding}/requests");
    let first = ada.get(&format!("/events/{wedding}")).await.ok();
    let day = first["starts"].as_str().unwrap()[..10].to_owned();
    for (field, body) in [
        ("starts", json!({ "kind": "move" })),
        (
            "starts",
            json!({ "kind": "move", "starts": "2026-11-01T10:00" }),
        ),
        (
            "starts",
            json!({ "kind": "move", "starts": first["starts"], "ends": first["ends"] }),
        ),
        (
            "ends",
            json!({ "kind": "move", "starts": "2027-07-10T12:00", "ends": "2027-07-10T11:00" }),
        ),
        (
            "starts",
            json!({ "kind": "cancel", "starts": "2027-07-10T12:00" }),
        ),
        (
            "reason",
            json!({ "kind": "cancel", "reason": "x".repeat(2001) }),
        ),
    ] {
        let problem = ada
            .post_once(&path, body, "bad-request-1")
            .await
            .refused(422, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
    }
    test.pass(60);
    let wish = json!({ "kind": "move", "starts": "2027-07-10T12:00", "reason": "The garden is free then." });
    let asked = ada
        .post_once(&path, wish.clone(), "move-it-please")
        .await
        .ok();
    assert_eq!(asked["request"]["state"], "open");
    assert_eq!(
        asked["request"]["ends"], "2027-07-11T00:30",
        "as long as it was"
    );
    assert_eq!(
        asked["starts"].as_str().unwrap()[..10],
        day,
        "nothing is moved yet"
    );
    assert_eq!(asked["may"]["ask"], false);
    ada.post_once(&path, wish.clone(), "move-it-please")
        .await
        .ok();
    ada.post_once(&path, wish, "move-it-please-2")
        .await
        .refused(409, "conflict");
    let told = test.messages("owner@demo.test").await;
    let told: Vec<_> = told
        .iter()
        .filter(|mail| mail.subject.starts_with("Move asked for"))
        .collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].text.contains("Saturday, 10 July 2027, 12:00"),
        "{}",
        told[0].text
    );

    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get(&format!("/admin/events/{wedding}")).await.text;
    assert!(
        page.contains("Ada Carter asks to move it") && page.contains("The garden is free then.")
    );
    let request = asked["request"]["id"].as_str().unwrap().to_owned();
    let answer = format!("/admin/event-requests/{request}");
    assert_eq!(
        desk.submit(&answer, &[("verdict", "perhaps")]).await.status,
        422
    );
    test.pass(60);
    let done = desk
        .submit(&answer, &[("verdict", "accept"), ("answer", "Gladly.")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(
        desk.submit(&answer, &[("verdict", "decline")]).await.status,
        409
    );
    let now = ada.get(&format!("/events/{wedding}")).await.ok();
    assert_eq!(
        (now["starts"].as_str(), now["ends"].as_str()),
        (Some("2027-07-10T12:00"), Some("2027-07-11T00:30"))
    );
    assert_eq!(
        (
            now["request"]["state"].as_str(),
            now["request"]["answer"].as_str()
        ),
        (Some("accepted"), Some("Gladly."))
    );
    let ada_got = test.message("client@demo.test").await;
    assert_eq!(ada_got.subject, "Moved as you asked: Ada and Ben’s wedding");
    assert!(ada_got.text.contains("Gladly.") && ada_got.calendar.is_some());
    let ben_got = test.message("spouse@demo.test").await;
    assert_eq!(ben_got.subject, "Changed: Ada and Ben’s wedding");
    assert!(ben_got.text.contains("Before, it was:"), "{}", ben_got.text);
}

/// Read by a parser that is not ours.
pub fn parsed(text: &str) -> icalendar::Calendar {
    let unfolded = unfold(text);
    icalendar::Calendar::from(read_calendar(&unfolded).unwrap())
}

#[tokio::test]
async fn h16_a_calendar_knows_an_event_again_by_its_uid_and_takes_over_what_is_later() {
    use icalendar::{Component as _, EventLike as _};
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let wedding = id_by_title(&mut ada, "Ada and Ben’s wedding").await;
    let event = ada.get(&format!("/events/{wedding}")).await.ok();
    let address = event["calendar"].as_str().unwrap();
    let path = address
        .strip_prefix(&test.app.origin.to_string())
        .unwrap()
        .to_owned();
    let file = test.get(&path).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    assert!(
        file.text.lines().all(|line| line.len() <= 76),
        "{}",
        file.text
    );
    assert!(file.text.starts_with("BEGIN:VCALENDAR\r\n"));
    let first = parsed(&file.text);
    assert_eq!(first.property_value("METHOD"), Some("PUBLISH"));
    let one = first.events().next().unwrap();
    let uid = one.get_uid().unwrap().to_owned();
    assert_eq!(one.get_summary(), Some("Ada and Ben’s wedding"));
    assert_eq!(
        one.get_location().unwrap(),
        "Walcot Gardens\\, 12 Walcot Street\\, Bath BA1 5BD".replace("\\,", ",")
    );
    let before = one.get_sequence().unwrap_or(0);

    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&format!("/admin/events/{wedding}")).await;
    let version = desk.value("version").unwrap();
    test.pass(60);
    let cancel = [
        ("version", version.as_str()),
        ("reason", "The garden is flooded."),
    ];
    assert_eq!(
        desk.submit(&format!("/admin/events/{wedding}/cancel"), &cancel)
            .await
            .status,
        303
    );
    let mail = test.message("spouse@demo.test").await;
    assert_eq!(mail.subject, "Cancelled: Ada and Ben’s wedding");
    assert!(mail.text.contains("The garden is flooded."));
    let last = parsed(mail.calendar.as_deref().unwrap());
    assert_eq!(last.property_value("METHOD"), Some("CANCEL"));
    let gone = last.events().next().unwrap();
    assert_eq!(gone.get_uid(), Some(uid.as_str()));
    assert_eq!(gone.get_status(), Some(icalendar::EventStatus::Cancelled));
    assert!(gone.get_sequence().unwrap() > before);
    // The address is its session's, and dies with it.
    ada.post("/sign-out", json!({})).await;
    assert_eq!(test.get(&path).await.status, 404);
}

#[tokio::test]
async fn h16_a_feed_is_private_reset_in_one_click_and_dies_with_the_access() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(ada.get("/calendar").await.ok()["address"], Value::Null);
    let made = ada.send(Method::POST, "/calendar", None).await.ok();
    let address = made["address"].as_str().unwrap().to_owned();
    assert_eq!(ada.get("/calendar").await.ok()["address"], address);
    let path = |address: &str| {
        address
            .strip_prefix(&test.app.origin.to_string())
            .unwrap()
            .to_owned()
    };
    let feed = test.get(&path(&address)).await;
    assert_eq!(feed.header("referrer-policy"), "no-referrer");
    let calendar = parsed(&feed.text);
    let titles: Vec<_> = calendar
        .events()
        .filter_map(icalendar::Component::get_summary)
        .collect();
    assert!(
        titles.contains(&"Engagement pictures") && titles.contains(&"First talk"),
        "{titles:?}"
    );
    assert!(
        !feed.text.contains("Winter gala") && !feed.text.contains("Drone"),
        "{}",
        feed.text
    );
    let secret = address.rsplit('/').next().unwrap().trim_end_matches(".ics");
    assert!(
        !test.database_contains(secret).await,
        "only its hash, and itself encrypted"
    );
    for wrong in [
        "/calendar/x.ics",
        "/calendar/.ics",
        &path(&address).replace(".ics", ""),
    ] {
        assert_eq!(test.get(wrong).await.status, 404, "{wrong}");
    }
    let next = ada.send(Method::POST, "/calendar", None).await.ok();
    let next = next["address"].as_str().unwrap().to_owned();
    assert_ne!(address, next);
    assert_eq!(test.get(&path(&address)).await.status, 404);
    assert_eq!(test.get(&path(&next)).await.status, 200);
    test.switch_right("client@demo.test", Right::Events, false)
        .await;
    assert_eq!(test.get(&path(&next)).await.status, 404);
}

#[tokio::test]
async fn b4_home_shows_the_next_event_and_what_waits_for_the_studio() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let home = ada.get("/home").await.ok();
    assert_eq!(home["next_event"]["title"], "Engagement pictures");
    let waiting: Vec<_> = home["event_requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].clone())
        .collect();
    assert_eq!(waiting, ["Engagement pictures", "A look at the venue"]);
    let mut ben = test.signed_in("spouse@demo.test").await;
    let home = ben.get("/home").await.ok();
    assert_eq!(home["next_event"]["title"], "Ada and Ben’s wedding");
    assert_eq!(home["event_requests"], json!([]));
    test.switch_right("spouse@demo.test", Right::Events, false)
        .await;
    assert_eq!(ben.get("/home").await.ok()["next_event"], Value::Null);
}

#[tokio::test]
async fn l20_the_events_of_a_merged_contact_go_to_the_one_it_was_merged_into() {
    let test = TestApp::new().await;
    let (ben, _) = person(&test, "spouse@demo.test").await;
    let (ada, _) = person(&test, "client@demo.test").await;
    let mut client = test.signed_in("client@demo.test").await;
    let wedding = id_by_title(&mut client, "Ada and Ben’s wedding").await;
    let engagement = id_by_title(&mut client, "Engagement pictures").await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    portico::events::store::move_to_contact(&mut tx, ada, ben)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ben = test.signed_in("spouse@demo.test").await;
    for event in [&wedding, &engagement] {
        ben.get(&format!("/events/{event}")).await.ok();
        client
            .get(&format!("/events/{event}"))
            .await
            .refused(404, "not_found");
    }
}
