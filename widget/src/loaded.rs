//! Pending, error, ready: one way to show what has to be fetched first.

use std::rc::Rc;

use yew::Html;

use crate::{
    access::Trouble,
    api::{Api, Failure, Then},
    app::{Common, Shared},
    el::el,
    part::{Hooks, Value},
    portal::parts::quiet,
};

type Fetch<T> = Box<dyn Fn(&Api, Then<Rc<T>>)>;

/// Something that is fetched once, and again when asked to or when the network comes back.
pub struct Loading<T> {
    shared: Shared,
    fetch: Fetch<T>,
    reply: Value<Option<Result<Rc<T>, Failure>>>,
}

impl<T: 'static> Loading<T> {
    pub fn new(
        hooks: &Hooks,
        shared: &Shared,
        fetch: impl Fn(&Api, Then<Rc<T>>) + 'static,
    ) -> Rc<Self> {
        Rc::new(Self {
            shared: shared.clone(),
            fetch: Box::new(fetch),
            reply: hooks.value(None),
        })
    }

    pub fn ask(self: &Rc<Self>) {
        let loading = self.clone();
        let then = Box::new(move |reply| loading.reply.set(Some(reply)));
        (self.fetch)(&self.shared.api, then);
    }

    /// Something newer came with another reply.
    pub fn put(&self, value: Rc<T>) {
        self.reply.set(Some(Ok(value)));
    }

    /// What `ready` makes of it once it is there.
    pub fn show(self: &Rc<Self>, hooks: &Hooks, ready: impl FnOnce(&Rc<T>) -> Html) -> Html {
        let reply = self.reply.get();
        let again = {
            let loading = self.clone();
            Rc::new(move || loading.ask()) as Rc<dyn Fn()>
        };
        if let Some(Ok(value)) = &reply {
            keep_up(hooks, None, &again);
            return ready(value);
        }
        let failure = reply.and_then(Result::err);
        keep_up(hooks, failure.as_ref(), &again);
        match failure {
            Some(failure) => failed(&failure, &self.shared, again),
            None => pending(&self.shared),
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
        .add(el("span.unseen").text(&shared.texts.get("loading")))
        .add(el("div.bar"))
        .add(el("div.bar"))
        .into()
}

pub fn failed(failure: &Failure, shared: &Common, again: Rc<dyn Fn()>) -> Html {
    let trouble = Trouble::of(failure, shared);
    let retry = quiet(&shared.texts.get("try_again"), false);
    trouble
        .failed()
        .add(trouble.contact(&shared.texts))
        .add(retry.on_click(move || again()))
        .into()
}
