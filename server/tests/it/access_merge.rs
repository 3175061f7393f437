//! Duplicates: A13 L20.

use serde_json::json;

use crate::{
    access_admin::{LIST, page_of, shown_secret},
    harness::{PASSWORD, TestApp},
};

#[tokio::test]
async fn a13_l20_the_list_names_emails_on_several_contacts_and_one_email_can_be_cleared() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get(&format!("{LIST}/duplicates")).await.text;
    assert!(
        list.contains("twin@demo.test") && list.contains("Nina Twin") && list.contains("Noah Twin")
    );
    assert!(!list.contains("Merge with"), "merging is for managers");
    test.browser()
        .password("twin@demo.test", PASSWORD)
        .await
        .refused(409, "duplicate_email");
    let page = page_of(&mut desk, "Noah Twin").await;
    assert!(desk.page.contains("This email stands on another contact"));
    let link = desk.post(&format!("{page}/link"), &[]).await;
    assert_eq!(link.status, 409);
    let reply = desk.post(&format!("{page}/email/clear"), &[]).await;
    assert!(reply.text.contains("All is well."), "{}", reply.text);
    let (_, before, _) = test.logged("email cleared").await;
    assert_eq!(before, json!({ "email": "twin@demo.test" }));
    // The other can come in at once, with a newly made link.
    let page = page_of(&mut desk, "Nina Twin").await;
    let secret = shown_secret(&desk.post(&format!("{page}/link"), &[]).await.text);
    let redeem = json!({ "secret": secret, "password": "nina's own password" });
    test.browser()
        .post("/sign-in/link/redeem", redeem)
        .await
        .ok();
}

#[tokio::test]
async fn l20_two_contacts_become_one_with_the_fields_chosen_and_the_loser_is_out_for_good() {
    let test = TestApp::new().await;
    // Two that are one person: Ben signs in, Ada is signed in.
    let mut ben = test.signed_in("spouse@demo.test").await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut desk = test.staff("owner@demo.test").await;
    let loser = page_of(&mut desk, "Ben Carter").await;
    let link = shown_secret(&desk.post(&format!("{loser}/link"), &[]).await.text);
    let winner = page_of(&mut desk, "Ada Carter").await;
    let other = loser.rsplit('/').next().unwrap().to_owned();
    let path = format!("{winner}/merge/{other}");
    let side_by_side = desk.get(&path).await.text;
    for text in [
        "Merge Ada Carter and Ben Carter",
        "client@demo.test",
        "spouse@demo.test",
        "First name",
        "Password",
    ] {
        assert!(side_by_side.contains(text), "{text}");
    }
    let fields = [
        ("keep", "a"),
        ("first_name", "a"),
        ("last_name", "b"),
        ("email", "b"),
        ("mobile", "a"),
        ("language", "a"),
        ("password", "a"),
    ];
    let reply = desk.post(&path, &fields).await;
    assert!(
        reply.text.contains("The two are one contact now.")
            && reply.text.contains("spouse@demo.test")
            && reply.text.contains("Merged with another contact"),
        "{}",
        reply.text
    );
    ben.get("/home").await.refused(401, "session_ended");
    assert_eq!(
        ada.get("/home").await.ok()["me"]["email"],
        "spouse@demo.test"
    );
    test.browser()
        .post("/sign-in/link", json!({ "secret": link }))
        .await
        .refused(410, "link_invalid");
    test.browser()
        .password("client@demo.test", PASSWORD)
        .await
        .refused(404, "unknown_email");
    test.browser()
        .password("spouse@demo.test", PASSWORD)
        .await
        .ok();
    // Lists leave the loser out; its old address leads to the winner; its row stays.
    let list = desk.get(&format!("{LIST}?q=carter")).await.text;
    assert!(list.contains("Ada Carter</a>") && !list.contains("Ben Carter</a>"));
    assert_eq!(desk.ask(&loser).await.header("location"), winner);
    for act in ["invite", "link", "access", "reset"] {
        desk.get(LIST).await;
        let reply = desk.submit(&format!("{loser}/{act}"), &[]).await;
        assert_eq!(reply.status, 404, "{act}");
    }
    let (rows,): (i64,) = test
        .row(
            "select count(*) from contacts where first_name = $1 and merged_into is not null",
            "Ben",
        )
        .await;
    assert_eq!(rows, 1);
    // Twice is once.
    assert_eq!(desk.submit(&path, &fields).await.status, 404);
}

#[tokio::test]
async fn a13_after_merging_duplicates_a_newly_made_link_works_at_once() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&format!("{LIST}/duplicates")).await;
    let path = desk
        .page
        .split_once("/merge/")
        .map(|(before, after)| {
            let from = before.rsplit_once("href=\"").unwrap().1;
            format!("{from}/merge/{}", after.split('"').next().unwrap())
        })
        .unwrap();
    desk.get(&path).await;
    let reply = desk
        .post(&path, &[("keep", "b"), ("email", "a"), ("first_name", "b")])
        .await;
    assert!(
        reply.text.contains("The two are one contact now."),
        "{}",
        reply.text
    );
    // Which of the two came first is a matter of their ids.
    let name = if reply.text.contains("<h1>Noah Twin") {
        "Noah"
    } else {
        "Nina"
    };
    let winner = page_of(&mut desk, &format!("{name} Twin")).await;
    let secret = shown_secret(&desk.post(&format!("{winner}/link"), &[]).await.text);
    let seen = test
        .browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(
        (&seen["email"], &seen["first_name"]),
        (&json!("twin@demo.test"), &json!(name))
    );
    let (who, before, after) = test.logged("contacts merged").await;
    assert_eq!(who, "Olivia Fern");
    assert!(before["merged"]["email"] == "twin@demo.test" || after["merged_into"].is_string());
    let odd = desk.submit(&path, &[("keep", "c")]).await;
    assert_eq!(odd.status, 400);
}

#[tokio::test]
async fn a13_two_that_sent_forms_by_the_same_request_key_become_one_with_all_they_sent() {
    let test = TestApp::new().await;
    let studio = crate::forms::Studio { test: &test };
    let form = studio.form(crate::forms::small(), true).await;
    let path = format!("/forms/{form}/submit");
    let sent = |name: &str| crate::forms::typed(&[("name", json!({ "text": name }))]);
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    for (who, name) in [(&mut ada, "Ada"), (&mut ben, "Ben")] {
        who.post_once(&path, sent(name), "key-0001").await.ok();
    }
    let mut desk = test.staff("owner@demo.test").await;
    let loser = page_of(&mut desk, "Ben Carter").await;
    let winner = page_of(&mut desk, "Ada Carter").await;
    let merge = format!("{winner}/merge/{}", loser.rsplit('/').next().unwrap());
    desk.get(&merge).await;
    let reply = desk.post(&merge, &[("keep", "a")]).await;
    assert!(
        reply.text.contains("The two are one contact now."),
        "{}",
        reply.text
    );
    let mine = |forms: serde_json::Value| {
        let list = forms["submissions"].as_array().unwrap().clone();
        list.iter()
            .filter(|one| one["title"] == "A small form")
            .count()
    };
    assert_eq!(mine(ada.get("/forms").await.ok()), 2);
    // What the one who stays sends again is still known by its key.
    ada.post_once(&path, sent("Ada"), "key-0001").await.ok();
    assert_eq!(mine(ada.get("/forms").await.ok()), 2);
}
