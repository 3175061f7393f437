//! Moments in the reader's own way, by the browser's Intl.

use js_sys::{Date, Object, Reflect};

/// "21 Nov 2026, 14:05", in the language given, for a moment as the server writes it.
pub fn day_and_time(at: &str, language: &str) -> String {
    let options = Object::new();
    for (key, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a property of a fresh object cannot fail.
        Reflect::set(&options, &key.into(), &value.into()).ok();
    }
    Date::new(&at.into())
        .to_locale_string(language, &options)
        .into()
}

pub fn now_ms() -> f64 {
    Date::now()
}

/// "GB" as "United Kingdom", "en" as "English": the browser knows the names.
pub fn display_name(kind: &str, code: &str, language: &str) -> String {
    known_name(kind, code, language).unwrap_or_else(|| code.to_owned())
}

fn known_name(kind: &str, code: &str, language: &str) -> Option<String> {
    #[wasm_bindgen::prelude::wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = Intl)]
        type DisplayNames;
        #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
        fn new(language: &str, options: &Object) -> Result<DisplayNames, wasm_bindgen::JsValue>;
        #[wasm_bindgen(method, catch)]
        fn of(this: &DisplayNames, code: &str) -> Result<Option<String>, wasm_bindgen::JsValue>;
    }
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &kind.into()).ok();
    DisplayNames::new(language, &options).ok()?.of(code).ok()?
}
