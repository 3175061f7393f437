//! The settings page: who may, what it takes, and that it counts at once.

use axum::http::{Method, Request};
use serde_json::json;

use crate::{
    desk::Desk,
    harness::{HOST, PASSWORD, SITE, TestApp},
};

const SETTINGS: &str = "/admin/settings";
const WEBSITE: &str = "/admin/website";

/// The form of the demo studio as its page sends it, with these fields instead; a box with an empty value
/// is not ticked.
fn form<'a>(version: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("version", version),
        ("portal_enabled", "true"),
        ("name", "Fernlight Studio"),
        (
            "welcome",
            "Everything about your day in one place: your dates, your papers and your pictures.",
        ),
        ("support_email", "hello@fernlight.test"),
        ("support_phone", "+44 1225 555 014"),
        ("passwords", "true"),
        ("activates_portal", "true"),
        ("language", "en"),
        ("time_zone", "Europe/London"),
        ("country", "GB"),
        ("currency", "GBP"),
        ("portal_url", ""),
    ];
    fields.extend(
        portico_wire::Right::CHOICES
            .iter()
            .map(|right| ("may", right.name())),
    );
    for (name, value) in changes {
        match name.strip_prefix('-') {
            // "-may", "pay": without this one of several.
            Some(name) => fields.retain(|field| field != &(name, *value)),
            None => {
                fields.retain(|(field, _)| field != name);
                if !value.is_empty()
                    || !["portal_enabled", "passwords", "private_wording"].contains(name)
                {
                    fields.push((name, value));
                }
            }
        }
    }
    fields
}

async fn owner(test: &TestApp) -> Desk<'_> {
    let mut desk = test.staff("owner@demo.test").await;
    assert_eq!(desk.get(SETTINGS).await.status, 200);
    desk
}

async fn save(desk: &mut Desk<'_>, changes: &[(&str, &str)]) -> crate::harness::Reply {
    desk.get(SETTINGS).await;
    let version = desk.value("version").unwrap();
    desk.post(SETTINGS, &form(&version, changes)).await
}

#[tokio::test]
async fn l1_what_is_saved_is_shown_and_logged_with_before_and_after() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let reply = save(&mut desk, &[]).await;
    assert!(
        reply.text.contains("Nothing was changed."),
        "{}",
        reply.text
    );
    let reply = save(
        &mut desk,
        &[
            ("name", " Fern & Light "),
            ("time_zone", "Europe/Berlin"),
            ("private_wording", "true"),
            ("welcome", "<script>alert(1)</script>"),
        ],
    )
    .await;
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .text
            .contains(r#"role="status">The settings are saved."#)
    );
    assert!(reply.text.contains("Fern &amp; Light"));
    assert!(reply.text.contains("&lt;script&gt;") && !reply.text.contains("<script>alert"));
    let (who, before, after) = test.logged("settings changed").await;
    assert_eq!(who, "Olivia Fern");
    assert_eq!(before["name"], "Fernlight Studio");
    assert_eq!(
        after,
        json!({
            "name": "Fern & Light", "time_zone": "Europe/Berlin", "private_wording": true, "welcome": "<script>alert(1)</script>",
        })
    );
    // What clients get, at once; and the other studios are what they were.
    let settings = test.browser().get("/settings").await.ok();
    assert_eq!(settings["name"], "Fern & Light");
    assert_eq!(test.scope("closed").await.name, "Meadow Music School");
}

#[tokio::test]
async fn l1_the_master_switch_counts_with_the_next_request() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut desk = owner(&test).await;
    client.get("/home").await.ok();
    save(&mut desk, &[("portal_enabled", "")]).await;
    client.get("/home").await.refused(403, "portal_closed");
    assert!(
        desk.get("/admin")
            .await
            .text
            .contains("Open it in the settings")
    );
    save(&mut desk, &[]).await;
    client.get("/home").await.ok();
}

#[tokio::test]
async fn a2_passwords_switched_off_are_refused_with_the_next_request() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    save(&mut desk, &[("passwords", "")]).await;
    let mut client = test.browser();
    client
        .password("client@demo.test", PASSWORD)
        .await
        .refused(403, "passwords_off");
    assert_eq!(client.get("/settings").await.ok()["passwords"], false);
}

#[tokio::test]
async fn l14_what_clients_may_do_is_the_studios_setting() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut desk = owner(&test).await;
    save(&mut desk, &[("-may", "pay")]).await;
    let rights = client.get("/home").await.ok()["rights"].clone();
    for (right, has) in [("pay", false), ("invoices", true), ("upload", true)] {
        assert_eq!(
            rights.as_array().unwrap().contains(&json!(right)),
            has,
            "{right}"
        );
    }
    let (_, _, after) = test.logged("settings changed").await;
    assert!(!after["may"].as_array().unwrap().contains(&json!("pay")));
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_is_lost_or_stored() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let before = test.scope("demo").await;
    let reply = save(
        &mut desk,
        &[
            ("name", ""),
            ("support_email", "nobody"),
            ("portal_url", "https://elsewhere.example/x"),
            ("currency", "???"),
            ("welcome", "Still here"),
            ("portal_enabled", ""),
            ("-may", "book"),
        ],
    )
    .await;
    assert_eq!(reply.status, 422);
    for field in ["name", "support_email", "portal_url", "currency"] {
        assert!(
            reply.text.contains(&format!(r#"id="error-{field}""#)),
            "{field}"
        );
    }
    assert!(reply.text.contains("Nothing was saved yet."));
    for typed in [r#"value="nobody""#, "Still here", "elsewhere.example"] {
        assert!(reply.text.contains(typed), "{typed}");
    }
    let boxed = |id: &str| {
        let (_, rest) = desk.page.split_once(&format!(r#"id="{id}""#)).unwrap();
        rest.split('>').next().unwrap().contains("checked")
    };
    assert!(!boxed("field-portal_enabled") && !boxed("field-may-book") && boxed("field-may-pay"));
    assert_eq!(test.scope("demo").await, before);

    for body in ["version=abc", "may=nonsense", "pay=perhaps", "name=%FF%FE"] {
        let csrf = desk.value("csrf").unwrap();
        let request = Request::post(SETTINGS)
            .header("origin", HOST)
            .header("content-type", "application/x-www-form-urlencoded");
        let reply = desk.send(request, format!("csrf={csrf}&{body}")).await;
        assert!(
            [400, 422].contains(&reply.status.as_u16()),
            "{body} {}",
            reply.status
        );
    }
    assert_eq!(test.scope("demo").await, before);
}

#[tokio::test]
async fn of_two_who_edit_at_once_the_later_one_is_told_and_keeps_what_was_typed() {
    let test = TestApp::new().await;
    let (mut first, mut second) = (owner(&test).await, owner(&test).await);
    let version = second.value("version").unwrap();
    save(&mut first, &[("name", "First"), ("support_phone", "1")]).await;
    let reply = second
        .post(SETTINGS, &form(&version, &[("name", "Second")]))
        .await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("Somebody else saved") && reply.text.contains(r#"value="Second""#));
    assert!(reply.text.contains("name, support phone"), "{}", reply.text);
    assert_eq!(test.scope("demo").await.name, "First");
    // Saving again is a decision, and counts.
    let version = second.value("version").unwrap();
    let reply = second
        .post(SETTINGS, &form(&version, &[("name", "Second")]))
        .await;
    assert!(
        reply.text.contains("The settings are saved."),
        "{}",
        reply.text
    );
    assert_eq!(test.scope("demo").await.name, "Second");
}

/// What a browser on this website is told before it calls.
async fn allowed(test: &TestApp, origin: &str) -> bool {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/api/portal/v1/demo/settings")
        .header("origin", origin)
        .header("access-control-request-method", "GET")
        .body(axum::body::Body::empty())
        .unwrap();
    test.request(request)
        .await
        .header("access-control-allow-origin")
        == origin
}

#[tokio::test]
async fn a_website_counts_as_soon_as_it_is_added_and_no_longer_when_it_is_removed() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let (bare, www) = ("https://fernlight.example", "https://www.fernlight.example");
    assert!(!allowed(&test, bare).await);
    let reply = desk
        .post(
            "/admin/website/sites",
            &[("website", " WWW.Fernlight.example/account?x=1 ")],
        )
        .await;
    assert!(
        reply
            .text
            .contains("https://www.fernlight.example may show the portal now."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("with and without www"));
    assert!(allowed(&test, bare).await && allowed(&test, www).await && allowed(&test, SITE).await);
    assert_eq!(test.logged("website added").await.2["website"], www);
    let reply = desk.post("/admin/website/sites", &[("website", www)]).await;
    assert!(reply.text.contains("is on the list already"));

    for typed in [
        "",
        "fernlight",
        "javascript:alert(1)",
        "ftp://a.example",
        "two words.example",
    ] {
        let reply = desk
            .post("/admin/website/sites", &[("website", typed)])
            .await;
        assert!(
            reply.status == 422 && reply.text.contains(r#"id="error-website""#),
            "{typed}"
        );
    }

    // The page links lead to keeps its website.
    let page = format!("{www}/account");
    let reply = save(&mut desk, &[("portal_url", &page)]).await;
    assert!(
        reply.text.contains("The settings are saved."),
        "{}",
        reply.text
    );
    let reply = desk
        .post("/admin/website/sites/remove", &[("website", bare)])
        .await;
    assert!(reply.status == 422 && reply.text.contains("Change the portal page first"));
    save(&mut desk, &[]).await;
    desk.post("/admin/website/sites/remove", &[("website", bare)])
        .await;
    assert!(
        !allowed(&test, bare).await && !allowed(&test, www).await && allowed(&test, SITE).await
    );
    assert_eq!(test.logged("website removed").await.1["website"], bare);
    desk.post("/admin/website/sites/remove", &[("website", SITE)])
        .await;
    assert!(desk.get(WEBSITE).await.text.contains("No website yet."));
}

#[tokio::test]
async fn k2_k4_l2_snippet_link_and_address_are_there_to_copy() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let page = desk
        .get(WEBSITE)
        .await
        .text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let snippet = include_str!("../../../embed-snippet/snippet.html")
        .trim()
        .replace("https://HOST", HOST)
        .replace("STUDIO", "demo");
    assert!(page.contains(&snippet), "{page}");
    assert!(page.contains(&format!(r#"value="{HOST}/demo/login""#)));
    assert!(page.contains(r#"data-copy="snippet""#) && page.contains(r#"data-copy="link""#));
    let overview = desk.get("/admin").await.text;
    assert!(
        overview.contains(&format!(r#"value="{HOST}/demo/login""#))
            && overview.contains(r#"data-copy="address""#)
    );
}

#[tokio::test]
async fn l22_the_guide_ticks_itself_off_from_what_is_really_there() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let done = |page: &str| page.matches("(done)").count();
    let page = desk.get("/admin").await.text;
    assert!(page.contains("What to do next"), "{page}");
    // Logo and colour, welcome and help, a website, a client, an invitation.
    assert_eq!(done(&page), 5, "{page}");
    let page = format!("{SITE}/account.html");
    save(&mut desk, &[("portal_url", &page)]).await;
    let report = format!(r#"{{"page":"{page}","sight":"seen"}}"#);
    let request = Request::post("/api/portal/v1/demo/embed-report")
        .header("content-type", "text/plain")
        .header("origin", SITE);
    test.request(request.body(report.into()).unwrap()).await;
    assert_eq!(done(&desk.get("/admin").await.text), 7);
    test.signed_in("client@demo.test").await;
    assert!(
        desk.get("/admin")
            .await
            .text
            .contains("Ready for your clients")
    );
    save(&mut desk, &[("welcome", "")]).await;
    desk.get(WEBSITE).await;
    let version = desk.value("version").unwrap();
    desk.post(WEBSITE, &[("version", &version), ("start", "form")])
        .await;
    assert_eq!(done(&desk.get("/admin").await.text), 5);
    // A member has nothing to do there.
    let mut member = test.staff("member@demo.test").await;
    assert!(!member.get("/admin").await.text.contains("What to do next"));
}
