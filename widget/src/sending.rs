//! Files on their way: chosen or dropped, sent one after the other, taken off again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use web_sys::{Blob, File, HtmlInputElement, XmlHttpRequest};

use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    el::{El, el},
    forms::show,
    icons,
    json::{Body, Json},
    texts::{Key, joined},
};

/// Bytes of a part, where a file goes in parts.
const PART: f64 = 4e6;
/// Milliseconds until a lost connection is tried again.
const PAUSE: u32 = 3000;

/// How a file is sent.
pub enum Way {
    /// As the body of one request to this path.
    Whole(String),
    /// Announced to this path, then part by part: what is there stays there.
    Parts(&'static str, Body),
}

type Unfit = dyn Fn(&File, usize) -> Option<String>;

/// What is different for whoever sends.
pub struct Ways {
    /// Why a file is not even sent; the number is that of those before it.
    pub unfit: Box<Unfit>,
    pub way: Box<dyn Fn(&File) -> Way>,
    pub arrived: Box<dyn Fn(Json)>,
    /// Something has changed; whether files are on their way.
    pub redraw: Box<dyn Fn(bool)>,
}

struct Going {
    number: u32,
    file: File,
    /// Of hundred.
    share: u32,
    sending: bool,
    call: Option<XmlHttpRequest>,
    failed: Option<String>,
    /// The path of what goes in parts.
    parts: Option<String>,
    lost: bool,
}

pub struct Queue {
    shared: Shared,
    ways: Ways,
    going: RefCell<Vec<Going>>,
    next: Cell<u32>,
}

impl Queue {
    pub fn new(shared: &Shared, ways: Ways) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            ways,
            going: RefCell::default(),
            next: Cell::default(),
        })
    }

    fn redraw(&self) {
        let going = self.going.borrow();
        let waits = going.iter().any(|it| it.failed.is_none());
        drop(going);
        (self.ways.redraw)(waits);
    }

    /// The browser's own field, which takes dropped files too.
    pub fn input(self: &Rc<Self>, accept: &str, several: bool) -> El {
        let queue = self.clone();
        el("input type=file")
            .set("accept", accept)
            .mark("multiple", several)
            .on_change(move |input| queue.chosen(input))
    }

    fn chosen(self: &Rc<Self>, input: &HtmlInputElement) {
        let Some(list) = input.files() else { return };
        for at in 0..list.length() {
            if let Some(file) = list.get(at) {
                let going = self.going.borrow();
                let waiting = going.iter().filter(|it| it.failed.is_none()).count();
                drop(going);
                let failed = (self.ways.unfit)(&file, waiting);
                let number = self.next.replace(self.next.get() + 1);
                self.going.borrow_mut().push(Going {
                    number,
                    file,
                    share: 0,
                    sending: false,
                    call: None,
                    failed,
                    parts: None,
                    lost: false,
                });
            }
        }
        // The same one may be chosen again.
        input.set_value("");
        self.go();
    }

    /// Sends the first that waits, if none is on its way.
    fn go(self: &Rc<Self>) {
        let mut going = self.going.borrow_mut();
        let next = if going.iter().any(|it| it.sending) {
            None
        } else {
            going.iter_mut().find(|it| it.failed.is_none())
        };
        let next = next.map(|next| {
            next.sending = true;
            (next.number, next.file.clone())
        });
        drop(going);
        if let Some((number, file)) = next {
            match (self.ways.way)(&file) {
                Way::Whole(path) => self.put(number, "POST", &path, &file, 0.0),
                Way::Parts(path, body) => {
                    let queue = self.clone();
                    let body = body.text("name", &file.name());
                    let body = body.whole("bytes", file.size() as i64);
                    let then = move |reply: Result<Json, Failure>| {
                        if let Ok(begun) = &reply {
                            let path = joined(&[path, "/", &begun.text("id")]);
                            queue.with(number, |it| it.parts = Some(path));
                        }
                        queue.heard(number, reply);
                    };
                    self.shared.api.post(path, body, Box::new(then));
                }
            }
        }
        self.redraw();
    }

    fn put(self: &Rc<Self>, number: u32, method: &str, path: &str, content: &Blob, sent: f64) {
        let (moving, ending) = (self.clone(), self.clone());
        let moves = move |loaded: f64| {
            moving.with(number, |it| {
                it.share = ((sent + loaded) / it.file.size().max(1.0) * 100.0) as u32;
            });
            moving.redraw();
        };
        let then = move |reply| ending.heard(number, reply);
        let api = &self.shared.api;
        let call = api.upload(method, path, content, Box::new(moves), Box::new(then));
        self.with(number, |it| it.call = call);
    }

    fn with(&self, number: u32, change: impl FnOnce(&mut Going)) {
        let mut going = self.going.borrow_mut();
        if let Some(one) = going.iter_mut().find(|it| it.number == number) {
            change(one);
        }
    }

    fn heard(self: &Rc<Self>, number: u32, reply: Result<Json, Failure>) {
        let mut known = None;
        self.with(number, |it| {
            it.call = None;
            it.lost = false;
            known = Some((it.parts.clone(), it.file.clone()));
        });
        // Taken off meanwhile.
        let Some((parts, file)) = known else { return };
        match (reply, parts) {
            (Ok(there), Some(path)) if there.opt("document").is_none() => {
                let offset = there.whole("offset") as f64;
                let Ok(part) = file.slice_with_f64_and_f64(offset, offset + PART) else {
                    return;
                };
                let path = joined(&[&path, "?offset=", &(offset as i64).to_string()]);
                self.put(number, "PATCH", &path, &part, offset);
            }
            (Ok(there), _) => {
                self.going.borrow_mut().retain(|it| it.number != number);
                (self.ways.arrived)(there);
                self.go();
            }
            (Err(Failure::Lost), Some(path)) => {
                self.with(number, |it| it.lost = true);
                self.redraw();
                let queue = self.clone();
                Timeout::new(PAUSE, move || {
                    let asking = queue.clone();
                    let then = move |reply| asking.heard(number, reply);
                    queue.shared.api.get(&path, Box::new(then));
                })
                .forget();
            }
            (Err(failure), _) => {
                let text = if failure.is_lost() {
                    self.shared.texts.get(t!("form.file_lost"))
                } else {
                    Trouble::of(&failure, &self.shared).detail
                };
                self.with(number, |it| {
                    it.sending = false;
                    it.parts = None;
                    it.failed = Some(text);
                });
                self.go();
            }
        }
    }

    fn again(self: &Rc<Self>, number: u32) {
        self.with(number, |it| {
            it.failed = None;
            it.share = 0;
        });
        self.go();
    }

    fn stop(self: &Rc<Self>, number: u32) {
        let mut stopped = None;
        self.with(number, |it| stopped = it.call.take());
        self.going.borrow_mut().retain(|it| it.number != number);
        if let Some(call) = stopped {
            call.abort().ok();
        }
        self.go();
    }

    pub fn rows(self: &Rc<Self>) -> Vec<El> {
        self.going.borrow().iter().map(|it| self.row(it)).collect()
    }

    fn row(self: &Rc<Self>, one: &Going) -> El {
        let name = one.file.name();
        let number = one.number;
        let stop = self.clone();
        let remove = button(&self.shared, t!("form.remove"), &name);
        let remove = remove.on_click(move || stop.stop(number));
        let mut about = el("div.grow").put("bdi", &name);
        let mut again = None;
        match &one.failed {
            Some(text) => {
                about = about.put("p.wrong", text);
                // What does not fit will not fit the next time.
                if (self.ways.unfit)(&one.file, 0).is_none() {
                    let retry = self.clone();
                    let button = button(&self.shared, t!("try_again"), &name);
                    again = Some(button.on_click(move || retry.again(number)));
                }
            }
            None => {
                let share = one.share.to_string();
                let bar = el("progress max=100").set("aria-label", &name);
                about = about.add(bar.set("value", &share));
                if one.lost {
                    about = about.tell(
                        "p.small.muted role=status",
                        &self.shared.texts,
                        t!("form.lost"),
                    );
                }
            }
        }
        row(&number.to_string(), about).maybe(again).add(remove)
    }
}

/// A button of a row; it says which file it is about.
pub fn button(shared: &Shared, key: Key, name: &str) -> El {
    let label = joined(&[&shared.texts.get(key), ": ", name]);
    el("button.link type=button")
        .set("aria-label", &label)
        .say(&shared.texts, key)
}

pub fn row(key: &str, about: El) -> El {
    el("li").key(key).add(icons::file()).add(about)
}

/// Asks for an address and has the browser save what is there: it stays where it is.
pub fn save(shared: &Shared, path: &str) {
    let portal = shared.clone();
    let then = move |reply: Result<Json, Failure>| match reply {
        Ok(found) => {
            let address = found.text("address");
            gloo::utils::window().location().set_href(&address).ok();
        }
        Err(failure) => portal.announce(Trouble::of(&failure, &portal).spoken()),
    };
    shared.api.get(path, Box::new(then));
}

/// A file and its size, as a button that saves it.
pub fn to_save(shared: &Shared, path: String, name: &str, bytes: i64) -> El {
    let portal = shared.clone();
    el("button.link type=button")
        .add(icons::file())
        .put("bdi", name)
        .put("span.small.muted", &show::size(bytes))
        .on_click(move || save(&portal, &path))
}
