//! Replies and requests through the browser's own JSON: its parser is there already, and a
//! general one would be a fifth of this module's bytes. So would serde's derived readers.

use std::cell::Cell;

use self::value::Value;

/// An object of a reply. A field that is not as the reader wants it reads as empty and makes the
/// whole reply unfit: readers need no way out in the middle.
pub struct Json<'a> {
    value: Value,
    fit: &'a Cell<bool>,
}

/// Reads a whole reply; `None` if it is not as `reader` wants it.
pub fn read<T>(text: &str, reader: fn(&Json<'_>) -> T) -> Option<T> {
    let fit = Cell::new(true);
    let whole = Json::new(value::parse(text)?, &fit);
    let read = reader(&whole);
    fit.get().then_some(read)
}

impl<'a> Json<'a> {
    fn new(value: Value, fit: &'a Cell<bool>) -> Self {
        if !value::is_object(&value) {
            fit.set(false);
        }
        Self { value, fit }
    }

    fn must<T: Default>(&self, found: Option<T>) -> T {
        found.unwrap_or_else(|| {
            self.fit.set(false);
            T::default()
        })
    }

    /// This is nothing the reader can take.
    pub fn refuse(&self) {
        self.fit.set(false);
    }

    #[inline(never)]
    pub fn opt(&self, name: &str) -> Option<String> {
        let found = value::field(&self.value, name);
        if value::is_nothing(&found) {
            return None;
        }
        Some(self.must(value::text(&found)))
    }

    #[inline(never)]
    pub fn text(&self, name: &str) -> String {
        self.must(self.opt(name))
    }

    #[inline(never)]
    pub fn flag(&self, name: &str) -> bool {
        self.must(value::flag(&value::field(&self.value, name)))
    }

    #[inline(never)]
    pub fn number(&self, name: &str) -> u32 {
        self.must(value::number(&value::field(&self.value, name))) as u32
    }

    /// Of those that JavaScript holds exactly.
    #[inline(never)]
    pub fn opt_whole(&self, name: &str) -> Option<i64> {
        let found = value::field(&self.value, name);
        if value::is_nothing(&found) {
            return None;
        }
        Some(self.must(value::number(&found)) as i64)
    }

    pub fn whole(&self, name: &str) -> i64 {
        self.must(self.opt_whole(name))
    }

    /// The names of its fields.
    #[inline(never)]
    pub fn names(&self) -> Vec<String> {
        value::names(&self.value)
    }

    #[inline(never)]
    pub fn object(&self, name: &str) -> Json<'a> {
        Json::new(value::field(&self.value, name), self.fit)
    }

    #[inline(never)]
    pub fn opt_object(&self, name: &str) -> Option<Json<'a>> {
        let found = value::field(&self.value, name);
        (!value::is_nothing(&found)).then(|| Json::new(found, self.fit))
    }

    #[inline(never)]
    pub fn objects(&self, name: &str) -> Vec<Json<'a>> {
        let items = self.must(value::items(&value::field(&self.value, name)));
        let objects = items.into_iter().map(|item| Json::new(item, self.fit));
        objects.collect()
    }

    /// What `reader` makes of each object of a list.
    #[inline(never)]
    pub fn list<T>(&self, name: &str, reader: fn(&Json<'_>) -> T) -> Vec<T> {
        let mut all = Vec::new();
        for item in self.objects(name) {
            all.push(reader(&item));
        }
        all
    }

    #[inline(never)]
    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = self.must(value::items(&value::field(&self.value, name)));
        let texts = items.iter().map(|item| self.must(value::text(item)));
        texts.collect()
    }

    /// One of the words of an enum; a word that is not among them is unfit.
    pub fn word<T: Copy>(&self, name: &str, all: &'static [T], word: fn(T) -> &'static str) -> T {
        let text = self.text(name);
        let found = all.iter().find(|&&one| word(one) == text);
        if found.is_none() {
            self.fit.set(false);
        }
        found.copied().unwrap_or(all[0])
    }
}

/// A request's body in the making.
pub struct Body(String);

impl Body {
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    #[inline(never)]
    fn put(mut self, name: &str, value: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&value::quoted(name));
        self.0.push(':');
        self.0.push_str(value);
        self
    }
    #[inline(never)]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.put(name, &value::quoted(value))
    }
    pub fn opt(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }
    pub fn flag(self, name: &str, value: bool) -> Self {
        self.put(name, if value { "true" } else { "false" })
    }
    pub fn whole(self, name: &str, value: i64) -> Self {
        self.put(name, &value.to_string())
    }
    /// What is JSON already, in a list.
    #[inline(never)]
    pub fn list(self, name: &str, items: &[String]) -> Self {
        let mut all = "[".to_owned();
        for item in items {
            if all.len() > 1 {
                all.push(',');
            }
            all.push_str(item);
        }
        all.push(']');
        self.put(name, &all)
    }
    pub fn texts(self, name: &str, texts: &[String]) -> Self {
        let quoted: Vec<String> = texts.iter().map(|text| value::quoted(text)).collect();
        self.list(name, &quoted)
    }
    /// Takes another object in.
    pub fn object(self, name: &str, value: Body) -> Self {
        self.put(name, &value.done())
    }
    pub fn done(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// The browser's.
#[cfg(not(test))]
mod value {
    use js_sys::{Array, JSON, Object, Reflect};
    use wasm_bindgen::JsCast;
    pub use wasm_bindgen::JsValue as Value;

    pub fn parse(text: &str) -> Option<Value> {
        JSON::parse(text).ok()
    }
    #[inline(never)]
    pub fn field(of: &Value, name: &str) -> Value {
        Reflect::get(of, &name.into()).unwrap_or(Value::UNDEFINED)
    }
    pub fn is_object(value: &Value) -> bool {
        value.is_object()
    }
    pub fn is_nothing(value: &Value) -> bool {
        value.is_undefined() || value.is_null()
    }
    pub fn text(value: &Value) -> Option<String> {
        value.as_string()
    }
    pub fn flag(value: &Value) -> Option<bool> {
        value.as_bool()
    }
    pub fn number(value: &Value) -> Option<f64> {
        value.as_f64()
    }
    pub fn items(value: &Value) -> Option<Vec<Value>> {
        Array::is_array(value).then(|| Array::from(value).to_vec())
    }
    pub fn names(of: &Value) -> Vec<String> {
        if !of.is_object() {
            return Vec::new();
        }
        let names = Object::keys(of.unchecked_ref::<Object>());
        names.iter().filter_map(|name| name.as_string()).collect()
    }
    pub fn quoted(text: &str) -> String {
        // A text always has a JSON form.
        JSON::stringify(&text.into()).map_or_else(|_| String::new(), String::from)
    }
}

/// The same where tests run, which have no browser.
#[cfg(test)]
mod value {
    pub use serde_json::Value;

    pub fn parse(text: &str) -> Option<Value> {
        serde_json::from_str(text).ok()
    }
    pub fn field(of: &Value, name: &str) -> Value {
        of.get(name).cloned().unwrap_or_default()
    }
    pub fn is_object(value: &Value) -> bool {
        value.is_object()
    }
    pub fn is_nothing(value: &Value) -> bool {
        value.is_null()
    }
    pub fn text(value: &Value) -> Option<String> {
        value.as_str().map(str::to_owned)
    }
    pub fn flag(value: &Value) -> Option<bool> {
        value.as_bool()
    }
    pub fn number(value: &Value) -> Option<f64> {
        value.as_f64()
    }
    pub fn items(value: &Value) -> Option<Vec<Value>> {
        value.as_array().cloned()
    }
    pub fn names(of: &Value) -> Vec<String> {
        let object = of.as_object();
        object.map_or_else(Vec::new, |it| it.keys().cloned().collect())
    }
    pub fn quoted(text: &str) -> String {
        Value::from(text).to_string()
    }
}
