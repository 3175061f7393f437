//! Hostile input, races, a provider that is down, and webhooks nobody should believe.

use axum::{body::Body, http::Request};
use portico::{payments::stripe::sign, secrets::Secret};
use portico_sandbox::{Faults, Payer, cards::Card};
use serde_json::{Value, json};

use crate::{
    harness::Reply,
    till::{BACK, BY, KEY, SECRET, Till, at_once, in_two, minor, seen, start, wish},
};

const HOOK: &str = "/webhooks/stripe/demo";

async fn post(till: &Till, path: &str, header: Option<&str>, body: &str) -> Reply {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(header) = header {
        request = request.header("stripe-signature", header);
    }
    till.test
        .request(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn seconds(till: &Till) -> i64 {
    till.test.app.clock.now().micros() / 1_000_000
}

fn signed(till: &Till, secret: &str, apart: i64, body: &str) -> String {
    sign::header(
        &Secret::presented(secret),
        seconds(till) + apart,
        body.as_bytes(),
    )
}

fn event(id: &str, session: &str) -> String {
    json!({
        "id": id, "object": "event", "type": "checkout.session.completed", "created": 1, "livemode": false,
        "data": { "object": { "id": session, "object": "checkout.session", "payment_status": "paid", "amount_total": 999_999 } }
    })
    .to_string()
}

#[tokio::test]
async fn g2_forged_stale_future_doubled_and_reserialised_webhooks_change_nothing() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "hooks-first")
        .await
        .ok();
    let session = till.session(&begun).await;
    let body = event("evt_1", &session);
    for header in [
        None,
        Some("nonsense".to_owned()),
        Some(signed(&till, "whsec_wrong", 0, &body)),
        Some(signed(&till, SECRET, -301, &body)),
        Some(signed(&till, SECRET, 301, &body)),
        Some(signed(&till, SECRET, 0, &body.replace("evt_1", "evt_2"))),
    ] {
        assert_eq!(
            post(&till, HOOK, header.as_deref(), &body).await.status,
            400,
            "{header:?}"
        );
    }
    // Another writing of the same is not what was signed.
    let header = signed(&till, SECRET, 0, &body);
    let pretty =
        serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
    assert_eq!(post(&till, HOOK, Some(&header), &pretty).await.status, 400);
    assert_eq!(
        post(&till, "/webhooks/stripe/nobody", Some(&header), &body)
            .await
            .status,
        404
    );
    assert_eq!(
        post(&till, "/webhooks/stripe/lapsed", Some(&header), &body)
            .await
            .status,
        404
    );
    // Signed, and still only a reason to ask: the session was not paid, whatever the event says.
    for _ in 0..3 {
        assert_eq!(post(&till, HOOK, Some(&header), &body).await.status, 200);
    }
    till.test.work().await;
    assert_eq!(minor(&seen(&mut ada, invoice.id).await["paid"]), 0);
    let (events,): (i64,) = till
        .test
        .row(
            "select count(*) from provider_events where id = $1",
            "evt_1",
        )
        .await;
    assert_eq!(events, 1);
    // Too much, and no event at all.
    let long = "x".repeat(600 * 1024);
    let reply = post(&till, HOOK, Some(&signed(&till, SECRET, 0, &long)), &long).await;
    assert_eq!(reply.status, 413);
    for body in ["", "[]", "{}", "null"] {
        let header = signed(&till, SECRET, 0, body);
        assert_eq!(
            post(&till, HOOK, Some(&header), body).await.status,
            400,
            "{body}"
        );
    }
    till.checked().await;
}

#[tokio::test]
async fn g2_while_the_secret_changes_both_count_and_without_one_the_door_is_shut() {
    let till = Till::open().await;
    let body = event("evt_x", "cs_test_unknown");
    till.keys(Some("whsec_new"), Some(SECRET)).await;
    for secret in [SECRET, "whsec_new"] {
        let header = signed(&till, secret, 0, &body);
        assert_eq!(post(&till, HOOK, Some(&header), &body).await.status, 200);
    }
    till.keys(Some("whsec_new"), None).await;
    let header = signed(&till, SECRET, 0, &body);
    assert_eq!(post(&till, HOOK, Some(&header), &body).await.status, 400);
    till.keys(None, None).await;
    let header = signed(&till, "whsec_new", 0, &body);
    assert_eq!(post(&till, HOOK, Some(&header), &body).await.status, 404);
    till.test.work().await;
    assert!(
        !till.test.database_contains(KEY).await && !till.test.database_contains("whsec_new").await
    );
}

#[tokio::test]
async fn g2_what_is_paid_voided_drafted_or_not_ones_own_cannot_be_paid() {
    let till = Till::open().await;
    let mut ada = till.ada().await;
    let paid = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let begun = start(&mut ada, wish(&[paid.id], "everything"), "first-time")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    for choice in ["everything", "due", "deposit"] {
        start(
            &mut ada,
            wish(&[paid.id], choice),
            &format!("second-{choice}"),
        )
        .await
        .refused(409, "nothing_to_pay");
    }
    let voided = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let who = crate::quotes::person(&till.test, "client@demo.test").await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    portico::invoices::issue::void(&mut tx, voided.id, "Test", &BY)
        .await
        .unwrap();
    let draft = crate::till::draft(&mut tx, who, &[1_000], at_once(3)).await;
    tx.commit().await.unwrap();
    start(&mut ada, wish(&[voided.id], "everything"), "voided-1")
        .await
        .refused(409, "nothing_to_pay");
    start(&mut ada, wish(&[draft], "everything"), "drafted-1")
        .await
        .refused(404, "not_found");
    let unknown = portico_wire::InvoiceId::from_bytes([9; 16]);
    start(&mut ada, wish(&[unknown], "everything"), "unknown-1")
        .await
        .refused(404, "not_found");
    // Together with one that could be paid, too.
    let open = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    start(
        &mut ada,
        wish(&[open.id, unknown], "everything"),
        "unknown-2",
    )
    .await
    .refused(404, "not_found");
    let theirs = till.invoice("office@demo.test", &[1_000], at_once(3)).await;
    start(
        &mut ada,
        wish(&[open.id, theirs.id], "everything"),
        "foreign-2",
    )
    .await
    .refused(404, "not_found");
    // An instalment of another invoice.
    let other = till.invoice("client@demo.test", &[5_000], in_two()).await;
    let part = seen(&mut ada, other.id).await["instalments"][0]["id"].clone();
    let mut wrong = wish(&[open.id], "instalment");
    wrong["instalment"] = part;
    start(&mut ada, wrong, "foreign-part")
        .await
        .refused(404, "not_found");
    till.checked().await;
}

#[tokio::test]
async fn g2_only_a_page_of_the_studio_is_come_back_to() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    for (at, bad) in [
        "https://evil.example/",
        "http://127.0.0.1:8090@evil.example/",
        "http://127.0.0.1:8090.evil.example/",
        "http://127.0.0.1:8091/",
        "javascript:alert(1)",
        "//127.0.0.1:8090/",
        "/account.html",
        "",
        "http://127.0.0.1:8090\\@evil.example/",
        "http://127.0.0.1:8090/ space",
        "http://127.0.0.1:8090/{CHECKOUT_SESSION_ID}",
    ]
    .into_iter()
    .enumerate()
    {
        let mut sent = wish(&[invoice.id], "everything");
        sent["return_to"] = bad.into();
        let refused = start(&mut ada, sent, &format!("return-bad-{at}"))
            .await
            .refused(422, "invalid");
        assert_eq!(refused["field"], "return_to", "{bad}");
    }
    for (at, good) in [
        BACK,
        "http://127.0.0.1:8080/demo/client-portal#portico/payments",
    ]
    .into_iter()
    .enumerate()
    {
        let mut sent = wish(&[invoice.id], "everything");
        sent["return_to"] = good.into();
        start(&mut ada, sent, &format!("return-good-{at}"))
            .await
            .ok();
    }
}

#[tokio::test]
async fn g2_a_provider_that_is_down_or_slow_to_answer_costs_nobody_anything() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    till.sandbox.faults(
        KEY,
        Faults {
            api_down: true,
            ..Faults::default()
        },
    );
    let refused = start(&mut ada, wish(&[invoice.id], "everything"), "down-first")
        .await
        .refused(503, "provider_down");
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("Nothing was paid")
    );
    // The answer is lost after the work was done.
    till.sandbox.faults(
        KEY,
        Faults {
            lose_answer: 100,
            ..Faults::default()
        },
    );
    start(&mut ada, wish(&[invoice.id], "everything"), "lost-answer")
        .await
        .refused(503, "provider_down");
    till.sandbox.faults(KEY, Faults::default());
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "back-again")
        .await
        .ok();
    assert_eq!(till.sandbox.objects(KEY, "checkout.session").len(), 1);
    till.pay_by_card(&begun).await;
    till.settle().await;
    assert_eq!(seen(&mut ada, invoice.id).await["state"], "paid");
    till.checked().await;
}

#[tokio::test]
async fn g2_an_account_that_is_not_there_or_switched_off_takes_nothing() {
    let test = crate::harness::TestApp::new().await;
    let mut tx = test.app.db.write(&test.scope("demo").await).await.unwrap();
    portico::payments::store::account::enable(&mut tx, false)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    let page = ada.get("/invoices").await.ok();
    let open = page["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| minor(&one["balance"]) > 0)
        .unwrap();
    assert_eq!(open["can_pay"], false);
    let sent = json!({ "invoices": [open["id"]], "choice": "everything", "return_to": BACK });
    start(&mut ada, sent, "switched-off")
        .await
        .refused(409, "payments_off");
}

#[tokio::test]
async fn g2_a_second_real_payment_is_kept_as_credit_and_staff_are_told() {
    let till = Till::open().await;
    let invoice = till
        .invoice("client@demo.test", &[10_000], at_once(3))
        .await;
    let mut ada = till.ada().await;
    let held = minor(&ada.get("/payments").await.ok()["credit"][0]);
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "double-1")
        .await
        .ok();
    let session = till.session(&begun).await;
    // Paid on the provider's page, and by cash at the same moment: the page could not be closed in time.
    till.sandbox.faults(
        KEY,
        Faults {
            stop: true,
            ..Faults::default()
        },
    );
    till.sandbox
        .pay(KEY, &session, &Payer::card(Card::good()))
        .unwrap();
    let mut desk = till.test.staff("owner@demo.test").await;
    let path = format!("/admin/invoices/{}/payment", invoice.id);
    desk.get(&path).await;
    let act = desk.value("act").unwrap();
    let cash = [
        ("method", "cash"),
        ("amount", "120.00"),
        ("day", "2026-11-21"),
        ("act", act.as_str()),
    ];
    let reply = desk.post(&path, &cash).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    till.sandbox.faults(KEY, Faults::default());
    till.settle().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (after["state"].as_str(), minor(&after["paid"])),
        (Some("paid"), 12_000)
    );
    let page = ada.get("/payments").await.ok();
    assert_eq!(minor(&page["credit"][0]), held + 12_000);
    let told = till.test.messages("owner@demo.test").await;
    assert!(
        told.iter().any(|mail| mail.text.contains("kept as credit")),
        "{:?}",
        told.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
    till.checked().await;
}

#[tokio::test]
async fn g2_money_that_nobody_asked_for_is_shown_to_staff_until_they_say_whose_it_is() {
    let till = Till::open().await;
    let stripe = &till.test.app.stripe;
    let key = Secret::presented(KEY);
    let new = portico::payments::stripe::NewSession {
        reference: "somebody else's",
        currency: "GBP",
        lines: &[("A print".into(), 4_200)],
        email: Some("stranger@example.com"),
        studio: "Fernlight",
        back: "https://shop.example/",
        expires_at: seconds(&till) + 3_600,
    };
    let session = stripe.open_session(&key, "shop-1", &new).await.unwrap();
    till.sandbox
        .pay(KEY, &session.id, &Payer::card(Card::good()))
        .unwrap();
    till.settle().await;
    let mut desk = till.test.staff("owner@demo.test").await;
    let page = desk.get("/admin/payments?show=trouble").await;
    assert!(
        page.text.contains("Nobody knows whose it is") && page.text.contains("£42.00"),
        "{}",
        page.text
    );
    let at = page.text.split("/admin/payments/pay_").nth(1).unwrap();
    let path = format!("/admin/payments/pay_{}", &at[..32]);
    let (_, client) = crate::quotes::person(&till.test, "client@demo.test").await;
    let page = desk.get(&format!("{path}?client={client}")).await;
    assert!(
        page.text.contains("It is Ada &amp; Ben Carter"),
        "{}",
        page.text
    );
    desk.post(
        &format!("{path}/assign"),
        &[("client", &client.to_string())],
    )
    .await;
    let mut ada = till.ada().await;
    let credit = minor(&ada.get("/invoices").await.ok()["credit"][0]);
    assert!(credit >= 4_200);
    let page = desk.get("/admin/payments?show=trouble").await;
    assert!(!page.text.contains("£42.00"));
    till.checked().await;
}

#[tokio::test]
async fn g4_refunds_and_disputes_follow_whatever_order_they_are_told_in() {
    let till = Till::open().await;
    let invoice = till
        .invoice("client@demo.test", &[10_000], at_once(30))
        .await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "disputed-1")
        .await
        .ok();
    let session = till.pay_by_card(&begun).await;
    let charge = |till: &Till| {
        let intent = till.sandbox.object(KEY, &session).unwrap()["payment_intent"].clone();
        let intent = till.sandbox.object(KEY, intent.as_str().unwrap()).unwrap();
        intent["latest_charge"].as_str().unwrap().to_owned()
    };
    // Refunded at the provider before its payment was told.
    till.sandbox
        .refund(KEY, &charge(&till), Some(2_000))
        .unwrap();
    till.sandbox.faults(
        KEY,
        Faults {
            reorder: 100,
            duplicate: 100,
            ..Faults::default()
        },
    );
    till.settle().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (
            minor(&after["paid"]),
            after["payments"][0]["state"].as_str()
        ),
        (10_000, Some("part_refunded"))
    );
    let dispute = till.sandbox.dispute(KEY, &charge(&till)).unwrap();
    till.settle().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(after["payments"][0]["state"], "disputed");
    assert!(minor(&after["balance"]) >= 10_000, "{after}");
    assert!(
        till.test
            .messages("owner@demo.test")
            .await
            .iter()
            .any(|mail| mail.subject.contains("disputes"))
    );
    till.checked().await;
    till.sandbox.close_dispute(KEY, &dispute, true).unwrap();
    till.settle().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (
            minor(&after["paid"]),
            after["payments"][0]["state"].as_str()
        ),
        (10_000, Some("part_refunded"))
    );
    till.checked().await;
}

#[tokio::test]
async fn g4_entries_and_allocations_are_never_changed() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "frozen-1")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    for sql in [
        "update payment_entries set amount = 1 where $1 = $1 returning mark",
        "delete from payment_entries where $1 = $1 returning mark",
        "update payment_allocations set amount = 1 where $1 = $1 returning kind",
        "delete from payment_allocations where $1 = $1 returning kind",
        "update payments set amount = 1 where $1 = $1 returning currency",
        "delete from payments where $1 = $1 returning currency",
    ] {
        assert!(
            till.test.try_row::<(String,)>(sql, "x").await.is_err(),
            "{sql}"
        );
    }
}
