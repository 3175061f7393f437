//! What happens while the portal is open: a stream of the server's events; where none gets through, a question now and then.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

use crate::{
    api::Failure,
    app::Shared,
    json::{self, Body, Json},
    part::{Hooks, Value},
    texts::joined,
};

/// Milliseconds until the next try, and until a stream that says nothing is given up.
const PAUSE: u32 = 8000;

/// What waits unread: messages, notifications.
pub type Counts = (String, String);

type Asks = Rc<dyn Fn()>;
type Heard = Rc<dyn Fn(&Json)>;

/// Between the stream and who listens.
#[derive(Default)]
pub struct Live {
    /// Asks for the conversation that is open again.
    pub open: RefCell<Option<Asks>>,
    heard: RefCell<Option<Heard>>,
    shared: RefCell<Option<Shared>>,
    source: RefCell<Option<Stream>>,
}

struct Stream {
    source: EventSource,
    _listeners: [EventListener; 2],
    _patience: Timeout,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Of home, or of a pulse.
pub fn counts(pulse: &Json) -> Counts {
    (
        pulse.get("unread_messages").shown(),
        pulse.get("unread_notifications").shown(),
    )
}

/// Listens while what asks for it is shown.
pub fn listen(hooks: &Hooks, shared: &Shared, counts: Rc<Value<Counts>>) {
    let shared = shared.clone();
    hooks.after("", move || {
        let live = shared.live.clone();
        live.shared.replace(Some(shared));
        live.heard.replace(Some(Rc::new(move |pulse| {
            let now = self::counts(pulse);
            if now != counts.get() {
                counts.set(now);
            }
        })));
        live.begin();
        Some(Box::new(move || {
            live.shared.take();
            live.heard.take();
            live.source.take();
        }))
    });
}

impl Live {
    fn hear(&self, pulse: &Json) {
        let heard = self.heard.borrow().clone();
        if let Some(heard) = heard {
            heard(pulse);
        }
        let open = self.open.borrow().clone();
        if let (Some(open), true) = (open, pulse.opt("conversation").is_some()) {
            open();
        }
    }

    /// Says something the reply of which is a pulse.
    pub fn tell(self: &Rc<Self>, path: &str, body: Body, done: Rc<dyn Fn()>) {
        let live = self.clone();
        let then = move |reply: Result<Json, Failure>| {
            if let Ok(pulse) = reply {
                live.hear(&pulse);
                done();
            }
        };
        if let Some(shared) = &*self.shared.borrow() {
            shared.api.post(path, body, Box::new(then));
        }
    }

    fn begin(self: &Rc<Self>) {
        let Some(shared) = self.shared.borrow().clone() else {
            return;
        };
        let live = self.clone();
        let then = move |reply: Result<Json, Failure>| match reply {
            Ok(reply) => live.stream(&reply.text("ticket")),
            Err(_) => live.pause(),
        };
        shared.api.post("live", Body::new(), Box::new(then));
    }

    fn stream(self: &Rc<Self>, ticket: &str) {
        let Some(shared) = self.shared.borrow().clone() else {
            return;
        };
        let address = shared.api.address(&joined(&["live?ticket=", ticket]));
        let Ok(source) = EventSource::new(&address) else {
            return self.pause();
        };
        let (hearing, losing, waiting) = (self.clone(), self.clone(), self.clone());
        let heard = Rc::new(Cell::new(false));
        let hears = heard.clone();
        let listeners = [
            EventListener::new(&source, "message", move |event| {
                hears.set(true);
                let data = event.unchecked_ref::<MessageEvent>().data().as_string();
                let pulse = json::read(&data.unwrap_or_default(), Json::clone);
                if let Some(pulse) = pulse {
                    hearing.hear(&pulse);
                }
            }),
            EventListener::new(&source, "error", move |_| losing.pause()),
        ];
        // The first event comes at once, unless somebody on the way keeps it.
        let patience = Timeout::new(PAUSE, move || {
            if !heard.get() {
                waiting.pause();
            }
        });
        self.source.replace(Some(Stream {
            source,
            _listeners: listeners,
            _patience: patience,
        }));
    }

    /// Asks instead, and tries again.
    fn pause(self: &Rc<Self>) {
        let live = self.clone();
        Timeout::new(PAUSE, move || {
            // Not while one of its own listeners is at work.
            live.source.take();
            let Some(shared) = live.shared.borrow().clone() else {
                return;
            };
            let asking = live.clone();
            let then = move |reply: Result<Json, Failure>| {
                if let Ok(pulse) = reply {
                    asking.hear(&pulse);
                    if let Some(open) = asking.open.borrow().clone() {
                        open();
                    }
                }
                asking.begin();
            };
            shared.api.get("pulse", Box::new(then));
        })
        .forget();
    }
}
