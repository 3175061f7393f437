//! Replies and requests through the browser's own JSON: its parser is there already, and a
//! general one would be a fifth of this module's bytes. So would serde's derived readers.

use std::cell::Cell;

use self::value::Value;

thread_local! {
    /// Whether what is read now was so far as its reader wants it.
    static FIT: Cell<bool> = const { Cell::new(true) };
}

/// A reply, or an object in one. A field that is not as the reader wants it reads as empty and makes the
/// whole reply unfit: readers need no way out in the middle.
#[derive(Clone)]
pub struct Json(Value);

/// This is nothing the reader can take.
pub fn refuse() {
    FIT.set(false);
}

fn must<T: Default>(found: Option<T>) -> T {
    found.unwrap_or_else(|| {
        refuse();
        T::default()
    })
}

/// Reads a whole reply; `None` if it is not as `reader` wants it.
pub fn read<T>(text: &str, reader: fn(&Json) -> T) -> Option<T> {
    Json::parse(text).read(reader)
}

impl Json {
    /// What is no JSON suits only who reads nothing.
    #[inline(never)]
    pub fn parse(text: &str) -> Self {
        Self(value::parse(text).unwrap_or_default())
    }

    pub fn read<T>(&self, reader: fn(&Json) -> T) -> Option<T> {
        FIT.set(value::is_object(&self.0));
        let read = reader(self);
        FIT.get().then_some(read)
    }

    fn part(value: Value) -> Self {
        if !value::is_object(&value) {
            refuse();
        }
        Self(value)
    }

    #[inline(never)]
    pub fn opt(&self, name: &str) -> Option<String> {
        let found = value::field(&self.0, name);
        if value::is_nothing(&found) {
            return None;
        }
        Some(must(value::text(&found)))
    }

    #[inline(never)]
    pub fn text(&self, name: &str) -> String {
        must(self.opt(name))
    }

    #[inline(never)]
    pub fn flag(&self, name: &str) -> bool {
        must(value::flag(&value::field(&self.0, name)))
    }

    #[inline(never)]
    pub fn number(&self, name: &str) -> u32 {
        must(value::number(&value::field(&self.0, name))) as u32
    }

    /// Of those that JavaScript holds exactly.
    #[inline(never)]
    pub fn opt_whole(&self, name: &str) -> Option<i64> {
        let found = value::field(&self.0, name);
        if value::is_nothing(&found) {
            return None;
        }
        Some(must(value::number(&found)) as i64)
    }

    pub fn whole(&self, name: &str) -> i64 {
        must(self.opt_whole(name))
    }

    /// The names of its fields.
    #[inline(never)]
    pub fn names(&self) -> Vec<String> {
        value::names(&self.0)
    }

    #[inline(never)]
    pub fn object(&self, name: &str) -> Json {
        Json::part(value::field(&self.0, name))
    }

    #[inline(never)]
    pub fn opt_object(&self, name: &str) -> Option<Json> {
        let found = value::field(&self.0, name);
        (!value::is_nothing(&found)).then(|| Json::part(found))
    }

    #[inline(never)]
    pub fn objects(&self, name: &str) -> Vec<Json> {
        let items = must(value::items(&value::field(&self.0, name)));
        let objects = items.into_iter().map(Json::part);
        objects.collect()
    }

    /// Whatever stands there; nothing where nothing does.
    #[inline(never)]
    pub fn get(&self, name: &str) -> Json {
        Json(value::field(&self.0, name))
    }
    pub fn is_missing(&self) -> bool {
        value::is_nothing(&self.0)
    }
    /// There is something: no empty text or list, no zero, not false.
    pub fn is_there(&self) -> bool {
        match value::items(&self.0) {
            Some(items) => !items.is_empty(),
            None => !["", "0", "false"].contains(&&*self.shown()) || value::is_object(&self.0),
        }
    }
    /// A text or a whole number, as text.
    #[inline(never)]
    pub fn shown(&self) -> String {
        let number = || Some((value::number(&self.0)? as i64).to_string());
        let flag = || value::flag(&self.0).map(|flag| if flag { "true" } else { "" }.to_owned());
        let text = value::text(&self.0).or_else(number).or_else(flag);
        text.unwrap_or_default()
    }
    /// What is in a list that may be missing.
    pub fn all_of(&self) -> Vec<Json> {
        let items = value::items(&self.0).unwrap_or_default();
        items.into_iter().map(Json).collect()
    }
    /// The same of one by its name.
    pub fn some(&self, name: &str) -> Vec<Json> {
        self.get(name).all_of()
    }

    /// What `reader` makes of each object of a list.
    #[inline(never)]
    pub fn list<T>(&self, name: &str, reader: fn(&Json) -> T) -> Vec<T> {
        let mut all = Vec::new();
        for item in self.objects(name) {
            all.push(reader(&item));
        }
        all
    }

    /// This itself, as a list.
    #[inline(never)]
    pub fn all(&self) -> Vec<Json> {
        let items = must(value::items(&self.0));
        items.into_iter().map(Json).collect()
    }

    /// This itself, as a text.
    pub fn words(&self) -> Option<String> {
        value::text(&self.0)
    }

    #[inline(never)]
    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = must(value::items(&value::field(&self.0, name)));
        let texts = items.iter().map(|item| must(value::text(item)));
        texts.collect()
    }

    /// One of the words of an enum; a word that is not among them is unfit.
    pub fn word<T: Copy>(&self, name: &str, all: &'static [T], word: fn(T) -> &'static str) -> T {
        let text = self.text(name);
        let found = all.iter().find(|&&one| word(one) == text);
        if found.is_none() {
            refuse();
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
