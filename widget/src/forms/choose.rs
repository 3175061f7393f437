//! A drop-down that can be searched: a text field with a list (the combobox of WAI-ARIA).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::JsString;
use portico_wire::forms::{Answer, Chosen, OneOf};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::virtual_dom::ListenerKind;

use crate::{
    el::{El, el},
    forms::{
        controls::written,
        sheet::{About, Sheet},
    },
    icons,
    part::Hooks,
    texts::joined,
};

struct List {
    sheet: Rc<Sheet>,
    at: usize,
    open: Cell<bool>,
    /// Which of those that are shown.
    active: Cell<usize>,
    /// What is searched for; none: nothing was typed yet.
    search: RefCell<Option<String>>,
    /// The options, for searching.
    plain: Vec<String>,
    id: String,
}

fn plain(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}

impl List {
    fn options(&self) -> (&[String], bool) {
        let kind = &self.sheet.form.fields[self.at].kind;
        kind.options().unwrap_or_default()
    }

    /// The places of the options that are shown; one behind the last stands for something else.
    fn found(&self) -> Vec<usize> {
        let search = self.search.borrow();
        let search = plain(search.as_deref().unwrap_or_default().trim());
        let all = self.plain.iter().enumerate();
        // The browser's own search: Rust's is kilobytes.
        let has = |text: &str| JsString::from(text).includes(&search, 0);
        let found = all.filter(|(_, text)| search.is_empty() || has(text));
        let mut found: Vec<usize> = found.map(|(at, _)| at).collect();
        if self.options().1 {
            found.push(self.plain.len());
        }
        found
    }

    fn redraw(&self) {
        self.sheet.redraw(self.at);
    }

    fn open(&self) {
        self.open.set(true);
        self.active.set(0);
        self.redraw();
    }

    fn close(&self) {
        self.open.set(false);
        self.search.replace(None);
        self.redraw();
    }

    fn choose(&self, option: usize) {
        let (options, _) = self.options();
        let chosen = match options.get(option) {
            Some(option) => Chosen {
                options: vec![option.clone()],
                other: None,
            },
            None => Chosen {
                options: Vec::new(),
                other: Some(String::new()),
            },
        };
        self.close();
        self.sheet.typed(self.at, Some(Answer::Choices(chosen)));
    }

    fn typed(&self, input: &HtmlInputElement) {
        self.search.replace(Some(input.value()));
        self.open();
    }

    /// The field was left: what was typed counts where it is an option.
    fn left(&self) {
        let typed = self.search.borrow().clone();
        if let Some(typed) = typed {
            let typed = plain(typed.trim());
            let same = self.plain.iter().position(|option| *option == typed);
            if let Some(option) = same {
                return self.choose(option);
            }
            if typed.is_empty() {
                self.sheet.typed(self.at, None);
            }
        }
        if self.open.get() {
            self.close();
        }
    }

    fn key(&self, event: &Event) {
        let event: &KeyboardEvent = event.unchecked_ref();
        let found = self.found();
        let (active, last) = (self.active.get(), found.len().saturating_sub(1));
        let open = self.open.get();
        let to = match &*event.key() {
            "ArrowDown" if !open => return self.open(),
            "ArrowDown" => (active + 1).min(last),
            "ArrowUp" if open => active.saturating_sub(1),
            "PageDown" if open => (active + 8).min(last),
            "PageUp" if open => active.saturating_sub(8),
            "Enter" if open => {
                event.prevent_default();
                if let Some(option) = found.get(active) {
                    self.choose(*option);
                }
                return;
            }
            "Escape" if open => {
                // Closes this, and nothing around it.
                event.stop_propagation();
                return self.close();
            }
            _ => return,
        };
        event.prevent_default();
        self.active.set(to);
        self.redraw();
    }

    /// Moves the list so that the active option is seen.
    fn follow(&self) {
        let root = &self.sheet.shared.pieces.root;
        let active = root.get_element_by_id(&joined(&[&self.id, "-active"]));
        let Some(active) = active.and_then(|it| it.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let Some(list) = active.parent_element() else {
            return;
        };
        let (top, height) = (active.offset_top(), active.offset_height());
        if top < list.scroll_top() {
            list.set_scroll_top(top);
        } else if top + height > list.scroll_top() + list.client_height() {
            list.set_scroll_top(top + height - list.client_height());
        }
    }
}

pub fn drop_down(
    sheet: &Rc<Sheet>,
    at: usize,
    about: &About,
    one: &OneOf,
    answer: Option<&Answer>,
    hooks: &Hooks,
) -> El {
    let list = hooks.state(|| {
        Rc::new(List {
            sheet: sheet.clone(),
            at,
            open: Cell::default(),
            active: Cell::default(),
            search: RefCell::default(),
            plain: one.options.iter().map(|option| plain(option)).collect(),
            id: about.id.clone(),
        })
    });
    let none = Chosen::default();
    let chosen = match answer {
        Some(Answer::Choices(chosen)) => chosen,
        _ => &none,
    };
    let open = list.open.get();
    let active = list.active.get();
    let following = list.clone();
    let key = if open {
        active.to_string()
    } else {
        String::new()
    };
    hooks.after(&key, move || {
        following.follow();
        None
    });
    let other = sheet.say(t!("form.other"));
    let first = chosen.options.first();
    let shown = first.or(chosen.other.as_ref().map(|_| &other));
    let shown = list.search.borrow().clone().or(shown.cloned());
    let (name, active_id) = (
        joined(&[&about.id, "-list"]),
        joined(&[&about.id, "-active"]),
    );
    let (typing, keys, pressing, leaving) =
        (list.clone(), list.clone(), list.clone(), list.clone());
    let input = about
        .single(el("input.text type=text role=combobox autocomplete=off autocapitalize=none spellcheck=false aria-autocomplete=list"))
        .set("aria-expanded", if open { "true" } else { "false" })
        .set("aria-controls", &name)
        .set_some("aria-activedescendant", open.then_some(&active_id))
        .value(&shown.unwrap_or_default())
        .on_input(move |input| typing.typed(input))
        .on(|| ListenerKind::onkeydown, move |event| keys.key(&event))
        .on_click(move || {
            if pressing.open.get() {
                pressing.close();
            } else {
                pressing.open();
            }
        })
        .on(|| ListenerKind::onfocusout, move |_| leaving.left());
    let combo = el("div.combo").add(input).add(icons::down());
    let combo = combo.maybe(open.then(|| shown_list(&list, one, &name, &active_id, &other)));
    let written = chosen.other.as_deref().map(|text| written(sheet, text));
    el("div.stack.tight").add(combo).maybe(written)
}

fn shown_list(list: &Rc<List>, one: &OneOf, name: &str, active_id: &str, other: &str) -> El {
    let found = list.found();
    let row = |(place, option): (usize, &usize)| {
        let on = place == list.active.get();
        let text = one.options.get(*option).map_or(other, |text| text);
        let (pressed, option) = (list.clone(), *option);
        el("li role=option")
            .set_some("id", on.then_some(active_id))
            .set("aria-selected", if on { "true" } else { "false" })
            .text(text)
            .on_click(move || pressed.choose(option))
    };
    let none = found.is_empty();
    let rows = el("ul.list role=listbox")
        .set("id", name)
        .set("aria-labelledby", &joined(&[&list.id, "-label"]))
        // The focus stays in the field.
        .on(
            || ListenerKind::onmousedown,
            |event| event.prevent_default(),
        )
        .each(found.iter().enumerate().map(row));
    let nothing = el("li.muted role=option aria-disabled=true aria-selected=false");
    rows.maybe(none.then(|| nothing.say(&list.sheet.shared.texts, t!("form.no_match"))))
}
