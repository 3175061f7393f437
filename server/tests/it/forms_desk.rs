//! Forms as staff meet them: built, sent out, and read.

use axum::http::header;
use portico::staff::Role;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Fields},
    forms::{PNG, small, studio, typed, upload, with_file},
    harness::{Reply, TestApp},
    logo::picture,
};

async fn member(test: &TestApp) -> Desk<'_> {
    test.staff("member@demo.test").await
}

fn fields(list: &Value) -> String {
    list.to_string()
}

/// The builder's fields, as the script sends them.
fn built<'a>(title: &'a str, fields: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", title),
        ("name", title),
        ("intro", ""),
        ("thanks", ""),
        ("version", version),
        ("fields", fields),
    ]
}

async fn create(desk: &mut Desk<'_>, sent: Fields<'_>) -> Reply {
    desk.get("/admin/forms/new").await;
    desk.submit("/admin/forms/new", sent).await
}

/// The address a form was saved to.
fn address(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.headers[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn d3_a_form_with_flaws_is_not_saved_and_each_flaw_stands_at_its_field() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let list = fields(&json!([
        { "id": "f1", "kind": { "type": "text", "min": 9, "max": 3 }, "label": "Your <name>" },
        { "id": "f2", "kind": { "type": "one", "options": [] }, "label": "" },
        { "id": "f3", "kind": { "type": "yes_no" }, "label": "Sure?",
          "show_if": { "join": "all", "list": [{ "field": "gone", "operator": "is", "value": "yes" }] } },
        { "id": "f4", "kind": { "type": "number" }, "label": "How many", "tie": "first_name" },
    ]));
    let reply = create(&mut desk, &built("", &list, "0")).await;
    assert_eq!(reply.status, 422);
    for text in [
        "Nothing was saved yet",
        "Give the form a title.",
        "Your &lt;name&gt;</a>: With these limits no answer could be right.",
        "One of many</a>: Write the question.",
        "Add something to choose from.",
        "A condition asks about a field that is gone.",
        "This kind of field cannot fill in the client field chosen.",
    ] {
        assert!(reply.text.contains(text), "{text}\n{}", reply.text);
    }
    // What was made is still there.
    assert!(reply.text.contains("Sure?") && reply.text.contains("data-changed"));
    let page = desk.get("/admin/forms").await;
    assert!(!page.text.contains("Sure?"));
}

#[tokio::test]
async fn d3_what_is_not_a_list_of_fields_is_refused_without_a_trace() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    for nonsense in [
        "",
        "{}",
        "[{}]",
        r#"[{"id":"a","kind":{"type":"unknown"},"label":"x"}]"#,
        r#"[{"id":"a","kind":{"type":"text","min":-1},"label":"x"}]"#,
    ] {
        let reply = create(&mut desk, &built("A form", nonsense, "0")).await;
        assert_eq!(reply.status, 400, "{nonsense}");
    }
    let many: Vec<Value> = (0..301)
        .map(|n| json!({ "id": format!("f{n}"), "kind": { "type": "yes_no" }, "label": "x" }))
        .collect();
    let reply = create(&mut desk, &built("A form", &json!(many).to_string(), "0")).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("at most 300 fields"), "{}", reply.text);
}

#[tokio::test]
async fn d3_who_saves_second_is_told_and_loses_nothing() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let first = fields(&json!([{ "id": "f1", "kind": { "type": "text" }, "label": "First" }]));
    let path = address(&create(&mut desk, &built("Twice", &first, "0")).await);
    desk.get(&path).await;
    let version = desk.value("version").unwrap();
    let mine = fields(&json!([{ "id": "f1", "kind": { "type": "text" }, "label": "Mine" }]));
    let theirs = fields(&json!([{ "id": "f1", "kind": { "type": "text" }, "label": "Theirs" }]));
    let saved = desk.submit(&path, &built("Twice", &theirs, &version)).await;
    assert_eq!(saved.status, 303);
    let reply = desk.submit(&path, &built("Twice", &mine, &version)).await;
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains("Somebody else saved this"));
    assert!(
        reply.text.contains("saved now in: fields"),
        "{}",
        reply.text
    );
    assert!(reply.text.contains("Mine"));
    // Saving once more keeps mine.
    desk.page = reply.text;
    let version = desk.value("version").unwrap();
    let reply = desk.post(&path, &built("Twice", &mine, &version)).await;
    assert!(reply.text.contains("The form is saved."));
    let reply = desk.post(&path, &built("Twice", &mine, &version)).await;
    assert!(reply.text.contains("Nothing was changed."));
}

#[tokio::test]
async fn d3_members_look_and_managers_build() {
    let test = TestApp::new().await;
    let id = studio(&test).named("Before we meet").await;
    let mut desk = member(&test).await;
    let page = desk.get("/admin/forms").await;
    assert!(page.text.contains("Before we meet") && !page.text.contains("New form"));
    let page = desk.get(&format!("/admin/forms/{id}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Where shall we meet?") && !page.text.contains("Save form"));
    assert_eq!(desk.ask("/admin/forms/new").await.status, 403);
    for path in ["", "/duplicate", "/archive"] {
        let reply = desk.submit(&format!("/admin/forms/{id}{path}"), &[]).await;
        assert_eq!(reply.status, 403, "{path}");
    }
    let reply = desk
        .ask(&format!("/admin/submissions/export.csv?form={id}"))
        .await;
    assert_eq!(reply.status, 403);

    test.add_staff("max@demo.test", "Max", "demo", Role::Manager)
        .await;
    let mut desk = test.staff("max@demo.test").await;
    assert_eq!(desk.get("/admin/forms/new?from=wedding").await.status, 200);
    assert_eq!(desk.get("/admin/forms/new?from=nothing").await.status, 404);
}

#[tokio::test]
async fn d3_a_form_of_the_gallery_is_opened_saved_duplicated_and_put_away() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get("/admin/forms/new?from=event-brief").await;
    assert!(page.text.contains("data-changed"));
    let value = desk.value("fields").unwrap();
    let list = value.replace("&quot;", "\"").replace("&#x27;", "'");
    let path = address(
        &desk
            .submit("/admin/forms/new", &built("Our brief", &list, "0"))
            .await,
    );
    let (who, _, after) = test.logged("form added").await;
    assert_eq!(
        (who.is_empty(), &after["name"]),
        (false, &json!("Our brief"))
    );

    desk.get(&path).await;
    let page = desk.post(&format!("{path}/duplicate"), &[]).await;
    assert!(page.text.contains("Our brief (copy)"));
    let page = desk
        .post(&format!("{path}/archive"), &[("on", "true")])
        .await;
    assert!(page.text.contains("Our brief is archived."));
    let link = format!("href=\"{path}\"");
    assert!(!desk.get("/admin/forms").await.text.contains(&link));
    let page = desk.get("/admin/forms?show=archived").await;
    assert!(page.text.contains(&link));
    let page = desk
        .post(&format!("{path}/archive"), &[("on", "false")])
        .await;
    assert!(page.text.contains("in use again"));
    let reply = desk.submit(&format!("{path}/archive"), &[]).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn d4_d5_the_two_switches_decide_what_clients_find() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    let list = fields(
        &json!([{ "id": "f1", "kind": { "type": "phone" }, "label": "Mobile", "tie": "mobile" }]),
    );
    let mut sent = built("Your numbers", &list, "0");
    sent.extend([("in_portal", "true"), ("default_update", "true")]);
    let path = address(&create(&mut desk, &sent).await);
    let id = path.rsplit('/').next().unwrap();
    let mut ada = test.signed_in("client@demo.test").await;
    let forms = ada.get("/forms").await.ok();
    assert!(forms["forms"].to_string().contains(id), "{forms}");
    // It took the place of the one before.
    let page = desk.get("/admin/forms").await;
    assert_eq!(page.text.matches("Default update form").count(), 1);

    desk.get(&path).await;
    let version = desk.value("version").unwrap();
    desk.post(&path, &built("Your numbers", &list, &version))
        .await;
    let forms = ada.get("/forms").await.ok();
    assert!(!forms["forms"].to_string().contains(id), "{forms}");
    // What is put away is no update form.
    desk.post(&format!("{path}/archive"), &[("on", "true")])
        .await;
    desk.get(&path).await;
    let version = desk.value("version").unwrap();
    let mut sent = built("Your numbers", &list, &version);
    sent.push(("default_update", "true"));
    let page = desk.post(&path, &sent).await;
    assert!(page.text.contains("Nothing was changed."));
}

#[tokio::test]
async fn d3_the_preview_shows_every_page_and_runs_nothing() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/forms/new").await;
    let list = fields(&json!([
        { "id": "a", "kind": { "type": "yes_no" }, "label": "<script>alert(1)</script>" },
        { "id": "p", "kind": { "type": "page_break" }, "label": "Second" },
        { "id": "b", "kind": { "type": "rating", "max": 3 }, "label": "Stars",
          "show_if": { "join": "all", "list": [{ "field": "a", "operator": "is", "value": "yes" }] } },
    ]));
    let page = desk
        .submit("/admin/forms/preview", &built("Look", &list, "0"))
        .await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Page 2 of 2") && page.text.contains("Shows only when"));
    assert!(!page.text.contains("<script"));
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.contains("frame-ancestors 'self'") && !policy.contains("script-src"));
}

#[tokio::test]
async fn d1_asking_goes_wrong_in_words_and_nobody_is_asked_twice() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await.to_string();
    let ada = studio.contact("client@demo.test").await;
    let office = studio.contact("office@demo.test").await;
    let (to, other) = (ada.id.to_string(), office.id.to_string());
    let path = format!("/admin/clients/{}/ask", ada.client_id);
    let mut desk = member(&test).await;
    desk.get(&path).await;
    for (sent, text) in [
        (vec![("form", ""), ("to", &*to)], "Please choose a form."),
        (vec![("form", &*form)], "Please choose somebody to ask."),
        (
            vec![("form", &*form), ("to", &*other)],
            "Please choose somebody to ask.",
        ),
        (
            vec![("form", &*form), ("to", &*to), ("due", "2020-01-01")],
            "This day is over.",
        ),
        (
            vec![("form", &*form), ("to", &*to), ("due", "soon")],
            "Choose a date.",
        ),
    ] {
        let reply = desk.submit(&path, &sent).await;
        assert_eq!(reply.status, 422, "{text}");
        assert!(reply.text.contains(text), "{text}\n{}", reply.text);
    }
    let sent = [
        ("form", &*form),
        ("to", &*to),
        ("due", "2027-01-15"),
        ("note", "Soon, please."),
    ];
    let page = desk.post(&path, &sent).await;
    assert!(page.text.contains("Asked.") && page.text.contains("15 January 2027"));
    let mail = test.message("client@demo.test").await;
    assert!(mail.subject.contains("A small form") && mail.text.contains("Soon, please."));
    let reply = desk.submit(&path, &sent).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("is asked to fill in this form already"));
    let page = desk.get(&format!("/admin/forms/{form}/asked")).await;
    assert!(page.text.contains("New") && page.text.contains("Withdraw"));
}

#[tokio::test]
async fn d1_many_are_asked_at_once_each_client_on_its_own() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await.to_string();
    let emails = ["client@demo.test", "office@demo.test", "site@demo.test"];
    let mut ids = Vec::new();
    for email in emails {
        ids.push(studio.contact(email).await.id.to_string());
    }
    let chosen: Vec<(&str, &str)> = ids.iter().map(|id| ("contact", id.as_str())).collect();
    let asking = |more: &[(&'static str, &str)]| {
        let mut sent: Vec<(&str, String)> = chosen
            .iter()
            .map(|(name, id)| (*name, (*id).to_owned()))
            .collect();
        sent.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        sent
    };
    let mut desk = member(&test).await;
    let list = desk.get("/admin/portal-users").await;
    assert!(list.text.contains("formaction=\"/admin/questionnaires\""));
    let nobody = desk.post("/admin/questionnaires", &[]).await;
    assert!(nobody.text.contains("Nobody was selected."));
    let page = desk.submit("/admin/questionnaires", &chosen).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("2 clients") && page.text.contains("A small form"));
    for (more, text) in [
        (vec![("step", "ask")], "Please choose a form."),
        (
            vec![
                ("step", "ask"),
                ("form", &*form),
                ("due", "2020-01-01"),
                ("note", "Kept."),
            ],
            "This day is over.",
        ),
    ] {
        let sent = asking(&more);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let reply = desk.submit("/admin/questionnaires", &sent).await;
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains(text), "{}", reply.text);
    }
    let sent = asking(&[("step", "ask"), ("form", &form), ("due", "2027-01-15")]);
    let sent: Vec<(&str, &str)> = sent.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let page = desk.post("/admin/questionnaires", &sent).await;
    assert!(page.text.contains("Asked 2 clients."), "{}", page.text);
    assert_eq!(page.text.matches("Withdraw").count(), 2, "{}", page.text);
    for email in emails {
        let mail = test.message(email).await;
        assert!(mail.subject.contains("A small form"), "{email}");
    }
    let again = desk.post("/admin/questionnaires", &sent).await;
    assert!(again.text.contains("Nobody was asked. Asked already"));
    let mut stranger = test.staff("owner@lapsed.test").await;
    stranger.get("/admin").await;
    let reply = stranger.submit("/admin/questionnaires", &sent).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn d1_staff_remind_change_the_day_and_withdraw() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), false).await;
    let asked = studio.ask(form, &["client@demo.test"], None).await;
    let first = test.message("client@demo.test").await;
    let mut desk = member(&test).await;
    let page = desk.get(&format!("/admin/forms/{form}/asked")).await;
    assert!(page.text.contains("Remind now"));
    let path = format!("/admin/questionnaires/{asked}");
    let page = desk.post(&format!("{path}/remind"), &[]).await;
    assert!(page.text.contains("A reminder is on its way."));
    let mail = test.message("client@demo.test").await;
    assert_ne!(mail.subject, first.subject);
    assert!(
        mail.subject.contains("A reminder: A small form"),
        "{}",
        mail.subject
    );
    let page = desk.post(&format!("{path}/remind"), &[]).await;
    assert!(page.text.contains("Nobody was reminded"));
    let page = desk
        .post(&format!("{path}/due"), &[("due", "2026-12-24")])
        .await;
    assert!(page.text.contains("24 December 2026"));
    let reply = desk
        .submit(&format!("{path}/due"), &[("due", "1999-01-01")])
        .await;
    assert_eq!(reply.status, 422);
    let page = desk.post(&format!("{path}/withdraw"), &[]).await;
    assert!(page.text.contains("Withdrawn"));
    let mut ada = test.signed_in("client@demo.test").await;
    let forms = ada.get("/forms").await.ok();
    assert!(
        !forms["questionnaires"]
            .to_string()
            .contains(&asked.to_string())
    );
    for act in ["remind", "due"] {
        let reply = desk.submit(&format!("{path}/{act}"), &[]).await;
        assert_eq!(reply.status, 409, "{act}");
    }
    let page = desk.post(&format!("{path}/withdraw"), &[]).await;
    assert!(page.text.contains("done or was withdrawn"));
}

/// Sends the small form as Ada; the submission's id.
async fn sent(test: &TestApp, form: &str, name: &str) -> String {
    let mut ada = test.signed_in("client@demo.test").await;
    let body = typed(&[
        ("name", json!({ "text": name })),
        ("more", json!({ "yes_no": false })),
        ("phone", json!({ "text": "01225 555014" })),
    ]);
    let key = format!("desk-key-{}", name.len());
    let reply = ada
        .post_once(&format!("/forms/{form}/submit"), body, &key)
        .await
        .ok();
    reply["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn j6_a_submission_reads_as_it_was_asked_and_hidden_questions_are_left_out() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let id = sent(&test, &form.to_string(), "<b>Ada</b>").await;
    // Asked differently since.
    studio
        .edit(form, |form| {
            form.definition.fields[0].label = "Another question".into();
        })
        .await;
    let mut desk = member(&test).await;
    let page = desk.get(&format!("/admin/submissions/{id}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Your name") && !page.text.contains("Another question"));
    assert!(page.text.contains("&lt;b&gt;Ada") && !page.text.contains("<b>Ada"));
    assert!(!page.text.contains("What?") && page.text.contains("The form was changed since."));
    let page = desk.get(&format!("/admin/submissions?form={form}")).await;
    assert!(page.text.contains(&id) && !page.text.contains("Export these"));
    for path in [
        "/admin/submissions?form=nonsense",
        "/admin/submissions/sub_00000000000000000000000000000000",
        &format!("/admin/submissions/{id}/files/fil_00000000000000000000000000000000"),
    ] {
        assert_eq!(desk.ask(path).await.status, 404, "{path}");
    }
    // A broken place is the first page.
    assert_eq!(desk.ask("/admin/submissions?before=99.x").await.status, 200);
}

#[tokio::test]
async fn j6_a_file_is_saved_by_staff_once_it_was_sent_and_never_runs() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(with_file(), true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let file = upload(&mut ada, "our garden.png", PNG).await.json();
    let body = typed(&[("photo", json!({ "files": [file] }))]);
    let draft = ada.put(&format!("/forms/{form}/draft"), body.clone()).await;
    assert_eq!(draft.status, 200, "{}", draft.text);
    let mut desk = member(&test).await;
    let page = desk
        .get(&format!("/admin/submissions?form={form}&show=started"))
        .await;
    let (_, rest) = page.text.split_once("href=\"/admin/submissions/").unwrap();
    let id = rest.split('"').next().unwrap().to_owned();
    let path = format!("/admin/submissions/{id}");
    let page = desk.get(&path).await;
    assert!(page.text.contains("until it is sent") && !page.text.contains("garden"));
    let link = format!("{path}/files/{}", file["id"].as_str().unwrap());
    assert_eq!(desk.ask(&link).await.status, 404);

    let mut body = body;
    body["revision"] = 1.into();
    ada.post_once(&format!("/forms/{form}/submit"), body, "desk-key-file")
        .await
        .ok();
    let page = desk.get(&path).await;
    assert!(page.text.contains(&link) && page.text.contains("our garden.png"));
    let reply = desk.ask(&link).await;
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(reply.header("content-security-policy").contains("sandbox"));
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn j6_a_picture_that_was_sent_is_shown_smaller_and_made_again_from_its_pixels() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let mut asked = with_file();
    asked["fields"][0]["kind"]["max_bytes"] = 1_000_000.into();
    let form = studio.form(asked, true).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let photo = picture(1600, image::ImageFormat::Jpeg);
    let real = upload(&mut ada, "garden.jpg", &photo).await.json();
    // Begins as a picture and is none.
    let fake = upload(&mut ada, "fake.png", PNG).await.json();
    let body = typed(&[("photo", json!({ "files": [real, fake] }))]);
    let sent = ada
        .post_once(&format!("/forms/{form}/submit"), body, "desk-key-small")
        .await
        .ok();
    let id = sent["id"].as_str().unwrap();
    let mut desk = member(&test).await;
    let small = |file: &Value| {
        format!(
            "/admin/submissions/{id}/files/{}/small",
            file["id"].as_str().unwrap()
        )
    };
    let page = desk.get(&format!("/admin/submissions/{id}")).await;
    assert!(page.text.contains(&small(&real)));
    // Twice: made, and as it was kept.
    for _ in 0..2 {
        let reply = desk.ask(&small(&real)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, "image/jpeg")
        );
        assert!(reply.bytes.len() < photo.len());
        let read = image::load_from_memory(&reply.bytes).unwrap();
        assert_eq!(read.width().max(read.height()), 480);
    }
    assert_eq!(desk.ask(&small(&fake)).await.status, 404);
    let mut other = test.staff("owner@lapsed.test").await;
    assert_eq!(other.ask(&small(&real)).await.status, 404);
}

#[tokio::test]
async fn d6_a_submission_is_a_pdf_for_whoever_may_read_it() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await.to_string();
    let id = sent(&test, &form, "Ada #[x] <b>").await;
    let mut ada = test.signed_in("client@demo.test").await;
    let read = format!("/submissions/{id}");
    assert_eq!(
        ada.get(&read).await.ok().get("pdf"),
        None,
        "a worker makes it"
    );
    let mut desk = member(&test).await;
    let path = format!("/admin/papers/submission/{}/1", &id[4..]);
    assert_eq!(desk.ask(&path).await.status, 404);
    test.work().await;

    let address = ada.get(&read).await.ok()["pdf"]
        .as_str()
        .unwrap()
        .to_owned();
    let address = address.strip_prefix(crate::harness::HOST).unwrap();
    let saved = test.get(address).await;
    assert_eq!(
        (saved.status.as_u16(), saved.header("content-type")),
        (200, "application/pdf")
    );
    assert!(saved.bytes.starts_with(b"%PDF-"));
    assert!(
        saved
            .header("content-disposition")
            .starts_with("attachment")
    );
    let page = desk.get(&format!("/admin/submissions/{id}")).await;
    assert!(page.text.contains(&path));
    assert!(
        desk.ask(&path).await.bytes == saved.bytes,
        "one PDF for all"
    );
    // Made once; the database keeps it as it is.
    test.work().await;
    let changed = test
        .try_row::<(i64,)>(
            "update papers set bytes = 1 where kind = $1 returning bytes",
            "submission",
        )
        .await;
    assert!(changed.is_err());
    let mut ben = test.signed_in("spouse@demo.test").await;
    assert_eq!(ben.get(&read).await.status, 404);
    assert_eq!(
        test.staff("owner@lapsed.test")
            .await
            .ask(&path)
            .await
            .status,
        404
    );
    // The address dies with the session.
    ada.post("/sign-out", json!({})).await;
    assert!(test.get(address).await.status.is_client_error());
    assert_eq!(test.get("/files/papers/00ff").await.status, 404);
}

#[tokio::test]
async fn l26_submissions_are_exported_and_no_cell_is_executed() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    sent(&test, &form.to_string(), "=1+1").await;
    let mut desk = test.staff("owner@demo.test").await;
    let page = desk.get(&format!("/admin/submissions?form={form}")).await;
    assert!(page.text.contains("Export these"));
    assert_eq!(desk.ask("/admin/submissions/export.csv").await.status, 400);
    let reply = desk
        .ask(&format!("/admin/submissions/export.csv?form={form}"))
        .await;
    assert_eq!(reply.status, 200);
    let lines: Vec<&str> = reply.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", reply.text);
    assert!(lines[0].ends_with("Sent,Client,Contact,Email,Your name,More?,What?,A number"));
    assert!(
        lines[1].ends_with("'=1+1,No,,+44 1225 555014"),
        "{}",
        lines[1]
    );
    let (_, _, after) = test.logged("submissions exported").await;
    assert_eq!(after["form"], "A small form");
}

#[tokio::test]
async fn d3_nothing_of_forms_is_there_for_another_studio() {
    let test = TestApp::new().await;
    let studio = studio(&test);
    let form = studio.form(small(), true).await;
    let asked = studio.ask(form, &["client@demo.test"], None).await;
    let submission = sent(&test, &form.to_string(), "Ada").await;
    let client = studio.contact("client@demo.test").await.client_id;
    let mut desk = test.staff("owner@lapsed.test").await;
    desk.get("/admin").await;
    for path in [
        format!("/admin/forms/{form}"),
        format!("/admin/forms/{form}/asked"),
        format!("/admin/forms/{form}/ask"),
        format!("/admin/clients/{client}/ask"),
        format!("/admin/submissions/{submission}"),
        format!("/admin/submissions/export.csv?form={form}"),
    ] {
        assert_eq!(desk.ask(&path).await.status, 404, "{path}");
    }
    let list = fields(&json!([{ "id": "f1", "kind": { "type": "text" }, "label": "x" }]));
    for (path, body) in [
        (format!("/admin/forms/{form}"), built("x", &list, "1")),
        (format!("/admin/forms/{form}/duplicate"), vec![]),
        (format!("/admin/forms/{form}/archive"), vec![("on", "true")]),
        (format!("/admin/clients/{client}/ask"), vec![]),
        (format!("/admin/questionnaires/{asked}/withdraw"), vec![]),
        (format!("/admin/questionnaires/{asked}/remind"), vec![]),
        (format!("/admin/questionnaires/{asked}/due"), vec![]),
    ] {
        assert_eq!(desk.submit(&path, &body).await.status, 404, "{path}");
    }
}
