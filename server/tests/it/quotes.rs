//! Quotes: looked at, priced, accepted, declined, and everything that must not happen on the way.

use axum::http::Method;
use portico::{
    audit::Actor,
    money::plan::Plan,
    quotes::{
        QuoteLine,
        act::{self, By},
        store::{self, Draft},
    },
    sales::{Line, Terms},
};
use portico_wire::{ContactId, LineId, QuoteId, sales::QuoteState};
use serde_json::{Value, json};

use crate::harness::{Browser, SITE, TestApp};

pub const BY: By<'static> = By {
    actor: &Actor::System,
    reference: "TEST",
    tell: true,
};

/// Somebody of the demo: contact and client.
pub async fn person(test: &TestApp, email: &str) -> (ContactId, portico_wire::ClientId) {
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let email = portico::access::Email::parse(email).unwrap();
    let found = portico::access::store::candidates(&mut tx, &email)
        .await
        .unwrap();
    (found[0].id, found[0].client_id)
}

pub fn line(tx: &portico::db::StudioTx, price: i64, optional: bool) -> QuoteLine {
    QuoteLine {
        line: Line {
            id: tx.id(),
            name: format!("A line of {price}"),
            description: None,
            quantity: 1_000,
            unit: None,
            unit_price: price,
            discount_kind: portico::money::sums::DiscountKind::None,
            discount_value: 0,
            tax_name: Some("VAT".into()),
            tax_rate: Some(20_000),
        },
        optional,
        preselected: false,
    }
}

pub fn terms(title: &str) -> Terms {
    Terms {
        title: title.into(),
        currency: "GBP".into(),
        language: "en".into(),
        tax_inclusive: false,
        discount_kind: portico::money::sums::DiscountKind::None,
        discount_value: 0,
        intro: Some("Hello.".into()),
        terms: None,
        plan: Plan::default(),
    }
}

/// A quote of 100.00 and an optional 50.00, with 20 % on top, sent to these contacts of the first one's client.
pub async fn sent(
    test: &TestApp,
    emails: &[&str],
    title: &str,
    valid_until: Option<&str>,
) -> QuoteId {
    let demo = test.scope("demo").await;
    let mut contacts = Vec::new();
    for email in emails {
        contacts.push(person(test, email).await);
    }
    let ids: Vec<ContactId> = contacts.iter().map(|(contact, _)| *contact).collect();
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let lines = [line(&tx, 10_000, false), line(&tx, 5_000, true)];
    let terms = terms(title);
    let draft = Draft {
        terms: &terms,
        valid_until,
        total: 12_000,
        lines: &lines,
        contacts: &ids,
    };
    let id = store::insert(&mut tx, contacts[0].1, None, &draft)
        .await
        .unwrap();
    act::send(&test.app, &mut tx, &demo, id, 1, &BY)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn state(test: &TestApp, id: QuoteId) -> QuoteState {
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    store::get(&mut tx, id).await.unwrap().state
}

fn optional(quote: &Value) -> Vec<String> {
    let lines = quote["lines"].as_array().unwrap();
    let those = lines.iter().filter(|line| line["optional"] == true);
    those
        .map(|line| line["id"].as_str().unwrap().to_owned())
        .collect()
}

fn as_shown(quote: &Value, chosen: &[String]) -> Value {
    json!({ "chosen": chosen, "version": quote["version"], "total": quote["total"]["minor"] })
}

async fn accept(
    browser: &mut Browser<'_>,
    id: QuoteId,
    body: Value,
    key: &str,
) -> crate::harness::Reply {
    browser
        .post_once(&format!("/quotes/{id}/accept"), body, key)
        .await
}

#[tokio::test]
async fn f1_a16_a_quote_is_seen_by_whom_it_names_and_nobody_else() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "For Ada alone", None).await;
    let path = format!("/quotes/{id}");
    let body = json!({ "chosen": [], "version": 1, "total": 12000 });
    for email in ["spouse@demo.test", "office@demo.test", "site@demo.test"] {
        let mut other = test.signed_in(email).await;
        other.get(&path).await.refused(404, "not_found");
        other
            .post(&format!("{path}/price"), json!({ "chosen": [] }))
            .await
            .refused(404, "not_found");
        accept(&mut other, id, body.clone(), "a-key-of-mine")
            .await
            .refused(404, "not_found");
        other
            .post(&format!("{path}/decline"), json!({ "reason": "Not mine." }))
            .await
            .refused(404, "not_found");
        let list = other.get("/quotes").await.ok();
        assert!(
            !list.to_string().contains("For Ada alone"),
            "{email}: {list}"
        );
    }
    assert_eq!(state(&test, id).await, QuoteState::Sent);
    let mut ada = test.signed_in("client@demo.test").await;
    let list = ada.get("/quotes").await.ok();
    assert!(list.to_string().contains("For Ada alone"));
    // Not at another studio either, whoever knows the id.
    portico::cli::create_studio(&test.app.db, "other", "Other".into(), &[SITE.into()])
        .await
        .unwrap();
    let mut elsewhere = test.browser_at("other", SITE);
    elsewhere.token = ada.token.clone();
    elsewhere.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a16_who_sees_everything_of_the_client_sees_quotes_and_orders_of_the_others() {
    let test = TestApp::new().await;
    let id = sent(&test, &["site@demo.test"], "For Tom", None).await;
    let mut office = test.signed_in("office@demo.test").await;
    let quote = office.get(&format!("/quotes/{id}")).await.ok();
    assert_eq!(quote["title"], "For Tom");
    let order = accept(&mut office, id, as_shown(&quote, &[]), "office-key")
        .await
        .ok();
    let mut site = test.signed_in("site@demo.test").await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(site.get(&path).await.ok()["number"], order["number"]);
    // The order of the office alone is not Tom's.
    let orders = office.get("/quotes").await.ok()["orders"].clone();
    let orders: Vec<&Value> = orders
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["title"] == "Staff awards evening")
        .collect();
    let path = format!("/orders/{}", orders[0]["id"].as_str().unwrap());
    site.get(&path).await.refused(404, "not_found");
    test.signed_in("client@demo.test")
        .await
        .get(&path)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn b7_the_section_is_gone_where_it_is_switched_off() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Hidden", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut desk = test.staff("owner@demo.test").await;
    let (contact, _) = person(&test, "client@demo.test").await;
    desk.get(&format!("/admin/clients/contacts/{contact}/rights"))
        .await;
    desk.post(
        &format!("/admin/clients/contacts/{contact}/rights"),
        &[("quotes_and_orders", "no"), ("was", "{}")],
    )
    .await;
    ada.get("/quotes").await.refused(404, "not_found");
    ada.get(&format!("/quotes/{id}"))
        .await
        .refused(404, "not_found");
    let body = json!({ "chosen": [], "version": 1, "total": 12000 });
    accept(&mut ada, id, body, "a-key-of-mine")
        .await
        .refused(404, "not_found");
    assert_eq!(state(&test, id).await, QuoteState::Sent);
}

#[tokio::test]
async fn f2_a_choice_is_priced_and_nothing_of_it_stored() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Priced", Some("2026-12-31")).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    assert_eq!(
        quote["total"],
        json!({ "minor": 12000, "currency": "GBP", "digits": 2 })
    );
    assert_eq!(quote["valid_until"], "2026-12-31");
    let extra = optional(&quote);
    let path = format!("/quotes/{id}/price");
    let more = ada.post(&path, json!({ "chosen": extra })).await.ok();
    assert_eq!(more["total"]["minor"], 18000);
    assert_eq!(more["plan"][0]["amount"]["minor"], 18000);
    assert_eq!(more["plan"][0]["due"], "2026-12-05");
    let labels: Vec<&str> = more["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sum| sum["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["Subtotal", "VAT 20\u{a0}%", "Total"]);
    assert_eq!(
        ada.get(&format!("/quotes/{id}")).await.ok()["total"]["minor"],
        12000
    );
    // A line of another quote, one that is none, and more than fit.
    for chosen in [json!([LineId::from_bytes([7; 16])]), json!(["lin_x"])] {
        let status = ada.post(&path, json!({ "chosen": chosen })).await.status;
        assert!(status == 422 || status == 400, "{status}");
    }
    let other = sent(&test, &["client@demo.test"], "Another", None).await;
    let other = ada.get(&format!("/quotes/{other}")).await.ok();
    ada.post(&path, json!({ "chosen": optional(&other) }))
        .await
        .refused(422, "invalid");
}

#[tokio::test]
async fn f2_a_stale_total_version_or_line_is_refused_in_words() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Stale", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    let mut body = as_shown(&quote, &[]);
    body["total"] = 11999.into();
    let refused = accept(&mut ada, id, body, "key-stale-1").await;
    refused.refused(409, "conflict");
    assert!(refused.text.contains("£120.00"), "{}", refused.text);
    let mut body = as_shown(&quote, &[]);
    body["version"] = 2.into();
    accept(&mut ada, id, body, "key-stale-2")
        .await
        .refused(409, "conflict");
    let body = json!({ "chosen": [LineId::from_bytes([9; 16])], "version": 1, "total": 12000 });
    accept(&mut ada, id, body, "key-stale-3")
        .await
        .refused(422, "invalid");
    // Without a key it is no act at all.
    let path = format!("/quotes/{id}/accept");
    ada.post(&path, as_shown(&quote, &[]))
        .await
        .refused(400, "malformed");
    let (orders,): (i64,) = test
        .row(
            "select count(*) from orders o join quotes q on q.id = o.quote_id where q.title = $1",
            "Stale",
        )
        .await;
    assert_eq!((orders, state(&test, id).await), (0, QuoteState::Opened));
}

#[tokio::test]
async fn f2_accepting_twice_gives_the_same_order_and_another_choice_none() {
    let test = TestApp::new().await;
    let id = sent(
        &test,
        &["client@demo.test", "spouse@demo.test"],
        "Twice",
        None,
    )
    .await;
    let (mut ada, mut ben) = (
        test.signed_in("client@demo.test").await,
        test.signed_in("spouse@demo.test").await,
    );
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    let body = as_shown(&quote, &[]);
    let first = accept(&mut ada, id, body.clone(), "key-twice-1").await.ok();
    let again = accept(&mut ada, id, body.clone(), "key-twice-1").await.ok();
    let elsewhere = accept(&mut ben, id, body, "key-of-bens-device").await.ok();
    assert_eq!(
        (&first["id"], &first["id"]),
        (&again["id"], &elsewhere["id"])
    );
    let more = json!({ "chosen": optional(&quote), "version": 1, "total": 18000 });
    accept(&mut ben, id, more, "key-twice-more")
        .await
        .refused(409, "conflict");
    ben.post(&format!("/quotes/{id}/decline"), json!({ "reason": "No." }))
        .await
        .refused(409, "conflict");
    let (orders,): (i64,) = test
        .row(
            "select count(*) from orders o join quotes q on q.id = o.quote_id where q.title = $1",
            "Twice",
        )
        .await;
    assert_eq!(orders, 1);
}

#[tokio::test]
async fn f2_two_devices_at_once_make_one_order_with_one_invoice() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Race", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    let less = as_shown(&quote, &[]);
    let more = json!({ "chosen": optional(&quote), "version": 1, "total": 18000 });
    let mut devices = Vec::new();
    for _ in 0..6 {
        devices.push(test.signed_in("client@demo.test").await);
    }
    let tries = devices.iter_mut().enumerate().map(|(at, device)| {
        let body = if at % 2 == 0 {
            less.clone()
        } else {
            more.clone()
        };
        let key = format!("key-race-{at}");
        async move { accept(device, id, body, &key).await }
    });
    let replies = futures_util::future::join_all(tries).await;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(!won.is_empty() && won.len() <= 3, "{replies:?}");
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 200 || reply.status == 409),
        "{replies:?}"
    );
    let counts: (i64, i64) = test
        .row(
            "select (select count(*) from orders where title = $1), (select count(*) from invoices where title = $1)",
            "Race",
        )
        .await;
    assert_eq!(counts, (1, 1));
}

#[tokio::test]
async fn f2_a_declined_quote_tells_the_studio_why_and_stays_declined() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Declined", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let path = format!("/quotes/{id}/decline");
    for reason in ["", "  ", "nul\u{0}", &"x".repeat(2001)] {
        ada.post(&path, json!({ "reason": reason }))
            .await
            .refused(422, "invalid");
    }
    let quote = ada
        .post(&path, json!({ "reason": "Over our budget" }))
        .await
        .ok();
    assert_eq!(
        (&quote["state"], &quote["reason"]),
        (&json!("declined"), &json!("Over our budget"))
    );
    ada.post(&path, json!({ "reason": "Over our budget" }))
        .await
        .ok();
    ada.post(&path, json!({ "reason": "Another" }))
        .await
        .refused(409, "conflict");
    accept(&mut ada, id, as_shown(&quote, &[]), "key-declined")
        .await
        .refused(409, "conflict");
    let mail = test.message("owner@demo.test").await;
    assert!(
        mail.subject.contains("declined") && mail.text.contains("Over our budget"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn f2_after_its_last_day_a_quote_cannot_be_accepted_whether_a_worker_came_or_not() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Over", Some("2026-11-22")).await;
    test.pass(1);
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    // Sunday, 23:59 in London, is its last minute.
    test.pass(36 * 3600 - 61);
    let mut ada = test.signed_in("client@demo.test").await;
    ada.post(&format!("/quotes/{id}/price"), json!({ "chosen": [] }))
        .await
        .ok();
    test.pass(120);
    let refused = accept(&mut ada, id, as_shown(&quote, &[]), "key-late").await;
    refused.refused(409, "conflict");
    assert!(refused.text.contains("last day"), "{}", refused.text);
    assert_eq!(
        ada.get(&format!("/quotes/{id}")).await.ok()["state"],
        "expired"
    );
    assert_eq!(state(&test, id).await, QuoteState::Opened);
    test.work().await;
    assert_eq!(state(&test, id).await, QuoteState::Expired);
    let log = ada.get(&format!("/quotes/{id}")).await.ok()["log"].clone();
    let what: Vec<&str> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["sent", "opened", "expired"]);
}

#[tokio::test]
async fn f1_whoever_has_not_answered_is_reminded_once_in_the_studios_morning() {
    let test = TestApp::new().await;
    sent(&test, &["client@demo.test"], "Reminded", Some("2026-12-10")).await;
    let answered = sent(&test, &["spouse@demo.test"], "Answered", Some("2026-12-10")).await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    ben.post(
        &format!("/quotes/{answered}/decline"),
        json!({ "reason": "No." }),
    )
    .await
    .ok();
    let reminders = async |to: &str, title: &str| {
        let messages = test.messages(to).await;
        messages
            .iter()
            .filter(|mail| mail.subject == format!("Until 10 December 2026: {title}"))
            .count()
    };
    // Two minutes before nine on the seventh.
    test.pass((15 * 24 + 21) * 3600 - 120);
    assert_eq!(reminders("client@demo.test", "Reminded").await, 0);
    test.pass(240);
    assert_eq!(reminders("client@demo.test", "Reminded").await, 1);
    assert_eq!(reminders("spouse@demo.test", "Answered").await, 0);
    test.pass(24 * 3600);
    assert_eq!(reminders("client@demo.test", "Reminded").await, 1);
}

#[tokio::test]
async fn m1_looking_is_noted_once_and_not_for_staff_who_look_as_a_contact() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Opened", None).await;
    test.pass(1);
    let (contact, _) = person(&test, "client@demo.test").await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&format!("/admin/contacts/{contact}")).await;
    let reply = desk
        .submit(&format!("/admin/contacts/{contact}/view-as"), &[])
        .await;
    let secret = reply
        .header("location")
        .split_once("#portico=")
        .unwrap()
        .1
        .to_owned();
    let mut view = test.browser_at("demo", crate::harness::HOST);
    let entered = view
        .post("/sign-in/view-as", json!({ "secret": secret }))
        .await
        .ok();
    view.token = entered["token"].as_str().map(Into::into);
    assert_eq!(
        view.get(&format!("/quotes/{id}")).await.ok()["state"],
        "sent"
    );
    assert_eq!(state(&test, id).await, QuoteState::Sent);
    let body = json!({ "chosen": [], "version": 1, "total": 12000 });
    accept(&mut view, id, body, "key-of-staff")
        .await
        .refused(403, "forbidden");
    view.post(&format!("/quotes/{id}/decline"), json!({ "reason": "No." }))
        .await
        .refused(403, "forbidden");

    let mut ada = test.signed_in("client@demo.test").await;
    for _ in 0..3 {
        assert_eq!(
            ada.get(&format!("/quotes/{id}")).await.ok()["state"],
            "opened"
        );
    }
    let log = ada.get(&format!("/quotes/{id}")).await.ok()["log"].clone();
    assert_eq!(log.as_array().unwrap().len(), 2, "{log}");
    assert_eq!(
        (&log[1]["what"], &log[1]["by"]),
        (&json!("opened"), &json!("Ada Carter"))
    );
}

#[tokio::test]
async fn b9_without_history_only_what_waits_for_an_answer_shows() {
    let test = TestApp::new().await;
    let open = sent(&test, &["client@demo.test"], "Still open", None).await;
    let closed = sent(&test, &["client@demo.test"], "Closed", None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    ada.post(
        &format!("/quotes/{closed}/decline"),
        json!({ "reason": "No." }),
    )
    .await
    .ok();
    let titles = |list: &Value| -> Vec<String> {
        let quotes = list["quotes"].as_array().unwrap();
        quotes
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = titles(&ada.get("/quotes").await.ok());
    assert!(
        before.contains(&"Closed".to_owned())
            && before.contains(&"A short film of the day".to_owned())
    );
    let mut desk = test.staff("owner@demo.test").await;
    let (contact, _) = person(&test, "client@demo.test").await;
    desk.get(&format!("/admin/clients/contacts/{contact}/rights"))
        .await;
    desk.post(
        &format!("/admin/clients/contacts/{contact}/rights"),
        &[("show_history", "no"), ("was", "{}")],
    )
    .await;
    let list = ada.get("/quotes").await.ok();
    let after = titles(&list);
    assert!(
        after.contains(&"Still open".to_owned()) && !after.contains(&"Closed".to_owned()),
        "{after:?}"
    );
    assert!(!list["orders"].as_array().unwrap().is_empty());
    ada.get(&format!("/quotes/{closed}"))
        .await
        .refused(404, "not_found");
    ada.get(&format!("/quotes/{open}")).await.ok();
}

#[tokio::test]
async fn f2_what_was_sent_is_frozen_whatever_path_a_write_takes() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Frozen", None).await;
    for sql in [
        "update quotes set terms = 'other' where title = $1 returning title",
        "update quotes set plan = '[]' where title = $1 returning title",
        "update quotes set state = 'draft' where title = $1 returning title",
        "delete from quotes where title = $1 returning title",
        "update quote_lines set unit_price = 1 where quote_id in (select id from quotes where title = $1) returning name",
        "delete from quote_lines where quote_id in (select id from quotes where title = $1) returning name",
        "insert into quote_lines select l.studio_id, q.id, q.id, 9, l.name, null, 1000, null, 1, 'none', 0, null, null, l.optional, l.optional
         from quotes q join quote_lines l on l.quote_id = q.id where q.title = $1 returning name",
    ] {
        assert!(test.try_row::<(String,)>(sql, "Frozen").await.is_err(), "{sql}");
    }
    let mut ada = test.signed_in("client@demo.test").await;
    let quote = ada.get(&format!("/quotes/{id}")).await.ok();
    accept(&mut ada, id, as_shown(&quote, &[]), "key-frozen")
        .await
        .ok();
    for sql in [
        "update quotes set state = 'declined' where title = $1 returning title",
        "update orders set total = 0 where title = $1 returning title",
        "update order_lines set amount = 0 where order_id in (select id from orders where title = $1) returning name",
        "delete from orders where title = $1 returning title",
        "update invoices set total = 0 where title = $1 returning title",
        "delete from invoices where title = $1 returning title",
        "update instalments set amount = 1 where invoice_id in (select id from invoices where title = $1) returning label",
        "delete from invoice_taxes where invoice_id in (select id from invoices where title = $1) returning name",
    ] {
        assert!(
            test.try_row::<(String,)>(sql, "Frozen").await.is_err(),
            "{sql}"
        );
    }
}

#[tokio::test]
async fn f2_a_new_version_voids_the_old_one_when_it_is_sent_and_not_before() {
    let test = TestApp::new().await;
    let id = sent(&test, &["client@demo.test"], "Version", None).await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let next = act::copy(&mut tx, &demo, id, true, &BY).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(state(&test, id).await, QuoteState::Sent);
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&format!("/quotes/{next}"))
        .await
        .refused(404, "not_found");
    let mut tx = test.app.db.write(&demo).await.unwrap();
    act::send(&test.app, &mut tx, &demo, next, 1, &BY)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(state(&test, id).await, QuoteState::Voided);
    let old = ada.get(&format!("/quotes/{id}")).await.ok();
    assert_eq!(old["reason"], "Replaced by a new version");
    accept(&mut ada, id, as_shown(&old, &[]), "key-version")
        .await
        .refused(409, "conflict");
    let new = ada.get(&format!("/quotes/{next}")).await.ok();
    assert_ne!(new["number"], old["number"]);

    // Accepted while the next version was written: that one cannot be sent any more.
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let third = act::copy(&mut tx, &demo, next, true, &BY).await.unwrap();
    tx.commit().await.unwrap();
    accept(&mut ada, next, as_shown(&new, &[]), "key-version-2")
        .await
        .ok();
    let mut tx = test.app.db.write(&demo).await.unwrap();
    assert!(
        act::send(&test.app, &mut tx, &demo, third, 1, &BY)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn b9_the_section_costs_the_same_statements_whatever_it_holds() {
    let test = TestApp::new().await;
    for at in 0..30 {
        sent(&test, &["client@demo.test"], &format!("Quote {at}"), None).await;
    }
    let mut ada = test.signed_in("client@demo.test").await;
    let list = ada.send(Method::GET, "/quotes", None).await.ok();
    let quotes = list["quotes"].as_array().unwrap();
    assert!(quotes.len() >= 30);
    // The open ones first, the latest of them at the top.
    let open: Vec<bool> = quotes
        .iter()
        .map(|one| ["sent", "opened"].contains(&one["state"].as_str().unwrap()))
        .collect();
    assert!(open.is_sorted_by(|a, b| a >= b), "{list}");
}

#[tokio::test]
async fn l4_a_quote_invites_who_was_never_invited_and_its_link_opens_the_portal() {
    let test = TestApp::new().await;
    let (contact, client) = person(&test, "new@demo.test").await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get(&format!("/admin/clients/{client}/contacts/new"))
        .await;
    let added = [
        ("first_name", "Nell"),
        ("last_name", "Newcomer"),
        ("email", "nell@demo.test"),
    ];
    desk.post(&format!("/admin/clients/{client}/contacts/new"), &added)
        .await;
    let _ = contact;
    sent(&test, &["nell@demo.test"], "Hello Nell", None).await;
    let secret = test.link("nell@demo.test").await;
    let looked = test
        .browser()
        .post("/sign-in/link", json!({ "secret": secret }))
        .await;
    assert_eq!(looked.ok()["email"], "nell@demo.test");
    let (invited,): (i64,) = test
        .row(
            "select count(*) from contacts where email = $1 and invited_at is not null",
            "nell@demo.test",
        )
        .await;
    assert_eq!(invited, 1);
}
