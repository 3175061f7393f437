//! Contracts, as they must not go.

use portico::contracts::store::{self, NewSigner};
use portico_wire::ContractId;
use serde_json::{Value, json};

use crate::{
    contracts::{Desk, desk, listed, look, proof, sign},
    forms::studio,
    harness::{Browser, TestApp},
};

fn detail(body: &Value) -> &str {
    body["detail"].as_str().unwrap()
}

async fn post_sign(
    who: &mut Browser<'_>,
    id: ContractId,
    body: Value,
    key: &str,
) -> crate::harness::Reply {
    who.post_once(&format!("/contracts/{id}/sign"), body, key)
        .await
}

/// What sending is refused with.
async fn refused(desk: &Desk<'_>, id: ContractId) -> String {
    match desk.try_send(id).await {
        Err(portico::Error::Refused(refusal)) => refusal.detail.into_owned(),
        other => panic!("{other:?}"),
    }
}

fn no_code(test: &TestApp) -> Desk<'_> {
    let mut desk = desk(test);
    desk.draft.asks_code = false;
    desk
}

#[tokio::test]
async fn e4_a_missing_token_value_is_refused_by_name_with_what_to_do() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.details.event.clear();
    let id = desk.write(&["client@demo.test"]).await;
    let said = refused(&desk, id).await;
    assert!(
        said.contains("“event.name” has no value") && said.contains("above the text"),
        "{said}"
    );
    desk.draft.source = "Call {{ contact.mobile }}".into();
    let id = desk.write(&["spouse@demo.test"]).await;
    let said = refused(&desk, id).await;
    assert!(
        said.contains("contact.mobile") && said.contains("client’s page"),
        "{said}"
    );
    desk.draft.source = "{{ recipient.name }}".into();
    let id = desk.write(&["client@demo.test"]).await;
    assert!(
        refused(&desk, id)
            .await
            .contains("no meaning in this contract")
    );
    assert!(
        test.messages("client@demo.test")
            .await
            .iter()
            .all(|mail| !mail.subject.contains("sign"))
    );
}

#[tokio::test]
async fn e4_who_cannot_sign_keeps_it_from_being_sent() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let id = desk.write(&["off@demo.test"]).await;
    let said = refused(&desk, id).await;
    assert!(said.contains("cannot get into the portal"), "{said}");

    let nobody = studio(&test).never_invited("client@demo.test", "").await;
    let id = desk.write(&["client@demo.test"]).await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let signer = NewSigner {
        contact: Some(nobody),
        name: "Eve Carter".into(),
        role: "Client".into(),
    };
    store::save_signers(&mut tx, id, &[signer]).await.unwrap();
    tx.commit().await.unwrap();
    let said = refused(&desk, id).await;
    assert!(said.contains("Eve Carter has no email address"), "{said}");

    let mut tx = test.app.db.write(&demo).await.unwrap();
    store::save_signers(&mut tx, id, &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        refused(&desk, id)
            .await
            .contains("Choose at least one signer")
    );
    // Of another client.
    let id = desk.write(&["client@demo.test", "office@demo.test"]).await;
    assert!(
        refused(&desk, id)
            .await
            .contains("no longer a contact of this client")
    );
}

#[tokio::test]
async fn e4_what_is_too_long_or_over_already_is_not_sent() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.source = "x ".repeat(300 * 1024);
    let id = desk.write(&["client@demo.test"]).await;
    assert!(refused(&desk, id).await.contains("512 kB"));
    desk.draft.source = "Text".into();
    desk.draft.last_day = Some("2026-11-20".into());
    let id = desk.write(&["client@demo.test"]).await;
    assert!(
        refused(&desk, id)
            .await
            .contains("last day to sign is over")
    );
}

#[tokio::test]
async fn e2_an_empty_signature_no_consent_and_another_text_are_refused_and_nothing_is_half_signed()
{
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let shown = look(&mut ada, id).await;
    let good =
        json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": "Ada Carter" } });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (field, value) in [
        ("signature", json!({ "typed": "  " })),
        ("signature", json!({ "typed": "." })),
        ("signature", json!({ "drawn": "M1 1L2 2" })),
        ("signature", json!({ "drawn": "<svg>" })),
        ("agreed", json!(false)),
    ] {
        let reply = post_sign(&mut ada, id, with(field, value), "key-number-one").await;
        assert_eq!(reply.refused(422, "invalid")["field"], field);
    }
    let stale = with("hash", json!("0".repeat(64)));
    let reply = post_sign(&mut ada, id, stale, "key-number-one").await;
    assert!(detail(&reply.refused(409, "conflict")).contains("not the text that was shown"));
    let path = format!("/contracts/{id}/sign");
    ada.post(&path, good.clone())
        .await
        .refused(400, "malformed");
    for bad in [
        json!({}),
        with("more", json!(1)),
        with("signature", json!({ "typed": "a", "drawn": "b" })),
    ] {
        post_sign(&mut ada, id, bad, "key-number-one")
            .await
            .refused(400, "malformed");
    }
    assert_eq!(look(&mut ada, id).await["part"], "sign");
    assert_eq!(desk.happened(id).await, ["sent", "mailed", "opened"]);
    post_sign(&mut ada, id, good, "key-number-one").await.ok();
}

#[tokio::test]
async fn e6_signing_twice_and_from_two_devices_at_once_signs_once() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let mut phone = test.signed_in("client@demo.test").await;
    let mut laptop = test.signed_in("client@demo.test").await;
    let shown = look(&mut phone, id).await;
    let body =
        json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": "Ada Carter" } });
    let (one, two) = tokio::join!(
        post_sign(&mut phone, id, body.clone(), "key-of-phone"),
        post_sign(&mut laptop, id, body.clone(), "key-of-laptop"),
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    post_sign(&mut phone, id, body, "key-of-phone-two")
        .await
        .refused(409, "conflict");
    let signed = desk.happened(id).await;
    assert_eq!(signed.iter().filter(|what| *what == "signed").count(), 1);
}

#[tokio::test]
async fn e6_two_signers_at_once_both_sign_and_the_last_one_closes_it() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test", "spouse@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let (one, two) = tokio::join!(
        sign(&mut ada, id, "Ada Carter", "key-of-ada-one"),
        sign(&mut ben, id, "Ben Carter", "key-of-ben-one"),
    );
    one.ok();
    two.ok();
    assert_eq!(look(&mut ada, id).await["state"], "signed");
    desk.evidence(id).await;
}

#[tokio::test]
async fn e9_withdrawing_races_with_signing_and_the_first_one_wins() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let shown = look(&mut ada, id).await;
    let body =
        json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": "Ada Carter" } });
    let (signed, voided) = tokio::join!(
        post_sign(&mut ada, id, body.clone(), "key-number-one"),
        desk.void(id),
    );
    assert_ne!(signed.status.is_success(), voided.is_ok());
    desk.evidence(id).await;

    let id = desk.send(&["client@demo.test"]).await;
    desk.void(id).await.unwrap();
    let refused = sign(&mut ada, id, "Ada Carter", "key-number-two").await;
    assert!(detail(&refused.refused(409, "conflict")).contains("withdrawn"));
    assert_eq!(look(&mut ada, id).await["reason"], "The date moved.");
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "Withdrawn: Photography agreement"
    );
}

#[tokio::test]
async fn a16_nobody_else_sees_it_and_view_as_is_read_only() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let draft = desk.write(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let shown = look(&mut ada, id).await;
    let body = json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": "Eve" } });
    for email in ["spouse@demo.test", "office@demo.test", "twin@demo.test"] {
        let mut other = test.browser();
        if other.password(email, crate::harness::PASSWORD).await.status != 200 {
            continue;
        }
        assert!(
            listed(&mut other)
                .await
                .iter()
                .all(|one| one["id"] != id.to_string())
        );
        other
            .get(&format!("/contracts/{id}"))
            .await
            .refused(404, "not_found");
        other
            .post(&format!("/contracts/{id}/read"), Value::Null)
            .await
            .refused(404, "not_found");
        post_sign(&mut other, id, body.clone(), "key-of-another")
            .await
            .refused(404, "not_found");
        other
            .post(
                &format!("/contracts/{id}/decline"),
                json!({ "reason": "No." }),
            )
            .await
            .refused(404, "not_found");
    }
    ada.get(&format!("/contracts/{draft}"))
        .await
        .refused(404, "not_found");
    test.set_rights(
        "client@demo.test",
        portico_wire::Right::FormsAndContracts,
        false,
    )
    .await;
    ada.get(&format!("/contracts/{id}"))
        .await
        .refused(404, "not_found");
    test.set_rights(
        "client@demo.test",
        portico_wire::Right::FormsAndContracts,
        true,
    )
    .await;

    let id = desk.send(&["client@demo.test"]).await;
    let mut owner = test.staff("owner@demo.test").await;
    let contact = studio(&test).contact("client@demo.test").await.id;
    let page = format!("/admin/contacts/{contact}");
    owner.get(&page).await;
    let mut staff = crate::access_admin::open_view(&test, &mut owner, &page).await;
    let seen = look(&mut staff, id).await;
    assert_eq!(
        seen["state"], "sent",
        "a look of staff is none of the signer's"
    );
    post_sign(&mut staff, id, body, "key-of-staff-1")
        .await
        .refused(403, "forbidden");
    assert_eq!(desk.happened(id).await, ["sent", "mailed"]);
}

#[tokio::test]
async fn e8_a_proof_of_somebody_else_or_for_something_else_does_not_sign() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let id = desk.send(&["client@demo.test", "spouse@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let shown = look(&mut ada, id).await;
    let by_ben = proof(&mut ben, "spouse@demo.test").await;
    let body = |proof: &str| json!({ "hash": shown["hash"], "agreed": true, "proof": proof, "signature": { "typed": "Ada Carter" } });
    post_sign(&mut ada, id, body(&by_ben), "key-number-one")
        .await
        .refused(403, "proof_required");
    post_sign(&mut ada, id, body("nonsense"), "key-number-one")
        .await
        .refused(403, "proof_required");
    // For another act.
    let other =
        json!({ "by": "password", "act": "change_password", "password": crate::harness::PASSWORD });
    let other = ada.post("/proof", other).await.ok();
    let other = other["proof"].as_str().unwrap();
    post_sign(&mut ada, id, body(other), "key-number-one")
        .await
        .refused(403, "proof_required");
    // Too old, then fresh, and only once.
    let mine = proof(&mut ada, "client@demo.test").await;
    test.pass(301);
    post_sign(&mut ada, id, body(&mine), "key-number-one")
        .await
        .refused(403, "proof_required");
    let mine = proof(&mut ada, "client@demo.test").await;
    post_sign(&mut ada, id, body(&mine), "key-number-one")
        .await
        .ok();
    let second = desk.send(&["client@demo.test"]).await;
    let hash = look(&mut ada, second).await["hash"].clone();
    let mut again = body(&mine);
    again["hash"] = hash;
    post_sign(&mut ada, second, again, "key-number-two")
        .await
        .refused(403, "proof_required");
}

#[tokio::test]
async fn e7_the_database_itself_refuses_to_change_what_was_sent() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .ok();
    for sql in [
        "update contracts set text = 'Everything is free.' where title = $1 returning title",
        "update contracts set hash = 'x' where title = $1 returning title",
        "update contracts set consent = 'x' where title = $1 returning title",
        "update contracts set title = 'x' where title = $1 returning title",
        "update contracts set state = 'draft' where title = $1 returning title",
        "delete from contracts where title = $1 returning title",
        "update contract_signers set role = 'Witness' where $1 = $1 and signed_at is not null returning role",
        "update contract_signers set name = 'Eve' where $1 = $1 and signed_at is not null returning role",
        "update contract_signers set signature = null where $1 = $1 and signed_at is not null returning role",
        "update contract_signers set signed_at = null where $1 = $1 and signed_at is not null returning role",
        "delete from contract_signers where $1 = $1 returning role",
        "insert into contract_signers (studio_id, id, contract_id, place, contact_id, name, role)
         select s.studio_id, s.contract_id, s.contract_id, 9, s.contact_id, $1, 'Client' from contract_signers s
         where s.signed_at is not null limit 1 returning role",
        "update contract_events set actor_name = 'Eve' where $1 = $1 returning what",
        "delete from contract_events where $1 = $1 returning what",
    ] {
        let changed = test.try_row::<(String,)>(sql, "Photography agreement").await;
        let said = changed.expect_err(sql).to_string();
        assert!(said.contains("never") || said.contains("append-only"), "{sql}: {said}");
    }
    desk.evidence(id).await;
}

#[tokio::test]
async fn e6_a_new_version_makes_the_earlier_one_void_and_says_so() {
    let test = TestApp::new().await;
    let desk = no_code(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let doer = portico::contracts::send::Doer::system();
    let new = portico::contracts::send::new_version(&mut tx, id, &doer)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(look(&mut ada, id).await["part"], "sign", "until it is sent");
    desk.try_send(new).await.unwrap();
    let old = look(&mut ada, id).await;
    assert_eq!(
        (&old["state"], &old["replaced_by"]),
        (&json!("voided"), &json!(new.to_string()))
    );
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "A new version to sign: Photography agreement"
    );
    sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .refused(409, "conflict");
    sign(&mut ada, new, "Ada Carter", "key-number-two")
        .await
        .ok();
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let late = portico::contracts::send::new_version(&mut tx, new, &doer).await;
    assert!(late.is_err(), "what everybody signed stays");
}
