//! The portal's own mails in a studio's words: K7, and what happens when the words fail.

use portico::mail::letters::{Purpose, Words, store};

use crate::{
    harness::TestApp,
    mail_templates::{LIST, add, owner, saved},
};

async fn invite(test: &TestApp, name: &str) {
    let mut desk = test.staff("owner@demo.test").await;
    let page = crate::access_admin::page_of(&mut desk, name).await;
    assert_eq!(desk.post(&format!("{page}/invite"), &[]).await.status, 200);
}

#[tokio::test]
async fn k7_an_invitation_in_the_studios_own_words_lets_in_and_falls_back_when_they_are_gone() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let reply = add(
        &mut desk,
        "invitation",
        "Come in",
        "Hello {{ recipient.first_name }}",
    )
    .await;
    assert_eq!(reply.status, 422);
    assert!(
        reply
            .text
            .contains("An invitation needs the link to the portal"),
        "{}",
        reply.text
    );
    let body = "Dear {{ recipient.name }} of **{{ client.name }}**,\n\n{{ recipient.portal_linked }}\n\n{{ studio.phone }}, {{ date.today }}";
    let page = saved(
        &mut desk,
        "invitation",
        "{{ studio.name }} waits for you",
        body,
    )
    .await;
    assert!(desk.get(LIST).await.text.contains("Your words"));
    let again = add(&mut desk, "invitation", "Twice", body).await;
    assert_eq!(again.status, 409, "one wording each");
    invite(&test, "Ben Carter").await;
    let mail = test.message("spouse@demo.test").await;
    assert_eq!(mail.subject, "Fernlight Studio waits for you");
    for says in [
        "Dear Ben Carter of Ada & Ben Carter,",
        "+44 1225 555 014, 21 November 2026",
        "Client Portal:\nhttp",
    ] {
        assert!(mail.text.contains(says), "{says}: {}", mail.text);
    }
    assert!(
        mail.html.contains("<strong>Ada &amp; Ben Carter</strong>")
            && mail.html.contains("#7a3e58")
    );
    let secret = test.link("spouse@demo.test").await;
    let seen = test
        .browser()
        .post("/sign-in/link", serde_json::json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(seen["first_name"], "Ben");
    // Other studios keep theirs; and without own words the portal's come back.
    desk.get(&page).await;
    desk.post(&format!("{page}/delete"), &[]).await;
    invite(&test, "Ben Carter").await;
    assert_eq!(
        test.message("spouse@demo.test").await.subject,
        "Your client portal at Fernlight Studio"
    );
}

#[tokio::test]
async fn k7_the_password_the_reset_and_the_code_carry_what_they_are_for_in_own_words() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    saved(
        &mut desk,
        "code",
        "Psst, {{ access.code }}",
        "Your number:\n\n{{ access.code }}",
    )
    .await;
    saved(
        &mut desk,
        "reset",
        "Forgot it?",
        "Here: {{ access.reset_linked }}",
    )
    .await;
    saved(
        &mut desk,
        "generated_password",
        "A password",
        "It is\n\n{{ access.password }}",
    )
    .await;
    let mut browser = test.browser();
    let request = browser.ask_code("client@demo.test").await;
    let mail = test.message("client@demo.test").await;
    assert!(
        mail.subject.starts_with("Psst, ") && mail.text.starts_with("Your number:"),
        "{}",
        mail.text
    );
    assert!(
        mail.text.contains("You did not ask") || mail.html.contains("You did not ask for a code?")
    );
    let code = test.code("client@demo.test").await;
    browser.redeem(&request, &code).await.ok();
    assert!(
        !test.database_contains(&code.replace(' ', "")).await,
        "the code is nowhere at rest"
    );
    let reset = serde_json::json!({ "email": "spouse@demo.test" });
    test.browser().post("/password/reset", reset).await.ok();
    let mail = test.message("spouse@demo.test").await;
    assert_eq!(mail.subject, "Forgot it?");
    assert!(
        mail.text.contains("Choose a new password <http") && mail.html.contains("#portico="),
        "{}",
        mail.text
    );
    let page = crate::access_admin::page_of(&mut desk, "Tom Weller").await;
    desk.post(&format!("{page}/credentials"), &[("what", "password")])
        .await;
    let mail = test.message("site@demo.test").await;
    assert_eq!(mail.subject, "A password");
    let password = mail.text.lines().nth(2).unwrap().trim().to_owned();
    let reply = test.browser().password("site@demo.test", &password).await;
    assert!(
        reply.text.contains("proof") || reply.status.is_success(),
        "{}",
        reply.text
    );
}

/// What the check would never let through, put into the database past it.
#[tokio::test]
async fn l15_a_template_that_runs_wild_is_stopped_and_the_invitation_goes_out_all_the_same() {
    let test = TestApp::new().await;
    let studio = test.scope("demo").await;
    let loops = "{% for a in [1,2,3,4,5,6,7,8,9] %}".repeat(12);
    for body in [
        format!(
            "{loops}x{}{{{{ recipient.portal_linked }}}}",
            "{% endfor %}".repeat(12)
        ),
        format!(
            "{loops}{}{}",
            "{{ recipient.portal_linked }}".repeat(500),
            "{% endfor %}".repeat(12)
        ),
        "{{ no.such_thing }}".to_owned(),
        "{% if studio.nothing %}{{ recipient.portal_linked }}{% endif %}".to_owned(),
        "No link in it".to_owned(),
    ] {
        let mut tx = test.app.db.write(&studio).await.unwrap();
        let words = Words {
            name: "Wild".into(),
            subject: "Wild".into(),
            body,
        };
        let id = store::insert(&mut tx, Purpose::Invitation, &words)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let started = std::time::Instant::now();
        invite(&test, "Ben Carter").await;
        let mail = test.message("spouse@demo.test").await;
        assert_eq!(mail.subject, "Your client portal at Fernlight Studio");
        assert!(started.elapsed().as_secs() < 5);
        let mut tx = test.app.db.write(&studio).await.unwrap();
        assert!(store::delete(&mut tx, id).await.unwrap());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn no_mail_loads_anything_from_a_third_party() {
    let test = TestApp::new().await;
    invite(&test, "Ben Carter").await;
    test.browser().ask_code("client@demo.test").await;
    for to in [
        "spouse@demo.test",
        "client@demo.test",
        "hannah.whitcombe@mail.test",
    ] {
        for mail in test.messages(to).await {
            for loads in ["<link", "@import", "<script", "url("] {
                assert!(!mail.html.contains(loads), "{loads}: {}", mail.html);
            }
            // The studio's logo comes from us.
            for picture in mail.html.split("<img").skip(1) {
                let (_, from) = picture.split_once("src=\"").unwrap();
                let from = from.replace("&#x2f;", "/");
                assert!(from.starts_with(crate::harness::HOST), "{from:.200}");
            }
        }
    }
}
