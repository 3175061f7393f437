//! The one component of the portal. What a part shows is a plain function of its [`Hooks`]; Yew
//! sees a single component type, because each further one costs 3 kB before it shows anything.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use yew::{
    prelude::*,
    virtual_dom::{Key, VComp},
};

/// What a part shows, asked for with every render.
type Drawn = Rc<dyn Draw>;

/// A trait of its own for the reason that `el.rs` has one.
trait Draw {
    fn draw(&self, hooks: &Hooks) -> Html;
}

impl<F: Fn(&Hooks) -> Html> Draw for F {
    fn draw(&self, hooks: &Hooks) -> Html {
        self(hooks)
    }
}

pub struct Part(Hooks);

#[derive(Properties)]
pub struct Props {
    draw: Drawn,
}

impl Props {
    pub fn new(draw: impl Fn(&Hooks) -> Html + 'static) -> Self {
        let draw = Rc::new(draw);
        Self { draw }
    }
}

/// Made anew with every render of what is around it.
impl PartialEq for Props {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// A part with a life of its own: state, effects. Where another key stands, another life begins.
pub fn part(key: &str, draw: impl Fn(&Hooks) -> Html + 'static) -> Html {
    place(key, Props::new(draw))
}

#[inline(never)]
fn place(key: &str, props: Props) -> Html {
    VComp::new::<Part>(Rc::new(props), Some(Key::from(key))).into()
}

impl Component for Part {
    type Message = ();
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link().clone();
        Self(Hooks {
            state: RefCell::default(),
            effects: RefCell::default(),
            next: Cell::default(),
            redraw: Callback::from(move |()| link.send_message(())),
        })
    }
    fn view(&self, ctx: &Context<Self>) -> Html {
        self.0.next.set(0);
        ctx.props().draw.draw(&self.0)
    }
    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.0.act();
    }
    fn destroy(&mut self, _: &Context<Self>) {
        for effect in self.0.effects.take() {
            if let Some(undo) = effect.undo {
                undo();
            }
        }
    }
}

/// Undoes what an effect did.
pub type Undo = Box<dyn FnOnce()>;
type Act = Box<dyn FnOnce() -> Option<Undo>>;

#[derive(Default)]
struct Effect {
    key: Option<String>,
    act: Option<Act>,
    undo: Option<Undo>,
}

/// What a part has over its renders.
pub struct Hooks {
    state: RefCell<Option<Rc<dyn Any>>>,
    effects: RefCell<Vec<Effect>>,
    /// The place of the next effect in this render.
    next: Cell<usize>,
    redraw: Callback<()>,
}

impl Hooks {
    /// The part's state, made at the first render. One type for each part: its key stands for it.
    pub fn state<T: 'static>(&self, first: impl FnOnce() -> Rc<T>) -> Rc<T> {
        let kept = self.state.borrow().clone();
        let kept = kept.and_then(|kept| kept.downcast().ok());
        kept.unwrap_or_else(|| {
            let made = first();
            self.state.replace(Some(made.clone()));
            made
        })
    }

    /// A value of the state: setting it renders the part anew.
    pub fn value<T>(&self, first: T) -> Value<T> {
        Value {
            cell: RefCell::new(first),
            redraw: self.redraw.clone(),
        }
    }

    /// For who renders this part anew from outside.
    pub fn redrawer(&self) -> Callback<()> {
        self.redraw.clone()
    }

    /// Acts after the first render and whenever `key` changed. What `act` gives back undoes it.
    pub fn after(&self, key: &str, act: impl FnOnce() -> Option<Undo> + 'static) {
        self.plan(key, Box::new(act));
    }

    #[inline(never)]
    fn plan(&self, key: &str, act: Act) {
        let at = self.next.replace(self.next.get() + 1);
        let mut effects = self.effects.borrow_mut();
        if effects.len() == at {
            effects.push(Effect::default());
        }
        if let Some(effect) = effects.get_mut(at)
            && effect.key.as_deref() != Some(key)
        {
            effect.key = Some(key.to_owned());
            effect.act = Some(act);
        }
    }

    fn act(&self) {
        let count = self.effects.borrow().len();
        for at in 0..count {
            // Free while it acts, which may redraw.
            let planned = self.effects.borrow_mut().get_mut(at).and_then(|effect| {
                let act = effect.act.take()?;
                Some((act, effect.undo.take()))
            });
            let Some((act, undo)) = planned else { continue };
            if let Some(undo) = undo {
                undo();
            }
            let undo = act();
            if let Some(effect) = self.effects.borrow_mut().get_mut(at) {
                effect.undo = undo;
            }
        }
    }

    /// Calls `then` when the network comes back, while `waiting`.
    pub fn online(&self, waiting: bool, then: impl Fn() + 'static) {
        self.await_network(waiting, Box::new(then));
    }

    #[inline(never)]
    fn await_network(&self, waiting: bool, then: Box<dyn Fn()>) {
        let key = if waiting { "waiting" } else { "" };
        self.after(key, move || {
            let window = gloo::utils::window();
            let listener = waiting
                .then(|| gloo::events::EventListener::new(&window, "online", move |_| then()))?;
            Some(Box::new(move || drop(listener)))
        });
    }
}

/// Reading gives what was set last, also in a callback made by an earlier render.
pub struct Value<T> {
    cell: RefCell<T>,
    redraw: Callback<()>,
}

impl<T: Clone> Value<T> {
    pub fn get(&self) -> T {
        self.cell.borrow().clone()
    }
}

impl<T> Value<T> {
    /// While it is rendered anyway.
    pub fn put(&self, value: T) {
        self.cell.replace(value);
    }
    pub fn set(&self, value: T) {
        self.cell.replace(value);
        self.redraw.emit(());
    }
}
