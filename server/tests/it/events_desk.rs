//! Staff's pages about events.

use crate::{
    desk::Desk,
    events::{book, id_by_title, kind_of},
    harness::TestApp,
    quotes::person,
};
use serde_json::json;

/// The fields of the page's main form as they stand, but for its token.
pub fn fields_of(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).unwrap_or(page);
    let mut fields = Vec::new();
    for tag in main.split('<').skip(1) {
        let (head, after) = tag.split_once('>').unwrap_or((tag, ""));
        let value_of = |name: &str| {
            let (_, rest) = head.split_once(&format!(" {name}=\""))?;
            Some(unescaped(rest.split('"').next()?))
        };
        let Some(name) = value_of("name").filter(|name| name != "csrf") else {
            if head.starts_with("option") && head.contains(" selected") {
                let Some((_, last)) = fields.last_mut() else {
                    continue;
                };
                *last = value_of("value").unwrap_or_default();
            }
            continue;
        };
        let kind = value_of("type").unwrap_or_default();
        let ticked = head.contains(" checked");
        match head.split_whitespace().next() {
            Some("input") if matches!(kind.as_str(), "checkbox" | "radio") && !ticked => {}
            Some("input") => fields.push((name, value_of("value").unwrap_or_default())),
            Some("textarea") => fields.push((name, unescaped(after))),
            Some("select") => fields.push((name, String::new())),
            _ => {}
        }
    }
    fields
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&")
}

/// The fields with some of them as given.
fn with<'a>(
    fields: &'a [(String, String)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().map(|(a, b)| (a.as_str(), b.as_str()));
    let mut all: Vec<_> = kept
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name))
        .collect();
    all.extend(more);
    all
}

async fn new_event(test: &TestApp, desk: &mut Desk<'_>) -> (String, Vec<(String, String)>) {
    let (_, client) = person(test, "client@demo.test").await;
    let path = format!("/admin/clients/{client}/events/new");
    desk.get(&path).await;
    let fields = fields_of(&desk.page);
    (path, fields)
}

#[tokio::test]
async fn h1_what_is_wrong_with_an_event_is_said_beside_its_field_and_all_is_kept() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let (path, fields) = new_event(&test, &mut desk).await;
    let bad = [
        ("kind", ""),
        ("title", "A <b>title</b>"),
        ("day", "2027-03-28"),
        ("time", "01:30"),
        ("leader_name", ""),
        ("leader_phone", "07700 900161"),
        ("venue", "Kept as typed"),
    ];
    let page = desk.submit(&path, &with(&fields, &bad)).await;
    assert_eq!(page.status, 422);
    for said in [
        "Please choose what kind of event this is.",
        "the clocks go forward there, and 01:30 is skipped",
        "Whose number is that?",
        "A &lt;b&gt;title&lt;/b&gt;",
        "Kept as typed",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
}

#[tokio::test]
async fn h1_staff_make_an_event_change_it_and_of_two_at_once_the_later_is_told() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, fields) = new_event(&test, &mut desk).await;
    let kind = desk
        .page
        .split("<option value=\"")
        .find(|part| part.contains(">Portrait session<"))
        .and_then(|part| part.split('"').next())
        .unwrap()
        .to_owned();
    test.pass(60);
    let good = [
        ("kind", kind.as_str()),
        ("title", "Family pictures"),
        ("day", "2027-04-10"),
        ("time", "15:00"),
        ("venue", "The park"),
    ];
    let made = desk.submit(&path, &with(&fields, &good)).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let path = made.header("location").to_owned();
    let page = desk.get(&path).await.text;
    for said in [
        "Family pictures",
        "Confirmed",
        "Saturday, 10 April 2027, 15:00 to 17:00 BST",
        "Event made",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let mail = test.message("spouse@demo.test").await;
    assert_eq!(mail.subject, "Confirmed: Family pictures");
    assert!(mail.calendar.is_some());

    let edit = format!("{path}/edit");
    desk.get(&edit).await;
    let fields = fields_of(&desk.page);
    test.pass(60);
    let first = desk
        .submit(
            &edit,
            &with(&fields, &[("time", "16:00"), ("end_time", "18:00")]),
        )
        .await;
    assert_eq!(first.status, 303, "{}", first.text);
    let changed = test.message("spouse@demo.test").await;
    assert_eq!(changed.subject, "Changed: Family pictures");
    assert!(
        changed
            .text
            .contains("Before, it was: Saturday, 10 April 2027, 15:00 to 17:00")
    );
    let second = desk
        .submit(&edit, &with(&fields, &[("venue", "Elsewhere")]))
        .await;
    assert_eq!(second.status, 409);
    assert!(
        second.text.contains("Somebody else changed this event")
            && second.text.contains("Elsewhere")
    );
    // What nobody was to hear of is not told.
    desk.get(&edit).await;
    let fields = fields_of(&desk.page);
    let quiet: Vec<_> = with(&fields, &[("venue", "The river")]);
    let quiet: Vec<_> = quiet
        .into_iter()
        .filter(|(name, _)| *name != "tell")
        .collect();
    let before = test.messages("spouse@demo.test").await.len();
    assert_eq!(desk.submit(&edit, &quiet).await.status, 303);
    assert_eq!(test.messages("spouse@demo.test").await.len(), before);
}

#[tokio::test]
async fn h6_staff_confirm_a_booking_and_its_contact_gets_the_calendar_file_and_a_reminder() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let kind = kind_of(&ada.get("/events/booking").await.ok(), "Portrait session");
    let body = json!({ "kind": kind, "starts": "2026-12-10T14:00", "title": "Soon enough" });
    let made = book(&mut ada, body, "confirm-me-1").await.ok();
    let path = format!("/admin/events/{}", made["id"].as_str().unwrap());
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get("/admin/events?state=to_be_confirmed").await.text;
    assert!(list.contains("Soon enough") && !list.contains("Winter gala"));
    desk.get(&path).await;
    let version = desk.value("version").unwrap();
    let confirm = format!("{path}/confirm");
    test.work().await;
    assert_eq!(
        desk.submit(&confirm, &[("version", "77")]).await.status,
        409
    );
    test.pass(60);
    assert_eq!(
        desk.submit(&confirm, &[("version", &version)]).await.status,
        303
    );
    let mail = test.message("client@demo.test").await;
    assert_eq!(mail.subject, "Confirmed: Soon enough");
    assert!(mail.calendar.unwrap().contains("STATUS:CONFIRMED"));
    assert_eq!(
        desk.submit(&confirm, &[("version", &version)]).await.status,
        409
    );
    // Two days before, in the morning, once.
    let reminders = async || {
        let all = test.messages("client@demo.test").await;
        let those = all
            .iter()
            .filter(|mail| mail.subject == "Soon: Soon enough");
        those.count()
    };
    assert_eq!(reminders().await, 0);
    test.pass(17 * 86_400);
    assert_eq!(reminders().await, 1);
    test.pass(3_600);
    assert_eq!(reminders().await, 1);
}

#[tokio::test]
async fn h3_month_week_and_list_show_it_and_dragging_keeps_the_hour() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let id = id_by_title(&mut ada, "A look at the venue").await;
    let event = ada.get(&format!("/events/{id}")).await.ok();
    let day = event["starts"].as_str().unwrap()[..10].to_owned();
    let mut desk = test.staff("member@demo.test").await;
    for view in ["month", "week"] {
        let page = desk
            .get(&format!("/admin/events/{view}?day={day}"))
            .await
            .text;
        assert!(
            page.contains("A look at the venue") && page.contains(&format!("data-day=\"{day}\"")),
            "{view}"
        );
    }
    for odd in ["day=nonsense", "day=9999-12-31", ""] {
        assert_eq!(
            desk.get(&format!("/admin/events/month?{odd}")).await.status,
            200
        );
    }
    let page = desk
        .get(&format!("/admin/events/month?day={day}"))
        .await
        .text;
    let (_, rest) = page
        .split_once(&format!(
            "data-move=\"/admin/events/{id}/move\" data-version=\""
        ))
        .unwrap();
    let version = rest.split('"').next().unwrap();
    let path = format!("/admin/events/{id}/move");
    let stale = [
        ("day", "2027-03-10"),
        ("version", "99"),
        ("back", "month"),
        ("tell", "true"),
    ];
    assert_eq!(desk.submit(&path, &stale).await.status, 409);
    let gap = [("day", "nonsense"), ("version", version), ("back", "month")];
    assert_eq!(desk.submit(&path, &gap).await.status, 422);
    let drag = [
        ("day", "2027-04-10"),
        ("version", version),
        ("back", "month"),
        ("tell", "true"),
    ];
    let moved = desk.submit(&path, &drag).await;
    assert_eq!(
        (moved.status.as_u16(), moved.header("location")),
        (303, "/admin/events/month?day=2027-04-10")
    );
    let event = ada.get(&format!("/events/{id}")).await.ok();
    assert_eq!(
        (event["starts"].as_str(), event["ends"].as_str()),
        (Some("2027-04-10T10:30"), Some("2027-04-10T11:30"))
    );
    desk.get(&path).await;
    assert!(desk.page.contains("value=\"2027-04-10\"") && desk.page.contains("value=\"10:30\""));
}

#[tokio::test]
async fn h9_what_clients_may_book_is_chosen_in_the_settings_and_on_the_clients_page() {
    let test = TestApp::new().await;
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.get("/admin/settings/events").await.status, 403);
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/settings/events/types/new").await;
    let fields = fields_of(&desk.page);
    let path = "/admin/settings/events/types/new";
    let bad = [("name", "wedding"), ("hours", "x"), ("most_staff", "-1")];
    let refused = desk.submit(path, &with(&fields, &bad)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text
            .contains("There is a type of this name already.")
            && refused.text.contains("At least a minute")
    );
    let good = [
        ("name", "Newborn session"),
        ("hours", "3"),
        ("colour", "pink"),
    ];
    assert_eq!(desk.submit(path, &with(&fields, &good)).await.status, 303);
    let mut ada = test.signed_in("client@demo.test").await;
    let id = kind_of(&ada.get("/events/booking").await.ok(), "Newborn session");
    let (_, client) = person(&test, "client@demo.test").await;
    let own = format!("/admin/clients/{client}/event-types");
    desk.get(&own).await;
    assert_eq!(
        desk.submit(&own, &[("which", "own"), ("kind", &id)])
            .await
            .status,
        303
    );
    let offer = ada.get("/events/booking").await.ok();
    assert_eq!(offer["types"].as_array().unwrap().len(), 1);

    let settings = "/admin/settings/events";
    desk.get(settings).await;
    let wrong = [
        ("version", "0"),
        ("ahead_days", "0"),
        ("notice_hours", "x"),
        ("remind_days", "99"),
    ];
    assert_eq!(desk.submit(settings, &wrong).await.status, 422);
    let right = [
        ("version", "0"),
        ("ahead_days", "30"),
        ("notice_hours", "72"),
        ("remind_days", ""),
    ];
    assert_eq!(desk.submit(settings, &right).await.status, 303);
    assert_eq!(desk.submit(settings, &right).await.status, 409);
    let late = json!({ "kind": id, "starts": "2027-03-01T10:00" });
    let said = book(&mut ada, late, "too-late-now")
        .await
        .refused(422, "invalid");
    assert!(
        said["detail"]
            .as_str()
            .unwrap()
            .contains("up to 21 December 2026"),
        "{said}"
    );
    let roles = [
        ("role", "new1"),
        ("name-new1", "Photographer"),
        ("used-new1", "true"),
        ("role", "new2"),
        ("name-new2", "photographer"),
        ("used-new2", "true"),
    ];
    assert_eq!(
        desk.submit("/admin/settings/events/roles", &roles)
            .await
            .status,
        422
    );
    let resources = [
        ("resource", "new3"),
        ("name-new3", "Tent"),
        ("most-new3", "2"),
        ("book-new3", "true"),
        ("used-new3", "true"),
    ];
    assert_eq!(
        desk.submit("/admin/settings/events/resources", &resources)
            .await
            .status,
        303
    );
    assert!(ada.get("/events/booking").await.text.contains("Tent"));
    let group = "/admin/clients";
    assert_eq!(desk.get(group).await.status, 200);
}

#[tokio::test]
async fn l15_a_mail_names_the_recipients_next_event() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let (contact, client) = person(&test, "spouse@demo.test").await;
    let path = format!("/admin/clients/{client}/mail");
    desk.get(&path).await;
    let key = desk.value("key").unwrap();
    test.pass(60);
    let contact = contact.to_string();
    let fields = [
        ("key", key.as_str()),
        ("to", &contact),
        ("subject", "About {{ event.title }}"),
        ("body", "See you on {{ event.date }} at {{ event.place }}."),
    ];
    let sent = desk.submit(&path, &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let mail = test.message("spouse@demo.test").await;
    assert_eq!(mail.subject, "About Ada and Ben’s wedding");
    let said = "See you on 5 June 2027 at Walcot Gardens, 12 Walcot Street, Bath BA1 5BD.";
    assert!(mail.text.contains(said), "{}", mail.text);
}

/// The titles on a page of staff's list, in its order.
async fn titles(desk: &mut Desk<'_>, address: &str) -> Vec<String> {
    let page = desk.get(address).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let rows = page.text.split("<th scope=\"row\">").skip(1);
    rows.map(|row| {
        let link = row.split("</a>").next().unwrap();
        unescaped(link.rsplit('>').next().unwrap().trim())
    })
    .collect()
}

#[tokio::test]
async fn h1_staff_see_the_events_of_one_client_by_time_whoever_else_they_are_for() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let (_, ada) = person(&test, "client@demo.test").await;
    let (_, company) = person(&test, "office@demo.test").await;
    let (coming, past) = (
        format!("/admin/events?client={ada}"),
        format!("/admin/events?client={ada}&when=past"),
    );
    let all = titles(&mut desk, &coming).await;
    assert!(
        all.contains(&"Ada and Ben’s wedding".to_owned()) && !all.contains(&"Winter gala".into()),
        "{all:?}"
    );
    let theirs = titles(&mut desk, &format!("/admin/events?client={company}")).await;
    assert!(theirs.contains(&"Winter gala".to_owned()), "{theirs:?}");
    // What the list without a client shows of them, in its order.
    let every = titles(&mut desk, "/admin/events").await;
    let own: Vec<_> = every.into_iter().filter(|one| all.contains(one)).collect();
    assert_eq!(own, all);
    let requested = titles(&mut desk, &format!("{coming}&state=requested")).await;
    assert!(
        requested.len() < all.len() && requested.iter().all(|one| all.contains(one)),
        "{requested:?}"
    );

    // One that is moved to another year is found there, at its place.
    let mut client = test.signed_in("client@demo.test").await;
    let wedding = id_by_title(&mut client, "Ada and Ben’s wedding").await;
    let edit = format!("/admin/events/{wedding}/edit");
    desk.get(&edit).await;
    let fields = fields_of(&desk.page);
    let moved = [("day", "2024-05-11"), ("end_day", "2024-05-12")];
    let saved = desk.submit(&edit, &with(&fields, &moved)).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let title = "Ada and Ben’s wedding".to_owned();
    assert!(!titles(&mut desk, &coming).await.contains(&title));
    assert_eq!(titles(&mut desk, &past).await.last(), Some(&title));
    assert_eq!(desk.get("/admin/events?client=nonsense").await.status, 404);
}
