//! Portico's portal on the studio's own page. The loader (`embed-snippet/loader.js`) makes the
//! element, its shadow root and the sign-in form, and calls [`mount`] once this module is there.

#[macro_use]
mod texts;

mod access;
mod api;
mod app;
mod clients;
mod contracts;
mod dates;
mod dialog;
mod documents;
mod el;
mod events;
mod forms;
mod icons;
mod json;
mod loaded;
mod messages;
mod notifications;
mod papers;
mod part;
mod payments;
mod portal;
mod quotes;
mod replies;
mod requests;
mod sending;
mod session;
mod style;
mod view;

use wasm_bindgen::prelude::*;
use web_sys::{
    Element, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, ShadowRoot,
};
use yew::{AppHandle, Html, Renderer};

use crate::{
    app::{Boot, Pieces, app},
    part::Part,
};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen]
extern "C" {
    /// What the loader knows when it hands over.
    #[derive(Clone)]
    pub type Handover;
    #[wasm_bindgen(method, getter)]
    fn host(this: &Handover) -> String;
    #[wasm_bindgen(method, getter)]
    fn studio(this: &Handover) -> String;
    #[wasm_bindgen(method, getter)]
    fn key(this: &Handover) -> String;
    #[wasm_bindgen(method, getter)]
    fn secret(this: &Handover) -> String;
    #[wasm_bindgen(method, getter)]
    fn pending(this: &Handover) -> bool;
    #[wasm_bindgen(method, getter)]
    fn opened(this: &Handover) -> bool;
    /// The language file, as text.
    #[wasm_bindgen(method, getter)]
    fn texts(this: &Handover) -> String;
    /// Status and text of the settings' reply, if it is already there.
    #[wasm_bindgen(method, getter)]
    fn got(this: &Handover) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn settings(this: &Handover) -> js_sys::Promise;
    /// To be called once our slot stands: the loader's own first screen then goes.
    #[wasm_bindgen(method)]
    fn ready(this: &Handover);
}

/// Yew numbers its trees from 1 and writes the number on elements. A page that is itself a Yew
/// app does the same, and a click in ours would run its handlers: so start further up. The loader calls it once, in a task
/// between that which made the module ready and that which mounts the first portal.
#[wasm_bindgen]
pub fn room() {
    for _ in 0..64 {
        if let Ok(detached) = gloo::utils::document().create_element("i") {
            run(detached, part::Props::new(|_| Html::default())).destroy();
        }
    }
}

/// Gives what ends it: a function, called once. A class would be half a kilobyte of glue.
#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "called once, by the loader, with the elements it owns"
)]
pub fn mount(
    host: HtmlElement,
    root: ShadowRoot,
    at: Element,
    form: HtmlFormElement,
    fields: HtmlElement,
    email: HtmlInputElement,
    submit: HtmlButtonElement,
    handover: Handover,
) -> JsValue {
    style::adopt(&root, style::PORTAL);
    if let Some(fields_root) = fields.shadow_root() {
        style::adopt(&fields_root, style::FIELDS);
    }
    let pieces = Pieces {
        host,
        root,
        form,
        fields,
        email,
        submit,
    };
    let boot = Boot { pieces, handover };
    let props = part::Props::new(move |hooks| app(hooks, &boot));
    let running = run(at, props);
    Closure::once_into_js(move || running.destroy())
}

fn run(at: Element, props: part::Props) -> AppHandle<Part> {
    Renderer::with_root_and_props(at, props).render()
}
