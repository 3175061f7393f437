//! Files: chosen, sent one after the other, listed, taken off again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use portico_wire::forms::{Answer, FileAnswer, FileKind, FileLimits, Kind, Trouble, Wrong, limits};
use web_sys::{File, HtmlInputElement, XmlHttpRequest};

use crate::{
    access::Trouble as Failed,
    app::{Common, Shared},
    el::{El, el},
    forms::{
        sheet::{About, Sheet},
        show,
    },
    icons,
    part::Hooks,
    texts::{Key, joined},
};

pub fn hint(limits: &FileLimits, shared: &Common) -> String {
    let count = limits.max_count.unwrap_or(1).to_string();
    let largest = limits.max_bytes.unwrap_or(limits::FILE_BYTES);
    let size = show::size(largest as i64);
    let key = if count == "1" {
        t!("form.file_one")
    } else {
        t!("form.files")
    };
    shared
        .texts
        .fill(key, &[("count", &count), ("size", &size)])
}

/// A file on its way, or one that did not arrive.
struct Going {
    number: u32,
    file: File,
    /// Of hundred.
    share: u32,
    call: Option<XmlHttpRequest>,
    failed: Option<String>,
}

struct Files {
    sheet: Rc<Sheet>,
    at: usize,
    going: RefCell<Vec<Going>>,
    next: Cell<u32>,
}

impl Files {
    fn limits(&self) -> &FileLimits {
        match &self.sheet.form.fields[self.at].kind {
            Kind::File(limits) => limits,
            // Only fields for files come here.
            _ => unreachable!(),
        }
    }

    fn there(&self) -> Vec<FileAnswer> {
        match self.sheet.answer(self.at) {
            Some(Answer::Files(files)) => files,
            _ => Vec::new(),
        }
    }

    fn redraw(&self) {
        let going = self.going.borrow();
        let waits = going.iter().any(|it| it.failed.is_none());
        self.sheet.states[self.at].waits.set(waits);
        drop(going);
        self.sheet.redraw(self.at);
    }

    fn chosen(self: &Rc<Self>, input: &HtmlInputElement) {
        let Some(list) = input.files() else { return };
        for at in 0..list.length() {
            if let Some(file) = list.get(at) {
                let failed = self.unfit(&file);
                let number = self.next.replace(self.next.get() + 1);
                self.going.borrow_mut().push(Going {
                    number,
                    file,
                    share: 0,
                    call: None,
                    failed,
                });
            }
        }
        // The same one may be chosen again.
        input.set_value("");
        self.go();
    }

    /// Why it is not even sent.
    fn unfit(&self, file: &File) -> Option<String> {
        let limits = self.limits();
        let going = self.going.borrow();
        let going = going.iter().filter(|it| it.failed.is_none());
        let count = self.there().len() + going.count();
        let most = limits.max_count.unwrap_or(1);
        let largest = limits.max_bytes.unwrap_or(limits::FILE_BYTES);
        let kind = FileKind::of(&file.type_());
        let (wrong, limit) = if count >= usize::from(most) {
            (Wrong::TooMany, Some(most.to_string()))
        } else if file.size() > largest as f64 {
            (Wrong::FileTooLarge, Some(largest.to_string()))
        } else if kind.is_some_and(|kind| {
            // What the browser does not know, the server looks into.
            !limits.kinds.is_empty() && !limits.kinds.contains(&kind)
        }) {
            (Wrong::FileKind, None)
        } else {
            return None;
        };
        let trouble = Trouble {
            field: String::new(),
            wrong,
            limit,
        };
        let kind = &self.sheet.form.fields[self.at].kind;
        Some(show::wrong(&trouble, kind, &self.sheet.shared))
    }

    /// Sends the first that waits, if none is on its way.
    fn go(self: &Rc<Self>) {
        self.send_next();
        self.redraw();
    }

    fn send_next(self: &Rc<Self>) {
        let mut going = self.going.borrow_mut();
        if going.iter().any(|it| it.call.is_some()) {
            return;
        }
        let Some(next) = going.iter_mut().find(|it| it.failed.is_none()) else {
            return;
        };
        let number = next.number;
        let (moving, ending) = (self.clone(), self.clone());
        let moves = move |share| {
            moving.with(number, |it| it.share = share);
            moving.sheet.redraw(moving.at);
        };
        let then = move |reply| ending.ended(number, reply);
        next.call = self.sheet.shared.api.upload(&next.file, moves, then);
    }

    fn with(&self, number: u32, change: impl FnOnce(&mut Going)) {
        let mut going = self.going.borrow_mut();
        if let Some(one) = going.iter_mut().find(|it| it.number == number) {
            change(one);
        }
    }

    fn ended(self: &Rc<Self>, number: u32, reply: Result<FileAnswer, crate::api::Failure>) {
        match reply {
            Ok(file) => {
                let there = self.going.borrow().iter().any(|it| it.number == number);
                self.going.borrow_mut().retain(|it| it.number != number);
                if there {
                    let mut files = self.there();
                    files.push(file);
                    self.sheet.typed(self.at, Some(Answer::Files(files)));
                }
            }
            Err(failure) => {
                let trouble = Failed::of(&failure, &self.sheet.shared);
                let text = if failure.is_lost() {
                    self.sheet.say(t!("form.file_lost"))
                } else {
                    trouble.detail
                };
                self.with(number, |it| {
                    it.call = None;
                    it.failed = Some(text);
                });
            }
        }
        self.go();
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

    fn remove(&self, id: &str) {
        let mut files = self.there();
        files.retain(|file| file.id != id);
        self.sheet.typed(self.at, Some(Answer::Files(files)));
        self.sheet.focus(self.at);
    }

    /// A button of a row; it says which file it is about.
    fn button(&self, key: Key, name: &str) -> El {
        let label = joined(&[&self.sheet.say(key), ": ", name]);
        el("button.link type=button")
            .set("aria-label", &label)
            .say(&self.sheet.shared.texts, key)
    }

    fn going_row(self: &Rc<Self>, one: &Going) -> El {
        let name = one.file.name();
        let number = one.number;
        let stop = self.clone();
        let remove = self
            .button(t!("form.remove"), &name)
            .on_click(move || stop.stop(number));
        let mut about = el("div.grow").put("bdi", &name);
        let mut again = None;
        match &one.failed {
            Some(text) => {
                about = about.put("p.wrong", text);
                // What does not fit will not fit the next time.
                if self.unfit(&one.file).is_none() {
                    let retry = self.clone();
                    let button = self.button(t!("try_again"), &name);
                    again = Some(button.on_click(move || retry.again(number)));
                }
            }
            None => {
                let share = one.share.to_string();
                let bar = el("progress max=100").set("aria-label", &name);
                about = about.add(bar.set("value", &share));
            }
        }
        row(&number.to_string(), about).maybe(again).add(remove)
    }

    fn row(self: &Rc<Self>, file: &FileAnswer) -> El {
        let (removing, id) = (self.clone(), file.id.clone());
        let about = el("div.grow")
            .put("bdi", &file.name)
            .put("p.small.muted", &show::size(file.bytes as i64));
        let remove = self.button(t!("form.remove"), &file.name);
        row(&file.id, about).add(remove.on_click(move || removing.remove(&id)))
    }
}

fn row(key: &str, about: El) -> El {
    el("li").key(key).add(icons::file()).add(about)
}

/// What the browser offers first.
fn accepts(limits: &FileLimits) -> String {
    let mut all = String::new();
    for kind in &limits.kinds {
        let of = match kind {
            FileKind::Image => "image/*",
            FileKind::Pdf => "application/pdf",
            FileKind::Document => "text/*,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt,.ods,.odp,.rtf",
            FileKind::Audio => "audio/*",
            FileKind::Video => "video/*",
        };
        all = joined(&[&all, of, ","]);
    }
    all
}

pub fn files(
    sheet: &Rc<Sheet>,
    at: usize,
    about: &About,
    limits: &FileLimits,
    hooks: &Hooks,
) -> El {
    let files = hooks.state(|| {
        Rc::new(Files {
            sheet: sheet.clone(),
            at,
            going: RefCell::default(),
            next: Cell::default(),
        })
    });
    let several = limits.max_count.unwrap_or(1) > 1;
    let choosing = files.clone();
    let input = el("input.unseen type=file")
        .set("accept", &accepts(limits))
        .mark("multiple", several)
        .on_change(move |input| choosing.chosen(input));
    let key = if several {
        t!("form.choose_files")
    } else {
        t!("form.choose_file")
    };
    // A label is as good as a button, and the field itself stays the browser's.
    let choose = el("label.quiet").add(input).say(&sheet.shared.texts, key);
    let there = files.there();
    let going = files.going.borrow();
    let rows = there.iter().map(|file| files.row(file));
    let rows = rows.chain(going.iter().map(|one| files.going_row(one)));
    let list = (!there.is_empty() || !going.is_empty()).then(|| el("ul.sending").each(rows));
    about
        .group(el("div.files"), "group")
        .add(choose)
        .maybe(list)
}

/// A file that was sent, to save.
pub fn to_save(file: &FileAnswer, shared: &Shared) -> El {
    let (shared, id) = (shared.clone(), file.id.clone());
    let size = show::size(file.bytes as i64);
    let save = el("button.link type=button")
        .add(icons::file())
        .put("bdi", &file.name)
        .put("span.small.muted", &size);
    save.on_click(move || {
        let then = |address: Result<String, _>| {
            if let Ok(address) = address {
                // Told to save it, the browser stays here.
                gloo::utils::window().location().set_href(&address).ok();
            }
        };
        shared.api.file_address(&id, then);
    })
}
