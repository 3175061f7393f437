//! The portal editor: a draft, what is published, its versions, and the preview.

use axum::http::Request;
use portico::staff::Role;
use portico_wire::Right;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, encode},
    harness::{HOST, Reply, SITE, TestApp},
};

const PAGE: &str = "/admin/portal";

/// The form of the page looked at, as a browser would send it, with `changes`; an empty value drops a field.
fn form(desk: &Desk<'_>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let (_, rest) = desk.page.split_once("data-arrange").expect("the editor");
    let form = rest.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        let text = rest.split('"').next()?;
        Some(text.replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let (head, body) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(head, "name").unwrap_or_default();
        let kind = attribute(head, "type").unwrap_or_default();
        let picks = ["checkbox", "radio"].contains(&kind.as_str());
        if head.starts_with("input") && name != "csrf" && (!picks || head.contains(" checked")) {
            fields.push((name, attribute(head, "value").unwrap_or_default()));
        } else if head.starts_with("textarea") {
            fields.push((name, body.to_owned()));
        } else if head.starts_with("select") {
            fields.push((name, String::new()));
        } else if head.starts_with("option") && head.contains(" selected") {
            fields.last_mut().unwrap().1 = attribute(head, "value").unwrap();
        }
    }
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        if !value.is_empty() {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    fields
}

async fn save(desk: &mut Desk<'_>, changes: &[(&str, &str)]) -> Reply {
    desk.get(PAGE).await;
    send(desk, changes).await
}

/// As [`save`], from the page as it was opened before.
async fn send(desk: &mut Desk<'_>, changes: &[(&str, &str)]) -> Reply {
    let fields = form(desk, changes);
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    desk.post(PAGE, &fields).await
}

async fn owner(test: &TestApp) -> Desk<'_> {
    test.staff("owner@demo.test").await
}

async fn home(test: &TestApp, who: &str) -> Value {
    test.signed_in(who).await.get("/home").await.ok()
}

fn sections(home: &Value) -> Vec<&str> {
    let all = home["sections"].as_array().unwrap().iter();
    all.map(|one| one["section"].as_str().unwrap()).collect()
}

fn labels(home: &Value) -> Vec<&str> {
    let all = home["actions"].as_array().unwrap().iter();
    all.map(|one| one["label"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn b5_what_is_wrong_stands_at_its_field_and_nothing_is_saved() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let before = home(&test, "client@demo.test").await;
    let long = "x".repeat(41);
    for (field, changes) in [
        ("url-a5", vec![("url-a5", "javascript:alert(1)")]),
        ("url-a5", vec![("url-a5", "http://fernlight.example/")]),
        ("label-a1", vec![("label-a1", "")]),
        ("label-a1", vec![("label-a1", long.as_str())]),
        ("label-a1", vec![("icon-a1", "skull")]),
        ("target-a1", vec![("target-a1", "teleport")]),
        (
            "target-a1",
            vec![("target-a1", "form:frm_00000000000000000000000000000001")],
        ),
        (
            "target-a1",
            vec![("target-a1", "document:doc_00000000000000000000000000000001")],
        ),
        ("target-a1", vec![("target-a1", "section:pay")]),
        ("name-events", vec![("name-events", long.as_str())]),
    ] {
        let reply = save(&mut desk, &changes).await;
        assert_eq!(reply.status, 422, "{changes:?}");
        let note = format!(r#"id="error-{field}""#);
        assert!(reply.text.contains(&note), "{changes:?}");
        assert!(reply.text.contains("Nothing was saved yet."));
    }
    let welcome = "y".repeat(501);
    let reply = save(&mut desk, &[("welcome", &welcome), ("do", "publish")]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains(&welcome), "what was typed is there");
    for changes in [
        [("section", "teleport")],
        [("section", "pay")],
        [("action", "b1")],
        [("action", "a99999")],
    ] {
        let reply = save(&mut desk, &changes).await;
        assert_eq!(reply.status, 400, "{changes:?}");
    }
    assert_eq!(home(&test, "client@demo.test").await, before);
}

#[tokio::test]
async fn b5_another_studios_form_is_none_of_this_ones() {
    let test = TestApp::new().await;
    let studio = test.scope("closed").await;
    let mut tx = test.app.db.write(&studio.scope).await.unwrap();
    let ready = portico::forms::gallery::READY.first().unwrap();
    let id = portico::forms::store::insert_form(&mut tx, "Theirs", &ready.form(&studio).unwrap())
        .await
        .unwrap();
    let mut form = portico::forms::store::get_form(&mut tx, id).await.unwrap();
    form.in_portal = true;
    portico::forms::store::save_form(&mut tx, &form)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut desk = owner(&test).await;
    let reply = save(&mut desk, &[("target-a1", &format!("form:{id}"))]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("error-target-a1"));
}

#[tokio::test]
async fn b5_arranging_is_for_managers_and_a_form_of_elsewhere_counts_nothing() {
    let test = TestApp::new().await;
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.get(PAGE).await.status, 403);
    for path in [
        PAGE,
        "/admin/portal/discard",
        "/admin/portal/versions/1",
        "/admin/portal/preview",
    ] {
        member.get("/admin/account").await;
        assert_eq!(
            member.submit(path, &[("version", "1")]).await.status,
            403,
            "{path}"
        );
    }
    test.add_staff("manager@demo.test", "Mona Manager", "demo", Role::Manager)
        .await;
    let mut manager = test.staff("manager@demo.test").await;
    assert_eq!(manager.get(PAGE).await.status, 200);
    let foreign = Request::post(PAGE)
        .header("origin", SITE)
        .header("content-type", "application/x-www-form-urlencoded");
    let csrf = manager.value("csrf").unwrap();
    assert_eq!(
        manager
            .send(foreign, format!("csrf={csrf}&do=publish"))
            .await
            .status,
        403
    );
    assert_eq!(
        manager
            .submit("/admin/portal/versions/99", &[])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn b5_b6_a_draft_shows_nowhere_until_it_is_published() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let before = home(&test, "client@demo.test").await;
    let reply = save(
        &mut desk,
        &[
            ("welcome", "Good to have you, {first_name}."),
            ("name-events", "Sessions"),
            ("label-a2", "Settle up"),
            ("do", "up:action:a2"),
        ],
    )
    .await;
    assert!(reply.text.contains("not published yet"), "{}", reply.text);
    assert_eq!(home(&test, "client@demo.test").await, before);
    save(&mut desk, &[("do", "up:section:events")]).await;
    // The log's newest entry is this one, not the demo's.
    test.pass(60);
    let reply = save(&mut desk, &[("do", "publish")]).await;
    assert!(reply.text.contains("Your clients see it from now on."));

    let home = home(&test, "client@demo.test").await;
    assert_eq!(home["welcome"], "Good to have you, Ada.");
    assert_eq!(sections(&home)[..3], ["home", "events", "personal_info"]);
    assert_eq!(home["sections"][1]["name"], "Sessions");
    assert_eq!(home["sections"][0].get("name"), None);
    assert_eq!(labels(&home)[..2], ["Settle up", "Book a session"]);
    assert_eq!(
        home["actions"][1]["to"],
        json!({ "kind": "go", "section": "events", "path": "events/booking/form" })
    );
    assert_eq!(
        home["actions"][4]["to"],
        json!({ "kind": "link", "url": "https://fernlight.example/gallery" })
    );
    let (who, before, after) = test.logged("portal published").await;
    assert_eq!(who, "Olivia Fern");
    assert_ne!(before["sections"], after["sections"]);
    let reply = save(&mut desk, &[("do", "publish")]).await;
    assert!(reply.text.contains("nothing has changed"));
}

#[tokio::test]
async fn b5_buttons_are_added_and_removed_and_lead_where_a_contact_may_go() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let reply = save(&mut desk, &[("do", "add"), ("new", "upload")]).await;
    assert!(reply.text.contains(r#"value="Send us a file""#));
    save(&mut desk, &[("do", "remove:a5")]).await;
    save(&mut desk, &[("do", "publish")]).await;
    let all = home(&test, "client@demo.test").await;
    assert_eq!(
        labels(&all),
        [
            "Book a session",
            "Pay now",
            "Send us a message",
            "Fill in your details",
            "Send us a file"
        ]
    );
    let pay = &all["actions"][1]["to"];
    assert_eq!(pay["section"], "invoices");
    assert_eq!(pay["path"], "payments/form?of=GBP", "something is owed");
    let form = all["actions"][3]["to"]["path"].as_str().unwrap();
    let mut client = test.signed_in("client@demo.test").await;
    client.get(&format!("/{form}")).await.ok();
    client.get("/events/booking/form").await.ok();

    for (right, label) in [
        (Right::Book, "Book a session"),
        (Right::Pay, "Pay now"),
        (Right::Upload, "Send us a file"),
        (Right::FormsAndContracts, "Fill in your details"),
    ] {
        test.switch_right("client@demo.test", right, false).await;
        let less = client.get("/home").await.ok();
        assert!(!labels(&less).contains(&label), "{label}");
    }
    // A form that is taken back is no way any more, for anybody.
    let id = form.strip_prefix("forms/").unwrap().to_owned();
    let spouse = home(&test, "spouse@demo.test").await;
    assert!(labels(&spouse).contains(&"Fill in your details"));
    let mut tx = test
        .app
        .db
        .write(&test.scope("demo").await.scope)
        .await
        .unwrap();
    let mut stored = portico::forms::store::get_form(&mut tx, id.parse().unwrap())
        .await
        .unwrap();
    stored.in_portal = false;
    portico::forms::store::save_form(&mut tx, &stored)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let spouse = home(&test, "spouse@demo.test").await;
    assert!(!labels(&spouse).contains(&"Fill in your details"));
    // The draft keeps it, says so, and can be saved.
    let reply = save(&mut desk, &[("welcome", "Hello")]).await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("What it led to is gone"));
}

#[tokio::test]
async fn b7_a_section_switched_off_is_not_there_any_more() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    client.get("/profile").await.ok();
    let mut desk = owner(&test).await;
    let off = [("on-personal_info", ""), ("on-events", "")];
    save(&mut desk, &off).await;
    client.get("/profile").await.ok();
    save(&mut desk, &[("do", "publish")]).await;
    client.get("/profile").await.refused(404, "not_found");
    let home = client.get("/home").await.ok();
    assert!(!sections(&home).contains(&"events") && sections(&home).contains(&"invoices"));
    assert!(!labels(&home).contains(&"Book a session"));
    save(
        &mut desk,
        &[("on-personal_info", "true"), ("do", "publish")],
    )
    .await;
    client.get("/profile").await.ok();
}

#[tokio::test]
async fn b5_of_two_at_once_the_later_is_told_and_loses_nothing() {
    let test = TestApp::new().await;
    test.add_staff("manager@demo.test", "Mona Manager", "demo", Role::Manager)
        .await;
    let mut first = owner(&test).await;
    let mut second = test.staff("manager@demo.test").await;
    second.get(PAGE).await;
    save(&mut first, &[("label-a1", "First")]).await;
    let reply = send(&mut second, &[("label-a1", "Second"), ("do", "publish")]).await;
    assert_eq!(reply.status, 409);
    assert!(
        reply
            .text
            .contains("Olivia Fern changed the draft on 21 Nov 2026"),
        "{}",
        reply.text
    );
    assert!(reply.text.contains(r#"value="Second""#));
    assert!(!labels(&home(&test, "client@demo.test").await).contains(&"Second"));
    // Saving again is a decision, and counts.
    assert_eq!(send(&mut second, &[("do", "publish")]).await.status, 200);
    assert!(labels(&home(&test, "client@demo.test").await).contains(&"Second"));

    // The script hears the same.
    first.get(PAGE).await;
    save(&mut second, &[("welcome", "Meanwhile")]).await;
    let fields = form(&first, &[("welcome", "Mine")]);
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let csrf = first.value("csrf").unwrap();
    let scripted = Request::post(PAGE)
        .header("origin", HOST)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded");
    let reply = first
        .send(scripted, format!("csrf={csrf}&{}", encode(&fields)))
        .await;
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["conflict"][0], "Mona Manager");
}

#[tokio::test]
async fn b5_an_earlier_version_comes_back_and_a_draft_is_kept() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    assert_eq!(labels(&home(&test, "client@demo.test").await).len(), 5);
    desk.get(PAGE).await;
    let reply = desk.post("/admin/portal/versions/1", &[]).await;
    assert!(
        reply.text.contains("Your clients see version 1 again."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("Version 3") && reply.text.contains("as version 1"));
    assert_eq!(labels(&home(&test, "client@demo.test").await).len(), 2);
    assert_eq!(test.logged("portal published").await.0, "Olivia Fern");

    save(&mut desk, &[("welcome", "A draft of mine")]).await;
    let reply = desk.post("/admin/portal/versions/2", &[]).await;
    assert!(reply.text.contains("Your draft is kept") && reply.text.contains("A draft of mine"));
    assert_eq!(labels(&home(&test, "client@demo.test").await).len(), 5);

    let version = desk.value("version").unwrap();
    let stale = desk
        .submit("/admin/portal/discard", &[("version", "1")])
        .await;
    assert_eq!(stale.status, 409);
    let reply = desk
        .post("/admin/portal/discard", &[("version", &version)])
        .await;
    assert!(
        !reply.text.contains("A draft of mine")
            && reply.text.contains("Your clients see exactly this.")
    );
}

#[tokio::test]
async fn b5_l19_the_preview_shows_the_draft_to_whoever_arranges_it_and_to_nobody_else() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    save(
        &mut desk,
        &[
            ("label-a1", "Only in the draft"),
            ("on-documents", ""),
            ("name-events", "Sessions"),
        ],
    )
    .await;
    let reply = desk
        .submit(
            "/admin/portal/preview",
            &[("contact", "con_00000000000000000000000000000001")],
        )
        .await;
    assert_eq!(reply.status, 404);
    let id = home(&test, "client@demo.test").await["me"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = desk
        .submit("/admin/portal/preview", &[("contact", &id)])
        .await;
    let address = reply.header("location").to_owned();
    let (page, secret) = address.split_once("#portico=").expect("a hand-over");
    assert_eq!(page, "/demo/preview");
    // Our own pages alone may frame it; the hosted page still no page at all.
    let framed = test.get(page).await;
    assert!(
        framed
            .header("content-security-policy")
            .contains("frame-ancestors 'self'")
    );
    let hosted = test.get("/demo/client-portal").await;
    assert!(
        hosted
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );

    let hand = json!({ "secret": secret });
    test.browser_at("demo", SITE)
        .post("/sign-in/view-as", hand.clone())
        .await
        .refused(403, "origin_refused");
    test.browser_at("closed", HOST)
        .post("/sign-in/view-as", hand.clone())
        .await
        .refused(403, "portal_closed");
    let mut browser = test.browser_at("demo", HOST);
    let reply = browser.post("/sign-in/view-as", hand.clone()).await;
    assert_eq!(labels(&reply.ok()["home"])[0], "Only in the draft");
    browser.keep_token(&reply);
    browser
        .post("/sign-in/view-as", hand)
        .await
        .refused(410, "link_invalid");
    let draft = browser.get("/home").await.ok();
    assert_eq!(draft["viewed_by"], "Olivia Fern");
    assert!(!sections(&draft).contains(&"documents"));
    browser.get("/documents").await.refused(404, "not_found");
    browser
        .post("/sign-out", json!({ "everywhere": false }))
        .await
        .refused(403, "forbidden");
    assert_eq!(
        labels(&home(&test, "client@demo.test").await)[0],
        "Book a session"
    );
    assert_eq!(test.logged("viewed as contact").await.0, "Olivia Fern");
    // What is saved next shows at the next look.
    save(&mut desk, &[("label-a1", "And now this")]).await;
    assert_eq!(labels(&browser.get("/home").await.ok())[0], "And now this");

    let reply = desk
        .submit("/admin/portal/preview", &[("contact", &id)])
        .await;
    let secret = reply
        .header("location")
        .split_once("#portico=")
        .unwrap()
        .1
        .to_owned();
    test.pass(121);
    test.browser_at("demo", HOST)
        .post("/sign-in/view-as", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
}
