//! Contracts, as contacts read and sign them.

use portico::{
    contracts::{
        evidence,
        send::{self, Doer},
        store::{self, Draft, NewSigner},
    },
    studios::Studio,
};
use portico_wire::{ContractId, Right, Settings};
use serde_json::{Value, json};

use crate::{
    forms::studio,
    harness::{Browser, Reply, TestApp},
};

pub const TEXT: &str = "# Scope\n\nThe studio photographs **{{ event.name }}** for {{ client.name }}.\n\n\
    1. The price is {{ amount.total }}.\n2. It is due on the day.";

/// What staff do, through the product's own functions.
pub struct Desk<'a> {
    pub test: &'a TestApp,
    pub draft: Draft,
}

pub fn desk(test: &TestApp) -> Desk<'_> {
    let mut draft = Draft {
        title: "Photography agreement".into(),
        source: TEXT.into(),
        asks_code: true,
        ..Draft::default()
    };
    draft.details.event = "Ada and Ben’s wedding".into();
    draft.details.amount = Some(240_000);
    Desk { test, draft }
}

impl Desk<'_> {
    pub async fn studio(&self) -> Studio {
        self.test.scope("demo").await
    }

    /// A draft for these contacts, in this order.
    pub async fn write(&self, emails: &[&str]) -> ContractId {
        let mut signers = Vec::new();
        let mut client = None;
        for email in emails {
            let contact = studio(self.test).contact(email).await;
            client = client.or(Some(contact.client_id));
            signers.push(NewSigner {
                contact: Some(contact.id),
                name: contact.name(),
                role: "Client".into(),
            });
        }
        if self.draft.countersign {
            signers.push(NewSigner {
                contact: None,
                name: "Fernlight Studio".into(),
                role: "Studio".into(),
            });
        }
        let demo = self.studio().await;
        let mut tx = self.test.app.db.write(&demo).await.unwrap();
        let id = store::insert(&mut tx, client.unwrap(), &self.draft, None)
            .await
            .unwrap();
        store::save_signers(&mut tx, id, &signers).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn try_send(&self, id: ContractId) -> portico::Result<()> {
        let demo = self.studio().await;
        let app = &self.test.app;
        let mut tx = app.db.write(&demo).await.unwrap();
        send::send(app, &mut tx, &demo, id, None, &Doer::system()).await?;
        tx.commit().await
    }

    pub async fn send(&self, emails: &[&str]) -> ContractId {
        let id = self.write(emails).await;
        self.try_send(id).await.unwrap();
        // Its mails are out before anything else happens.
        self.test.work().await;
        id
    }

    pub async fn void(&self, id: ContractId) -> portico::Result<()> {
        let demo = self.studio().await;
        let app = &self.test.app;
        let mut tx = app.db.write(&demo).await.unwrap();
        send::void(app, &mut tx, &demo, id, "The date moved.", &Doer::system()).await?;
        tx.commit().await
    }

    /// What happened, as the evidence tells it; the chain holds.
    pub async fn evidence(&self, id: ContractId) -> Vec<evidence::Entry> {
        let demo = self.studio().await;
        let mut tx = self.test.app.db.read(&demo).await.unwrap();
        let entries = store::entries(&mut tx, id).await.unwrap();
        assert_eq!(evidence::run(id, &entries), Ok(()));
        let whole = store::get(&mut tx, id).await.unwrap();
        assert!(portico::contracts::text::is_whole(&whole));
        entries
    }

    pub async fn happened(&self, id: ContractId) -> Vec<String> {
        let entries = self.evidence(id).await;
        entries.into_iter().map(|entry| entry.what).collect()
    }
}

/// A proof for signing, by a code from the mail.
pub async fn proof(who: &mut Browser<'_>, email: &str) -> String {
    who.test.pass(61);
    let asked = who.post("/proof/code", json!({ "act": "sign" })).await.ok();
    let code = who.test.code(email).await;
    let body = json!({ "by": "code", "act": "sign", "request": asked["request"], "code": code });
    let proof = who.post("/proof", body).await.ok();
    proof["proof"].as_str().unwrap().to_owned()
}

pub async fn look(who: &mut Browser<'_>, id: ContractId) -> Value {
    who.get(&format!("/contracts/{id}")).await.ok()
}

/// Signs what is shown, without a code.
pub async fn sign(who: &mut Browser<'_>, id: ContractId, name: &str, key: &str) -> Reply {
    let shown = look(who, id).await;
    let body = json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": name } });
    who.post_once(&format!("/contracts/{id}/sign"), body, key)
        .await
}

pub async fn listed(who: &mut Browser<'_>) -> Vec<Value> {
    let forms = who.get("/forms").await.ok();
    forms["contracts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn e1_e2_e4_a_contract_shows_up_is_read_and_signed_with_a_code() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let mut ada = test.signed_in("client@demo.test").await;
    let before = listed(&mut ada).await.len();
    let id = desk.send(&["client@demo.test"]).await;
    let mail = test.message("client@demo.test").await;
    assert_eq!(mail.subject, "Please sign: Photography agreement");
    assert!(mail.text.contains("#portico="), "{}", mail.text);

    let list = listed(&mut ada).await;
    assert_eq!(list.len(), before + 1);
    let mine = list.iter().find(|one| one["id"] == id.to_string()).unwrap();
    assert_eq!(
        (&mine["state"], &mine["part"]),
        (&json!("sent"), &json!("sign"))
    );

    let shown = look(&mut ada, id).await;
    assert_eq!(shown["state"], "opened");
    let text = shown["text"].to_string();
    assert!(text.contains("Ada and Ben’s wedding") && text.contains("Ada & Ben Carter"));
    assert!(text.contains("£2,400.00") && !text.contains("{{"));
    assert_eq!(shown["asks_code"], true);
    assert!(
        shown["consent"]
            .as_str()
            .unwrap()
            .contains("electronically")
    );
    let read = ada
        .post(&format!("/contracts/{id}/read"), Value::Null)
        .await
        .ok();
    assert_eq!(read["part"], "sign");

    let mut body =
        json!({ "hash": shown["hash"], "agreed": true, "signature": { "typed": " Ada Carter " } });
    let path = format!("/contracts/{id}/sign");
    ada.post_once(&path, body.clone(), "key-without-proof")
        .await
        .refused(403, "proof_required");
    body["proof"] = proof(&mut ada, "client@demo.test").await.into();
    let signed = ada
        .post_once(&path, body.clone(), "key-number-one")
        .await
        .ok();
    assert_eq!(
        (&signed["state"], &signed["part"]),
        (&json!("signed"), &json!("signed"))
    );
    assert_eq!(signed["signers"][0]["typed"], "Ada Carter");
    // Once more, as after a lost reply: the same, and nothing twice.
    let again = ada.post_once(&path, body, "key-number-one").await.ok();
    assert_eq!(again["signers"], signed["signers"]);
    let what = desk.happened(id).await;
    assert_eq!(
        what,
        [
            "sent",
            "mailed",
            "opened",
            "read",
            "code sent",
            "code entered",
            "signed"
        ]
    );
    let mail = test.message("client@demo.test").await;
    assert_eq!(
        mail.subject,
        "Signed, your copy is ready: Photography agreement"
    );
}

#[tokio::test]
async fn e7_the_evidence_says_who_when_from_where_with_what_and_how_it_was_proved() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let shown = look(&mut ada, id).await;
    let proof = proof(&mut ada, "client@demo.test").await;
    let body = json!({ "hash": shown["hash"], "agreed": true, "proof": proof,
        "signature": { "drawn": "M10 10L200 80L300 20" } });
    let reply = ada
        .post_once(&format!("/contracts/{id}/sign"), body, "key-number-one")
        .await
        .ok();
    assert!(
        !reply.to_string().contains("M10 10"),
        "a drawing is in the PDF alone"
    );
    let entries = desk.evidence(id).await;
    let signed = entries.iter().find(|entry| entry.what == "signed").unwrap();
    assert_eq!(signed.actor_name, "Ada Carter");
    assert_eq!(signed.address.as_deref(), Some("127.0.0.1"));
    assert!(signed.user_agent.as_deref().unwrap().contains("iPhone"));
    assert!(signed.session.as_deref().unwrap().starts_with("ses_"));
    assert_eq!(signed.text_hash, shown["hash"].as_str().unwrap());
    let detail = signed.detail();
    assert_eq!(detail["proof"], "code by email");
    assert_eq!(detail["consent"], 1);
    assert_eq!(detail["signature"]["drawn"], "M10 10L200 80L300 20");
    assert!(detail["code_sent_at"].is_string() && detail["proved_at"].is_string());
    for (what, key) in [("code sent", "code_sent_at"), ("code entered", "proved_at")] {
        let entry = entries.iter().find(|entry| entry.what == what).unwrap();
        assert_eq!(json!(entry.at), detail[key], "{what}, at its own moment");
        assert_eq!(entry.actor_name, "Ada Carter");
    }
    // The text a studio cannot deny either: its hash is made of what was shown.
    let demo = desk.studio().await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let kept = store::get(&mut tx, id).await.unwrap();
    let text = kept.text.clone().unwrap();
    let hash =
        portico::contracts::text::hash(&kept.title, &text, shown["consent"].as_str().unwrap());
    assert_eq!(hash, shown["hash"].as_str().unwrap());
    assert!(text.starts_with(
        "# Scope\n\nThe studio photographs **Ada and Ben’s wedding** for Ada \\& Ben Carter."
    ));
}

#[tokio::test]
async fn e8_switched_off_no_code_is_asked_and_the_evidence_says_so() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(look(&mut ada, id).await["asks_code"], false);
    sign(&mut ada, id, "Ada Carter", "key-number-one")
        .await
        .ok();
    let entries = desk.evidence(id).await;
    assert_eq!(entries.last().unwrap().what, "signed");
    assert_eq!(entries.last().unwrap().detail()["proof"], "none");
}

#[tokio::test]
async fn e6_two_sign_in_their_order_and_the_second_is_told_when_it_is_time() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    desk.draft.in_order = true;
    let id = desk.send(&["client@demo.test", "spouse@demo.test"]).await;
    assert!(
        !test
            .messages("spouse@demo.test")
            .await
            .iter()
            .any(|mail| mail.subject.contains("Photography")),
        "not yet"
    );
    let mut ben = test.signed_in("spouse@demo.test").await;
    assert_eq!(look(&mut ben, id).await["part"], "wait");
    let refused = sign(&mut ben, id, "Ben Carter", "key-of-ben-one").await;
    assert!(
        refused.refused(409, "conflict")["detail"]
            .as_str()
            .unwrap()
            .contains("your turn")
    );

    let mut ada = test.signed_in("client@demo.test").await;
    let signed = sign(&mut ada, id, "Ada Carter", "key-of-ada-one")
        .await
        .ok();
    assert_eq!(signed["state"], "partly_signed");
    assert_eq!(
        test.message("spouse@demo.test").await.subject,
        "Please sign: Photography agreement"
    );
    let shown = look(&mut ben, id).await;
    assert_eq!(shown["part"], "sign");
    assert_eq!(shown["signers"][0]["typed"], "Ada Carter");
    assert_eq!(shown["signers"][1]["you"], true);
    let signed = sign(&mut ben, id, "Ben Carter", "key-of-ben-two")
        .await
        .ok();
    assert_eq!(signed["state"], "signed");
    for email in ["client@demo.test", "spouse@demo.test"] {
        let mail = test.message(email).await;
        assert!(
            mail.subject.starts_with("Signed, your copy is ready"),
            "{}",
            mail.subject
        );
    }
}

#[tokio::test]
async fn j6_staff_of_the_group_hear_of_each_signature() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let id = desk.send(&["client@demo.test", "spouse@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    sign(&mut ada, id, "Ada Carter", "key-of-ada-one")
        .await
        .ok();
    let first = test.message("owner@demo.test").await;
    assert_eq!(
        first.subject,
        "Ada Carter has signed: Photography agreement"
    );
    assert!(first.text.contains(&format!("/admin/contracts/{id}")));
    sign(&mut ben, id, "Ben Carter", "key-of-ben-one")
        .await
        .ok();
    let last = test.message("owner@demo.test").await;
    assert_eq!(
        last.subject,
        "Signed by everybody: Photography agreement, Ada & Ben Carter"
    );
}

#[tokio::test]
async fn e9_one_who_declines_ends_it_for_all_and_says_why() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let id = desk.send(&["client@demo.test", "spouse@demo.test"]).await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let path = format!("/contracts/{id}/decline");
    ben.post(&path, json!({ "reason": "  " }))
        .await
        .refused(422, "invalid");
    let said = ben
        .post(&path, json!({ "reason": "The price is not what we said." }))
        .await
        .ok();
    assert_eq!(said["state"], "declined");
    assert_eq!(said["reason"], "The price is not what we said.");
    ben.post(&path, json!({ "reason": "Again." }))
        .await
        .refused(409, "conflict");
    let mut ada = test.signed_in("client@demo.test").await;
    let refused = sign(&mut ada, id, "Ada Carter", "key-of-ada-one").await;
    assert!(
        refused.refused(409, "conflict")["detail"]
            .as_str()
            .unwrap()
            .contains("declined")
    );
    let staff = test.message("owner@demo.test").await;
    assert!(
        staff.subject.starts_with("Declined by Ben Carter"),
        "{}",
        staff.subject
    );
    assert!(staff.text.contains("The price is not what we said."));
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "Declined: Photography agreement"
    );
}

#[tokio::test]
async fn e9_reminders_come_by_themselves_and_an_end_ends_it() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    desk.draft.reminds = true;
    desk.draft.last_day = Some("2026-12-01".into());
    let id = desk.send(&["client@demo.test"]).await;
    let day = 86_400;
    test.pass(3 * day);
    // Money is reminded of in these days too.
    let about = async || {
        let mut all = test.messages("client@demo.test").await;
        all.retain(|mail| mail.subject.contains("Photography agreement"));
        all
    };
    let reminded = about().await.remove(0);
    assert_eq!(
        reminded.subject,
        "Sign by 1 December 2026: Photography agreement"
    );
    let count = about().await.len();
    test.pass(day);
    assert_eq!(about().await.len(), count, "not each day");
    test.pass(3 * day);
    assert_eq!(about().await.len(), count + 1, "after a week");
    test.pass(2 * day);
    assert_eq!(about().await.len(), count + 2, "the day before");
    test.pass(day + 12 * 3600 - 1);
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(
        look(&mut ada, id).await["part"],
        "sign",
        "the last second of the day"
    );
    test.pass(1);
    // Before any worker looked: the clock alone decides.
    let shown = look(&mut ada, id).await;
    assert_eq!(
        (&shown["state"], &shown["part"]),
        (&json!("expired"), &json!("read"))
    );
    sign(&mut ada, id, "Ada Carter", "key-of-ada-one")
        .await
        .refused(409, "conflict");
    assert_eq!(
        about().await[0].subject,
        "The time to sign is over: Photography agreement"
    );
    assert!(
        test.message("owner@demo.test")
            .await
            .subject
            .starts_with("Not signed in time")
    );
    assert_eq!(desk.happened(id).await.last().unwrap(), "expired");
    test.pass(30 * day);
    let later = test.messages("client@demo.test").await;
    let about = |mail: &&portico::mail::Kept| mail.subject.contains("Photography agreement");
    let last = later.iter().find(about).unwrap();
    assert!(
        last.subject.starts_with("The time to sign is over"),
        "nothing more comes"
    );
}

#[tokio::test]
async fn b9_without_history_what_is_closed_is_gone_from_the_list_and_a_day_later_altogether() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let id = desk.send(&["client@demo.test"]).await;
    let mut ada = test.signed_in("client@demo.test").await;
    sign(&mut ada, id, "Ada Carter", "key-of-ada-one")
        .await
        .ok();
    let has = |list: Vec<Value>| list.iter().any(|one| one["id"] == id.to_string());
    assert!(has(listed(&mut ada).await));
    test.set_rights("client@demo.test", Right::ShowHistory, false)
        .await;
    assert!(!has(listed(&mut ada).await));
    let open = listed(&mut ada).await;
    assert!(open.iter().all(|one| one["closed_at"].is_null()));
    look(&mut ada, id).await;
    test.pass(86_400);
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&format!("/contracts/{id}"))
        .await
        .refused(404, "not_found");
    test.set_rights("client@demo.test", Right::ShowHistory, true)
        .await;
    look(&mut ada, id).await;
}

#[tokio::test]
async fn l4_a_contract_lets_in_who_was_never_invited_unless_that_is_switched_off() {
    let test = TestApp::new().await;
    let desk = desk(&test);
    let contact = studio(&test)
        .never_invited("client@demo.test", "eve@demo.test")
        .await;
    desk.send(&["eve@demo.test"]).await;
    let mail = test.message("eve@demo.test").await;
    assert!(mail.text.contains("#portico="), "{}", mail.text);
    let mut eve = test.browser();
    let secret = test.link("eve@demo.test").await;
    let looked = eve
        .post("/sign-in/link", json!({ "secret": secret }))
        .await
        .ok();
    assert!(!looked.is_null());
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let user = portico::access::store::portal_user(&mut tx, contact)
        .await
        .unwrap()
        .unwrap();
    assert!(user.invited_at.is_some());
    let mut off = demo.clone();
    off.activates_portal = false;
    assert!(
        portico::studios::store::save_settings(&mut tx, &off)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();

    studio(&test)
        .never_invited("client@demo.test", "zoe@demo.test")
        .await;
    desk.send(&["zoe@demo.test"]).await;
    let mail = test.message("zoe@demo.test").await;
    assert!(!mail.text.contains("#portico=") && mail.text.contains("http"));
}

#[tokio::test]
async fn a16_whoever_sees_everything_reads_and_signs_nothing() {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let id = desk.send(&["site@demo.test"]).await;
    let mut office = test.signed_in("office@demo.test").await;
    let shown = look(&mut office, id).await;
    assert_eq!(
        (&shown["state"], &shown["part"]),
        (&json!("sent"), &json!("read"))
    );
    sign(&mut office, id, "Grace Okafor", "key-of-grace")
        .await
        .refused(403, "forbidden");
    office
        .post(
            &format!("/contracts/{id}/decline"),
            json!({ "reason": "No." }),
        )
        .await
        .refused(403, "forbidden");
    office
        .post(&format!("/contracts/{id}/read"), Value::Null)
        .await
        .ok();
    assert_eq!(
        desk.happened(id).await,
        ["sent", "mailed"],
        "reading is not theirs"
    );
}

#[tokio::test]
async fn a16_a_merged_contact_goes_on_with_what_it_was_asked_and_signs_under_the_name_of_the_contract()
 {
    let test = TestApp::new().await;
    let mut desk = desk(&test);
    desk.draft.asks_code = false;
    let id = desk.send(&["spouse@demo.test"]).await;
    let (ada, ben) = (
        studio(&test).contact("client@demo.test").await,
        studio(&test).contact("spouse@demo.test").await,
    );
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let a = portico::access::store::portal_user(&mut tx, ada.id)
        .await
        .unwrap()
        .unwrap();
    let b = portico::access::store::portal_user(&mut tx, ben.id)
        .await
        .unwrap()
        .unwrap();
    let choice = portico::access::merge::Choice::default();
    let by = portico::access::reach::By {
        actor: &portico::audit::Actor::System,
        reference: "test",
    };
    portico::access::merge::merge(&mut tx, &a, &b, &choice, &by)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut both = test.signed_in("client@demo.test").await;
    let mine = listed(&mut both).await;
    let mine = mine.iter().find(|one| one["id"] == id.to_string()).unwrap();
    assert_eq!(mine["part"], "sign");
    let signed = sign(&mut both, id, "Ben Carter", "key-of-both-1")
        .await
        .ok();
    assert_eq!(signed["signers"][0]["name"], "Ben Carter");
    assert_eq!(signed["signers"][0]["you"], true);
    desk.evidence(id).await;
}

impl crate::forms::Studio<'_> {
    /// A new contact beside another one, whom nobody invited.
    pub async fn never_invited(&self, beside: &str, email: &str) -> portico_wire::ContactId {
        let client = self.contact(beside).await.client_id;
        let demo = self.test.scope("demo").await;
        let mut tx = self.test.app.db.write(&demo).await.unwrap();
        let contact = portico::clients::NewContact {
            id: tx.id(),
            client,
            first_name: "Eve".into(),
            last_name: "Carter".into(),
            email: (!email.is_empty()).then(|| email.to_owned()),
            mobile: None,
            language: None,
            active: true,
            rights: Settings::default(),
            fields: portico::clients::Values::default(),
        };
        portico::clients::store::insert_contact(&mut tx, &contact)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        contact.id
    }
}

impl TestApp {
    /// Gives one contact a right, or takes it.
    pub async fn set_rights(&self, email: &str, right: Right, on: bool) {
        let contact = studio(self).contact(email).await;
        let demo = self.scope("demo").await;
        let mut tx = self.app.db.write(&demo).await.unwrap();
        let rights = Settings([(right, on)].into());
        portico::clients::store::save_contact_rights(&mut tx, contact.id, &rights)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}
