//! Forms and questionnaires, as contacts fill them in.

use portico::{
    audit::Actor,
    clients,
    forms::{
        ask,
        store::{self, NewAssignment},
    },
};
use portico_wire::{AssignmentId, ContactId, FormId, forms::Form};
use serde_json::{Value, json};

use crate::harness::{Browser, Reply, TestApp};

/// What staff do, through the product's own functions: pages are another matter.
pub struct Studio<'a> {
    pub test: &'a TestApp,
}

impl Studio<'_> {
    pub async fn contact(&self, email: &str) -> clients::Contact {
        let demo = self.test.scope("demo").await;
        let mut tx = self.test.app.db.read(&demo).await.unwrap();
        let email = portico::access::Email::parse(email).unwrap();
        let found = portico::access::store::candidates(&mut tx, &email).await;
        let id: ContactId = found.unwrap()[0].id;
        clients::store::get_contact(&mut tx, id).await.unwrap()
    }

    pub async fn form(&self, definition: Value, in_portal: bool) -> FormId {
        let definition: Form = serde_json::from_value(definition).unwrap();
        assert_eq!(portico::forms::flaws(&definition, &[]), vec![]);
        let demo = self.test.scope("demo").await;
        let mut tx = self.test.app.db.write(&demo).await.unwrap();
        let id = store::insert_form(&mut tx, &definition.title, &definition)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.edit(id, |form| form.in_portal = in_portal).await;
        id
    }

    pub async fn edit(&self, id: FormId, change: impl FnOnce(&mut portico::forms::StoredForm)) {
        let demo = self.test.scope("demo").await;
        let mut tx = self.test.app.db.write(&demo).await.unwrap();
        let mut form = store::get_form(&mut tx, id).await.unwrap();
        change(&mut form);
        assert!(store::save_form(&mut tx, &form).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn named(&self, name: &str) -> FormId {
        let demo = self.test.scope("demo").await;
        let mut tx = self.test.app.db.read(&demo).await.unwrap();
        let forms = store::forms(&mut tx, false).await.unwrap();
        forms.iter().find(|form| form.name == name).unwrap().id
    }

    pub async fn ask(&self, form: FormId, emails: &[&str], due: Option<&str>) -> AssignmentId {
        let demo = self.test.scope("demo").await;
        let mut contacts = Vec::new();
        for email in emails {
            contacts.push(self.contact(email).await);
        }
        let ids: Vec<ContactId> = contacts.iter().map(|contact| contact.id).collect();
        let new = NewAssignment {
            form,
            client: contacts[0].client_id,
            contacts: &ids,
            due,
            note: Some("Take your time."),
        };
        let mut tx = self.test.app.db.write(&demo).await.unwrap();
        let id = ask::ask(
            &self.test.app,
            &mut tx,
            &demo,
            &new,
            true,
            &Actor::System,
            "test",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn no_update_form(&self) {
        let id = self.named("Update your details").await;
        self.edit(id, |form| form.default_update = false).await;
    }
}

pub fn studio(test: &TestApp) -> Studio<'_> {
    Studio { test }
}

/// One question of a few kinds each.
pub fn small() -> Value {
    json!({ "title": "A small form", "thanks": "Many thanks.", "fields": [
        { "id": "name", "kind": { "type": "text", "max": 20 }, "label": "Your name", "required": true },
        { "id": "more", "kind": { "type": "yes_no" }, "label": "More?" },
        { "id": "what", "kind": { "type": "long_text" }, "label": "What?", "required": true,
          "show_if": { "join": "all", "list": [{ "field": "more", "operator": "is", "value": "yes" }] } },
        { "id": "phone", "kind": { "type": "phone" }, "label": "A number" },
    ] })
}

pub fn typed(changes: &[(&str, Value)]) -> Value {
    typed_in(1, 0, changes)
}

pub fn typed_in(version: u32, revision: u64, changes: &[(&str, Value)]) -> Value {
    let changes: Vec<Value> = changes
        .iter()
        .map(|(field, answer)| match answer {
            Value::Null => json!({ "field": field }),
            answer => json!({ "field": field, "answer": answer }),
        })
        .collect();
    json!({ "version": version, "revision": revision, "changes": changes })
}

async fn questionnaires(browser: &mut Browser<'_>) -> Vec<Value> {
    let forms = browser.get("/forms").await.ok();
    forms["questionnaires"].as_array().unwrap().clone()
}

fn state<'a>(list: &'a [Value], id: &str) -> Option<&'a str> {
    let found = list.iter().find(|one| one["id"] == id)?;
    found["state"].as_str()
}

#[tokio::test]
async fn d1_outstanding_questionnaires_show_with_their_due_dates_and_states() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let list = questionnaires(&mut ada).await;
    let states: Vec<&str> = list
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["started", "done"], "{list:?}");
    assert_eq!(list[0]["title"], "Wedding questionnaire");
    assert_eq!(list[0]["due"], "2026-12-11");
    assert_eq!(list[0]["with"], json!([]));

    let mut office = test.signed_in("office@demo.test").await;
    let list = questionnaires(&mut office).await;
    assert_eq!(list[0]["state"], "late");
    assert_eq!(list[1]["state"], "new");
    assert_eq!(list[1]["with"], json!(["Tom"].map(|_| "Tom Weller")));
}

#[tokio::test]
async fn d1_a_questionnaire_goes_from_new_over_started_to_done_and_tells_who_asked() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio
        .ask(form, &["client@demo.test"], Some("2026-12-24"))
        .await;
    let mail = test.message("client@demo.test").await;
    assert_eq!(mail.subject, "Please fill in: A small form");
    assert!(mail.text.contains("24 December 2026") && mail.text.contains("Take your time."));

    let id = asked.to_string();
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(state(&questionnaires(&mut ada).await, &id), Some("new"));
    let path = format!("/questionnaires/{id}");
    let opened = ada.get(&path).await.ok();
    assert_eq!(opened["version"], 1);
    assert_eq!(opened["revision"], 0);
    assert_eq!(opened["country"], "GB");
    assert_eq!(opened["questionnaire"]["note"], "Take your time.");
    let draft = typed(&[("name", json!({ "text": " Ada " }))]);
    let saved = ada.put(&format!("{path}/draft"), draft).await.ok();
    assert_eq!(saved["revision"], 1);
    assert_eq!(saved["newer"], json!([]));
    assert_eq!(state(&questionnaires(&mut ada).await, &id), Some("started"));
    test.pass(40 * 86_400);
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(state(&questionnaires(&mut ada).await, &id), Some("late"));

    let send = typed_in(1, 1, &[("phone", json!({ "text": "01225 555014" }))]);
    let sent = ada
        .post_once(&format!("{path}/submit"), send, "key-0001")
        .await
        .ok();
    assert_eq!(sent["thanks"], "Many thanks.");
    assert_eq!(state(&questionnaires(&mut ada).await, &id), Some("done"));

    // D6: it stays readable, tidied, with the number as it is dialled from anywhere.
    let read = ada
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(
        read["answers"],
        json!({ "name": { "text": "Ada" }, "phone": { "text": "+441225555014" } })
    );
    assert_eq!(read["by"], "Ada Carter");
    let mails = test.messages("client@demo.test").await;
    let about = |subject: &str| mails.iter().any(|mail| mail.subject == subject);
    assert!(about("We have your answers: A small form"));
    // J6: the staff of the client's group are told; nobody is in it, so the owners.
    let mail = test.message("owner@demo.test").await;
    assert_eq!(mail.subject, "Ada Carter sent “A small form”");
    assert!(mail.text.contains("+44 1225 555014"), "{}", mail.text);
}

#[tokio::test]
async fn d7_a_draft_goes_on_on_another_device_and_merges_what_two_contacts_type() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio
        .ask(form, &["client@demo.test", "spouse@demo.test"], None)
        .await;
    let path = format!("/questionnaires/{asked}");
    let draft = format!("{path}/draft");
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    ada.put(&draft, typed(&[("name", json!({ "text": "Ada" }))]))
        .await
        .ok();
    test.pass(60);
    // Ben's phone was offline for an hour: his name is older than hers, the rest is new.
    let mut offline = typed(&[
        ("name", json!({ "text": "Ben" })),
        ("more", json!({ "yes_no": true })),
    ]);
    offline["changes"][0]["age"] = 3600.into();
    let saved = ben.put(&draft, offline).await.ok();
    assert_eq!(saved["revision"], 2);
    assert_eq!(
        saved["newer"],
        json!([{ "field": "name", "answer": { "text": "Ada" } }])
    );
    // Ada hears of it with her next save, and a third device finds it all.
    let saved = ada
        .put(
            &draft,
            typed_in(1, 1, &[("what", json!({ "text": "Flowers" }))]),
        )
        .await
        .ok();
    assert_eq!(
        saved["newer"],
        json!([{ "field": "more", "answer": { "yes_no": true } }])
    );
    let mut tablet = test.signed_in("spouse@demo.test").await;
    let opened = tablet.get(&path).await.ok();
    assert_eq!(opened["revision"], 3);
    assert_eq!(
        opened["answers"],
        json!({ "name": { "text": "Ada" }, "more": { "yes_no": true }, "what": { "text": "Flowers" } })
    );
    assert_eq!(opened["questionnaire"]["with"], json!(["Ada Carter"]));
    // Cleared is typed too.
    tablet
        .put(&draft, typed_in(1, 3, &[("what", Value::Null)]))
        .await
        .ok();
    assert_eq!(ada.get(&path).await.ok()["answers"].get("what"), None);
    // One sends it for both.
    let sent = ben
        .post_once(
            &format!("{path}/submit"),
            typed_in(1, 4, &[("more", json!({ "yes_no": false }))]),
            "key-0002",
        )
        .await
        .ok();
    let read = ada
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(read["by"], "Ben Carter");
    ada.put(&draft, typed_in(1, 5, &[]))
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn d2_what_is_hidden_is_not_stored() {
    let test = TestApp::new().await;
    let form = studio(&test).form(small(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let all = typed(&[
        ("name", json!({ "text": "Ada" })),
        ("more", json!({ "yes_no": false })),
        ("what", json!({ "text": "Never seen" })),
    ]);
    let sent = ada
        .post_once(&format!("/forms/{form}/submit"), all, "key-0003")
        .await
        .ok();
    let read = ada
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(read["answers"].get("what"), None, "{read}");
}

#[tokio::test]
async fn d4_a_form_included_in_the_portal_is_offered_to_everybody_again_and_again() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let offered = |forms: &Value| {
        let list = forms["forms"].as_array().unwrap();
        list.iter().any(|one| one["id"] == form.to_string())
    };
    let mut ada = test.signed_in("client@demo.test").await;
    assert!(offered(&ada.get("/forms").await.ok()));
    for key in ["key-aaaa", "key-bbbb"] {
        let all = typed(&[("name", json!({ "text": "Ada" }))]);
        ada.post_once(&format!("/forms/{form}/submit"), all, key)
            .await
            .ok();
    }
    let forms = ada.get("/forms").await.ok();
    let sent = forms["submissions"].as_array().unwrap();
    assert_eq!(
        sent.iter()
            .filter(|one| one["title"] == "A small form")
            .count(),
        2
    );
    studio.edit(form, |form| form.in_portal = false).await;
    assert!(!offered(&ada.get("/forms").await.ok()));
    ada.get(&format!("/forms/{form}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn d5_c5_c6_c7_the_update_form_begins_with_what_is_known_and_changes_it_at_once() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let profile = ada.get("/profile").await.ok();
    let form = profile["update_form"].as_str().unwrap().to_owned();
    assert_eq!(profile["edit"], false);
    let path = format!("/forms/{form}");
    let opened = ada.get(&path).await.ok();
    let answers = &opened["answers"];
    assert_eq!(answers["first_name"], json!({ "text": "Ada" }));
    assert_eq!(answers["email"], json!({ "text": "client@demo.test" }));
    assert_eq!(answers["phone"], json!({ "text": "+44 1225 555020" }));
    assert_eq!(answers["address"]["address"]["city"], "Bath");
    assert_eq!(opened["fixed"], json!(["email"]));

    let changes = typed(&[
        ("mobile", json!({ "text": "07911 123456" })),
        (
            "address",
            json!({ "address": { "line1": "1 New Street", "city": "Bristol", "country": "GB" } }),
        ),
        ("last_name", json!({ "text": "Carter-Lovelace" })),
    ]);
    ada.post_once(&format!("{path}/submit"), changes, "key-0004")
        .await
        .ok();
    let profile = ada.get("/profile").await.ok();
    assert_eq!(profile["contact"]["mobile"], "+447911123456");
    assert_eq!(profile["contact"]["last_name"], "Carter-Lovelace");
    assert_eq!(profile["client"]["address"]["line1"], "1 New Street");
    // What was not touched stays.
    assert_eq!(profile["client"]["phone"], "+441225555020");

    let mail = test.message("owner@demo.test").await;
    assert_eq!(
        mail.subject,
        "Ada Carter-Lovelace sent “Update your details”"
    );
    assert!(
        mail.text.contains("Last name: Carter -> Carter-Lovelace"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("12 Pulteney Mews"), "{}", mail.text);
    let (who, before, after) = test.logged("details updated").await;
    assert_eq!(who, "Ada Carter");
    assert!(before.get("last_name").is_some() || after.get("address").is_some());
    // Staff find her by the new name.
    let mut desk = test.staff("owner@demo.test").await;
    let found = desk.get("/admin/clients?q=lovelace").await;
    assert!(found.text.contains("Ada"), "{}", found.text);
}

#[tokio::test]
async fn c7_staff_undo_what_a_contact_changed_while_it_still_stands() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let before = ada.get("/profile").await.ok();
    let path = format!("/forms/{}", before["update_form"].as_str().unwrap());
    let send = |last: &str, line: &str| {
        typed(&[
            ("last_name", json!({ "text": last })),
            (
                "address",
                json!({ "address": { "line1": line, "city": "Bristol", "country": "GB" } }),
            ),
        ])
    };
    ada.post_once(
        &format!("{path}/submit"),
        send("Lovelace", "1 New Street"),
        "undo-0001",
    )
    .await
    .ok();
    let mut desk = test.staff("member@demo.test").await;
    let list = desk.get("/admin/clients?q=lovelace").await.text;
    let client = list.split("href=\"/admin/clients/cli_").nth(1).unwrap()[..32].to_owned();
    let page = format!("/admin/clients/cli_{client}");
    let undos = |text: &str| -> Vec<String> {
        text.split(&format!("action=\"{page}/undo/"))
            .skip(1)
            .map(|rest| format!("{page}/undo/{}", rest.split('"').next().unwrap()))
            .collect()
    };
    let offered = undos(&desk.get(&page).await.text);
    assert_eq!(offered.len(), 2, "of the client and of the contact");
    // Of another studio, of nothing, of another client.
    let mut other = test.staff("owner@lapsed.test").await;
    other.get("/admin").await;
    assert_eq!(other.submit(&offered[0], &[]).await.status, 404);
    let nothing = format!("{page}/undo/aud_{}", "0".repeat(32));
    assert_eq!(desk.submit(&nothing, &[]).await.status, 404);

    for undo in &offered {
        desk.get(&page).await;
        let reply = desk.post(undo, &[]).await;
        assert!(reply.text.contains("as they were before"), "{}", reply.text);
    }
    let after = ada.get("/profile").await.ok();
    for part in ["contact", "client"] {
        assert_eq!(after[part], before[part]);
    }
    let (who, from, to) = test.logged("details put back").await;
    assert!(who.contains("Member") || !who.is_empty());
    assert_ne!(from, to);
    // What was changed again since stays.
    assert_eq!(undos(&desk.get(&page).await.text).len(), 0);
    let reply = desk.post(&offered[0], &[]).await;
    assert!(reply.text.contains("changed again since"), "{}", reply.text);
}

#[tokio::test]
async fn d5_at_most_one_form_is_the_default_update_form() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    studio.edit(form, |form| form.default_update = true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    assert_eq!(
        ada.get("/profile").await.ok()["update_form"],
        form.to_string()
    );
    studio
        .edit(form, |form| form.archived_at = Some(form.updated_at))
        .await;
    let profile = ada.get("/profile").await.ok();
    assert_eq!(profile.get("update_form"), None, "no form, no button");
    assert_eq!(profile["edit"], true);
}

#[tokio::test]
async fn c2_c4_c7_c8_without_a_form_the_allowed_fields_change_directly() {
    let test = TestApp::new().await;
    studio(&test).no_update_form().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let edit = ada.get("/profile/form").await.ok();
    let fields = edit["form"]["fields"].as_array().unwrap();
    let labels: Vec<&str> = fields
        .iter()
        .map(|one| one["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "First name",
            "Last name",
            "Mobile",
            "Language",
            "Phone",
            "Address",
            "Dietary needs"
        ]
    );
    let diet = fields[6]["id"].as_str().unwrap();
    let mut answers = json!({
        "first_name": { "text": "Augusta" },
        "mobile": { "text": "07911 123456" },
        "language": { "choices": { "options": ["English"] } },
    });
    answers[diet] = json!({ "text": "No nuts" });
    let done = ada
        .post("/profile/form", json!({ "answers": answers }))
        .await
        .ok();
    assert_eq!(done["said"], "Your details are saved.");
    let after = ada.get("/profile").await.ok();
    assert_eq!(after["contact"]["first_name"], "Augusta");
    assert_eq!(after["contact"]["mobile"], "+447911123456");
    assert_eq!(after["contact"]["language"], "en");
    assert_eq!(
        after["fields"].as_array().unwrap().last().unwrap()["value"],
        "No nuts"
    );
    let mail = test.message("owner@demo.test").await;
    assert!(mail.subject.contains("changed their details"));
    assert!(
        mail.text.contains("First name: Ada -> Augusta"),
        "{}",
        mail.text
    );
    assert!(
        mail.text.contains("Dietary needs: – -> No nuts"),
        "{}",
        mail.text
    );
    let (_, before, after) = test.logged("details updated").await;
    assert_eq!(
        (before["first_name"].as_str(), after["first_name"].as_str()),
        (Some("Ada"), Some("Augusta"))
    );
    // A blank answer clears a field.
    ada.post(
        "/profile/form",
        json!({ "answers": { "mobile": { "text": "" } } }),
    )
    .await
    .ok();
    let cleared = ada.get("/profile").await.ok();
    assert_eq!(cleared["contact"].get("mobile"), Some(&Value::Null));
}

#[tokio::test]
async fn b9_without_history_only_what_is_outstanding_shows() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let forms = ada.get("/forms").await.ok();
    let done = forms["submissions"][0]["id"].as_str().unwrap().to_owned();
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get("/admin/settings").await;
    assert!(page.text.contains("Show history"));
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let mut next = portico::studios::store::get(&mut tx).await.unwrap();
    next.rights
        .0
        .insert(portico_wire::Right::ShowHistory, false);
    assert!(
        portico::studios::store::save_settings(&mut tx, &next)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let forms = ada.get("/forms").await.ok();
    assert_eq!(forms["submissions"], json!([]));
    let states: Vec<&Value> = forms["questionnaires"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(states, ["started"]);
    ada.get(&format!("/submissions/{done}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn d1_reminders_go_out_once_before_and_once_after_the_last_day() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    studio
        .ask(form, &["spouse@demo.test"], Some("2026-12-01"))
        .await;
    let reminders = async || -> Vec<String> {
        let mails = test.messages("spouse@demo.test").await;
        let about = mails
            .into_iter()
            .filter(|mail| mail.subject.contains("A small form"));
        about.map(|mail| mail.subject).rev().collect()
    };
    assert_eq!(reminders().await, ["Please fill in: A small form"]);
    test.pass(7 * 86_400);
    assert_eq!(reminders().await.len(), 2);
    test.pass(86_400);
    assert_eq!(reminders().await[1..], ["By 1 December 2026: A small form"]);
    test.pass(20 * 86_400);
    assert_eq!(reminders().await[2..], ["Still open: A small form"]);
}

#[tokio::test]
async fn d1_who_is_done_is_not_reminded_nor_with_a_day_that_was_moved() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let done = studio
        .ask(form, &["spouse@demo.test"], Some("2026-12-01"))
        .await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let all = typed(&[("name", json!({ "text": "Ben" }))]);
    ben.post_once(&format!("/questionnaires/{done}/submit"), all, "key-0005")
        .await
        .ok();
    let moved = studio
        .ask(form, &["client@demo.test"], Some("2026-12-01"))
        .await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    ask::change_due(&mut tx, &demo, moved, Some("2027-03-01"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    test.pass(30 * 86_400);
    for email in ["spouse@demo.test", "client@demo.test"] {
        let mails = test.messages(email).await;
        assert!(
            !mails
                .iter()
                .any(|mail| mail.subject.contains("Still open: A small")
                    || mail.subject.contains("By 1 December")),
            "{email}"
        );
    }
}

#[tokio::test]
async fn l20_what_a_merged_contact_had_begun_and_sent_goes_to_the_one_that_stays() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let (ada, ben) = (
        studio.contact("client@demo.test").await,
        studio.contact("spouse@demo.test").await,
    );
    let mut first = test.signed_in("spouse@demo.test").await;
    let had = questionnaires(&mut first).await.len();
    assert!(had > 0);
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    store::move_to_contact(&mut tx, ben.id, ada.id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    let list = questionnaires(&mut ada).await;
    let wedding = list
        .iter()
        .filter(|one| one["title"] == "Wedding questionnaire")
        .count();
    assert_eq!(wedding, 2, "{list:?}");
    assert_eq!(
        ada.get("/forms").await.ok()["submissions"][0]["by"],
        "Ada Carter"
    );
}

#[tokio::test]
async fn changing_the_email_takes_a_proof_and_a_code_to_the_new_address() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let proof = prove(&mut ada, "client@demo.test").await;
    let ask = json!({ "proof": proof, "email": " Ada@New.test " });
    ada.post("/profile/email", ask.clone())
        .await
        .refused(403, "forbidden");
    allow_email(&test).await;
    assert_eq!(ada.get("/profile").await.ok()["email_changeable"], true);
    let wrong = json!({ "proof": "x".repeat(40), "email": "ada@new.test" });
    ada.post("/profile/email", wrong)
        .await
        .refused(403, "proof_required");
    let asked = ada.post("/profile/email", ask).await.ok();
    assert_eq!(asked["to"], "a•••@new.test");
    let code = test.code("ada@new.test").await;
    let confirm = |email: &str, code: &str| json!({ "request": asked["request"], "email": email, "code": code });
    // The code proves this one address.
    let reply: Reply = ada
        .post("/profile/email/confirm", confirm("else@new.test", &code))
        .await;
    reply.refused(401, "code_expired");
    ada.post(
        "/profile/email/confirm",
        confirm("ada@new.test", "0000 0000"),
    )
    .await
    .refused(401, "code_wrong");
    let done = ada
        .post("/profile/email/confirm", confirm("ada@new.test", &code))
        .await;
    assert_eq!(done.status, 204, "{}", done.text);
    // The session stays, the old address is told and does not sign in any more.
    assert_eq!(ada.get("/home").await.ok()["me"]["email"], "ada@new.test");
    let told = test.message("client@demo.test").await;
    assert!(told.subject.contains("was changed") && told.text.contains("ada@new.test"));
    test.browser()
        .password("client@demo.test", crate::harness::PASSWORD)
        .await
        .refused(404, "unknown_email");
    test.signed_in("ada@new.test").await;
    assert!(
        test.message("owner@demo.test")
            .await
            .text
            .contains("Email: client@demo.test -> ada@new.test")
    );
}

#[tokio::test]
async fn an_address_that_somebody_else_signs_in_with_is_refused_to_whoever_reads_its_mail() {
    let test = TestApp::new().await;
    allow_email(&test).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let proof = prove(&mut ada, "client@demo.test").await;
    let asked = ada
        .post(
            "/profile/email",
            json!({ "proof": proof, "email": "spouse@demo.test" }),
        )
        .await
        .ok();
    let code = test.code("spouse@demo.test").await;
    let confirm = json!({ "request": asked["request"], "email": "spouse@demo.test", "code": code });
    ada.post("/profile/email/confirm", confirm)
        .await
        .refused(409, "duplicate_email");
    assert_eq!(
        ada.get("/home").await.ok()["me"]["email"],
        "client@demo.test"
    );
}

async fn allow_email(test: &TestApp) {
    use portico::clients::fields::{BuiltIn, Switches};
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let said = Switches {
        in_portal: true,
        changeable: true,
    };
    clients::store::save_built_in(&mut tx, BuiltIn::Email, said)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn prove(browser: &mut Browser<'_>, email: &str) -> String {
    let asked = browser
        .post("/proof/code", json!({ "act": "change_email" }))
        .await
        .ok();
    let code = browser.test.code(email).await;
    let prove =
        json!({ "by": "code", "act": "change_email", "request": asked["request"], "code": code });
    browser.post("/proof", prove).await.ok()["proof"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn upload(browser: &mut Browser<'_>, name: &str, content: &[u8]) -> Reply {
    let path = format!("/uploads?name={}", portico::web::redirect::escape(name));
    browser.post_bytes(&path, content.to_vec()).await
}

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and some more";

pub fn with_file() -> Value {
    json!({ "title": "With a file", "fields": [
        { "id": "photo", "kind": { "type": "file", "kinds": ["image"], "max_bytes": 1000, "max_count": 2 }, "label": "A photo" },
    ] })
}

#[tokio::test]
async fn d3_a_photo_is_uploaded_sent_and_saved_again_by_whoever_may_read_it() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(with_file(), false).await;
    let asked = studio
        .ask(form, &["client@demo.test", "spouse@demo.test"], None)
        .await;
    let path = format!("/questionnaires/{asked}");
    let mut ada = test.signed_in("client@demo.test").await;
    let reply = upload(&mut ada, "../our garden.png", PNG).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let file = reply.json();
    assert_eq!(
        (file["name"].as_str(), file["kind"].as_str()),
        (Some("our garden.png"), Some("image/png"))
    );
    // What the device says of the file does not count.
    let mut said = file.clone();
    said["name"] = "x.exe".into();
    said["bytes"] = 1.into();
    ada.put(
        &format!("{path}/draft"),
        typed(&[("photo", json!({ "files": [said] }))]),
    )
    .await
    .ok();
    let mut ben = test.signed_in("spouse@demo.test").await;
    assert_eq!(
        ben.get(&path).await.ok()["answers"]["photo"]["files"],
        json!([file.clone()])
    );
    let id = file["id"].as_str().unwrap();
    let address = ben.get(&format!("/files/{id}")).await.ok()["address"]
        .as_str()
        .unwrap()
        .to_owned();
    let address = address
        .strip_prefix(crate::harness::HOST)
        .unwrap()
        .to_owned();
    let saved = test.get(&address).await;
    assert_eq!(saved.status, 200);
    assert_eq!(
        saved.header("content-disposition"),
        "attachment; filename=\"file\"; filename*=UTF-8''our%20garden.png"
    );
    assert_eq!(saved.header("x-content-type-options"), "nosniff");
    assert!(saved.header("content-security-policy").contains("sandbox"));
    // The address dies with the session.
    ben.post("/sign-out", json!({})).await;
    let gone = test.get(&address).await;
    assert!(matches!(gone.status.as_u16(), 401 | 404), "{}", gone.status);
    let sent = ada
        .post_once(&format!("{path}/submit"), typed_in(1, 1, &[]), "key-0001")
        .await
        .ok();
    let read = ada
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(read["answers"]["photo"]["files"], json!([file.clone()]));
    // Two days later it is still there; what nobody used is not.
    let loose = upload(&mut ada, "loose.png", PNG).await.json();
    test.pass(3 * 86_400);
    portico::jobs::tidy(&test.app).await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&format!("/files/{id}")).await.ok();
    ada.get(&format!("/files/{}", loose["id"].as_str().unwrap()))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn d3_staff_copy_forms_and_page_through_what_was_sent() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    for n in 0..5 {
        test.pass(60);
        let all = typed(&[("name", json!({ "text": format!("Ada {n}") }))]);
        ada.post_once(
            &format!("/forms/{form}/submit"),
            all,
            &format!("key-000{n}"),
        )
        .await
        .ok();
    }
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let mut names = Vec::new();
    let client = studio.contact("client@demo.test").await.client_id;
    for (form, client) in [
        (Some(form), Some(client)),
        (Some(form), None),
        (None, Some(client)),
        (None, None),
    ] {
        let mut filter = store::Filter {
            form,
            client,
            ..store::Filter::default()
        };
        names.clear();
        for _ in 0..4 {
            let page = store::submissions(&mut tx, &filter, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = Some((last.saved_at, last.id));
            for one in page {
                let whole = store::get_submission(&mut tx, one.id).await.unwrap();
                if whole.form_name == "A small form" {
                    names.push(
                        serde_json::to_value(&whole.answers).unwrap()["name"]["text"].clone(),
                    );
                }
            }
        }
        assert_eq!(names, ["Ada 4", "Ada 3", "Ada 2", "Ada 1", "Ada 0"]);
    }
    let copy = portico::forms::duplicate(&mut tx, form).await.unwrap();
    let copy = store::get_form(&mut tx, copy).await.unwrap();
    assert_eq!(
        (copy.name.as_str(), copy.in_portal),
        ("A small form (copy)", false)
    );
    // Two who save at once: the later one is told.
    let (mut first, second) = (copy.clone(), copy);
    first.name = "Mine".into();
    assert!(store::save_form(&mut tx, &first).await.unwrap());
    assert!(!store::save_form(&mut tx, &second).await.unwrap());
    tx.commit().await.unwrap();
}
