//! Pending, error, ready: one way to show what has to be fetched first.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    access::Trouble,
    api::{Api, Failure, Then},
    app::{Shared, use_shared},
    hooks::{use_after, use_online, use_value},
};

pub enum Load<T> {
    Pending,
    Failed(Failure),
    Ready(Rc<T>),
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        match self {
            Load::Pending => Load::Pending,
            Load::Failed(failure) => Load::Failed(failure.clone()),
            Load::Ready(value) => Load::Ready(value.clone()),
        }
    }
}

/// Fetches once, and again when the callback is called or the network comes back after a loss.
#[hook]
pub fn use_load<T: 'static>(ask: fn(&Api, Then<T>)) -> (Load<T>, Callback<()>) {
    let shared = use_shared();
    let state = use_value(Load::<T>::Pending);
    let again = {
        let state = state.clone();
        Callback::from(move |()| {
            let state = state.clone();
            let then = move |reply| {
                state.set(match reply {
                    Ok(value) => Load::Ready(Rc::new(value)),
                    Err(failure) => Load::Failed(failure),
                });
            };
            ask(&shared.api, Box::new(then));
        })
    };
    let first = again.clone();
    use_after(
        String::new(),
        Box::new(move || {
            first.emit(());
            None
        }),
    );
    use_online(
        matches!(state.get(), Load::Failed(Failure::Lost)),
        again.clone(),
    );
    (state.get(), again)
}

pub fn loaded<T>(
    load: &Load<T>,
    again: &Callback<()>,
    shared: &Shared,
    ready: impl FnOnce(&Rc<T>) -> Html,
) -> Html {
    match load {
        Load::Pending => pending(shared),
        Load::Failed(failure) => failed(failure, again, shared),
        Load::Ready(value) => ready(value),
    }
}

pub fn pending(shared: &Shared) -> Html {
    html! {
        <div role="status">
            <span class="unseen">{ shared.texts.get("loading") }</span>
            <div class="bar" /><div class="bar" />
        </div>
    }
}

pub fn failed(failure: &Failure, again: &Callback<()>, shared: &Shared) -> Html {
    let trouble = Trouble::of(failure, shared);
    html! {
        <div class="failed" role="alert">
            { trouble.told() }
            { trouble.contact(&shared.texts) }
            <button type="button" class="quiet" onclick={again.reform(|_| ())}>{ shared.texts.get("try_again") }</button>
        </div>
    }
}
