//! What goes wrong with documents: clear, nothing half stored, nothing left behind.

use axum::{body::Body, http::Method, http::Request};
use bytes::Bytes;
use portico_wire::documents::FileGroup;
use serde_json::json;

use crate::{
    documents::{Desk, PDF, png, stored},
    harness::{SITE, TestApp},
};

#[tokio::test]
async fn i2_too_large_empty_and_no_room_are_said_before_anything_is_sent() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    desk.settings(|it| it.most_bytes = 5_000_000).await;
    let mut ada = test.signed_in("client@demo.test").await;
    let start = |bytes: u64| json!({ "name": "film.mp4", "bytes": bytes });
    let problem = ada
        .post("/documents/uploads", start(5_000_001))
        .await
        .refused(413, "too_large");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("larger than 5 MB"),
        "{problem}"
    );
    ada.post("/documents/uploads", start(9_007_199_254_740_991))
        .await
        .refused(413, "too_large");
    ada.post("/documents/uploads", start(0))
        .await
        .refused(422, "invalid");
    ada.post("/documents/uploads", json!({ "name": "a" }))
        .await
        .refused(400, "malformed");
    // What others have on their way counts as well.
    desk.settings(|it| it.quota_bytes = 8_000_000).await;
    ada.start(start(4_900_000)).await;
    let problem = ada
        .post("/documents/uploads", start(4_900_000))
        .await
        .refused(413, "too_large");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("space for documents is full")
    );
    assert!(
        stored(&test)
            .await
            .iter()
            .all(|key| !key.contains(".parts"))
    );
}

#[tokio::test]
async fn i2_the_quota_holds_when_the_file_has_arrived_and_nothing_of_it_is_kept() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let mut ada = test.signed_in("client@demo.test").await;
    let upload = ada
        .start(json!({ "name": "a.pdf", "bytes": PDF.len() }))
        .await;
    let before = stored(&test).await.len();
    desk.settings(|it| it.quota_bytes = 1).await;
    ada.part(&upload, 0, PDF).await.refused(413, "too_large");
    assert_eq!(stored(&test).await.len(), before);
    // Given up; the reply says to begin anew.
    let path = format!("/documents/uploads/{}", upload["id"].as_str().unwrap());
    ada.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn i2_more_than_was_said_and_an_endless_body_end_in_a_refusal() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let before = stored(&test).await.len();
    let upload = ada.start(json!({ "name": "a.txt", "bytes": 10 })).await;
    let problem = ada
        .part(&upload, 0, b"more than ten bytes")
        .await
        .refused(413, "too_large");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("longer than was said")
    );
    let upload = ada
        .start(json!({ "name": "b.bin", "bytes": 100_000_000 }))
        .await;
    let path = format!("/documents/uploads/{}", upload["id"].as_str().unwrap());
    let endless = futures_util::stream::repeat_with(|| {
        Ok::<_, std::io::Error>(Bytes::from_static(&[7; 64 * 1024]))
    });
    let request = Request::builder()
        .method(Method::PATCH)
        .uri(format!("/api/portal/v1/demo{path}?offset=0"))
        .header("origin", SITE)
        .header(
            "authorization",
            format!("Bearer {}", ada.token.clone().unwrap()),
        );
    let request = request.body(Body::from_stream(endless)).unwrap();
    let problem = test.request(request).await.refused(413, "too_large");
    assert!(
        problem["detail"].as_str().unwrap().contains("at most 8 MB"),
        "{problem}"
    );
    assert_eq!(stored(&test).await.len(), before);
    // A body that breaks off is not counted, and can be gone on with.
    let broken = futures_util::stream::iter([
        Ok(Bytes::from_static(&[7; 40_000])),
        Err(std::io::Error::other("the line is cut")),
    ]);
    let request = Request::builder()
        .method(Method::PATCH)
        .uri(format!("/api/portal/v1/demo{path}?offset=0"))
        .header("origin", SITE)
        .header(
            "authorization",
            format!("Bearer {}", ada.token.clone().unwrap()),
        );
    let request = request.body(Body::from_stream(broken)).unwrap();
    test.request(request).await.refused(400, "malformed");
    assert_eq!(ada.get(&path).await.ok()["offset"], 0);
    ada.part(&upload, 0, &[7; 1000]).await.ok();
    // Not to be sent after all.
    ada.delete(&path).await.ok();
    ada.get(&path).await.refused(404, "not_found");
    assert_eq!(stored(&test).await.len(), before);
    for wrong in ["?offset=-1", "?offset=x", ""] {
        ada.patch_bytes(&format!("{path}{wrong}"), b"a")
            .await
            .refused(400, "malformed");
    }
}

#[tokio::test]
async fn i2_a_kind_that_lies_or_is_not_taken_is_refused_and_not_kept() {
    let test = TestApp::new().await;
    let desk = Desk(&test);
    let mut ada = test.signed_in("client@demo.test").await;
    let before = stored(&test).await.len();
    let program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
    for (name, content, said) in [
        ("certificate.pdf", &png()[..], "ends in .pdf"),
        ("certificate.pdf", &program[..], "a program"),
        (
            "page.txt",
            b"<!doctype html><script>alert(1)</script>",
            "a web page",
        ),
    ] {
        let upload = ada
            .start(json!({ "name": name, "bytes": content.len() }))
            .await;
        let problem = ada.part(&upload, 0, content).await.refused(422, "invalid");
        assert_eq!(problem["field"], "file");
        assert!(
            problem["detail"].as_str().unwrap().contains(said),
            "{problem}"
        );
        // In parts too small to tell, it is told when it is whole.
        let upload = ada
            .start(json!({ "name": name, "bytes": content.len() }))
            .await;
        ada.part(&upload, 0, &content[..2]).await.ok();
        ada.part(&upload, 2, &content[2..])
            .await
            .refused(422, "invalid");
    }
    desk.settings(|it| it.kinds = vec![FileGroup::Pdf]).await;
    let upload = ada.start(json!({ "name": "a.txt", "bytes": 5 })).await;
    let problem = ada.part(&upload, 0, b"hello").await.refused(422, "invalid");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .ends_with("one of these: PDF."),
        "{problem}"
    );
    assert_eq!(stored(&test).await.len(), before);
}

#[tokio::test]
async fn i2_the_same_file_twice_is_here_already() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let first = ada.send_file("a.pdf", PDF).await;
    let keys = stored(&test).await.len();
    let second = ada.send_file("copy of a.pdf", PDF).await;
    assert_eq!(second["already"], true);
    assert_eq!(second["document"], first["document"]);
    assert_eq!(stored(&test).await.len(), keys);
    // A new version that is none.
    let replaces = json!({ "name": "a.pdf", "bytes": PDF.len(), "replaces": first["document"] });
    let upload = ada.start(replaces.clone()).await;
    assert_eq!(ada.part(&upload, 0, PDF).await.ok()["already"], true);
    let other = b"%PDF-1.7 newer";
    let upload = ada
        .start(json!({ "name": "a.pdf", "bytes": other.len(), "replaces": first["document"] }))
        .await;
    ada.part(&upload, 0, other).await.ok();
    let id = first["document"].as_str().unwrap();
    let opened = ada.get(&format!("/documents/{id}")).await.ok();
    assert_eq!(opened["version"], 2);
    assert_eq!(opened["versions"].as_array().unwrap().len(), 2);
    // Somebody else's own copy is another document.
    let mut office = test.signed_in("office@demo.test").await;
    assert_eq!(office.send_file("a.pdf", PDF).await["already"], false);
}

#[tokio::test]
async fn i2_names_keep_no_path_and_no_signs_that_cannot_be_shown() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    for (typed, kept) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.txt", "plan.txt"),
        ("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie: x.txt"),
        ("\u{202e}txt.exe", "txt.exe"),
        ("...", "file"),
    ] {
        let upload = ada.start(json!({ "name": typed, "bytes": 3 })).await;
        assert_eq!(upload["name"], kept);
    }
}

#[tokio::test]
async fn i2_an_upload_nobody_goes_on_with_is_given_up_and_swept() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let before = stored(&test).await;
    let upload = ada.start(json!({ "name": "a.txt", "bytes": 1_000 })).await;
    ada.part(&upload, 0, &[b'a'; 400]).await.ok();
    // Somebody else's upload is nobody's.
    let path = format!("/documents/uploads/{}", upload["id"].as_str().unwrap());
    let mut ben = test.signed_in("spouse@demo.test").await;
    ben.get(&path).await.refused(404, "not_found");
    ben.delete(&path).await.refused(404, "not_found");
    ben.part(&upload, 400, &[b'a'; 600])
        .await
        .refused(404, "not_found");
    assert_eq!(stored(&test).await.len(), before.len() + 1);
    test.pass(86_401);
    let mut ada = test.signed_in("client@demo.test").await;
    let problem = ada
        .part(&upload, 400, &[b'a'; 600])
        .await
        .refused(404, "not_found");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("send the file again"),
        "{problem}"
    );
    test.pass(3_601);
    portico::jobs::tidy(&test.app).await.unwrap();
    assert_eq!(stored(&test).await, before);
    let (rows,): (i64,) = test
        .row("select count(*) from upload_parts where $1 = $1", "")
        .await;
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn i2_a_full_disk_is_said_in_words_and_what_arrived_stays() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let upload = ada.start(json!({ "name": "a.txt", "bytes": 8 })).await;
    ada.part(&upload, 0, b"half").await.ok();
    // A file where the storage would make its folder: writing fails as on a disk that is full.
    let folder = test
        .app
        .config
        .storage_url
        .strip_prefix("file:")
        .unwrap()
        .to_owned();
    let (own, aside) = (format!("{folder}/documents"), format!("{folder}/aside"));
    std::fs::rename(&own, &aside).unwrap();
    std::fs::write(&own, b"").unwrap();
    let problem = ada
        .part(&upload, 4, b"more")
        .await
        .refused(503, "not_stored");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("could not be stored"),
        "{problem}"
    );
    std::fs::remove_file(&own).unwrap();
    std::fs::rename(&aside, &own).unwrap();
    let done = ada.part(&upload, 4, b"more").await.ok();
    assert!(done["document"].is_string());
}

#[tokio::test]
async fn i1_what_is_removed_is_gone_with_its_files_and_its_space() {
    let test = TestApp::new().await;
    let mut ada = test.signed_in("client@demo.test").await;
    let keys = stored(&test).await.len();
    let used = "select cast(coalesce(sum(bytes), 0) as bigint) from document_usage where $1 = $1";
    let used = async || test.row::<(i64,)>(used, "").await.0;
    let before = used().await;
    let id = ada.send_file("a.pdf", PDF).await["document"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(used().await, before + i64::try_from(PDF.len()).unwrap());
    ada.delete(&format!("/documents/{id}")).await.ok();
    ada.delete(&format!("/documents/{id}"))
        .await
        .refused(404, "not_found");
    ada.get(&format!("/documents/{id}"))
        .await
        .refused(404, "not_found");
    assert_eq!(used().await, before);
    portico::jobs::tidy(&test.app).await.unwrap();
    assert_eq!(stored(&test).await.len(), keys);
    let log = test.logged("document removed").await;
    assert_eq!(log.1["document"], "a.pdf");
}
