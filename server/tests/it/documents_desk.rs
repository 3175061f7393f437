//! Documents on staff's pages.

use axum::http::Request;
use portico::staff::Role;

use crate::{
    desk::Desk as Staff,
    documents::{Desk, PDF, contact, png},
    harness::{HOST, TestApp},
};

async fn page_of(test: &TestApp, email: &str) -> String {
    format!("/admin/clients/{}/documents", contact(test, email).await.1)
}

/// A request of the page's script.
async fn script(owner: &mut Staff<'_>, path: &str, content: &[u8]) -> serde_json::Value {
    let csrf = owner.value("csrf").unwrap();
    let request = Request::post(path)
        .header("origin", HOST)
        .header("portico-csrf", csrf)
        .header("content-type", "application/octet-stream");
    owner.send(request, content.to_vec()).await.json()
}

#[tokio::test]
async fn i1_i5_staff_share_by_a_plain_form_and_see_who_has_seen_it() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = page_of(&test, "client@demo.test").await;
    owner.get(&path).await;
    let (ada, _) = contact(&test, "client@demo.test").await;
    let ada = ada.to_string();
    let fields = [
        ("share", "chosen"),
        ("to", ada.as_str()),
        ("tell", "true"),
        ("files", "here"),
    ];
    let reply = owner
        .upload(
            &format!("{path}/upload"),
            &fields,
            ("file", "Floor plan.pdf", PDF),
        )
        .await;
    assert!(
        reply.text.contains("The document is uploaded.") && reply.text.contains("Floor plan.pdf"),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("Not seen yet"));
    // The same file once more, and one that lies.
    let reply = owner
        .upload(
            &format!("{path}/upload"),
            &fields,
            ("file", "Floor plan.pdf", PDF),
        )
        .await;
    assert!(reply.text.contains("is here already"));
    let reply = owner
        .upload(
            &format!("{path}/upload"),
            &fields,
            ("file", "Lie.pdf", &png()),
        )
        .await;
    assert!(reply.text.contains("ends in .pdf"));
    // Shared with nobody: said at the place.
    let nobody = [("share", "chosen"), ("files", "here")];
    let reply = owner
        .upload(&format!("{path}/upload"), &nobody, ("file", "a.pdf", PDF))
        .await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("choose whom to share with"));
    let mut browser = test.signed_in("client@demo.test").await;
    let mut spouse = test.signed_in("spouse@demo.test").await;
    assert!(spouse.document("Floor plan.pdf").await.is_none());
    let id = browser.document("Floor plan.pdf").await.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    browser.get(&format!("/documents/{id}")).await.ok();
    let page = owner.get(&format!("/admin/documents/{id}")).await.text;
    assert!(
        page.contains("Ada Carter") && page.contains("Opened 21 Nov 2026"),
        "{page}"
    );
    test.pass(200);
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "A document for you: Floor plan.pdf"
    );
    // Shared with everybody of the client, and taken away again.
    let share = format!("/admin/documents/{id}/share");
    owner
        .post(&share, &[("share", "all"), ("tell", "true")])
        .await;
    assert!(spouse.document("Floor plan.pdf").await.is_some());
    owner
        .post(&share, &[("share", "chosen"), ("to", &ada)])
        .await;
    assert!(spouse.document("Floor plan.pdf").await.is_none());
    // A new version is new again.
    let version = [("replaces", id.as_str()), ("files", "here")];
    let reply = owner
        .upload(
            &format!("{path}/upload"),
            &version,
            ("file", "Floor plan.pdf", b"%PDF-1.7 two"),
        )
        .await;
    assert!(reply.text.contains("Version 2"), "{}", reply.text);
    assert_eq!(
        browser.document("Floor plan.pdf").await.unwrap()["new"],
        true
    );
    let file = owner.ask(&format!("/admin/documents/{id}/file/1")).await;
    assert_eq!(file.bytes, PDF);
    owner
        .post(
            &format!("/admin/documents/{id}"),
            &[("name", "../New name.pdf"), ("folder", "")],
        )
        .await;
    assert!(browser.document("New name.pdf").await.is_some());
    let reply = owner
        .post(&format!("/admin/documents/{id}/remove"), &[])
        .await;
    assert!(reply.text.contains("is removed"));
    assert!(browser.document("New name.pdf").await.is_none());
    assert_eq!(
        owner.ask(&format!("/admin/documents/{id}")).await.status,
        404
    );
}

#[tokio::test]
async fn i1_the_pages_script_sends_a_file_in_parts() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = page_of(&test, "client@demo.test").await;
    owner.get(&path).await;
    let page = owner.page.clone();
    let bytes = PDF.len().to_string();
    let fields = [("share", "all"), ("name", "Parts.pdf"), ("bytes", &bytes)];
    let begun = owner.submit(&format!("{path}/begin"), &fields).await.json();
    let id = begun["id"].as_str().unwrap().to_owned();
    let part = format!("/admin/documents/uploads/{id}");
    owner.page = page;
    let state = script(&mut owner, &format!("{part}?offset=0"), &PDF[..20]).await;
    assert_eq!(
        (state["offset"].as_u64(), state["done"].as_bool()),
        (Some(20), Some(false))
    );
    let state = owner.ask(&part).await.json();
    assert_eq!(state["offset"], 20);
    let state = script(&mut owner, &format!("{part}?offset=20"), &PDF[20..]).await;
    assert_eq!(state["done"], true);
    // Without the page's token, from another page, by somebody else: nothing.
    let bare = Request::post(format!("{part}?offset=0")).header("origin", HOST);
    assert_eq!(owner.send(bare, PDF.to_vec()).await.status, 403);
    test.add_staff("other@demo.test", "Otto Other", "demo", Role::Member)
        .await;
    let mut other = test.staff("other@demo.test").await;
    other.get(&path).await;
    assert_eq!(other.ask(&part).await.status, 404);
    // What is too large is said before anything is sent.
    Desk(&test).settings(|it| it.most_bytes = 1_000_000).await;
    owner.get(&path).await;
    let large = [("share", "all"), ("name", "a.pdf"), ("bytes", "1000001")];
    let refused = owner.submit(&format!("{path}/begin"), &large).await;
    assert_eq!(refused.status, 413);
    assert!(
        refused.json()["error"]
            .as_str()
            .unwrap()
            .contains("larger than 1 MB")
    );
}

#[tokio::test]
async fn i2_what_came_in_stands_in_one_list_until_somebody_looked() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let id = ada.send_file("Photo of the gate.png", &png()).await["document"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut owner = test.staff("owner@demo.test").await;
    let list = owner.get("/admin/documents").await.text;
    assert!(list.contains("Photo of the gate.png") && list.contains("Ada Carter"));
    let page = owner.get(&format!("/admin/documents/{id}")).await.text;
    assert!(
        page.contains(&format!("/admin/documents/{id}/look/1")),
        "{page}"
    );
    let small = owner.ask(&format!("/admin/documents/{id}/look/1")).await;
    assert_eq!(small.headers["content-type"], "image/jpeg");
    assert!(
        !owner
            .get("/admin/documents")
            .await
            .text
            .contains("Photo of the gate.png")
    );
    assert!(
        owner
            .get("/admin/documents?show=all")
            .await
            .text
            .contains("Photo of the gate.png")
    );
    // Seen by the studio, it stays.
    assert_eq!(
        ada.document("Photo of the gate.png").await.unwrap()["seen_by_studio"],
        true
    );
    ada.delete(&format!("/documents/{id}"))
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn i5_staff_ask_remind_and_withdraw() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = page_of(&test, "client@demo.test").await;
    let (ada, _) = contact(&test, "client@demo.test").await;
    let ada = ada.to_string();
    owner.get(&format!("{path}/ask")).await;
    let reply = owner
        .post(
            &format!("{path}/ask"),
            &[("title", ""), ("due", "2026-11-01")],
        )
        .await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("Please fill this in."));
    let past = [("title", "Passport"), ("due", "2026-11-01"), ("to", &ada)];
    let reply = owner.post(&format!("{path}/ask"), &past).await;
    assert!(reply.text.contains("This day is over") && reply.text.contains("Passport"));
    let (stranger, _) = contact(&test, "office@demo.test").await;
    let stranger = stranger.to_string();
    let reply = owner
        .post(
            &format!("{path}/ask"),
            &[("title", "Passport"), ("to", &stranger)],
        )
        .await;
    assert!(reply.text.contains("no longer a contact of this client"));
    let reply = owner
        .post(
            &format!("{path}/ask"),
            &[("title", "Passport"), ("to", &ada)],
        )
        .await;
    assert!(
        reply.text.contains("Asked.") && reply.text.contains("Passport"),
        "{}",
        reply.text
    );
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "Please send us: Passport"
    );
    let mut browser = test.signed_in("client@demo.test").await;
    let requests = browser.get("/documents").await.ok()["requests"].clone();
    let asked = requests
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["title"] == "Passport")
        .unwrap();
    let asked = format!(
        "/admin/documents/requests/{}",
        asked["id"].as_str().unwrap()
    );
    let reply = owner.post(&format!("{asked}/remind"), &[]).await;
    assert!(reply.text.contains("One person was reminded."));
    let reply = owner.post(&format!("{asked}/remind"), &[]).await;
    assert!(reply.text.contains("a moment ago"));
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "A reminder: Passport"
    );
    owner.post(&format!("{asked}/withdraw"), &[]).await;
    owner.get(&path).await;
    assert_eq!(
        owner.post(&format!("{asked}/withdraw"), &[]).await.status,
        409
    );
    let requests = browser.get("/documents").await.ok()["requests"].clone();
    assert!(
        requests
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["title"] != "Passport")
    );
}

#[tokio::test]
async fn i1_folders_are_made_named_moved_and_deleted_without_what_is_in_them() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = page_of(&test, "office@demo.test").await;
    owner.get(&path).await;
    let add = format!("{path}/folders");
    owner.post(&add, &[("folder_name", "Permits")]).await;
    owner.post(&add, &[("folder_name", "Maps")]).await;
    let reply = owner.post(&add, &[("folder_name", "Maps")]).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply
            .text
            .contains("There is a folder of this name already.")
    );
    owner.get(&path).await;
    let (before, _) = owner.page.split_once("value=\"Maps\"").unwrap();
    let folder = before.rsplit("/admin/documents/folders/").next().unwrap();
    let folder = folder.split('"').next().unwrap().to_owned();
    let fields = [
        ("share", "all"),
        ("folder", folder.as_str()),
        ("files", "here"),
    ];
    owner
        .upload(
            &format!("{path}/upload"),
            &fields,
            ("file", "Site.pdf", PDF),
        )
        .await;
    let mut office = test.signed_in("office@demo.test").await;
    let list = office.get("/documents").await.ok();
    assert!(
        list["folders"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "Maps")
    );
    let change = format!("/admin/documents/folders/{folder}");
    owner.post(&change, &[("act", "up")]).await;
    assert!(owner.page.find("value=\"Maps\"") < owner.page.find("value=\"Permits\""));
    owner
        .post(&change, &[("act", "rename"), ("folder_name", "Plans")])
        .await;
    owner.post(&change, &[("act", "delete")]).await;
    assert!(owner.page.contains("Site.pdf") && !owner.page.contains("value=\"Plans\""));
    // Another client's folder is none of this one's.
    let other = page_of(&test, "client@demo.test").await;
    owner.get(&other).await;
    let reply = owner
        .upload(&format!("{other}/upload"), &fields, ("file", "a.pdf", PDF))
        .await;
    assert!(
        reply.text.contains("This folder was removed"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn i2_managers_say_what_is_taken_and_members_do_not() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = "/admin/settings/documents";
    owner.get(path).await;
    let version = owner.value("version").unwrap();
    let wrong = [
        ("version", version.as_str()),
        ("most", "3000"),
        ("quota", "no"),
    ];
    let reply = owner.post(path, &wrong).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("from 1 to 2000") && reply.text.contains("at least one kind"));
    let good = [
        ("version", version.as_str()),
        ("kinds", "pdf"),
        ("most", "5"),
        ("quota", "2"),
    ];
    assert!(owner.post(path, &good).await.text.contains("Saved."));
    let mut ada = test.signed_in("client@demo.test").await;
    let rules = ada.get("/documents").await.ok()["upload"].clone();
    assert_eq!(rules["most_bytes"], 5_000_000);
    assert_eq!(rules["accept"], serde_json::json!([".pdf"]));
    // The same page once more: somebody saved in between.
    assert_eq!(owner.post(path, &good).await.status, 409);
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.ask(path).await.status, 403);
    assert_eq!(
        test.logged("document settings changed").await.2["most_bytes"],
        5_000_000
    );
}

#[tokio::test]
async fn i1_a16_an_events_documents_are_seen_by_whom_they_are_shared_with() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let list = ada.get("/documents").await.ok();
    let parking = list["documents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Where to park.pdf")
        .unwrap();
    let event = parking["event"].as_str().unwrap();
    assert!(
        list["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == event)
    );
    let documents = ada.get(&format!("/events/{event}")).await.ok()["documents"].clone();
    assert!(
        documents["documents"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "Where to park.pdf")
    );
    assert!(documents["upload"].is_object());
    let start = serde_json::json!({ "name": "map.pdf", "bytes": PDF.len(), "event": event });
    let upload = ada.start(start.clone()).await;
    ada.part(&upload, 0, PDF).await.ok();
    // Who does not see the event puts nothing on it; what Ada sent is hers.
    let mut site = test.signed_in("site@demo.test").await;
    site.post("/documents/uploads", start)
        .await
        .refused(404, "not_found");
    let mut spouse = test.signed_in("spouse@demo.test").await;
    assert!(spouse.document("map.pdf").await.is_none());
    let mut owner = test.staff("owner@demo.test").await;
    let page = owner
        .get(&format!("/admin/events/{event}/documents"))
        .await
        .text;
    assert!(
        page.contains("map.pdf") && page.contains("Where to park.pdf"),
        "{page}"
    );
}
