//! The whole portal: what was handed over, which of its few faces is shown, and what every
//! part shares.

use std::{
    cell::{OnceCell, RefCell},
    rc::{Rc, Weak},
};

use gloo::timers::callback::Timeout;
use portico_wire::{
    Code, Right,
    studios::{Brand, Start, StudioSettings},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CssStyleSheet, CustomEvent, CustomEventInit, HtmlButtonElement, HtmlElement, HtmlFormElement,
    HtmlInputElement, ShadowRoot,
};
use yew::Html;

use crate::{
    Handover,
    access::access,
    api::{self, Api, Failure, News},
    el::el,
    json,
    loaded::{failed, pending},
    messages::live::Live,
    part::{Hooks, Value},
    portal::{brand::shell, frame, locked::locked_page},
    replies::{self, Home, LOCKS, Problem},
    session::Session,
    style,
    texts::{Texts, joined},
};

/// The loader's elements, steered from here and never made anew.
#[derive(Clone)]
pub struct Pieces {
    pub host: HtmlElement,
    pub root: ShadowRoot,
    pub form: HtmlFormElement,
    pub fields: HtmlElement,
    pub email: HtmlInputElement,
    pub submit: HtmlButtonElement,
}

/// What the loader handed over, for one life of the element.
pub struct Boot {
    pub pieces: Pieces,
    pub handover: Handover,
}

#[derive(Clone)]
enum Face {
    /// A token is stored: home is being asked for.
    Resuming(Option<Failure>),
    Out {
        /// A polite line on why.
        notice: Option<String>,
        email: Option<String>,
    },
    In(Rc<Home>),
    Locked(Rc<Problem>),
}

type Settings = Result<Rc<StudioSettings>, Failure>;

/// Opens a section.
pub type Lead = Rc<dyn Fn(Right)>;

/// The portal's state, and what every part needs of it.
pub struct Common {
    pub api: Api,
    pub texts: Texts,
    pub pieces: Pieces,
    pub handover: Handover,
    /// The path of what the next section shows at once.
    pub aim: RefCell<Option<String>>,
    /// Opens a section.
    pub lead: RefCell<Option<Lead>>,
    /// What happens while the portal is open.
    pub live: Rc<Live>,
    face: Value<Face>,
    /// `None` while they are on their way.
    known: Value<Option<Settings>>,
    /// Said by screen readers, once.
    said: Value<String>,
    /// The studio's colours.
    sheet: RefCell<Option<CssStyleSheet>>,
}

/// [`Common`], cheap to clone.
pub type Shared = Rc<Common>;

// What any part may ask and tell
impl Common {
    /// What is known of the studio: from home once inside, which is newer.
    pub fn settings(&self) -> Option<Rc<StudioSettings>> {
        match self.face.get() {
            Face::In(home) => Some(home.studio.clone()),
            _ => self.known.get()?.ok(),
        }
    }

    pub fn language(&self) -> String {
        self.settings()
            .map_or_else(|| "en".to_owned(), |settings| settings.language.clone())
    }

    /// Whether a button opens the sign-in form.
    pub fn by_button(&self) -> bool {
        self.pieces.host.get_attribute("start").as_deref() == Some("button")
            || self.settings().is_some_and(|it| it.start == Start::Button)
    }

    pub fn announce(&self, text: String) {
        self.said.set(text);
    }

    pub fn came_in(&self, home: Rc<Home>) {
        self.face.set(Face::In(home));
        self.tell("portico-signed-in");
    }

    /// To a section, and to what of it is shown at once.
    pub fn go(&self, to: Right, path: Option<String>) {
        self.aim.replace(path);
        let lead = self.lead.borrow().clone();
        if let Some(lead) = lead {
            lead(to);
        }
    }

    /// Something that home shows was changed.
    pub fn renew_home(self: &Rc<Self>) {
        let portal = self.clone();
        let then = move |reply| {
            if let (Ok(home), Face::In(_)) = (reply, portal.face.get()) {
                portal.face.set(Face::In(home));
            }
        };
        self.api.home(then);
    }

    /// `email`: of who was here, for the next sign-in.
    pub fn went_out(&self, email: String) {
        self.face.set(Face::Out {
            notice: None,
            email: Some(email),
        });
        self.announce(self.texts.get(t!("access.signed_out")));
        self.tell("portico-signed-out");
    }

    /// Tells the page, without a word about who it is.
    fn tell(&self, name: &str) {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
            self.pieces.host.dispatch_event(&event).ok();
        }
    }
}

// How it begins, and what it hears
impl Common {
    fn new(hooks: &Hooks, boot: &Boot) -> Shared {
        Rc::new_cyclic(|me: &Weak<Self>| {
            let (handover, me) = (boot.handover.clone(), me.clone());
            let news = Box::new(move |news| {
                if let Some(portal) = me.upgrade() {
                    portal.hear(news);
                }
            });
            let session = Session::new(handover.key());
            let resumes = handover.secret().is_empty() && session.token().is_some();
            let out = Face::Out {
                notice: None,
                email: None,
            };
            Self {
                api: Api::new(&handover.host(), &handover.studio(), session, news),
                texts: Texts::read(&handover.texts()),
                pieces: boot.pieces.clone(),
                face: hooks.value(if resumes { Face::Resuming(None) } else { out }),
                known: hooks.value(settings_of(&handover.got())),
                said: hooks.value(String::new()),
                sheet: RefCell::default(),
                aim: RefCell::default(),
                lead: RefCell::default(),
                live: Rc::default(),
                handover,
            }
        })
    }

    fn hear(&self, news: News) {
        let face = match news {
            News::Locked(problem) => Face::Locked(problem),
            News::SessionEnded => Face::Out {
                notice: Some(self.texts.get(t!("access.session_ended"))),
                // The sign-in starts with the email filled in.
                email: match self.face.get() {
                    Face::In(home) => Some(home.email.clone()),
                    _ => None,
                },
            },
        };
        self.face.set(face);
    }

    /// It shows something.
    fn begin(self: &Rc<Self>) {
        self.handover.ready();
        self.tell("portico-ready");
        if self.known.get().is_none() {
            let portal = self.clone();
            let promise = JsFuture::from(self.handover.settings());
            spawn_local(async move {
                if let Ok(reply) = promise.await {
                    portal.known.set(settings_of(&reply));
                }
            });
        }
        if matches!(self.face.get(), Face::Resuming(_)) {
            self.resume();
        }
    }

    fn resume(self: &Rc<Self>) {
        let portal = self.clone();
        let then = move |reply| match reply {
            Ok(home) => portal.face.set(Face::In(home)),
            // The news say the rest.
            Err(Failure::Problem(problem)) if problem.is(Code::SessionEnded) => {}
            Err(failure) => portal.face.set(Face::Resuming(Some(failure))),
        };
        self.api.home(then);
    }

    /// The network was gone when the settings were asked for.
    fn lost(&self) -> bool {
        matches!(self.known.get(), Some(Err(Failure::Lost)))
    }

    /// It was when home was.
    fn cut_off(&self) -> bool {
        matches!(self.face.get(), Face::Resuming(Some(Failure::Lost)))
    }

    fn ask_settings(self: &Rc<Self>) {
        let portal = self.clone();
        let then = move |reply| portal.known.set(Some(reply));
        self.api.settings(then);
    }

    /// Puts the studio's look into the shadow root.
    fn dress(&self, brand: &Brand) {
        let host = &self.pieces.host;
        if let (Some(scheme), false) = (brand.scheme, host.has_attribute("theme")) {
            host.set_attribute("theme", scheme.name()).ok();
        }
        let mut css = brand.sheet.clone();
        if brand.font.as_deref() == Some("page") {
            let around = host.parent_element();
            let style = around.and_then(|it| gloo::utils::window().get_computed_style(&it).ok()?);
            let font = style.and_then(|it| it.get_property_value("font-family").ok());
            let font = font.unwrap_or_default();
            css = joined(&[&css, ":host{--portico-font:", &font, "}"]);
        }
        let mut sheet = self.sheet.borrow_mut();
        match &*sheet {
            None => *sheet = style::adopt(&self.pieces.root, &css),
            Some(sheet) => {
                sheet.replace_sync(&css).ok();
            }
        }
    }
}

/// Reads status and text of the settings' reply, as the loader keeps them.
fn settings_of(reply: &JsValue) -> Option<Settings> {
    if reply.is_undefined() {
        return None;
    }
    let reply = js_sys::Array::from(reply);
    let status = reply.get(0).as_f64().unwrap_or_default() as u16;
    let text = reply.get(1).as_string().unwrap_or_default();
    Some(match (status, json::read(&text, replies::settings)) {
        (0, _) => Err(Failure::Lost),
        (200, Some(settings)) => Ok(settings),
        _ => Err(api::problem(&text)),
    })
}

fn lock_of(settings: &StudioSettings) -> Option<Face> {
    let locked = settings.locked.as_ref()?;
    Some(Face::Locked(Rc::new(Problem {
        title: locked.title.clone(),
        fault: false,
        code: locked.code.text().into(),
        detail: locked.detail.clone(),
        reference: String::new(),
        field: None,
        support: Some(settings.support.clone()),
    })))
}

// What it shows
impl Common {
    fn shown(&self) -> Face {
        let lock = match self.known.get() {
            Some(Ok(settings)) => lock_of(&settings),
            Some(Err(Failure::Problem(problem))) if problem.is_one_of(LOCKS) => {
                Some(Face::Locked(problem))
            }
            _ => None,
        };
        lock.unwrap_or_else(|| self.face.get())
    }

    fn view(self: &Rc<Self>, face: Face) -> Html {
        match face {
            Face::Locked(problem) => locked_page(&problem, self),
            Face::In(home) => frame(self, &home),
            Face::Out { notice, email } => access(self, notice, email),
            Face::Resuming(failure) => {
                let inside = match failure {
                    None => pending(self),
                    Some(failure) => {
                        let portal = self.clone();
                        failed(&failure, self, Rc::new(move || portal.resume()))
                    }
                };
                shell(self, el("div.room").add(inside))
            }
        }
    }
}

/// How far it is. A place for the portal, the portal and what it shows are tasks of their own, so that none holds the page up for
/// long: a browser compiles each function when it is first called.
struct Stage {
    /// 0, 1 or 2 letters.
    at: Value<&'static str>,
    portal: OnceCell<Shared>,
}

pub fn app(hooks: &Hooks, boot: &Boot) -> Html {
    let stage = hooks.state(|| {
        Rc::new(Stage {
            at: hooks.value(""),
            portal: OnceCell::new(),
        })
    });
    let (at, next) = (stage.at.get(), stage.clone());
    let stands = at.len() == 2;
    hooks.after(at, move || {
        if stands {
            if let Some(portal) = next.portal.get() {
                portal.begin();
            }
        } else {
            let then = if at.is_empty() { "p" } else { "em" };
            Timeout::new(0, move || next.at.set(then)).forget();
        }
        None
    });
    if at.is_empty() {
        return Html::default();
    }
    let portal = stage
        .portal
        .get_or_init(|| Common::new(hooks, boot))
        .clone();
    let face = portal.shown();
    let asking = portal.clone();
    hooks.online(portal.lost() || portal.cut_off(), move || {
        if asking.lost() {
            asking.ask_settings();
        }
        if asking.cut_off() {
            asking.resume();
        }
    });
    let brand = portal
        .settings()
        .map(|it| it.brand.clone())
        .unwrap_or_default();
    let dressed = portal.clone();
    hooks.after(&brand.sheet.clone(), move || {
        dressed.dress(&brand);
        None
    });

    let shown = if stands {
        portal.view(face)
    } else {
        Html::default()
    };
    let direction = portal.texts.find("direction");
    let said = el("div.unseen role=status aria-live=polite").text(&portal.said.get());
    el("div.portal")
        .set("dir", direction.as_deref().unwrap_or("ltr"))
        .add(shown)
        .add(said)
        .into()
}
