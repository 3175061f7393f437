//! Where a browser goes after a form was taken or a page needs a sign-in, and the one sentence it takes along.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;

/// Carries a sentence to the next page; shown once.
const NOTICE: &str = "portico_notice";

/// After a form: see another page (303), which says `notice`.
pub fn see(path: &str, notice: &str) -> Response {
    let cookie = format!(
        "{NOTICE}={}; Path=/admin; Max-Age=60; HttpOnly; SameSite=Lax",
        escape(notice)
    );
    let mut response = go(path);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// See another page (303). The path is our own.
pub fn go(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}

/// To a page of the sign-in, which leads back to `back`.
pub fn to_sign_in(path: &str, back: Option<&str>) -> Response {
    match back.and_then(local) {
        Some("/admin") | None => go(path),
        Some(back) => go(&format!("{path}?next={}", escape(back))),
    }
}

/// A path of the admin, or nothing: what stands in an address must not lead to another website.
pub fn local(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/admin")?;
    let inside = rest.is_empty() || rest.starts_with(['/', '?']);
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (inside && plain && !path.contains("//") && path.len() <= 500).then_some(path)
}

pub fn notice(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let text = unescape(jar.get(NOTICE)?.value());
    (!text.is_empty() && text.len() <= 300).then_some(text)
}

/// The notice was shown.
pub fn forget_notice() -> (header::HeaderName, HeaderValue) {
    const CLEARED: &str = "portico_notice=; Path=/admin; Max-Age=0; HttpOnly; SameSite=Lax";
    (header::SET_COOKIE, HeaderValue::from_static(CLEARED))
}

/// Percent-encodes all but letters, digits and `-._~`.
pub fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}

fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let coded = text
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(coded.unwrap_or(byte));
        at += if coded.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_the_admin_is_come_back_to() {
        for good in [
            "/admin",
            "/admin/settings",
            "/admin/settings?tab=1",
            "/admin?x=y",
        ] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "/administrator",
            "//evil.example",
            "/admin//evil.example",
            "https://evil.example/admin",
            "/admin/\\evil.example",
            "/admin/\r\nx: y",
            "/admin/ä",
        ] {
            assert_eq!(local(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_notice_arrives_as_it_was_written() {
        for text in ["Saved.", "Ünïcode; with, \"marks\" & 100 %", ""] {
            assert_eq!(unescape(&escape(text)), text);
        }
        assert_eq!(unescape("%zz%4"), "%zz%4");
    }
}
