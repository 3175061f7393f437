//! What waits for a contract's signatures, and what does not: E10.

use portico::contracts::{Belongs, store};
use portico_wire::{ContractId, InvoiceId};
use serde_json::{Value, json};

use crate::{
    contracts::sign,
    harness::Browser,
    quotes::person,
    till::{BACK, BY, Till, at_once, seen, start, wish},
};

/// A contract for Ada that keeps payments waiting.
async fn gating(till: &Till, title: &str, belongs: Belongs) -> ContractId {
    let mut desk = crate::contracts::desk(&till.test);
    desk.draft.gates_payment = true;
    desk.draft.asks_code = false;
    desk.draft.title = title.into();
    desk.draft.belongs = belongs;
    desk.send(&["client@demo.test"]).await
}

fn invoice(id: InvoiceId) -> Belongs {
    Belongs {
        invoice: Some(id),
        ..Belongs::default()
    }
}

/// The contract the refusal leads to, and what it says.
fn refusal(refused: &Value) -> (String, String) {
    let text = |name: &str| refused[name].as_str().unwrap_or_default().to_owned();
    (text("field"), text("detail"))
}

async fn pay_all(ada: &mut Browser<'_>, ids: &[InvoiceId], act: &str) -> crate::harness::Reply {
    start(ada, wish(ids, "everything"), act).await
}

#[tokio::test]
async fn e10_a_contract_of_an_invoice_keeps_that_one_alone_and_of_several_names_it() {
    let till = Till::open().await;
    let first = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let second = till.invoice("client@demo.test", &[2_000], at_once(3)).await;
    let contract = gating(&till, "Terms of one", invoice(first.id)).await;
    let mut ada = till.ada().await;
    let waits = seen(&mut ada, first.id).await;
    assert_eq!(waits["waits_for"]["contract"], contract.to_string());
    assert_eq!(
        waits["instalments"][0]["waits_for"]["title"],
        "Terms of one"
    );
    assert!(waits["pay"].is_null());
    let free = seen(&mut ada, second.id).await;
    assert!(free["waits_for"].is_null() && free["pay"].is_object());
    // The list and what is due say the same.
    let list = ada.get("/invoices").await.ok();
    let waiting = |id: InvoiceId, rows: &Value| {
        let rows = rows.as_array().unwrap().iter();
        let mut mine = rows
            .filter(|one| [&one["id"], &one["invoice"]].contains(&&Value::from(id.to_string())));
        mine.any(|one| one["waits_for"].is_object())
    };
    assert!(waiting(first.id, &list["invoices"]) && !waiting(second.id, &list["invoices"]));
    let due = ada.get("/payments-due").await.ok();
    assert!(waiting(first.id, &due["instalments"]) && !waiting(second.id, &due["instalments"]));
    // Asked for all the same, alone, among several, and by its form.
    let alone = pay_all(&mut ada, &[first.id], "gate-alone-1").await;
    assert_eq!(
        refusal(&alone.refused(409, "payment_waits")).0,
        contract.to_string()
    );
    let several = pay_all(&mut ada, &[second.id, first.id], "gate-several").await;
    let (field, says) = refusal(&several.refused(409, "payment_waits"));
    assert_eq!(field, contract.to_string());
    assert!(
        says.contains("Terms of one") && says.contains(first.number()),
        "{says}"
    );
    assert!(!says.contains(second.number()), "{says}");
    let form = ada
        .get(&format!("/payments/form?of={}", first.id))
        .await
        .refused(409, "payment_waits");
    assert!(refusal(&form).1.contains("Terms of one"));
    let form = ada.get("/payments/form?of=GBP").await.ok().to_string();
    assert!(form.contains(second.number()) && !form.contains(first.number()));
    pay_all(&mut ada, &[second.id], "gate-other-1").await.ok();
    // Signed, it can be paid at once.
    sign(&mut ada, contract, "Ada Carter", "sign-of-one")
        .await
        .ok();
    pay_all(&mut ada, &[first.id], "gate-signed").await.ok();
    assert!(seen(&mut ada, first.id).await["waits_for"].is_null());
}

#[tokio::test]
async fn e10_a_new_version_of_the_invoice_waits_in_its_place() {
    let till = Till::open().await;
    let old = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let contract = gating(&till, "Terms of all versions", invoice(old.id)).await;
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let next =
        portico::invoices::issue::correct(&mut tx, old.id, portico::invoices::Kind::Invoice, &BY)
            .await
            .unwrap();
    portico::invoices::issue::issue(&mut tx, &till.demo, next, &BY)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = till.ada().await;
    let refused = pay_all(&mut ada, &[next], "gate-version").await;
    assert_eq!(
        refusal(&refused.refused(409, "payment_waits")).0,
        contract.to_string()
    );
}

#[tokio::test]
async fn e10_a_contract_of_a_quote_keeps_the_invoice_of_its_order() {
    let till = Till::open().await;
    let other = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let quote = crate::quotes::sent(&till.test, &["client@demo.test"], "Gated", None).await;
    let belongs = Belongs {
        quote: Some(quote),
        ..Belongs::default()
    };
    let contract = gating(&till, "Terms of the order", belongs).await;
    let mut ada = till.ada().await;
    // Nothing was ordered yet: nothing waits.
    pay_all(&mut ada, &[other.id], "gate-before").await.ok();
    let shown = ada.get(&format!("/quotes/{quote}")).await.ok();
    let sent =
        json!({ "chosen": [], "version": shown["version"], "total": shown["total"]["minor"] });
    ada.post_once(&format!("/quotes/{quote}/accept"), sent, "accept-gated-1")
        .await
        .ok();
    let list = ada.get("/invoices").await.ok();
    let all = list["invoices"].as_array().unwrap();
    let made = all.iter().find(|one| one["title"] == "Gated").unwrap();
    assert_eq!(made["waits_for"]["contract"], contract.to_string());
    let id: InvoiceId = made["id"].as_str().unwrap().parse().unwrap();
    let refused = pay_all(&mut ada, &[id], "gate-order-1").await;
    refused.refused(409, "payment_waits");
    assert!(seen(&mut ada, other.id).await["waits_for"].is_null());
    sign(&mut ada, contract, "Ada Carter", "sign-order-1")
        .await
        .ok();
    pay_all(&mut ada, &[id], "gate-order-2").await.ok();
}

#[tokio::test]
async fn e10_a_contract_of_nothing_keeps_all_the_client_owes_and_what_is_paid_ahead() {
    let till = Till::open().await;
    till.allow(|limits| limits.prepay = true).await;
    let one = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let two = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let ahead = json!({ "choice": "amount", "amount": 5_000, "return_to": BACK });
    let mut ada = till.ada().await;
    // One that belongs to an invoice keeps nothing that is paid ahead.
    let named = gating(&till, "Terms of one", invoice(one.id)).await;
    start(&mut ada, ahead.clone(), "ahead-free-1").await.ok();
    let all = gating(&till, "Terms of all", Belongs::default()).await;
    for id in [one.id, two.id] {
        let refused = pay_all(&mut ada, &[id], &format!("gate-{id}")).await;
        refused.refused(409, "payment_waits");
    }
    let refused = start(&mut ada, ahead, "ahead-gated-1").await;
    assert_eq!(
        refusal(&refused.refused(409, "payment_waits")).0,
        all.to_string()
    );
    sign(&mut ada, all, "Ada Carter", "sign-of-all").await.ok();
    pay_all(&mut ada, &[two.id], "gate-two-free").await.ok();
    let still = pay_all(&mut ada, &[one.id], "gate-one-still").await;
    assert_eq!(
        refusal(&still.refused(409, "payment_waits")).0,
        named.to_string()
    );
}

#[tokio::test]
async fn e10_staff_choose_what_waits_among_what_is_the_clients() {
    let till = Till::open().await;
    let own = till.invoice("client@demo.test", &[1_000], at_once(3)).await;
    let foreign = till.invoice("office@demo.test", &[1_000], at_once(3)).await;
    let contracts = crate::contracts::desk(&till.test);
    let id = contracts.write(&["client@demo.test"]).await;
    let path = format!("/admin/contracts/{id}");
    let mut desk = till.test.staff("owner@demo.test").await;
    let page = desk.get(&path).await.text;
    assert!(page.contains("All the client owes") && page.contains(own.number()));
    assert!(!page.contains(foreign.number()));
    let ada = person(&till.test, "client@demo.test").await.0.to_string();
    let version = desk.value("version").unwrap();
    let (mine, theirs) = (own.id.to_string(), foreign.id.to_string());
    let mut fields = vec![
        ("title", "Terms"),
        ("body", "Pay after signing."),
        ("in_order", "false"),
        ("gates_payment", "true"),
        ("signer", ada.as_str()),
        ("version", version.as_str()),
        ("belongs", theirs.as_str()),
    ];
    let refused = desk.submit(&path, &fields).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("Choose one of these"),
        "{}",
        refused.text
    );
    fields.retain(|(name, _)| *name != "belongs");
    fields.push(("belongs", mine.as_str()));
    assert_eq!(desk.submit(&path, &fields).await.status, 303);
    contracts.try_send(id).await.unwrap();
    let page = desk.get(&path).await.text;
    let says = format!("Payment of Invoice {}", own.number());
    assert!(page.contains(&says), "{page}");
    // A new version belongs to the same; a draft that is deleted leaves nothing behind.
    let mut tx = till.test.app.db.write(&till.demo).await.unwrap();
    let doer = portico::contracts::send::Doer::system();
    let next = portico::contracts::send::new_version(&mut tx, id, &doer)
        .await
        .unwrap();
    let draft = store::get(&mut tx, next).await.unwrap();
    assert_eq!(draft.belongs, invoice(own.id));
    assert!(store::delete_draft(&mut tx, next).await.unwrap());
    tx.commit().await.unwrap();
}
