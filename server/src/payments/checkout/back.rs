//! The place a contact comes back to.

use portico_wire::CheckoutId;

use crate::{
    App, Result,
    error::Error,
    studios::{self, Studio},
    web::origin::Origin,
};

/// The page's address without what follows its origin.
fn origin_of(address: &str) -> Option<Origin> {
    let start = address.find("://")? + 3;
    let end = address[start..]
        .find(['/', '?', '#'])
        .map_or(address.len(), |at| start + at);
    Origin::parse(&address[..end])
}

/// A place to come back to: on the studio's list or the host's own.
pub(super) async fn check_return(app: &App, studio: &Studio, address: &str) -> Result<()> {
    let refused = || {
        Error::invalid(
            "return_to",
            "The page to come back to is not one of the studio's websites.",
        )
    };
    let plain = address.len() <= 2_000
        && address.bytes().all(|b| {
            b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'{' | b'}')
        });
    let origin = origin_of(address).filter(|_| plain).ok_or_else(refused)?;
    let listed =
        origin == app.origin || studios::origin_is_listed(app, &studio.slug, &origin).await?;
    listed.then_some(()).ok_or_else(refused)
}

/// The address with the checkout's id in its query, before the fragment.
pub(super) fn back(return_to: &str, id: CheckoutId) -> String {
    let (page, fragment) = match return_to.split_once('#') {
        Some((page, fragment)) => (page, Some(fragment)),
        None => (return_to, None),
    };
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut said: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("portico-checkout="))
        .map(ToOwned::to_owned)
        .collect();
    said.push(format!("portico-checkout={id}"));
    let fragment = fragment.map(|text| format!("#{text}")).unwrap_or_default();
    format!("{path}?{}{fragment}", said.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g2_the_place_to_come_back_to_is_kept_to_its_fragment() {
        let id = CheckoutId::from_bytes([7; 16]);
        for (to, expected) in [
            (
                "https://a.example/account",
                format!("https://a.example/account?portico-checkout={id}"),
            ),
            (
                "https://a.example/account?x=1&portico-checkout=old#portico/invoices",
                format!("https://a.example/account?x=1&portico-checkout={id}#portico/invoices"),
            ),
        ] {
            assert_eq!(back(to, id), expected);
        }
    }

    #[test]
    fn g2_an_address_is_of_the_origin_a_browser_would_go_to() {
        let of = |text| origin_of(text).map(|origin| origin.to_string());
        assert_eq!(
            of("https://a.example/x").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(
            of("https://a.example?x").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(
            of("https://a.example#x").as_deref(),
            Some("https://a.example")
        );
        for bad in [
            "https://a.example@evil.example/",
            "https://a.example\\@evil.example/",
            "//a.example/",
            "javascript:alert(1)",
            "https:/a.example",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
