//! Signing in by a one-time code: A3 A4 A7 A12 A13 A17 A18.

use portico_wire::access::Channel;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a3_a_client_asks_for_a_code_and_is_in_and_the_reply_carries_home() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let asked = client
        .post("/sign-in/code", json!({ "email": " Client@Demo.test " }))
        .await
        .ok();
    assert_eq!(asked["channel"], "email");
    assert_eq!(asked["to"], "c•••@demo.test");
    assert_eq!(asked["resend_after"], 60);
    let code = test.code("client@demo.test").await;
    let reply = client
        .redeem(asked["request"].as_str().unwrap(), &code)
        .await
        .ok();
    assert_eq!(reply["state"], "in");
    assert_eq!(reply["home"]["me"]["first_name"], "Ada");
    assert_eq!(reply["home"]["studio"]["name"], "Fernlight Studio");
    assert_eq!(client.get("/home").await.ok(), reply["home"]);
}

#[tokio::test]
async fn a4_the_code_goes_by_sms_where_there_is_a_mobile_number() {
    let test = TestApp::new().await;
    let mut office = test.browser();
    let asked = office
        .post("/sign-in/code", json!({ "email": "office@demo.test" }))
        .await
        .ok();
    assert_eq!(asked["channel"], "sms");
    assert_eq!(asked["to"], "•••• 0142");
    assert_eq!(test.message("+12025550142").await.channel, Channel::Sms);
    assert!(test.messages("office@demo.test").await.is_empty());
    let code = test.code("+12025550142").await;
    office
        .redeem(asked["request"].as_str().unwrap(), &code)
        .await
        .ok();
}

#[tokio::test]
async fn a4_send_it_by_email_instead_is_one_request_away() {
    let test = TestApp::new().await;
    let mut office = test.browser();
    office.ask_code("office@demo.test").await;
    test.pass(60);
    let asked = office
        .post(
            "/sign-in/code",
            json!({ "email": "office@demo.test", "channel": "email" }),
        )
        .await
        .ok();
    assert_eq!(asked["channel"], "email");
    let code = test.code("office@demo.test").await;
    office
        .redeem(asked["request"].as_str().unwrap(), &code)
        .await
        .ok();
}

#[tokio::test]
async fn a_code_works_once() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    client.redeem(&request, &code).await.ok();
    let problem = test
        .browser()
        .redeem(&request, &code)
        .await
        .refused(401, "code_used");
    assert_eq!(problem["field"], "code");
}

#[tokio::test]
async fn a_code_works_only_with_the_request_that_asked_for_it() {
    let test = TestApp::new().await;
    let (mut mine, mut thief) = (test.browser(), test.browser());
    mine.ask_code("client@demo.test").await;
    let stolen = test.code("client@demo.test").await;
    let other = thief.ask_code("spouse@demo.test").await;
    let problem = thief
        .redeem(&other, &stolen)
        .await
        .refused(401, "code_wrong");
    assert_eq!(problem["tries_left"], 4);
    thief
        .redeem("a-request-nobody-made", &stolen)
        .await
        .refused(401, "code_expired");
}

#[tokio::test]
async fn a_code_is_dead_after_ten_minutes() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    test.pass(599);
    let mut in_time = test.browser();
    test.pass(1);
    client
        .redeem(&request, &code)
        .await
        .refused(401, "code_expired");
    // One second earlier it would have been right.
    let request = in_time.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    test.pass(599);
    in_time.redeem(&request, &code).await.ok();
}

#[tokio::test]
async fn five_tries_in_all_and_then_not_even_the_right_code() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    let wrong = if code == "0000 0000" {
        "1111 1111"
    } else {
        "0000 0000"
    };
    for left in [4, 3, 2, 1] {
        let problem = client
            .redeem(&request, wrong)
            .await
            .refused(401, "code_wrong");
        assert_eq!(problem["tries_left"], left);
    }
    client
        .redeem(&request, wrong)
        .await
        .refused(401, "code_spent");
    client
        .redeem(&request, &code)
        .await
        .refused(401, "code_spent");
}

#[tokio::test]
async fn two_hundred_parallel_tries_never_exceed_the_limit() {
    let test = TestApp::new().await;
    let request = test.browser().ask_code("client@demo.test").await;
    let tries = (0..200).map(|n| {
        let (test, request) = (&test, &request);
        async move {
            test.browser()
                .redeem(request, &format!("{n:08}"))
                .await
                .problem()
                .1
        }
    });
    let outcomes = futures_util::future::join_all(tries).await;
    let counted = outcomes.iter().filter(|code| *code == "code_wrong").count();
    assert_eq!(
        counted, 4,
        "four wrong ones with tries left, the fifth and all others are spent"
    );
    assert!(
        outcomes
            .iter()
            .all(|code| code == "code_wrong" || code == "code_spent"),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn one_code_a_minute_and_the_one_sent_stays_usable() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    test.pass(20);
    let problem = client
        .post("/sign-in/code", json!({ "email": "client@demo.test" }))
        .await
        .refused(429, "code_too_soon");
    assert_eq!(problem["retry_after"], 40);
    assert_eq!(test.messages("client@demo.test").await.len(), 1);
    let code = test.code("client@demo.test").await;
    client.redeem(&request, &code).await.ok();
}

#[tokio::test]
async fn ten_codes_an_hour() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    for _ in 0..10 {
        client.ask_code("client@demo.test").await;
        test.pass(60);
    }
    client
        .post("/sign-in/code", json!({ "email": "client@demo.test" }))
        .await
        .refused(429, "code_too_soon");
    test.pass(3000);
    client.ask_code("client@demo.test").await;
}

#[tokio::test]
async fn a12_every_wrong_address_is_told_what_is_wrong_and_whom_to_ask() {
    let test = TestApp::new().await;
    let mut browser = test.browser();
    for (email, status, code, title) in [
        (
            "nobody@demo.test",
            404,
            "unknown_email",
            "Unable to find your email address in the system",
        ),
        (
            "twin@demo.test",
            409,
            "duplicate_email",
            "Found multiple records with the same email address",
        ),
        (
            "off@demo.test",
            403,
            "access_disabled",
            "Your access is switched off",
        ),
        (
            "not an address",
            422,
            "invalid",
            "Please check what was entered",
        ),
    ] {
        let problem = browser
            .post("/sign-in/code", json!({ "email": email }))
            .await
            .refused(status, code);
        assert_eq!(problem["title"], title);
        assert_eq!(problem["field"], "email");
        assert_eq!(problem["support"]["email"], "hello@fernlight.test");
    }
    assert!(
        test.messages("twin@demo.test").await.is_empty()
            && test.messages("off@demo.test").await.is_empty()
    );
}

#[tokio::test]
async fn a13_neither_of_two_contacts_with_the_same_address_can_sign_in_by_any_way() {
    let test = TestApp::new().await;
    let mut twin = test.browser();
    twin.password("twin@demo.test", "demo-demo-demo")
        .await
        .refused(409, "duplicate_email");
    twin.post("/password/reset", json!({ "email": "twin@demo.test" }))
        .await
        .refused(409, "duplicate_email");
}

#[tokio::test]
async fn a17_there_is_no_sign_up() {
    let test = TestApp::new().await;
    for path in ["/sign-up", "/register", "/contacts"] {
        test.browser()
            .post(path, json!({ "email": "stranger@demo.test" }))
            .await
            .refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_mail_whose_code_is_past_its_time_is_not_sent_and_its_secret_is_erased() {
    let test = TestApp::new().await;
    test.browser().ask_code("client@demo.test").await;
    test.pass(600);
    assert!(test.messages("client@demo.test").await.is_empty());
    let (secrets, expired): (i64, i64) = test.outbox("client@demo.test").await;
    assert_eq!((secrets, expired), (0, 1));
}
