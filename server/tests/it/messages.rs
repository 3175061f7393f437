//! J1: what client and studio say to each other, and open pages that hear of it at once.

use std::time::Duration;

use axum::{body::Body, extract::ConnectInfo, http::Request};
use futures_util::StreamExt as _;
use portico::messages::{
    say::{Author, Said, say},
    store,
};
use portico_wire::{ClientId, ConversationId, DocumentId, Right};
use serde_json::{Value, json};

use crate::{
    access_admin::{open_view, page_of},
    documents::{Desk, PDF, contact},
    events::id_by_title,
    harness::{Browser, Reply, SITE, TestApp},
};

/// The conversation of a client's own.
pub async fn own(who: &mut Browser<'_>) -> String {
    let list = who.get("/messages").await.ok();
    let all = list["conversations"].as_array().unwrap();
    let own = all.iter().find(|one| one["event"].is_null()).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

pub async fn send(who: &mut Browser<'_>, id: &str, body: Value, key: &str) -> Reply {
    who.post_once(&format!("/messages/{id}"), body, key).await
}

pub async fn write(who: &mut Browser<'_>, id: &str, text: &str) -> Value {
    let key = format!("key-{}", portico::secrets::reference());
    send(who, id, json!({ "text": text }), &key).await.ok()
}

/// The studio writes, as its page does.
pub async fn answer(test: &TestApp, id: &str, text: &str, documents: &[DocumentId]) {
    let id: ConversationId = id.parse().unwrap();
    let mut tx = test.app.db.write(&test.scope("demo").await).await.unwrap();
    let client = ClientId::from_bytes(id.bytes());
    if store::conversation(&mut tx, id).await.unwrap().is_none() {
        store::insert_conversation(&mut tx, id, client, None)
            .await
            .unwrap();
    }
    let held = store::hold_conversation(&mut tx, id)
        .await
        .unwrap()
        .unwrap();
    let said = Said {
        author: Author::Staff {
            id: None,
            name: "Olivia Fern",
        },
        text,
        documents,
        once: portico::secrets::reference(),
    };
    say(&mut tx, &held, &said).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn texts(who: &mut Browser<'_>, id: &str) -> Vec<String> {
    let page = who.get(&format!("/messages/{id}")).await.ok();
    let all = page["messages"].as_array().unwrap().iter();
    all.map(|one| one["text"].as_str().unwrap().to_owned())
        .collect()
}

async fn unread(who: &mut Browser<'_>) -> (u64, u64, u64) {
    let home = who.get("/home").await.ok()["unread_messages"].as_u64();
    let list = who.get("/messages").await.ok()["unread"].as_u64();
    let pulse = who.get("/pulse").await.ok()["unread_messages"].as_u64();
    (home.unwrap(), list.unwrap(), pulse.unwrap())
}

/// An empty start: the demo's own messages are read.
async fn read_all(who: &mut Browser<'_>) {
    let list = who.get("/messages").await.ok();
    for one in list["conversations"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        let page = who.get(&format!("/messages/{id}")).await.ok();
        if let Some(last) = page["messages"].as_array().unwrap().last() {
            let seen = json!({ "last": last["id"] });
            who.post(&format!("/messages/{id}/seen"), seen).await.ok();
        }
    }
}

#[tokio::test]
async fn j1_what_is_empty_too_long_laden_or_too_often_is_refused_at_its_place() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let id = own(&mut ada).await;
    let before = texts(&mut ada, &id).await.len();
    let nobodys = DocumentId::from_bytes([9; 16]);
    let others = Desk(&test)
        .share("Only for Grace.pdf", PDF, &["office@demo.test"])
        .await;
    for (field, body) in [
        ("text", json!({})),
        ("text", json!({ "text": " \n\t \u{0}" })),
        ("text", json!({ "text": "ä".repeat(5001) })),
        ("text", json!({ "text": "a".repeat(400_000) })),
        (
            "documents",
            json!({ "text": "a", "documents": vec![nobodys; 500] }),
        ),
        ("documents", json!({ "text": "a", "documents": [nobodys] })),
        ("documents", json!({ "text": "a", "documents": [others] })),
    ] {
        let reply = send(&mut ada, &id, body, "bad-message").await;
        reply.refused(422, "invalid");
        assert_eq!(reply.json()["field"], field, "{}", reply.text);
    }
    let huge = json!({ "text": "a".repeat(1_000_000) });
    let reply = send(&mut ada, &id, huge, "bad-message").await;
    reply.refused(413, "too_large");
    assert_eq!(reply.json()["field"], "text");
    assert!(reply.text.contains("5,000 characters"), "{}", reply.text);
    ada.post(&format!("/messages/{id}"), json!({ "text": "No key" }))
        .await
        .refused(400, "malformed");
    send(
        &mut ada,
        &id,
        json!({ "text": "a", "html": true }),
        "bad-message",
    )
    .await
    .refused(400, "malformed");
    assert_eq!(texts(&mut ada, &id).await.len(), before);
    // As long as it may be, once, however often it is sent.
    let long = json!({ "text": "ä".repeat(5000) });
    let first = send(&mut ada, &id, long.clone(), "long-message").await.ok();
    let again = send(&mut ada, &id, long, "long-message").await.ok();
    assert_eq!(first, again);
    for n in 0..29 {
        write(&mut ada, &id, &format!("And another one, {n}")).await;
    }
    let reply = send(&mut ada, &id, json!({ "text": "Too many" }), "one-too-many").await;
    reply.refused(429, "rate_limited");
    assert_eq!(reply.header("retry-after"), "60");
    test.pass(61);
    send(&mut ada, &id, json!({ "text": "Too many" }), "one-too-many")
        .await
        .ok();
    assert_eq!(texts(&mut ada, &id).await.len(), (before + 31).min(50));
}

#[tokio::test]
async fn a16_conversations_of_others_are_not_there_and_who_looks_as_a_client_only_looks() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut ada).await;
    assert_eq!(own(&mut ben).await, id, "one for each client");
    let message = write(&mut ada, &id, "Shall we bring the dog?").await;
    assert_eq!(message["own"], true);
    let seen = json!({ "last": message["id"] });
    // Another client's, and nobody's.
    for other in [id.clone(), format!("cnv_{}", "0".repeat(32))] {
        let path = format!("/messages/{other}");
        grace.get(&path).await.refused(404, "not_found");
        send(
            &mut grace,
            &other,
            json!({ "text": "Hello" }),
            "foreign-one",
        )
        .await
        .refused(404, "not_found");
        grace
            .post(&format!("{path}/seen"), seen.clone())
            .await
            .refused(404, "not_found");
    }
    let read = ben.get(&format!("/messages/{id}")).await.ok();
    let last = read["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["own"], &last["by"]),
        (&json!(false), &json!("Ada Carter"))
    );
    // A message of another conversation marks nothing.
    let graces = own(&mut grace).await;
    write(&mut grace, &graces, "Hello").await;
    grace
        .post(&format!("/messages/{graces}/seen"), seen.clone())
        .await
        .refused(404, "not_found");
    // Switched off, all of it is gone; the other contact keeps it.
    test.switch_right("client@demo.test", Right::Messages, false)
        .await;
    for path in ["/messages".to_owned(), format!("/messages/{id}")] {
        ada.get(&path).await.refused(404, "not_found");
    }
    send(&mut ada, &id, json!({ "text": "Hello" }), "switched-off")
        .await
        .refused(404, "not_found");
    ada.post(&format!("/messages/{id}/seen"), seen.clone())
        .await
        .refused(404, "not_found");
    assert_eq!(ada.get("/home").await.ok()["unread_messages"], 0);
    ben.get(&format!("/messages/{id}")).await.ok();
    // Whoever looks as Ben sees the same and changes nothing.
    answer(&test, &id, "Of course.", &[]).await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = page_of(&mut desk, "Ben Carter").await;
    let mut view = open_view(&test, &mut desk, &page).await;
    view.get(&format!("/messages/{id}")).await.ok();
    for (path, body) in [
        (format!("/messages/{id}"), json!({ "text": "Hello" })),
        (format!("/messages/{id}/seen"), seen),
        ("/live".to_owned(), json!({})),
    ] {
        view.post_once(&path, body, "only-looking")
            .await
            .refused(403, "forbidden");
    }
    view.get("/pulse").await.ok();
    assert!(
        unread(&mut ben).await.0 > 0,
        "looking as somebody marks nothing"
    );
}

#[tokio::test]
async fn j1_a_conversation_is_counted_read_and_marked_on_both_sides() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    read_all(&mut ada).await;
    read_all(&mut ben).await;
    let id = own(&mut ada).await;
    assert_eq!(unread(&mut ada).await, (0, 0, 0));
    write(&mut ada, &id, "Which shoes?\n<b>https://shoes.test</b>").await;
    assert_eq!(unread(&mut ben).await, (0, 0, 0), "only the studio's count");
    test.pass(60);
    answer(&test, &id, "The white ones.", &[]).await;
    answer(&test, &id, "Or the black ones.", &[]).await;
    assert_eq!(unread(&mut ada).await, (2, 2, 2));
    let list = ada.get("/messages").await.ok();
    let first = &list["conversations"][0];
    assert_eq!(first["id"], id, "the latest is the first");
    assert_eq!(first["unread"], 2);
    assert_eq!(first["last"]["text"], "Or the black ones.");
    assert_eq!(first["last"]["from_studio"], true);
    let page = ada.get(&format!("/messages/{id}")).await.ok();
    let messages = page["messages"].as_array().unwrap();
    let [question, white, black] = &messages[messages.len() - 3..] else {
        panic!("three of them");
    };
    assert_eq!(question["text"], "Which shoes?\n<b>https://shoes.test</b>");
    assert_eq!(question["own"], true);
    assert_eq!(
        (&white["own"], &white["from_studio"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(white["by"], "Olivia Fern");
    assert!(white["seen"].is_null());
    assert_eq!(unread(&mut ada).await.0, 2, "looking marks nothing");
    // Up to the first of them, then to the last; going back changes nothing.
    let seen = |message: &Value| json!({ "last": message["id"] });
    let path = format!("/messages/{id}/seen");
    let pulse = ada.post(&path, seen(white)).await.ok();
    assert_eq!(pulse["unread_messages"], 1);
    ada.post(&path, seen(black)).await.ok();
    let pulse = ada.post(&path, seen(question)).await.ok();
    assert_eq!(pulse["unread_messages"], 0);
    assert_eq!(
        unread(&mut ben).await,
        (2, 2, 2),
        "each contact reads for itself"
    );
    let page = ben.get(&format!("/messages/{id}")).await.ok();
    let last = page["messages"].as_array().unwrap().last().unwrap().clone();
    assert!(
        last["seen"].is_string(),
        "the studio sees that somebody read it"
    );
}

#[tokio::test]
async fn j1_a_long_conversation_comes_in_pages() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut grace).await;
    for n in 0..120 {
        answer(&test, &id, &format!("Number {n}"), &[]).await;
    }
    let newest = grace.get(&format!("/messages/{id}")).await.ok();
    assert_eq!(newest["messages"].as_array().unwrap().len(), 50);
    assert_eq!(newest["messages"][49]["text"], "Number 119");
    assert_eq!(newest["messages"][0]["text"], "Number 70");
    assert_eq!(newest["unread"], 100, "more are not counted");
    let next = newest["next"].as_str().unwrap();
    let page = grace
        .get(&format!("/messages/{id}?before={next}"))
        .await
        .ok();
    assert_eq!(page["messages"][49]["text"], "Number 69");
    for wrong in ["0", "-1", "x", ""] {
        grace
            .get(&format!("/messages/{id}?before={wrong}"))
            .await
            .refused(404, "not_found");
    }
    grace
        .get("/messages?before=x")
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn j1_an_event_has_a_conversation_for_those_who_see_it() {
    let test = TestApp::new().await;
    let mut grace = test.signed_in("office@demo.test").await;
    let mut tom = test.signed_in("site@demo.test").await;
    let mut ada = test.signed_in("client@demo.test").await;
    for right in [Right::SeeEverything, Right::Events] {
        let on = right == Right::Events;
        test.switch_right("site@demo.test", right, on).await;
    }
    let event = id_by_title(&mut grace, "Winter gala").await;
    let path = format!("/messages/of/{event}");
    ada.post(&path, json!({})).await.refused(404, "not_found");
    let begun = grace.post(&path, json!({})).await.ok();
    assert_eq!(begun["title"], "Winter gala");
    assert_eq!(grace.post(&path, json!({})).await.ok()["id"], begun["id"]);
    let id = begun["id"].as_str().unwrap().to_owned();
    let listed = |list: Value| list["conversations"].as_array().unwrap().len();
    let before = listed(grace.get("/messages").await.ok());
    write(&mut grace, &id, "Where do the vans park?").await;
    assert_eq!(listed(grace.get("/messages").await.ok()), before + 1);
    // Without the event there is no word of it; with everything of the client there is.
    let sees: Value = tom.get("/events").await.ok();
    let named = sees.to_string().contains("Winter gala");
    assert_eq!(
        tom.get(&format!("/messages/{id}")).await.status == 200,
        named
    );
    test.switch_right("site@demo.test", Right::SeeEverything, true)
        .await;
    tom.get(&format!("/messages/{id}")).await.ok();
    test.switch_right("site@demo.test", Right::Events, false)
        .await;
    tom.get(&format!("/messages/{id}"))
        .await
        .refused(404, "not_found");
    let list = tom.get("/messages").await;
    assert!(!list.text.contains("Winter gala"), "{}", list.text);
    tom.post(&path, json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn j1_what_is_attached_is_for_whoever_sees_the_conversation() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut grace = test.signed_in("office@demo.test").await;
    let id = own(&mut ada).await;
    let page = ada.get(&format!("/messages/{id}")).await.ok();
    assert!(page["upload"]["most_bytes"].is_number());
    let sent = ada.send_file("Our shoes.pdf", PDF).await;
    let document = sent["document"].as_str().unwrap().to_owned();
    assert!(ben.document("Our shoes.pdf").await.is_none());
    let body = json!({ "documents": [document] });
    let message = send(&mut ada, &id, body, "with-shoes").await.ok();
    assert_eq!(message["text"], "");
    assert_eq!(message["attachments"][0]["name"], "Our shoes.pdf");
    assert_eq!(message["attachments"][0]["open"], true);
    let list = ada.get("/messages").await.ok();
    assert_eq!(list["conversations"][0]["last"]["text"], "Our shoes.pdf");
    // Ben opens it from the conversation, also where the section Documents is off.
    let path = format!("/documents/{document}");
    assert!(ben.get(&path).await.ok()["address"].is_string());
    test.switch_right("spouse@demo.test", Right::Documents, false)
        .await;
    let opened = ben.get(&path).await.ok();
    let saved = test.get(&crate::documents::path(&opened["address"])).await;
    assert_eq!(saved.bytes, PDF);
    grace.get(&path).await.refused(404, "not_found");
    test.switch_right("spouse@demo.test", Right::Messages, false)
        .await;
    ben.get(&path).await.refused(404, "not_found");
    assert_ne!(
        test.get(&crate::documents::path(&opened["address"]))
            .await
            .status,
        200
    );
    // Removed, the message says so.
    ada.delete(&path).await.ok();
    let last = texts(&mut ada, &id).await.pop().unwrap();
    assert_eq!(last, "(The attachment was removed.)");
    test.switch_right("client@demo.test", Right::Upload, false)
        .await;
    let page = ada.get(&format!("/messages/{id}")).await.ok();
    assert!(page["upload"].is_null());
}

#[tokio::test]
async fn j1_l20_messages_follow_a_contact_that_is_merged() {
    let test = TestApp::new().await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut tom = test.signed_in("site@demo.test").await;
    let (bens, toms) = (own(&mut ben).await, own(&mut tom).await);
    write(&mut ben, &bens, "It is me, Ben.").await;
    let mut desk = test.staff("owner@demo.test").await;
    let loser = page_of(&mut desk, "Ben Carter").await;
    let other = loser.rsplit('/').next().unwrap().to_owned();
    let winner = page_of(&mut desk, "Tom Weller").await;
    let path = format!("{winner}/merge/{other}");
    desk.get(&path).await;
    let fields = [
        "first_name",
        "last_name",
        "email",
        "mobile",
        "language",
        "password",
        "keep",
    ];
    let fields: Vec<_> = fields.iter().map(|field| (*field, "a")).collect();
    let reply = desk.post(&path, &fields).await;
    assert!(
        reply.text.contains("The two are one contact now."),
        "{}",
        reply.text
    );
    ben.get("/messages").await.refused(401, "session_ended");
    // Tom, who is Ben, reads and goes on with what he wrote, beside his own.
    let page = tom.get(&format!("/messages/{bens}")).await.ok();
    let last = page["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["text"], &last["own"]),
        (&json!("It is me, Ben."), &json!(true))
    );
    let list = tom.get("/messages").await.text;
    assert!(list.contains(&bens) && list.contains(&toms), "{list}");
    write(&mut tom, &bens, "Still me.").await;
    // The rest of his client sees nothing of it.
    let mut grace = test.signed_in("office@demo.test").await;
    grace
        .get(&format!("/messages/{bens}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn j1_j6_a_mail_goes_to_the_other_side_after_a_few_quiet_minutes_once_for_several() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    read_all(&mut ada).await;
    test.work().await;
    test.pass(3600);
    test.work().await;
    let id = own(&mut ada).await;
    let mails = async |to: &str, about: &str| {
        let all = test.messages(to).await.into_iter();
        all.filter(|mail| mail.text.contains(about))
            .collect::<Vec<_>>()
    };
    write(&mut ada, &id, "First <b>thing</b>").await;
    test.pass(100);
    write(&mut ada, &id, "Second thing").await;
    test.pass(100);
    assert!(
        mails("owner@demo.test", "First").await.is_empty(),
        "not quiet yet"
    );
    test.pass(81);
    let told = mails("owner@demo.test", "Second thing").await;
    assert_eq!(told.len(), 1, "one mail for both");
    assert!(told[0].text.contains("First <b>thing</b>") && told[0].html.contains("&lt;b&gt;"));
    assert!(
        told[0].text.contains(&format!("/admin/messages/{id}")),
        "{}",
        told[0].text
    );
    test.pass(3600);
    assert_eq!(mails("owner@demo.test", "Second thing").await.len(), 1);
    // The answer: Ada has read it before the mail would go, Ben has not.
    answer(&test, &id, "Thank you both", &[]).await;
    read_all(&mut ada).await;
    test.pass(181);
    assert!(mails("client@demo.test", "Thank you both").await.is_empty());
    let told = mails("spouse@demo.test", "Thank you both").await;
    assert_eq!(told.len(), 1);
    let link = format!("#portico-open=messages/{id}");
    assert!(told[0].text.contains(&link), "{}", told[0].text);
    assert!(told[0].subject.contains("Olivia Fern wrote to you"));
    // Who must not see messages, or cannot come in, is told nothing of them.
    test.switch_right("spouse@demo.test", Right::Messages, false)
        .await;
    answer(&test, &id, "And another thing", &[]).await;
    test.pass(181);
    assert!(
        mails("spouse@demo.test", "And another thing")
            .await
            .is_empty()
    );
    assert_eq!(
        mails("client@demo.test", "And another thing").await.len(),
        1
    );
    // Somebody who never pauses is told of after a quarter of an hour.
    for n in 0..8 {
        answer(&test, &id, &format!("Monologue {n}"), &[]).await;
        test.pass(120);
        test.work().await;
    }
    let told = mails("client@demo.test", "Monologue 0").await;
    assert_eq!(told.len(), 1);
    let _ = &mut ben;
}

/// The data of the next event of a stream; none when it ended.
async fn next(body: &mut axum::body::BodyDataStream) -> Option<Value> {
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(5), body.next())
            .await
            .expect("the stream says something")?
            .unwrap();
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        if let Some(data) = text.trim().strip_prefix("data: ") {
            return Some(serde_json::from_str(data).unwrap());
        }
    }
}

async fn ticket(who: &mut Browser<'_>) -> String {
    let ticket = who.post("/live", json!({})).await.ok();
    ticket["ticket"].as_str().unwrap().to_owned()
}

async fn stream(test: &TestApp, ticket: &str, origin: &str) -> axum::response::Response {
    use tower::ServiceExt as _;
    let mut request = Request::get(format!("/api/portal/v1/demo/live?ticket={ticket}"))
        .header("origin", origin)
        .body(Body::empty())
        .unwrap();
    let peer: std::net::SocketAddr = ([127, 0, 0, 1], 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    test.router.clone().oneshot(request).await.unwrap()
}

async fn listen(test: &TestApp, who: &mut Browser<'_>) -> axum::body::BodyDataStream {
    let ticket = ticket(who).await;
    let response = stream(test, &ticket, SITE).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["access-control-allow-origin"], SITE);
    response.into_body().into_data_stream()
}

#[tokio::test]
async fn j1_a_ticket_opens_one_stream_once_within_a_minute_on_the_same_website() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let good = ticket(&mut ada).await;
    assert!(!test.database_contains(&good).await, "kept as a hash");
    assert_eq!(
        stream(&test, &good, "https://elsewhere.test")
            .await
            .status(),
        403
    );
    assert_eq!(stream(&test, &good, SITE).await.status(), 200);
    assert_eq!(stream(&test, &good, SITE).await.status(), 401, "used");
    let late = ticket(&mut ada).await;
    test.pass(61);
    assert_eq!(stream(&test, &late, SITE).await.status(), 401, "late");
    for wrong in ["", "x", &"x".repeat(43), &ada.token.clone().unwrap()] {
        assert_eq!(stream(&test, wrong, SITE).await.status(), 401);
    }
    let over = ticket(&mut ada).await;
    ada.post("/sign-out", json!({})).await;
    assert_eq!(stream(&test, &over, SITE).await.status(), 401, "signed out");
    let mut ben = test.signed_in("spouse@demo.test").await;
    for right in [Right::Messages, Right::Notifications] {
        test.switch_right("spouse@demo.test", right, false).await;
    }
    ben.post("/live", json!({})).await.refused(404, "not_found");
    ben.get("/pulse").await.refused(404, "not_found");
}

#[tokio::test]
async fn j1_an_open_page_hears_at_once_and_of_its_own_alone() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut grace = test.signed_in("office@demo.test").await;
    read_all(&mut ada).await;
    read_all(&mut grace).await;
    let (id, graces) = (own(&mut ada).await, own(&mut grace).await);
    let mut adas_page = listen(&test, &mut ada).await;
    let mut graces_page = listen(&test, &mut grace).await;
    assert_eq!(next(&mut adas_page).await.unwrap()["unread_messages"], 0);
    assert_eq!(next(&mut graces_page).await.unwrap()["unread_messages"], 0);
    answer(&test, &id, "Hello Ada", &[]).await;
    let told = next(&mut adas_page).await.unwrap();
    assert_eq!(
        (&told["unread_messages"], &told["conversation"]),
        (&json!(1), &json!(id))
    );
    answer(&test, &graces, "Hello Grace", &[]).await;
    let told = next(&mut graces_page).await.unwrap();
    assert_eq!(
        (&told["unread_messages"], &told["conversation"]),
        (&json!(1), &json!(graces))
    );
    // Read on one page, it is read on the other.
    read_all(&mut ada).await;
    assert_eq!(next(&mut adas_page).await.unwrap()["unread_messages"], 0);
    assert_eq!(test.app.live.count(), 2);
    drop(graces_page);
    assert_eq!(test.app.live.count(), 1);
    // The eleventh page ends the first.
    let mut pages = Vec::new();
    for _ in 0..10 {
        pages.push(listen(&test, &mut ada).await);
    }
    assert_eq!(test.app.live.count(), 10);
    assert!(next(&mut adas_page).await.is_none());
}

#[tokio::test]
async fn j1_a_stream_ends_with_its_session() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let id = own(&mut ada).await;
    let mut page = listen(&test, &mut ada).await;
    next(&mut page).await.unwrap();
    let (who, _) = contact(&test, "client@demo.test").await;
    let mut tx = test.app.db.write(&test.scope("demo").await).await.unwrap();
    portico::access::store::save_active(&mut tx, who, false)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    answer(&test, &id, "Nobody reads this", &[]).await;
    assert!(next(&mut page).await.is_none());
    assert_eq!(test.app.live.count(), 0);
    // A server that ends lets nobody wait.
    let mut grace = test.signed_in("office@demo.test").await;
    let mut page = listen(&test, &mut grace).await;
    next(&mut page).await.unwrap();
    test.app.live.close();
    assert!(next(&mut page).await.is_none());
    let late = ticket(&mut grace).await;
    assert_eq!(stream(&test, &late, SITE).await.status(), 401);
}
