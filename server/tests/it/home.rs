//! Home names what waits for a contact, and nobody else's.

use axum::http::Method;
use portico_wire::Right;
use serde_json::{Value, json};

use crate::{
    contracts::{desk, sign},
    forms::studio,
    harness::{Browser, TestApp},
    quotes,
};

/// Titles of what is to do that begin with "Home", in order.
async fn todo(who: &mut Browser<'_>) -> Vec<String> {
    let home = who.get("/home").await.ok();
    let todo = home["todo"].as_array().unwrap();
    let titles = todo.iter().map(|it| it["title"].as_str().unwrap());
    titles
        .filter(|title| title.starts_with("Home"))
        .map(ToOwned::to_owned)
        .collect()
}

fn form(title: &str) -> Value {
    let field = json!({ "id": "a", "label": "A", "kind": { "type": "yes_no" } });
    json!({ "title": title, "fields": [field] })
}

#[tokio::test]
async fn b1_home_names_questionnaires_contracts_and_quotes_the_next_due_first() {
    let test = TestApp::new().await;
    let staff = studio(&test);
    let asked = staff.form(form("Home: fill in"), false).await;
    staff
        .ask(asked, &["client@demo.test"], Some("2027-03-02"))
        .await;
    let mut contracts = desk(&test);
    contracts.draft.title = "Home: sign".into();
    contracts.draft.asks_code = false;
    contracts.draft.in_order = true;
    let both = ["client@demo.test", "spouse@demo.test"];
    let contract = contracts.send(&both).await;
    let quote = quotes::sent(&test, &["client@demo.test"], "Home: answer", Some("2027-03-01")).await;

    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut stranger = test.signed_in("office@demo.test").await;
    assert_eq!(
        todo(&mut ada).await,
        ["Home: answer", "Home: fill in", "Home: sign"]
    );
    let home = ada.get("/home").await.ok();
    let todo_of = |kind: &str| {
        let all = home["todo"].as_array().unwrap().iter();
        let mut those = all.filter(|it| it["kind"] == kind && it["title"].as_str().unwrap().starts_with("Home"));
        those.next().unwrap().clone()
    };
    assert_eq!(todo_of("quote")["id"], quote.to_string());
    assert_eq!(todo_of("quote")["due"], "2027-03-01");
    assert_eq!(todo_of("contract")["id"], contract.to_string());
    // It is not his turn yet, and nobody else's business at all.
    assert_eq!(todo(&mut ben).await, Vec::<String>::new());
    assert_eq!(todo(&mut stranger).await, Vec::<String>::new());

    sign(&mut ada, contract, "Ada Carter", "home-sign-1").await.ok();
    ada.send(
        Method::POST,
        &format!("/quotes/{quote}/decline"),
        Some(json!({ "reason": "Too early" })),
    )
    .await
    .ok();
    assert_eq!(todo(&mut ada).await, ["Home: fill in"]);
    assert_eq!(todo(&mut ben).await, ["Home: sign"]);
}

#[tokio::test]
async fn b1_what_is_over_or_switched_off_is_nothing_to_do() {
    let test = TestApp::new().await;
    let mut contracts = desk(&test);
    contracts.draft.title = "Home: sign".into();
    let contract = contracts.send(&["client@demo.test"]).await;
    quotes::sent(&test, &["client@demo.test"], "Home: answer", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(todo(&mut ada).await.len(), 2);
    contracts.void(contract).await.unwrap();
    assert_eq!(todo(&mut ada).await, ["Home: answer"]);
    test.set_rights("client@demo.test", Right::QuotesAndOrders, false)
        .await;
    assert_eq!(todo(&mut ada).await, Vec::<String>::new());
}
