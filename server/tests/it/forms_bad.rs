//! What goes wrong with forms: clear at the field, nothing typed lost, nothing half stored.

use portico::{clients, forms::store};
use portico_wire::forms::{Form, Kind, OneOf};
use serde_json::{Value, json};

use crate::{
    forms::{small, studio, typed, typed_in},
    harness::TestApp,
};

#[tokio::test]
async fn d2_what_is_wrong_is_said_at_its_field_and_the_draft_stays() {
    let test = TestApp::new().await;
    let form = studio(&test).form(small(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let path = format!("/forms/{form}");
    let name = ("name", json!({ "text": "Ada" }));
    ada.put(&format!("{path}/draft"), typed(std::slice::from_ref(&name)))
        .await
        .ok();
    for (revision, changes, field, said) in [
        (
            1,
            vec![("name", json!({ "text": "x".repeat(21) }))],
            "name",
            "at most 20",
        ),
        (
            1,
            vec![("name", json!({ "text": "  " }))],
            "name",
            "Please answer this.",
        ),
        (
            1,
            vec![("name", Value::Null)],
            "name",
            "Please answer this.",
        ),
        (
            1,
            vec![("more", json!({ "yes_no": true }))],
            "what",
            "Please answer this.",
        ),
        (
            1,
            vec![("phone", json!({ "text": "call me" }))],
            "phone",
            "telephone number",
        ),
        // It has the shape of a number, and no country has it.
        (
            1,
            vec![("phone", json!({ "text": "+999 123456789" }))],
            "phone",
            "telephone number",
        ),
        (
            1,
            vec![("name", json!({ "yes_no": true }))],
            "name",
            "not an answer",
        ),
        (
            1,
            vec![("nothing", json!({ "yes_no": true }))],
            "nothing",
            "no such field",
        ),
    ] {
        let reply = ada
            .post_once(
                &format!("{path}/submit"),
                typed_in(1, revision, &changes),
                "key-0001",
            )
            .await;
        let problem = reply.refused(422, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(said),
            "{problem}"
        );
    }
    // Nothing of what was refused is half there.
    let opened = ada.get(&path).await.ok();
    assert_eq!(opened["answers"], json!({ "name": { "text": "Ada" } }));
    assert_eq!(opened["revision"], 1);
}

#[tokio::test]
async fn d2_sending_twice_stores_once() {
    let test = TestApp::new().await;
    let form = studio(&test).form(small(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let path = format!("/forms/{form}/submit");
    let all = typed(&[("name", json!({ "text": "Ada" }))]);
    let first = ada.post_once(&path, all.clone(), "the-same-key").await.ok();
    let again = ada.post_once(&path, all.clone(), "the-same-key").await.ok();
    assert_eq!(first, again);
    let sent = ada.get("/forms").await.ok();
    let small = sent["submissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["title"] == "A small form");
    assert_eq!(small.count(), 1);
    let mails = test.messages("owner@demo.test").await;
    assert_eq!(
        mails
            .iter()
            .filter(|mail| mail.subject.contains("A small form"))
            .count(),
        1
    );
    // Without a key, or with one for something else.
    ada.post(&path, all.clone()).await.refused(400, "malformed");
    let other = studio(&test).form(crate::forms::small(), true).await;
    ada.post_once(&format!("/forms/{other}/submit"), all, "the-same-key")
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn d2_a_questionnaire_that_was_sent_from_another_device_is_not_sent_again() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio
        .ask(form, &["client@demo.test", "spouse@demo.test"], None)
        .await;
    let path = format!("/questionnaires/{asked}");
    let all = typed(&[("name", json!({ "text": "Ada" }))]);
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    ada.post_once(&format!("{path}/submit"), all.clone(), "key-of-ada")
        .await
        .ok();
    let problem = ben
        .post_once(&format!("{path}/submit"), all, "key-of-ben")
        .await
        .refused(409, "conflict");
    assert!(
        problem["detail"].as_str().unwrap().contains("sent already"),
        "{problem}"
    );
}

#[tokio::test]
async fn d7_a_form_that_was_edited_meanwhile_is_answered_as_it_was_begun() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let path = format!("/forms/{form}");
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    ada.put(
        &format!("{path}/draft"),
        typed(&[("name", json!({ "text": "Ada" }))]),
    )
    .await
    .ok();
    studio
        .edit(form, |form| {
            form.definition.title = "Another title".into();
            form.definition.fields.remove(0);
        })
        .await;
    // Ada goes on with what she began; Ben's page was open, and he may send what it asked.
    assert_eq!(ada.get(&path).await.ok()["version"], 1);
    ada.post_once(&format!("{path}/submit"), typed_in(1, 1, &[]), "key-of-ada")
        .await
        .ok();
    let sent = ben
        .post_once(
            &format!("{path}/submit"),
            typed(&[("name", json!({ "text": "Ben" }))]),
            "key-of-ben",
        )
        .await
        .ok();
    let read = ben
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(read["form"]["title"], "A small form");
    // Whoever opens it now gets the new one.
    assert_eq!(ada.get(&path).await.ok()["version"], 2);
    let unknown = typed_in(7, 0, &[]);
    ada.put(&format!("{path}/draft"), unknown)
        .await
        .refused(422, "invalid");
    ada.put(&format!("{path}/draft"), typed_in(2, 0, &[]))
        .await
        .ok();
    ada.put(&format!("{path}/draft"), typed_in(1, 1, &[]))
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn d7_a_form_that_was_taken_back_is_refused_clearly_and_the_draft_is_kept() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let asked = studio.ask(form, &["client@demo.test"], None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let name = typed(&[("name", json!({ "text": "Ada" }))]);
    for path in [format!("/forms/{form}"), format!("/questionnaires/{asked}")] {
        ada.put(&format!("{path}/draft"), name.clone()).await.ok();
    }
    studio.edit(form, |form| form.in_portal = false).await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    assert!(store::withdraw(&mut tx, asked).await.unwrap());
    tx.commit().await.unwrap();
    for path in [format!("/forms/{form}"), format!("/questionnaires/{asked}")] {
        for reply in [
            ada.put(&format!("{path}/draft"), typed_in(1, 1, &[])).await,
            ada.post_once(&format!("{path}/submit"), typed_in(1, 1, &[]), "key-0001")
                .await,
        ] {
            let problem = reply.refused(409, "conflict");
            assert!(
                problem["detail"]
                    .as_str()
                    .unwrap()
                    .contains("What you typed is kept"),
                "{problem}"
            );
        }
    }
    let mut tx = test.app.db.read(&demo).await.unwrap();
    let filter = store::Filter {
        form: Some(form),
        started: true,
        ..store::Filter::default()
    };
    let kept = store::submissions(&mut tx, &filter, 10).await.unwrap();
    assert_eq!(kept.len(), 2);
    drop(tx);
    let list = ada.get("/forms").await.ok();
    assert!(!list.to_string().contains(&asked.to_string()));
}

#[tokio::test]
async fn d3_ten_thousand_options_are_a_flaw_and_never_become_a_form() {
    let options = (0..10_000).map(|n| n.to_string()).collect();
    let mut form: Form = serde_json::from_value(small()).unwrap();
    form.fields[0].kind = Kind::One(OneOf {
        options,
        other: false,
    });
    assert!(!portico::forms::flaws(&form, &[]).is_empty());
}

#[tokio::test]
async fn d7_what_is_too_long_to_keep_is_refused_and_the_draft_before_it_stays() {
    let test = TestApp::new().await;
    let fields: Vec<Value> = (0..60)
        .map(|n| json!({ "id": format!("f{n}"), "kind": { "type": "long_text" }, "label": "Q" }))
        .collect();
    let form = studio(&test)
        .form(json!({ "title": "Long", "fields": fields }), true)
        .await;
    let mut ada = test.signed_in("client@demo.test").await;
    let path = format!("/forms/{form}/draft");
    let long = |from: usize, to: usize| {
        let text = json!({ "text": "x".repeat(20_000) });
        let changes: Vec<Value> = (from..to)
            .map(|n| json!({ "field": format!("f{n}"), "answer": text }))
            .collect();
        json!({ "version": 1, "revision": 0, "changes": changes })
    };
    ada.put(&path, long(0, 20)).await.ok();
    ada.put(&path, long(20, 40)).await.refused(413, "too_large");
    ada.put(&path, long(20, 60)).await.refused(413, "too_large");
    assert_eq!(ada.get(&format!("/forms/{form}")).await.ok()["revision"], 1);
    let too_long = typed_in(1, 1, &[("f0", json!({ "text": "x".repeat(20_001) }))]);
    ada.put(&path, too_long).await.refused(422, "invalid");
}

#[tokio::test]
async fn a16_forms_and_submissions_of_others_are_404() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio.ask(form, &["client@demo.test"], None).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let all = typed(&[("name", json!({ "text": "Ada" }))]);
    let path = format!("/questionnaires/{asked}");
    ada.put(&format!("{path}/draft"), all.clone()).await.ok();
    for email in ["spouse@demo.test", "office@demo.test", "site@demo.test"] {
        let mut other = test.signed_in(email).await;
        other.get(&path).await.refused(404, "not_found");
        other
            .get(&format!("/forms/{form}"))
            .await
            .refused(404, "not_found");
        other
            .put(&format!("{path}/draft"), all.clone())
            .await
            .refused(404, "not_found");
        other
            .post_once(&format!("{path}/submit"), all.clone(), "key-0001")
            .await
            .refused(404, "not_found");
    }
    let sent = ada
        .post_once(&format!("{path}/submit"), typed_in(1, 1, &[]), "key-0002")
        .await
        .ok();
    let read = format!("/submissions/{}", sent["id"].as_str().unwrap());
    for email in ["spouse@demo.test", "office@demo.test"] {
        let mut other = test.signed_in(email).await;
        other.get(&read).await.refused(404, "not_found");
        assert!(
            !other
                .get("/forms")
                .await
                .ok()
                .to_string()
                .contains(&asked.to_string())
        );
    }
}

#[tokio::test]
async fn a16_who_sees_everything_of_the_client_sees_what_others_were_asked() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio.ask(form, &["site@demo.test"], None).await;
    let mut office = test.signed_in("office@demo.test").await;
    office.get(&format!("/questionnaires/{asked}")).await.ok();
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get(&format!("/questionnaires/{asked}"))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn b7_with_the_section_off_no_form_is_there_but_the_update_form() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let ada = studio.contact("client@demo.test").await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let off = portico_wire::Settings([(portico_wire::Right::FormsAndContracts, false)].into());
    clients::store::save_contact_rights(&mut tx, ada.id, &off)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    ada.get("/forms").await.refused(404, "not_found");
    ada.get(&format!("/forms/{form}"))
        .await
        .refused(404, "not_found");
    let update = ada.get("/profile").await.ok()["update_form"]
        .as_str()
        .unwrap()
        .to_owned();
    ada.get(&format!("/forms/{update}")).await.ok();
}

#[tokio::test]
async fn c5_without_the_right_to_edit_there_is_no_update_form_and_no_change() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let mut ada = test.signed_in("client@demo.test").await;
    let update = ada.get("/profile").await.ok()["update_form"]
        .as_str()
        .unwrap()
        .to_owned();
    let contact = studio.contact("client@demo.test").await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let off = portico_wire::Settings([(portico_wire::Right::EditProfile, false)].into());
    clients::store::save_contact_rights(&mut tx, contact.id, &off)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let profile = ada.get("/profile").await.ok();
    assert_eq!(
        (profile.get("update_form"), &profile["edit"]),
        (None, &json!(false))
    );
    ada.get(&format!("/forms/{update}"))
        .await
        .refused(404, "not_found");
    ada.post("/profile/form", json!({ "answers": {} }))
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn c4_fields_the_studio_keeps_to_itself_are_not_changed_directly() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let change = |answers: Value| json!({ "answers": answers });
    let name = change(json!({ "first_name": { "text": "Augusta" } }));
    let problem = ada
        .post("/profile/form", name)
        .await
        .refused(403, "forbidden");
    assert!(
        problem["detail"].as_str().unwrap().contains("Update Info"),
        "{problem}"
    );
    studio(&test).no_update_form().await;
    let fields = {
        let demo = test.scope("demo").await;
        let mut tx = test.app.db.read(&demo).await.unwrap();
        clients::store::fields(&mut tx).await.unwrap()
    };
    let date = fields
        .iter()
        .find(|field| field.label == "Wedding date")
        .unwrap();
    let mut own = json!({});
    own[date.id.to_string()] = json!({ "date": "2027-01-01" });
    for (answers, status, code, field) in [
        (own, 403, "forbidden", date.id.to_string()),
        (
            json!({ "email": { "text": "x@y.test" } }),
            403,
            "forbidden",
            "email".into(),
        ),
        (
            json!({ "mobile": { "text": "call me" } }),
            422,
            "invalid",
            "mobile".into(),
        ),
        (
            json!({ "mobile": { "text": "+999 12345" } }),
            422,
            "invalid",
            "mobile".into(),
        ),
        (
            json!({ "first_name": { "text": "" }, "last_name": { "text": "" } }),
            422,
            "invalid",
            "last_name".into(),
        ),
        (
            json!({ "language": { "choices": { "options": ["Klingon"] } } }),
            422,
            "invalid",
            "language".into(),
        ),
        (
            json!({ "first_name": { "yes_no": true } }),
            422,
            "invalid",
            "first_name".into(),
        ),
    ] {
        let problem = ada
            .post("/profile/form", change(answers))
            .await
            .refused(status, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    assert_eq!(
        ada.get("/profile").await.ok()["contact"]["first_name"],
        "Ada"
    );
}

#[tokio::test]
async fn d3_an_email_field_that_is_tied_shows_the_address_and_never_changes_it() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let update = ada.get("/profile").await.ok()["update_form"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/forms/{update}/submit");
    let other = typed(&[("email", json!({ "text": "other@demo.test" }))]);
    let problem = ada
        .post_once(&path, other, "key-0001")
        .await
        .refused(422, "invalid");
    assert_eq!(problem["field"], "email");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("Personal Info")
    );
    let same = typed(&[("email", json!({ "text": "Client@demo.test " }))]);
    let sent = ada.post_once(&path, same, "key-0002").await.ok();
    let read = ada
        .get(&format!("/submissions/{}", sent["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(
        read["answers"]["email"],
        json!({ "text": "client@demo.test" })
    );
}

#[tokio::test]
async fn d3_what_one_contact_types_about_itself_does_not_change_the_other_who_sends_it() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio
        .form(
            json!({ "title": "Both of us", "fields": [
                { "id": "first", "kind": { "type": "text" }, "label": "First name", "tie": "first_name" },
                { "id": "phone", "kind": { "type": "phone" }, "label": "Phone at home", "tie": "phone" },
            ] }),
            false,
        )
        .await;
    let asked = studio
        .ask(form, &["client@demo.test", "spouse@demo.test"], None)
        .await;
    let path = format!("/questionnaires/{asked}");
    let mut ada = test.signed_in("client@demo.test").await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let typed = typed(&[
        ("first", json!({ "text": "Augusta" })),
        ("phone", json!({ "text": "01225 555099" })),
    ]);
    ada.put(&format!("{path}/draft"), typed).await.ok();
    ben.post_once(&format!("{path}/submit"), typed_in(1, 1, &[]), "key-0001")
        .await
        .ok();
    assert_eq!(
        ben.get("/profile").await.ok()["contact"]["first_name"],
        "Ben"
    );
    let profile = ada.get("/profile").await.ok();
    assert_eq!(profile["contact"]["first_name"], "Ada");
    // The telephone at home belongs to both.
    assert_eq!(profile["client"]["phone"], "+441225555099");
}

#[tokio::test]
async fn d3_what_the_studio_keeps_to_itself_is_not_shown_by_a_form() {
    use portico::clients::fields::{BuiltIn, Switches};
    let test = TestApp::new().await;
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.write(&demo).await.unwrap();
    let off = Switches {
        in_portal: false,
        changeable: false,
    };
    clients::store::save_built_in(&mut tx, BuiltIn::Address, off)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    let update = ada.get("/profile").await.ok()["update_form"]
        .as_str()
        .unwrap()
        .to_owned();
    let opened = ada.get(&format!("/forms/{update}")).await.ok();
    assert_eq!(opened["answers"].get("address"), None);
    assert_eq!(opened["answers"]["first_name"], json!({ "text": "Ada" }));
}

#[tokio::test]
async fn d3_a_file_that_lies_about_its_kind_or_is_too_large_is_refused_at_its_field() {
    use crate::forms::{PNG, upload, with_file};
    let test = TestApp::new().await;
    let form = studio(&test).form(with_file(), true).await;
    let path = format!("/forms/{form}");
    let mut ada = test.signed_in("client@demo.test").await;
    upload(&mut ada, "empty.png", b"")
        .await
        .refused(422, "invalid");
    let liar = upload(
        &mut ada,
        "photo.png",
        b"<!doctype html><script>alert(1)</script>",
    )
    .await
    .ok();
    assert_eq!(liar["kind"], "text/html");
    let large = upload(&mut ada, "photo.png", &[PNG, &[7; 1000]].concat())
        .await
        .ok();
    for (revision, file, said) in [(0, liar, "not asked for"), (1, large, "at most 1 kB")] {
        let send = typed_in(1, revision, &[("photo", json!({ "files": [file] }))]);
        let problem = ada
            .post_once(&format!("{path}/submit"), send, "key-0001")
            .await
            .refused(422, "invalid");
        assert_eq!(problem["field"], "photo");
        assert!(
            problem["detail"].as_str().unwrap().contains(said),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a16_files_of_others_are_404_and_cannot_be_sent_as_ones_own() {
    use crate::forms::{PNG, upload, with_file};
    let test = TestApp::new().await;
    let form = studio(&test).form(with_file(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let file = upload(&mut ada, "photo.png", PNG).await.ok();
    let id = file["id"].as_str().unwrap().to_owned();
    for email in ["spouse@demo.test", "office@demo.test"] {
        let mut other = test.signed_in(email).await;
        other
            .get(&format!("/files/{id}"))
            .await
            .refused(404, "not_found");
        let steal = typed(&[("photo", json!({ "files": [file] }))]);
        let problem = other
            .put(&format!("/forms/{form}/draft"), steal)
            .await
            .refused(422, "invalid");
        assert_eq!(problem["field"], "photo");
    }
    for bad in ["/files/open/zz", "/files/open/00ff", "/files/open/"] {
        assert_eq!(test.get(bad).await.status, 404, "{bad}");
    }
}

#[tokio::test]
async fn d2_many_clicks_at_once_store_once() {
    let test = TestApp::new().await;
    let form = studio(&test).form(small(), true).await;
    let ada = test.signed_in("client@demo.test").await;
    let path = format!("/forms/{form}/submit");
    let clicks = (0..6).map(|_| {
        let (mut browser, path) = (test.browser(), path.clone());
        browser.token = ada.token.clone();
        async move {
            let all = typed(&[("name", json!({ "text": "Ada" }))]);
            browser.post_once(&path, all, "the-same-key").await.ok()["id"].clone()
        }
    });
    let sent = futures_util::future::join_all(clicks).await;
    assert!(sent.iter().all(|id| *id == sent[0]), "{sent:?}");
    let demo = test.scope("demo").await;
    let mut tx = test.app.db.read(&demo).await.unwrap();
    for (started, count) in [(false, 1), (true, 0)] {
        let filter = store::Filter {
            form: Some(form),
            started,
            ..store::Filter::default()
        };
        let found = store::submissions(&mut tx, &filter, 10).await.unwrap();
        assert_eq!(found.len(), count, "{found:?}");
    }
}

#[tokio::test]
async fn d7_two_who_save_at_once_lose_nothing() {
    let test = TestApp::new().await;
    let fields: Vec<Value> = (0..6)
        .map(|n| json!({ "id": format!("f{n}"), "kind": { "type": "text" }, "label": "Q" }))
        .collect();
    let form = studio(&test)
        .form(json!({ "title": "Six", "fields": fields }), true)
        .await;
    let mut ada = test.signed_in("client@demo.test").await;
    let saves = (0..6).map(|n| {
        let mut browser = test.browser();
        browser.token = ada.token.clone();
        async move {
            let field = format!("f{n}");
            let one = typed(&[(&field, json!({ "text": field }))]);
            browser.put(&format!("/forms/{form}/draft"), one).await.ok();
        }
    });
    futures_util::future::join_all(saves).await;
    let opened = ada.get(&format!("/forms/{form}")).await.ok();
    assert_eq!(opened["answers"].as_object().unwrap().len(), 6, "{opened}");
    assert_eq!(opened["revision"], 6);
}
