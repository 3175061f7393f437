//! Staff's crew and rosters: what is refused and where, what is warned of, and what is written down.

use std::io::Cursor;

use portico_wire::EventId;

use crate::{
    crew::{at, event, gala, member, rostered},
    desk::Desk,
    harness::TestApp,
};

fn picture() -> Vec<u8> {
    let mut made = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(900, 1200, image::Rgb([90, 120, 140]))
        .write_to(&mut made, image::ImageFormat::Png)
        .unwrap();
    made.into_inner()
}

/// Adds somebody to a roster; the page that comes of it.
async fn add(
    desk: &mut Desk<'_>,
    event: EventId,
    crew: &str,
    (day, from, to): (&str, &str, &str),
) -> crate::harness::Reply {
    let path = format!("/admin/events/{event}/roster");
    desk.get(&path).await;
    let fields = [
        ("crew", crew),
        ("day", day),
        ("from", from),
        ("to", to),
        ("role", "usual"),
        ("vehicle", "own"),
    ];
    desk.post(&path, &fields).await
}

async fn files(test: &TestApp) -> usize {
    let demo = test.scope("demo").await.scope.studio();
    let list = test.app.storage.list(&format!("crew/{demo}")).await;
    list.unwrap().len()
}

/// What is sent with a file, the file, and what is said of it.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [u8], &'a str);

#[tokio::test]
async fn h12_h13_what_is_no_photo_or_no_certificate_is_refused_at_its_place_and_leaves_no_file() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let priya = member(&test, "Priya Nair").await;
    let path = format!("/admin/crew/{}", priya.id);
    let before = files(&test).await;
    desk.get(&path).await;
    for (name, content, said) in [
        ("", b"".as_slice(), "Please choose a picture first."),
        (
            "face.png",
            b"<svg onload=alert(1)>",
            "Please choose a picture: PNG, JPEG or WebP.",
        ),
        (
            "face.jpg",
            &picture()[..200],
            "This picture cannot be read.",
        ),
    ] {
        let reply = desk
            .upload(&format!("{path}/photo"), &[], ("file", name, content))
            .await;
        assert!(
            reply.status == 422 && reply.text.contains(said),
            "{}",
            reply.text
        );
        desk.get(&path).await;
    }
    let page = desk.get(&path).await.text;
    let kind = page.split("<option value=\"qua_").nth(1).unwrap();
    let kind = format!("qua_{}", kind.split('"').next().unwrap());
    let large = [b"%PDF-1.4".to_vec(), vec![0; 11 * 1024 * 1024]].concat();
    let cases: [Case<'_>; 6] = [
        (
            &[("qualification", &kind)],
            b"MZ\x90\0\x03 a program",
            "Please choose a PDF or a picture",
        ),
        (
            &[("qualification", &kind)],
            b"<!doctype html><script>",
            "Please choose a PDF or a picture",
        ),
        (&[("qualification", &kind)], &large, "at most 10 MB"),
        (
            &[("qualification", "qua_00000000000000000000000000000000")],
            b"%PDF-1.4",
            "Please choose one from the list.",
        ),
        (
            &[("qualification", &kind), ("expires_on", "2027-02-30")],
            b"%PDF-1.4",
            "This day does not exist.",
        ),
        (
            &[
                ("qualification", &kind),
                ("valid_from", "2027-05-01"),
                ("expires_on", "2027-04-01"),
            ],
            b"%PDF-1.4",
            "It ends before it begins.",
        ),
    ];
    for (fields, content, said) in cases {
        desk.get(&path).await;
        let reply = desk
            .upload(
                &format!("{path}/qualifications"),
                fields,
                ("file", "a.pdf", content),
            )
            .await;
        assert_eq!(reply.status, 422, "{said}");
        assert!(reply.text.contains(said), "{said}");
    }
    assert_eq!(files(&test).await, before, "nothing was kept");
}

#[tokio::test]
async fn h12_h13_h14_a_member_gets_photo_certificate_and_vehicle_and_old_files_go() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let before = files(&test).await;
    desk.get("/admin/crew/new").await;
    for (fields, said) in [
        (&[("name", " ")], "Please fill this in."),
        (
            &[("phone", "call me")],
            "does not look like a telephone number",
        ),
        (&[("email", "x@")], "does not look like an email address"),
        (
            &[("role", "rol_00000000000000000000000000000000")],
            "Please choose one from the list.",
        ),
    ] {
        let reply = desk.post("/admin/crew/new", fields).await;
        assert!(reply.status == 422 && reply.text.contains(said), "{said}");
    }
    let fields = [
        ("name", "Ngozi Eze"),
        ("phone", "01225 555014"),
        ("notes", "Knows the venue."),
    ];
    let reply = desk.post("/admin/crew/new", &fields).await;
    assert!(reply.text.contains("+44 1225 555014"), "{}", reply.text);
    let ngozi = member(&test, "Ngozi Eze").await;
    let path = format!("/admin/crew/{}", ngozi.id);
    let photo = ("file", "Ngozi.PNG", &picture()[..]);
    desk.upload(&format!("{path}/photo"), &[], photo).await;
    let shown = desk.ask(&format!("{path}/photo")).await;
    assert_eq!(shown.header("content-type"), "image/jpeg");
    let read = image::load_from_memory(&shown.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (300, 400), "made smaller");
    desk.get(&path).await;
    desk.upload(&format!("{path}/photo"), &[], photo).await;
    assert_eq!(files(&test).await, before + 1, "the first photo went");

    let page = desk.get(&path).await.text;
    let kind = page.split("<option value=\"qua_").nth(1).unwrap();
    let kind = format!("qua_{}", kind.split('"').next().unwrap());
    let fields = [
        ("qualification", kind.as_str()),
        ("expires_on", "2026-11-01"),
    ];
    let scan = ("file", "../../First aid.exe", &picture()[..]);
    let reply = desk
        .upload(&format!("{path}/qualifications"), &fields, scan)
        .await;
    assert!(
        reply.text.contains("First aid.jpg") && reply.text.contains("Expired"),
        "{}",
        reply.text
    );
    let place = reply.text.split("/certificates/").nth(1).unwrap();
    let certificate = place.split('"').next().unwrap().to_owned();
    let file = desk
        .ask(&format!("{path}/certificates/{certificate}"))
        .await;
    assert!(file.header("content-disposition").starts_with("attachment"));
    let list = desk.get("/admin/crew?show=ends").await.text;
    assert!(list.contains("Ngozi Eze") && list.contains("expired on 1 November 2026"));
    // The same once more; then another file and another day.
    desk.get(&path).await;
    let twice = desk
        .upload(
            &format!("{path}/qualifications"),
            &fields,
            ("file", "", b""),
        )
        .await;
    assert!(twice.status == 422 && twice.text.contains("This is on the list already."));
    let fields = [("expires_on", "2029-11-01")];
    let other = format!("{path}/qualifications/{certificate}");
    let reply = desk
        .upload(&other, &fields, ("file", "new.pdf", b"%PDF-1.7 new"))
        .await;
    assert!(reply.text.contains("new.pdf") && reply.text.contains("1 November 2029"));
    assert_eq!(files(&test).await, before + 2, "the first certificate went");
    desk.post(&format!("{other}/remove"), &[]).await;
    assert_eq!(files(&test).await, before + 1);

    let vehicles = format!("{path}/vehicles");
    let reply = desk
        .post(&vehicles, &[("plate", " ab12  cde "), ("make", "Kia")])
        .await;
    assert!(reply.text.contains("AB12 CDE"), "{}", reply.text);
    let reply = desk.post(&vehicles, &[("plate", "AB12 cde")]).await;
    assert!(reply.status == 422 && reply.text.contains("on the list already"));
    let (who, _, after) = test.logged("vehicle added").await;
    assert_eq!(
        (who.as_str(), after["vehicle"].as_str()),
        ("Marcus Light", Some("AB12 CDE \u{b7} Kia"))
    );
}

#[tokio::test]
async fn h11_two_who_change_one_member_at_once_are_told_and_whoever_left_is_no_longer_offered() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let priya = member(&test, "Priya Nair").await;
    let path = format!("/admin/crew/{}/edit", priya.id);
    desk.get(&path).await;
    let fields = |name| [("version", "1"), ("name", name)];
    let reply = desk.post(&path, &fields("Priya N.")).await;
    assert!(reply.text.contains("Priya N. is saved."));
    desk.get(&path).await;
    let reply = desk.post(&path, &fields("Priya Other")).await;
    assert_eq!(reply.status, 409);
    assert!(
        reply.text.contains("Somebody else changed this person")
            && reply.text.contains("Priya Other")
    );
    let left = [("version", "2"), ("name", "Priya N."), ("left", "true")];
    desk.post(&path, &left).await;
    let list = desk.get("/admin/crew").await.text;
    assert!(!list.contains("Priya N."));
    assert!(
        desk.get("/admin/crew?show=left")
            .await
            .text
            .contains("Priya N.")
    );
    assert!(
        desk.get("/admin/crew?q=har&show=")
            .await
            .text
            .contains("Tom Hargreaves")
    );
    assert!(
        desk.get("/admin/crew?q=900103")
            .await
            .text
            .contains("Grace Mensah")
    );
    let id = gala(&mut test.signed_in("office@demo.test").await).await;
    let page = desk.get(&format!("/admin/events/{id}/roster")).await.text;
    assert!(page.contains("Priya N. no longer works for you."));
    assert!(!page.contains(&format!("name=\"crew\" value=\"{}\"><", priya.id)));
    let gone = priya.id.to_string();
    let id: EventId = id.parse().unwrap();
    let reply = add(&mut desk, id, &gone, ("2026-12-03", "10:00", "11:00")).await;
    assert!(reply.status == 422 && reply.text.contains("no longer on your crew"));
}

#[tokio::test]
async fn h13_h15_qualifications_are_named_by_managers_and_those_in_use_stay() {
    let test = TestApp::new().await;
    let mut member = test.staff("member@demo.test").await;
    let page = member.get("/admin/crew/qualifications").await;
    assert!(page.status == 200 && !page.text.contains("Add a qualification"));
    let path = "/admin/crew/qualifications";
    assert_eq!(member.submit(path, &[("name", "Diver")]).await.status, 403);
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(path).await;
    let reply = desk.post(path, &[("name", "first AID")]).await;
    assert!(reply.status == 422 && reply.text.contains("of this name already"));
    let reply = desk.post(path, &[("name", "Diver")]).await;
    assert!(reply.text.contains("Diver is on the list."));
    let last = reply.text.rsplit("<li id=\"").next().unwrap();
    let diver = last.split('"').next().unwrap().to_owned();
    desk.post(&format!("{path}/{diver}/move"), &[("way", "up")])
        .await;
    desk.post(&format!("{path}/{diver}"), &[("name", "Scuba diver")])
        .await;
    let page = desk.get(path).await.text;
    assert!(page.find("Scuba diver").unwrap() < page.find("Forklift").unwrap());
    let first = page.split("<li id=\"").nth(1).unwrap();
    let first_aid = first.split('"').next().unwrap();
    let reply = desk.post(&format!("{path}/{first_aid}/remove"), &[]).await;
    assert!(reply.status == 422 && reply.text.contains("Somebody holds it"));
    let reply = desk.post(&format!("{path}/{diver}/remove"), &[]).await;
    assert!(reply.text.contains("Scuba diver is removed."));
}

#[tokio::test]
async fn h11_times_that_cannot_be_and_overlaps_are_refused_with_all_that_was_typed() {
    let test = TestApp::new().await;
    let id = event(
        &test,
        "Spring",
        "Europe/London",
        ("2027-03-27T10:00", "2027-03-29T18:00"),
    )
    .await;
    let mut desk = test.staff("member@demo.test").await;
    let tom = member(&test, "Tom Hargreaves").await.id.to_string();
    for (crew, when, said) in [
        (
            "",
            ("2027-03-27", "10:00", "18:00"),
            "Please tick at least one person.",
        ),
        (
            "crw_00000000000000000000000000000000",
            ("2027-03-27", "10:00", "18:00"),
            "no longer on your crew",
        ),
        (
            &tom,
            ("2027-03-28", "01:30", "09:00"),
            "01:30 does not exist there",
        ),
        (
            &tom,
            ("2027-03-27", "09:00", "09:00"),
            "This is the time it begins.",
        ),
        (
            &tom,
            ("2027-02-30", "09:00", "10:00"),
            "Please choose a day.",
        ),
        (
            &tom,
            ("2027-03-27", "25:00", "10:00"),
            "Please give the time it begins",
        ),
    ] {
        let reply = add(&mut desk, id, crew, when).await;
        assert_eq!(reply.status, 422, "{said}");
        assert!(reply.text.contains(said), "{said}: {}", reply.text);
    }
    let reply = add(&mut desk, id, &tom, ("2027-03-27", "22:00", "03:30")).await;
    assert!(
        reply.text.contains("Tom Hargreaves is on the roster."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("22:00\u{2013}03:30 (Sun)") && reply.text.contains("WR19 ZTE"));
    let reply = add(&mut desk, id, &tom, ("2027-03-28", "02:30", "08:00")).await;
    assert!(reply.status == 422 && reply.text.contains("works at this event then already"));
    assert!(
        reply.text.contains("value=\"02:30\""),
        "what was typed stays"
    );
    // A stretch is put right, copied to the other days, and taken off.
    let path = format!("/admin/events/{id}/roster");
    let page = desk.get(&path).await.text;
    let shift = page.split(&format!("{path}/shf_")).nth(1).unwrap();
    let shift = format!("{path}/shf_{}", shift.split('"').next().unwrap());
    let fields = [
        ("day", "2027-03-27"),
        ("from", "10:00"),
        ("to", "18:00"),
        ("role", ""),
        ("vehicle", ""),
    ];
    let reply = desk.post(&shift, &fields).await;
    assert!(reply.text.contains("10:00\u{2013}18:00") && !reply.text.contains("WR19 ZTE</span>"));
    let (_, before, after) = test.logged("roster changed").await;
    assert!(
        before["times"].as_str().unwrap().contains("22:00")
            && after["times"].as_str().unwrap().contains("10:00")
    );
    let reply = desk.post(&format!("{shift}/copy"), &[]).await;
    assert!(
        reply.text.contains("works on 2 more days."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("Mon 29 Mar"));
    let again = desk.post(&format!("{shift}/copy"), &[]).await;
    assert!(
        again
            .text
            .contains("works on all days of this event already.")
    );
    desk.post(&format!("{shift}/remove"), &[]).await;
    assert_eq!(
        desk.submit(&format!("{shift}/remove"), &[]).await.status,
        404
    );
}

#[tokio::test]
async fn h11_one_leads_at_a_time_is_on_the_roster_and_stops_when_taken_off() {
    let test = TestApp::new().await;
    let id = event(
        &test,
        "Fair",
        "Europe/London",
        ("2027-06-12T10:00", "2027-06-12T18:00"),
    )
    .await;
    let mut desk = test.staff("member@demo.test").await;
    let (tom, mei) = (
        member(&test, "Tom Hargreaves").await.id,
        member(&test, "Mei Tanaka").await.id,
    );
    let path = format!("/admin/events/{id}/roster");
    desk.get(&path).await;
    let lead = format!("{path}/leader");
    assert_eq!(
        desk.submit(&lead, &[("crew", &tom.to_string())])
            .await
            .status,
        404
    );
    for crew in [tom, mei] {
        let reply = add(
            &mut desk,
            id,
            &crew.to_string(),
            ("2027-06-12", "10:00", "18:00"),
        )
        .await;
        assert!(reply.text.contains("Nobody leads the team yet."));
        desk.post(&lead, &[("crew", &crew.to_string())]).await;
        desk.post(&lead, &[("crew", "")]).await;
    }
    desk.post(&lead, &[("crew", &tom.to_string())]).await;
    test.pass(1);
    let page = desk.post(&lead, &[("crew", &mei.to_string())]).await.text;
    assert_eq!(page.matches(">Team leader</span>").count(), 1);
    let (_, _, after) = test.logged("team leader chosen").await;
    assert_eq!(after["team leader"], "Mei Tanaka");
    let of_mei = page.split(&format!("<li id=\"{mei}\"")).nth(1).unwrap();
    let shift = of_mei.split(&format!("{path}/shf_")).nth(1).unwrap();
    let shift = format!("{path}/shf_{}", shift.split('"').next().unwrap());
    let page = desk.post(&format!("{shift}/remove"), &[]).await.text;
    assert!(page.contains("Nobody leads the team yet."));
}

#[tokio::test]
async fn h11_who_is_booked_twice_is_told_across_zones_and_midnight_and_not_where_one_ends_as_the_other_begins()
 {
    let test = TestApp::new().await;
    let london = event(
        &test,
        "London night",
        "Europe/London",
        ("2027-06-12T18:00", "2027-06-13T02:00"),
    )
    .await;
    let york = event(
        &test,
        "New York lunch",
        "America/New_York",
        ("2027-06-12T12:00", "2027-06-12T23:00"),
    )
    .await;
    let vienna = event(
        &test,
        "Vienna breakfast",
        "Europe/Vienna",
        ("2027-06-13T03:00", "2027-06-13T09:00"),
    )
    .await;
    let tom = member(&test, "Tom Hargreaves").await.id;
    let mut desk = test.staff("member@demo.test").await;
    // 18:00 to 02:00 in London is 13:00 to 21:00 in New York and ends at 03:00 in Vienna.
    let hours = ("2027-06-12T18:00", "2027-06-13T02:00");
    let when = (at(hours.0, "Europe/London"), at(hours.1, "Europe/London"));
    rostered(&test, london, tom, when).await;
    let breakfast = (
        at("2027-06-13T03:00", "Europe/Vienna"),
        at("2027-06-13T09:00", "Europe/Vienna"),
    );
    rostered(&test, vienna, tom, breakfast).await;
    let path = |event: EventId| format!("/admin/events/{event}/roster");
    for event in [london, vienna] {
        let page = desk.get(&path(event)).await.text;
        assert!(
            !page.contains("Double booked"),
            "one ends as the other begins"
        );
    }
    // 20:30 in New York is half past one at night in London.
    let reply = add(
        &mut desk,
        york,
        &tom.to_string(),
        ("2027-06-12", "20:30", "22:00"),
    )
    .await;
    assert!(reply.text.contains("Double booked"), "warned, not refused");
    assert!(
        reply
            .text
            .contains("Tom Hargreaves is also at London night: Sat 12 Jun, 13:00\u{2013}21:00.")
    );
    let page = desk.get(&path(london)).await.text;
    assert!(
        page.contains("is also at New York lunch: Sun 13 Jun, 01:30\u{2013}03:00."),
        "{page}"
    );
    // Who is elsewhere is told before anybody is ticked.
    let candidate = page.split("class=\"candidates\"").nth(1).unwrap();
    assert!(candidate.contains("New York lunch"), "{candidate}");
    // A cancelled event keeps nobody busy.
    let event_page = desk.get(&format!("/admin/events/{york}")).await;
    assert!(event_page.text.contains("Roster"));
    let version = desk.value("version").unwrap();
    desk.post(
        &format!("/admin/events/{york}/cancel"),
        &[("version", &version), ("reason", "")],
    )
    .await;
    assert!(!desk.get(&path(london)).await.text.contains("Double booked"));
}

#[tokio::test]
async fn h11_h13_h15_gaps_missing_qualifications_and_ended_certificates_are_told_on_the_roster_and_in_the_lists()
 {
    let test = TestApp::new().await;
    let id = gala(&mut test.signed_in("office@demo.test").await).await;
    let mut desk = test.staff("member@demo.test").await;
    let page = desk.get(&format!("/admin/events/{id}/roster")).await.text;
    for told in [
        "Photographer: 1 of 2 found.",
        "Steward: 3 of 6 found.",
        "Owen Pritchard has no SIA licence, which is required here.",
        "Tom Hargreaves is also at Christmas market",
        "First aid of Daniel Okoro ends on",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let list = desk.get("/admin/events").await.text;
    assert!(list.contains("Crew 4 of 8"), "{list}");
    let shown = desk.get(&format!("/admin/events/{id}")).await.text;
    assert!(shown.contains("1 of 2") && shown.contains("Owen Pritchard has no SIA licence"));
    // Asked of everybody too; the same twice is refused; and no longer asked.
    let required = format!("/admin/events/{id}/roster/required");
    let kind = page.split("id=\"qualification-require\"").nth(1).unwrap();
    let kind = kind.split("value=\"qua_").nth(1).unwrap();
    let kind = format!("qua_{}", kind.split('"').next().unwrap());
    let fields = [("qualification", kind.as_str()), ("role", "")];
    desk.get(&format!("/admin/events/{id}/roster")).await;
    let reply = desk.post(&required, &fields).await;
    assert!(
        reply.text.contains("Luca Moretti has no First aid"),
        "{}",
        reply.text
    );
    let reply = desk.post(&required, &fields).await;
    assert!(reply.status == 422 && reply.text.contains("This is asked for already."));
    let reply = desk
        .post(&required, &[("qualification", "x"), ("role", "y")])
        .await;
    assert!(reply.status == 422 && reply.text.contains("Please choose one from the list."));
    let place = reply.text.split(&format!("{required}/")).nth(1).unwrap();
    let one = place.split('/').next().unwrap().to_owned();
    desk.post(&format!("{required}/{one}/remove"), &[]).await;
    assert_eq!(
        desk.submit(&format!("{required}/{one}/remove"), &[])
            .await
            .status,
        404
    );
}
