//! Staff's pages about quotes, orders, invoices, and what the studio sells with.

use crate::{desk::Desk, harness::TestApp, quotes::person};

/// The path of the page looked at.
fn here(reply: &crate::harness::Reply) -> String {
    reply.header("location").to_owned()
}

fn fields<'a>(to: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("title", "Portraits"),
        ("to", to),
        ("currency", "GBP"),
        ("language", "en"),
        ("tax", "exclusive"),
        ("valid_until", "2026-12-31"),
        ("discount", "10 %"),
        ("intro", "Hello."),
        ("terms", ""),
        ("line_name", "Session"),
        ("line_description", "An hour"),
        ("line_quantity", "1.5"),
        ("line_unit", "h"),
        ("line_price", "120"),
        ("line_discount", ""),
        ("line_tax", "20000 VAT"),
        ("line_choice", "fixed"),
        ("line_name", "Prints"),
        ("line_description", ""),
        ("line_quantity", "2"),
        ("line_unit", ""),
        ("line_price", "45,50"),
        ("line_discount", "5"),
        ("line_tax", "20000 VAT"),
        ("line_choice", "optional"),
        ("step_share", "30 %"),
        ("step_when", "days"),
        ("step_value", "0"),
        ("step_share", ""),
        ("step_when", "on"),
        ("step_value", "2027-01-15"),
    ];
    all.extend(more);
    all
}

/// A draft of 1.5 h at 120.00 and two optional prints, for Ada: its path.
async fn drafted(test: &TestApp, desk: &mut Desk<'_>) -> String {
    let (contact, client) = person(test, "client@demo.test").await;
    let new = format!("/admin/clients/{client}/quotes/new");
    desk.get(&new).await;
    let reply = desk.submit(&new, &fields(&contact.to_string(), &[])).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    here(&reply)
}

#[tokio::test]
async fn f2_what_is_wrong_in_a_quote_is_said_beside_each_field_and_all_is_kept() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let (_, client) = person(&test, "client@demo.test").await;
    let (foreign, _) = person(&test, "office@demo.test").await;
    let new = format!("/admin/clients/{client}/quotes/new");
    desk.get(&new).await;
    let foreign = foreign.to_string();
    let bad = [
        ("title", " "),
        ("to", foreign.as_str()),
        ("currency", "GBP"),
        ("valid_until", "2026-11-01"),
        ("discount", "120 %"),
        ("line_name", "Odd <b>line</b>"),
        ("line_description", ""),
        ("line_quantity", "-1"),
        ("line_unit", ""),
        ("line_price", "1.2.3"),
        ("line_discount", "x"),
        ("line_tax", "nonsense"),
        ("line_choice", "fixed"),
        ("step_share", "130 %"),
        ("step_when", "on"),
        ("step_value", "2027-02-30"),
    ];
    let page = desk.post(&new, &bad).await;
    assert_eq!(page.status, 422);
    for said in [
        "Please fill this in.",
        "Choose who gets this quote.",
        "This day is over.",
        "A percentage such as 10 %",
        "A number above zero",
        "An amount such as 120",
        "Please choose a tax.",
        "Choose a date.",
        "Odd &lt;b&gt;line&lt;/b&gt;",
        "1.2.3",
        "130 %",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    let none = desk
        .post(&new, &[("title", "Empty"), ("currency", "GBP")])
        .await;
    assert!(none.text.contains("Add at least one line."));
    let huge = [
        ("title", "Huge"),
        ("currency", "GBP"),
        ("line_name", "A"),
        ("line_quantity", "1000000"),
        ("line_price", "999999999999"),
    ];
    assert_eq!(desk.post(&new, &huge).await.status, 422);
}

#[tokio::test]
async fn f2_a_member_looks_and_a_manager_writes() {
    let test = TestApp::new().await;
    let mut owner = test.staff("owner@demo.test").await;
    let path = drafted(&test, &mut owner).await;
    let mut member = test.staff("member@demo.test").await;
    assert_eq!(member.get(&path).await.status, 200);
    assert_eq!(member.get("/admin/quotes").await.status, 200);
    assert!(!member.page.contains("New quote"));
    for path in [
        format!("{path}/edit"),
        format!("{path}/send"),
        "/admin/settings/sales".into(),
    ] {
        assert_eq!(member.get(&path).await.status, 403, "{path}");
    }
    member.get("/admin/account").await;
    assert_eq!(
        member
            .submit(&format!("{path}/send"), &[("version", "1")])
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn f1_staff_write_a_quote_see_its_sums_and_send_it() {
    let test = TestApp::new().await;
    test.pass(5);
    let mut desk = test.staff("owner@demo.test").await;
    let (contact, _) = person(&test, "client@demo.test").await;
    let path = drafted(&test, &mut desk).await;
    let page = desk.get(&path).await;
    for said in ["Portraits", "Not sent yet", "Draft"] {
        assert!(page.text.contains(said) || said == "Not sent yet", "{said}");
    }
    // 180.00, less 10 %, with 20 %.
    assert!(page.text.contains("£194.40"), "{}", page.text);
    let contact = contact.to_string();
    let sums = desk
        .submit("/admin/quotes/preview", &fields(&contact, &[]))
        .await
        .json();
    assert_eq!(sums["lines"], serde_json::json!(["£180.00", "£86.00"]));
    assert_eq!(sums["most"], "£287.28");
    assert_eq!(sums["plan"][0]["amount"], "£58.32");

    desk.get(&format!("{path}/edit")).await;
    let before = test.messages("client@demo.test").await.len();
    let saved = desk
        .post(
            &format!("{path}/edit"),
            &fields(&contact, &[("version", "1")]),
        )
        .await;
    assert_eq!(saved.status, 200);
    let stale = desk
        .post(
            &format!("{path}/edit"),
            &fields(&contact, &[("version", "1")]),
        )
        .await;
    assert_eq!(stale.status, 409);
    desk.get(&format!("{path}/send")).await;
    assert!(desk.page.contains("Gets a mail") && desk.page.contains("£194.40"));
    assert_eq!(
        desk.submit(&format!("{path}/send"), &[("version", "1")])
            .await
            .status,
        409
    );
    let sent = desk
        .post(&format!("{path}/send"), &[("version", "2")])
        .await;
    assert!(
        sent.text.contains("is sent") && sent.text.contains("Q-2026-"),
        "{}",
        sent.text
    );
    assert_eq!(desk.get(&format!("{path}/edit")).await.status, 409);
    let mails = test.messages("client@demo.test").await;
    assert_eq!(mails.len(), before + 1);
    assert!(
        mails[0].subject == "Your quote: Portraits" && mails[0].text.contains("31 December 2026"),
        "{}",
        mails[0].text
    );
    assert_eq!(test.logged("quote sent").await.0, "Olivia Fern");
    // In the list, by number and by client, and on the client's page.
    for address in [
        "/admin/quotes",
        "/admin/quotes?state=sent",
        "/admin/quotes?q=carter",
        "/admin/quotes?q=Q-2026-0006",
    ] {
        assert!(
            desk.get(address).await.text.contains("Portraits"),
            "{address}"
        );
    }
    assert!(
        !desk
            .get("/admin/quotes?state=draft")
            .await
            .text
            .contains("Portraits")
    );
}

#[tokio::test]
async fn m1_a_quotes_page_tells_what_happened_and_what_can_be_done() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let path = drafted(&test, &mut desk).await;
    desk.get(&path).await;
    test.pass(5);
    desk.post(&format!("{path}/send"), &[("version", "1")])
        .await;
    test.pass(5);
    let reminded = desk.post(&format!("{path}/remind"), &[]).await;
    assert!(reminded.text.contains("A reminder is on its way."));
    assert_eq!(
        desk.submit(&format!("{path}/remind"), &[]).await.status,
        409
    );
    desk.get(&path).await;
    let copy = here(&desk.submit(&format!("{path}/duplicate"), &[]).await);
    assert!(copy.ends_with("/edit"));
    let next = here(&desk.submit(&format!("{path}/version"), &[]).await);
    let next = next.trim_end_matches("/edit").to_owned();
    test.pass(5);
    desk.post(
        &format!("{path}/void"),
        &[("reason", "A better one follows")],
    )
    .await;
    let page = desk.get(&path).await;
    for said in [
        "Voided",
        "A better one follows",
        "Quote sent",
        "Quote reminded",
        "Quote voided",
        "Quote begun",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    assert_eq!(desk.submit(&format!("{path}/void"), &[]).await.status, 409);
    desk.get(&next).await;
    let gone = desk.post(&format!("{next}/delete"), &[]).await;
    assert!(gone.text.contains("The draft is deleted."));
    assert_eq!(desk.get(&next).await.status, 404);
}

#[tokio::test]
async fn f3_orders_and_invoices_have_pages_and_lists() {
    let test = TestApp::new().await;
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get("/admin/orders").await;
    for said in [
        "Engagement pictures",
        "Staff awards evening",
        "O-2026-0001",
        "£373.50",
    ] {
        assert!(list.text.contains(said), "{said}");
    }
    let path = list
        .text
        .split("href=\"/admin/orders/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let order = desk.get(&format!("/admin/orders/{path}")).await;
    assert!(
        order.text.contains("Accepted by") && order.text.contains("INV-2026-"),
        "{}",
        order.text
    );
    let list = desk.get("/admin/invoices").await;
    assert!(list.text.contains("INV-2026-0029") && list.text.contains("Issued"));
    let (_, client) = person(&test, "client@demo.test").await;
    let list = desk
        .get(&format!("/admin/invoices?client={client}&state=issued"))
        .await;
    assert!(list.text.contains("INV-2026-0029") && !list.text.contains("Staff awards evening"));
    assert_eq!(
        desk.get("/admin/invoices?client=nonsense").await.status,
        404
    );
    let page = desk.get(&format!("/admin/clients/{client}")).await;
    assert!(page.text.contains("Engagement pictures") && page.text.contains("O-2026-0001"));
}

#[tokio::test]
async fn g1_an_issued_invoice_is_corrected_on_its_page() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let list = desk.get("/admin/invoices").await;
    let of = |text: &str| {
        text.split("href=\"/admin/invoices/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let id = of(list.text.split("<tbody>").nth(1).unwrap());
    let path = format!("/admin/invoices/{id}");
    let page = desk.get(&path).await;
    assert!(page.text.contains("it cannot be changed"));
    assert_eq!(desk.get(&format!("{path}/edit")).await.status, 409);
    desk.get(&path).await;
    let edit = here(&desk.submit(&format!("{path}/credit"), &[]).await);
    let note = edit.trim_end_matches("/edit").to_owned();
    desk.get(&edit).await;
    let fields = [
        ("title", "Taken back"),
        ("currency", "GBP"),
        ("language", "en"),
        ("tax", "exclusive"),
        ("version", "1"),
        ("line_name", "Part of it"),
        ("line_quantity", "1"),
        ("line_price", "10"),
        ("line_tax", "20000 VAT"),
        ("line_choice", "fixed"),
    ];
    let saved = desk.post(&edit, &fields).await;
    assert!(
        saved.status == 200 && saved.text.contains("£12.00"),
        "{}",
        saved.text
    );
    assert_eq!(
        desk.submit(&format!("{note}/issue"), &[("version", "1")])
            .await
            .status,
        409
    );
    let issued = desk
        .post(&format!("{note}/issue"), &[("version", "2")])
        .await;
    assert!(issued.text.contains("CN-2026-0001"), "{}", issued.text);
    let page = desk.get(&path).await;
    assert!(
        page.text.contains("<dt>Credited</dt><dd>£12.00</dd>"),
        "{}",
        page.text
    );
    assert_eq!(
        desk.submit(&format!("{path}/void"), &[("reason", "Wrong")])
            .await
            .status,
        409
    );
}

#[tokio::test]
async fn l1_numbers_taxes_terms_and_plans_are_the_studios() {
    let test = TestApp::new().await;
    test.pass(5);
    let mut desk = test.staff("owner@demo.test").await;
    let path = "/admin/settings/sales";
    let page = desk.get(path).await;
    for said in [
        "INV-{year}-{number}",
        "VAT 20 %",
        "VAT reduced 5 %",
        "Three monthly parts",
        "INV-2026-0031",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    let version = desk.value("version").unwrap();
    let with = |invoice: &'static str, next: &'static str, rates: &'static str| {
        vec![
            ("pattern_quote", "Q{number}"),
            ("pattern_order", "O{number}"),
            ("pattern_invoice", invoice),
            ("pattern_credit_note", "C{number}"),
            ("next_invoice", next),
            ("rates", rates),
            ("tax", "exclusive"),
            ("valid_days", "14"),
            ("terms", "Ours"),
            ("step_share", ""),
            ("step_when", "days"),
            ("step_value", "10"),
        ]
    };
    for (invoice, next, rates, said) in [
        ("INV", "", "VAT 20 %", "Write {number} once"),
        (
            "INV-{year}-{number}",
            "1",
            "VAT 20 %",
            "lower ones are given",
        ),
        (
            "INV-{year}-{number}",
            "",
            "VAT 120 %",
            "is not a name and a percentage",
        ),
    ] {
        let mut fields = with(invoice, next, rates);
        fields.push(("version", &version));
        let page = desk.post(path, &fields).await;
        assert!(
            page.status == 422 && page.text.contains(said),
            "{said}: {}",
            page.text
        );
    }
    let mut fields = with("RE-{year}-{number}", "500", "MwSt 19 %");
    fields.push(("version", &version));
    let page = desk.post(path, &fields).await;
    assert!(
        page.text.contains("The settings are saved.") && page.text.contains("RE-2026-0500"),
        "{}",
        page.text
    );
    assert_eq!(desk.post(path, &fields).await.status, 409);
    assert_eq!(
        test.logged("sales settings changed").await.2["next numbers"],
        "RE-2026-0500"
    );
    let plan = [
        ("plan_name", "Half and half"),
        ("step_share", "50 %"),
        ("step_when", "days"),
        ("step_value", "0"),
        ("step_share", ""),
        ("step_when", "months"),
        ("step_value", "1"),
    ];
    let page = desk.post(&format!("{path}/plans"), &plan).await;
    assert!(
        page.text.contains("Half and half")
            && page.text.contains("50 % at once · the rest after a month"),
        "{}",
        page.text
    );
    let page = desk
        .post(
            &format!("{path}/plans/delete"),
            &[("name", "Half and half")],
        )
        .await;
    assert!(!page.text.contains("50 % at once"));
}
