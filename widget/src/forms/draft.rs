//! Nothing typed is lost: it is kept on this device at once, and on the server a moment later; what
//! did not get there is sent when it can be.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use portico_wire::Code;

use crate::{
    access::Trouble,
    api::Failure,
    dates::now_ms,
    forms::{
        fill::Fill,
        replies::{self, Saved},
        requests,
    },
    json::{self, Body},
    texts::{Key, joined},
};

/// After the last keystroke.
const REST_MS: u32 = 1_500;
const LONGEST_PAUSE: u32 = 60;

/// What the quiet line says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Nothing,
    Saving,
    Saved,
    Lost,
    /// The server has trouble; it is tried again.
    Later,
}

impl Status {
    pub const fn key(self) -> Option<Key> {
        Some(match self {
            Status::Nothing => return None,
            Status::Saving => t!("form.saving"),
            Status::Saved => t!("form.saved"),
            Status::Lost => t!("form.kept"),
            Status::Later => t!("form.kept_later"),
        })
    }
}

/// A field that was typed in since the last save that was answered.
#[derive(Clone, Copy, PartialEq)]
pub struct Unsent {
    pub at: usize,
    when: f64,
    /// The server does not take it as it stands: it waits for another word, or for being sent.
    refused: bool,
}

impl Unsent {
    const fn new(at: usize, when: f64) -> Self {
        Self {
            at,
            when,
            refused: false,
        }
    }
}

impl Fill {
    fn name(&self) -> String {
        joined(&[self.contact(), "/", &self.path])
    }

    fn written(&self, unsent: &[Unsent], told: impl Fn(f64) -> i64) -> Body {
        let change = |one: &Unsent| {
            let field = &self.sheet.form.fields[one.at].id;
            requests::change(field, self.sheet.answer(one.at).as_ref(), told(one.when))
        };
        let changes: Vec<String> = unsent.iter().map(change).collect();
        requests::draft(self.version, self.revision.get(), &changes)
    }

    /// For the server: how long ago each was typed.
    pub fn body(&self, unsent: &[Unsent]) -> Body {
        let now = now_ms();
        self.written(unsent, |when| ((now - when) / 1000.0).max(0.0) as i64)
    }

    /// On this device: when each was typed.
    pub fn keep(&self) {
        let unsent = self.unsent.borrow();
        let text = if unsent.is_empty() {
            String::new()
        } else {
            self.written(&unsent, |when| when as i64).done()
        };
        self.shared.api.session().keep(&self.name(), &text);
    }

    /// Takes up what this device kept and the server never got.
    pub fn take_up(self: &Rc<Self>) {
        if self.over.get() {
            return;
        }
        let kept = self.shared.api.session().kept(&self.name());
        let kept = kept.and_then(|text| json::read(&text, replies::kept));
        for ((field, answer), when) in kept.unwrap_or_default() {
            let Some(at) = self.sheet.place_of(&field) else {
                continue;
            };
            let kind = &self.sheet.form.fields[at].kind;
            if answer.as_ref().is_none_or(|answer| answer.fits(kind)) {
                self.sheet.put(at, answer);
                let when = when as f64;
                self.unsent.borrow_mut().push(Unsent::new(at, when));
            }
        }
        if !self.unsent.borrow().is_empty() {
            self.schedule(100);
        }
    }

    pub fn typed(self: &Rc<Self>, at: usize) {
        if self.done() {
            return;
        }
        {
            let mut unsent = self.unsent.borrow_mut();
            unsent.retain(|one| one.at != at);
            unsent.push(Unsent::new(at, now_ms()));
        }
        self.keep();
        // What was sent before, if it was, was something else.
        self.key.borrow_mut().clear();
        self.pause.set(0);
        self.schedule(REST_MS);
    }

    pub fn left(self: &Rc<Self>, at: usize) {
        let held = self.held.take();
        for (field, answer) in held {
            if field == at {
                self.take(field, answer);
            } else {
                self.held.borrow_mut().push((field, answer));
            }
        }
        if self.pause.get() == 0 {
            self.save_now();
        }
    }

    fn schedule(self: &Rc<Self>, ms: u32) {
        let fill = self.clone();
        let timer = Timeout::new(ms, move || fill.save());
        self.timer.replace(Some(timer));
    }

    pub fn save_now(self: &Rc<Self>) {
        self.timer.take();
        self.save();
    }

    fn says(&self, status: Status) {
        if self.status.replace(status) != status {
            if status == Status::Lost {
                self.shared.announce(self.sheet.say(t!("form.kept")));
            }
            self.redraw_foot();
        }
    }

    fn save(self: &Rc<Self>) {
        let mut unsent = self.unsent.borrow().clone();
        unsent.retain(|one| !one.refused);
        if unsent.is_empty() || self.saving.get() || self.over.get() {
            return;
        }
        self.saving.set(true);
        if self.pause.get() == 0 {
            self.says(Status::Saving);
        }
        let (fill, body) = (self.clone(), self.body(&unsent));
        let then = move |reply| fill.heard(&unsent, reply);
        self.shared.api.save_draft(&self.path, body, then);
    }

    fn heard(self: &Rc<Self>, told: &[Unsent], reply: Result<Saved, Failure>) {
        self.saving.set(false);
        if self.over.get() {
            return;
        }
        let failure = match reply {
            Ok(saved) => {
                self.pause.set(0);
                self.revision.set(saved.revision);
                self.unsent.borrow_mut().retain(|one| !told.contains(one));
                for (field, answer) in saved.newer {
                    if let Some(at) = self.sheet.place_of(&field) {
                        self.take(at, answer);
                    }
                }
                self.keep();
                return self.goes_on();
            }
            Err(failure) => failure,
        };
        match &failure {
            Failure::Problem(problem) if problem.is(Code::SessionEnded) => {}
            Failure::Problem(problem) if !problem.fault && !problem.is(Code::RateLimited) => {
                let field = problem.field.as_deref();
                match field.and_then(|field| self.sheet.place_of(field)) {
                    // The others are saved without it; it stays on the screen.
                    Some(at) => {
                        self.sheet.told(at, &problem.detail);
                        for one in self.unsent.borrow_mut().iter_mut() {
                            one.refused |= one.at == at;
                        }
                        self.goes_on();
                    }
                    None => {
                        self.over.set(true);
                        self.says(Status::Nothing);
                        let trouble = Trouble::of(&failure, &self.shared);
                        self.shared.announce(trouble.spoken());
                        self.trouble.set(Some(Rc::new(trouble)));
                    }
                }
            }
            _ => {
                let pause = (self.pause.get() * 2).clamp(4, LONGEST_PAUSE);
                self.pause.set(pause);
                self.schedule(pause * 1000);
                self.says(if failure.is_lost() {
                    Status::Lost
                } else {
                    Status::Later
                });
            }
        }
    }

    fn goes_on(self: &Rc<Self>) {
        let unsent = self.unsent.borrow();
        if unsent.is_empty() {
            self.says(Status::Saved);
        } else if unsent.iter().all(|one| one.refused) {
            self.says(Status::Nothing);
        } else {
            self.schedule(REST_MS);
        }
    }

    /// What somebody else typed, unless it was typed over here.
    fn take(&self, at: usize, answer: Option<portico_wire::forms::Answer>) {
        if self.unsent.borrow().iter().any(|one| one.at == at) {
            return;
        }
        if self.sheet.at_caret() == Some(at) {
            self.held.borrow_mut().push((at, answer));
            return;
        }
        let state = &self.sheet.states[at];
        state.raw.replace(None);
        state.unread.replace(None);
        self.sheet.put(at, answer);
    }
}
