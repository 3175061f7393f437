//! Staff record, refund and put right, and set up the account.

use portico::{
    invoices::{Kind, issue},
    staff::Role,
};
use serde_json::Value;

use crate::{
    desk::Desk,
    till::{BY, KEY, Till, at_once, in_two, minor, seen, start, wish},
};

/// Records money by hand, as the page does it.
async fn record(desk: &mut Desk<'_>, invoice: portico_wire::InvoiceId, amount: &str) {
    let path = format!("/admin/invoices/{invoice}/payment");
    let page = desk.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let act = desk.value("act").unwrap();
    let fields = [
        ("method", "transfer"),
        ("amount", amount),
        ("day", "2026-11-20"),
        ("reference", "Statement 7"),
        ("mail", "true"),
        ("act", act.as_str()),
    ];
    let reply = desk.post(&path, &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// The path of the newest payment.
async fn newest(desk: &mut Desk<'_>) -> String {
    let page = desk.get("/admin/payments").await;
    let at = page.text.split("/admin/payments/pay_").nth(1).unwrap();
    format!("/admin/payments/pay_{}", &at[..32])
}

fn credit(page: &Value) -> i64 {
    page["credit"].as_array().unwrap().iter().map(minor).sum()
}

#[tokio::test]
async fn g4_staff_record_a_transfer_once_and_what_is_too_much_is_credit_to_use() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[10_000], in_two()).await;
    let mut ada = till.ada().await;
    let before = credit(&ada.get("/payments").await.ok());
    let mut desk = till.test.staff("owner@demo.test").await;
    let path = format!("/admin/invoices/{}/payment", invoice.id);
    desk.get(&path).await;
    let act = desk.value("act").unwrap();
    for (amount, day) in [
        ("-5", "2026-11-20"),
        ("0", "2026-11-20"),
        ("x", "2026-11-20"),
        ("5", "2026-11-22"),
        ("5", "1999-01-01"),
        ("5", "x"),
    ] {
        let fields = [
            ("method", "cash"),
            ("amount", amount),
            ("day", day),
            ("act", act.as_str()),
        ];
        assert_eq!(
            desk.post(&path, &fields).await.status,
            422,
            "{amount} {day}"
        );
    }
    let fields = [
        ("method", "cash"),
        ("amount", "36.00"),
        ("day", "2026-11-20"),
        ("mail", "true"),
        ("act", act.as_str()),
    ];
    // A form that is sent twice.
    desk.post(&path, &fields).await;
    desk.post(&path, &fields).await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (minor(&after["paid"]), after["state"].as_str()),
        (3_600, Some("part_paid"))
    );
    assert_eq!(after["instalments"][0]["state"], "paid");
    assert!(
        till.test
            .message("client@demo.test")
            .await
            .subject
            .starts_with("Receipt: £36.00")
    );
    record(&mut desk, invoice.id, "100.00").await;
    assert_eq!(seen(&mut ada, invoice.id).await["state"], "paid");
    assert_eq!(credit(&ada.get("/payments").await.ok()), before + 1_600);
    let next = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    desk.get(&format!("/admin/invoices/{}", next.id)).await;
    let used = desk
        .post(&format!("/admin/invoices/{}/use-credit", next.id), &[])
        .await;
    assert!(used.text.contains("£12.00 of the credit"), "{}", used.text);
    assert_eq!(seen(&mut ada, next.id).await["state"], "paid");
    till.checked().await;
}

#[tokio::test]
async fn g4_what_was_recorded_by_mistake_is_taken_back() {
    let till = Till::open().await;
    let invoice = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let mut desk = till.test.staff("owner@demo.test").await;
    record(&mut desk, invoice.id, "12.00").await;
    let path = newest(&mut desk).await;
    desk.get(&path).await;
    assert_eq!(
        desk.post(&format!("{path}/reverse"), &[("reason", "")])
            .await
            .status,
        422
    );
    let reply = desk
        .post(&format!("{path}/reverse"), &[("reason", "Wrong client")])
        .await;
    assert!(reply.text.contains("Taken back"), "{}", reply.text);
    let mut ada = till.ada().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (
            after["state"].as_str(),
            after["payments"][0]["state"].as_str()
        ),
        (Some("open"), Some("reversed"))
    );
    let (who, _, change) = till.test.logged("payment reversed").await;
    assert_eq!(
        (who.as_str(), change["note"].as_str()),
        ("Olivia Fern", Some("Wrong client"))
    );
    till.checked().await;
}

#[tokio::test]
async fn g4_owners_and_managers_refund_and_members_do_not() {
    let till = Till::open().await;
    let invoice = till
        .invoice("client@demo.test", &[10_000], at_once(3))
        .await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "to-refund")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    till.test
        .add_staff("manager@demo.test", "Mia Manager", "demo", Role::Manager)
        .await;
    let mut manager = till.test.staff("manager@demo.test").await;
    let path = newest(&mut manager).await;
    let mut member = till.test.staff("member@demo.test").await;
    let page = member.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("/refund"));
    let refund = format!("{path}/refund");
    let reply = member
        .post(&refund, &[("amount", "1.00"), ("act", "abcdefghij")])
        .await;
    assert_eq!(reply.status, 403);
    for (path, owner) in [("/admin/settings/payments", false)] {
        assert_eq!(manager.get(path).await.status.is_success(), owner);
    }
    manager.get(&path).await;
    let act = manager.value("act").unwrap();
    for wrong in ["0", "-1", "120.01", "x", ""] {
        let reply = manager
            .post(&refund, &[("amount", wrong), ("act", &act)])
            .await;
        assert_eq!(reply.status, 422, "{wrong}");
    }
    // Sent twice, refunded once.
    for _ in 0..2 {
        manager
            .post(&refund, &[("amount", "20.00"), ("act", &act)])
            .await;
    }
    till.settle().await;
    let after = seen(&mut ada, invoice.id).await;
    assert_eq!(
        (minor(&after["paid"]), minor(&after["balance"])),
        (10_000, 2_000)
    );
    assert!(
        till.test
            .message("client@demo.test")
            .await
            .text
            .contains("£20.00 back")
    );
    assert_eq!(till.sandbox.books(KEY)["gbp"].refunded, 2_000);
    let (who, ..) = till.test.logged("payment refunded").await;
    assert_eq!(who, "Mia Manager");
    till.checked().await;
}

#[tokio::test]
async fn g1_what_was_paid_goes_with_a_new_version_and_is_credit_after_a_void_or_a_credit_note() {
    let till = Till::open().await;
    let mut ada = till.ada().await;
    let mut desk = till.test.staff("owner@demo.test").await;
    let before = credit(&ada.get("/payments").await.ok());
    let old = till.invoice("client@demo.test", &[10_000], in_two()).await;
    record(&mut desk, old.id, "50.00").await;
    // Somebody is at the provider's page meanwhile.
    let begun = start(&mut ada, wish(&[old.id], "everything"), "old-version")
        .await
        .ok();
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let new = issue::correct(&mut tx, old.id, Kind::Invoice, &BY)
        .await
        .unwrap();
    issue::issue(&mut tx, &till.demo, new, &BY).await.unwrap();
    tx.commit().await.unwrap();
    till.settle().await;
    let session = till
        .sandbox
        .object(KEY, &till.session(&begun).await)
        .unwrap();
    assert_eq!(session["status"], "expired");
    let (was, is) = (seen(&mut ada, old.id).await, seen(&mut ada, new).await);
    assert_eq!(
        (was["state"].as_str(), minor(&was["balance"])),
        (Some("voided"), 0)
    );
    assert_eq!(
        (is["state"].as_str(), minor(&is["paid"])),
        (Some("part_paid"), 5_000)
    );
    till.checked().await;
    // A credit note takes back what was paid beyond it.
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let note = issue::correct(&mut tx, new, Kind::CreditNote, &BY)
        .await
        .unwrap();
    issue::issue(&mut tx, &till.demo, note, &BY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen(&mut ada, new).await["state"], "credited");
    assert_eq!(seen(&mut ada, note).await["state"], "credit_note");
    assert_eq!(credit(&ada.get("/payments").await.ok()), before + 5_000);
    till.checked().await;
    // And so does voiding.
    let third = till.invoice("client@demo.test", &[2_000], at_once(3)).await;
    record(&mut desk, third.id, "24.00").await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    issue::void(&mut tx, third.id, "Test", &BY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(credit(&ada.get("/payments").await.ok()), before + 7_400);
    till.checked().await;
}

#[tokio::test]
async fn g1_a_payment_on_its_way_while_the_invoice_is_replaced_pays_the_new_version() {
    let till = Till::open().await;
    let mut ada = till.ada().await;
    let old = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let begun = start(&mut ada, wish(&[old.id], "everything"), "on-its-way")
        .await
        .ok();
    let session = till.pay(&begun, &portico_sandbox::Payer::bank()).await;
    till.settle().await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let new = issue::correct(&mut tx, old.id, Kind::Invoice, &BY)
        .await
        .unwrap();
    issue::issue(&mut tx, &till.demo, new, &BY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen(&mut ada, new).await["state"], "pending");
    till.checked().await;
    let intent = till.sandbox.object(KEY, &session).unwrap()["payment_intent"].clone();
    till.sandbox
        .settle_bank(KEY, intent.as_str().unwrap(), true)
        .unwrap();
    till.settle().await;
    assert_eq!(seen(&mut ada, new).await["state"], "paid");
    till.checked().await;
}

#[tokio::test]
async fn g2_the_owner_sets_up_the_account_and_its_secrets_are_never_shown() {
    let till = Till::open().await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    portico::payments::store::account::save_webhook(&mut tx, None, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut desk = till.test.staff("owner@demo.test").await;
    let page = desk.get("/admin/settings/payments").await;
    assert!(
        page.text
            .contains("http://127.0.0.1:8080/webhooks/stripe/demo"),
        "{}",
        page.text
    );
    for wrong in ["", "pk_test_x", "sk_test_nobody", "sk_test_ bad", "x"] {
        let reply = desk
            .post("/admin/settings/payments/key", &[("secret_key", wrong)])
            .await;
        assert_eq!(reply.status, 422, "{wrong}");
    }
    let reply = desk
        .post("/admin/settings/payments/key", &[("secret_key", KEY)])
        .await;
    assert!(
        reply.text.contains("payments go to Fernlight Studio"),
        "{}",
        reply.text
    );
    assert_eq!(
        desk.post(
            "/admin/settings/payments/webhook",
            &[("webhook_secret", "x")]
        )
        .await
        .status,
        422
    );
    desk.post(
        "/admin/settings/payments/webhook",
        &[("webhook_secret", "whsec_first_one")],
    )
    .await;
    let page = desk
        .post(
            "/admin/settings/payments/webhook",
            &[("webhook_secret", "whsec_second_one")],
        )
        .await;
    assert!(page.text.contains("Two secrets count"), "{}", page.text);
    let page = desk.post("/admin/settings/payments/webhook/end", &[]).await;
    assert!(!page.text.contains("Two secrets count") && !page.text.contains("whsec_second"));
    for secret in [KEY, "whsec_first_one", "whsec_second_one"] {
        assert!(!till.test.database_contains(secret).await, "{secret}");
    }
    desk.post("/admin/settings/payments/switch", &[("enabled", "false")])
        .await;
    let page = desk.get("/admin/settings/payments").await;
    assert!(page.text.contains("Online payments are off"));
    let version = desk.value("version").unwrap();
    let fields = [
        ("version", version.as_str()),
        ("other_amount", "true"),
        ("least", "25"),
        ("tip", "true"),
    ];
    desk.post("/admin/settings/payments", &fields).await;
    let stale = desk.post("/admin/settings/payments", &fields).await;
    assert_eq!(stale.status, 409);
    till.test.logged("payment settings changed").await;
}

#[tokio::test]
async fn g1_staff_begin_an_invoice_from_nothing() {
    let till = Till::open().await;
    let mut desk = till.test.staff("owner@demo.test").await;
    let page = desk.get("/admin/invoices/new?q=Carter").await;
    assert!(page.text.contains("/invoices/new"), "{}", page.text);
    let (contact, client) = crate::quotes::person(&till.test, "client@demo.test").await;
    let path = format!("/admin/clients/{client}/invoices/new");
    assert_eq!(desk.get(&path).await.status, 200);
    let contact = contact.to_string();
    let mut fields = vec![
        ("title", "Extra prints"),
        ("currency", "GBP"),
        ("language", "en"),
        ("tax_mode", "exclusive"),
        ("line_name", "Print"),
        ("line_description", ""),
        ("line_quantity", "2"),
        ("line_unit", ""),
        ("line_price", "15.00"),
        ("line_discount", ""),
        ("line_tax", ""),
        ("line_choice", "fixed"),
        ("step_share", ""),
        ("step_when", "days"),
        ("step_value", "14"),
    ];
    assert_eq!(desk.post(&path, &fields).await.status, 422);
    fields.push(("to", contact.as_str()));
    let page = desk.post(&path, &fields).await;
    assert!(
        page.text.contains("Saved as a draft") && page.text.contains("Extra prints"),
        "{}",
        page.text
    );
    let version = desk.value("version").unwrap();
    let at = page.text.split("/admin/invoices/inv_").nth(1).unwrap();
    let id = format!("inv_{}", &at[..32]);
    desk.post(
        &format!("/admin/invoices/{id}/issue"),
        &[("version", &version)],
    )
    .await;
    let mut ada = till.ada().await;
    let invoice = ada.get(&format!("/invoices/{id}")).await.ok();
    assert_eq!(
        (minor(&invoice["total"]), invoice["can_pay"].as_bool()),
        (3_000, Some(true))
    );
}
