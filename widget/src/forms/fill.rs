//! Filling in: pages, and sending. Keeping what is typed stands in `draft.rs`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::{events::EventListener, timers::callback::Timeout};
use portico_wire::forms::{Answer, Page, pages};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{Callback, Html};

use crate::{
    access::Trouble,
    api::Failure,
    app::Shared,
    el::el,
    forms::{
        draft::{Status, Unsent},
        place::{self, Place},
        replies::{self, Filling, Submitted},
        sheet::{News, Sheet},
    },
    loaded::Loading,
    part::{Hooks, Undo, Value, part},
    portal::parts::back,
    replies::Home,
    texts::{Key, joined},
};

/// Where somebody goes from here.
pub struct Ways {
    /// What the way back is called.
    pub back: Key,
    pub leave: Rc<dyn Fn()>,
    /// To what was sent, where that may be read.
    pub read: Option<Rc<dyn Fn(String)>>,
}

pub struct Fill {
    pub sheet: Rc<Sheet>,
    pub shared: Shared,
    pub home: Rc<Home>,
    /// Of the form or questionnaire, after the studio's address.
    pub path: String,
    pub ways: Rc<Ways>,
    pub version: u32,
    pub revision: Cell<u32>,
    pub asked_note: Option<String>,
    /// Where the page in view begins in the form's list.
    pub page: Value<usize>,
    /// The field to go to once its page is there.
    aim: Cell<Option<usize>>,
    done: Value<Option<Submitted>>,
    /// About the whole of it.
    pub trouble: Value<Option<Rc<Trouble>>>,
    pub busy: Value<bool>,
    again: Rc<dyn Fn()>,
    /// Of an act of sending that may have arrived.
    pub key: RefCell<String>,
    pub unsent: RefCell<Vec<Unsent>>,
    /// Of others, for a field somebody is in.
    pub held: RefCell<Vec<(usize, Option<Answer>)>>,
    pub saving: Cell<bool>,
    /// Nothing more is saved: it is sent, or refused for good.
    pub over: Cell<bool>,
    pub timer: RefCell<Option<Timeout>>,
    /// Seconds until the next try.
    pub pause: Cell<u32>,
    pub status: Cell<Status>,
    /// Of the line below the title, and of the buttons.
    pub progress: RefCell<Option<Callback<()>>>,
    pub foot: RefCell<Option<Callback<()>>>,
}

/// A form or a questionnaire, fetched first.
pub fn fill(shared: &Shared, home: &Rc<Home>, path: &str, ways: &Rc<Ways>) -> Html {
    let (shared, home, ways) = (shared.clone(), home.clone(), ways.clone());
    let path = path.to_owned();
    part(&path.clone(), move |hooks| {
        let loading = hooks.state(|| {
            Loading::<Filling>::new(hooks, &shared, &path, |json| {
                Rc::new(replies::filling(json))
            })
        });
        let again = loading.clone();
        let again: Rc<dyn Fn()> = Rc::new(move || again.ask());
        let shown = loading.show(hooks, |filling| {
            let (shared, home) = (shared.clone(), home.clone());
            let (path, ways) = (path.clone(), ways.clone());
            let (filling, again) = (filling.clone(), again.clone());
            // Fetched again it is another one.
            let key = joined(&[
                &filling.version.to_string(),
                "-",
                &filling.revision.to_string(),
            ]);
            part(&key, move |hooks| {
                let fill = hooks
                    .state(|| Fill::new(hooks, &shared, &home, &path, &ways, &filling, &again));
                fill.show(hooks)
            })
        });
        let leave = ways.leave.clone();
        let back = back(&shared.texts, ways.back, move || leave());
        el("div.stack").add(back).add(shown).into()
    })
}

impl Fill {
    fn new(
        hooks: &Hooks,
        shared: &Shared,
        home: &Rc<Home>,
        path: &str,
        ways: &Rc<Ways>,
        filling: &Filling,
        again: &Rc<dyn Fn()>,
    ) -> Rc<Self> {
        let read_only = home.viewed_by.is_some();
        let fixed = |field: &str| read_only || filling.fixed.iter().any(|it| it == field);
        let sheet = Sheet::new(
            shared,
            filling.form.clone(),
            filling.answers.clone(),
            filling.country.clone(),
            fixed,
        );
        let note = filling.asked.as_ref().and_then(|asked| asked.note.clone());
        let fill = Rc::new(Self {
            sheet,
            shared: shared.clone(),
            home: home.clone(),
            path: path.to_owned(),
            ways: ways.clone(),
            version: filling.version,
            revision: Cell::new(filling.revision),
            asked_note: note,
            page: hooks.value(place::page_of(shared, path)),
            aim: Cell::default(),
            done: hooks.value(None),
            trouble: hooks.value(None),
            busy: hooks.value(false),
            again: again.clone(),
            key: RefCell::default(),
            unsent: RefCell::default(),
            held: RefCell::default(),
            saving: Cell::default(),
            over: Cell::new(read_only),
            timer: RefCell::default(),
            pause: Cell::default(),
            status: Cell::new(Status::Nothing),
            progress: RefCell::default(),
            foot: RefCell::default(),
        });
        fill.take_up();
        let weak = Rc::downgrade(&fill);
        fill.sheet.listen(move |news| {
            if let Some(fill) = weak.upgrade() {
                fill.hear(&news);
            }
        });
        fill
    }

    /// Sent, or only looked at: nothing more is kept.
    pub fn done(&self) -> bool {
        self.done.get().is_some() || self.home.viewed_by.is_some()
    }

    /// What was refused as a whole is looked at anew.
    pub fn reopen(&self) {
        self.over.set(false);
        self.trouble.set(None);
        (self.again)();
    }

    pub fn contact(&self) -> &str {
        &self.home.id
    }

    fn hear(self: &Rc<Self>, news: &News) {
        match news {
            News::Typed(at) => self.typed(*at),
            News::Left(at) => self.left(*at),
            News::Seen => self.redraw(&self.progress),
        }
        self.redraw_foot();
    }

    fn redraw(&self, part: &RefCell<Option<Callback<()>>>) {
        let redraw = part.borrow().clone();
        if let Some(redraw) = redraw {
            redraw.emit(());
        }
    }
    pub fn redraw_foot(&self) {
        self.redraw(&self.foot);
    }

    /// The pages there are now, and which of them is in view.
    pub fn pages(&self) -> (Vec<Page>, usize) {
        let pages = pages(&self.sheet.form, &self.sheet.seen());
        let at = self.page.get();
        let here = pages.iter().rposition(|page| page.fields.start <= at);
        (pages, here.unwrap_or_default())
    }

    fn turn(self: &Rc<Self>, to: &Page) {
        self.trouble.set(None);
        self.page.set(to.fields.start);
        self.keep_place();
        self.save_now();
    }

    fn keep_place(&self) {
        let (back, path) = (self.ways.back, &*self.path);
        let page = self.page.get();
        place::keep(&self.shared, &Place { back, path, page });
    }

    pub fn next(self: &Rc<Self>) {
        let (pages, here) = self.pages();
        let wrong = self.sheet.check_all(pages[here].fields.clone());
        if !self.told_wrong(&wrong)
            && let Some(next) = pages.get(here + 1)
        {
            self.turn(next);
        }
    }

    pub fn back(self: &Rc<Self>) {
        let (pages, here) = self.pages();
        if let Some(before) = here.checked_sub(1) {
            self.turn(&pages[before]);
        }
    }

    /// Goes to the first field that is wrong and says how many there are.
    fn told_wrong(self: &Rc<Self>, wrong: &[usize]) -> bool {
        let Some(first) = wrong.first() else {
            self.trouble.set(None);
            return false;
        };
        let said = if wrong.len() == 1 {
            self.sheet.say(t!("form.wrong_one"))
        } else {
            let count = wrong.len().to_string();
            self.shared
                .texts
                .fill(t!("form.wrong"), &[("count", &count)])
        };
        self.shared.announce(said.clone());
        self.trouble.set(Some(Rc::new(Trouble::here(
            crate::access::Field::None,
            said,
        ))));
        self.go_to(*first);
        true
    }

    fn go_to(self: &Rc<Self>, at: usize) {
        let (pages, here) = self.pages();
        let there = pages.iter().position(|page| page.fields.contains(&at));
        if let Some(there) = there.filter(|there| *there != here) {
            self.aim.set(Some(at));
            self.page.set(pages[there].fields.start);
            self.keep_place();
            return;
        }
        self.sheet.focus(at);
    }

    pub fn send(self: &Rc<Self>) {
        if self.busy.get() {
            return;
        }
        let wrong = self.sheet.check_all(0..self.sheet.form.fields.len());
        if self.told_wrong(&wrong) {
            return;
        }
        if let Some(at) = self.sheet.states.iter().position(|it| it.waits.get()) {
            self.sheet.told(at, &self.sheet.say(t!("form.file_waits")));
            self.told_wrong(&[at]);
            return;
        }
        self.busy.set(true);
        if self.key.borrow().is_empty() {
            self.key.replace(new_key());
        }
        let body = self.body(&self.unsent.borrow());
        let fill = self.clone();
        let then = move |reply| {
            fill.busy.set(false);
            match reply {
                Ok(sent) => fill.sent(sent),
                Err(failure) => fill.refused(&failure),
            }
        };
        let key = self.key.borrow().clone();
        self.shared.api.submit(&self.path, body, &key, then);
    }

    fn sent(self: &Rc<Self>, sent: Submitted) {
        self.over.set(true);
        self.unsent.borrow_mut().clear();
        self.keep();
        place::forget(&self.shared);
        self.shared.announce(self.sheet.say(t!("form.sent")));
        self.done.set(Some(sent));
    }

    /// At the field where the server names one, else above the buttons.
    pub fn refused(self: &Rc<Self>, failure: &Failure) {
        let mut trouble = Trouble::of(failure, &self.shared);
        if let Failure::Problem(problem) = failure
            && let Some(at) = problem
                .field
                .as_deref()
                .and_then(|it| self.sheet.place_of(it))
        {
            self.sheet.told(at, &problem.detail);
            self.told_wrong(&[at]);
            return;
        }
        if failure.is_lost() {
            trouble.title = self.sheet.say(t!("form.lost"));
            trouble.detail = self.sheet.say(t!("form.lost_detail"));
        }
        self.shared.announce(trouble.spoken());
        self.trouble.set(Some(Rc::new(trouble)));
    }

    fn show(self: &Rc<Self>, hooks: &Hooks) -> Html {
        let leaving = self.clone();
        hooks.after("", move || Some(leaving.watch()));
        let lost = self.trouble.get().is_some_and(|trouble| trouble.lost);
        let resend = self.clone();
        hooks.online(lost, move || resend.send());
        let page = self.page.get().to_string();
        let done = self.done.get();
        let key = if done.is_some() { "done" } else { &*page };
        let turned = self.clone();
        hooks.after(key, move || {
            match turned.aim.take() {
                Some(at) => turned.sheet.focus(at),
                None => focus_page(&turned.shared),
            }
            None
        });
        match done {
            Some(sent) => self.thanks(&sent),
            None => self.form(),
        }
    }

    /// Saves before this screen or the page goes away.
    fn watch(self: &Rc<Self>) -> Undo {
        self.keep_place();
        let (hiding, going, back_on, gone) =
            (self.clone(), self.clone(), self.clone(), self.clone());
        let (window, document) = (gloo::utils::window(), gloo::utils::document());
        let listeners = [
            EventListener::new(&document, "visibilitychange", move |_| hiding.save_now()),
            EventListener::new(&window, "pagehide", move |_| going.save_now()),
            EventListener::new(&window, "online", move |_| back_on.save_now()),
        ];
        Box::new(move || {
            drop(listeners);
            // After the end of a session the place is where the contact comes back to.
            if gone.shared.api.session().token().is_some() {
                place::forget(&gone.shared);
                gone.save_now();
            }
        })
    }
}

/// The heading of what is shown now.
pub fn focus_page(shared: &Shared) {
    if let Some(title) = shared.pieces.root.get_element_by_id("page") {
        title.unchecked_into::<HtmlElement>().focus().ok();
    }
}

/// What no other act has: time and chance.
pub fn new_key() -> String {
    let mut key = "w".to_owned();
    for _ in 0..4 {
        let part = (js_sys::Math::random() * 1e9) as u32;
        key.push_str(&part.to_string());
        key.push('-');
    }
    key
}
