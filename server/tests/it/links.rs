//! Direct links: A5 A7 A13.

use portico::access::{self, links};
use serde_json::json;

use crate::harness::TestApp;

/// A new direct link as the copy button makes it.
async fn copy_link(test: &TestApp, email: &str) -> String {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    let email = access::Email::parse(email).unwrap();
    let contact = access::store::candidates(&mut tx, &email)
        .await
        .unwrap()
        .remove(0);
    let secret = links::create(&mut tx, contact.id).await.unwrap();
    tx.commit().await.unwrap();
    secret.reveal().to_owned()
}

#[tokio::test]
async fn a7_the_first_visit_by_direct_link_chooses_a_password_and_is_in() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "new@demo.test").await;
    let mut newcomer = test.browser();
    let seen = newcomer
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(
        seen,
        json!({ "email": "new@demo.test", "first_name": "Nora", "next": "choose_password" })
    );
    let redeem = json!({ "secret": secret, "password": "nora's own password" });
    let reply = newcomer.post("/sign-in/link/redeem", redeem).await.ok();
    assert_eq!(reply["home"]["me"]["first_name"], "Nora");
    test.browser()
        .password("new@demo.test", "nora's own password")
        .await
        .ok();
}

#[tokio::test]
async fn a7_where_the_studio_has_no_passwords_a_code_is_confirmed() {
    let test = TestApp::new().await;
    let mut studio = test.scope("demo").await;
    studio.passwords = false;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    assert!(
        portico::studios::store::save_settings(&mut tx, &studio)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let secret = copy_link(&test, "new@demo.test").await;
    let mut newcomer = test.browser();
    let seen = newcomer
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(seen["next"], "sign_in");
    let redeem = json!({ "secret": secret, "password": "nora's own password" });
    newcomer
        .post("/sign-in/link/redeem", redeem)
        .await
        .refused(403, "passwords_off");
    let request = newcomer.ask_code("new@demo.test").await;
    let code = test.code("new@demo.test").await;
    newcomer.redeem(&request, &code).await.ok();
}

#[tokio::test]
async fn a5_looking_at_a_link_any_number_of_times_does_not_use_it_up() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "new@demo.test").await;
    for _ in 0..3 {
        // What a mail scanner does: it opens the page. The secret is in the fragment and never sent.
        assert_eq!(test.get("/demo/client-portal").await.status, 200);
        test.browser()
            .post("/sign-in/link", json!({ "secret": secret }))
            .await
            .ok();
    }
    let redeem = json!({ "secret": secret, "password": "nora's own password" });
    test.browser()
        .post("/sign-in/link/redeem", redeem)
        .await
        .ok();
}

#[tokio::test]
async fn a5_a_link_of_somebody_with_a_password_fills_in_the_email_and_no_more() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "client@demo.test").await;
    let mut browser = test.browser();
    let seen = browser
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(seen["next"], "sign_in");
    let redeem = json!({ "secret": secret, "password": "somebody else's choice" });
    browser
        .post("/sign-in/link/redeem", redeem)
        .await
        .refused(410, "link_invalid");
}

#[tokio::test]
async fn a5_five_links_live_at_once_and_a_sixth_ends_the_oldest() {
    let test = TestApp::new().await;
    let mut secrets = Vec::new();
    for _ in 0..6 {
        secrets.push(copy_link(&test, "client@demo.test").await);
        test.pass(1);
    }
    let mut browser = test.browser();
    browser
        .post("/sign-in/link", json!({ "secret": secrets[0] }))
        .await
        .refused(410, "link_invalid");
    for secret in &secrets[1..] {
        browser
            .post("/sign-in/link", json!({ "secret": secret }))
            .await
            .ok();
    }
}

#[tokio::test]
async fn a5_a_link_lives_thirty_days() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "client@demo.test").await;
    test.pass(30 * 86_400 - 1);
    test.browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    test.pass(1);
    test.browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
}

#[tokio::test]
async fn a_link_of_one_studio_is_nothing_at_another() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "client@demo.test").await;
    let studio = portico::cli::create_studio(
        &test.app.db,
        "other",
        "Other".into(),
        &[crate::harness::SITE.into()],
    )
    .await
    .unwrap();
    let mut other = test.browser_at(&studio.slug, crate::harness::SITE);
    other
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .refused(410, "link_invalid");
}

#[tokio::test]
async fn a13_a_duplicates_link_says_why_it_does_not_open() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "twin@demo.test").await;
    test.browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .refused(409, "duplicate_email");
}

#[tokio::test]
async fn two_people_with_one_link_get_in_once() {
    let test = TestApp::new().await;
    let secret = copy_link(&test, "new@demo.test").await;
    let tries = (0..20).map(|n| {
        let redeem = json!({ "secret": secret, "password": format!("choice number {n}") });
        let test = &test;
        async move {
            test.browser()
                .post("/sign-in/link/redeem", redeem)
                .await
                .status
                .as_u16()
        }
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn the_invitation_leads_to_the_portal_with_the_secret_in_the_fragment() {
    let test = TestApp::new().await;
    let mail = test.message("new@demo.test").await;
    assert_eq!(mail.subject, "Your client portal at Fernlight Studio");
    assert!(
        mail.text
            .contains("http://127.0.0.1:8080/demo/client-portal#portico="),
        "{}",
        mail.text
    );
    let secret = test.link("new@demo.test").await;
    test.browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
}
