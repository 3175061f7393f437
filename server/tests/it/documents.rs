//! Documents: what studio and client share, sent in parts and given out to whom it is for.

use axum::http::{Method, Request};
use portico::{
    clients,
    documents::{
        Sender, Target, ask, receive,
        store::{self, NewRequest},
    },
};
use portico_wire::{ClientId, ContactId, DocumentId, Right, Settings, StaffId};
use serde_json::{Value, json};

use crate::harness::{Browser, Reply, SITE, TestApp};

pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A PNG of one pixel.
pub fn png() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 120, 40]));
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// The demo's contacts.
pub async fn contact(test: &TestApp, email: &str) -> (ContactId, ClientId) {
    let scope = test.scope("demo").await;
    let mut tx = test.app.db.read(&scope).await.unwrap();
    let email = portico::access::Email::parse(email).unwrap();
    let found = portico::access::store::candidates(&mut tx, &email)
        .await
        .unwrap();
    let id = found[0].id;
    let contact = clients::store::get_contact(&mut tx, id).await.unwrap();
    (id, contact.client_id)
}

/// The studio shares a file, as its page does.
pub struct Desk<'a>(pub &'a TestApp);

impl Desk<'_> {
    pub async fn share(&self, name: &str, content: &[u8], with: &[&str]) -> DocumentId {
        let (_, client) = contact(self.0, with[0]).await;
        let mut contacts = Vec::new();
        for email in with {
            contacts.push(contact(self.0, email).await.0);
        }
        let target = Target {
            contacts,
            tell: true,
            ..Target::default()
        };
        self.put(client, target, name, content).await
    }

    pub async fn put(
        &self,
        client: ClientId,
        target: Target,
        name: &str,
        content: &[u8],
    ) -> DocumentId {
        let app = &self.0.app;
        let scope = self.0.scope("demo").await.scope;
        let sender = Sender {
            client,
            contact: None,
            staff: Some(StaffId::from_bytes([7; 16])),
            name: "Olive Owner".into(),
            actor: portico::audit::Actor::System,
            reference: "test".into(),
        };
        let content = bytes::Bytes::copy_from_slice(content);
        let content = futures_util::stream::once(async { Ok(content) });
        let made = receive::whole(app, &scope, &sender, target, name, content)
            .await
            .unwrap();
        made.document_id.unwrap()
    }

    pub async fn ask(&self, title: &str, whom: &[&str], due: Option<&str>) -> String {
        let app = &self.0.app;
        let studio = self.0.scope("demo").await;
        let (_, client) = contact(self.0, whom[0]).await;
        let mut contacts = Vec::new();
        for email in whom {
            contacts.push(contact(self.0, email).await.0);
        }
        let mut tx = app.db.write(&studio).await.unwrap();
        let new = NewRequest {
            client,
            event: None,
            contacts: &contacts,
            title,
            note: Some("The one that is valid in May."),
            due,
        };
        let actor = portico::audit::Actor::System;
        let id = ask::ask(app, &mut tx, &studio, &new, &actor, "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id.to_string()
    }

    /// Rights of a contact.
    pub async fn allow(&self, email: &str, rights: &[(Right, bool)]) {
        let scope = self.0.scope("demo").await;
        let (id, _) = contact(self.0, email).await;
        let mut tx = self.0.app.db.write(&scope).await.unwrap();
        let rights = Settings(rights.iter().copied().collect());
        clients::store::save_contact_rights(&mut tx, id, &rights)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn settings(&self, change: impl FnOnce(&mut portico::documents::Settings)) {
        let scope = self.0.scope("demo").await;
        let mut tx = self.0.app.db.write(&scope).await.unwrap();
        let mut settings = store::settings(&mut tx).await.unwrap();
        change(&mut settings);
        assert!(store::save_settings(&mut tx, &settings).await.unwrap());
        tx.commit().await.unwrap();
    }
}

impl Browser<'_> {
    pub async fn patch_bytes(&mut self, path: &str, content: &[u8]) -> Reply {
        let token = self.token.clone().unwrap_or_default();
        let request = Request::builder()
            .method(Method::PATCH)
            .uri(format!("/api/portal/v1/{}{path}", self.studio))
            .header("origin", self.origin.as_deref().unwrap_or(SITE))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream");
        let request = request.body(content.to_vec().into()).unwrap();
        self.test.request(request).await
    }

    pub async fn start(&mut self, started: Value) -> Value {
        self.post("/documents/uploads", started).await.ok()
    }

    pub async fn part(&mut self, upload: &Value, offset: usize, content: &[u8]) -> Reply {
        let id = upload["id"].as_str().unwrap();
        self.patch_bytes(&format!("/documents/uploads/{id}?offset={offset}"), content)
            .await
    }

    /// A whole file in one part.
    pub async fn send_file(&mut self, name: &str, content: &[u8]) -> Value {
        let started = json!({ "name": name, "bytes": content.len() });
        let upload = self.start(started).await;
        self.part(&upload, 0, content).await.ok()
    }

    pub async fn documents(&mut self) -> Vec<Value> {
        let list = self.get("/documents").await.ok();
        list["documents"].as_array().unwrap().clone()
    }

    /// One of them by its name.
    pub async fn document(&mut self, name: &str) -> Option<Value> {
        let mut all = self.documents().await.into_iter();
        all.find(|one| one["name"] == name)
    }
}

/// The path of an address of ours.
pub fn path(address: &Value) -> String {
    let address = address.as_str().unwrap();
    address
        .strip_prefix(crate::harness::HOST)
        .unwrap()
        .to_owned()
}

/// All that is stored of documents.
pub async fn stored(test: &TestApp) -> Vec<String> {
    test.app.storage.list("documents").await.unwrap()
}

#[tokio::test]
async fn i1_what_the_studio_shares_is_new_seen_and_saved() {
    let test = TestApp::new().await;
    Desk(&test)
        .share("Seating plan.pdf", PDF, &["client@demo.test"])
        .await;
    let mut ada = test.signed_in("client@demo.test").await;
    let new = ada.get("/home").await.ok()["new_documents"]
        .as_u64()
        .unwrap();
    let listed = ada.document("Seating plan.pdf").await.unwrap();
    assert_eq!(listed["new"], true);
    assert_eq!(listed["kind"], "application/pdf");
    assert_eq!(listed["by"], "Olive Owner");
    let opened = ada
        .get(&format!("/documents/{}", listed["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(opened["preview"]["kind"], "pdf");
    // B3: opened, it is not new any more, and home counts one less.
    assert_eq!(
        ada.document("Seating plan.pdf").await.unwrap()["new"],
        false
    );
    assert_eq!(ada.get("/home").await.ok()["new_documents"], new - 1);
    let saved = test.get(&path(&opened["address"])).await;
    assert_eq!(saved.bytes, PDF);
    let header = |name: &str| saved.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment;"));
    assert!(header("content-disposition").ends_with("Seating%20plan.pdf"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    let shown = test.get(&path(&opened["preview"]["address"])).await;
    assert!(
        shown.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("inline;")
    );
    assert_eq!(shown.headers["content-type"], "application/pdf");
    // The address dies with the session.
    ada.post("/sign-out", json!({})).await;
    assert_ne!(test.get(&path(&opened["address"])).await.status, 200);
}

#[tokio::test]
async fn a16_documents_are_seen_by_whom_they_name_and_by_who_sees_everything() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let id = desk
        .share("For the office.pdf", PDF, &["office@demo.test"])
        .await;
    let mut site = test.signed_in("site@demo.test").await;
    let mut ada = test.signed_in("client@demo.test").await;
    let mut office = test.signed_in("office@demo.test").await;
    assert!(office.document("For the office.pdf").await.is_some());
    desk.allow("site@demo.test", &[(Right::SeeEverything, false)])
        .await;
    for other in [&mut site, &mut ada] {
        assert!(other.document("For the office.pdf").await.is_none());
        other
            .get(&format!("/documents/{id}"))
            .await
            .refused(404, "not_found");
        other
            .get(&format!("/documents/zip?documents={id}"))
            .await
            .refused(404, "not_found");
        other
            .delete(&format!("/documents/{id}"))
            .await
            .refused(404, "not_found");
        let replaces = json!({ "name": "a.pdf", "bytes": 9, "replaces": id });
        other
            .post("/documents/uploads", replaces)
            .await
            .refused(404, "not_found");
    }
    desk.allow("site@demo.test", &[(Right::SeeEverything, true)])
        .await;
    assert!(site.document("For the office.pdf").await.is_some());
    // Taken from it again, an address made before opens nothing.
    let address = site.get(&format!("/documents/{id}")).await.ok()["address"].clone();
    assert_eq!(test.get(&path(&address)).await.status, 200);
    desk.allow("site@demo.test", &[(Right::SeeEverything, false)])
        .await;
    assert_eq!(test.get(&path(&address)).await.status, 404);
}

#[tokio::test]
async fn i1_many_documents_are_saved_as_one_zip_any_program_opens() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let text = "Grüße\n".repeat(3000).into_bytes();
    desk.share("plan.pdf", PDF, &["spouse@demo.test"]).await;
    desk.share("plan.pdf", b"%PDF-1.7\nanother one", &["spouse@demo.test"])
        .await;
    let id = desk.share("Grüße.txt", &text, &["spouse@demo.test"]).await;
    let mut ben = test.signed_in("spouse@demo.test").await;
    let all = ben.get("/documents/zip").await.ok();
    let zip = test.get(&path(&all["address"])).await;
    assert_eq!(zip.headers["content-length"], zip.bytes.len().to_string());
    let folder = std::env::temp_dir().join(format!("portico-zip-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("documents.zip");
    std::fs::write(&file, &zip.bytes).unwrap();
    // Read by somebody else's program.
    let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; \
                  [print(i.filename, i.file_size) for i in sorted(z.infolist(), key=lambda i: i.filename)]";
    let read = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .output();
    if let Ok(read) = read {
        let told = String::from_utf8(read.stdout).unwrap();
        assert!(
            read.status.success(),
            "{}",
            String::from_utf8_lossy(&read.stderr)
        );
        assert!(
            told.contains("plan.pdf 20") || told.contains("plan (2).pdf 20"),
            "{told}"
        );
        assert!(
            told.contains(&format!("Grüße.txt {}", text.len())),
            "{told}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
    // One of them alone; and an address of another session's is nobody else's.
    let one = ben
        .get(&format!("/documents/zip?documents={id}"))
        .await
        .ok();
    let one = test.get(&path(&one["address"])).await;
    assert!(one.bytes.len() < text.len() + 400);
    assert!(ben.documents().await.iter().all(|one| one["new"] == false));
}

#[tokio::test]
async fn i2_a_file_comes_in_parts_and_goes_on_after_a_lost_connection() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let content: Vec<u8> = [PDF, &vec![b'x'; 300_000]].concat();
    let upload = ada
        .start(json!({ "name": "../Versicherung.pdf", "bytes": content.len() }))
        .await;
    assert_eq!(upload["name"], "Versicherung.pdf");
    assert_eq!(upload["offset"], 0);
    let reply = ada.part(&upload, 0, &content[..100_000]).await.ok();
    assert_eq!(reply["offset"], 100_000);
    // The reply was lost: the same part once more changes nothing; a later one has to wait.
    let reply = ada.part(&upload, 0, &content[..100_000]).await.ok();
    assert_eq!(reply["offset"], 100_000);
    ada.part(&upload, 200_000, &content[200_000..])
        .await
        .refused(409, "conflict");
    let path = format!("/documents/uploads/{}", upload["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.ok()["offset"], 100_000);
    ada.part(&upload, 100_000, &content[100_000..200_000])
        .await
        .ok();
    let done = ada.part(&upload, 200_000, &content[200_000..]).await.ok();
    let id = done["document"].as_str().unwrap().to_owned();
    // The last part once more is the same document.
    let again = ada.part(&upload, 200_000, &content[200_000..]).await.ok();
    assert_eq!(again["document"], id.as_str());
    assert_eq!(again["already"], false);
    let opened = ada.get(&format!("/documents/{id}")).await.ok();
    assert_eq!(opened["bytes"], content.len());
    assert_eq!(opened["seen_by_studio"], false);
    let saved = test.get(&self::path(&opened["address"])).await;
    assert_eq!(saved.bytes, content);
    // One file is stored, and no part of it.
    let keys = stored(&test).await;
    assert!(keys.iter().all(|key| !key.contains(".parts")), "{keys:?}");
}

#[tokio::test]
async fn i2_two_last_parts_at_once_make_one_document() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let before = ada.documents().await.len();
    let upload = ada
        .start(json!({ "name": "a.pdf", "bytes": PDF.len() }))
        .await;
    let path = format!(
        "/api/portal/v1/demo/documents/uploads/{}?offset=0",
        upload["id"].as_str().unwrap()
    );
    let token = ada.token.clone().unwrap();
    let sends = (0..6).map(|_| {
        let request = Request::builder()
            .method(Method::PATCH)
            .uri(&path)
            .header("origin", SITE)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream");
        test.request(request.body(PDF.to_vec().into()).unwrap())
    });
    let replies = futures_util::future::join_all(sends).await;
    let made: Vec<Value> = replies
        .iter()
        .map(|it| it.ok()["document"].clone())
        .collect();
    assert!(
        made.iter().all(|one| *one == made[0] && one.is_string()),
        "{made:?}"
    );
    assert_eq!(ada.documents().await.len(), before + 1);
    let parts = stored(&test).await;
    assert!(parts.iter().all(|key| !key.contains(".parts")), "{parts:?}");
}

#[tokio::test]
async fn i3_i4_uploading_and_downloading_are_switched_apart() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let id = desk
        .share("Contract annex.pdf", PDF, &["client@demo.test"])
        .await;
    let mut ada = test.signed_in("client@demo.test").await;
    let own = ada.send_file("mine.txt", b"just a note").await["document"].clone();
    let address = ada.get(&format!("/documents/{id}")).await.ok()["address"].clone();
    desk.allow("client@demo.test", &[(Right::Upload, false)])
        .await;
    let list = ada.get("/documents").await.ok();
    assert!(list.get("upload").is_none(), "{list}");
    let start = json!({ "name": "a.txt", "bytes": 3 });
    ada.post("/documents/uploads", start)
        .await
        .refused(403, "forbidden");
    desk.allow("client@demo.test", &[(Right::Download, false)])
        .await;
    let opened = ada.get(&format!("/documents/{id}")).await.ok();
    assert_eq!(opened["open"], false);
    assert!(opened.get("address").is_none() && opened.get("preview").is_none());
    assert_eq!(test.get(&path(&address)).await.status, 404);
    // What the contact sent itself stays its own.
    let own = ada
        .get(&format!("/documents/{}", own.as_str().unwrap()))
        .await
        .ok();
    assert_eq!(test.get(&path(&own["address"])).await.text, "just a note");
    desk.allow("client@demo.test", &[(Right::Documents, false)])
        .await;
    ada.get("/documents").await.refused(404, "not_found");
    ada.get(&format!("/documents/{id}"))
        .await
        .refused(404, "not_found");
    let start = json!({ "name": "a.txt", "bytes": 3 });
    ada.post("/documents/uploads", start)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn i5_b3_what_is_asked_for_stands_on_home_until_it_is_sent() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let asked = desk
        .ask(
            "Insurance certificate",
            &["client@demo.test", "spouse@demo.test"],
            Some("2026-11-30"),
        )
        .await;
    let mail = test.message("client@demo.test").await;
    assert_eq!(mail.subject, "Please send us: Insurance certificate");
    assert!(mail.text.contains("by 30 November 2026") && mail.text.contains("valid in May"));
    let mut ada = test.signed_in("client@demo.test").await;
    let on_home = |home: &Value| {
        home["todo"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["kind"] == "document" && one["title"] == "Insurance certificate")
    };
    assert!(on_home(&ada.get("/home").await.ok()));
    let list = ada.get("/documents").await.ok();
    let request = list["requests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == asked.as_str())
        .unwrap();
    assert_eq!(request["state"], "open");
    assert_eq!(request["late"], false);
    // Reminded three days before.
    test.pass(6 * 86_400);
    let mails = test.messages("spouse@demo.test").await;
    assert!(
        mails[0]
            .subject
            .starts_with("By 30 November 2026: Insurance"),
        "{:?}",
        mails[0].subject
    );
    let (mut ada, mut ben) = (
        test.signed_in("client@demo.test").await,
        test.signed_in("spouse@demo.test").await,
    );
    let mut office = test.signed_in("office@demo.test").await;
    let start = json!({ "name": "a.pdf", "bytes": PDF.len(), "request": asked });
    office
        .post("/documents/uploads", start.clone())
        .await
        .refused(404, "not_found");
    let upload = ada.start(start).await;
    ada.part(&upload, 0, PDF).await.ok();
    assert!(!on_home(&ada.get("/home").await.ok()));
    assert!(!on_home(&ben.get("/home").await.ok()));
    // Whoever was asked too sees what answered it.
    assert!(ben.document("a.pdf").await.is_some());
    // Taken back before the studio looked, it is open again.
    let id = ada.document("a.pdf").await.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    ben.delete(&format!("/documents/{id}"))
        .await
        .refused(403, "forbidden");
    ada.delete(&format!("/documents/{id}")).await.ok();
    assert!(on_home(&ada.get("/home").await.ok()));
    let removed = portico::jobs::tidy(&test.app).await;
    removed.unwrap();
    assert!(ada.document("a.pdf").await.is_none());
}

#[tokio::test]
async fn j6_staff_are_told_of_several_uploads_by_one_mail_and_contacts_of_what_is_shared() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    test.work().await;
    let before = test.messages("owner@demo.test").await.len();
    ada.send_file("one.txt", b"one").await;
    test.pass(60);
    ada.send_file("two.txt", b"two").await;
    assert_eq!(test.messages("owner@demo.test").await.len(), before);
    test.pass(180);
    let mails = test.messages("owner@demo.test").await;
    assert_eq!(mails.len(), before + 1);
    assert!(
        mails[0].subject.ends_with("2 documents came in"),
        "{}",
        mails[0].subject
    );
    assert!(mails[0].text.contains("- one.txt") && mails[0].text.contains("- two.txt"));
    let desk = Desk(&test);
    desk.share("first.pdf", PDF, &["client@demo.test", "spouse@demo.test"])
        .await;
    desk.share("second.pdf", b"%PDF-1.7 two", &["client@demo.test"])
        .await;
    test.pass(200);
    assert_eq!(
        test.message("client@demo.test").await.subject,
        "2 documents for you"
    );
    assert_eq!(
        test.message("spouse@demo.test").await.subject,
        "A document for you: first.pdf"
    );
}

/// The same way in and out where files lie in an S3 store: `cargo xtask drill` starts one.
#[tokio::test]
async fn i2_a_file_comes_in_parts_and_goes_out_again_on_s3() {
    let Ok(url) = std::env::var("TEST_S3_URL") else {
        return;
    };
    let test = TestApp::with(|config| config.storage_url = url).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let content: Vec<u8> = [PDF, &vec![b'y'; 7_000_000]].concat();
    let before = stored(&test).await.len();
    let upload = ada
        .start(json!({ "name": "large.pdf", "bytes": content.len() }))
        .await;
    ada.part(&upload, 0, &content[..6_000_000]).await.ok();
    let done = ada
        .part(&upload, 6_000_000, &content[6_000_000..])
        .await
        .ok();
    let id = done["document"].as_str().unwrap().to_owned();
    let opened = ada.get(&format!("/documents/{id}")).await.ok();
    assert_eq!(test.get(&path(&opened["address"])).await.bytes, content);
    let zip = ada
        .get(&format!("/documents/zip?documents={id}"))
        .await
        .ok();
    assert!(test.get(&path(&zip["address"])).await.bytes.len() > content.len());
    assert_eq!(stored(&test).await.len(), before + 1);
    ada.delete(&format!("/documents/{id}")).await.ok();
    portico::jobs::tidy(&test.app).await.unwrap();
    assert_eq!(stored(&test).await.len(), before);
}
