//! Which pages may ask: the studio's own list of websites, exactly, and the host's own pages.

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::harness::{HOST, SITE, TestApp};

async fn preflight(test: &TestApp, origin: &str) -> crate::harness::Reply {
    let request = Request::options("/api/portal/v1/demo/sign-in/code")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,authorization",
        );
    test.request(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn k1_a_page_on_the_studios_list_may_ask_and_the_answer_is_kept_two_hours() {
    let test = TestApp::new().await;
    let reply = preflight(&test, SITE).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("access-control-allow-origin"), SITE);
    assert_eq!(reply.header("access-control-max-age"), "7200");
    assert!(reply.header("vary").to_lowercase().contains("origin"));
    assert!(
        reply
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    let reply = test.browser().get("/settings").await;
    assert_eq!(reply.header("access-control-allow-origin"), SITE);
    assert!(
        reply
            .header("access-control-expose-headers")
            .contains("portico-token")
    );
}

#[tokio::test]
async fn null_and_look_alike_origins_are_refused() {
    let test = TestApp::new().await;
    for origin in [
        "null",
        "http://127.0.0.1:80901",
        "https://127.0.0.1:8090",
        "http://127.0.0.1:8090.evil.example",
        "http://evil.example",
        "http://127.0.0.1",
        "HTTP://127.0.0.1:8090",
        "http://127.0.0.1:8090/",
    ] {
        let reply = preflight(&test, origin).await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
        let mut page = test.browser_at("demo", origin);
        let reply = page
            .post("/sign-in/code", json!({ "email": "client@demo.test" }))
            .await;
        reply.refused(403, "origin_refused");
        assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
    }
    assert!(test.messages("client@demo.test").await.is_empty());
}

#[tokio::test]
async fn www_and_the_bare_name_are_one_website() {
    let test = TestApp::new().await;
    let sites = ["www.fernlight.example".to_owned()];
    portico::cli::create_studio(&test.app.db, "other", "Other".into(), &sites)
        .await
        .unwrap();
    for origin in ["https://www.fernlight.example", "https://fernlight.example"] {
        test.browser_at("other", origin).get("/settings").await.ok();
    }
    test.browser_at("other", "http://fernlight.example")
        .get("/settings")
        .await
        .refused(403, "origin_refused");
    test.browser_at("other", SITE)
        .get("/settings")
        .await
        .refused(403, "origin_refused");
}

#[tokio::test]
async fn without_an_origin_only_the_hosts_own_page_passes() {
    let test = TestApp::new().await;
    let ask = |site: Option<&str>| {
        let mut request = Request::get("/api/portal/v1/demo/settings");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        request.body(Body::empty()).unwrap()
    };
    test.request(ask(Some("same-origin"))).await.ok();
    for site in [None, Some("cross-site"), Some("same-site"), Some("none")] {
        test.request(ask(site)).await.refused(403, "origin_refused");
    }
    test.browser_at("demo", HOST).get("/settings").await.ok();
}

#[tokio::test]
async fn an_unknown_studio_says_so_to_any_page() {
    let test = TestApp::new().await;
    let mut page = test.browser_at("no-such-studio", "https://anywhere.example");
    let reply = page.get("/settings").await;
    reply.refused(404, "unknown_studio");
    assert_eq!(
        reply.header("access-control-allow-origin"),
        "https://anywhere.example"
    );
}

#[tokio::test]
async fn static_assets_answer_any_origin_and_an_unknown_build_is_a_readable_404() {
    let test = TestApp::new().await;
    let reply = test.get("/assets/0000000000000000/portico.js").await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
}
