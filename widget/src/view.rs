//! Screens that are mostly read, written as text: what stands where, and which part of a reply. An element is
//! a tenth of the bytes it would be as code.
//!
//! - `div.head( … )`: an element as [`el`] takes it, with what is inside. `{…}` in an attribute is a value;
//!   and `~` a blank; `key={…}` its key; `on=…` what pressing it does.
//! - `'…'`: words, with values in `{…}`.
//! - `?path( … )`, `!path( … )`: where there is something, where there is nothing; `?path=word|word` where it is that,
//!   `?path=.other` where both are the same, `?path,path` where one of them is something, `?$acts` where somebody may act.
//! - `*path( … )`: for each of a list. `>path( … )`: inside an object. `^name` is of what is around it.
//! - `@name …()`: one of the [`parts`](View::part) that are code.
//!
//! Values: `{t:key}` a text, `{t:key name=path|how}` one that is filled in, `{family/path}` the word of a family,
//! `{path}` and `{path|how:path}`. Presses: `on=go:path`, `on=href:path`, `on=save:path`, `on=act:name`.

use std::rc::Rc;

use yew::Html;

use crate::{
    app::Shared,
    dates,
    el::{El, el, list, nothing, text},
    forms::show::{address, size},
    icons,
    json::Json,
    papers,
    portal::{parts::tag, section::Go},
    replies,
    sending::save,
    texts::{filled, number},
};

type Act = dyn Fn(&str, &Json);
type Part = dyn Fn(&str, &Json) -> Html;

/// What a screen brings with it.
pub struct View {
    pub shared: Shared,
    /// To another path of the section.
    pub to: Go,
    /// Nobody only looks on.
    pub acts: bool,
    /// A press of `on=act:`, by its name and what it stands in.
    pub act: Box<Act>,
    /// Parts of its own, by their names and what they stand in.
    pub part: Box<Part>,
}

/// What values are looked up in.
struct Scope<'a> {
    here: Json,
    around: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    fn find(&self, path: &str) -> Json {
        if let (Some(path), Some(around)) = (path.strip_prefix('^'), self.around) {
            return around.find(path);
        }
        let mut found = self.here.clone();
        for name in path.split('.').filter(|name| !name.is_empty()) {
            found = found.get(name);
        }
        found
    }
}

struct Reader<'a> {
    view: &'a Rc<View>,
    text: &'static str,
    at: usize,
}

/// What `text`, one element, makes of a reply.
pub fn draw(view: &Rc<View>, text: &'static str, reply: &Json) -> El {
    let mut reader = Reader { view, text, at: 0 };
    let scope = Scope {
        here: reply.clone(),
        around: None,
    };
    let spec = reader.until('(');
    reader.whole(spec, &scope)
}

impl Reader<'_> {
    fn sign(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b')')
    }

    /// Up to a sign, which is passed over.
    fn until(&mut self, sign: char) -> &'static str {
        let rest = &self.text[self.at..];
        let end = rest.find(sign).unwrap_or(rest.len());
        self.at += end + 1;
        &rest[..end]
    }

    /// Passes over what stands up to the closing parenthesis.
    fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0 && self.at < self.text.len() {
            let sign = self.sign();
            self.at += 1;
            match sign {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\'' => {
                    self.until('\'');
                }
                _ => {}
            }
        }
    }

    fn nodes(&mut self, scope: &Scope<'_>) -> Vec<Html> {
        let mut all = Vec::new();
        loop {
            match self.sign() {
                b' ' => self.at += 1,
                b')' => break,
                _ => all.push(self.node(scope)),
            }
        }
        self.at += 1;
        all
    }

    fn node(&mut self, scope: &Scope<'_>) -> Html {
        let sign = self.sign();
        if b"'?!*>@".contains(&sign) {
            self.at += 1;
        }
        if sign == b'\'' {
            let words = self.until('\'');
            return text(&self.expand(words, scope));
        }
        let spec = self.until('(');
        match sign {
            b'?' | b'!' => {
                if self.holds(spec, scope) == (sign == b'?') {
                    return list(self.nodes(scope));
                }
                self.skip();
                nothing()
            }
            b'*' => {
                let (from, mut all) = (self.at, Vec::new());
                for here in scope.find(spec).all_of() {
                    self.at = from;
                    let around = Some(scope);
                    all.extend(self.nodes(&Scope { here, around }));
                }
                self.at = from;
                self.skip();
                list(all)
            }
            b'>' => {
                let here = scope.find(spec);
                if here.is_missing() {
                    self.skip();
                    return nothing();
                }
                let around = Some(scope);
                list(self.nodes(&Scope { here, around }))
            }
            b'@' => {
                self.skip();
                self.part(spec, scope)
            }
            _ => self.whole(spec, scope).into(),
        }
    }

    fn whole(&mut self, spec: &'static str, scope: &Scope<'_>) -> El {
        let made = self.element(spec, scope);
        let inside = self.nodes(scope);
        inside.into_iter().fold(made, El::add)
    }

    fn holds(&self, spec: &str, scope: &Scope<'_>) -> bool {
        if spec == "$acts" {
            return self.view.acts;
        }
        match spec.split_once('=') {
            Some((path, word)) => {
                let found = scope.find(path).shown();
                match word.strip_prefix('.') {
                    Some(other) => found == scope.find(other).shown(),
                    None => word.split('|').any(|word| word == found),
                }
            }
            None => spec.split(',').any(|path| scope.find(path).is_there()),
        }
    }

    fn element(&self, spec: &'static str, scope: &Scope<'_>) -> El {
        let mut words = spec.split(' ');
        let mut made = el(words.next().unwrap_or_default());
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let said = self.expand(&value.replace('~', " "), scope);
            made = match name {
                "key" => made.key(&said),
                "on" => self.press(made, &said, scope),
                _ => made.set(name, &said),
            };
        }
        made
    }

    fn press(&self, made: El, spec: &str, scope: &Scope<'_>) -> El {
        let (view, here) = (self.view.clone(), scope.here.clone());
        let spec = spec.to_owned();
        made.on_click(move || {
            let (how, what) = spec.split_once(':').unwrap_or_default();
            match how {
                "go" => (view.to)(Some(what.to_owned())),
                "href" => {
                    // Told to save it, the browser stays here.
                    gloo::utils::window().location().set_href(what).ok();
                }
                "save" => save(&view.shared, what),
                _ => (view.act)(what, &here),
            }
        })
    }

    fn part(&self, spec: &str, scope: &Scope<'_>) -> Html {
        let (name, rest) = spec.split_once(' ').unwrap_or((spec, ""));
        match name {
            "tag" => {
                let (family, path) = rest.split_once('/').unwrap_or_default();
                tag(&self.view.shared.texts, family, &scope.find(path).shown()).into()
            }
            "icon" => match &*self.expand(rest, scope) {
                "file" => icons::file(),
                "pen" => icons::pen(),
                "device" => icons::device(),
                "tick" => icons::tick(),
                other => icons::named(other),
            }
            .into(),
            "paper" => {
                let nodes = scope.find(rest).all_of();
                papers::draw(&nodes, &self.view.shared.texts).into()
            }
            "log" => papers::log(&scope.here, &self.view.shared).into(),
            "ways" => papers::ways(&self.view.shared, &self.expand(rest, scope)),
            _ => (self.view.part)(spec, &scope.here),
        }
    }

    #[inline(never)]
    fn expand(&self, words: &str, scope: &Scope<'_>) -> String {
        let mut parts = words.split(['{', '}']);
        let mut out = parts.next().unwrap_or_default().to_owned();
        while let Some(value) = parts.next() {
            out.push_str(&self.value(value, scope));
            out.push_str(parts.next().unwrap_or_default());
        }
        out
    }

    fn value(&self, spec: &str, scope: &Scope<'_>) -> String {
        let texts = &self.view.shared.texts;
        if spec.starts_with(|sign: char| sign.is_ascii_digit()) {
            let mut words = spec.split(' ');
            let key = number(words.next().unwrap_or_default());
            let mut values = Vec::new();
            for word in words {
                let (name, path) = word.split_once('=').unwrap_or_default();
                values.push((name, self.value(path, scope)));
            }
            let values: Vec<_> = values.iter().map(|(name, it)| (*name, &**it)).collect();
            return filled(&texts.numbered(key as u32), &values);
        }
        if let Some((family, path)) = spec.split_once('/') {
            return texts.of(family, &scope.find(path).shown());
        }
        let (path, how) = spec.split_once('|').unwrap_or((spec, ""));
        let mut how = how.split(':');
        let kind = how.next().unwrap_or_default();
        let arg = |path: Option<&str>| path.map_or_else(String::new, |it| scope.find(it).shown());
        let (found, language) = (scope.find(path), self.view.shared.language());
        let said = found.shown();
        match kind {
            "language" => dates::display_name("language", &said, &language),
            "address" => address(&replies::address(&found), &language).join("\n"),
            "site" => said.split('/').nth(2).unwrap_or(&said).to_owned(),
            "list" => {
                let names: Vec<String> = found.all_of().iter().map(Json::shown).collect();
                names.join(", ")
            }
            "before" => dates::day_before(&said, &language),
            "day" => dates::day(&said, true, &language),
            "date" => dates::day(&said, false, &language),
            "moment" => dates::day_and_time(&said, &language),
            "money" => dates::money(&found, &language),
            "size" => size(number(&said)),
            "span" => dates::span(&said, &arg(how.next()), &language),
            "hours" => {
                let (ends, zone) = (arg(how.next()), arg(how.next()));
                dates::hours(&said, &ends, &zone, &language)
            }
            "dom" => dates::day_and_month(&said, &language).0,
            "month" => dates::day_and_month(&said, &language).1,
            _ => said,
        }
    }
}

/// The views, as the build script shortened them.
macro_rules! views {
    ($($name:ident = $file:literal;)*) => {
        $(pub const $name: &str = include_str!(concat!(env!("OUT_DIR"), "/", $file, ".view"));)*
    };
}

views! {
    EVENT = "event";
    EVENTS = "events";
    DOCUMENT = "document";
    DOCUMENTS = "documents";
    INVOICE = "invoice";
    INVOICES = "invoices";
    INSTALMENTS = "instalments";
    PAYMENTS = "payments";
    ORDER = "order";
    ORDERS = "orders";
    QUOTES = "quotes";
    ASKED = "asked";
    OFFERED = "offered";
    CONTRACTS = "contracts";
    SENT = "sent";
    CONTRACT = "contract";
    QUOTE = "quote";
    TODO = "todo";
    HOME = "home";
    WANTED = "wanted";
    ACTIVITY = "activity";
    PROFILE = "profile";
    DEVICES = "devices";
    CONVERSATIONS = "conversations";
    MESSAGE = "message";
    NOTIFICATIONS = "notifications";
}

#[cfg(test)]
mod tests {
    /// One sign too many, and everything behind it would stand somewhere else.
    #[test]
    fn every_view_is_one_element_that_closes_what_it_opens() {
        let views = [
            super::EVENT,
            super::EVENTS,
            super::DOCUMENT,
            super::DOCUMENTS,
            super::INVOICE,
            super::INVOICES,
            super::INSTALMENTS,
            super::PAYMENTS,
            super::ORDER,
            super::ORDERS,
            super::QUOTES,
            super::ASKED,
            super::OFFERED,
            super::CONTRACTS,
            super::SENT,
            super::CONTRACT,
            super::QUOTE,
            super::TODO,
            super::HOME,
            super::WANTED,
            super::ACTIVITY,
            super::PROFILE,
            super::DEVICES,
            super::CONVERSATIONS,
            super::MESSAGE,
            super::NOTIFICATIONS,
        ];
        for view in views {
            let (mut depth, mut quoted, mut ends) = (0, false, Vec::new());
            for (at, sign) in view.char_indices() {
                match sign {
                    '\'' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => {
                        depth -= 1;
                        if depth == 0 {
                            ends.push(at + 1);
                        }
                    }
                    _ => {}
                }
            }
            assert!(!quoted, "{view}");
            assert_eq!(ends, [view.trim_end().len()], "{view}");
            assert_eq!(view.matches('{').count(), view.matches('}').count());
        }
    }
}
