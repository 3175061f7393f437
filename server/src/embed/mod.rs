//! How the snippet fares on studios' websites: what the loader reports and what a refused request
//! shows, kept for staff as a short list of pages. No word about who looked at them.

pub mod api;
pub mod store;

use axum::http::{header, request::Parts};
use portico_wire::StudioId;
use serde::{Deserialize, Serialize};

use crate::{
    App, Result,
    scope::StudioScope,
    web::{client_address, origin::Origin},
};

/// What was seen on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// The portal opened.
    Seen,
    /// The page's policy refused WebAssembly or our files: visitors got the link instead.
    WasmRefused,
    /// The website is not on the studio's list.
    OriginRefused,
}

impl Sight {
    pub const ALL: &[Self] = &[Self::Seen, Self::WasmRefused, Self::OriginRefused];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::WasmRefused => "wasm_refused",
            Self::OriginRefused => "origin_refused",
        }
    }
}

portico_wire::text_column!(Sight);

/// Pages kept for a studio; the ones seen longest ago make room.
pub const MOST_PAGES: i64 = 200;

/// Each page and sight of a studio that was noted within the hour.
pub type Noted = moka::sync::Cache<(StudioId, String, Sight), ()>;

/// An address as a browser names the page it shows, without query and fragment: `None` for anything else.
pub fn page(address: &str) -> Option<(Origin, String)> {
    if address.len() > 500
        || address.contains(['?', '#'])
        || address.chars().any(char::is_whitespace)
    {
        return None;
    }
    let rest = address.split_once("://")?.1;
    let end = address.len() - rest.len() + rest.find('/').unwrap_or(rest.len());
    let origin = Origin::parse(&address[..end])?;
    let path = match &address[end..] {
        "" => "/",
        path => path,
    };
    let page = format!("{origin}{path}");
    Some((origin, page))
}

/// Writes down a page, once an hour.
pub async fn note(app: &App, studio: StudioScope, page: String, sight: Sight) -> Result<()> {
    let key = (studio.studio(), page, sight);
    if app.noted.contains_key(&key) {
        return Ok(());
    }
    let mut tx = app.db.write(&studio).await?;
    store::upsert(&mut tx, &key.1, sight).await?;
    store::forget_oldest(&mut tx).await?;
    tx.commit().await?;
    app.noted.insert(key, ());
    Ok(())
}

/// A request came from a website that is not on the studio's list: staff read its name and can add it.
pub async fn note_refused(app: &App, studio: StudioScope, parts: &Parts) -> Result<()> {
    let address = client_address(parts, &app.config.trusted_proxies);
    let origin = parts.headers.get(header::ORIGIN);
    let origin = origin
        .and_then(|origin| origin.to_str().ok())
        .and_then(Origin::parse);
    match origin {
        Some(origin) if app.limits.check_report(address).is_ok() => {
            note(app, studio, format!("{origin}/"), Sight::OriginRefused).await
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_an_origin_and_a_path() {
        for (address, kept) in [
            (
                "https://fern.example/account.html",
                "https://fern.example/account.html",
            ),
            ("https://fern.example", "https://fern.example/"),
            ("http://127.0.0.1:8090/a/b", "http://127.0.0.1:8090/a/b"),
        ] {
            assert_eq!(page(address).map(|(_, page)| page).as_deref(), Some(kept));
        }
        let long = format!("https://fern.example/{}", "a".repeat(500));
        for address in [
            "",
            "fern.example/account",
            "null/account.html",
            "https://fern.example/?email=ada@example.com",
            "https://fern.example/#portico=secret",
            "https://ada:pass@fern.example/",
            "javascript://fern.example/",
            "https://fern.example/a b",
            &long,
        ] {
            assert_eq!(page(address), None, "{address}");
        }
    }
}
