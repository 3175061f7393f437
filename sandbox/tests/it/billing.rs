use portico_sandbox::{Payer, cards::Card};
use serde_json::Value;

use crate::{KEY, NOW, World};

async fn subscribe(world: &World, card: Card) -> Value {
    let form = [
        ("mode", "subscription"),
        ("success_url", "https://portal.example.com/admin/billing"),
        ("line_items[0][price]", "price_studio"),
        ("line_items[0][quantity]", "1"),
        ("subscription_data[metadata][studio]", "studio_1"),
        ("customer_email", "owner@demo.test"),
    ];
    let session: Value = world
        .post("/v1/checkout/sessions", &form)
        .await
        .json()
        .await
        .unwrap();
    let id = session["id"].as_str().unwrap();
    world.sandbox.pay(KEY, id, &Payer::card(card)).unwrap();
    world
        .got(&format!("/v1/checkout/sessions/{id}?expand[]=subscription"))
        .await
}

#[tokio::test]
async fn a_subscription_is_active_with_a_paid_invoice() {
    let world = World::new().await;
    let session = subscribe(&world, Card::good()).await;
    let subscription = &session["subscription"];
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["metadata"]["studio"], "studio_1");
    let end = &subscription["items"]["data"][0]["current_period_end"];
    assert_eq!(*end, NOW + 30 * 86_400);
    let customer = session["customer"].as_str().unwrap();
    let invoices = world
        .got(&format!("/v1/invoices?customer={customer}"))
        .await;
    assert_eq!(invoices["data"][0]["status"], "paid");
    assert_eq!(invoices["data"][0]["amount_paid"], 4900);
    let page = invoices["data"][0]["hosted_invoice_url"].as_str().unwrap();
    let receipt = crate::client()
        .get(page)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(receipt.contains("$49.00") && receipt.contains("Portico Studio"));
}

#[tokio::test]
async fn a_renewal_that_fails_is_past_due_until_the_invoice_is_paid() {
    let world = World::new().await;
    let session = subscribe(&world, Card::test("4000000000000341")).await;
    let id = session["subscription"]["id"].as_str().unwrap().to_owned();
    world.sandbox.renew(KEY, &id, false).unwrap();
    assert_eq!(
        world.got(&format!("/v1/subscriptions/{id}")).await["status"],
        "past_due"
    );
    let form = [
        ("customer", session["customer"].as_str().unwrap()),
        ("return_url", "https://x.example/"),
    ];
    let portal: Value = world
        .post("/v1/billing_portal/sessions", &form)
        .await
        .json()
        .await
        .unwrap();
    let page = portal["url"].as_str().unwrap();
    let open = world.got("/v1/invoices?status=open").await;
    let invoice = open["data"][0]["id"].as_str().unwrap();
    let act = |form: Vec<(&'static str, String)>| async move {
        crate::client()
            .post(page)
            .form(&form)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    let pay = || vec![("act", "pay".to_owned()), ("id", invoice.to_owned())];
    assert_eq!(act(pay()).await, 422, "the card on file still refuses");
    assert_eq!(
        act(vec![
            ("act", "card".into()),
            ("card", "4111 1111 1111 1111".into())
        ])
        .await,
        422
    );
    assert_eq!(
        act(vec![
            ("act", "card".into()),
            ("card", "4242 4242 4242 4242".into())
        ])
        .await,
        303
    );
    assert_eq!(act(pay()).await, 303);
    let healed = world.got(&format!("/v1/subscriptions/{id}")).await;
    assert_eq!(healed["status"], "active");
    assert_eq!(
        healed["items"]["data"][0]["current_period_end"],
        NOW + 60 * 86_400
    );
    world.sandbox.end_subscription(KEY, &id).unwrap();
    assert!(world.sandbox.renew(KEY, &id, false).is_err());
    let ended = world
        .got("/v1/events?type=customer.subscription.deleted")
        .await;
    assert_eq!(ended["data"][0]["data"]["object"]["id"], id);
}

#[tokio::test]
async fn a_plan_that_was_cancelled_ends_with_its_period() {
    let world = World::new().await;
    let session = subscribe(&world, Card::good()).await;
    let id = session["subscription"]["id"].as_str().unwrap();
    let form = [("customer", session["customer"].as_str().unwrap())];
    let portal: Value = world
        .post("/v1/billing_portal/sessions", &form)
        .await
        .json()
        .await
        .unwrap();
    let page = portal["url"].as_str().unwrap();
    let act = [("act", "cancel"), ("id", id)];
    crate::client().post(page).form(&act).send().await.unwrap();
    assert_eq!(
        world.got(&format!("/v1/subscriptions/{id}")).await["cancel_at_period_end"],
        true
    );
    world.sandbox.renew(KEY, id, false).unwrap();
    assert_eq!(
        world.got(&format!("/v1/subscriptions/{id}")).await["status"],
        "canceled"
    );
}
