//! Pending, error, ready: one way to show what has to be fetched first.

use std::{any::Any, marker::PhantomData, rc::Rc};

use yew::Html;

use crate::{
    access::Trouble,
    api::{Failure, problem},
    app::{Common, Shared},
    el::{el, nothing},
    json::Json,
    part::{Hooks, Value},
    portal::parts::quiet,
};

type Anything = Rc<dyn Any>;

/// Something that is fetched once, and again when asked to or when the network comes back.
pub struct Loading<T> {
    any: Rc<Fetched>,
    what: PhantomData<T>,
}

/// The same whatever it is: one piece of code for all of them.
struct Fetched {
    shared: Shared,
    path: String,
    reader: fn(&Json) -> Anything,
    reply: Value<Option<Result<Anything, Failure>>>,
}

impl Loading<Json> {
    /// The reply as it is, for a view.
    pub fn whole(hooks: &Hooks, shared: &Shared, path: &str) -> Rc<Self> {
        Self::new(hooks, shared, path, |json| Rc::new(json.clone()))
    }
}

impl<T: 'static> Loading<T> {
    /// `reader` has to make an `Rc<T>`.
    pub fn new(
        hooks: &Hooks,
        shared: &Shared,
        path: &str,
        reader: fn(&Json) -> Anything,
    ) -> Rc<Self> {
        Rc::new(Self {
            any: Rc::new(Fetched {
                shared: shared.clone(),
                path: path.to_owned(),
                reader,
                reply: hooks.value(None),
            }),
            what: PhantomData,
        })
    }

    pub fn ask(&self) {
        self.any.ask();
    }

    /// Something newer came with another reply.
    pub fn put(&self, value: Rc<T>) {
        self.any.reply.set(Some(Ok(value)));
    }

    /// What is there now.
    pub fn known(&self) -> Option<Rc<T>> {
        self.any.reply.get()?.ok()?.downcast().ok()
    }

    /// What `ready` makes of it once it is there.
    pub fn show(&self, hooks: &Hooks, ready: impl FnOnce(&Rc<T>) -> Html) -> Html {
        match self.any.look(hooks).map(Rc::downcast) {
            Ok(Ok(value)) => ready(&value),
            Ok(Err(_)) => nothing(),
            Err(instead) => instead,
        }
    }
}

impl Fetched {
    fn ask(self: &Rc<Self>) {
        let fetched = self.clone();
        let then = move |reply: Result<Json, Failure>| {
            let read = |json: Json| json.read(fetched.reader).ok_or_else(|| problem(""));
            fetched.reply.set(Some(reply.and_then(read)));
        };
        self.shared.api.get(&self.path, Box::new(then));
    }

    /// What there is, or what to show instead.
    fn look(self: &Rc<Self>, hooks: &Hooks) -> Result<Anything, Html> {
        let again = {
            let fetched = self.clone();
            Rc::new(move || fetched.ask()) as Rc<dyn Fn()>
        };
        let reply = self.reply.get();
        let failure = match &reply {
            Some(Err(failure)) => Some(failure),
            _ => None,
        };
        keep_up(hooks, failure, &again);
        match reply {
            Some(Ok(value)) => Ok(value),
            Some(Err(failure)) => Err(failed(&failure, &self.shared, again)),
            None => Err(pending(&self.shared)),
        }
    }
}

#[inline(never)]
fn keep_up(hooks: &Hooks, failure: Option<&Failure>, again: &Rc<dyn Fn()>) {
    let first = again.clone();
    hooks.after("", move || {
        first();
        None
    });
    let again = again.clone();
    hooks.online(failure.is_some_and(Failure::is_lost), move || again());
}

pub fn pending(shared: &Common) -> Html {
    el("div role=status")
        .tell("span.unseen", &shared.texts, t!("loading"))
        .add(el("div.bar"))
        .add(el("div.bar"))
        .into()
}

pub fn failed(failure: &Failure, shared: &Common, again: Rc<dyn Fn()>) -> Html {
    let trouble = Trouble::of(failure, shared);
    let retry = quiet(&shared.texts, t!("try_again"), false);
    trouble
        .failed()
        .add(trouble.contact(&shared.texts))
        .add(retry.on_click(move || again()))
        .into()
}
