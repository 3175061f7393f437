//! Sheets: constructed ones only, so that a page's strict policy has nothing to refuse.

pub mod brand;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, ShadowRoot};

pub const PORTAL: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/portal.css")
);
pub const FIELDS: &str = include_str!("../../style/fields.css");

fn sheets() -> JsValue {
    "adoptedStyleSheets".into()
}

/// Adds a sheet after those `root` has.
pub fn adopt(root: &ShadowRoot, css: &str) -> Option<CssStyleSheet> {
    let sheet = CssStyleSheet::new().ok()?;
    sheet.replace_sync(css).ok()?;
    let had = js_sys::Reflect::get(root, &sheets()).ok()?;
    let all = js_sys::Array::from(&had);
    all.push(sheet.unchecked_ref());
    // Assigned, not pushed to: older browsers have a frozen array here.
    js_sys::Reflect::set(root, &sheets(), &all).ok()?;
    Some(sheet)
}
