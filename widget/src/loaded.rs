//! Pending, error, ready: one way to show what has to be fetched first.

use std::{future::Future, rc::Rc};

use yew::prelude::*;

use crate::{
    access::Trouble,
    api::{Api, Failure},
    app::use_shared,
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
pub fn use_load<T, A, F>(ask: A) -> (Load<T>, Callback<()>)
where
    T: 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
    A: Fn(Api) -> F + 'static,
{
    let shared = use_shared();
    let state = use_state(|| Load::Pending);
    let again = {
        let state = state.clone();
        Callback::from(move |()| {
            let state = state.clone();
            let asked = ask(shared.api.clone());
            wasm_bindgen_futures::spawn_local(async move {
                state.set(match asked.await {
                    Ok(value) => Load::Ready(Rc::new(value)),
                    Err(failure) => Load::Failed(failure),
                });
            });
        })
    };
    {
        let again = again.clone();
        use_effect_with((), move |()| again.emit(()));
    }
    let lost = matches!(&*state, Load::Failed(Failure::Lost));
    use_online(lost, again.clone());
    ((*state).clone(), again)
}

/// Calls `then` when the network comes back, while `waiting`.
#[hook]
pub fn use_online(waiting: bool, then: Callback<()>) {
    use_effect_with((waiting, then), |(waiting, then)| {
        let listener = waiting.then(|| {
            let then = then.clone();
            gloo::events::EventListener::new(&gloo::utils::window(), "online", move |_| then.emit(()))
        });
        move || drop(listener)
    });
}

pub fn loaded<T>(load: &Load<T>, again: &Callback<()>, ready: impl FnOnce(&Rc<T>) -> Html) -> Html {
    match load {
        Load::Pending => html! { <Pending /> },
        Load::Failed(failure) => html! { <Failed failure={failure.clone()} again={again.clone()} /> },
        Load::Ready(value) => ready(value),
    }
}

#[component]
pub fn Pending() -> Html {
    let shared = use_shared();
    html! {
        <div role="status">
            <span class="unseen">{ shared.texts.get("loading") }</span>
            <div class="bar" /><div class="bar" />
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct FailedProps {
    failure: Failure,
    again: Callback<()>,
}

#[component]
fn Failed(props: &FailedProps) -> Html {
    let shared = use_shared();
    let trouble = Trouble::of(&props.failure, &shared);
    let again = props.again.reform(|_| ());
    html! {
        <div class="failed" role="alert">
            <p class="strong">{ &trouble.title }</p>
            <p>{ &trouble.detail }</p>
            { trouble.contact(&shared.texts) }
            <button type="button" class="quiet" onclick={again}>{ shared.texts.get("try_again") }</button>
        </div>
    }
}
