//! Forms of the product's own: what the server asks with is answered at the same address.

use serde_json::{Value, json};

use crate::{
    harness::TestApp,
    till::{Till, at_once, minor, seen},
};

fn ids(prompt: &Value) -> Vec<&str> {
    let fields = prompt["form"]["fields"].as_array().unwrap();
    fields.iter().map(|it| it["id"].as_str().unwrap()).collect()
}

fn choice(option: &str) -> Value {
    json!({ "choices": { "options": [option] } })
}

const BOOKING: &str = "/events/booking/form";

#[tokio::test]
async fn h5_h7_a_booking_is_filled_in_where_it_is_wrong_it_is_told_at_the_field_and_sent_once() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let prompt = ada.get(BOOKING).await.ok();
    assert_eq!(&ids(&prompt)[..5], ["kind", "starts", "from", "to", "ends"]);
    let title = json!({ "text": "Pictures in the park" });
    let mut answers =
        json!({ "title": title, "starts": { "date": "2027-05-22" }, "to": { "time": "01:00" } });
    for (field, add) in [
        ("kind", json!({ "kind": choice("Company event") })),
        ("from", json!({ "kind": choice("Portrait session") })),
        (
            "starts",
            json!({ "from": { "time": "20:00" }, "starts": { "date": "2026-01-05" } }),
        ),
    ] {
        for (id, answer) in add.as_object().unwrap() {
            answers[id] = answer.clone();
        }
        let refused = ada
            .post_once(BOOKING, json!({ "answers": answers }), "prompt-booking-1")
            .await;
        let problem = refused.refused(422, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
    }
    answers["starts"] = json!({ "date": "2027-05-22" });
    let sent = json!({ "answers": answers });
    let done = ada
        .post_once(BOOKING, sent.clone(), "prompt-booking-2")
        .await
        .ok();
    let path = done["path"].as_str().unwrap().to_owned();
    let again = ada.post_once(BOOKING, sent, "prompt-booking-2").await.ok();
    assert_eq!(again["path"], path.as_str());
    let event = ada.get(&format!("/{path}")).await.ok();
    // It ends in the night after, as nobody said another day.
    assert_eq!(
        [&event["state"], &event["starts"], &event["ends"]],
        ["to_be_confirmed", "2027-05-22T20:00", "2027-05-23T01:00"]
    );

    // Asked to be moved, at the same kind of form.
    let form = format!("/{path}/form");
    let prompt = ada.get(&form).await.ok();
    assert_eq!(prompt["answers"]["from"]["time"], "20:00");
    let mut answers = prompt["answers"].clone();
    answers["starts"] = json!({ "date": "2027-05-29" });
    answers["ends"] = json!({ "date": "2027-05-30" });
    let done = ada
        .post_once(&form, json!({ "answers": answers }), "prompt-move-1")
        .await
        .ok();
    assert_eq!(done["path"], path.as_str());
    let event = ada.get(&format!("/{path}")).await.ok();
    assert_eq!(event["request"]["starts"], "2027-05-29T20:00");
    let mut ben = test.signed_in("spouse@demo.test").await;
    ben.get(&form).await.refused(404, "not_found");
}

#[tokio::test]
async fn h8_an_earlier_event_fills_the_form_in() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let wedding = crate::events::id_by_title(&mut ada, "Ada and Ben’s wedding").await;
    let prompt = ada.get(&format!("{BOOKING}?from={wedding}")).await.ok();
    let answers = &prompt["answers"];
    assert_eq!(answers["venue"]["text"], "Walcot Gardens");
    assert_eq!(answers["kind"], choice("Wedding"));
    assert_eq!(answers["from"]["time"], "12:00");
    assert!(answers["starts"].is_null());
    let mut grace = test.signed_in("office@demo.test").await;
    let foreign = format!("{BOOKING}?from={wedding}");
    grace.get(&foreign).await.refused(404, "not_found");
}

#[tokio::test]
async fn g2_g6_g7_g12_pay_now_says_what_the_choice_comes_to_and_leads_to_the_provider() {
    let till = Till::open().await;
    let invoice = till
        .invoice("client@demo.test", &[10_000], at_once(14))
        .await;
    let mut ada = till.ada().await;
    let path = format!("/payments/form?of={}", invoice.id);
    let prompt = ada.get(&path).await.ok();
    let adds = prompt["total"]["adds"].as_array().unwrap();
    assert_eq!(adds[0]["minor"], 12_000, "{prompt}");
    let answers = prompt["answers"].clone();
    let page = "http://127.0.0.1:8090/account.html";
    let wrong = json!({ "answers": answers, "total": 11_999, "page": page });
    ada.post_once(&path, wrong, "prompt-pay-1")
        .await
        .refused(409, "conflict");
    let sent = json!({ "answers": answers, "total": 12_000, "page": page });
    let done = ada.post_once(&path, sent, "prompt-pay-2").await.ok();
    assert_eq!(done["path"], format!("invoices/{}", invoice.id));
    let checkout = json!({ "id": done["leave"]["checkout"], "url": done["leave"]["url"] });
    till.pay_by_card(&checkout).await;
    till.settle().await;
    assert_eq!(minor(&seen(&mut ada, invoice.id).await["balance"]), 0);
    let nothing = ada.get(&path).await.refused(409, "conflict");
    assert!(
        nothing["detail"]
            .as_str()
            .unwrap()
            .contains("nothing that can be paid")
    );
    // Nobody else's, and nothing that is none.
    let mut grace = till.test.signed_in("office@demo.test").await;
    grace.get(&path).await.refused(404, "not_found");
    grace
        .get("/payments/form?of=nothing")
        .await
        .refused(409, "conflict");
    till.checked().await;
}
