//! The mail that brings an invoice: J4 F2 G1.

use portico_wire::{ContactId, InvoiceId, Right};
use serde_json::json;

use crate::{
    desk::Desk,
    harness::TestApp,
    quotes::person,
    till::{at_once, draft, in_two},
};

/// A draft of 120.00 for Ada, in one part or in two, and whoever else.
async fn drafted(test: &TestApp, parts: bool, others: &[ContactId]) -> InvoiceId {
    let ada = person(test, "client@demo.test").await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let plan = if parts { in_two() } else { at_once(14) };
    let id = draft(&mut tx, ada, &[10_000], plan).await;
    for &other in others {
        portico::invoices::store::name(&mut tx, id, other)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// Staff issue it on its page, with what they ticked.
async fn issue(desk: &mut Desk<'_>, id: InvoiceId, ticked: &[(&str, &str)]) -> String {
    let page = desk.get(&format!("/admin/invoices/{id}")).await;
    assert!(page.text.contains("Issue this invoice"), "{}", page.text);
    let version = desk.value("version").unwrap();
    let mut fields = vec![("version", version.as_str())];
    fields.extend(ticked);
    let page = desk
        .post(&format!("/admin/invoices/{id}/issue"), &fields)
        .await;
    assert_eq!(page.status, 200);
    page.text
}

async fn mails(test: &TestApp, to: &str) -> Vec<portico::mail::Kept> {
    let all = test.messages(to).await.into_iter();
    all.filter(|mail| mail.subject.starts_with("Invoice "))
        .collect()
}

#[tokio::test]
async fn j4_an_issued_invoice_is_mailed_once_with_a_link_to_it() {
    let test = TestApp::new().await;
    // She was in before, so she needs no link of her own.
    let mut ada = test.signed_in("client@demo.test").await;
    let ben = person(&test, "spouse@demo.test").await.0;
    let id = drafted(&test, false, &[ben]).await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get(&format!("/admin/invoices/{id}")).await;
    assert!(
        page.text.contains("name=\"mail\" value=\"true\" checked"),
        "{}",
        page.text
    );
    let page = issue(&mut desk, id, &[("mail", "true")]).await;
    assert!(page.contains("is issued. 2 mails go out."), "{page}");
    let told = mails(&test, "client@demo.test").await;
    assert_eq!(told.len(), 1);
    let mail = &told[0];
    let invoice = ada.get(&format!("/invoices/{id}")).await.ok();
    let number = invoice["number"].as_str().unwrap();
    assert_eq!(
        mail.subject,
        format!("Invoice {number} from Fernlight Studio: £120.00, due 5 December 2026")
    );
    let link = format!("#portico-open=invoices/{id}");
    assert!(mail.text.contains(&link), "{}", mail.text);
    for part in [&mail.text, &mail.html] {
        assert!(part.contains(&id.to_string()) && part.contains("£120.00"));
    }
    assert!(!mail.text.contains("#portico="), "{}", mail.text);
    assert_eq!(mails(&test, "spouse@demo.test").await.len(), 1);
    // Staff read on the client's page what was sent.
    let client = person(&test, "client@demo.test").await.1;
    let page = desk.get(&format!("/admin/clients/{client}")).await.text;
    assert!(page.contains(&mail.subject), "{page}");
    // The same form once more issues and mails nothing.
    let again = desk
        .submit(
            &format!("/admin/invoices/{id}/issue"),
            &[("version", "1"), ("mail", "true")],
        )
        .await;
    assert_eq!(again.status, 409);
    test.pass(3600);
    test.work().await;
    assert_eq!(mails(&test, "client@demo.test").await.len(), 1);
}

#[tokio::test]
async fn j4_staff_who_untick_it_mail_nobody_and_can_send_it_later_and_again() {
    let test = TestApp::new().await;
    let id = drafted(&test, true, &[]).await;
    let mut desk = test.staff("owner@demo.test").await;
    let path = format!("/admin/invoices/{id}");
    // A draft is not mailed.
    desk.get(&path).await;
    let early = desk.submit(&format!("{path}/mail"), &[]).await;
    assert_eq!(early.status, 409);
    let page = issue(&mut desk, id, &[]).await;
    assert!(mails(&test, "client@demo.test").await.is_empty());
    assert!(
        page.contains("Send by mail") && !page.contains("Send again"),
        "{page}"
    );
    let page = desk.post(&format!("{path}/mail"), &[]).await;
    assert!(page.text.contains("One mail goes out."), "{}", page.text);
    let told = mails(&test, "client@demo.test").await;
    assert!(
        told[0].subject.contains("first part due 28 November 2026"),
        "{}",
        told[0].subject
    );
    assert!(told[0].text.contains("£36.00"), "{}", told[0].text);
    // A double click, then in earnest.
    let page = desk.post(&format!("{path}/mail"), &[]).await;
    assert!(
        page.text.contains("It was sent a moment ago."),
        "{}",
        page.text
    );
    test.pass(61);
    let page = desk.post(&format!("{path}/mail"), &[]).await;
    assert!(page.text.contains("Send again"), "{}", page.text);
    assert_eq!(mails(&test, "client@demo.test").await.len(), 2);
    let (actor, ..) = test.logged("invoice mailed").await;
    assert!(!actor.is_empty());
    // Voided, there is nothing to send; and a member sends nothing.
    let mut member = test.staff("member@demo.test").await;
    let page = member.get(&path).await;
    assert!(!page.text.contains("Send again"));
    let refused = member.submit(&format!("{path}/mail"), &[]).await;
    assert_eq!(refused.status, 403);
    desk.get(&path).await;
    desk.post(&format!("{path}/void"), &[("reason", "A mistake")])
        .await;
    test.pass(61);
    let refused = desk.submit(&format!("{path}/mail"), &[]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(mails(&test, "client@demo.test").await.len(), 2);
}

#[tokio::test]
async fn j4_who_may_not_see_invoices_or_wants_no_such_mail_gets_none_and_staff_see_why() {
    let test = TestApp::new().await;
    test.switch_right("spouse@demo.test", Right::Invoices, false)
        .await;
    let ben = person(&test, "spouse@demo.test").await.0;
    let id = drafted(&test, false, &[ben]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let form = ada.get("/notifications/form").await.ok();
    let mut answers = form["answers"].clone();
    let label = "Invoices, and reminders of what is due";
    let text = answers["mail"].to_string();
    assert!(text.contains(label), "{text}");
    let text = text
        .replace(&format!(",\"{label}\""), "")
        .replace(&format!("\"{label}\","), "");
    answers["mail"] = serde_json::from_str(&text).unwrap();
    ada.post("/notifications/form", json!({ "answers": answers }))
        .await
        .ok();
    let mut desk = test.staff("owner@demo.test").await;
    let page = issue(&mut desk, id, &[("mail", "true")]).await;
    assert!(page.contains("May not see invoices"), "{page}");
    assert!(page.contains("Nobody it names gets a mail"), "{page}");
    for email in ["client@demo.test", "spouse@demo.test"] {
        assert!(mails(&test, email).await.is_empty(), "{email}");
    }
}

#[tokio::test]
async fn j4_who_was_never_in_gets_a_link_that_lets_in_where_the_studio_wants_that() {
    let test = TestApp::new().await;
    let crowd = crate::forms::studio(&test);
    let eve = crowd
        .never_invited("client@demo.test", "eve@demo.test")
        .await;
    let id = drafted(&test, false, &[eve]).await;
    let mut desk = test.staff("owner@demo.test").await;
    issue(&mut desk, id, &[("mail", "true")]).await;
    let told = mails(&test, "eve@demo.test").await;
    assert!(told[0].text.contains("#portico="), "{}", told[0].text);
    let secret = test.link("eve@demo.test").await;
    let looked = test
        .browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await;
    assert_eq!(looked.ok()["email"], "eve@demo.test");

    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let mut off = portico::studios::store::get(&mut tx).await.unwrap();
    off.activates_portal = false;
    assert!(
        portico::studios::store::save_settings(&mut tx, &off)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let zoe = crowd
        .never_invited("client@demo.test", "zoe@demo.test")
        .await;
    let id = drafted(&test, false, &[zoe]).await;
    let page = issue(&mut desk, id, &[("mail", "true")]).await;
    assert!(page.contains("Not invited to the portal yet"), "{page}");
    assert!(mails(&test, "zoe@demo.test").await.is_empty());
}

#[tokio::test]
async fn f2_the_invoice_of_an_accepted_quote_is_told_by_the_orders_mail_alone() {
    let test = TestApp::new().await;
    let quote = crate::quotes::sent(&test, &["client@demo.test"], "Told once", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let shown = ada.get(&format!("/quotes/{quote}")).await.ok();
    let sent =
        json!({ "chosen": [], "version": shown["version"], "total": shown["total"]["minor"] });
    ada.post_once(&format!("/quotes/{quote}/accept"), sent, "accept-told-once")
        .await
        .ok();
    let all = test.messages("client@demo.test").await;
    let told: Vec<_> = all
        .iter()
        .filter(|mail| mail.text.contains("INV-"))
        .collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].subject.starts_with("Your order"),
        "{}",
        told[0].subject
    );
}

#[tokio::test]
async fn j4_a_new_version_says_which_one_it_replaces_and_a_credit_note_is_not_mailed() {
    let test = TestApp::new().await;
    let id = drafted(&test, false, &[]).await;
    let mut desk = test.staff("owner@demo.test").await;
    issue(&mut desk, id, &[("mail", "true")]).await;
    let first = mails(&test, "client@demo.test").await[0].subject.clone();
    let number = first.split(' ').nth(1).unwrap().to_owned();
    let page = desk
        .post(&format!("/admin/invoices/{id}/version"), &[])
        .await;
    let at = page.text.split("/admin/invoices/inv_").nth(1).unwrap();
    let next: InvoiceId = format!("inv_{}", &at[..32]).parse().unwrap();
    test.pass(60);
    issue(&mut desk, next, &[("mail", "true")]).await;
    let told = mails(&test, "client@demo.test").await;
    assert_eq!(told.len(), 2);
    let says = format!("It takes the place of invoice {number}.");
    assert!(told[0].text.contains(&says), "{}", told[0].text);
    let page = desk
        .post(&format!("/admin/invoices/{next}/credit"), &[])
        .await;
    let at = page.text.split("/admin/invoices/inv_").nth(1).unwrap();
    let note = format!("/admin/invoices/inv_{}", &at[..32]);
    let page = desk.get(&note).await;
    assert!(!page.text.contains("Send it by mail"), "{}", page.text);
    let version = desk.value("version").unwrap();
    test.pass(60);
    desk.post(
        &format!("{note}/issue"),
        &[("version", &version), ("mail", "true")],
    )
    .await;
    assert_eq!(mails(&test, "client@demo.test").await.len(), 2);
}
