//! What a contact reads of its own account.

use serde_json::{Value, json};

use crate::harness::TestApp;

fn whats(activity: &Value) -> Vec<String> {
    let entries = activity["entries"].as_array().unwrap();
    let what = |it: &Value| it["what"].as_str().unwrap().to_owned();
    entries.iter().map(what).collect()
}

#[tokio::test]
async fn m3_a_contact_reads_what_happened_on_its_account_the_latest_first() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let documents = ada.get("/documents").await.ok();
    let shared = documents["documents"].as_array().unwrap();
    let one = shared.iter().find(|it| it["new"] == true).unwrap();
    test.pass(5);
    ada.get(&format!("/documents/{}", one["id"].as_str().unwrap()))
        .await
        .ok();
    let activity = ada.get("/activity").await.ok();
    let entries = activity["entries"].as_array().unwrap();
    let opened = entries
        .iter()
        .position(|it| it["title"] == one["name"])
        .unwrap();
    let signed_in = entries
        .iter()
        .position(|it| it["what"] == "Signed in")
        .unwrap();
    assert!(opened < signed_in, "{activity}");
    let from = entries[signed_in]["by"].as_str().unwrap();
    assert!(
        from.contains("fernlight.test") || from.contains("127.0.0.1"),
        "{from}"
    );
    let at: Vec<&str> = entries
        .iter()
        .map(|it| it["at"].as_str().unwrap())
        .collect();
    assert!(at.is_sorted_by(|one, other| one >= other), "{activity}");
}

#[tokio::test]
async fn m3_what_others_did_is_in_nobody_elses_log() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let before = whats(&ben.get("/activity").await.ok());
    ada.post("/sign-out", json!({ "everywhere": true })).await;
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(whats(&ben.get("/activity").await.ok()), before);
    let own = whats(&ada.get("/activity").await.ok());
    let times = own.iter().filter(|it| *it == "Signed in").count();
    assert_eq!(times, 2, "{own:?}");
}

#[tokio::test]
async fn m3_without_personal_info_there_is_no_log() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    test.switch_right("client@demo.test", portico_wire::Right::PersonalInfo, false)
        .await;
    ada.get("/activity").await.refused(404, "not_found");
}
