//! Sessions and devices: A16 A18 A19 A23 B7 B8 L13 L23.

use portico::studios::{self, Subscription};
use portico_wire::{Right, Settings};
use serde_json::json;

use crate::harness::{HOST, PASSWORD, SITE, TestApp};

async fn execute(test: &TestApp, sql: &'static str) {
    let url = &test.app.config.database_url;
    use sqlx::Connection as _;
    if url.starts_with("sqlite:") {
        let mut conn = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut conn).await.unwrap();
    } else {
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut conn).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_without_stay_signed_in_ends_after_twelve_idle_hours() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    for _ in 0..5 {
        test.pass(11 * 3600);
        client.get("/home").await.ok();
    }
    test.pass(12 * 3600);
    client.get("/home").await.refused(401, "session_ended");
}

#[tokio::test]
async fn who_ticked_stay_signed_in_stays_thirty_days() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let body = json!({ "email": "client@demo.test", "password": PASSWORD, "stay_signed_in": true });
    let reply = client.post("/sign-in/password", body).await;
    client.keep_token(&reply);
    test.pass(29 * 86_400);
    client.get("/home").await.ok();
    test.pass(30 * 86_400);
    client.get("/home").await.refused(401, "session_ended");
}

#[tokio::test]
async fn a_token_is_replaced_after_an_hour_and_the_old_one_lives_a_minute_longer() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let old = client.token.clone();
    client.get("/home").await.ok();
    assert_eq!(client.token, old, "not yet");
    test.pass(3600);
    client.get("/home").await.ok();
    let new = client.token.clone();
    assert_ne!(new, old);
    client.get("/home").await.ok();
    let mut other_tab = test.browser();
    other_tab.token = old;
    test.pass(59);
    other_tab.get("/home").await.ok();
    test.pass(1);
    other_tab.get("/home").await.refused(401, "session_ended");
    client.get("/home").await.ok();
}

#[tokio::test]
async fn a_replacement_lost_on_the_way_costs_nobody_the_session() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let old = client.token.clone();
    client.get("/home").await.ok();
    test.pass(3600);
    client.get("/home").await.ok();
    client.token = old;
    test.pass(600);
    client.get("/home").await.ok();
    assert!(client.token.is_some());
}

#[tokio::test]
async fn parallel_calls_get_one_replacement() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    client.get("/home").await.ok();
    test.pass(3600);
    let token = client.token.clone();
    let calls = (0..20).map(|_| {
        let mut tab = test.browser();
        tab.token = token.clone();
        async move {
            let reply = tab.get("/home").await;
            reply.ok();
            reply.headers.contains_key("portico-token")
        }
    });
    let replaced = futures_util::future::join_all(calls).await;
    // On PostgreSQL two calls may both find none made yet; each token works.
    assert!((1..=20).contains(&replaced.iter().filter(|yes| **yes).count()));
}

#[tokio::test]
async fn sessions_that_wait_to_be_written_down_keep_nobody_from_reading() {
    let test = TestApp::new().await;
    let mut due = test.signed_in("client@demo.test").await;
    due.get("/home").await.ok();
    test.pass(120);
    let mut other = test.signed_in("client@demo.test").await;
    other.get("/home").await.ok();

    let writer = test.app.db.system().await.unwrap();
    // More than there are connections that read.
    let calls = (0..10).map(|_| {
        let mut tab = test.browser();
        tab.token = due.token.clone();
        async move { tab.get("/home").await.ok() }
    });
    let waiting = futures_util::future::join_all(calls);
    let reads = async {
        // The others have asked for the connection that writes by then.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let read = tokio::time::timeout(std::time::Duration::from_secs(3), other.get("/home"));
        read.await.expect("nobody holds a reader").ok();
        drop(writer);
    };
    tokio::join!(waiting, reads);
}

#[tokio::test]
async fn a23_a_contact_sees_own_devices_and_signs_one_out_there_or_all() {
    let test = TestApp::new().await;
    let mut phone = test.signed_in("client@demo.test").await;
    test.pass(60);
    let mut laptop = test.signed_in("client@demo.test").await;
    test.signed_in("spouse@demo.test").await;
    let devices = laptop.get("/devices").await.ok()["devices"].clone();
    let devices = devices.as_array().unwrap();
    assert_eq!(devices.len(), 2, "{devices:?}");
    let elsewhere = devices
        .iter()
        .find(|device| device["here"] == false)
        .unwrap();
    assert_eq!(elsewhere["name"], "Safari on iPhone");
    assert_eq!(elsewhere["origin"], SITE);
    assert_eq!(elsewhere["address"], "127.0.0.1");
    let path = format!("/devices/{}", elsewhere["id"].as_str().unwrap());
    assert_eq!(laptop.delete(&path).await.status, 204);
    laptop.delete(&path).await.refused(404, "not_found");
    phone.get("/home").await.refused(401, "session_ended");
    laptop.get("/home").await.ok();

    let mut phone = test.signed_in("client@demo.test").await;
    assert_eq!(
        phone
            .post("/sign-out", json!({ "everywhere": true }))
            .await
            .status,
        204
    );
    phone.get("/home").await.refused(401, "session_ended");
    laptop.get("/home").await.refused(401, "session_ended");
}

#[tokio::test]
async fn a23_nobody_signs_out_the_device_of_somebody_else() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut spouse = test.signed_in("spouse@demo.test").await;
    let devices = client.get("/devices").await.ok();
    let path = format!("/devices/{}", devices["devices"][0]["id"].as_str().unwrap());
    spouse.delete(&path).await.refused(404, "not_found");
    client.get("/home").await.ok();
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    assert_eq!(client.post("/sign-out", json!({})).await.status, 204);
    client.get("/home").await.refused(401, "session_ended");
}

#[tokio::test]
async fn l13_a18_a_contact_or_client_switched_off_is_out_at_the_next_request() {
    for sql in [
        "update contacts set active = false where email = 'client@demo.test'",
        "update clients set portal_enabled = false where name = 'Ada & Ben Carter'",
    ] {
        let test = TestApp::new().await;
        let mut client = test.signed_in("client@demo.test").await;
        execute(&test, sql).await;
        client.get("/home").await.refused(401, "session_ended");
        test.browser()
            .password("client@demo.test", PASSWORD)
            .await
            .refused(403, "access_disabled");
        test.browser()
            .post("/sign-in/code", json!({ "email": "client@demo.test" }))
            .await
            .refused(403, "access_disabled");
    }
}

#[tokio::test]
async fn l23_a_lapsed_or_unpaid_studio_is_locked_at_the_next_request_and_opens_again() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let studio = test.scope("demo").await;
    for (state, code, title) in [
        (Subscription::Expired, "subscription_expired", "Error 101"),
        (Subscription::PastDue, "subscription_past_due", "Error 102"),
    ] {
        let mut tx = test.app.db.write(&studio).await.unwrap();
        studios::store::save_subscription(&mut tx, state, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let problem = client.get("/home").await.refused(402, code);
        assert_eq!(problem["title"], title);
        assert_eq!(problem["support"]["name"], "Fernlight Studio");
        let settings = test.browser().get("/settings").await.ok();
        assert_eq!(settings["locked"]["title"], title);
        test.browser()
            .password("client@demo.test", PASSWORD)
            .await
            .refused(402, code);
    }
    let mut tx = test.app.db.write(&studio).await.unwrap();
    studios::store::save_subscription(&mut tx, Subscription::Active, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    client.get("/home").await.ok();
}

#[tokio::test]
async fn l1_the_master_switch_closes_the_portal_at_the_next_request() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let mut studio = test.scope("demo").await;
    studio.portal_enabled = false;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    studios::store::save_settings(&mut tx, &studio)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    client.get("/home").await.refused(403, "portal_closed");
    assert_eq!(
        test.browser().get("/settings").await.ok()["locked"]["code"],
        "portal_closed"
    );
}

#[tokio::test]
async fn b7_a_section_that_is_off_answers_as_if_it_were_not_there() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    let profile = client.get("/profile").await.ok();
    assert_eq!(profile["contact"]["first_name"], "Ada");
    assert_eq!(profile["client"]["address"]["city"], "Bath");
    let mut studio = test.scope("demo").await;
    studio.rights = Settings([(Right::PersonalInfo, false)].into());
    let mut tx = test.app.db.write(&studio).await.unwrap();
    studios::store::save_settings(&mut tx, &studio)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let off = client.get("/profile").await.refused(404, "not_found");
    let nowhere = client
        .get("/no-such-section")
        .await
        .refused(404, "not_found");
    assert_eq!(
        (&off["title"], &off["detail"]),
        (&nowhere["title"], &nowhere["detail"])
    );
    let rights = client.get("/home").await.ok()["rights"].clone();
    assert!(
        !rights.as_array().unwrap().contains(&json!("personal_info")),
        "{rights}"
    );
}

#[tokio::test]
async fn a19_rights_follow_contact_then_client_then_studio() {
    let test = TestApp::new().await;
    let mut office = test.signed_in("office@demo.test").await;
    let mut site = test.signed_in("site@demo.test").await;
    let has = |home: &serde_json::Value| {
        home["rights"]
            .as_array()
            .unwrap()
            .contains(&json!("see_everything"))
    };
    assert!(has(&office.get("/home").await.ok()));
    assert!(!has(&site.get("/home").await.ok()));
}

#[tokio::test]
async fn b8_what_staff_change_is_there_at_the_next_look() {
    let test = TestApp::new().await;
    let mut client = test.signed_in("client@demo.test").await;
    execute(
        &test,
        "update contacts set first_name = 'Augusta' where email = 'client@demo.test'",
    )
    .await;
    assert_eq!(
        client.get("/home").await.ok()["me"]["first_name"],
        "Augusta"
    );
}

#[tokio::test]
async fn a_session_is_bound_to_its_studio_and_its_website() {
    let test = TestApp::new().await;
    let client = test.signed_in("client@demo.test").await;
    let mut on_the_host = test.browser_at("demo", HOST);
    on_the_host.token = client.token.clone();
    on_the_host.get("/home").await.refused(401, "session_ended");
    portico::cli::create_studio(&test.app.db, "other", "Other".into(), &[SITE.into()])
        .await
        .unwrap();
    let mut other = test.browser_at("other", SITE);
    other.token = client.token.clone();
    other.get("/home").await.refused(404, "not_found");
}

#[tokio::test]
async fn secrets_are_stored_hashed() {
    let test = TestApp::new().await;
    let mut client = test.browser();
    let request = client.ask_code("client@demo.test").await;
    let code = test.code("client@demo.test").await;
    client.redeem(&request, &code).await.ok();
    let token = client.token.clone().unwrap();
    let link = test.link("new@demo.test").await;
    test.work().await;
    for secret in [&token, &request, &link] {
        assert!(
            !test.database_contains(secret).await,
            "a secret stands in the database"
        );
    }
    // The way of looking does find what is there.
    assert!(test.database_contains("client@demo.test").await);
}
