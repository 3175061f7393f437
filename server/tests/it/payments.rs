//! Clients see what they owe and pay it.

use portico_sandbox::{Faults, Payer, cards::Card};
use portico_wire::Right;
use serde_json::{Value, json};

use crate::till::{BACK, KEY, Till, at_once, in_two, minor, seen, start, wish};

#[tokio::test]
async fn g2_pay_now_leads_to_the_provider_and_back_and_g11_j4_j6_everybody_has_it_in_writing() {
    let till = Till::open().await;
    let invoice = till
        .invoice("client@demo.test", &[10_000], at_once(14))
        .await;
    let mut ada = till.ada().await;
    let before = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (before["state"].as_str(), minor(&before["payable"])),
        (Some("open"), 12_000)
    );
    assert_eq!(before["can_pay"], true);
    assert_eq!(before["pay"]["choices"][0]["choice"], "due");
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "pay-now-1")
        .await
        .ok();
    assert_eq!(
        (begun["state"].as_str(), minor(&begun["amount"])),
        (Some("open"), 12_000)
    );

    // The provider was told studio and amount, and where to come back to.
    let session = till
        .sandbox
        .object(KEY, &till.session(&begun).await)
        .unwrap();
    assert_eq!(
        (
            session["amount_total"].as_i64(),
            session["currency"].as_str()
        ),
        (Some(12_000), Some("gbp"))
    );
    let id = begun["id"].as_str().unwrap();
    let back =
        format!("http://127.0.0.1:8090/account.html?x=1&portico-checkout={id}#portico/invoices");
    assert_eq!(session["success_url"], back.as_str());
    assert!(
        session["custom_text"]["submit"]["message"]
            .as_str()
            .unwrap()
            .contains("Fernlight")
    );
    assert_eq!(session["customer_email"], "client@demo.test");

    // Coming back changes nothing by itself.
    let looked = ada.get(&format!("/payments/checkout/{id}")).await.ok();
    assert_eq!(looked["state"], "open");
    till.pay_by_card(&begun).await;
    till.settle().await;
    let looked = ada.get(&format!("/payments/checkout/{id}")).await.ok();
    assert_eq!(looked["state"], "paid");
    assert!(
        looked["url"].is_null() && looked["receipt"].is_string(),
        "{looked}"
    );
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (after["state"].as_str(), minor(&after["balance"])),
        (Some("paid"), 0)
    );
    assert_eq!(after["can_pay"], false);
    let paid = &after["payments"][0];
    assert_eq!(paid["detail"], "Visa •••• 4242");

    // The receipt as PDF, and by mail; the studio hears of it.
    let address = paid["receipt"]
        .as_str()
        .unwrap()
        .replace("http://127.0.0.1:8080", "");
    let pdf = till.test.get(&address).await;
    assert_eq!(
        (pdf.status.as_u16(), pdf.header("content-type")),
        (200, "application/pdf")
    );
    let mail = till.test.message("client@demo.test").await;
    assert!(
        mail.subject.starts_with("Receipt: £120.00"),
        "{}",
        mail.subject
    );
    assert!(
        mail.text.contains(invoice.number()) && mail.text.contains("Visa"),
        "{}",
        mail.text
    );
    let staff = till.test.message("owner@demo.test").await;
    assert!(staff.subject.contains("paid £120.00"), "{}", staff.subject);
    till.checked().await;
}

#[tokio::test]
async fn g1_the_list_is_paged_and_b2_home_says_what_is_due() {
    let till = Till::open().await;
    let mut ada = till.ada().await;
    let before = ada.get("/home").await.ok();
    let owed = before["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|due| minor(&due["total"]))
        .sum::<i64>();
    let mut made = Vec::new();
    for _ in 0..55 {
        made.push(
            till.invoice("client@demo.test", &[100], at_once(14))
                .await
                .id,
        );
        till.pass(1);
    }
    let home = ada.get("/home").await.ok();
    assert_eq!(minor(&home["due"][0]["total"]), owed + 55 * 120);
    let first = ada.get("/invoices").await.ok();
    assert_eq!(minor(&first["due"][0]["total"]), owed + 55 * 120);
    let ids = |page: &Value| -> Vec<String> {
        page["invoices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&first).len(), 50);
    assert_eq!(ids(&first)[0], made.last().unwrap().to_string());
    let next = ada
        .get(&format!(
            "/invoices?before={}",
            first["next"].as_str().unwrap()
        ))
        .await
        .ok();
    assert!(ids(&next).len() >= 5 && next["due"].as_array().unwrap().is_empty());
    assert!(ids(&next).iter().all(|id| !ids(&first).contains(id)));
    // Overdue a month later, by the studio's calendar.
    till.pass(20 * 86_400);
    let mut ada = till.ada().await;
    let late = ada.get("/home").await.ok();
    assert!(minor(&late["due"][0]["overdue"]) >= 55 * 120, "{late}");
    let first = ada.get("/invoices").await.ok();
    assert_eq!(first["invoices"][0]["state"], "overdue");
}

#[tokio::test]
async fn g3_each_instalment_can_be_paid_and_the_oldest_is_covered_first() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[10_000], in_two()).await;
    let mut ada = till.ada().await;
    let mine = |all: &Value| -> Vec<Value> {
        let all = all["instalments"].as_array().unwrap().iter();
        all.filter(|one| one["invoice"] == invoice.id.to_string())
            .cloned()
            .collect()
    };
    let due = mine(&ada.get("/payments-due").await.ok());
    let amounts: Vec<i64> = due.iter().map(|one| minor(&one["payable"])).collect();
    assert_eq!(amounts, [3_600, 8_400]);
    let mut sent = wish(&[invoice.id], "instalment");
    sent["instalment"] = due[1]["id"].clone();
    let begun = start(&mut ada, sent, "instalment-1").await.ok();
    assert_eq!(minor(&begun["amount"]), 8_400);
    till.pay_by_card(&begun).await;
    till.settle().await;
    let due = mine(&ada.get("/payments-due").await.ok());
    assert_eq!((due.len(), minor(&due[0]["balance"])), (1, 3_600));
    assert_eq!(due[0]["state"], "part_paid");
    till.checked().await;
}

#[tokio::test]
async fn g7_deposit_or_everything_and_g6_another_amount_within_the_limits() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[10_000], in_two()).await;
    let mut ada = till.ada().await;
    let choices = seen(&mut ada, invoice.id).await["pay"].clone();
    let told: Vec<(&str, i64)> = choices["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["choice"].as_str().unwrap(), minor(&one["amount"])))
        .collect();
    assert_eq!(told, [("deposit", 3_600), ("everything", 12_000)]);
    assert_eq!(minor(&choices["other"]["most"]), 12_000);
    let begun = start(&mut ada, wish(&[invoice.id], "deposit"), "deposit-1")
        .await
        .ok();
    assert_eq!(minor(&begun["amount"]), 3_600);
    till.pay_by_card(&begun).await;
    till.settle().await;

    till.allow(|limits| limits.least = 1_000).await;
    let mut other = wish(&[invoice.id], "amount");
    for wrong in [-1, 0, 999, 8_401, i64::MAX, i64::MIN] {
        other["amount"] = wrong.into();
        let reply = start(&mut ada, other.clone(), "other-wrong").await;
        assert_eq!(reply.refused(422, "invalid")["field"], "amount", "{wrong}");
    }
    for wrong in [json!(1.5), json!("1000"), json!(1e30)] {
        other["amount"] = wrong;
        start(&mut ada, other.clone(), "other-wrong")
            .await
            .refused(400, "malformed");
    }
    other["amount"] = 2_000.into();
    let begun = start(&mut ada, other.clone(), "other-right").await.ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    assert_eq!(minor(&seen(&mut ada, invoice.id).await["balance"]), 6_400);
    // What was shown is what is paid, or nothing is begun.
    let mut stale = wish(&[invoice.id], "everything");
    stale["amount"] = 8_400.into();
    start(&mut ada, stale, "stale-sum")
        .await
        .refused(409, "conflict");
    till.allow(|limits| limits.other_amount = false).await;
    start(&mut ada, other, "other-closed")
        .await
        .refused(422, "invalid");
    assert!(seen(&mut ada, invoice.id).await["pay"]["other"].is_null());
    till.checked().await;
}

#[tokio::test]
async fn g8_several_invoices_are_paid_at_once() {
    let till = Till::open().await;
    let first = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let second = till.invoice("client@demo.test", &[2_000], at_once(9)).await;
    let mut ada = till.ada().await;
    let begun = start(
        &mut ada,
        wish(&[second.id, first.id], "everything"),
        "several-1",
    )
    .await
    .ok();
    assert_eq!(minor(&begun["amount"]), 3_600);
    till.pay_by_card(&begun).await;
    till.settle().await;
    for invoice in [&first, &second] {
        assert_eq!(seen(&mut ada, invoice.id).await["state"], "paid");
    }
    let paid = ada.get("/payments").await.ok()["payments"][0].clone();
    assert_eq!(paid["invoices"].as_array().unwrap().len(), 2);
    till.checked().await;
}

#[tokio::test]
async fn g8_the_oldest_of_more_than_can_be_paid_at_once_are_offered() {
    let till = Till::open().await;
    let mut numbers = Vec::new();
    for _ in 0..52 {
        let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
        numbers.push(invoice.number().to_owned());
        till.pass(1);
    }
    let mut ada = till.ada().await;
    let form = ada.get("/payments/form?of=GBP").await.ok();
    let offered = form["answers"]["invoices"]["choices"]["options"]
        .as_array()
        .unwrap();
    assert_eq!(offered.len(), 50);
    let is_offered = |number: &String| {
        offered
            .iter()
            .any(|it| it.as_str().unwrap().contains(number))
    };
    assert!(numbers[..40].iter().all(is_offered), "{offered:?}");
    assert!(!numbers[50..].iter().any(is_offered), "{offered:?}");
    let sent = json!({ "answers": form["answers"], "page": BACK });
    let begun = ada
        .post_once("/payments/form?of=GBP", sent, "oldest-of-many")
        .await
        .ok();
    assert!(begun["leave"]["url"].is_string(), "{begun}");
}

#[tokio::test]
async fn g12_a_tip_and_a_prepayment_where_the_studio_takes_them() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    till.allow(|limits| (limits.tip, limits.prepay) = (false, false))
        .await;
    let mut ada = till.ada().await;
    let held = minor(&ada.get("/payments").await.ok()["credit"][0]);
    let mut tipped = wish(&[invoice.id], "everything");
    tipped["tip"] = 300.into();
    start(&mut ada, tipped.clone(), "tip-closed")
        .await
        .refused(422, "invalid");
    let ahead = json!({ "choice": "amount", "amount": 5_000, "return_to": BACK });
    start(&mut ada, ahead.clone(), "ahead-closed")
        .await
        .refused(422, "invalid");
    till.allow(|limits| (limits.tip, limits.prepay) = (true, true))
        .await;
    let begun = start(&mut ada, tipped, "tip-open").await.ok();
    assert_eq!(
        (minor(&begun["amount"]), minor(&begun["tip"])),
        (1_200, 300)
    );
    till.pay_by_card(&begun).await;
    let begun = start(&mut ada, ahead, "ahead-open").await.ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    let page = ada.get("/payments").await.ok();
    assert_eq!(minor(&page["credit"][0]), held + 5_000);
    let tipped = page["payments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| minor(&one["tip"]) == 300)
        .unwrap();
    assert_eq!(
        (minor(&tipped["amount"]), minor(&tipped["credit"])),
        (1_500, 0)
    );
    assert!(ada.get("/invoices").await.ok()["prepay"].is_object());
    till.checked().await;
}

#[tokio::test]
async fn g4_a_bank_payment_under_way_shows_as_pending_until_it_came_or_failed() {
    let till = Till::open().await;
    let mut ada = till.ada().await;
    for (arrives, act) in [(true, "bank-comes"), (false, "bank-fails")] {
        till.pass(1);
        let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
        let begun = start(&mut ada, wish(&[invoice.id], "everything"), act)
            .await
            .ok();
        let session = till.pay(&begun, &Payer::bank()).await;
        till.settle().await;
        let waits = seen(&mut ada, invoice.id).await;
        assert_eq!(
            (waits["state"].as_str(), minor(&waits["balance"])),
            (Some("pending"), 1_200)
        );
        assert_eq!(
            (minor(&waits["payable"]), waits["can_pay"].as_bool()),
            (0, Some(false))
        );
        let listed = ada.get("/payments").await.ok()["payments"][0].clone();
        assert_eq!(
            (listed["state"].as_str(), minor(&listed["amount"])),
            (Some("pending"), 1_200)
        );
        let row = ada.get("/invoices").await.ok()["invoices"][0].clone();
        assert_eq!(row["id"], json!(invoice.id));
        for name in ["state", "balance", "can_pay"] {
            assert_eq!(row[name], waits[name], "{name} in the list");
        }
        till.checked().await;
        // It cannot be paid a second time meanwhile.
        start(
            &mut ada,
            wish(&[invoice.id], "everything"),
            &format!("{act}-again"),
        )
        .await
        .refused(409, "nothing_to_pay");
        let intent = till.sandbox.object(KEY, &session).unwrap()["payment_intent"].clone();
        till.sandbox
            .settle_bank(KEY, intent.as_str().unwrap(), arrives)
            .unwrap();
        till.settle().await;
        let over = seen(&mut ada, invoice.id).await;
        let state = ada
            .get(&format!(
                "/payments/checkout/{}",
                begun["id"].as_str().unwrap()
            ))
            .await
            .ok();
        if arrives {
            assert_eq!(
                (over["state"].as_str(), state["state"].as_str()),
                (Some("paid"), Some("paid"))
            );
        } else {
            assert_eq!(
                (over["state"].as_str(), state["state"].as_str()),
                (Some("open"), Some("failed"))
            );
            assert!(
                till.test
                    .message("client@demo.test")
                    .await
                    .text
                    .contains("did not go through")
            );
            assert_eq!(over["can_pay"], true);
        }
        till.checked().await;
    }
}

#[tokio::test]
async fn g5_l14_seeing_and_paying_are_rights_apart() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    // Somebody of the same client whom it does not name, and a stranger.
    for email in ["spouse@demo.test", "office@demo.test"] {
        let mut other = till.test.signed_in(email).await;
        other
            .get(&format!("/invoices/{}", invoice.id))
            .await
            .refused(404, "not_found");
        start(&mut other, wish(&[invoice.id], "everything"), "not-mine-1")
            .await
            .refused(404, "not_found");
    }
    till.test
        .switch_right("client@demo.test", Right::Pay, false)
        .await;
    assert_eq!(seen(&mut ada, invoice.id).await["can_pay"], false);
    start(&mut ada, wish(&[invoice.id], "everything"), "may-not-pay")
        .await
        .refused(403, "forbidden");
    till.test
        .switch_right("client@demo.test", Right::Pay, true)
        .await;
    for section in [Right::Invoices, Right::PaymentsDue, Right::Payments] {
        till.test
            .switch_right("client@demo.test", section, false)
            .await;
    }
    for path in ["/invoices", "/payments-due", "/payments"] {
        ada.get(path).await.refused(404, "not_found");
    }
    ada.get(&format!("/invoices/{}", invoice.id))
        .await
        .refused(404, "not_found");
    start(&mut ada, wish(&[invoice.id], "everything"), "sees-nothing")
        .await
        .refused(404, "not_found");
    assert!(
        ada.get("/home").await.ok()["due"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn e10_an_unsigned_contract_keeps_the_payment_waiting_and_is_named() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut contracts = crate::contracts::desk(&till.test);
    contracts.draft.gates_payment = true;
    contracts.draft.asks_code = false;
    contracts.draft.title = "Terms of the day".into();
    let contract = contracts.send(&["client@demo.test"]).await;
    let mut ada = till.ada().await;
    let waits = seen(&mut ada, invoice.id).await;
    assert_eq!(
        waits["waits_for"],
        json!({ "contract": contract.to_string(), "title": "Terms of the day" })
    );
    assert!(waits["pay"].is_null());
    let refused = start(&mut ada, wish(&[invoice.id], "everything"), "gated-first").await;
    let refused = refused.refused(409, "payment_waits");
    assert_eq!(refused["field"], contract.to_string());
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("Terms of the day")
    );
    crate::contracts::sign(&mut ada, contract, "Ada Carter", "sign-it-1")
        .await
        .ok();
    assert!(seen(&mut ada, invoice.id).await["waits_for"].is_null());
    start(&mut ada, wish(&[invoice.id], "everything"), "gated-second")
        .await
        .ok();
}

#[tokio::test]
async fn f2_the_invoice_of_an_accepted_quote_is_paid() {
    let till = Till::open().await;
    let quote = crate::quotes::sent(&till.test, &["client@demo.test"], "To be paid", None).await;
    let mut ada = till.ada().await;
    let shown = ada.get(&format!("/quotes/{quote}")).await.ok();
    let sent =
        json!({ "chosen": [], "version": shown["version"], "total": shown["total"]["minor"] });
    ada.post_once(&format!("/quotes/{quote}/accept"), sent, "accept-to-pay")
        .await
        .ok();
    let page = ada.get("/invoices").await.ok();
    let all = page["invoices"].as_array().unwrap();
    let listed = all.iter().find(|one| one["title"] == "To be paid").unwrap();
    let id = listed["id"].as_str().unwrap().parse().unwrap();
    let begun = start(&mut ada, wish(&[id], "everything"), "quote-paid")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    assert_eq!(seen(&mut ada, id).await["state"], "paid");
}

#[tokio::test]
async fn g2_two_tabs_get_the_same_page_and_another_wish_closes_it_first() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[10_000], in_two()).await;
    let (mut one, mut two) = (till.ada().await, till.ada().await);
    let (first, second) = tokio::join!(
        start(&mut one, wish(&[invoice.id], "everything"), "tab-one-1"),
        start(&mut two, wish(&[invoice.id], "everything"), "tab-two-1"),
    );
    let (first, second) = (first.ok(), second.ok());
    assert_eq!(
        (&first["id"], &first["url"]),
        (&second["id"], &second["url"])
    );
    let deposit = start(&mut two, wish(&[invoice.id], "deposit"), "tab-two-2")
        .await
        .ok();
    assert_ne!(first["id"], deposit["id"]);
    let session = till
        .sandbox
        .object(KEY, &till.session(&first).await)
        .unwrap();
    assert_eq!(session["status"], "expired");
    // The same act once more is the same checkout.
    let again = start(&mut two, wish(&[invoice.id], "deposit"), "tab-two-2")
        .await
        .ok();
    assert_eq!(again["id"], deposit["id"]);
    till.pay_by_card(&deposit).await;
    till.settle().await;
    assert_eq!(minor(&seen(&mut one, invoice.id).await["paid"]), 3_600);
    till.checked().await;
}

#[tokio::test]
async fn g2_what_no_webhook_told_is_asked_for() {
    let till = Till::open().await;
    till.sandbox.faults(
        KEY,
        Faults {
            stop: true,
            ..Faults::default()
        },
    );
    let mut ada = till.ada().await;
    // By the client's return.
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "no-hook-1")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    let path = format!("/payments/checkout/{}", begun["id"].as_str().unwrap());
    till.pass(5);
    ada.get(&path).await.ok();
    till.test.work().await;
    assert_eq!(ada.get(&path).await.ok()["state"], "paid");
    // By the worker, where nobody came back.
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "no-hook-2")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.pass(700);
    till.test.work().await;
    assert_eq!(seen(&mut ada, invoice.id).await["state"], "paid");
    // A page nobody paid on is over in time.
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "no-hook-3")
        .await
        .ok();
    for _ in 0..30 {
        till.pass(700);
        till.test.work().await;
    }
    let mut ada = till.ada().await;
    let over = ada
        .get(&format!(
            "/payments/checkout/{}",
            begun["id"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(over["state"], "expired");
    till.checked().await;
}

#[tokio::test]
async fn g2_a_card_that_is_declined_leaves_the_page_open() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "declined-1")
        .await
        .ok();
    let session = till.session(&begun).await;
    assert!(
        till.sandbox
            .pay(KEY, &session, &Payer::card(Card::declined()))
            .is_err()
    );
    till.settle().await;
    assert_eq!(seen(&mut ada, invoice.id).await["state"], "open");
    till.pay_by_card(&begun).await;
    till.settle().await;
    assert_eq!(seen(&mut ada, invoice.id).await["state"], "paid");
    till.checked().await;
}
