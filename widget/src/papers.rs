//! Papers: what is read, printed and saved. The server writes each as a tree of a few kinds of elements
//! (`portico_wire::papers`); here it is drawn, element by element, never as markup.

use std::{cell::Cell, rc::Rc};

use gloo::timers::callback::Timeout;
use yew::Html;

use crate::{
    api::Failure,
    app::Shared,
    el::{El, el, text},
    forms::fill::focus_page,
    json::Json,
    part::{Hooks, Value, part},
    portal::parts::quiet,
    style,
    texts::{Key, Texts},
};

/// How each of a paper's elements is drawn. Its headings stand below the screen's own.
const DRAWN: [(&str, &str); 24] = [
    ("h2", "h4.h2"),
    ("h3", "h5.h3"),
    ("h4", "h6.h4"),
    ("p", "p"),
    ("ul", "ul"),
    ("li", "li"),
    ("b", "b"),
    ("div", "div"),
    ("blockquote", "blockquote"),
    ("hr", "hr"),
    ("br", "br"),
    ("strong", "strong"),
    ("em", "em"),
    ("del", "del"),
    ("code", "code"),
    ("thead", "thead"),
    ("tbody", "tbody"),
    ("tfoot", "tfoot"),
    ("tr", "tr"),
    ("th", "th scope=col"),
    ("td", "td"),
    ("td.n", "td.n"),
    ("dt", "dt"),
    ("dd", "dd"),
];

/// Draws the nodes of a tree.
pub fn draw(nodes: &[Json], texts: &Texts) -> El {
    inside(el("div.sheet"), nodes, texts)
}

fn inside(around: El, nodes: &[Json], texts: &Texts) -> El {
    let mut made = around;
    for child in nodes {
        made = made.add(node(child, texts));
    }
    made
}

fn node(json: &Json, texts: &Texts) -> Html {
    if let Some(words) = json.words() {
        return text(&words);
    }
    let parts = json.all();
    let tag = parts.first().and_then(Json::words).unwrap_or_default();
    let children = parts.get(1).map(Json::all).unwrap_or_default();
    let drawn = match &*tag {
        "dl" => el("dl.names"),
        "table" => {
            // Wider than the screen it scrolls by itself, by keyboard too.
            let table = inside(el("table"), &children, texts);
            let scroll = el("div.scroll tabindex=0 role=group");
            return scroll
                .set("aria-label", &texts.get(t!("paper.table")))
                .add(table)
                .into();
        }
        _ => {
            let known = DRAWN.iter().find(|(name, _)| *name == tag);
            el(known.map_or("span", |(_, drawn)| drawn))
        }
    };
    inside(drawn, &children, texts).into()
}

/// While something is there to print, the rest of the studio's page stays off the paper.
const ALONE: &str = "@media print{body *:not(portico-portal[printing],portico-portal[printing] *,:has(portico-portal[printing])){display:none!important}:has(portico-portal[printing]){margin:0!important;padding:0!important;border:0!important;background:none!important;min-height:0!important;max-width:none!important;display:block!important}}";

/// For a screen that may be printed: its heading takes the focus, and it is printed alone.
pub fn printable(hooks: &Hooks, shared: &Shared) {
    let shown = shared.clone();
    hooks.after("", move || {
        focus_page(&shown);
        let alone = style::adopt_page(ALONE);
        let host = shown.pieces.host.clone();
        host.set_attribute("printing", "").ok();
        Some(Box::new(move || {
            host.remove_attribute("printing").ok();
            if let Some(alone) = alone {
                style::drop_page(&alone);
            }
        }))
    });
}

/// Seconds between two looks for a PDF, and how often.
const LOOKS: (u32, u32) = (3, 40);

struct Save {
    shared: Shared,
    path: String,
    /// A text's key.
    says: Value<Option<Key>>,
    left: Cell<u32>,
}

/// To save it and to print it. The address of a PDF lives for some minutes, so it is asked for when it is needed; one
/// that is still being made is looked for again.
pub fn ways(shared: &Shared, path: &str) -> Html {
    let (shared, path) = (shared.clone(), path.to_owned());
    part("ways", move |hooks| {
        let save = hooks.state(|| {
            Rc::new(Save {
                shared: shared.clone(),
                path: path.clone(),
                says: hooks.value(None),
                left: Cell::default(),
            })
        });
        let (texts, says) = (&shared.texts, save.says.get());
        let pressed = save.clone();
        let pdf = quiet(texts, t!("paper.pdf"), false).on_click(move || {
            if pressed.left.replace(LOOKS.1) == 0 {
                pressed.look();
            }
        });
        let print = quiet(texts, t!("form.print"), false).on_click(|| {
            gloo::utils::window().print().ok();
        });
        let mut status = el("p.small.muted role=status");
        if let Some(says) = says {
            status = status.say(texts, says);
        }
        el("div.acts.ways").add(pdf).add(print).add(status).into()
    })
}

impl Save {
    fn look(self: &Rc<Self>) {
        let save = self.clone();
        let then =
            move |reply: Result<Json, Failure>| save.heard(reply.ok().map(|it| it.opt("pdf")));
        self.shared.api.get(&self.path, Box::new(then));
    }

    /// `None`: no answer.
    fn heard(self: &Rc<Self>, pdf: Option<Option<String>>) {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        let says = match pdf {
            Some(Some(address)) => {
                // Told to save it, the browser stays here.
                gloo::utils::window().location().set_href(&address).ok();
                self.left.set(0);
                None
            }
            Some(None) if left > 0 => {
                let save = self.clone();
                Timeout::new(LOOKS.0 * 1000, move || save.look()).forget();
                Some(t!("paper.making"))
            }
            _ => {
                self.left.set(0);
                Some(t!("paper.later"))
            }
        };
        self.says.set(says);
    }
}

/// What happened to it, the latest last.
pub fn log(json: &Json, shared: &Shared) -> El {
    let texts = &shared.texts;
    let row = |entry: Json| {
        let by = entry.opt("by").unwrap_or_default();
        let what = texts.of("log", &entry.text("what"));
        let what = crate::texts::filled(&what, &[("name", &by)]);
        let at = crate::dates::day_and_time(&entry.text("at"), &shared.language());
        el("li").put("span", &what).put("span.small.muted", &at)
    };
    let rows = json.objects("log").into_iter().map(row);
    el("details.log")
        .tell("summary", texts, t!("paper.log"))
        .add(el("ul").each(rows))
}

#[cfg(test)]
mod tests {
    use portico_wire::papers::Tag;

    use super::DRAWN;

    #[test]
    fn every_element_of_a_paper_is_drawn() {
        use Tag::*;
        let all = [
            H2, H3, H4, P, Ul, Li, B, Div, Blockquote, Hr, Br, Strong, Em, Del, Code, Table, Thead,
            Tbody, Tfoot, Tr, Th, Td, Number, Dl, Dt, Dd,
        ];
        for tag in all {
            let name = serde_json::to_value(tag).unwrap();
            let name = name.as_str().unwrap();
            let drawn = DRAWN.iter().any(|(known, _)| *known == name);
            assert!(drawn || ["table", "dl"].contains(&name), "{name}");
        }
    }
}
