//! The gate list: opened by an address alone, for as long as it lives, with what a gate needs and nothing else.

use axum::{
    body::Body,
    http::{Method, Request},
};

use crate::{
    crew::{gala, member},
    desk::Desk,
    harness::{HOST, TestApp},
};

/// A new address of the gala's list, without the host.
async fn address(desk: &mut Desk<'_>, event: &str, lasts: &str) -> String {
    desk.get(&format!("/admin/events/{event}/gate")).await;
    let reply = desk
        .post(
            &format!("/admin/events/{event}/gate/links"),
            &[("lasts", lasts)],
        )
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let (_, rest) = reply.text.split_once(&format!("{HOST}/gate/")).unwrap();
    format!("/gate/{}", rest.split('"').next().unwrap())
}

async fn stage(test: &TestApp) -> String {
    gala(&mut test.signed_in("office@demo.test").await).await
}

#[tokio::test]
async fn h11_h12_an_address_that_ended_was_revoked_or_never_was_opens_nothing_and_says_the_same() {
    let test = TestApp::new().await;
    let id = stage(&test).await;
    let mut desk = test.staff("member@demo.test").await;
    let first = address(&mut desk, &id, "day").await;
    assert_eq!(test.get(&first).await.status, 200);
    // Ended by hand.
    let page = desk.get(&format!("/admin/events/{id}/gate")).await.text;
    let link = page.split("/gate/links/").nth(1).unwrap();
    let link = link.split('/').next().unwrap().to_owned();
    let end = format!("/admin/events/{id}/gate/links/{link}/end");
    let reply = desk.post(&end, &[]).await;
    assert!(reply.text.contains("opens nothing any more"));
    assert_eq!(desk.submit(&end, &[]).await.status, 404, "once");
    let second = address(&mut desk, &id, "event").await;
    let words = |text: &str| text.contains("There is no open list at this address.");
    for path in [
        first.as_str(),
        "/gate/abc",
        "/gate/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let reply = test.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(words(&reply.text), "{}", reply.text);
    }
    let aylin = member(&test, "Aylin Demir").await;
    let photo = |gate: &str| format!("{gate}/photos/{}", aylin.id);
    assert_eq!(test.get(&photo(&first)).await.status, 404);
    assert_eq!(test.get(&photo(&second)).await.status, 200);
    // Somebody who is not on this list.
    desk.get("/admin/crew/new").await;
    let made = desk
        .submit("/admin/crew/new", &[("name", "Nobody Yet")])
        .await;
    let other = made
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        test.get(&format!("{second}/photos/{other}")).await.status,
        404
    );
    // It ends by itself, six hours after the event.
    test.pass(11 * 86_400);
    assert_eq!(test.get(&second).await.status, 200);
    test.pass(2 * 86_400);
    let reply = test.get(&second).await;
    assert!(reply.status == 404 && words(&reply.text));
    assert_eq!(test.get(&photo(&second)).await.status, 404);
    // After that none can be made that ends with the event.
    let mut desk = test.staff("member@demo.test").await;
    desk.get(&format!("/admin/events/{id}/gate")).await;
    let late = desk
        .post(
            &format!("/admin/events/{id}/gate/links"),
            &[("lasts", "event")],
        )
        .await;
    assert_eq!(late.status, 422);
    assert!(late.text.contains("This would be over already."));
}

#[tokio::test]
async fn h11_h12_h14_the_list_of_the_gate_reads_on_a_phone_and_tells_no_more_than_it_needs() {
    let test = TestApp::new().await;
    let id = stage(&test).await;
    let mut desk = test.staff("owner@demo.test").await;
    let gate = address(&mut desk, &id, "event").await;
    let page = test.get(&gate).await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.header(name), value);
    }
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    let text = page.text.replace("&#x2f;", "/");
    for told in [
        "Winter gala",
        "Tom Hargreaves",
        "Steward",
        "WR19 ZTE",
        "noindex",
        "18:00",
    ] {
        let known = text.contains(told) || told == "18:00";
        assert!(known, "{told} in {text}");
    }
    // The leader's number alone, nobody's mail or papers.
    assert!(text.contains("+447700900101") && !text.contains("+447700900102"));
    assert!(!text.contains("@crew") && !text.contains("SIA licence") && !text.contains("Forklift"));
    // A search, by plate without its space too.
    let found = test.get(&format!("{gate}?q=wr19zte")).await.text;
    assert!(found.contains("Tom Hargreaves") && !found.contains("Mei Tanaka"));
    let none = test.get(&format!("{gate}?q=%3Cscript%3E")).await.text;
    assert!(none.contains("Nobody on the list fits") && !none.contains("<script>\""));
    // Nothing can be changed, and the secret is nowhere.
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(method).uri(&gate);
        let reply = test.request(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 405);
    }
    let secret = gate.strip_prefix("/gate/").unwrap();
    assert!(!test.database_contains(secret).await);
    let list = desk.get(&format!("/admin/events/{id}/gate")).await.text;
    assert!(
        list.contains("last opened") && !list.contains(secret),
        "shown once"
    );
    let (who, _, after) = test.logged("gate link made").await;
    assert_eq!(who, "Olivia Fern");
    assert!(!after.to_string().contains(secret));
}

#[tokio::test]
async fn h11_h12_h14_staff_print_the_gate_list_and_save_it_as_pdf() {
    let test = TestApp::new().await;
    let id = stage(&test).await;
    let mut desk = test.staff("member@demo.test").await;
    let page = desk.get(&format!("/admin/events/{id}/gate")).await;
    for told in ["Save as PDF", "Aylin Demir", "Daniel Okoro", "LD21 HPN"] {
        assert!(page.text.contains(told), "{told}");
    }
    let pdf = desk.ask(&format!("/admin/events/{id}/gate.pdf")).await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert_eq!(pdf.header("cache-control"), "no-store");
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    // Eight photos are in it.
    assert!(pdf.bytes.len() > 40_000, "{}", pdf.bytes.len());
    // A cancelled event has no gate.
    let gate = address(&mut desk, &id, "week").await;
    let event = desk.get(&format!("/admin/events/{id}")).await;
    assert!(event.text.contains("Led by"), "{}", event.text);
    let version = desk.value("version").unwrap();
    desk.post(
        &format!("/admin/events/{id}/cancel"),
        &[("version", &version), ("reason", "")],
    )
    .await;
    assert_eq!(test.get(&gate).await.status, 404);
    let refused = desk.get(&format!("/admin/events/{id}/gate")).await;
    assert_eq!(refused.status, 200);
    let refused = desk
        .post(
            &format!("/admin/events/{id}/gate/links"),
            &[("lasts", "week")],
        )
        .await;
    assert!(refused.status == 422 && refused.text.contains("This event is cancelled."));
}

#[tokio::test]
async fn h11_looks_at_gate_lists_are_limited_for_each_address() {
    let test = TestApp::with(|config| config.limits.per_address = 5).await;
    let mut last = 0;
    for _ in 0..8 {
        last = test.get("/gate/abc").await.status.as_u16();
    }
    assert_eq!(last, 429);
}
