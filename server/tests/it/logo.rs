//! The studio's logo: what is taken, where it shows, and that it is a picture and nothing else.

use std::io::Cursor;

use crate::harness::TestApp;

const LOGO: &str = "/admin/settings/logo";

pub fn picture(width: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut made = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, 200, image::Rgb([122, 62, 88]))
        .write_to(&mut made, format)
        .unwrap();
    made.into_inner()
}

#[tokio::test]
async fn k6_k7_a_logo_shows_in_the_portal_and_in_mails_and_its_file_goes_with_it() {
    let test = TestApp::new().await;
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/settings").await;
    let jpeg = picture(2000, image::ImageFormat::Jpeg);
    let reply = desk.upload(LOGO, &[], ("file", "Fern.JPG", &jpeg)).await;
    assert!(reply.text.contains("The logo is saved."), "{}", reply.text);
    let url = test.browser().get("/settings").await.ok()["logo_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = url.strip_prefix(crate::harness::HOST).unwrap();
    let file = test.get(path).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "image/png");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin");
    let (who, _, after) = test.logged("logo changed").await;
    assert_eq!(
        (who.as_str(), after["logo"].as_str()),
        ("Olivia Fern", Some(path))
    );

    let mut browser = test.browser();
    browser.ask_code("client@demo.test").await;
    let mail = test.message("client@demo.test").await;
    assert!(
        mail.html.replace("&#x2f;", "/").contains(&url)
            && mail.html.contains("alt=\"Fernlight Studio\""),
        "{}",
        mail.html
    );

    // Another one takes its place; then none.
    let png = picture(300, image::ImageFormat::Png);
    desk.upload(LOGO, &[], ("file", "fern.png", &png)).await;
    assert_eq!(test.get(path).await.status, 404);
    let reply = desk.post("/admin/settings/logo/remove", &[]).await;
    assert!(reply.text.contains("The logo is removed.") && reply.text.contains("No logo yet"));
    assert!(test.browser().get("/settings").await.ok()["logo_url"].is_null());
}

#[tokio::test]
async fn k6_what_is_no_picture_too_large_or_not_sent_by_our_page_is_refused_and_the_old_logo_stays()
{
    let test = TestApp::new().await;
    let before = test.browser().get("/settings").await.ok()["logo_url"].clone();
    let mut desk = test.staff("owner@demo.test").await;
    desk.get("/admin/settings").await;
    for (name, content, status, said) in [
        (
            "logo.png",
            b"<svg xmlns=...><script>".as_slice(),
            422,
            "Please choose a picture: PNG, JPEG or WebP.",
        ),
        ("", b"", 422, "Please choose a file first."),
        (
            "cut.jpg",
            &picture(600, image::ImageFormat::Jpeg)[..400],
            422,
            "This picture cannot be read.",
        ),
    ] {
        let reply = desk.upload(LOGO, &[], ("file", name, content)).await;
        assert_eq!(reply.status.as_u16(), status, "{name}");
        assert!(reply.text.contains(said), "{}", reply.text);
        desk.get("/admin/settings").await;
    }
    let large = vec![0; 21 * 1024 * 1024];
    let reply = desk.upload(LOGO, &[], ("file", "large.png", &large)).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("This file is too large."));
    desk.get("/admin/settings").await;
    desk.page = desk
        .page
        .replace("name=\"csrf\" value=\"", "name=\"csrf\" value=\"x");
    let png = picture(300, image::ImageFormat::Png);
    assert_eq!(
        desk.upload(LOGO, &[], ("file", "fern.png", &png))
            .await
            .status,
        403
    );
    let mut member = test.staff("member@demo.test").await;
    member.get("/admin").await;
    assert_eq!(
        member
            .upload(LOGO, &[], ("file", "fern.png", &png))
            .await
            .status,
        403
    );
    let logo = test.browser().get("/settings").await.ok()["logo_url"].clone();
    assert_eq!(logo, before, "the old one stays");
    for path in [
        "/files/logos/..%2f..%2fetc%2fpasswd",
        "/files/logos/x.svg",
        "/files/logos/.png",
    ] {
        assert_eq!(test.get(path).await.status, 404, "{path}");
    }
}
