//! "Put it on your website": the look, the preview, instructions, the plugin, and "Test my page".

use axum::{body::Body, http::Request};
use portico::staff::Role;
use serde_json::json;

use crate::{
    desk::Desk,
    harness::{HOST, Reply, SITE, TestApp},
};

const PAGE: &str = "/admin/website";

async fn save(desk: &mut Desk<'_>, changes: &[(&str, &str)]) -> Reply {
    desk.get(PAGE).await;
    let version = desk.value("version").unwrap();
    let mut fields = vec![
        ("version", version.as_str()),
        ("accent", "#7a3e58"),
        ("start", "form"),
        ("scheme", ""),
        ("radius", ""),
        ("font", ""),
        ("own_font", ""),
    ];
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    desk.post(PAGE, &fields).await
}

#[tokio::test]
async fn k6_what_is_wrong_with_a_look_stands_at_its_field_and_nothing_is_stored() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let before = test.scope("demo").await;
    for (field, value, at) in [
        ("accent", "purple", "accent"),
        ("accent", "#12345", "accent"),
        ("scheme", "pink", "scheme"),
        ("radius", "5", "radius"),
        ("radius", "-1", "radius"),
        ("start", "popup", "start"),
        ("font", "comic", "font"),
    ] {
        let reply = save(&mut desk, &[(field, value)]).await;
        assert_eq!(reply.status, 422, "{field} {value}");
        let note = format!(r#"id="error-{at}""#);
        assert!(reply.text.contains(&note), "{field} {value}");
    }
    for name in ["", "Lora;}*{display:none", "url(https://x.example)"] {
        let reply = save(&mut desk, &[("font", "own"), ("own_font", name)]).await;
        assert_eq!(reply.status, 422, "{name}");
        assert!(reply.text.contains(r#"id="error-own_font""#), "{name}");
    }
    assert_eq!(test.scope("demo").await, before);
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.get(PAGE).await.status, 403);
    member.get("/admin/account").await;
    for path in [PAGE, "/admin/website/instructions", "/admin/website/test"] {
        assert_eq!(member.submit(path, &[]).await.status, 403, "{path}");
    }
    for path in ["preview", "preview.css", "portico-wordpress.zip", "test"] {
        assert_eq!(
            member.get(&format!("{PAGE}/{path}")).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn k2_k6_a_look_that_is_saved_is_what_every_page_is_told() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let reply = save(&mut desk, &[]).await;
    assert!(
        reply.text.contains("Nothing was changed."),
        "{}",
        reply.text
    );
    let reply = save(
        &mut desk,
        &[
            ("accent", "ABC"),
            ("scheme", "dark"),
            ("radius", "4"),
            ("font", "own"),
            ("own_font", "Open Sans"),
            ("start", "button"),
        ],
    )
    .await;
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .text
            .contains("studio=&quot;demo&quot; theme=&quot;dark&quot;&gt;"),
        "{}",
        reply.text
    );
    let settings = test.browser().get("/settings").await.ok();
    assert_eq!(settings["start"], "button");
    let brand = &settings["brand"];
    assert_eq!(
        (&brand["accent"], &brand["scheme"], &brand["radius"]),
        (&json!("#aabbcc"), &json!("dark"), &json!(4))
    );
    assert!(
        brand["font"]
            .as_str()
            .unwrap()
            .starts_with("\"Open Sans\",-apple-system")
    );
    let (who, before, after) = test.logged("look changed").await;
    assert_eq!(
        (who.as_str(), &before["accent"], &after["accent"]),
        ("Olivia Fern", &json!("#7a3e58"), &json!("#aabbcc"))
    );
    // What the look says of fonts reaches a page as it was typed.
    assert!(desk.get(PAGE).await.text.contains(r#"value="Open Sans""#));
    save(&mut desk, &[("font", "page")]).await;
    assert_eq!(
        test.browser().get("/settings").await.ok()["brand"]["font"],
        "page"
    );
}

#[tokio::test]
async fn k6_of_two_looks_at_once_the_later_is_told() {
    let test = TestApp::new().await;
    test.add_staff("manager@demo.test", "Mona Manager", "demo", Role::Manager)
        .await;
    let mut first = test.staff("owner@demo.test").await;
    let mut second = test.staff("manager@demo.test").await;
    second.get(PAGE).await;
    let version = second.value("version").unwrap();
    save(&mut first, &[("accent", "#112233")]).await;
    let fields = [
        ("version", version.as_str()),
        ("accent", "#445566"),
        ("start", "form"),
    ];
    let reply = second.post(PAGE, &fields).await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("Somebody else saved") && reply.text.contains("#445566"));
    assert_eq!(test.scope("demo").await.accent.as_deref(), Some("#112233"));
}

#[tokio::test]
async fn k6_the_preview_shows_what_is_typed_in_a_frame_of_ours_alone() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let look = "accent=%23ffd400&scheme=dark&radius=18&font=page&start=button";
    let reply = desk.get(&format!("{PAGE}/preview?{look}")).await;
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'self'") && !policy.contains("unsafe-inline"));
    assert!(
        reply
            .text
            .contains(r#"studio="demo" start="button" theme="dark""#),
        "{}",
        reply.text
    );
    let sheet = desk.get(&format!("{PAGE}/preview.css?{look}")).await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.text.contains("--portico-radius:18px") && sheet.text.contains("Georgia"));
    let wrong = desk
        .get(&format!(
            "{PAGE}/preview.css?font=own&own_font=%7D*%7Bdisplay:none&radius=9"
        ))
        .await;
    assert!(!wrong.text.contains("display"), "{}", wrong.text);
    let mut stranger = test.desk();
    assert!(
        stranger
            .ask(&format!("{PAGE}/preview"))
            .await
            .status
            .is_redirection()
    );
}

#[tokio::test]
async fn k2_instructions_go_to_whoever_looks_after_the_website() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(PAGE).await;
    for (to, words) in [
        ("", ""),
        ("nobody", ""),
        ("web@site.test", &*"x".repeat(1001)),
    ] {
        let reply = desk
            .post(
                "/admin/website/instructions",
                &[("to", to), ("words", words)],
            )
            .await;
        assert_eq!(reply.status, 422, "{to}");
    }
    let fields = [
        ("to", " Web@Site.test "),
        ("words", "It is for the page <Account>."),
    ];
    let reply = desk.post("/admin/website/instructions", &fields).await;
    assert!(
        reply.text.contains("on their way to web@site.test"),
        "{}",
        reply.text
    );
    let mail = test.message("web@site.test").await;
    assert!(mail.subject.contains("Fernlight Studio"));
    assert!(
        mail.text.contains(&format!(r#"src="{HOST}/embed.js""#)),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("It is for the page <Account>."));
    let html = mail.html;
    assert!(html.contains("&lt;portico-portal") && !html.contains("<portico-portal"));
    assert_eq!(
        test.logged("website instructions sent").await.2["to"],
        "web@site.test"
    );
}

#[tokio::test]
async fn k3_the_wordpress_plugin_is_there_to_download() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let cookie = desk
        .cookies
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect::<Vec<_>>()
        .join("; ");
    desk.get(PAGE).await;
    let request = Request::get("/admin/website/portico-wordpress.zip").header("cookie", cookie);
    let reply = test.request(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.header("content-type"), "application/zip");
    assert!(
        reply
            .header("content-disposition")
            .contains("portico-wordpress.zip")
    );
    for name in [
        "portico/portico.php",
        "portico/readme.txt",
        "portico/block/block.json",
    ] {
        assert_eq!(reply.text.matches(name).count(), 2, "{name}");
    }
}

#[tokio::test]
async fn k10_a_test_of_a_page_hears_of_it_though_it_was_seen_a_moment_ago() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = format!("{SITE}/account.html");
    let report = || {
        let body = json!({ "page": page, "sight": "seen" }).to_string();
        let request = Request::post("/api/portal/v1/demo/embed-report")
            .header("content-type", "text/plain")
            .header("origin", SITE);
        test.request(request.body(Body::from(body)).unwrap())
    };
    report().await;
    test.pass(30);
    desk.get(PAGE).await;
    let since = desk.submit("/admin/website/test", &[]).await.json()["since"]
        .as_str()
        .unwrap()
        .to_owned();
    let look = format!(
        "/admin/website/test?since={}",
        portico::web::redirect::escape(&since)
    );
    assert_eq!(desk.ask(&look).await.json()["found"], json!(null));
    test.pass(2);
    report().await;
    assert_eq!(
        desk.ask(&look).await.json()["found"],
        json!({ "page": page, "sight": "seen" })
    );
    assert_eq!(
        desk.ask("/admin/website/test?since=yesterday").await.status,
        400
    );
}
