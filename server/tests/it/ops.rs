//! What operators and their tools see.

use axum::{body::Body, http::Request};
use portico::web::pages::Pages;
use serde_json::Value;

use crate::harness::TestApp;

#[tokio::test]
async fn the_server_says_that_it_lives_and_is_ready_and_what_it_measures() {
    let test = TestApp::new().await;
    assert_eq!(test.get("/healthz").await.text, "ok\n");
    assert_eq!(test.get("/readyz").await.text, "ready\n");
    test.signed_in("client@demo.test").await;
    let measures = test.get("/metrics").await;
    assert_eq!(measures.status, 200);
    assert!(
        measures.text.contains("portico_studios 4"),
        "{}",
        measures.text
    );
    assert!(
        measures.text.contains("portico_sessions 1"),
        "{}",
        measures.text
    );
}

#[tokio::test]
async fn measures_are_for_whoever_holds_the_token() {
    let test = TestApp::with(|config| config.metrics_token = Some("open sesame".into())).await;
    assert_eq!(test.get("/metrics").await.status, 404);
    let request =
        axum::http::Request::get("/metrics").header("authorization", "Bearer open sesame");
    assert_eq!(
        test.request(request.body(axum::body::Body::empty()).unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_api_describes_itself_in_openapi_3_1() {
    let test = TestApp::new().await;
    let description = test.get("/api/openapi.json").await.ok();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let operations: Vec<&Value> = description["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .collect();
    assert!(operations.len() >= 16);
    for operation in operations {
        assert!(operation["responses"]["default"].is_object(), "{operation}");
        assert!(
            operation["summary"].is_string() || operation["description"].is_string(),
            "{operation}"
        );
    }
    // Every reference leads somewhere.
    let text = description.to_string();
    for name in text
        .split("#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(
            description["components"]["schemas"][name].is_object(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_page_and_mail_is_a_template_that_parses() {
    let test = TestApp::new().await;
    let names = Pages::names();
    assert!(
        names.iter().any(|name| name == "portal/hosted.html"),
        "{names:?}"
    );
    for name in &names {
        test.app.pages.check(name).unwrap();
    }
    // Each mail is a subject, a text and an mjml.
    for mjml in names
        .iter()
        .filter(|name| name.ends_with(".mjml") && !name.ends_with("layout.mjml"))
    {
        let base = mjml.trim_end_matches(".mjml");
        for part in ["subject.txt", "text.txt"] {
            assert!(names.contains(&format!("{base}.{part}")), "{base}.{part}");
        }
    }
}

#[tokio::test]
async fn a20_the_hosted_page_carries_the_widget_under_a_strict_policy() {
    let test = TestApp::new().await;
    for path in ["/demo/login", "/demo/client-portal"] {
        let page = test.get(path).await;
        assert_eq!(page.status, 200);
        assert!(
            page.text.contains(r#"<portico-portal studio="demo">"#),
            "{}",
            page.text
        );
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
    assert_eq!(
        test.get("/demo").await.header("location"),
        "/demo/client-portal"
    );
    assert_eq!(test.get("/nobody/login").await.status, 404);
}

#[tokio::test]
async fn the_backup_of_a_database_in_use_opens_and_passes_the_check() {
    let test = TestApp::new().await;
    if !test.app.db.is_sqlite() {
        return;
    }
    test.signed_in("client@demo.test").await;
    let file = std::env::temp_dir().join(format!("portico_backup_{}.db", std::process::id()));
    assert!(
        test.app
            .db
            .backup_sqlite(file.to_str().unwrap())
            .await
            .unwrap()
    );
    let copy = portico::db::Db::connect(
        &format!("sqlite:{}", file.display()),
        1,
        test.app.clock.clone(),
    )
    .await
    .unwrap();
    copy.check_sqlite().await.unwrap();
    let mut tx = copy.system_read().await.unwrap();
    assert_eq!(portico::studios::store::count(&mut tx).await.unwrap(), 4);
    drop(tx);
    copy.close().await;
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_page_opened_before_an_update_finds_the_files_of_its_build_for_thirty_days() {
    let test = TestApp::new().await;
    let keep = || portico::web::assets::builds::keep(&test.app);
    let build = "00000000deadbeef";
    let storage = &test.app.storage;
    for (file, content) in [
        ("portico-1.wasm", "plain"),
        ("portico-1.wasm.br", "brotli"),
        ("served", &test.app.clock.now().to_string()),
    ] {
        let key = format!("widget/{build}/{file}");
        storage.put(&key, content.to_owned().into()).await.unwrap();
    }
    keep().await.unwrap();
    let path = format!("/assets/{build}/portico-1.wasm");
    let reply = test.get(&path).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, "plain"));
    assert_eq!(reply.header("content-type"), "application/wasm");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    let compressed = Request::get(&path).header("accept-encoding", "gzip, br");
    let reply = test.request(compressed.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (reply.text.as_str(), reply.header("content-encoding")),
        ("brotli", "br")
    );
    for path in [
        format!("/assets/{build}/portico-1.wasm.br"),
        format!("/assets/{build}/..%2f..%2flogos%2fx.png"),
        "/assets/logos/x.png".into(),
        "/assets/0123456789abcdef/portico-1.wasm".into(),
    ] {
        assert_eq!(test.get(&path).await.status, 404, "{path}");
    }
    test.pass(29 * 86_400);
    keep().await.unwrap();
    assert_eq!(test.get(&path).await.status, 200);
    test.pass(2 * 86_400);
    keep().await.unwrap();
    assert_eq!(test.get(&path).await.status, 404);
}
