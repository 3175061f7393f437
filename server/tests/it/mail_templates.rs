//! Mail templates: L15 L16 L18, K7; the studio's own words for the portal's mails, and who may write them.

use portico::mail::letters::{Purpose, Words, store};

use crate::{
    desk::Desk,
    harness::{Reply, TestApp},
};

pub const LIST: &str = "/admin/mail";
const NEW: &str = "/admin/mail/new";

async fn owner(test: &TestApp) -> Desk<'_> {
    let mut desk = test.staff("owner@demo.test").await;
    assert_eq!(desk.get(NEW).await.status, 200);
    desk
}

/// Sends the form of a new template.
async fn add(desk: &mut Desk<'_>, purpose: &str, subject: &str, body: &str) -> Reply {
    desk.get(LIST).await;
    let fields = [
        ("purpose", purpose),
        ("name", "A new one"),
        ("subject", subject),
        ("body", body),
        ("act", "save"),
    ];
    desk.submit(NEW, &fields).await
}

/// A template that was saved: its page.
async fn saved(desk: &mut Desk<'_>, purpose: &str, subject: &str, body: &str) -> String {
    let reply = add(desk, purpose, subject, body).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let path = reply.header("location").to_owned();
    assert_eq!(desk.get(&path).await.status, 200);
    path
}

#[tokio::test]
async fn l15_an_unknown_token_is_refused_with_its_place_and_nothing_is_lost() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let body =
        "Hello {{ recipient.first_name }},\n\nyour {{ recipient.fist_name }} <3 {{ studio.nme }}";
    let reply = add(&mut desk, "letter", "Hi {{ weather }}", body).await;
    assert_eq!(reply.status, 422);
    for says in [
        "Line 3, column 9: There is no token “recipient.fist_name”. Did you mean “recipient.first_name”?",
        "<mark>recipient.fist_name</mark>",
        "One more place is shown below.",
        "<mark>studio.nme</mark>",
        "Line 1, column 7: There is no token “weather”.",
        "your {{ recipient.fist_name }} &lt;3",
        "aria-invalid=\"true\"",
    ] {
        assert!(reply.text.contains(says), "{says}: {}", reply.text);
    }
    assert!(!desk.get(LIST).await.text.contains("A new one"));
}

#[tokio::test]
async fn l15_syntax_errors_loops_and_limits_are_refused_at_their_field() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let long = "x".repeat(20_001);
    for (body, says) in [
        ("{% if studio.phone %}call", "An “if” is never closed"),
        ("{{ studio.name", "never closed with “}}”"),
        (
            "{% for a in studio.name %}{% endfor %}",
            "“for” is not possible in a mail",
        ),
        (
            "{% include 'web/admin_layout.html' %}",
            "“include” is not possible",
        ),
        ("{{ studio.name|safe }}", "There is no filter “safe”"),
        ("{{ \"x\" * 9 }}", "“*” cannot stand in a token"),
        ("[x](javascript:alert(1))", "leads nowhere"),
        (&long, "Please use at most 20000 characters."),
        ("  ", "Please fill this in."),
    ] {
        let reply = add(&mut desk, "letter", "Subject", body).await;
        assert_eq!(reply.status, 422, "{body:.40}");
        assert!(reply.text.contains(says), "{says}: {}", reply.text);
    }
    for (subject, says) in [
        ("Hello\r\nBcc: spy@example.test", "A subject is one line."),
        (
            "{{ recipient.portal_link }}",
            "A link cannot stand in a subject.",
        ),
        (&"x".repeat(201), "Please use at most 200 characters."),
    ] {
        let reply = add(&mut desk, "letter", subject, "Body").await;
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains(says), "{says}");
    }
}

#[tokio::test]
async fn l15_two_staff_edit_one_template_and_the_later_one_is_told_and_loses_nothing() {
    let test = TestApp::new().await;
    let mut first = owner(&test).await;
    let page = saved(&mut first, "letter", "Subject", "Body").await;
    let mut second = test.staff("owner@demo.test").await;
    second.get(&page).await;
    let version = second.value("version").unwrap();
    let mine = first.value("version").unwrap();
    let reply = first
        .post(
            &page,
            &[
                ("name", "A new one"),
                ("subject", "Subject"),
                ("body", "First was faster"),
                ("version", &mine),
            ],
        )
        .await;
    assert!(
        reply.text.contains("The template is saved."),
        "{}",
        reply.text
    );
    let late = [
        ("name", "A new one"),
        ("subject", "Mine"),
        ("body", "Second typed this"),
        ("version", &version),
    ];
    let reply = second.post(&page, &late).await;
    assert_eq!(reply.status, 409);
    assert!(
        reply.text.contains("Second typed this") && reply.text.contains("subject, text"),
        "{}",
        reply.text
    );
    // Who says so again has the last word.
    test.pass(1);
    let version = second.value("version").unwrap();
    let again = [
        ("name", "A new one"),
        ("subject", "Mine"),
        ("body", "Second typed this"),
        ("version", &version),
    ];
    assert_eq!(second.post(&page, &again).await.status, 200);
    assert!(first.get(&page).await.text.contains("Second typed this"));
    let (_, before, after) = test.logged("mail template changed").await;
    assert_eq!(
        (&before["body"], &after["body"]),
        (&"First was faster".into(), &"Second typed this".into())
    );
    assert!(after.get("name").is_none());
}

#[tokio::test]
async fn l25_members_use_templates_and_managers_write_them() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let page = saved(&mut desk, "letter", "Subject", "Body").await;
    let mut member = test.staff("member@demo.test").await;
    let list = member.get(LIST).await.text;
    assert!(list.contains("A new one") && !list.contains("New template") && !list.contains(&page));
    for path in [NEW, &page] {
        assert_eq!(member.ask(path).await.status, 403, "{path}");
    }
    member.get(LIST).await;
    for path in [
        NEW.to_owned(),
        page.clone(),
        format!("{page}/delete"),
        format!("{page}/duplicate"),
    ] {
        assert_eq!(
            member.submit(&path, &[("name", "x")]).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn another_studios_template_is_not_there() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let page = saved(&mut desk, "letter", "Secret subject", "Body").await;
    let mut other = test.staff("owner@lapsed.test").await;
    assert!(!other.get(LIST).await.text.contains("Secret subject"));
    assert_eq!(other.ask(&page).await.status, 404);
    for path in [
        page.clone(),
        format!("{page}/delete"),
        format!("{page}/duplicate"),
    ] {
        let reply = other
            .submit(&path, &[("name", "x"), ("subject", "x"), ("body", "x")])
            .await;
        assert_eq!(reply.status, 404, "{path}");
    }
    assert_eq!(desk.get(&page).await.status, 200);
    let mut nobody = test.desk();
    assert_eq!(nobody.ask(&page).await.status, 303);
}

#[tokio::test]
async fn l18_a_template_starts_from_the_gallery_is_duplicated_and_deleted() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let list = desk.get(LIST).await.text;
    let mut count = 0;
    for part in list.split("/admin/mail/new?from=").skip(1) {
        let key = part.split('"').next().unwrap();
        let page = desk.get(&format!("{NEW}?from={key}")).await;
        assert_eq!(page.status, 200);
        let subject = desk.value("subject").unwrap();
        assert!(!subject.is_empty(), "{key}");
        count += 1;
    }
    assert!(count >= 8, "{count} ready ones");
    assert!(
        desk.get(&format!("{NEW}?from=payment"))
            .await
            .text
            .contains("recipient.portal_linked")
    );
    let page = saved(&mut desk, "letter", "Subject", "Body").await;
    let copy = desk.post(&format!("{page}/duplicate"), &[]).await;
    assert!(copy.text.contains("A new one (copy)"), "{}", copy.text);
    let gone = desk.post(&format!("{page}/delete"), &[]).await;
    assert!(
        gone.text.contains("“A new one” is deleted.") && gone.text.contains("A new one (copy)")
    );
    assert_eq!(desk.ask(&page).await.status, 404);
    let (_, before, _) = test.logged("mail template deleted").await;
    assert_eq!(before["subject"], "Subject");
}

#[tokio::test]
async fn l15_the_preview_shows_a_real_contact_or_what_is_wrong_under_rules_of_its_own() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    desk.get(LIST).await;
    let words =
        "Dear {{ recipient.name }} of {{ client.name }} <b>x</b>\n\n{{ recipient.portal_linked }}";
    let fields = [
        ("purpose", "letter"),
        ("subject", "For {{ recipient.first_name }}"),
        ("body", words),
        ("as", "office@demo"),
    ];
    let reply = desk.submit("/admin/mail/preview", &fields).await;
    assert_eq!(reply.status, 200);
    for says in [
        "Grace Okafor",
        "office@demo.test",
        "For Grace",
        "Client Portal",
        "sandbox",
    ] {
        assert!(reply.text.contains(says), "{says}: {}", reply.text);
    }
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("script-src"));
    // The mail stands escaped in an attribute; its own text is escaped in the mail once more.
    assert!(!reply.text.contains("<b>x"), "{}", reply.text);
    assert!(reply.text.contains("&amp;lt;b&amp;gt;x"), "{}", reply.text);
    assert!(
        !reply.text.contains("#portico="),
        "no link is made for a look"
    );
    let wrong = [
        ("purpose", "letter"),
        ("subject", "x"),
        ("body", "{{ nothing }}"),
    ];
    let reply = desk.submit("/admin/mail/preview", &wrong).await;
    assert!(
        reply.text.contains("There is no token “nothing”"),
        "{}",
        reply.text
    );
    assert!(
        desk.get(LIST)
            .await
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    // Somebody of another studio is an example to us.
    let other = [
        ("subject", "x"),
        ("body", "{{ recipient.name }}"),
        ("as", "casey"),
    ];
    let reply = desk.submit("/admin/mail/preview", &other).await;
    assert!(!reply.text.contains("Casey"), "{}", reply.text);
}

#[tokio::test]
async fn l15_a_test_goes_to_whoever_asks_and_opens_nobodys_portal() {
    let test = TestApp::new().await;
    let mut desk = owner(&test).await;
    let fields = [
        ("purpose", "letter"),
        ("name", "Unsaved"),
        ("subject", "Hi {{ recipient.first_name }}"),
        ("body", "{{ recipient.portal_linked }}"),
        ("as", "client@demo.test"),
        ("act", "test"),
    ];
    let reply = desk.post(NEW, &fields).await;
    assert!(
        reply
            .text
            .contains("A test is on its way to owner@demo.test."),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("Unsaved") && reply.text.contains("data-changed"));
    let mail = test.message("owner@demo.test").await;
    assert_eq!(mail.subject, "Test: Hi Ada");
    assert!(
        mail.text.contains("/demo/client-portal") && !mail.text.contains("#portico="),
        "{}",
        mail.text
    );
    assert!(test.messages("client@demo.test").await.is_empty());
    assert!(!desk.get(LIST).await.text.contains("Unsaved"));
}

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
                assert!(from.starts_with(crate::harness::HOST), "{from:.200}");
            }
        }
    }
}
