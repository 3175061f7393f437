//! Mail templates: L15 L18, and who may write them.

use crate::{
    desk::Desk,
    harness::{Reply, TestApp},
};

pub const LIST: &str = "/admin/mail";
const NEW: &str = "/admin/mail/new";

pub async fn owner(test: &TestApp) -> Desk<'_> {
    let mut desk = test.staff("owner@demo.test").await;
    assert_eq!(desk.get(NEW).await.status, 200);
    desk
}

/// Sends the form of a new template.
pub async fn add(desk: &mut Desk<'_>, purpose: &str, subject: &str, body: &str) -> Reply {
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
pub async fn saved(desk: &mut Desk<'_>, purpose: &str, subject: &str, body: &str) -> String {
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
