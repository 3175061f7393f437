//! Yew's hooks for few bytes. Each closure given to `use_state` or `use_effect_with` makes a copy
//! of the hook's code for its own type; over all components that was a tenth of the module.

use std::{cell::RefCell, ops::Deref, rc::Rc};

use yew::{functional::UseForceUpdateHandle, prelude::*};

pub type Undo = Box<dyn FnOnce()>;

/// A value of a component; setting it renders the component anew. Reading it always gives what
/// was set last, also in a callback made by an earlier render, and each type costs next to
/// nothing: `use_state` is a kilobyte a type.
pub struct Value<T> {
    cell: Rc<RefCell<T>>,
    redraw: UseForceUpdateHandle,
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            redraw: self.redraw.clone(),
        }
    }
}

impl<T: Clone> Value<T> {
    pub fn get(&self) -> T {
        self.cell.borrow().clone()
    }
}

impl<T> Value<T> {
    pub fn set(&self, value: T) {
        self.cell.replace(value);
        self.redraw.force_update();
    }
}

#[hook]
pub fn use_value<T: 'static>(first: T) -> Value<T> {
    Value {
        cell: use_cell(first),
        redraw: use_force_update(),
    }
}

/// A cell that lives as long as the component and makes no render.
#[hook]
pub fn use_cell<T: 'static>(first: T) -> Rc<RefCell<T>> {
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

/// Shared, and equal only to itself: comparing what is inside would cost more than a render.
pub struct Same<T>(Rc<T>);

impl<T> Same<T> {
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
impl<T> Deref for Same<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
