//! Elements by plain calls. Each element of an `html!` is a hundred bytes and more of the module,
//! one made here about twenty: tag, classes and fixed attributes are one text, and every
//! call is a call of the same few functions.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};
use yew::{
    AttrValue, Html,
    virtual_dom::{AttributeOrProperty, Key, Listener, ListenerKind, VList, VNode, VTag, VText},
};

use crate::texts::{Key as Text, Texts};

/// An element in the making; becomes [`Html`] where it is added or by `into()`.
pub struct El(Rc<VTag>);

/// `el("button#open.quiet type=button")`: the tag, its id and classes, then attributes whose values have no
/// blanks. Others are [`El::set`].
#[inline(never)]
pub fn el(spec: &'static str) -> El {
    let mut words = spec.split(' ');
    let (tag, classes) = halves(words.next().unwrap_or_default(), '.');
    let (tag, id) = halves(tag, '#');
    let mut made = El(Rc::new(VTag::new(tag)));
    if !id.is_empty() {
        made = made.set("id", id);
    }
    if !classes.is_empty() {
        made = made.set("class", &classes.replace('.', " "));
    }
    for word in words {
        let (name, value) = halves(word, '=');
        made = made.set(name, value);
    }
    made
}

fn halves(text: &'static str, at: char) -> (&'static str, &'static str) {
    text.split_once(at).unwrap_or((text, ""))
}

/// Nodes side by side. What is not there now is [`nothing`], so that the others keep their places.
pub fn list(nodes: Vec<Html>) -> Html {
    VList::from(nodes).into()
}

pub fn nothing() -> Html {
    Html::default()
}

#[inline(never)]
pub fn text(text: &str) -> Html {
    VText::new(AttrValue::from(text.to_owned())).into()
}

impl From<El> for VNode {
    fn from(made: El) -> Self {
        VNode::VTag(made.0)
    }
}

/// What can stand in an element. Most of the time it is another one, which is a pointer: made into
/// a node by whoever adds it, it would be written to memory and read again at each of hundreds of places.
pub trait Child: Sized {
    fn put_into(self, parent: El) -> El;
    fn put_some_into(child: Option<Self>, parent: El) -> El;
}

impl Child for El {
    #[inline(never)]
    fn put_into(self, parent: El) -> El {
        parent.push(self.into())
    }
    #[inline(never)]
    fn put_some_into(child: Option<Self>, parent: El) -> El {
        parent.push(child.map_or_else(nothing, Into::into))
    }
}

impl Child for Html {
    fn put_into(self, parent: El) -> El {
        parent.push(self)
    }
    fn put_some_into(child: Option<Self>, parent: El) -> El {
        parent.push(child.unwrap_or_default())
    }
}

impl El {
    #[inline(never)]
    fn change(mut self, change: &mut dyn FnMut(&mut VTag)) -> Self {
        // Nobody else has it yet.
        if let Some(tag) = Rc::get_mut(&mut self.0) {
            change(tag);
        }
        self
    }

    #[inline(never)]
    pub fn set(self, name: &'static str, value: &str) -> Self {
        self.change(&mut |tag| {
            let value = AttributeOrProperty::Attribute(AttrValue::from(value.to_owned()));
            let all = tag.attributes.get_mut_index_map();
            all.insert(AttrValue::Static(name), value);
        })
    }

    #[inline(never)]
    pub fn set_some(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// An attribute that is there or not.
    pub fn mark(self, name: &'static str, on: bool) -> Self {
        self.set_some(name, on.then_some(""))
    }

    /// Where another key stands, another element takes this one's place.
    #[inline(never)]
    pub fn key(self, key: &str) -> Self {
        self.change(&mut |tag| tag.key = Some(Key::from(key)))
    }

    pub fn checked(self, on: bool) -> Self {
        self.change(&mut |tag| tag.set_checked(on))
    }

    /// What stands in a text field. Say what was typed last, or it is put back.
    #[inline(never)]
    pub fn value(self, value: &str) -> Self {
        self.change(&mut |tag| tag.set_value(AttrValue::from(value.to_owned())))
    }

    #[inline(never)]
    fn push(self, child: Html) -> Self {
        let mut child = Some(child);
        self.change(&mut |tag| tag.add_child(child.take().unwrap_or_default()))
    }

    pub fn add(self, child: impl Child) -> Self {
        child.put_into(self)
    }

    /// Keeps its place where there is nothing to show.
    pub fn maybe(self, child: Option<impl Child>) -> Self {
        Child::put_some_into(child, self)
    }

    /// An element of these words: what is added most.
    #[inline(never)]
    pub fn put(self, spec: &'static str, words: &str) -> Self {
        self.add(el(spec).text(words))
    }

    /// An element of the text of a key.
    #[inline(never)]
    pub fn tell(self, spec: &'static str, texts: &Texts, key: Text) -> Self {
        self.add(el(spec).say(texts, key))
    }

    pub fn each(mut self, children: impl Iterator<Item = El>) -> Self {
        for child in children {
            self = self.add(child);
        }
        self
    }

    #[inline(never)]
    pub fn text(self, words: &str) -> Self {
        self.push(text(words))
    }

    /// The text of a key.
    #[inline(never)]
    pub fn say(self, texts: &Texts, key: Text) -> Self {
        self.text(&texts.get(key))
    }

    #[inline(never)]
    fn listen(self, kind: fn() -> ListenerKind, act: Rc<dyn Act>) -> Self {
        let mut listener = Some(On { kind, act });
        self.change(&mut |tag| {
            if let Some(on) = listener.take() {
                tag.add_listener(Rc::new(on));
            }
        })
    }

    /// Any other event; each kind of listener an element has comes from one call.
    pub fn on(self, kind: fn() -> ListenerKind, act: impl Fn(Event) + 'static) -> Self {
        self.listen(kind, Rc::new(act))
    }

    pub fn on_click(self, act: impl Fn() + 'static) -> Self {
        self.on_press(move |_| act())
    }

    /// For who needs to know what was pressed.
    pub fn on_press(self, act: impl Fn(Event) + 'static) -> Self {
        self.listen(|| ListenerKind::onclick, Rc::new(act))
    }

    pub fn on_key(self, key: &'static str, act: impl Fn() + 'static) -> Self {
        let act = move |event: Event| {
            if event.unchecked_into::<KeyboardEvent>().key() == key {
                act();
            }
        };
        self.listen(|| ListenerKind::onkeydown, Rc::new(act))
    }

    /// On an `input`: with each letter.
    pub fn on_input(self, act: impl Fn(&HtmlInputElement) + 'static) -> Self {
        self.listen(|| ListenerKind::oninput, on_target(act))
    }

    /// On an `input`: when its value stands.
    pub fn on_change(self, act: impl Fn(&HtmlInputElement) + 'static) -> Self {
        self.listen(|| ListenerKind::onchange, on_target(act))
    }
}

fn on_target(act: impl Fn(&HtmlInputElement) + 'static) -> Rc<dyn Act> {
    Rc::new(move |event: Event| {
        if let Some(input) = event.target() {
            act(input.unchecked_ref());
        }
    })
}

/// One type for all listeners. The kind is made when asked for: copying one is 2 kB.
struct On {
    kind: fn() -> ListenerKind,
    act: Rc<dyn Act>,
}

/// What a listener does. A `dyn Fn` would bring, for each closure, the ways to call it by value and
/// by exclusive reference too, which nobody uses.
trait Act {
    fn act(&self, event: Event);
}

impl<F: Fn(Event)> Act for F {
    fn act(&self, event: Event) {
        self(event);
    }
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        (self.kind)()
    }
    fn handle(&self, event: Event) {
        self.act.act(event);
    }
    fn passive(&self) -> bool {
        false
    }
}
