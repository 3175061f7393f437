//! Every operation of the API, asked by everybody it is not for. An operation that is missing from
//! the table fails the run.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{SITE, TestApp};

/// Who may call an operation.
#[derive(Clone, Copy, PartialEq)]
enum For {
    /// Anybody: it says nothing about a person.
    Anybody,
    /// Whoever holds the secret in the body.
    Holder,
    /// A signed-in contact, about itself alone.
    Contact,
}

/// Every operation, whom it is for, and a body it accepts.
fn table() -> BTreeMap<(&'static str, &'static str), (For, Option<Value>)> {
    let code = json!({ "request": "x", "code": "12345678" });
    let draft = json!({ "version": 1, "revision": 0, "changes": [] });
    [
        ("GET /settings", For::Anybody, None),
        ("POST /embed-report", For::Anybody, None),
        (
            "POST /sign-in/code",
            For::Anybody,
            Some(json!({ "email": "nobody@demo.test" })),
        ),
        (
            "POST /sign-in/password",
            For::Holder,
            Some(json!({ "email": "client@demo.test", "password": "a wrong one" })),
        ),
        (
            "POST /password/reset",
            For::Anybody,
            Some(json!({ "email": "nobody@demo.test" })),
        ),
        ("POST /sign-in/code/redeem", For::Holder, Some(code)),
        (
            "POST /sign-in/link",
            For::Holder,
            Some(json!({ "secret": "x" })),
        ),
        (
            "POST /sign-in/link/redeem",
            For::Holder,
            Some(json!({ "secret": "x", "password": "long enough it is" })),
        ),
        (
            "POST /sign-in/new-password",
            For::Holder,
            Some(json!({ "proof": "x", "password": "long enough it is" })),
        ),
        (
            "POST /sign-in/view-as",
            For::Holder,
            Some(json!({ "secret": "view.x" })),
        ),
        ("GET /home", For::Contact, None),
        ("GET /profile", For::Contact, None),
        ("GET /activity", For::Contact, None),
        ("GET /devices", For::Contact, None),
        ("DELETE /devices/{id}", For::Contact, None),
        ("POST /sign-out", For::Contact, Some(json!({}))),
        (
            "POST /proof/code",
            For::Contact,
            Some(json!({ "act": "sign" })),
        ),
        (
            "POST /proof",
            For::Contact,
            Some(json!({ "by": "password", "act": "sign", "password": "a wrong one" })),
        ),
        ("GET /profile/form", For::Contact, None),
        (
            "POST /profile/form",
            For::Contact,
            Some(json!({ "answers": {} })),
        ),
        (
            "POST /profile/email",
            For::Contact,
            Some(json!({ "proof": "x", "email": "new@demo.test" })),
        ),
        (
            "POST /profile/email/confirm",
            For::Contact,
            Some(json!({ "request": "x", "email": "new@demo.test", "code": "12345678" })),
        ),
        ("GET /forms", For::Contact, None),
        ("GET /forms/{id}", For::Contact, None),
        ("PUT /forms/{id}/draft", For::Contact, Some(draft.clone())),
        ("POST /forms/{id}/submit", For::Contact, Some(draft.clone())),
        ("GET /questionnaires/{id}", For::Contact, None),
        (
            "PUT /questionnaires/{id}/draft",
            For::Contact,
            Some(draft.clone()),
        ),
        (
            "POST /questionnaires/{id}/submit",
            For::Contact,
            Some(draft),
        ),
        ("GET /submissions/{id}", For::Contact, None),
        ("GET /contracts/{id}", For::Contact, None),
        ("POST /contracts/{id}/read", For::Contact, None),
        (
            "POST /contracts/{id}/sign",
            For::Contact,
            Some(
                json!({ "hash": "0".repeat(64), "agreed": true, "signature": { "typed": "Ada" } }),
            ),
        ),
        (
            "POST /contracts/{id}/decline",
            For::Contact,
            Some(json!({ "reason": "No." })),
        ),
        ("GET /quotes", For::Contact, None),
        ("GET /quotes/{id}", For::Contact, None),
        (
            "POST /quotes/{id}/price",
            For::Contact,
            Some(json!({ "chosen": [] })),
        ),
        (
            "POST /quotes/{id}/accept",
            For::Contact,
            Some(json!({ "chosen": [], "version": 1, "total": 0 })),
        ),
        (
            "POST /quotes/{id}/decline",
            For::Contact,
            Some(json!({ "reason": "Too early." })),
        ),
        ("GET /orders/{id}", For::Contact, None),
        ("GET /events", For::Contact, None),
        ("GET /events/booking", For::Contact, None),
        ("GET /events/{id}", For::Contact, None),
        (
            "POST /events",
            For::Contact,
            Some(json!({ "starts": "2027-05-22T14:00" })),
        ),
        (
            "POST /events/{id}/requests",
            For::Contact,
            Some(json!({ "kind": "cancel" })),
        ),
        ("GET /calendar", For::Contact, None),
        ("POST /calendar", For::Contact, None),
        ("GET /invoices", For::Contact, None),
        ("GET /invoices/{id}", For::Contact, None),
        ("GET /payments-due", For::Contact, None),
        ("GET /payments", For::Contact, None),
        ("GET /statement", For::Contact, None),
        (
            "POST /payments/checkout",
            For::Contact,
            Some(
                json!({ "invoices": [], "choice": "everything", "return_to": "http://127.0.0.1:8090/" }),
            ),
        ),
        ("GET /payments/checkout/{id}", For::Contact, None),
        ("GET /payments/form", For::Contact, None),
        (
            "POST /payments/form",
            For::Contact,
            Some(json!({ "answers": {} })),
        ),
        ("GET /events/booking/form", For::Contact, None),
        (
            "POST /events/booking/form",
            For::Contact,
            Some(json!({ "answers": {} })),
        ),
        ("GET /events/{id}/form", For::Contact, None),
        (
            "POST /events/{id}/form",
            For::Contact,
            Some(json!({ "answers": {} })),
        ),
        (
            "GET /events/{id}/certificates/{certificate}",
            For::Contact,
            None,
        ),
        ("POST /uploads", For::Contact, None),
        ("GET /files/{id}", For::Contact, None),
        ("GET /documents", For::Contact, None),
        ("GET /documents/zip", For::Contact, None),
        ("GET /documents/{id}", For::Contact, None),
        ("DELETE /documents/{id}", For::Contact, None),
        (
            "POST /documents/uploads",
            For::Contact,
            Some(json!({ "name": "a.pdf", "bytes": 3 })),
        ),
        ("GET /documents/uploads/{id}", For::Contact, None),
        ("PATCH /documents/uploads/{id}", For::Contact, None),
        ("DELETE /documents/uploads/{id}", For::Contact, None),
        ("GET /messages", For::Contact, None),
        ("GET /messages/{id}", For::Contact, None),
        (
            "POST /messages/{id}",
            For::Contact,
            Some(json!({ "text": "Hello" })),
        ),
        ("POST /messages/of/{id}", For::Contact, None),
        (
            "POST /messages/{id}/seen",
            For::Contact,
            Some(json!({ "last": "msg_x" })),
        ),
        ("POST /live", For::Contact, None),
        ("GET /live", For::Holder, None),
        ("GET /pulse", For::Contact, None),
        ("GET /notifications", For::Contact, None),
        (
            "POST /notifications/seen",
            For::Contact,
            Some(json!({ "all": true })),
        ),
        ("GET /notifications/form", For::Contact, None),
        (
            "POST /notifications/form",
            For::Contact,
            Some(json!({ "answers": {} })),
        ),
        (
            "POST /password",
            For::Contact,
            Some(json!({ "proof": "x", "password": "long enough it is" })),
        ),
    ]
    .into_iter()
    .map(|(operation, whom, body)| (operation.split_once(' ').unwrap(), (whom, body)))
    .collect()
}

#[test]
fn the_table_names_every_operation_and_no_other() {
    let prefix = "/api/portal/v1/{studio}";
    let mut routes: Vec<String> = portico::app::operations()
        .into_iter()
        .flat_map(|(path, methods)| {
            let path = path.strip_prefix(prefix).unwrap_or(&path).to_owned();
            methods
                .into_iter()
                .map(move |method| format!("{method} {path}"))
        })
        .collect();
    routes.sort();
    let mut known: Vec<String> = table()
        .keys()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    known.sort();
    assert_eq!(routes, known);
}

#[tokio::test]
async fn a16_a_stranger_another_studios_contact_and_a_disabled_one_get_401_or_404_everywhere() {
    let test = TestApp::new().await;
    portico::cli::create_studio(&test.app.db, "other", "Other".into(), &[SITE.into()])
        .await
        .unwrap();
    let client = test.signed_in("client@demo.test").await;
    let device = test
        .signed_in("spouse@demo.test")
        .await
        .get("/devices")
        .await
        .ok()["devices"][0]["id"]
        .clone();
    for ((method, path), (whom, body)) in table() {
        let path = path
            .replace("{id}", device.as_str().unwrap())
            .replace("{certificate}", device.as_str().unwrap());
        let method: Method = method.parse().unwrap();
        let (mut nobody, mut elsewhere) = (test.browser(), test.browser_at("other", SITE));
        elsewhere.token = client.token.clone();
        let stranger = nobody.send(method.clone(), &path, body.clone()).await;
        let other_studio = elsewhere.send(method.clone(), &path, body.clone()).await;
        match whom {
            For::Anybody => {}
            For::Holder => assert!(
                matches!(stranger.status.as_u16(), 401 | 403 | 410),
                "{method} {path}: {stranger:?}"
            ),
            For::Contact => {
                stranger.refused(401, "session_ended");
                other_studio.refused(404, "not_found");
            }
        }
    }
}

#[tokio::test]
async fn a16_ids_of_other_contacts_in_every_slot_are_404() {
    let test = TestApp::new().await;
    // Another contact of the same client, a contact of another client, and of another studio's.
    let mut client = test.signed_in("client@demo.test").await;
    for email in ["spouse@demo.test", "office@demo.test"] {
        let mut other = test.signed_in(email).await;
        let device = other.get("/devices").await.ok()["devices"][0]["id"].clone();
        let path = format!("/devices/{}", device.as_str().unwrap());
        client.delete(&path).await.refused(404, "not_found");
        other.get("/home").await.ok();
    }
}

#[tokio::test]
async fn no_row_can_point_across_studios() {
    let test = TestApp::new().await;
    let other = portico::cli::create_studio(&test.app.db, "other", "Other".into(), &[])
        .await
        .unwrap();
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let email = portico::access::Email::parse("client@demo.test").unwrap();
    let contact = portico::access::store::candidates(&mut tx, &email)
        .await
        .unwrap()
        .remove(0);
    drop(tx);
    let mut tx = test.app.db.write(&other).await.unwrap();
    let foreign = portico::access::links::create(&mut tx, contact.id).await;
    assert!(
        foreign.is_err(),
        "a link of one studio cannot name another studio's contact"
    );
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let website = portico::web::origin::Origin::parse("https://new.example").unwrap();
    assert!(
        portico::studios::store::add_origin(&mut tx, &website)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn m2_the_audit_log_can_only_grow() {
    let test = TestApp::new().await;
    for sql in [
        "update audit_log set actor_name = 'nobody' where $1 = $1 returning actor_name",
        "delete from audit_log where $1 = $1 returning actor_name",
    ] {
        assert!(test.try_row::<(String,)>(sql, "x").await.is_err(), "{sql}");
    }
}
