//! Signing in by password, resetting and changing it: A2 A7 A8 A12.

use serde_json::json;

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a2_email_and_password_let_a_client_in() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let reply = client.password("CLIENT@demo.test", PASSWORD).await.ok();
    assert_eq!(reply["state"], "in");
    assert_eq!(reply["home"]["client"]["name"], "Ada & Ben Carter");
    client.get("/home").await.ok();
}

#[tokio::test]
async fn a12_a_wrong_password_is_said_to_be_wrong_beside_the_password() {
    let test = TestApp::new().await;
    let problem = test
        .browser()
        .password("client@demo.test", "not the password")
        .await
        .refused(401, "invalid_password");
    assert_eq!(
        problem["title"],
        "Invalid Password. Please try logging in again"
    );
    assert_eq!(problem["field"], "password");
    test.browser()
        .password("new@demo.test", "not the password")
        .await
        .refused(401, "no_password");
    test.browser()
        .password("off@demo.test", PASSWORD)
        .await
        .refused(403, "access_disabled");
    test.browser()
        .password("client@demo.test", "")
        .await
        .refused(422, "invalid");
}

#[tokio::test]
async fn after_ten_wrong_passwords_the_password_way_closes_but_a_code_lets_the_client_in() {
    let test = TestApp::new().await;
    let mut guesser = test.browser();
    for _ in 0..10 {
        guesser
            .password("client@demo.test", "a guess, a bad one")
            .await
            .refused(401, "invalid_password");
    }
    guesser
        .password("client@demo.test", PASSWORD)
        .await
        .refused(429, "password_closed");
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    client.redeem(&request, &code).await.ok();
    test.pass(900);
    client.password("client@demo.test", PASSWORD).await.ok();
}

#[tokio::test]
async fn two_hundred_parallel_guesses_get_ten_tries() {
    let test = TestApp::new().await;
    let guesses = (0..200).map(|n| {
        let test = &test;
        async move {
            test.browser()
                .password("client@demo.test", &format!("guess number {n}"))
                .await
                .problem()
                .1
        }
    });
    let outcomes = futures_util::future::join_all(guesses).await;
    let tried = outcomes
        .iter()
        .filter(|code| *code == "invalid_password")
        .count();
    assert_eq!(tried, 10, "{outcomes:?}");
}

#[tokio::test]
async fn a_right_password_gives_the_tries_back() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    for _ in 0..3 {
        for _ in 0..9 {
            client
                .password("client@demo.test", "a typing mistake")
                .await
                .refused(401, "invalid_password");
        }
        client.password("client@demo.test", PASSWORD).await.ok();
    }
}

#[tokio::test]
async fn a8_a_client_resets_the_password_alone() {
    let test = TestApp::new().await;
    let mut elsewhere = test.signed_in("client@demo.test").await;
    let mut client = test.browser();
    let asked = client
        .post("/password/reset", json!({ "email": "client@demo.test" }))
        .await;
    assert_eq!(
        (asked.status.as_u16(), asked.json()["to"].clone()),
        (202, json!("c•••@demo.test"))
    );
    let secret = test.link("client@demo.test").await;
    // Asking alone changes nothing: nobody can take a password away.
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .ok();
    let seen = client
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(seen["next"], "choose_password");
    let new = json!({ "secret": secret, "password": "a quite new password" });
    let reply = client.post("/sign-in/link/redeem", new.clone()).await;
    client.keep_token(&reply);
    assert_eq!(reply.ok()["state"], "in");
    client.get("/home").await.ok();
    elsewhere.get("/home").await.refused(401, "session_ended");
    client
        .post("/sign-in/link/redeem", new)
        .await
        .refused(410, "link_invalid");
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .refused(401, "invalid_password");
    test.browser()
        .password("client@demo.test", "a quite new password")
        .await
        .ok();
}

#[tokio::test]
async fn a_weak_password_is_refused_and_the_link_stays_good() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    client
        .post("/password/reset", json!({ "email": "client@demo.test" }))
        .await
        .ok();
    let secret = test.link("client@demo.test").await;
    for password in ["short", "password123", "client@demo.test"] {
        let problem = client
            .post(
                "/sign-in/link/redeem",
                json!({ "secret": secret, "password": password }),
            )
            .await
            .refused(422, "weak_password");
        assert_eq!(problem["field"], "password");
    }
    client
        .post(
            "/sign-in/link/redeem",
            json!({ "secret": secret, "password": "a quite new password" }),
        )
        .await
        .ok();
}

#[tokio::test]
async fn a_reset_link_works_for_one_day() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    client
        .post("/password/reset", json!({ "email": "client@demo.test" }))
        .await
        .ok();
    let secret = test.link("client@demo.test").await;
    test.pass(86_400);
    client
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
}

#[tokio::test]
async fn changing_the_password_asks_who_is_there_and_signs_the_other_devices_out() {
    let test = TestApp::new().await;
    let mut other = test.signed_in("client@demo.test").await;
    let mut client = test.signed_in("client@demo.test").await;
    let change = |proof: &str| json!({ "proof": proof, "password": "a quite new password" });
    client
        .post("/password", change("no proof at all"))
        .await
        .refused(403, "proof_required");

    let proof = client
        .post(
            "/proof",
            json!({ "by": "password", "act": "change_password", "password": PASSWORD }),
        )
        .await
        .ok();
    let proof = proof["proof"].as_str().unwrap();
    // A proof is bound to the session it was given in.
    other
        .post("/password", change(proof))
        .await
        .refused(403, "proof_required");
    assert_eq!(client.post("/password", change(proof)).await.status, 204);
    client
        .post("/password", change(proof))
        .await
        .refused(403, "proof_required");

    client.get("/home").await.ok();
    other.get("/home").await.refused(401, "session_ended");
    assert!(
        test.message("client@demo.test")
            .await
            .subject
            .contains("was changed")
    );
}

#[tokio::test]
async fn a_code_proves_as_well_for_one_act_alone() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let asked = client
        .post("/proof/code", json!({ "act": "sign" }))
        .await
        .ok();
    let code = test.code("client@demo.test").await;
    let prove =
        |act: &str| json!({ "by": "code", "act": act, "request": asked["request"], "code": code });
    client
        .post("/proof", prove("change_password"))
        .await
        .refused(401, "code_expired");
    let proof = client.post("/proof", prove("sign")).await.ok();
    let change = json!({ "proof": proof["proof"], "password": "a quite new password" });
    client
        .post("/password", change)
        .await
        .refused(403, "proof_required");
}

#[tokio::test]
async fn a_proof_is_good_for_five_minutes() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let prove = json!({ "by": "password", "act": "change_password", "password": PASSWORD });
    let proof = client.post("/proof", prove).await.ok();
    test.pass(300);
    let change = json!({ "proof": proof["proof"], "password": "a quite new password" });
    client
        .post("/password", change)
        .await
        .refused(403, "proof_required");
}

#[tokio::test]
async fn beyond_a_studios_failure_budget_wrong_tries_wait_and_what_is_right_goes_in_at_once() {
    let test = TestApp::with(|config| config.limits.studio_failures = 3).await;
    let wrong = || async {
        let began = std::time::Instant::now();
        let mut guesser = test.browser();
        guesser
            .password("spouse@demo.test", "a guess")
            .await
            .refused(401, "invalid_password");
        began.elapsed().as_secs_f64()
    };
    test.get("/metrics").await;
    for _ in 0..3 {
        wrong().await;
    }
    // The wait is the server's own second, not a measurement.
    assert!(wrong().await >= 1.0);
    let alarm = test.get("/metrics").await.text;
    assert!(
        alarm.contains("portico_sign_in_failures_over_budget"),
        "{alarm}"
    );
    // A right password, code and link of the same studio are not held up.
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .ok();
    let mut client = test.browser();
    let request = client.ask_code("office@demo.test").await;
    let code = test.code("+12025550142").await;
    client.redeem(&request, &code).await.ok();
}
