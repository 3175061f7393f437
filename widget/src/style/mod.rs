//! Sheets: constructed ones only, so that a page's strict policy has nothing to refuse.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, ShadowRoot};

// As the build script shortened them.
pub const PORTAL: &str = concat!(
    include_str!(concat!(env!("OUT_DIR"), "/tokens.css")),
    include_str!(concat!(env!("OUT_DIR"), "/portal.css")),
    include_str!(concat!(env!("OUT_DIR"), "/forms.css")),
    include_str!(concat!(env!("OUT_DIR"), "/papers.css"))
);
pub const FIELDS: &str = include_str!(concat!(env!("OUT_DIR"), "/fields.css"));

fn sheets() -> JsValue {
    "adoptedStyleSheets".into()
}

/// Adds a sheet after those `root` has.
pub fn adopt(root: &ShadowRoot, css: &str) -> Option<CssStyleSheet> {
    add(root, css)
}

fn add(to: &JsValue, css: &str) -> Option<CssStyleSheet> {
    let sheet = CssStyleSheet::new().ok()?;
    sheet.replace_sync(css).ok()?;
    let had = js_sys::Reflect::get(to, &sheets()).ok()?;
    let all = js_sys::Array::from(&had);
    all.push(sheet.unchecked_ref());
    // Assigned, not pushed to: older browsers have a frozen array here.
    js_sys::Reflect::set(to, &sheets(), &all).ok()?;
    Some(sheet)
}

/// Adds a sheet to the studio's own page, for as long as it is needed.
pub fn adopt_page(css: &str) -> Option<CssStyleSheet> {
    add(&gloo::utils::document(), css)
}

pub fn drop_page(sheet: &CssStyleSheet) {
    let document = gloo::utils::document();
    let Ok(had) = js_sys::Reflect::get(&document, &sheets()) else {
        return;
    };
    let others = js_sys::Array::from(&had).filter(&mut |it, _, _| !js_sys::Object::is(&it, sheet));
    js_sys::Reflect::set(&document, &sheets(), &others).ok();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    const TOKENS: &str = include_str!("../../style/tokens.css");
    const LOADER: &str = include_str!("../../../embed-snippet/loader.js");

    /// `--portico-name:value` of a text, without blanks.
    fn tokens(text: &str) -> BTreeSet<String> {
        let named = text.split("--portico-").skip(1);
        let declared = named.filter_map(|rest| {
            let declaration = rest.split([';', '}']).next()?;
            let (name, value) = declaration.split_once(':')?;
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            plain.then(|| format!("{name}:{}", value.replace([' ', '\n'], "")))
        });
        declared.collect()
    }

    /// Colours, dark and light, that `sheet` uses.
    fn used(sheet: &str) -> BTreeSet<&str> {
        let uses = sheet.split("var(--portico-").skip(1);
        uses.filter_map(|rest| rest.split([')', ',']).next())
            .collect()
    }

    #[test]
    fn the_loader_has_the_very_values_of_the_tokens() {
        let all = tokens(TOKENS);
        let own = tokens(LOADER);
        assert!(own.len() > 20, "the loader's tokens are no longer found");
        assert_eq!(
            own.difference(&all).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
    }

    #[test]
    fn every_token_that_a_sheet_uses_is_declared() {
        let declared: BTreeSet<String> = tokens(TOKENS)
            .into_iter()
            .filter_map(|token| token.split_once(':').map(|(name, _)| name.to_owned()))
            .collect();
        for name in used(super::PORTAL).into_iter().chain(used(super::FIELDS)) {
            assert!(declared.contains(name), "{name}");
        }
    }

    #[test]
    fn colours_come_from_tokens_alone() {
        for sheet in [
            super::FIELDS,
            include_str!("../../style/portal.css"),
            include_str!("../../style/forms.css"),
            include_str!("../../style/papers.css"),
        ] {
            for word in ["#", "rgb(", "hsl("] {
                assert!(!sheet.contains(word), "{word}");
            }
        }
    }
}
