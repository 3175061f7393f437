//! Files: chosen, sent one after the other, listed, taken off again.

use std::rc::Rc;

use portico_wire::forms::{Answer, FileAnswer, FileKind, FileLimits, Kind, Trouble, Wrong, limits};
use web_sys::File;

use crate::{
    app::{Common, Shared},
    el::{El, el},
    forms::{
        replies,
        sheet::{About, Sheet},
        show,
    },
    part::Hooks,
    sending::{self, Queue, Way, Ways, button, row},
    texts::joined,
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

struct Files {
    sheet: Rc<Sheet>,
    at: usize,
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

    fn queue(self: &Rc<Self>) -> Rc<Queue> {
        let (fits, here, arrived) = (self.clone(), self.clone(), self.clone());
        let ways = Ways {
            unfit: Box::new(move |file, waiting| fits.unfit(file, waiting)),
            way: Box::new(|file| {
                let name = String::from(js_sys::encode_uri_component(&file.name()));
                Way::Whole(joined(&["uploads?name=", &name]))
            }),
            arrived: Box::new(move |json| {
                if let Some(file) = json.read(replies::file) {
                    let mut files = arrived.there();
                    files.push(file);
                    arrived.sheet.typed(arrived.at, Some(Answer::Files(files)));
                }
            }),
            redraw: Box::new(move |waits| {
                here.sheet.states[here.at].waits.set(waits);
                here.sheet.redraw(here.at);
            }),
        };
        Queue::new(&self.sheet.shared, ways)
    }

    /// Why it is not even sent.
    fn unfit(&self, file: &File, waiting: usize) -> Option<String> {
        let limits = self.limits();
        let count = self.there().len() + waiting;
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

    fn remove(&self, id: &str) {
        let mut files = self.there();
        files.retain(|file| file.id != id);
        self.sheet.typed(self.at, Some(Answer::Files(files)));
        self.sheet.focus(self.at);
    }

    fn row(self: &Rc<Self>, file: &FileAnswer) -> El {
        let (removing, id) = (self.clone(), file.id.clone());
        let about = el("div.grow")
            .put("bdi", &file.name)
            .put("p.small.muted", &show::size(file.bytes as i64));
        let remove = button(&self.sheet.shared, t!("form.remove"), &file.name);
        row(&file.id, about).add(remove.on_click(move || removing.remove(&id)))
    }
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
    let state = hooks.state(|| {
        let files = Rc::new(Files {
            sheet: sheet.clone(),
            at,
        });
        let queue = files.queue();
        Rc::new((files, queue))
    });
    let (files, queue) = &*state;
    let several = limits.max_count.unwrap_or(1) > 1;
    let input = queue
        .input(&accepts(limits), several)
        .set("class", "unseen");
    let key = if several {
        t!("form.choose_files")
    } else {
        t!("form.choose_file")
    };
    // A label is as good as a button, and the field itself stays the browser's.
    let choose = el("label.quiet").add(input).say(&sheet.shared.texts, key);
    let mut rows: Vec<El> = files.there().iter().map(|file| files.row(file)).collect();
    rows.extend(queue.rows());
    let list = (!rows.is_empty()).then(|| el("ul.sending").each(rows.into_iter()));
    about
        .group(el("div.files"), "group")
        .add(choose)
        .maybe(list)
}

/// A file that was sent, to save.
pub fn to_save(file: &FileAnswer, shared: &Shared) -> El {
    let path = joined(&["files/", &file.id]);
    sending::to_save(shared, path, &file.name, file.bytes as i64)
}
