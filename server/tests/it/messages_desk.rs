//! J1 J6 for staff: the inbox, answers, and what a colleague does meanwhile.

use portico::staff::Role;
use portico_wire::Right;
use serde_json::json;

use crate::{
    desk::Desk,
    documents::{PDF, contact},
    events::id_by_title,
    harness::TestApp,
    messages::{answer, own, send, texts, write},
};

const LIST: &str = "/admin/messages";

/// Sends the form of the conversation looked at.
async fn reply(desk: &mut Desk<'_>, id: &str, text: &str, more: crate::desk::Fields<'_>) -> u16 {
    let (last, key) = (desk.value("last").unwrap(), desk.value("key").unwrap());
    let mut fields = vec![
        ("text", text),
        ("last", last.as_str()),
        ("key", key.as_str()),
    ];
    fields.extend(more);
    fields.push(("files", "here"));
    let sent = desk
        .upload(&format!("{LIST}/{id}"), &fields, ("file", "", b""))
        .await;
    sent.status.as_u16()
}

#[tokio::test]
async fn j1_two_who_answer_at_once_hear_of_each_other_and_nothing_typed_is_lost() {
    let test = TestApp::new().await;
    test.add_staff("second@demo.test", "Sam Second", "demo", Role::Member)
        .await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut grace).await;
    write(&mut grace, &id, "Where shall we meet?").await;
    let (mut one, mut two) = (
        test.staff("owner@demo.test").await,
        test.staff("second@demo.test").await,
    );
    let page = format!("{LIST}/{id}");
    one.get(&page).await;
    two.get(&page).await;
    assert_eq!(reply(&mut one, &id, "At the gate.", &[]).await, 200);
    let status = reply(&mut two, &id, "At the <b>bridge</b>.", &[]).await;
    assert_eq!(status, 422);
    for text in [
        "Olivia Fern answered a moment ago",
        "At the gate.",
        "At the &lt;b&gt;bridge&lt;/b&gt;.",
    ] {
        assert!(two.page.contains(text), "{text}: {}", two.page);
    }
    assert!(
        !texts(&mut grace, &id)
            .await
            .iter()
            .any(|it| it.contains("bridge"))
    );
    // Sent again it goes out; sent twice it is one.
    let before = two.page.clone();
    assert_eq!(reply(&mut two, &id, "At the bridge.", &[]).await, 200);
    two.page = before;
    assert_eq!(reply(&mut two, &id, "At the bridge.", &[]).await, 200);
    let all = texts(&mut grace, &id).await;
    assert_eq!(all.iter().filter(|it| it.contains("bridge")).count(), 1);
}

#[tokio::test]
async fn j1_what_staff_type_wrong_is_said_and_kept() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut grace).await;
    let mut desk = test.staff("member@demo.test").await;
    desk.get(&format!("{LIST}/{id}")).await;
    assert_eq!(reply(&mut desk, &id, " ", &[]).await, 422);
    assert!(desk.page.contains("Please write something."));
    assert_eq!(reply(&mut desk, &id, &"ä".repeat(5001), &[]).await, 422);
    assert!(desk.page.contains("at most 5,000 characters"));
    let (last, key) = (desk.value("last").unwrap(), desk.value("key").unwrap());
    let fields = [
        ("text", "See the file"),
        ("last", last.as_str()),
        ("key", key.as_str()),
        ("files", "here"),
    ];
    let program = ("file", "virus.exe", &b"MZ\x90\x00"[..]);
    let path = format!("{LIST}/{id}");
    let refused = desk.upload(&path, &fields, program).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("See the file"), "{}", refused.text);
    let sent = desk.upload(&path, &fields, ("file", "Map.pdf", PDF)).await;
    assert!(sent.text.contains("The message is sent."), "{}", sent.text);
    let page = grace.get(&format!("/messages/{id}")).await.ok();
    let last = page["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["attachments"][0]["name"], "Map.pdf");
    assert_eq!(last["by"], "Marcus Light");
    // The client opens it; a contact of another client does not.
    let document = format!(
        "/documents/{}",
        last["attachments"][0]["id"].as_str().unwrap()
    );
    grace.get(&document).await.ok();
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&document).await.refused(404, "not_found");
    for path in [
        format!("{LIST}/cnv_{}", "0".repeat(32)),
        format!("{LIST}/x"),
    ] {
        assert_eq!(desk.get(&path).await.status, 404);
    }
    // Another studio's.
    let mut other = test.staff("owner@lapsed.test").await;
    assert_eq!(other.get(&format!("{LIST}/{id}")).await.status, 404);
    assert!(!other.get(LIST).await.text.contains("Bathwick"));
}

#[tokio::test]
async fn j1_the_inbox_sorts_assigns_finds_and_is_done() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let mut ada = test.signed_in("client@demo.test").await;
    let (graces, adas) = (own(&mut grace).await, own(&mut ada).await);
    write(&mut grace, &graces, "The Überraschung for the gala").await;
    test.pass(60);
    write(&mut ada, &adas, "Sunflowers, please").await;
    let mut desk = test.staff("member@demo.test").await;
    let inbox = desk.get(LIST).await.text;
    let (first, second) = (
        inbox.find("Sunflowers").unwrap(),
        inbox.find("Überraschung").unwrap(),
    );
    assert!(first < second, "the latest first");
    assert!(
        inbox.contains("data-waits=\"messages\""),
        "the frame counts"
    );
    // Looking at it is seeing it: for the client too.
    desk.get(&format!("{LIST}/{adas}")).await;
    let page = ada.get(&format!("/messages/{adas}")).await.ok();
    assert!(page["messages"].as_array().unwrap().last().unwrap()["seen"].is_string());
    // Assigned, it is mine and nobody else's.
    let marcus = {
        let options: Vec<_> = desk.page.split("<option value=\"").skip(1).collect();
        let own = options
            .iter()
            .find(|it| it.contains(">Marcus Light<"))
            .unwrap();
        own.split('"').next().unwrap().to_owned()
    };
    let path = format!("{LIST}/{adas}");
    desk.post(&format!("{path}/assign"), &[("staff", &marcus)])
        .await;
    assert!(
        desk.page.contains("Assigned to Marcus Light."),
        "{}",
        desk.page
    );
    assert_eq!(
        test.logged("conversation assigned").await.2["assigned_to"],
        "Marcus Light"
    );
    let shows = async |desk: &mut Desk<'_>, show: &str, text: &str| {
        let page = desk.get(&format!("{LIST}?{show}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        page.text.contains(text)
    };
    assert!(shows(&mut desk, "show=mine", "Sunflowers").await);
    assert!(!shows(&mut desk, "show=unassigned", "Sunflowers").await);
    let mut owner = test.staff("owner@demo.test").await;
    assert!(!shows(&mut owner, "show=mine", "Sunflowers").await);
    let unknown = [("staff", "stf_00000000000000000000000000000000")];
    assert_eq!(
        desk.post(&format!("{path}/assign"), &unknown).await.status,
        422
    );
    // Done, until the client writes again.
    desk.get(&path).await;
    desk.post(&format!("{path}/state"), &[("state", "done")])
        .await;
    assert!(!shows(&mut desk, "show=open", "Sunflowers").await);
    assert!(shows(&mut desk, "show=done", "Sunflowers").await);
    test.logged("conversation done").await;
    write(&mut ada, &adas, "Or tulips").await;
    assert!(shows(&mut desk, "show=open", "Or tulips").await);
    // Found by words of messages and names, whatever their accents.
    assert!(shows(&mut desk, "q=uberrasch", "Bathwick").await);
    assert!(shows(&mut desk, "q=bathwick+gala", "Überraschung").await);
    assert!(!shows(&mut desk, "q=sunflowers+bathwick", "class=\"talks\"").await);
    assert!(shows(&mut desk, "q=sunflower", "Or tulips").await);
    assert!(shows(&mut desk, "q=%25&show=all", "Nothing found").await);
}

#[tokio::test]
async fn j1_an_open_page_of_staff_hears_within_two_seconds_and_keeps_nobody_signed_in() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut grace).await;
    let mut desk = test.staff("owner@demo.test").await;
    let ask = async |desk: &mut Desk<'_>, query: &str| {
        desk.ask(&format!("{LIST}/live{query}")).await.json()
    };
    let of = format!("?of={id}");
    let (inbox, talk) = (ask(&mut desk, "").await, ask(&mut desk, &of).await);
    write(&mut grace, &id, "Is anybody there?").await;
    let (inbox_after, talk_after) = (ask(&mut desk, "").await, ask(&mut desk, &of).await);
    assert_ne!(inbox["mark"], inbox_after["mark"]);
    assert_ne!(talk["mark"], talk_after["mark"]);
    desk.get(&format!("{LIST}/{id}")).await;
    assert!(desk.page.contains("Is anybody there?"));
    // A page that asks by itself does not keep its session: unused, it ends.
    for _ in 0..200 {
        test.pass(1800);
        desk.ask(&format!("{LIST}/live")).await;
    }
    assert_ne!(desk.ask(LIST).await.status, 200);
}

#[tokio::test]
async fn j1_saved_replies_are_kept_put_in_and_removed() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut grace).await;
    let mut desk = test.staff("member@demo.test").await;
    let list = format!("{LIST}/replies");
    desk.get(&list).await;
    desk.post(&list, &[("title", ""), ("body", "Kept")]).await;
    assert!(desk.page.contains("Please fill this in.") && desk.page.contains("Kept"));
    desk.post(
        &list,
        &[("title", "Parking"), ("body", "Park behind\nthe barn.")],
    )
    .await;
    assert!(desk.page.contains("Parking"), "{}", desk.page);
    desk.post(&list, &[("title", "Parking"), ("body", "Twice")])
        .await;
    assert!(desk.page.contains("has this name already"));
    test.logged("reply saved").await;
    desk.get(&format!("{LIST}/{id}")).await;
    let reply_id = {
        let before = desk.page.split(">Parking<").next().unwrap();
        let option = before.rsplit("<option value=\"").next().unwrap();
        option.split('"').next().unwrap().to_owned()
    };
    let more = [("reply", reply_id.as_str()), ("do", "insert")];
    assert_eq!(reply(&mut desk, &id, "Hello Grace", &more).await, 200);
    assert!(
        desk.page.contains("Hello Grace\n\nPark behind\nthe barn."),
        "{}",
        desk.page
    );
    desk.get(&list).await;
    let path = format!("{list}/{reply_id}");
    let stale = [("title", "Parking"), ("body", "New"), ("version", "7")];
    assert_eq!(desk.post(&path, &stale).await.status, 409);
    desk.get(&list).await;
    desk.post(&path, &[("do", "remove")]).await;
    assert!(!desk.page.contains("behind"));
}

#[tokio::test]
async fn j1_staff_begin_from_the_pages_of_a_client_and_an_event() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let (_, client) = contact(&test, "office@demo.test").await;
    let event = id_by_title(&mut grace, "Winter gala").await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get(&format!("/admin/clients/{client}")).await.text;
    assert!(page.contains("Write a message") && page.contains(&own(&mut grace).await));
    desk.get(&format!("/admin/events/{event}")).await;
    assert!(desk.page.contains("Write about this event"));
    desk.post(
        &format!("/admin/clients/{client}/messages"),
        &[("event", &event)],
    )
    .await;
    assert!(desk.page.contains("Winter gala"), "{}", desk.page);
    let id = desk
        .page
        .split("?of=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(reply(&mut desk, &id, "The stage is ready.", &[]).await, 200);
    let list = grace.get("/messages").await.ok();
    assert_eq!(list["conversations"][0]["title"], "Winter gala");
    desk.get(&format!("/admin/events/{event}")).await;
    assert!(desk.page.contains("The stage is ready."));
    // Somebody else's event.
    let (_, other) = contact(&test, "client@demo.test").await;
    let path = format!("/admin/clients/{other}/messages");
    assert_eq!(desk.post(&path, &[("event", &event)]).await.status, 404);
}

#[tokio::test]
async fn j3_staff_are_told_what_clients_do_and_choose_what_they_hear_of() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let mut ada = test.signed_in("client@demo.test").await;
    let id = own(&mut ada).await;
    let mut desk = test.staff("owner@demo.test").await;
    let list = "/admin/notifications";
    desk.get(list).await;
    desk.post("/admin/notifications/seen", &[]).await;
    assert!(
        !desk
            .page
            .contains("not seen yet</span><span class=\"talk-when\"")
    );
    write(&mut ada, &id, "First of two").await;
    write(&mut ada, &id, "Second of two").await;
    grace.send_file("Permit.pdf", PDF).await;
    let page = desk.get(list).await.text;
    assert!(
        page.contains("Ada Carter wrote") && page.contains("Second of two"),
        "{page}"
    );
    assert!(
        !page.contains("First of two"),
        "one for a conversation that waits"
    );
    assert!(page.contains("Grace Okafor sent a document") && page.contains("Permit.pdf"));
    // Looked at, it is seen.
    desk.get(&format!("{LIST}/{id}")).await;
    let waits = desk.ask(&format!("{LIST}/live")).await.json()["notifications"].clone();
    assert_eq!(waits, 1, "the document is still to be looked at");
    // Switched off, neither mail nor line comes; others go on.
    desk.get(list).await;
    let choices = [
        ("mail", "document"),
        ("screen", "message"),
        ("screen", "document"),
    ];
    desk.post("/admin/notifications/choices", &choices).await;
    write(&mut ada, &id, "Nobody hears of this by mail").await;
    test.pass(200);
    let mails = test.messages("owner@demo.test").await;
    assert!(!mails.iter().any(|mail| mail.text.contains("Nobody hears")));
    assert!(mails.iter().any(|mail| mail.text.contains("Permit.pdf")));
    let mut member = test.staff("member@demo.test").await;
    assert!(
        !member.get(list).await.text.contains("Permit.pdf"),
        "not of the group"
    );
}

#[tokio::test]
async fn j3_a_contact_is_told_switches_kinds_and_reads_nothing_it_may_not_see() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    ada.post("/notifications/seen", json!({ "all": true }))
        .await
        .ok();
    let shared = crate::documents::Desk(&test);
    // What came with the demo is earlier.
    test.pass(1);
    let first = shared
        .share("Secret plan.pdf", PDF, &["client@demo.test"])
        .await;
    test.pass(1);
    shared
        .share("Menu.pdf", &[PDF, b"%2"].concat(), &["client@demo.test"])
        .await;
    let list = ada.get("/notifications").await.ok();
    assert_eq!(list["unread"], 2);
    let newest = &list["notifications"][0];
    assert_eq!(
        (&newest["kind"], &newest["text"]),
        (&json!("document"), &json!("Menu.pdf"))
    );
    assert_eq!(newest["section"], "documents");
    let path = newest["path"].as_str().unwrap();
    ada.get(&format!("/{path}")).await.ok();
    assert_eq!(ada.get("/home").await.ok()["unread_notifications"], 2);
    // Taken away, nothing names it.
    let scope = test.scope("demo").await;
    let mut tx = test.app.db.write(&scope).await.unwrap();
    portico::documents::store::remove_document(&mut tx, first)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let list = ada.get("/notifications").await;
    assert_eq!(list.ok()["unread"], 1);
    assert!(!list.text.contains("Secret plan"));
    // Nor where the section is off.
    test.switch_right("client@demo.test", Right::Documents, false)
        .await;
    let list = ada.get("/notifications").await;
    assert!(
        !list.text.contains("Menu.pdf") && list.ok()["unread"] == 0,
        "{}",
        list.text
    );
    assert_eq!(ada.get("/home").await.ok()["unread_notifications"], 0);
    test.switch_right("client@demo.test", Right::Documents, true)
        .await;
    let id = ada.get("/notifications").await.ok()["notifications"][0]["id"].clone();
    // Only its own can be marked; another contact's stays as it is.
    let mut ben = test.signed_in("spouse@demo.test").await;
    ben.post("/notifications/seen", json!({ "ids": [id] }))
        .await
        .ok();
    assert_eq!(ada.get("/pulse").await.ok()["unread_notifications"], 1);
    let pulse = ada
        .post("/notifications/seen", json!({ "ids": [id] }))
        .await
        .ok();
    assert_eq!(pulse["unread_notifications"], 0);
    let many = vec![id.clone(); 101];
    ada.post("/notifications/seen", json!({ "ids": many }))
        .await
        .refused(422, "invalid");
    // Switched off: no line and no mail, but what it must have.
    let form = ada.get("/notifications/form").await.ok();
    let mail = form["answers"]["mail"]["value"].clone();
    assert!(
        form.to_string().contains("Messages from the studio"),
        "{form}"
    );
    let mut answers = form["answers"].clone();
    let without = |answers: &mut serde_json::Value, field: &str, gone: &str| {
        let text = answers[field].to_string();
        let shorter = text
            .replace(&format!(",\"{gone}\""), "")
            .replace(&format!("\"{gone}\","), "");
        answers[field] = serde_json::from_str(&shorter).unwrap();
    };
    without(&mut answers, "mail", "New documents");
    without(&mut answers, "mail", "Messages from the studio");
    without(&mut answers, "screen", "New documents");
    ada.post("/notifications/form", json!({ "answers": answers }))
        .await
        .ok();
    let kept = ada.get("/notifications/form").await.ok();
    assert!(
        !kept["answers"].to_string().contains("New documents"),
        "{kept} {mail}"
    );
    shared
        .share("Unheard.pdf", &[PDF, b"%3"].concat(), &["client@demo.test"])
        .await;
    let mine = own(&mut ada).await;
    answer(&test, &mine, "Unheard words", &[]).await;
    test.pass(200);
    let mails = test.messages("client@demo.test").await;
    assert!(!mails.iter().any(|mail| mail.text.contains("Unheard")));
    assert!(!ada.get("/notifications").await.text.contains("Unheard.pdf"));
    assert_ne!(ada.get("/pulse").await.ok()["unread_messages"], 0);
    ada.ask_code("client@demo.test").await;
    assert!(
        test.message("client@demo.test")
            .await
            .subject
            .to_lowercase()
            .contains("code")
    );
    let wrong = json!({ "answers": { "mail": { "options": ["Codes"] } } });
    let refused = ada.post("/notifications/form", wrong).await;
    assert!(
        matches!(refused.status.as_u16(), 400 | 422),
        "{}",
        refused.text
    );
    // Without the section there is none of it.
    test.switch_right("client@demo.test", Right::Notifications, false)
        .await;
    for path in ["/notifications", "/notifications/form"] {
        ada.get(path).await.refused(404, "not_found");
    }
    ada.post("/notifications/seen", json!({ "all": true }))
        .await
        .refused(404, "not_found");
    let _ = send(
        &mut ada,
        &mine,
        json!({ "text": "Still here" }),
        "still-here",
    )
    .await
    .ok();
}
