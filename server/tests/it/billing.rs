//! The studio's own subscription, as its owner, its clients and the provider meet it.

use axum::{body::Body, http::Request};
use portico::staff::Role;
use portico_sandbox::{Faults, Payer, cards::Card, signature};
use serde_json::json;

use crate::{
    desk::Desk,
    harness::{PASSWORD, Reply, SITE, TestApp},
    provider::{OPERATOR, OPERATOR_SECRET, Provider},
};

/// What a client of the studio hears at the door.
async fn door(test: &TestApp, studio: &str) -> Reply {
    let mut browser = test.browser_at(studio, SITE);
    browser.password("client@demo.test", PASSWORD).await
}

/// Presses a button on the billing page; where the owner is led to.
async fn led_to(desk: &mut Desk<'_>, verb: &str) -> String {
    desk.get("/admin/billing").await;
    let reply = desk.submit(&format!("/admin/billing/{verb}"), &[]).await;
    let refresh = reply
        .headers
        .get("refresh")
        .map(|value| value.to_str().unwrap().to_owned());
    let refresh = refresh.unwrap_or_else(|| panic!("{}", reply.text));
    refresh.strip_prefix("0; url=").unwrap().to_owned()
}

/// Renews and pays with a card.
async fn renew(world: &Provider, desk: &mut Desk<'_>, card: Card) {
    let url = led_to(desk, "renew").await;
    let session = url.rsplit('/').next().unwrap();
    // The first look, which finds nothing yet.
    world.test.work().await;
    world
        .sandbox
        .pay(OPERATOR, session, &Payer::card(card))
        .unwrap();
}

#[tokio::test]
async fn l23_only_owners_reach_billing_and_only_where_the_operator_takes_payments() {
    let world = Provider::new().await;
    let test = &world.test;
    test.add_staff("manager@lapsed.test", "Mia", "lapsed", Role::Manager)
        .await;
    let mut manager = test.staff("manager@lapsed.test").await;
    for verb in ["renew", "update"] {
        manager.get("/admin").await;
        let path = format!("/admin/billing/{verb}");
        assert_eq!(manager.submit(&path, &[]).await.status, 403, "{verb}");
    }
    assert!(world.sandbox.objects(OPERATOR, "customer").is_empty());
    let closed = TestApp::new().await;
    let mut owner = closed.staff("owner@lapsed.test").await;
    let page = owner.get("/admin/billing").await;
    assert!(!page.text.contains("/admin/billing/renew"));
    assert_eq!(owner.submit("/admin/billing/renew", &[]).await.status, 404);
    let request = Request::post("/webhooks/stripe")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(
        closed.request(request).await.status,
        404,
        "no secret: the endpoint is closed"
    );
}

#[tokio::test]
async fn l23_an_owner_renews_and_the_portal_opens_at_the_next_request() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
    let page = owner.get("/admin/billing").await.text;
    assert!(page.contains("Renew") && page.contains("Error 101"));
    renew(&world, &mut owner, Card::good()).await;
    // The provider has the money; nobody has told the server yet.
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
    world.settle().await;
    assert_eq!(door(&world.test, "lapsed").await.status, 200);
    let page = owner.get("/admin/billing").await.text;
    for part in [
        "Active",
        "$49.00 a month",
        "21 December 2026",
        "Receipts",
        "Paid</span>",
        "Update billing information",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("Error 101") && !page.contains("/admin/billing/renew"));
    let (who, before, after) = world.test.logged("subscription changed").await;
    assert_eq!(
        (who.as_str(), &before["state"], &after["state"]),
        ("Portico", &json!("expired"), &json!("active"))
    );
}

#[tokio::test]
async fn l23_who_comes_back_sees_it_at_once_and_the_address_alone_changes_nothing() {
    let world = Provider::new().await;
    world.sandbox.faults(
        OPERATOR,
        Faults {
            stop: true,
            ..Faults::default()
        },
    );
    let mut owner = world.test.staff("owner@lapsed.test").await;
    led_to(&mut owner, "renew").await;
    let page = owner.get("/admin/billing?back=1").await.text;
    assert!(page.contains("Error 101"), "nothing was paid");
    renew(&world, &mut owner, Card::good()).await;
    let page = owner.get("/admin/billing?back=1").await.text;
    assert!(page.contains("Active") && !page.contains("Error 101"));
}

#[tokio::test]
async fn l23_a_failed_renewal_is_102_until_it_is_paid_and_an_ended_plan_is_101() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    renew(&world, &mut owner, Card::test("4000000000000341")).await;
    world.settle().await;
    assert_eq!(door(&world.test, "lapsed").await.status, 200);
    let plan = world.newest(OPERATOR, "subscription");
    world.pass(30 * 86_400);
    world.sandbox.renew(OPERATOR, &plan, false).unwrap();
    world.settle().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_past_due"
    );
    // It is a month later: the owner signs in anew.
    let mut owner = world.test.staff("owner@lapsed.test").await;
    let page = owner.get("/admin/billing").await.text;
    for part in [
        "Error 102",
        "Payment failed",
        "21 December 2026",
        "Not paid",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let url = led_to(&mut owner, "update").await;
    assert!(url.contains("/p/session/bps_"), "{url}");
    let act = |fields: Vec<(&'static str, String)>| post_form(url.clone(), fields);
    assert_eq!(
        act(vec![
            ("act", "card".into()),
            ("card", "4242424242424242".into())
        ])
        .await,
        303
    );
    let invoice = world.newest(OPERATOR, "invoice");
    assert_eq!(act(vec![("act", "pay".into()), ("id", invoice)]).await, 303);
    world.settle().await;
    assert_eq!(door(&world.test, "lapsed").await.status, 200);
    world.sandbox.end_subscription(OPERATOR, &plan).unwrap();
    world.settle().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
    // And back once more.
    renew(&world, &mut owner, Card::good()).await;
    world.settle().await;
    assert_eq!(door(&world.test, "lapsed").await.status, 200);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a browser at the provider's page"
)]
async fn post_form(url: String, fields: Vec<(&'static str, String)>) -> u16 {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    client
        .post(url)
        .form(&fields)
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn l23_two_tabs_pay_once() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    let first = led_to(&mut owner, "renew").await;
    let second = led_to(&mut owner, "renew").await;
    assert_eq!(first, second);
    let session = first.rsplit('/').next().unwrap();
    world
        .sandbox
        .pay(OPERATOR, session, &Payer::card(Card::good()))
        .unwrap();
    // No webhook came; the form of the other tab asks first.
    owner.get("/admin/billing").await;
    let reply = owner.post("/admin/billing/renew", &[]).await;
    assert!(reply.text.contains("There is a subscription already."));
    assert_eq!(world.sandbox.objects(OPERATOR, "subscription").len(), 1);
    assert_eq!(world.sandbox.objects(OPERATOR, "customer").len(), 1);
}

#[tokio::test]
async fn l23_a_provider_that_is_down_or_loses_its_answer_costs_nothing() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    owner.get("/admin/billing").await;
    world.sandbox.faults(
        OPERATOR,
        Faults {
            api_down: true,
            ..Faults::default()
        },
    );
    let reply = owner.post("/admin/billing/renew", &[]).await;
    assert!(reply.text.contains("cannot be reached just now"));
    let page = owner.get("/admin/billing?back=1").await;
    assert_eq!(page.status, 200);
    world.sandbox.faults(
        OPERATOR,
        Faults {
            lose_answer: 100,
            ..Faults::default()
        },
    );
    for _ in 0..3 {
        owner.get("/admin/billing").await;
        owner.post("/admin/billing/renew", &[]).await;
    }
    world.sandbox.faults(OPERATOR, Faults::default());
    led_to(&mut owner, "renew").await;
    assert_eq!(world.sandbox.objects(OPERATOR, "customer").len(), 1);
    assert_eq!(world.sandbox.objects(OPERATOR, "checkout.session").len(), 1);
}

#[tokio::test]
async fn l23_webhooks_that_are_forged_stale_doubled_or_of_nobody_change_nothing() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    renew(&world, &mut owner, Card::good()).await;
    world.sandbox.faults(
        OPERATOR,
        Faults {
            sign_wrong: 100,
            forge: 100,
            ..Faults::default()
        },
    );
    world.settle().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
    world.sandbox.faults(
        OPERATOR,
        Faults {
            sign_stale: 100,
            ..Faults::default()
        },
    );
    world.settle().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
    // An event whose customer nobody has, well signed.
    let now = world.test.app.clock.now().micros() / 1_000_000;
    let body =
        r#"{"id":"evt_x","type":"invoice.paid","data":{"object":{"customer":"cus_nobody"}}}"#;
    let send = |body: &str, header: String| {
        let request = Request::post("/webhooks/stripe")
            .header("stripe-signature", header)
            .body(Body::from(body.to_owned()))
            .unwrap();
        world.test.request(request)
    };
    assert_eq!(
        send(body, signature(body, &[OPERATOR_SECRET], now))
            .await
            .status,
        200
    );
    assert_eq!(
        send("[]", signature("[]", &[OPERATOR_SECRET], now))
            .await
            .status,
        400
    );
    assert_eq!(send(body, "t=1,v1=00".into()).await.status, 400);
    world.sandbox.faults(
        OPERATOR,
        Faults {
            duplicate: 100,
            reorder: 100,
            ..Faults::default()
        },
    );
    let plan = world.newest(OPERATOR, "subscription");
    world.sandbox.renew(OPERATOR, &plan, true).unwrap();
    world.settle().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_past_due"
    );
    let (events, twice): (i64, i64) = world
        .test
        .row(
            "select count(*), count(*) - count(distinct id) from billing_events where kind <> $1",
            "-",
        )
        .await;
    assert!(events > 3 && twice == 0);
}

#[tokio::test]
async fn l23_what_no_webhook_told_is_found_within_a_day() {
    let world = Provider::new().await;
    let mut owner = world.test.staff("owner@lapsed.test").await;
    renew(&world, &mut owner, Card::good()).await;
    world.sandbox.faults(
        OPERATOR,
        Faults {
            stop: true,
            ..Faults::default()
        },
    );
    world.test.work().await;
    let plan = world.newest(OPERATOR, "subscription");
    world.pass(86_400 + 60);
    world.test.work().await;
    assert_eq!(door(&world.test, "lapsed").await.status, 200);
    world.sandbox.end_subscription(OPERATOR, &plan).unwrap();
    world.pass(86_400 + 60);
    world.test.work().await;
    assert_eq!(
        door(&world.test, "lapsed").await.json()["code"],
        "subscription_expired"
    );
}
