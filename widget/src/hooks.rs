//! Yew's hooks with their closures boxed. Each closure given to `use_state` or
//! `use_effect_with` makes a copy of the hook's code for its own type; over all components that
//! was a tenth of the module.

use yew::prelude::*;

pub type Undo = Box<dyn FnOnce()>;

/// `use_state`, one copy for each type of value.
#[hook]
pub fn use_value<T: 'static>(first: T) -> UseStateHandle<T> {
    use_state(move || first)
}

/// A cell that lives as long as the component and makes no render.
#[hook]
pub fn use_cell<T: 'static>(first: T) -> std::rc::Rc<std::cell::RefCell<T>> {
    use_mut_ref(move || first)
}

/// `use_effect_with`: after the first render and whenever `key` changed. What `act` gives back
/// undoes it.
#[hook]
pub fn use_after(key: String, act: Box<dyn FnOnce() -> Option<Undo>>) {
    use_effect_with(key, move |_| {
        let undo = act();
        move || {
            if let Some(undo) = undo {
                undo();
            }
        }
    });
}

/// Calls `then` when the network comes back, while `waiting`.
#[hook]
pub fn use_online(waiting: bool, then: Callback<()>) {
    // The listener stays over renders; what it calls is the newest.
    let latest = use_cell(then.clone());
    *latest.borrow_mut() = then;
    use_after(
        if waiting {
            "waiting".into()
        } else {
            String::new()
        },
        Box::new(move || {
            let listener = waiting.then(|| {
                gloo::events::EventListener::new(&gloo::utils::window(), "online", move |_| {
                    let then = latest.borrow().clone();
                    then.emit(());
                })
            })?;
            Some(Box::new(move || drop(listener)) as Undo)
        }),
    );
}
