//! Contracts as staff meet them: written, sent, followed, signed for the studio, checked by anybody.

use axum::{body::Body, http::Request};
use portico::{
    contracts::{store, verify},
    staff::Role,
};
use portico_wire::ContractId;
use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;

use crate::{
    contracts::{desk, look, sign},
    desk::Desk,
    forms::studio,
    harness::{HOST, Reply, TestApp},
};

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.header("location").to_owned()
}

fn id_of(path: &str) -> ContractId {
    let id = path.trim_start_matches("/admin/contracts/");
    id.split('/').next().unwrap().parse().unwrap()
}

/// A draft of a ready text for Ada's client, made on the pages.
async fn drafted(staff: &mut Desk<'_>, from: &str) -> String {
    let client = studio(staff.test)
        .contact("client@demo.test")
        .await
        .client_id;
    let page = format!("/admin/clients/{client}/contract");
    staff.get(&page).await;
    location(&staff.submit(&page, &[("from", from)]).await)
}

/// What the editor sends when nothing but this is filled in.
async fn fields<'a>(staff: &Desk<'_>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let ada = studio(staff.test).contact("client@demo.test").await.id;
    let mut all = vec![
        ("title", "Photography agreement".to_owned()),
        (
            "body",
            "For {{ client.name }}: {{ event.name }}, {{ amount.total }}.".to_owned(),
        ),
        ("event", "the wedding".to_owned()),
        ("amount", "2,400.50".to_owned()),
        ("in_order", "false".to_owned()),
        ("signer", ada.to_string()),
        ("version", staff.value("version").unwrap_or_default()),
    ];
    for (name, value) in more {
        all.retain(|(field, _)| field != name);
        all.push((name, (*value).to_owned()));
    }
    all
}

async fn save(staff: &mut Desk<'_>, path: &str, more: &[(&str, &str)]) -> Reply {
    staff.get(path).await;
    let all = fields(staff, more).await;
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let reply = staff.submit(path, &all).await;
    staff.page.clone_from(&reply.text);
    reply
}

#[tokio::test]
async fn e4_flaws_of_a_draft_stand_at_their_fields_and_what_was_typed_stays() {
    let test = TestApp::new().await;
    let mut staff = test.staff("member@demo.test").await;
    let path = drafted(&mut staff, "photography").await;
    let page = staff.get(&path).await;
    assert!(page.text.contains("Nobody sees it before you send it"));
    for (field, value, says) in [
        ("title", "", "Please fill this in."),
        (
            "body",
            "Hello {{ event.nmae }}",
            "Did you mean “event.name”?",
        ),
        (
            "body",
            "a <script>alert(1)</script>",
            "HTML is not read here",
        ),
        ("amount", "a lot", "Write an amount"),
        ("amount", "1.999", "Write an amount"),
        ("last_day", "tomorrow", "Choose a date."),
    ] {
        let reply = save(&mut staff, &path, &[(field, value)]).await;
        assert_eq!(reply.status, 422, "{field}");
        assert!(reply.text.contains("Nothing was saved yet"));
        assert!(reply.text.contains(says), "{field}: {says}");
    }
    let long = "x".repeat(600 * 1024);
    let reply = save(&mut staff, &path, &[("body", &long)]).await;
    assert!(reply.text.contains("at most 512 kB"));
    let longer = "x".repeat(5_000_000);
    assert_eq!(
        save(&mut staff, &path, &[("body", &longer)]).await.status,
        413
    );
    // Somebody else saved in between.
    assert_eq!(save(&mut staff, &path, &[]).await.status, 303);
    let stale = save(&mut staff, &path, &[("version", "1")]).await;
    assert_eq!(stale.status, 409);
    assert!(stale.text.contains("Somebody else saved this contract"));
}

#[tokio::test]
async fn e4_e5_a_contract_is_written_sent_signed_and_countersigned_on_the_pages() {
    let test = TestApp::new().await;
    let mut staff = test.staff("owner@demo.test").await;
    let path = drafted(&mut staff, "").await;
    let more = [("countersign", "true"), ("act", "send")];
    let next = location(&save(&mut staff, &path, &more).await);
    assert_eq!(next, format!("{path}/send"));
    let page = staff.get(&next).await;
    assert!(page.text.contains("Ready to send") && page.text.contains("£2,400.50"));
    // A look that is not the latest one does not send.
    let mut other = test.staff("member@demo.test").await;
    save(&mut other, &path, &[("countersign", "true")]).await;
    let version = staff.value("version").unwrap();
    let reply = staff.submit(&next, &[("version", &version)]).await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("Somebody changed this contract"));
    staff.get(&next).await;
    let version = staff.value("version").unwrap();
    let page = staff.post(&next, &[("version", &version)]).await;
    assert!(
        page.text.contains("Sent. It stands in the portal now"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Has not opened it"));
    let id = id_of(&path);
    let mut ada = test.signed_in("client@demo.test").await;
    look(&mut ada, id).await;
    assert!(staff.get(&path).await.text.contains("Has opened it"));
    // Nobody can sign for the studio before the client.
    let early = [("name", "Olivia Fern"), ("agreed", "true")];
    let sign_path = format!("{path}/countersign");
    assert_eq!(staff.submit(&sign_path, &early).await.status, 409);
    sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .ok();
    test.work().await;
    let page = staff.get(&path).await;
    assert!(page.text.contains("Sign for Fernlight Studio"));
    assert!(
        !other.get(&path).await.text.contains("Your name"),
        "members do not sign for the studio"
    );
    assert_eq!(other.submit(&sign_path, &early).await.status, 403);
    let page = staff.post(&sign_path, &[("name", "Olivia Fern")]).await;
    assert!(page.text.contains("please tick"));
    let page = staff.post(&sign_path, &early).await;
    assert!(page.text.contains("Signed by all"), "{}", page.text);
    assert_eq!(look(&mut ada, id).await["state"], "countersigned");
    assert!(
        test.message("client@demo.test")
            .await
            .subject
            .starts_with("Signed by all")
    );
    let (who, _, after) = test.logged("contract countersigned").await;
    assert_eq!(
        (who.as_str(), &after["contract"]),
        ("Olivia Fern", &"Photography agreement".into())
    );
}

#[tokio::test]
async fn m1_the_page_of_a_contract_tells_what_happened_and_withdrawing_needs_a_reason() {
    let test = TestApp::new().await;
    let mut made = desk(&test);
    made.draft.asks_code = false;
    let id = made.send(&["client@demo.test", "spouse@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    sign(&mut ada, id, "Ada <Carter>", "key-number-one")
        .await
        .ok();
    let mut staff = test.staff("member@demo.test").await;
    let path = format!("/admin/contracts/{id}");
    let page = staff.get(&path).await;
    for said in [
        "Mail to Ada Carter",
        "no code was asked",
        "Ada &lt;Carter&gt;",
        "from 127.0.0.1",
        "Intact",
        "Has not opened it",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    let page = staff.post(&format!("{path}/remind"), &[]).await;
    assert!(
        page.text.contains("A reminder is on its way"),
        "only Ben is reminded"
    );
    let page = staff.post(&format!("{path}/remind"), &[]).await;
    assert!(page.text.contains("Nobody was reminded"));
    let page = staff
        .post(&format!("{path}/void"), &[("reason", " ")])
        .await;
    assert!(page.text.contains("Nothing was withdrawn"));
    let page = staff
        .post(&format!("{path}/void"), &[("reason", "Wrong date.")])
        .await;
    assert!(page.text.contains("Wrong date.") && page.text.contains("Withdrawn"));
    assert_eq!(
        staff
            .submit(&format!("{path}/void"), &[("reason", "Again.")])
            .await
            .status,
        409
    );
    // A new version begins with the same text and people.
    let new = location(&staff.submit(&format!("{path}/version"), &[]).await);
    let page = staff.get(&new).await;
    assert!(page.text.contains("A new version.") && page.text.contains("{{ event.name }}"));
    let client = studio(&test).contact("client@demo.test").await.client_id;
    let page = staff.get(&format!("/admin/clients/{client}")).await;
    assert!(page.text.contains("Contract voided") && page.text.contains("Photography agreement"));
}

#[tokio::test]
async fn e1_the_list_filters_searches_and_turns_its_pages() {
    let test = TestApp::new().await;
    let mut made = desk(&test);
    for n in 0..60 {
        made.draft.title = format!("Number {n:02}");
        made.write(&["office@demo.test"]).await;
        // Ids of one moment have no order.
        test.pass(1);
    }
    let mut staff = test.staff("member@demo.test").await;
    let page = staff.get("/admin/contracts?show=draft").await;
    assert!(page.text.contains("Number 59") && !page.text.contains("Number 09"));
    let (_, rest) = page.text.split_once("rel=\"next\" href=\"").unwrap();
    let next = rest.split('"').next().unwrap().replace("&amp;", "&");
    let page = staff.get(&next).await;
    assert!(page.text.contains("Number 09") && page.text.contains("The latest"));
    let page = staff.get("/admin/contracts?q=carter&show=waiting").await;
    assert!(page.text.contains("Guest photo booth") && !page.text.contains("Number"));
    let page = staff.get("/admin/contracts?q=nobody").await;
    assert!(page.text.contains("No contract fits"));
}

#[tokio::test]
async fn l25_members_write_and_send_managers_word_templates() {
    let test = TestApp::new().await;
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.get("/admin/contracts/templates").await.status, 403);
    assert!(
        !member
            .get("/admin/contracts")
            .await
            .text
            .contains(">Templates<")
    );
    test.add_staff("manager@demo.test", "Mona Manager", "demo", Role::Manager)
        .await;
    let mut manager = test.staff("manager@demo.test").await;
    let new = "/admin/contracts/templates/new?from=enrolment";
    manager.get(new).await;
    let path = "/admin/contracts/templates/new";
    let flawed = [
        ("name", "Enrolment"),
        ("title", "Terms"),
        ("body", "{{ recipient.name }}"),
    ];
    let reply = manager.submit(path, &flawed).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("no meaning in this contract"));
    let good = [
        ("name", "Enrolment"),
        ("title", "Terms"),
        ("body", "For {{ client.name }}"),
    ];
    let page = manager.post(path, &good).await;
    assert!(page.text.contains("The template is saved."));
    let client = studio(&test).contact("client@demo.test").await.client_id;
    let page = member
        .get(&format!("/admin/clients/{client}/contract"))
        .await;
    assert!(page.text.contains("Enrolment"));
}

/// Sends a file to `/verify`, as a browser does.
async fn check(test: &TestApp, name: &str, content: &[u8]) -> Reply {
    let mut body = format!(
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend(content);
    body.extend(b"\r\n--part--\r\n");
    let request = Request::post("/verify")
        .header("origin", HOST)
        .header("content-type", "multipart/form-data; boundary=part");
    test.request(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn e3_e7_the_pdf_is_saved_by_its_signers_and_checked_by_anybody() {
    let test = TestApp::new().await;
    let mut made = desk(&test);
    made.draft.asks_code = false;
    let id = made.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let unsigned = look(&mut ada, id).await["pdf"].as_str().unwrap().to_owned();
    let signed = sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .ok();
    assert!(signed["pdf"].is_null(), "it is being made");
    test.work().await;
    let address = look(&mut ada, id).await["pdf"].as_str().unwrap().to_owned();
    let path = address.strip_prefix(HOST).unwrap();
    let reply = test.get(path).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (200, "application/pdf")
    );
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let contract = store::get(&mut tx, id).await.unwrap();
    let (sha256, pdf) = portico::contracts::paper::newest(&mut tx, &contract)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let bytes = test
        .app
        .storage
        .get_bytes(&pdf.storage_key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(portico::secrets::hex(&Sha256::digest(&bytes)), sha256);

    let page = check(&test, "agreement.pdf", &bytes).await;
    assert_eq!(page.status, 200);
    for said in [
        "This file is untouched",
        "Fernlight Studio",
        "Photography agreement",
        "Ada Carter",
        "Signed on",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    let mut altered = bytes.to_vec();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let page = check(&test, "agreement.pdf", &altered).await;
    assert!(page.text.contains("This is no file of ours") && !page.text.contains("Ada Carter"));
    assert!(
        check(&test, "", b"")
            .await
            .text
            .contains("Please choose a file first.")
    );
    assert_eq!(
        check(&test, "large.pdf", &vec![0; verify::MOST_BYTES + 1])
            .await
            .status,
        413
    );
    let known = verify::look_up(&test.app.db, &Sha256::digest(&bytes))
        .await
        .unwrap()
        .unwrap();
    assert!(known.to_string().contains("Evidence:  intact"));

    // The address is its signer's alone, and ends with the session.
    assert_eq!(
        test.get(unsigned.strip_prefix(HOST).unwrap()).await.status,
        200
    );
    ada.post("/sign-out", serde_json::json!({})).await.ok();
    assert_eq!(test.get(path).await.status, 404);
}

#[tokio::test]
async fn e7_evidence_that_was_tampered_with_is_seen_on_the_page_and_by_whoever_checks() {
    let test = TestApp::new().await;
    let mut made = desk(&test);
    made.draft.asks_code = false;
    let id = made.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .ok();
    test.work().await;
    let mut staff = test.staff("owner@demo.test").await;
    let path = format!("/admin/contracts/{id}");
    assert!(staff.get(&path).await.text.contains("Intact"));
    // Whoever owns the database can take its lock off; the chain still tells.
    let tamper = "update contract_events set actor_name = 'Eve' where what = 'signed'";
    let url = &test.app.config.database_url;
    if url.starts_with("sqlite:") {
        let mut conn = sqlx::SqliteConnection::connect(url).await.unwrap();
        let lock = "drop trigger contract_events_no_update";
        sqlx::query(lock).execute(&mut conn).await.unwrap();
        sqlx::query(tamper).execute(&mut conn).await.unwrap();
    } else {
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        let lock = "alter table contract_events disable trigger contract_events_append_only";
        sqlx::query(lock).execute(&mut conn).await.unwrap();
        sqlx::query(tamper).execute(&mut conn).await.unwrap();
    }
    let page = staff.get(&path).await;
    assert!(
        page.text.contains("Not intact")
            && page.text.contains("is not as it was written, from entry")
    );
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let contract = store::get(&mut tx, id).await.unwrap();
    let (_, pdf) = portico::contracts::paper::newest(&mut tx, &contract)
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let known = verify::look_up(&test.app.db, &pdf.sha256)
        .await
        .unwrap()
        .unwrap();
    assert!(known.to_string().contains("NOT as it was written"));
}
