//! Automations at the desk: the gallery, the editor, the log, and trying one out.

use portico::{automations::gallery, staff::Role};

use crate::harness::TestApp;

/// The id in the address of the first automation of that name on the page.
fn id_of(page: &str, name: &str) -> String {
    let end = page.find(&format!("<strong>{name}</strong>")).unwrap();
    let start = page[..end].rfind("/admin/automations/").unwrap();
    let id = &page[start + "/admin/automations/".len()..];
    id[..id.find('"').unwrap()].to_owned()
}

#[tokio::test]
async fn l18_on_booking_introduce_the_portal_is_put_to_use_with_one_click_and_then_edited() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get("/admin/automations").await.text;
    assert!(page.contains("On booking, introduce the portal"), "{page}");
    assert!(page.contains("Sent by Portico itself"));
    let used = desk
        .post("/admin/automations/use", &[("key", "booking_portal")])
        .await;
    assert_eq!(used.status, 200, "{}", used.text);
    assert!(
        used.text.contains("is on. Change what you like."),
        "{}",
        used.text
    );
    assert!(used.text.contains("an event is confirmed"));
    let mail = desk.get("/admin/mail").await.text;
    assert!(mail.contains("Your booking and your portal"));
    let (who, _, after) = test.logged("automation made").await;
    assert_eq!(who, "Olivia Fern");
    assert_eq!(after["name"], "On booking, introduce the portal");
}

#[tokio::test]
async fn l18_every_one_of_the_gallery_works_or_says_what_it_needs() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    for ready in gallery::GALLERY {
        desk.get("/admin/automations").await;
        let used = desk
            .post("/admin/automations/use", &[("key", ready.key)])
            .await;
        assert_eq!(used.status, 200, "{}: {}", ready.key, used.text);
        let works = used.text.contains("Change what you like.");
        let asks = used.text.contains("One thing is missing.");
        assert!(works != asks, "{}: {}", ready.key, used.text);
        assert!(!asks || ready.asks(), "{}", ready.key);
    }
}

#[tokio::test]
async fn l17_what_is_wrong_with_an_automation_is_said_at_its_field_and_what_was_typed_stays() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/automations/new").await;
    for (fields, text) in [
        (
            &[
                ("name", ""),
                ("trigger", "event_confirmed"),
                ("a1_kind", "activate_portal"),
            ][..],
            "Please fill this in.",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "rain"),
                ("a1_kind", "activate_portal"),
            ],
            "Choose what it waits for.",
        ),
        (
            &[("name", "A"), ("trigger", "event_confirmed")],
            "Choose what it does.",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "event_confirmed"),
                ("a1_kind", "mail"),
            ],
            "Choose a mail template.",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "event_confirmed"),
                ("a1_kind", "assign_form"),
            ],
            "Choose a form.",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "event_confirmed"),
                ("wait", "days"),
                ("count", "0"),
                ("a1_kind", "activate_portal"),
            ],
            "from 1 to 1000",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "event_day"),
                ("days", "x"),
                ("side", "before"),
                ("time", "09:00"),
                ("a1_kind", "activate_portal"),
            ],
            "from 1 to 365",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "event_day"),
                ("days", "3"),
                ("side", "before"),
                ("time", "25:00"),
                ("a1_kind", "activate_portal"),
            ],
            "a time of day",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "client_added"),
                ("c1_kind", "event_type"),
                ("a1_kind", "activate_portal"),
            ],
            "has no event",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "quote_sent"),
                ("c1_kind", "amount"),
                ("c1_amount", "much"),
                ("a1_kind", "activate_portal"),
            ],
            "Type an amount",
        ),
        (
            &[
                ("name", "A"),
                ("trigger", "quote_sent"),
                ("a1_kind", "add_note"),
                ("a1_text", "{{ recipient.fist_name }}"),
            ],
            "recipient.first_name",
        ),
    ] {
        let reply = desk.post("/admin/automations/new", fields).await;
        assert_eq!(reply.status, 422, "{text}: {}", reply.text);
        assert!(reply.text.contains(text), "{text}: {}", reply.text);
        assert!(reply.text.contains("everything you typed is still there"));
    }
    let page = desk.get("/admin/automations").await.text;
    assert!(page.contains("None yet."), "nothing was saved");
}

#[tokio::test]
async fn l17_of_two_who_edit_at_once_the_later_one_is_told() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/automations/new").await;
    let fields = [
        ("name", "Call them"),
        ("trigger", "quote_sent"),
        ("wait", "days"),
        ("count", "4"),
        ("c1_kind", "amount"),
        ("c1_less", "at_least"),
        ("c1_amount", "500"),
        ("a1_kind", "notify_staff"),
        ("a1_text", "Please call {{ client.name }}"),
        ("active", "true"),
    ];
    let made = desk.post("/admin/automations/new", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(
        made.text.contains("a quote is sent, 4 days later"),
        "{}",
        made.text
    );
    assert!(
        made.text.contains("the amount is at least £500.00"),
        "{}",
        made.text
    );
    let id = id_of(&made.text, "Call them");
    let page = format!("/admin/automations/{id}");
    desk.get(&page).await;
    let mut first = fields.to_vec();
    first.extend([
        ("version", "1"),
        ("c2_kind", "access"),
        ("c2_access", "signed_in"),
    ]);
    assert_eq!(desk.post(&page, &first).await.status, 200);
    desk.get(&page).await;
    let late = desk.post(&page, &first).await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert!(late.text.contains("Somebody else changed this automation"));
}

#[tokio::test]
async fn l25_members_look_at_automations_and_do_not_change_them() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    owner.get("/admin/automations").await;
    let used = owner
        .post("/admin/automations/use", &[("key", "thank_you")])
        .await;
    assert_eq!(used.status, 200);
    let page = owner.get("/admin/automations").await.text;
    let id = id_of(&page, "The day after an event, say thank you");
    test.add_staff("m@demo.test", "Mia", "demo", Role::Member)
        .await;
    let mut member = test.staff("m@demo.test").await;
    let page = member.get("/admin/automations").await.text;
    assert!(page.contains("say thank you") && !page.contains("role=\"switch\""));
    assert_eq!(member.get("/admin/automations/runs").await.status, 200);
    assert_eq!(
        member.get(&format!("/admin/automations/{id}")).await.status,
        403
    );
    for path in [
        "use",
        "quiet",
        "pause",
        &format!("{id}/switch"),
        &format!("{id}/remove"),
    ] {
        let reply = member
            .post(&format!("/admin/automations/{path}"), &[])
            .await;
        assert_eq!(reply.status, 403, "{path}");
    }
    let mut other = test.staff("owner@lapsed.test").await;
    assert_eq!(
        other.get(&format!("/admin/automations/{id}")).await.status,
        404
    );
}

#[tokio::test]
async fn l17_trying_one_shows_conditions_time_and_mail_and_sends_nothing() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/automations").await;
    desk.post("/admin/automations/use", &[("key", "booking_portal")])
        .await;
    let page = desk.get("/admin/automations").await.text;
    let id = id_of(&page, "On booking, introduce the portal");
    let (before,): (i64,) = test
        .row("select count(*) from outbox where template <> $1", "")
        .await;
    let found = desk
        .get(&format!("/admin/automations/{id}/try?search=carter"))
        .await
        .text;
    assert!(found.contains("Ada Carter"), "{found}");
    let (contact, _) = crate::automations::who(&test, "client@demo.test").await;
    let tried = desk
        .get(&format!("/admin/automations/{id}/try?contact={contact}"))
        .await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    for text in [
        "nobody has signed in yet",
        "Send the mail “Your booking and your portal”",
        "try/mail?contact=",
    ] {
        assert!(tried.text.contains(text), "{text}: {}", tried.text);
    }
    let mail = desk
        .get(&format!(
            "/admin/automations/{id}/try/mail?contact={contact}&at=0"
        ))
        .await;
    assert_eq!(mail.status, 200);
    assert!(mail.text.contains("Hello Ada"), "{}", mail.text);
    let (after,): (i64,) = test
        .row("select count(*) from outbox where template <> $1", "")
        .await;
    assert_eq!(before, after);
    let (runs,): (i64,) = test
        .row("select count(*) from automation_runs where title <> $1", "")
        .await;
    assert_eq!(runs, 0);
}

#[tokio::test]
async fn l17_quiet_hours_are_set_for_all() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/automations").await;
    let wrong = desk
        .post(
            "/admin/automations/quiet",
            &[
                ("version", "0"),
                ("quiet", "true"),
                ("quiet_from", "late"),
                ("quiet_to", "08:00"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("such as 21:00"), "{}", wrong.text);
    let right = [
        ("version", "0"),
        ("quiet", "true"),
        ("quiet_from", "22:30"),
        ("quiet_to", "07:15"),
    ];
    let saved = desk.post("/admin/automations/quiet", &right).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert!(saved.text.contains("value=\"22:30\""), "{}", saved.text);
    let late = desk.post("/admin/automations/quiet", &right).await;
    assert_eq!(late.status, 409);
}
