//! A signature: the name typed, or drawn with whatever points. By keyboard it is typed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use portico_wire::forms::{Answer, Signature, limits};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};
use yew::virtual_dom::ListenerKind;

use crate::{
    el::{El, el},
    forms::sheet::{About, Sheet},
    part::Hooks,
    portal::parts::quiet,
    texts::{Key, joined},
};

const WIDTH: i32 = 1000;
const HEIGHT: i32 = 400;

struct Pad {
    sheet: Rc<Sheet>,
    at: usize,
    draws: Cell<bool>,
    /// A stroke is being drawn.
    down: Cell<bool>,
    path: RefCell<String>,
    last: Cell<(i32, i32)>,
}

impl Pad {
    /// Where the pointer is, in the units of the path.
    fn place(pad: &Element, event: &PointerEvent) -> (i32, i32) {
        let around = pad.get_bounding_client_rect();
        let share = |at: i32, from: f64, of: f64, all: i32| {
            let share = (f64::from(at) - from) / of.max(1.0);
            ((share * f64::from(all)) as i32).clamp(0, all)
        };
        (
            share(event.client_x(), around.left(), around.width(), WIDTH),
            share(event.client_y(), around.top(), around.height(), HEIGHT),
        )
    }

    fn pointer(&self, event: &Event, begins: bool) {
        let event: &PointerEvent = event.unchecked_ref();
        let target = event.target().and_then(|target| {
            let target: &Element = target.unchecked_ref();
            target.closest("svg").ok()?
        });
        let Some(pad) = target else { return };
        if begins {
            if event.button() != 0 {
                return;
            }
            event.prevent_default();
            pad.set_pointer_capture(event.pointer_id()).ok();
            self.down.set(true);
        } else if !self.down.get() {
            return;
        }
        let (x, y) = Self::place(&pad, event);
        let mut path = self.path.borrow_mut();
        let (from_x, from_y) = self.last.get();
        // The longer it gets, the coarser: it has to fit.
        let step = 6 + path.len() as i32 / 1_500;
        let near = (x - from_x).abs() < step && (y - from_y).abs() < step;
        if path.len() > limits::DRAWING - 24 || !begins && near {
            return;
        }
        self.last.set((x, y));
        // A dot is a line too.
        let (x, y) = (x.to_string(), y.to_string());
        let next = if begins {
            joined(&["M", &x, " ", &y, "L", &x, " ", &y])
        } else {
            joined(&["L", &x, " ", &y])
        };
        path.push_str(&next);
        // Drawn at once; rendered when the stroke is done.
        if let Some(line) = pad.query_selector("path:last-child").ok().flatten() {
            line.set_attribute("d", &path).ok();
        }
    }

    fn up(&self) {
        if self.down.replace(false) {
            let path = self.path.borrow().clone();
            self.sign(Signature::Drawn(path));
        }
    }

    fn sign(&self, signature: Signature) {
        let answer = Answer::Signature(signature);
        self.sheet.typed(self.at, Some(answer));
    }

    fn clear(&self) {
        self.path.replace(String::new());
        self.sheet.typed(self.at, None);
    }

    fn turn(&self, draws: bool) {
        if self.draws.replace(draws) != draws {
            // One or the other is the signature.
            self.clear();
        }
    }
}

pub fn signature(
    sheet: &Rc<Sheet>,
    at: usize,
    about: &About,
    answer: Option<&Answer>,
    hooks: &Hooks,
) -> El {
    let pad = hooks.state(|| {
        let drawn = matches!(&answer, Some(Answer::Signature(Signature::Drawn(_))));
        Rc::new(Pad {
            sheet: sheet.clone(),
            at,
            draws: Cell::new(drawn),
            down: Cell::default(),
            path: RefCell::default(),
            last: Cell::default(),
        })
    });
    let mut typed = String::new();
    // A stroke that is being drawn is newer than any answer.
    if !pad.down.get() {
        let mut path = String::new();
        match answer {
            Some(Answer::Signature(Signature::Drawn(drawn))) => {
                pad.draws.set(true);
                path.push_str(drawn);
            }
            Some(Answer::Signature(Signature::Typed(name))) => {
                pad.draws.set(false);
                typed.push_str(name);
            }
            _ => {}
        }
        pad.path.replace(path);
    }
    let draws = pad.draws.get();
    let way = |key: Key, to: bool| {
        let turn = pad.clone();
        quiet(&sheet.shared.texts, key, false)
            .set("aria-pressed", if draws == to { "true" } else { "false" })
            .on_click(move || turn.turn(to))
    };
    let ways = el("div.ways")
        .add(way(t!("form.sign_type"), false))
        .add(way(t!("form.sign_draw"), true));
    let inside = if draws {
        board(&pad)
    } else {
        let signing = pad.clone();
        let input = el("input.text.hand type=text autocomplete=off maxlength=120");
        let input = input
            .value(&typed)
            .on_input(move |input| signing.sign(Signature::Typed(input.value())));
        el("label.written")
            .say(&sheet.shared.texts, t!("form.sign_name"))
            .add(input)
    };
    about.group(el("div.sign"), "group").add(ways).add(inside)
}

fn board(pad: &Rc<Pad>) -> El {
    let path = pad.path.borrow().clone();
    let (begins, moves, ends, lost, clears) = (
        pad.clone(),
        pad.clone(),
        pad.clone(),
        pad.clone(),
        pad.clone(),
    );
    let line = el(
        "path fill=none stroke=currentColor stroke-width=7 stroke-linecap=round stroke-linejoin=round",
    );
    let board = el("svg.board role=img")
        .set("viewBox", "0 0 1000 400")
        .set("aria-label", &pad.sheet.say(t!("form.sign_here")))
        .add(el("path.rule d=M60,320L940,320"))
        .add(line.set("d", &path))
        .on(
            || ListenerKind::onpointerdown,
            move |event| begins.pointer(&event, true),
        )
        .on(
            || ListenerKind::onpointermove,
            move |event| moves.pointer(&event, false),
        )
        .on(|| ListenerKind::onpointerup, move |_| ends.up())
        .on(|| ListenerKind::onpointercancel, move |_| lost.up());
    let clear = quiet(
        &pad.sheet.shared.texts,
        t!("form.sign_clear"),
        path.is_empty(),
    );
    el("div.stack.tight")
        .add(board)
        .add(clear.on_click(move || clears.clear()))
}
