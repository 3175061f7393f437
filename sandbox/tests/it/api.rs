use portico_sandbox::{Faults, Payer, cards::Card};
use serde_json::Value;

use crate::{KEY, NOW, World, client, error, invoice};

fn told(status: u16, kind: &str, code: &str, param: &str) -> (u16, String, String, String) {
    (status, kind.into(), code.into(), param.into())
}

#[tokio::test]
async fn a_key_nobody_has_and_no_key_at_all_are_401() {
    let world = World::new().await;
    let ask = |key: &'static str| {
        let request = client().get(format!("{}/v1/account", world.origin));
        async move {
            let request = if key.is_empty() {
                request
            } else {
                request.bearer_auth(key)
            };
            request.send().await.unwrap().status().as_u16()
        }
    };
    assert_eq!(ask("").await, 401);
    assert_eq!(ask("sk_test_other").await, 401);
    assert_eq!(
        world.got("/v1/account").await["business_profile"]["name"],
        "Fernlight Studio"
    );
    let basic = client()
        .get(format!("{}/v1/account", world.origin))
        .basic_auth(KEY, Some(""))
        .send()
        .await
        .unwrap();
    assert_eq!(basic.status(), 200);
    assert_eq!(
        basic.headers()["stripe-version"],
        portico_sandbox::API_VERSION
    );
    assert!(
        basic.headers()["request-id"]
            .to_str()
            .unwrap()
            .starts_with("req_")
    );
}

#[tokio::test]
async fn a_parameter_stripe_does_not_document_is_refused_by_its_name() {
    let world = World::new().await;
    let path = "/v1/checkout/sessions";
    let with = |name: &'static str, value: &'static str| {
        let mut form = invoice("5000");
        form.retain(|(known, _)| *known != name);
        if value != "absent" {
            form.push((name, value));
        }
        form
    };
    let unknown = error(world.post(path, &with("invoice_id", "x")).await).await;
    assert_eq!(
        unknown,
        told(
            400,
            "invalid_request_error",
            "parameter_unknown",
            "invoice_id"
        )
    );
    let missing = error(world.post(path, &with("mode", "absent")).await).await;
    assert_eq!(
        missing,
        told(400, "invalid_request_error", "parameter_missing", "mode")
    );
    let missing = error(world.post(path, &with("success_url", "absent")).await).await;
    assert_eq!(missing.3, "success_url");
    let wrong = error(world.post(path, &with("success_url", "/account")).await).await;
    assert_eq!(wrong.2, "url_invalid");
    let wrong = error(world.post(path, &with("expires_at", "1")).await).await;
    assert_eq!(wrong.3, "expires_at");
    let amount = "line_items[0][price_data][unit_amount]";
    for (typed, code) in [
        ("12.50", "parameter_invalid_integer"),
        ("-1", "parameter_invalid_integer"),
        ("49", "amount_too_small"),
        ("100000000", "amount_too_large"),
    ] {
        let refused = error(world.post(path, &with(amount, typed)).await).await;
        assert_eq!(refused.2, code, "{typed}");
    }
    let json = client()
        .post(format!("{}{path}", world.origin))
        .bearer_auth(KEY)
        .json(&serde_json::json!({"mode": "payment"}))
        .send()
        .await
        .unwrap();
    assert_eq!(json.status(), 400);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_another_accounts_is_not_there() {
    let world = World::new().await;
    let session = world.paid("5000").await;
    world
        .sandbox
        .account("sk_test_other", "Other", None, "whsec_other");
    let path = format!(
        "/v1/payment_intents/{}",
        session["payment_intent"].as_str().unwrap()
    );
    let other = client()
        .get(format!("{}{path}", world.origin))
        .bearer_auth("sk_test_other")
        .send()
        .await
        .unwrap();
    assert_eq!(
        error(other).await,
        told(404, "invalid_request_error", "resource_missing", "intent")
    );
    assert_eq!(world.get(&path).await.status(), 200);
    assert_eq!(world.get("/v1/payouts").await.status(), 404);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_other_parameters_are_refused() {
    let world = World::new().await;
    let path = "/v1/checkout/sessions";
    let first: Value = world
        .post_under(path, &invoice("5000"), Some("one"))
        .await
        .json()
        .await
        .unwrap();
    let again = world.post_under(path, &invoice("5000"), Some("one")).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    let other = error(world.post_under(path, &invoice("6000"), Some("one")).await).await;
    assert_eq!((other.0, other.1.as_str()), (400, "idempotency_error"));
    // A refusal is not remembered: the corrected call may carry the same key.
    let refused = world.post_under(path, &invoice("1"), Some("two")).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(
        world
            .post_under(path, &invoice("5000"), Some("two"))
            .await
            .status(),
        200
    );
    world.clock.advance(86_400);
    let later: Value = world
        .post_under(path, &invoice("6000"), Some("one"))
        .await
        .json()
        .await
        .unwrap();
    assert_ne!(later["id"], first["id"]);
}

#[tokio::test]
async fn an_answer_lost_after_the_work_was_done_is_there_at_the_second_try() {
    let world = World::new().await;
    world.sandbox.faults(
        KEY,
        Faults {
            lose_answer: 100,
            ..Faults::default()
        },
    );
    let lost = client()
        .post(format!("{}/v1/checkout/sessions", world.origin))
        .bearer_auth(KEY)
        .header("Idempotency-Key", "k")
        .form(&invoice("5000"))
        .send()
        .await;
    assert!(lost.is_err());
    world.sandbox.faults(KEY, Faults::default());
    let again = world
        .post_under("/v1/checkout/sessions", &invoice("5000"), Some("k"))
        .await;
    assert_eq!(again.status(), 200);
    assert_eq!(world.sandbox.objects(KEY, "checkout.session").len(), 1);
    world.sandbox.faults(
        KEY,
        Faults {
            api_down: true,
            ..Faults::default()
        },
    );
    let down = error(world.get("/v1/account").await).await;
    assert_eq!((down.0, down.1.as_str()), (503, "api_error"));
}

#[tokio::test]
async fn a_paid_session_has_its_intent_charge_and_books() {
    let world = World::new().await;
    let session = world.session("12345").await;
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&"open".into(), &"unpaid".into())
    );
    assert_eq!(session["payment_intent"], Value::Null);
    assert_eq!(session["expires_at"], NOW + 86_400);
    assert!(
        session
            .as_object()
            .unwrap()
            .keys()
            .all(|name| !name.starts_with('_'))
    );
    let id = session["id"].as_str().unwrap();
    world
        .sandbox
        .pay(KEY, id, &Payer::card(Card::good()))
        .unwrap();
    let path = format!(
        "/v1/checkout/sessions/{id}?expand[]=payment_intent.latest_charge&expand[]=line_items"
    );
    let paid = world.got(&path).await;
    assert_eq!(
        (&paid["status"], &paid["payment_status"]),
        (&"complete".into(), &"paid".into())
    );
    assert_eq!(paid["payment_intent"]["metadata"]["invoice"], "inv_1");
    assert_eq!(paid["payment_intent"]["amount_received"], 12345);
    assert_eq!(paid["payment_intent"]["latest_charge"]["paid"], true);
    assert_eq!(
        paid["line_items"]["data"][0]["description"],
        "Invoice 2026-0007"
    );
    assert_eq!(world.sandbox.books(KEY)["usd"].received, 12_345);
    let twice = world.sandbox.pay(KEY, id, &Payer::card(Card::good()));
    assert!(twice.is_err(), "a session is paid once");
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another_one() {
    let world = World::new().await;
    let session = world.session("5000").await;
    let id = session["id"].as_str().unwrap();
    let declined = world
        .sandbox
        .pay(KEY, id, &Payer::card(Card::declined()))
        .unwrap_err();
    assert_eq!(
        (declined.code, declined.decline_code),
        (Some("card_declined"), Some("generic_decline"))
    );
    world
        .sandbox
        .pay(KEY, id, &Payer::card(Card::good()))
        .unwrap();
    let charges = world.sandbox.objects(KEY, "charge");
    assert_eq!(charges.len(), 2);
    assert_eq!(charges[0]["payment_intent"], charges[1]["payment_intent"]);
    assert_eq!(world.sandbox.books(KEY)["usd"].payments, 1);
}

#[tokio::test]
async fn a_session_expires_by_call_or_by_time_and_only_while_it_is_open() {
    let world = World::new().await;
    let first = world.session("5000").await;
    let path = format!(
        "/v1/checkout/sessions/{}/expire",
        first["id"].as_str().unwrap()
    );
    let expired: Value = world.post(&path, &[]).await.json().await.unwrap();
    assert_eq!(expired["status"], "expired");
    assert_eq!(world.post(&path, &[]).await.status(), 400);
    let second = world.session("5000").await;
    world.clock.advance(86_401);
    let id = second["id"].as_str().unwrap();
    assert!(
        world
            .sandbox
            .pay(KEY, id, &Payer::card(Card::good()))
            .is_err()
    );
    assert_eq!(
        world.got(&format!("/v1/checkout/sessions/{id}")).await["status"],
        "expired"
    );
    let events = world.got("/v1/events?type=checkout.session.expired").await;
    assert_eq!(events["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refund_never_exceeds_what_is_left() {
    let world = World::new().await;
    let session = world.paid("5000").await;
    let intent = session["payment_intent"].as_str().unwrap();
    let refund = |amount: &'static str| {
        let form = [("payment_intent", intent), ("amount", amount)];
        let world = &world;
        async move { world.post("/v1/refunds", &form).await }
    };
    let first: Value = refund("2000").await.json().await.unwrap();
    assert_eq!(
        (&first["object"], &first["status"]),
        (&"refund".into(), &"succeeded".into())
    );
    assert_eq!(error(refund("3001").await).await.3, "amount");
    assert_eq!(refund("0").await.status(), 400);
    assert_eq!(refund("3000").await.status(), 200);
    assert_eq!(error(refund("1").await).await.2, "charge_already_refunded");
    assert_eq!(
        error(world.post("/v1/refunds", &[]).await).await.2,
        "parameter_missing"
    );
    let sums = world.sandbox.books(KEY)["usd"];
    assert_eq!((sums.received, sums.refunded, sums.net()), (5000, 5000, 0));
    let listed = world
        .got(&format!("/v1/refunds?payment_intent={intent}&limit=1"))
        .await;
    assert_eq!(
        (
            listed["data"].as_array().unwrap().len(),
            &listed["has_more"]
        ),
        (1, &true.into())
    );
}

#[tokio::test]
async fn a_disputed_payment_cannot_be_refunded_and_comes_back_when_won() {
    let world = World::new().await;
    world.paid("5000").await;
    let charge = world.sandbox.objects(KEY, "charge")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let dispute = world.sandbox.dispute(KEY, &charge).unwrap();
    assert_eq!(
        world.sandbox.refund(KEY, &charge, None).unwrap_err().code,
        Some("charge_disputed")
    );
    assert_eq!(world.sandbox.books(KEY)["usd"].net(), 0);
    world.sandbox.close_dispute(KEY, &dispute, true).unwrap();
    assert_eq!(world.sandbox.books(KEY)["usd"].net(), 5000);
    assert_eq!(
        world.got(&format!("/v1/disputes/{dispute}")).await["status"],
        "won"
    );
}

#[tokio::test]
async fn lists_are_the_newest_first_and_walked_by_cursor() {
    let world = World::new().await;
    for amount in ["1000", "2000", "3000"] {
        world.session(amount).await;
    }
    let page = world.got("/v1/checkout/sessions?limit=2").await;
    assert_eq!(page["data"][0]["amount_total"], 3000);
    assert_eq!(page["has_more"], true);
    let last = page["data"][1]["id"].as_str().unwrap();
    let rest = world
        .got(&format!(
            "/v1/checkout/sessions?limit=2&starting_after={last}"
        ))
        .await;
    assert_eq!(rest["data"][0]["amount_total"], 1000);
    assert_eq!(rest["has_more"], false);
    assert_eq!(
        world.get("/v1/checkout/sessions?limit=101").await.status(),
        400
    );
    let none = world
        .got(&format!("/v1/checkout/sessions?created[gt]={NOW}"))
        .await;
    assert!(none["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_books_are_kept_in_a_file() {
    let file = std::env::temp_dir().join(format!("portico-sandbox-{}.json", std::process::id()));
    let open = || {
        let mut options = portico_sandbox::Options::new("http://127.0.0.1:1");
        options.file = Some(file.clone());
        portico_sandbox::Sandbox::new(options).unwrap()
    };
    let sandbox = open();
    sandbox.account(KEY, "Fernlight Studio", None, "whsec");
    sandbox.price(KEY, "price_kept", "Plan", (4900, "usd"), "month");
    drop(sandbox);
    assert!(open().object(KEY, "price_kept").is_some());
    std::fs::remove_file(file).unwrap();
}
