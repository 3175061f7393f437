//! A single mail to people of one client: L16, A5, and what becomes of it.

use serde_json::json;

use crate::{
    desk::Desk,
    harness::{Reply, TestApp},
    mail_templates::LIST,
};

/// The page that writes to a contact's client, and the contact's id.
async fn writing(test: &TestApp, email: &str) -> (String, String) {
    let studio = test.scope("demo").await;
    let mut tx = test.app.db.read(&studio).await.unwrap();
    let email = portico::access::Email::parse(email).unwrap();
    let found = portico::access::store::candidates(&mut tx, &email)
        .await
        .unwrap();
    let path = format!("/admin/clients/{}/mail", found[0].client_id);
    (path, found[0].id.to_string())
}

/// Writes and sends; does not follow.
async fn send(desk: &mut Desk<'_>, path: &str, to: &[&str], subject: &str, body: &str) -> Reply {
    // The log is read by the moment.
    desk.test.pass(1);
    assert_eq!(desk.get(path).await.status, 200);
    let key = desk.value("key").unwrap();
    send_with(desk, path, &key, to, subject, body).await
}

async fn send_with(
    desk: &mut Desk<'_>,
    path: &str,
    key: &str,
    to: &[&str],
    subject: &str,
    body: &str,
) -> Reply {
    let mut fields = vec![
        ("key", key),
        ("subject", subject),
        ("body", body),
        ("act", "send"),
    ];
    fields.extend(to.iter().map(|&to| ("to", to)));
    desk.submit(path, &fields).await
}

async fn change(test: &TestApp, sql: &'static str, email: &str) {
    let _: (i64,) = test.row(sql, email).await;
}

const HELLO: &str = "Hello {{ recipient.first_name }},\n\n{{ recipient.portal_linked }}";

#[tokio::test]
async fn l16_a_member_writes_to_a_client_and_the_link_in_the_mail_signs_in() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    let (_, ben) = writing(&test, "spouse@demo.test").await;
    let page = path.trim_end_matches("/mail");
    assert!(
        desk.get(page)
            .await
            .text
            .contains(&format!("href=\"{path}\">Send Email"))
    );
    let reply = send(
        &mut desk,
        &path,
        &[&ada, &ben],
        "For {{ recipient.first_name }}",
        HELLO,
    )
    .await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let shown = desk.get(reply.header("location")).await.text;
    assert!(
        shown.contains("2 mails are on their way.") && shown.contains("Queued"),
        "{shown}"
    );
    assert!(
        shown.contains("<strong>Mail sent</strong>: For Ada"),
        "{shown}"
    );
    let mail = test.message("client@demo.test").await;
    assert_eq!(mail.subject, "For Ada");
    assert!(
        mail.text.starts_with("Hello Ada,") && mail.html.contains(">Client Portal<"),
        "{}",
        mail.html.len()
    );
    assert_eq!(test.message("spouse@demo.test").await.subject, "For Ben");
    // Each has a link of its own, which is kept nowhere in words.
    let (first, second) = (
        test.link("client@demo.test").await,
        test.link("spouse@demo.test").await,
    );
    assert_ne!(first, second);
    assert!(!test.database_contains(&first).await);
    let seen = test
        .browser()
        .post("/sign-in/link", json!({ "secret": second }))
        .await
        .ok();
    assert_eq!(seen["first_name"], "Ben");
    let shown = desk.get(page).await.text;
    assert!(
        shown.contains("tag good\">Sent") && shown.contains("Marcus Light"),
        "{shown}"
    );
    let (who, _, after) = test.logged("mail sent").await;
    assert_eq!(
        (who.as_str(), &after["to"]),
        ("Marcus Light", &json!("Ada Carter, Ben Carter"))
    );
}

#[tokio::test]
async fn l16_a_newcomer_enters_by_the_link_of_a_mail() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, nora) = writing(&test, "new@demo.test").await;
    send(&mut desk, &path, &[&nora], "Hi", HELLO).await;
    let secret = test.link("new@demo.test").await;
    let redeem = json!({ "secret": secret, "password": "nora's own password" });
    let reply = test
        .browser()
        .post("/sign-in/link/redeem", redeem)
        .await
        .ok();
    assert_eq!(reply["home"]["me"]["first_name"], "Nora");
}

#[tokio::test]
async fn a5_each_mail_makes_a_new_link_and_five_live_at_once() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, nora) = writing(&test, "new@demo.test").await;
    let mut links = vec![test.link("new@demo.test").await];
    for at in 0..5 {
        send(&mut desk, &path, &[&nora], &format!("Mail {at}"), HELLO).await;
        links.push(test.link("new@demo.test").await);
    }
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 6, "each is another");
    let mut alive = 0;
    for secret in &links {
        let reply = test
            .browser()
            .post("/sign-in/link", json!({ "secret": secret }))
            .await;
        alive += i32::from(reply.status.is_success());
    }
    assert_eq!(alive, 5);
    // A mail without the token makes none.
    send(&mut desk, &path, &[&nora], "Plain", "No link").await;
    let text = test.message("new@demo.test").await.text;
    assert!(text.starts_with("No link") && !text.contains("#portico="));
}

#[tokio::test]
async fn l16_a_form_sent_twice_sends_one_mail() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    desk.get(&path).await;
    let key = desk.value("key").unwrap();
    for _ in 0..3 {
        let reply = send_with(&mut desk, &path, &key, &[&ada], "Once", "Body").await;
        assert_eq!(reply.status, 303);
    }
    let page = desk.get(path.trim_end_matches("/mail")).await.text;
    assert!(
        page.contains("was sent already, and was not sent again"),
        "{page}"
    );
    assert_eq!(test.messages("client@demo.test").await.len(), 1);
    assert_eq!(page.matches("<strong>Mail sent</strong>").count(), 1);
    // A mended form keeps its key.
    desk.get(&path).await;
    let key = desk.value("key").unwrap();
    let reply = send_with(&mut desk, &path, &key, &[&ada], "", "Body").await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains(&key));
    let without = desk
        .submit(&path, &[("subject", "x"), ("body", "y"), ("to", &ada)])
        .await;
    assert_eq!(without.status, 400);
}

#[tokio::test]
async fn l16_who_cannot_get_in_gets_no_link_but_may_get_a_mail() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, oscar) = writing(&test, "off@demo.test").await;
    let reply = send(&mut desk, &path, &[&oscar], "Hi", HELLO).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply
            .text
            .contains("Oscar Former cannot get into the portal: the access is switched off."),
        "{}",
        reply.text
    );
    assert!(
        reply.text.contains("Hello {{ recipient.first_name }}"),
        "nothing is lost"
    );
    let reply = send(
        &mut desk,
        &path,
        &[&oscar],
        "Hi",
        "Only words for {{ recipient.first_name }}",
    )
    .await;
    assert_eq!(reply.status, 303);
    assert!(
        test.message("off@demo.test")
            .await
            .text
            .starts_with("Only words for Oscar")
    );
    let (path, nina) = writing(&test, "twin@demo.test").await;
    let reply = send(&mut desk, &path, &[&nina], "Hi", HELLO).await;
    assert!(
        reply
            .text
            .contains("the same email stands on another contact"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn l16_a_closed_portal_is_not_linked_to() {
    let test = TestApp::new().await;
    let mut studio = test.scope("demo").await;
    studio.portal_enabled = false;
    let mut tx = test.app.db.write(&studio).await.unwrap();
    assert!(
        portico::studios::store::save_settings(&mut tx, &studio)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    let reply = send(&mut desk, &path, &[&ada], "Hi", HELLO).await;
    assert_eq!(reply.status, 422);
    assert!(
        reply
            .text
            .contains("The client portal is closed at the moment"),
        "{}",
        reply.text
    );
    assert_eq!(
        send(&mut desk, &path, &[&ada], "Hi", "Words").await.status,
        303
    );
}

#[tokio::test]
async fn l16_nobody_somebody_elses_and_people_without_an_address_are_refused() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    let (_, ben) = writing(&test, "spouse@demo.test").await;
    let (_, stranger) = writing(&test, "office@demo.test").await;
    let reply = send(&mut desk, &path, &[], "Hi", "x").await;
    assert!(reply.status == 422 && reply.text.contains("Please choose somebody to write to."));
    for to in [
        vec![stranger.as_str()],
        vec!["nonsense"],
        vec![ada.as_str(), stranger.as_str()],
    ] {
        assert_eq!(send(&mut desk, &path, &to, "Hi", "x").await.status, 422);
    }
    change(
        &test,
        "update contacts set email = null where email = $1 returning cast(1 as bigint)",
        "spouse@demo.test",
    )
    .await;
    let reply = send(&mut desk, &path, &[&ada, &ben], "Hi", "x").await;
    assert_eq!(reply.status, 422);
    assert!(
        reply.text.contains("Ben Carter has no email address."),
        "{}",
        reply.text
    );
    test.work().await;
    assert!(
        test.messages("client@demo.test").await.is_empty()
            && test.messages("office@demo.test").await.is_empty()
    );
    // Another studio's client, and nobody signed in.
    let mut other = test.staff("owner@lapsed.test").await;
    assert_eq!(other.ask(&path).await.status, 404);
    other.get(LIST).await;
    let key = "mai_0192f3a4b5c67d8e9fa0b1c2d3e4f506";
    assert_eq!(
        send_with(&mut other, &path, key, &[&ada], "Hi", "x")
            .await
            .status,
        404
    );
    assert_eq!(test.desk().ask(&path).await.status, 303);
}

#[tokio::test]
async fn l16_scripts_and_headers_in_names_stay_words() {
    let test = TestApp::new().await;
    change(
        &test,
        "update contacts set first_name = '<script>alert(1)</script> **Ada** [x](javascript:y) {{ studio.name }}',
                last_name = 'Line' || char(13) || char(10) || 'Bcc: spy@example.test'
         where email = $1 returning cast(1 as bigint)",
        "client@demo.test",
    )
    .await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    let body =
        "Dear {{ recipient.first_name }}, <img src=x onerror=alert(2)> *{{ recipient.name }}*";
    let reply = send(&mut desk, &path, &[&ada], "To {{ recipient.name }}", body).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let mail = test.message("client@demo.test").await;
    assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
    assert!(mail.subject.contains("Line Bcc: spy@example.test"));
    for live in [
        "<script",
        "<img src=x",
        "<strong>Ada",
        "href=\"javascript",
        "Fernlight Studio}",
    ] {
        assert!(!mail.html.contains(live), "{live}: {}", mail.html);
    }
    assert!(
        mail.html
            .contains("&lt;script&gt;alert(1)&lt;/script&gt; **Ada**"),
        "{}",
        mail.html
    );
    assert!(
        mail.text
            .contains("<script>alert(1)</script> **Ada** [x](javascript:y) {{ studio.name }}")
    );
    let page = desk.get(path.trim_end_matches("/mail")).await.text;
    assert!(!page.contains("<script>alert"));
}

#[tokio::test]
async fn l16_a_template_is_picked_and_its_tokens_become_this_clients() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, grace) = writing(&test, "office@demo.test").await;
    let page = desk.get(&path).await.text;
    let (before, _) = page
        .split_once(">Welcome, weddings</option>")
        .expect("the template is offered");
    let id = before
        .rsplit_once("value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let page = desk.get(&format!("{path}?template={id}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("your date is booked"), "{}", page.text);
    let subject = desk.value("subject").unwrap();
    let body = "{{ recipient.name }}|{{ recipient.email }}|{{ client.name }}|{{ studio.name|upper }}|{{ studio.email }}|{{ date.today }}";
    let key = desk.value("key").unwrap();
    let reply = send_with(&mut desk, &path, &key, &[&grace], &subject, body).await;
    assert_eq!(reply.status, 303);
    let mail = test.message("office@demo.test").await;
    assert_eq!(mail.subject, "So happy to be there, Grace!");
    let line = mail.text.lines().next().unwrap();
    assert!(line.starts_with("Grace Okafor|office@demo.test|"), "{line}");
    assert!(
        line.ends_with("|FERNLIGHT STUDIO|hello@fernlight.test|21 November 2026"),
        "{line}"
    );
    let nothing = desk
        .ask(&format!(
            "{path}?template=mtp_0192f3a4b5c67d8e9fa0b1c2d3e4f506"
        ))
        .await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn l16_a_mail_that_failed_says_so_on_the_clients_page() {
    let test = TestApp::with(|config| config.smtp_url = None).await;
    let mut desk = test.staff("member@demo.test").await;
    let (path, ada) = writing(&test, "client@demo.test").await;
    send(&mut desk, &path, &[&ada], "Hi", "Words").await;
    change(
        &test,
        "update outbox set state = 'dead', last_error = 'no such mailbox' where recipient = $1
         returning cast(1 as bigint)",
        "client@demo.test",
    )
    .await;
    let page = desk.get(path.trim_end_matches("/mail")).await.text;
    assert!(
        page.contains("Failed") && page.contains("no such mailbox"),
        "{page}"
    );
}
