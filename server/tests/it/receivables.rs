//! The money desk, reminders and statements, as staff and clients meet them.

use portico_sandbox::Payer;
use portico_wire::Right;

use crate::{
    harness::TestApp,
    quotes::person,
    till::{Till, at_once, in_two, start, wish},
};

const ADA: &str = "client@demo.test";
const DAY: i64 = 86_400;

/// The subjects of the reminders somebody got, the newest first.
async fn reminders(test: &TestApp, email: &str) -> Vec<String> {
    let all = test.messages(email).await;
    let about =
        |subject: &str| subject.starts_with("Due on") || subject.starts_with("Overdue since");
    all.into_iter()
        .map(|m| m.subject)
        .filter(|s| about(s))
        .collect()
}

/// The demo's own invoices are settled, so that a test counts its own alone.
async fn quiet(till: &Till) {
    let mut owner = till.test.staff("owner@demo.test").await;
    owner.get("/admin/settings/sales").await;
    owner
        .post(
            "/admin/settings/sales/reminders",
            &[("before", ""), ("after", "")],
        )
        .await;
}

async fn remind_on(till: &Till, before: &str, after: &str) {
    let mut owner = till.test.staff("owner@demo.test").await;
    owner.get("/admin/settings/sales").await;
    let fields = [("before", before), ("after", after)];
    let page = owner
        .post("/admin/settings/sales/reminders", &fields)
        .await
        .text;
    assert!(page.contains("Saved.") || page.contains("Nothing was changed."));
}

#[tokio::test]
async fn j4_days_of_reminders_are_numbers_and_settings_are_for_managers() {
    let till = Till::open().await;
    let mut member = till.test.staff("member@demo.test").await;
    member.get("/admin").await;
    let path = "/admin/settings/sales/reminders";
    assert_eq!(member.submit(path, &[("before", "1")]).await.status, 403);
    let mut owner = till.test.staff("owner@demo.test").await;
    for wrong in ["0", "x", "-3", "1.5", "1 2 3 4 5 6 7", "999"] {
        owner.get("/admin/settings/sales").await;
        let page = owner
            .post(path, &[("before", wrong), ("after", "")])
            .await
            .text;
        assert!(page.contains("Nothing was saved"), "{wrong}");
    }
    owner.get("/admin/settings/sales").await;
    let page = owner
        .post(path, &[("before", "7 2"), ("after", "1,10")])
        .await
        .text;
    assert!(page.contains(r#"value="2, 7""#) && page.contains(r#"value="1, 10""#));
}

#[tokio::test]
async fn j4_each_instalment_is_reminded_of_once_for_each_moment_and_never_when_it_is_paid() {
    let till = Till::open().await;
    remind_on(&till, "3", "1, 7").await;
    let before = reminders(&till.test, "spouse@demo.test").await.len();
    let invoice = till.invoice("spouse@demo.test", &[10_000], in_two()).await;
    let mut seen = Vec::new();
    for day in 0..20 {
        till.pass(DAY);
        till.test.work().await;
        let now = reminders(&till.test, "spouse@demo.test").await.len() - before;
        if now > seen.len() {
            seen.push(day + 1);
            assert_eq!(now, seen.len(), "one mail at a time");
        }
    }
    // 30 % are due on the 28th: three days before, one and seven days after.
    assert_eq!(seen, [4, 8, 14]);
    let last = reminders(&till.test, "spouse@demo.test").await.remove(0);
    assert_eq!(
        last,
        "Overdue since 28 November 2026: £36.00 to Fernlight Studio"
    );
    till.test.work().await;
    let mut spouse = till.test.signed_in("client@demo.test").await;
    let _ = start(
        &mut spouse,
        wish(&[invoice.id], "everything"),
        "statement-x",
    )
    .await;
}

#[tokio::test]
async fn j4_what_is_paid_or_on_its_way_is_not_reminded_of() {
    let till = Till::open().await;
    quiet(&till).await;
    let paid = till.invoice(ADA, &[10_000], at_once(5)).await;
    let pending = till.invoice(ADA, &[20_000], at_once(5)).await;
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[paid.id], "everything"), "statement-a")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    let begun = start(&mut ada, wish(&[pending.id], "everything"), "statement-b")
        .await
        .ok();
    till.pay(&begun, &Payer::bank()).await;
    till.settle().await;
    remind_on(&till, "3", "1, 7").await;
    let before = reminders(&till.test, ADA).await;
    for _ in 0..14 {
        till.pass(DAY);
        till.test.work().await;
    }
    let mine = |subject: &&String| subject.contains("£120.00") || subject.contains("£240.00");
    let after = reminders(&till.test, ADA).await;
    assert_eq!(
        after.iter().filter(mine).count(),
        before.iter().filter(mine).count()
    );
}

#[tokio::test]
async fn j4_staff_remind_by_hand_once_a_day_of_what_is_overdue() {
    let till = Till::open().await;
    quiet(&till).await;
    let invoice = till.invoice(ADA, &[10_000], at_once(5)).await;
    till.pass(8 * DAY);
    till.test.work().await;
    let mut member = till.test.staff("member@demo.test").await;
    let page = member.get("/admin/money").await.text;
    let number = invoice.number.clone().unwrap();
    assert!(
        page.contains(&number) && page.contains("3 days") && page.contains("£120.00"),
        "{page}"
    );
    let id = invoice.id.to_string();
    let before = reminders(&till.test, ADA).await.len();
    let said = member
        .post("/admin/money/remind", &[("invoice", &id)])
        .await
        .text;
    assert!(said.contains("on its way to 1 person") && said.contains("reminded"));
    assert_eq!(reminders(&till.test, ADA).await.len(), before + 1);
    let said = member
        .post("/admin/money/remind", &[("invoice", &id)])
        .await
        .text;
    assert!(said.contains("went out today already"));
    assert_eq!(reminders(&till.test, ADA).await.len(), before + 1);
    let mut other = till.test.staff("owner@unpaid.test").await;
    other.get("/admin").await;
    assert_eq!(
        other
            .submit("/admin/money/remind", &[("invoice", &id)])
            .await
            .status,
        404
    );
}

/// The cells of a month's row in the table behind the plot.
fn cells(page: &str, month: &str) -> Vec<String> {
    let (_, rest) = page
        .split_once(&format!("<th scope=\"row\">{month}"))
        .unwrap();
    let row = rest.split("</tr>").next().unwrap();
    row.split("<td")
        .skip(1)
        .map(|cell| {
            let (_, text) = cell.split_once('>').unwrap();
            text.split('<').next().unwrap().to_owned()
        })
        .collect()
}

fn number(text: &str) -> i64 {
    text.chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap_or(0)
}

#[tokio::test]
async fn g4_staff_see_money_due_overdue_and_received_by_month_as_a_plot_with_a_table_behind_it() {
    let till = Till::open().await;
    quiet(&till).await;
    let mut owner = till.test.staff("owner@demo.test").await;
    let before = owner.get("/admin/money").await.text;
    assert!(before.contains("<svg class=\"plot\"") && before.contains("role=\"img\""));
    assert!(!before.contains("style="), "no style of its own");
    let at = |page: &str, month: &str| -> Vec<i64> {
        if page.contains(month) {
            cells(page, month).iter().map(|c| number(c)).collect()
        } else {
            vec![0; 3]
        }
    };
    let (november, december) = (at(&before, "November 2026"), at(&before, "December 2026"));
    // 120.00 due this month, 240.00 in December.
    let now = till.invoice(ADA, &[10_000], at_once(2)).await;
    till.invoice(ADA, &[20_000], at_once(20)).await;
    let page = owner.get("/admin/money").await.text;
    assert_eq!(at(&page, "November 2026")[0], november[0] + 12_000);
    assert_eq!(at(&page, "December 2026")[0], december[0] + 24_000);
    till.pass(4 * DAY);
    let mut owner = till.test.staff("owner@demo.test").await;
    let page = owner.get("/admin/money").await.text;
    assert_eq!(
        at(&page, "November 2026")[1],
        november[1] + 12_000,
        "overdue"
    );
    let mut ada = till.ada().await;
    let begun = start(&mut ada, wish(&[now.id], "everything"), "statement-a")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    let page = owner.get("/admin/money").await.text;
    let after = at(&page, "November 2026");
    assert_eq!((after[1], after[2]), (november[1], november[2] + 12_000));
    // What goes back counts against the month it goes back in.
    let charge = till
        .sandbox
        .objects(crate::till::KEY, "charge")
        .pop()
        .unwrap();
    till.sandbox
        .refund(
            crate::till::KEY,
            charge["id"].as_str().unwrap(),
            Some(2_000),
        )
        .unwrap();
    till.settle().await;
    let page = owner.get("/admin/money").await.text;
    assert_eq!(at(&page, "November 2026")[2], november[2] + 10_000);
}

#[tokio::test]
async fn g1_staffs_lists_of_invoices_say_what_is_paid_and_what_is_late() {
    let till = Till::open().await;
    let invoice = till.invoice("spouse@demo.test", &[10_000], in_two()).await;
    let id = invoice.id.to_string();
    let told = async |path: &str| {
        let mut owner = till.test.staff("owner@demo.test").await;
        let page = owner.get(path).await.text;
        let rows = page.split("<tr>").flat_map(|part| part.split("<li>"));
        let mut rows = rows.filter(|row| row.contains(&id));
        rows.next().unwrap_or_default().to_owned()
    };
    assert!(told("/admin/invoices").await.contains("Not paid yet"));
    // A first part of two is due on the 28th.
    till.pass(DAY * 10);
    assert!(told("/admin/invoices").await.contains("Overdue"));
    let (_, client) = person(&till.test, "spouse@demo.test").await;
    let page = format!("/admin/clients/{client}");
    assert!(told(&page).await.contains("Overdue"));
}

#[tokio::test]
async fn g11_a_statement_of_account_is_a_pdf_for_staff_and_for_who_sees_everything() {
    let till = Till::open().await;
    let invoice = till.invoice(ADA, &[10_000], at_once(14)).await;
    let (_, client) = person(&till.test, ADA).await;
    let switch = async |right: Right, on: bool| till.test.switch_right(ADA, right, on).await;
    switch(Right::SeeEverything, false).await;
    let mut ada = till.ada().await;
    let first = ada.get("/statement").await.ok();
    assert!(first["pdf"].is_null(), "it is being made");
    assert_eq!(
        (first["from"].as_str(), first["to"].as_str()),
        (Some("2026-01-01"), Some("2026-11-21"))
    );
    till.test.work().await;
    let made = ada.get("/statement").await.ok();
    let address = made["pdf"]
        .as_str()
        .unwrap()
        .replace("http://127.0.0.1:8080", "");
    let file = till.test.get(&address).await;
    assert!(file.status == 200 && file.bytes.starts_with(b"%PDF"));
    // Nothing happened: the same paper. A payment makes another one.
    let again = ada.get("/statement").await.ok();
    assert!(again["pdf"].is_string());
    let begun = start(&mut ada, wish(&[invoice.id], "everything"), "statement-a")
        .await
        .ok();
    till.pay_by_card(&begun).await;
    till.settle().await;
    assert!(ada.get("/statement").await.ok()["pdf"].is_null());
    for wrong in [
        "from=x",
        "from=2026-02-30",
        "from=2026-06-01&to=2026-05-01",
        "from=1990-01-01",
    ] {
        assert_eq!(
            ada.get(&format!("/statement?{wrong}")).await.status,
            422,
            "{wrong}"
        );
    }
    let mut owner = till.test.staff("member@demo.test").await;
    let path = format!("/admin/clients/{client}/statement");
    assert_eq!(owner.get(&path).await.status, 200);
    let asked = format!("{path}?from=2026-01-01&to=2026-11-20");
    assert!(owner.get(&asked).await.text.contains("being made"));
    till.test.work().await;
    let page = owner.get(&asked).await.text;
    let (_, rest) = page.split_once("href=\"/admin/papers/statement").unwrap();
    let paper = format!("/admin/papers/statement{}", rest.split('"').next().unwrap());
    assert!(owner.ask(&paper).await.bytes.starts_with(b"%PDF"));
    // Another contact's is not for everybody, whatever address it has; and without invoices there is none.
    switch(Right::SeeEverything, true).await;
    let all = ada.get("/statement?to=2026-11-19").await.ok();
    assert!(all["pdf"].is_null(), "all of the account is another paper");
    till.test.work().await;
    let all = ada.get("/statement?to=2026-11-19").await.ok();
    let whole = all["pdf"]
        .as_str()
        .unwrap()
        .replace("http://127.0.0.1:8080", "");
    assert_eq!(till.test.get(&whole).await.status, 200);
    switch(Right::SeeEverything, false).await;
    assert_eq!(till.test.get(&whole).await.status, 404);
    assert_eq!(till.test.get(&address).await.status, 200);
    switch(Right::Invoices, false).await;
    assert!([403, 404].contains(&ada.get("/statement").await.status.as_u16()));
    assert_eq!(till.test.get(&address).await.status, 404);
}
