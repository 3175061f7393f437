//! Whatever is sent, the answer is a clear problem, and nothing is stored half.

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::harness::{SITE, TestApp};

async fn raw(test: &TestApp, kind: &str, body: impl Into<Body>) -> crate::harness::Reply {
    let request = Request::post("/api/portal/v1/demo/sign-in/code")
        .header("origin", SITE)
        .header("content-type", kind);
    test.request(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn bodies_that_are_not_the_json_asked_for_are_refused_with_a_reason() {
    let test = TestApp::new().await;
    for (kind, body, status, code) in [
        (
            "text/plain",
            r#"{"email":"client@demo.test"}"#,
            415,
            "unsupported_media_type",
        ),
        ("application/json", "{", 400, "malformed"),
        ("application/json", "", 400, "malformed"),
        ("application/json", "[]", 400, "malformed"),
        ("application/json", r#"{"email":5}"#, 400, "malformed"),
        (
            "application/json",
            r#"{"email":"a@b.test","admin":true}"#,
            400,
            "malformed",
        ),
        (
            "application/json",
            r#"{"email":"a@b.test","channel":"pigeon"}"#,
            400,
            "malformed",
        ),
        (
            "application/json; charset=utf-8",
            r#"{"email":"nobody@demo.test"}"#,
            404,
            "unknown_email",
        ),
    ] {
        raw(&test, kind, body).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_megabyte_in_a_field_is_too_large() {
    let test = TestApp::new().await;
    let body = json!({ "email": "a".repeat(1_000_000) }).to_string();
    raw(&test, "application/json", body)
        .await
        .refused(413, "too_large");
    let body = json!({ "email": format!("{}@demo.test", "a".repeat(50_000)) }).to_string();
    raw(&test, "application/json", body)
        .await
        .refused(422, "invalid");
}

#[tokio::test]
async fn deep_nesting_and_bytes_that_are_no_text_do_no_harm() {
    let test = TestApp::new().await;
    raw(&test, "application/json", "[".repeat(60_000))
        .await
        .refused(400, "malformed");
    raw(&test, "application/json", vec![0xff, 0xfe, 0x00])
        .await
        .refused(400, "malformed");
    raw(
        &test,
        "application/json",
        "{\"email\":\"a\\u0000@demo.test\"}",
    )
    .await
    .refused(422, "invalid");
}

#[tokio::test]
async fn a_code_that_cannot_be_one_costs_no_try() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    for typed in ["", "1234", "abcdefgh", "1234567890123"] {
        assert_eq!(
            client.redeem(&request, typed).await.refused(422, "invalid")["field"],
            "code"
        );
    }
    let code = test.code("client@demo.test").await;
    client.redeem(&request, &code).await.ok();
}

#[tokio::test]
async fn tokens_that_cannot_be_one_are_no_session() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    for token in [
        "",
        "x",
        &"y".repeat(43),
        &"z".repeat(5000),
        "' or 1=1 --aaaaaaaaaaaaaaaaaaa",
    ] {
        client.token = Some(token.into());
        client.get("/home").await.refused(401, "session_ended");
    }
}

#[tokio::test]
async fn an_address_that_is_none_and_a_method_that_is_none_are_told_apart() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    client.get("/nowhere").await.refused(404, "not_found");
    client
        .get("/sign-in/code")
        .await
        .refused(405, "method_not_allowed");
    client.token = test.signed_in("client@demo.test").await.token.clone();
    client
        .delete("/devices/ses_nonsense")
        .await
        .refused(404, "not_found");
    client
        .delete("/devices/con_0192f3a4b5c67d8e9fa0b1c2d3e4f506")
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn l24_a_person_gets_a_page_with_a_reference_where_a_program_gets_json() {
    let test = TestApp::new().await;
    let page = test.get("/no-such-studio/login").await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.text.contains(page.header("portico-reference")),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn one_address_cannot_ask_without_end() {
    let test = TestApp::with(|config| config.limits.per_address = 5).await;
    let mut browser = test.browser();
    let mut codes = Vec::new();
    for _ in 0..7 {
        codes.push(
            browser
                .password("nobody@demo.test", "whatever it is")
                .await
                .problem()
                .1,
        );
    }
    assert_eq!(codes[4], "unknown_email");
    assert_eq!(codes[6], "rate_limited");
}

#[tokio::test]
async fn a12_private_wording_says_one_sentence_for_all_and_the_log_says_the_truth() {
    let test = TestApp::new().await;
    let mut studio = test.scope("demo").await;
    studio.private_wording = true;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    portico::studios::store::save_settings(&mut tx, &studio)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = test.browser();
    let mut said = Vec::new();
    for email in [
        "nobody@demo.test",
        "twin@demo.test",
        "off@demo.test",
        "new@demo.test",
        "client@demo.test",
    ] {
        let mut problem = browser
            .password(email, "not the password")
            .await
            .refused(401, "sign_in_refused");
        problem["reference"] = "".into();
        said.push(problem);
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    for email in ["nobody@demo.test", "twin@demo.test", "off@demo.test"] {
        let asked = browser
            .post("/sign-in/code", json!({ "email": email }))
            .await
            .ok();
        assert_eq!(asked["channel"], "email");
        let request = asked["request"].as_str().unwrap().to_owned();
        browser
            .redeem(&request, "1234 5678")
            .await
            .refused(401, "code_expired");
    }
    for (email, outcome) in [
        ("nobody@demo.test", "unknown_email"),
        ("twin@demo.test", "duplicate_email"),
    ] {
        let (logged,): (String,) = test
            .row(
                "select outcome from sign_ins where email = $1 order by at, id limit 1",
                email,
            )
            .await;
        assert_eq!(logged, outcome);
    }
}
