//! Orders: what accepting a quote makes.

use portico_wire::papers::{Node, plain};
use serde_json::{Value, json};

use crate::{
    harness::TestApp,
    quotes::{person, sent},
};

#[tokio::test]
async fn f2_accepting_makes_the_order_its_invoice_the_log_and_the_mails_at_once() {
    let test = TestApp::new().await;
    let id = sent(
        &test,
        &["client@demo.test", "spouse@demo.test"],
        "All at once",
        None,
    )
    .await;
    test.work().await;
    test.pass(60);
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    let chosen: Vec<&Value> = quote["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["id"])
        .collect();
    let body = json!({ "chosen": chosen, "version": 1, "total": 18000 });
    let order = ada
        .post_once(&format!("/quotes/{id}/accept"), body, "key-all-at-once")
        .await
        .ok();
    assert_eq!(order["total"]["minor"], 18000);
    assert_eq!(order["quote"], quote["id"]);

    let (number, state, total, tax, due): (String, String, i64, i64, String) = test
        .row(
            "select i.number, i.state, i.total, i.tax, p.due from invoices i join instalments p on p.invoice_id = i.id
             where i.title = $1",
            "All at once",
        )
        .await;
    assert_eq!((state.as_str(), total, tax), ("issued", 18000, 3000));
    assert_eq!(due, "2026-12-05");
    let (names,): (i64,) = test
        .row("select count(*) from invoice_contacts c join invoices i on i.id = c.invoice_id where i.title = $1", "All at once")
        .await;
    assert_eq!(names, 2);
    for to in ["client@demo.test", "spouse@demo.test", "owner@demo.test"] {
        let mail = test.message(to).await;
        assert!(
            mail.text.contains("Ada Carter")
                && mail.text.contains("£180.00")
                && mail.text.contains(&number),
            "{to}: {}",
            mail.text
        );
        assert!(mail.subject.contains("All at once"), "{}", mail.subject);
    }
    for action in ["quote accepted", "order made"] {
        let (who, _, after) = test.logged(action).await;
        assert_eq!(
            (who.as_str(), after["total"].as_str()),
            ("Ada Carter", Some("£180.00")),
            "{action}"
        );
    }
    assert_eq!(test.logged("invoice issued").await.2["number"], number);
    // The quote says what it became.
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    assert_eq!(
        (&quote["state"], &quote["order"]),
        (&json!("accepted"), &order["id"])
    );
    assert!(
        quote["lines"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["chosen"] == true)
    );
}

#[tokio::test]
async fn f3_an_order_reads_as_a_paper_with_lines_sums_and_plan() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let sales = ada.get("/quotes").await.ok();
    let listed = &sales["orders"][0];
    assert_eq!(listed["title"], "Engagement pictures");
    let order = ada
        .get(&format!("/orders/{}", listed["id"].as_str().unwrap()))
        .await
        .ok();
    let paper: Vec<Node> = serde_json::from_value(order["paper"].clone()).unwrap();
    let text = plain(&paper).replace('\u{a0}', " ");
    for said in [
        "O-2026-",
        "Ada & Ben Carter (Ada Carter)",
        "21 November 2026",
        "Session at Prior Park",
        "2 h",
        "£320.00",
        "Fine art prints",
        "Discount 10 %",
        "-£41.50",
        "including VAT 20 %",
        "£373.50",
        "Payment plan",
        "Deposit",
        "£112.05",
        "28 November 2026",
        "Balance",
        "£261.45",
        "Terms",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("Framing"), "not chosen: {text}");
    assert_eq!(order["log"][0]["what"], "made");
}

#[tokio::test]
async fn a16_the_order_of_a_spouse_is_not_there() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let sales = ada.get("/quotes").await.ok();
    let path = format!("/orders/{}", sales["orders"][0]["id"].as_str().unwrap());
    let mut ben = test.signed_in("spouse@demo.test").await;
    ben.get(&path).await.refused(404, "not_found");
    assert_eq!(
        ben.get("/quotes").await.ok(),
        json!({ "quotes": [], "orders": [] })
    );
    let (_, client) = person(&test, "client@demo.test").await;
    ada.get(&format!("/orders/{client}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn f4_quote_and_order_are_pdfs_for_whoever_sees_them_and_the_invoice_for_staff() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "On paper", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    assert_eq!(quote.get("pdf"), None, "a worker makes it");
    let body = json!({ "chosen": [], "version": 1, "total": quote["totals"].as_array().unwrap().last().unwrap()["amount"]["minor"] });
    let order = ada
        .post_once(&format!("/quotes/{id}/accept"), body, "key-on-paper")
        .await
        .ok();
    test.work().await;
    let saved = |reply: Value| {
        let address = reply["pdf"].as_str().unwrap().to_owned();
        address
            .strip_prefix(crate::harness::HOST)
            .unwrap()
            .to_owned()
    };
    let order = format!("/orders/{}", order["id"].as_str().unwrap());
    let mut addresses = vec![saved(ada.get(&format!("/quotes/{id}")).await.ok())];
    addresses.push(saved(ada.get(&order).await.ok()));
    for address in &addresses {
        let pdf = test.get(address).await;
        assert_eq!(
            pdf.header("content-type"),
            "application/pdf",
            "{}",
            pdf.text
        );
        assert!(pdf.bytes.starts_with(b"%PDF-"));
    }
    let (invoice,): (uuid::Uuid,) = test
        .row("select id from invoices where title = $1", "On paper")
        .await;
    let path = format!("/admin/papers/invoice/{}/1", invoice.simple());
    let mut desk = test.staff("member@demo.test").await;
    assert!(desk.ask(&path).await.bytes.starts_with(b"%PDF-"));
    let mut other = test.staff("owner@lapsed.test").await;
    assert_eq!(other.ask(&path).await.status, 404);
    assert_eq!(desk.ask("/admin/papers/nothing/1/1").await.status, 404);
    ada.post("/sign-out", json!({})).await;
    assert!(test.get(&addresses[0]).await.status.is_client_error());
}
