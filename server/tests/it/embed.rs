//! Where the snippet was seen, and what stood in its way, told to staff.

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::harness::{HOST, Reply, SITE, TestApp};

const PAGE: &str = "/admin/website";

async fn report(test: &TestApp, studio: &str, origin: Option<&str>, body: &str) -> Reply {
    let mut request = Request::post(format!("/api/portal/v1/{studio}/embed-report"))
        .header("content-type", "text/plain;charset=UTF-8");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    test.request(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn seen(page: &str) -> String {
    format!(r#"{{"page":"{page}","sight":"seen"}}"#)
}

#[tokio::test]
async fn k10_staff_read_on_which_page_the_portal_was_seen_and_the_guide_ticks_itself_off() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    assert!(
        desk.get(PAGE)
            .await
            .text
            .contains("Not seen on any page yet")
    );
    let page = format!("{SITE}/account.html");
    assert_eq!(
        report(&test, "demo", Some(SITE), &seen(&page)).await.status,
        204
    );
    let shown = desk.get(PAGE).await.text;
    assert!(
        shown.contains(&page) && shown.contains("On 21 November 2026"),
        "{shown}"
    );
    // A later look moves the last day, not the first.
    test.pass(3 * 86_400);
    test.app.noted.invalidate_all();
    report(&test, "demo", Some(SITE), &seen(&page)).await;
    let mut desk = test.staff("owner@demo.test").await;
    let shown = desk.get(PAGE).await.text;
    assert!(
        shown.contains("First on 21 November 2026, last on 24 November 2026"),
        "{shown}"
    );
}

#[tokio::test]
async fn k10_a_page_that_forbids_the_portal_is_named_with_what_to_change_until_it_works() {
    let test = TestApp::new().await;
    let refused = format!(r#"{{"page":"{SITE}/strict.html","sight":"wasm_refused"}}"#);
    assert_eq!(
        report(&test, "demo", Some(SITE), &refused).await.status,
        204
    );
    let mut desk = test.staff("owner@demo.test").await;
    let shown = desk.get(PAGE).await.text;
    assert!(
        shown.contains("Link only") && shown.contains("content security policy"),
        "{shown}"
    );
    test.pass(60);
    report(
        &test,
        "demo",
        Some(SITE),
        &seen(&format!("{SITE}/strict.html")),
    )
    .await;
    let shown = desk.get(PAGE).await.text;
    assert!(
        !shown.contains("Link only") && shown.contains("strict.html"),
        "{shown}"
    );
}

#[tokio::test]
async fn k10_a_website_that_is_not_listed_is_named_and_added_with_one_click() {
    let test = TestApp::new().await;
    let stranger = "https://fernlight.example";
    let mut visitor = test.browser_at("demo", stranger);
    visitor
        .get("/settings")
        .await
        .refused(403, "origin_refused");
    let mut desk = test.staff("owner@demo.test").await;
    let shown = desk.get(PAGE).await.text;
    assert!(
        shown.contains(&format!("<strong>{stranger}</strong>")),
        "{shown}"
    );
    desk.post("/admin/website/sites", &[("website", stranger)])
        .await;
    visitor.get("/settings").await.ok();
    let shown = desk.get(PAGE).await.text;
    assert!(
        !shown.contains("Asked for the portal, but not on the list"),
        "{shown}"
    );
    // Nobody else's staff read of it.
    let mut other = test.staff("owner@unpaid.test").await;
    assert!(!other.get("/admin/billing").await.text.contains(stranger));
}

#[tokio::test]
async fn a_report_that_is_forged_strange_or_too_large_leaves_nothing() {
    let test = TestApp::new().await;
    for (body, status) in [
        ("", 400),
        ("{}", 400),
        (
            r#"{"page":"https://x.example/?email=a","sight":"seen"}"#,
            400,
        ),
        (r#"{"page":"javascript://x","sight":"seen"}"#, 400),
        (&seen("https://somebody-else.example/"), 400),
        (&"x".repeat(5000), 413),
    ] {
        assert_eq!(
            report(&test, "demo", Some(SITE), body).await.status,
            status,
            "{body}"
        );
    }
    // Not on the list, and our own page: nothing to tell staff.
    for page in ["https://unlisted.example/", &format!("{HOST}/demo/login")] {
        assert_eq!(report(&test, "demo", None, &seen(page)).await.status, 204);
    }
    report(&test, "nowhere", Some(SITE), &seen(&format!("{SITE}/")))
        .await
        .refused(404, "unknown_studio");
    let count: (i64,) = test
        .row("select count(*) from embed_pages where page <> $1", "-")
        .await;
    assert_eq!(count.0, 0);
}

#[tokio::test]
async fn k10_a_page_on_a_website_that_is_not_listed_reads_why_and_nothing_else() {
    let test = TestApp::new().await;
    let stranger = "https://fernlight.example";
    let asked = |page: &str| format!(r#"{{"page":"{page}","sight":"origin_refused"}}"#);
    let at = asked(&format!("{stranger}/account"));
    let reply = report(&test, "demo", Some(stranger), &at).await;
    assert_eq!(reply.header("access-control-allow-origin"), stranger);
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    let told = reply.refused(403, "origin_refused");
    assert_eq!(told["title"], "This website is not on the studio's list");
    let words = told["detail"].as_str().unwrap();
    assert!(
        words.contains("page of its own") && words.contains(&format!("add {stranger} under")),
        "{words}"
    );
    assert_eq!(told["support"], json!({ "name": "Fernlight Studio" }));
    // Every other answer stays closed to it.
    let settings = test.browser_at("demo", stranger).get("/settings").await;
    settings.refused(403, "origin_refused");
    assert_eq!(settings.header("access-control-allow-origin"), "");

    // A page without a website of its own: a file, a frame that hides it.
    let reply = report(&test, "demo", Some("null"), &asked("null/account.html")).await;
    assert_eq!(reply.header("access-control-allow-origin"), "null");
    let told = reply.refused(403, "origin_refused");
    assert!(told["detail"].as_str().unwrap().contains("it is a file"));

    // On the list, and on the host's own pages, it is something else that is wrong.
    for origin in [SITE, HOST] {
        let reply = report(&test, "demo", Some(origin), &asked(&format!("{origin}/"))).await;
        assert_eq!(reply.status, 204, "{origin}");
    }
    report(&test, "demo", None, &at)
        .await
        .refused(400, "malformed");
    report(&test, "nowhere", Some(stranger), &at)
        .await
        .refused(404, "unknown_studio");
    // The question is noted nowhere; what was refused was, once, by its website alone.
    let pages: Vec<_> = [format!("{stranger}/"), format!("{stranger}/account")].into();
    for (page, times) in pages.iter().zip([1, 0]) {
        let (count,): (i64,) = test
            .row("select count(*) from embed_pages where page = $1", page)
            .await;
        assert_eq!(count, times, "{page}");
    }
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(PAGE).await;
    desk.post("/admin/website/sites", &[("website", stranger)])
        .await;
    assert_eq!(report(&test, "demo", Some(stranger), &at).await.status, 204);
}

#[tokio::test]
async fn a_flood_of_reports_is_slowed_and_fills_no_table() {
    let test = TestApp::with(|config| config.limits.per_address = 20).await;
    let mut last = 0;
    for n in 0..40 {
        let page = seen(&format!("{SITE}/{n}"));
        last = report(&test, "demo", Some(SITE), &page)
            .await
            .status
            .as_u16();
    }
    assert_eq!(last, 429);
    // Signing in is counted apart.
    test.browser().ask_code("client@demo.test").await;
}
