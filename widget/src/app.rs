//! The whole portal: what was handed over, which of its few faces is shown, and what every
//! component shares.

use std::rc::Rc;

use portico_wire::{
    Code, Problem,
    portal::Home,
    studios::{Start, StudioSettings, Support},
};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CustomEvent, CustomEventInit, HtmlButtonElement, HtmlElement, HtmlFormElement,
    HtmlInputElement, ShadowRoot,
};
use yew::prelude::*;

use crate::{
    Handover,
    access::Access,
    api::{self, Api, Failure, News},
    hooks::{Same, use_after, use_cell, use_online, use_value},
    json,
    loaded::{failed, pending},
    portal::{Frame, brand::brand, locked::locked_page},
    session::Session,
    style,
    texts::Texts,
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
#[derive(Clone)]
pub struct Boot(Rc<(Pieces, Handover)>);

impl PartialEq for Boot {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Boot {
    pub fn new(pieces: Pieces, handover: Handover) -> Self {
        Self(Rc::new((pieces, handover)))
    }
    pub fn pieces(&self) -> &Pieces {
        &self.0.0
    }
    fn handover(&self) -> &Handover {
        &self.0.1
    }
}

/// For every component, from context.
pub struct Common {
    pub api: Api,
    pub texts: Texts,
    pub pieces: Pieces,
    pub settings: Option<Rc<StudioSettings>>,
    pub language: AttrValue,
    /// Said by screen readers, once.
    pub announce: Callback<String>,
}

/// [`Common`], cheap to clone.
pub type Shared = Same<Common>;

impl Common {
    pub fn support(&self) -> Option<Support> {
        self.settings
            .as_ref()
            .map(|settings| settings.support.clone())
    }
}

#[hook]
pub fn use_shared() -> Shared {
    use_context::<Shared>().expect("App provides Shared to everything below it")
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
    In(Same<Home>),
    Locked(Rc<Problem>),
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub boot: Boot,
}

/// What the loader gave, read.
struct Given {
    texts: Texts,
    /// If they are already there.
    settings: Option<Result<Rc<StudioSettings>, Failure>>,
}

impl Given {
    fn read(handover: &Handover) -> Self {
        Self {
            texts: Texts::read(&handover.texts()),
            settings: settings_of(&handover.got()),
        }
    }
}

fn settings_of(reply: &wasm_bindgen::JsValue) -> Option<Result<Rc<StudioSettings>, Failure>> {
    if reply.is_undefined() {
        return None;
    }
    let reply = js_sys::Array::from(reply);
    let status = reply.get(0).as_f64().unwrap_or_default() as u16;
    let text = reply.get(1).as_string().unwrap_or_default();
    Some(if status == 0 {
        Err(Failure::Lost)
    } else {
        match json::Part::parse(&text).and_then(json::Part::read) {
            Ok(settings) if status == 200 => Ok(Rc::new(settings)),
            _ => Err(Failure::Problem(Rc::new(api::problem(status, &text)))),
        }
    })
}

fn lock_of(settings: &StudioSettings) -> Option<Rc<Problem>> {
    let locked = settings.locked.as_ref()?;
    Some(Rc::new(Problem {
        kind: "about:blank".into(),
        title: locked.title.clone(),
        status: locked.code.status(),
        code: locked.code,
        detail: locked.detail.clone(),
        reference: String::new(),
        field: None,
        retry_after: None,
        tries_left: None,
        support: Some(settings.support.clone()),
    }))
}

/// Tells the page, without a word about who it is.
fn tell(host: &HtmlElement, name: &str) {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        host.dispatch_event(&event).ok();
    }
}

#[component]
pub fn App(props: &Props) -> Html {
    let boot = props.boot.clone();
    let handover = boot.handover();
    let host = boot.pieces().host.clone();

    // Read once: what was handed over does not change.
    let given = use_cell(None::<Rc<Given>>);
    let given = given
        .borrow_mut()
        .get_or_insert_with(|| Rc::new(Given::read(handover)))
        .clone();
    let settings = use_value(given.settings.clone());
    let known = settings.get();
    let said = use_value(String::new());
    let texts = given.texts.clone();
    let face = use_value(None::<Face>);
    // Kept for a session that ends: its sign-in starts with the email filled in.
    let inside = use_cell(None::<String>);
    let api = use_cell(None::<Api>);
    let api = api
        .borrow_mut()
        .get_or_insert_with(|| {
            let (face, texts, inside) = (face.clone(), texts.clone(), inside.clone());
            let news = Callback::from(move |news| {
                face.set(Some(match news {
                    News::Locked(problem) => Face::Locked(problem),
                    News::SessionEnded => Face::Out {
                        notice: Some(texts.get("access.session_ended")),
                        email: inside.take(),
                    },
                }));
            });
            Api::new(
                &handover.host(),
                &handover.studio(),
                Session::new(handover.key()),
                news,
            )
        })
        .clone();

    let secret = handover.secret();
    let start = if secret.is_empty() && api.session().token().is_some() {
        Face::Resuming(None)
    } else {
        Face::Out {
            notice: None,
            email: None,
        }
    };
    let locked = match &known {
        Some(Ok(settings)) => lock_of(settings),
        Some(Err(Failure::Problem(problem))) if api::is_lock(problem.code) => Some(problem.clone()),
        _ => None,
    };
    let shown = match (locked, face.get()) {
        (Some(problem), _) => Face::Locked(problem),
        (None, face) => face.unwrap_or(start),
    };

    if let Face::In(home) = &shown {
        *inside.borrow_mut() = Some(home.me.email.clone());
    }

    // Settings that were still on their way, and again after a lost network.
    let lost_settings = matches!(&known, Some(Err(Failure::Lost)));
    let fetch_settings = {
        let (settings, api) = (settings.clone(), api.clone());
        Callback::from(move |()| {
            let settings = settings.clone();
            api.settings(move |reply| settings.set(Some(reply.map(Rc::new))));
        })
    };
    use_online(lost_settings, fetch_settings);

    let resume = {
        let (face, api) = (face.clone(), api.clone());
        Callback::from(move |()| {
            let face = face.clone();
            api.home(move |reply| match reply {
                Ok(home) => face.set(Some(Face::In(Same::new(home)))),
                // The news say the rest.
                Err(failure) if failure.code() == Some(Code::SessionEnded) => {}
                Err(failure) => face.set(Some(Face::Resuming(Some(failure)))),
            });
        })
    };
    use_online(
        matches!(&shown, Face::Resuming(Some(Failure::Lost))),
        resume.clone(),
    );

    {
        let (boot, settings, resume) = (boot.clone(), settings.clone(), resume.clone());
        let resuming = matches!(shown, Face::Resuming(_));
        let pending_settings = known.is_none();
        use_after(
            String::new(),
            Box::new(move || {
                boot.handover().ready();
                tell(&boot.pieces().host, "portico-ready");
                if pending_settings {
                    let promise = JsFuture::from(boot.handover().settings());
                    spawn_local(async move {
                        if let Ok(reply) = promise.await {
                            settings.set(settings_of(&reply));
                        }
                    });
                }
                if resuming {
                    resume.emit(());
                }
                None
            }),
        );
    }

    // What is known of the studio: from home once inside, which is newer.
    let studio = match (&shown, &known) {
        (Face::In(home), _) => Some(Rc::new(home.studio.clone())),
        (_, Some(Ok(settings))) => Some(settings.clone()),
        _ => None,
    };
    let accent = studio
        .as_ref()
        .and_then(|studio| studio.brand.accent.clone());
    {
        let root = boot.pieces().root.clone();
        let sheet = use_cell(None);
        let key = accent.clone().unwrap_or_default();
        use_after(
            key,
            Box::new(move || {
                let css = accent
                    .as_deref()
                    .and_then(style::brand::css)
                    .unwrap_or_default();
                let mut sheet = sheet.borrow_mut();
                match &*sheet {
                    None => *sheet = style::adopt(&root, &css),
                    Some(sheet) => {
                        sheet.replace_sync(&css).ok();
                    }
                }
                None
            }),
        );
    }

    let shared = Shared::new(Common {
        api,
        texts: texts.clone(),
        pieces: boot.pieces().clone(),
        language: studio
            .as_ref()
            .map_or_else(|| "en".into(), |studio| studio.language.clone().into()),
        settings: studio,
        announce: {
            let said = said.clone();
            Callback::from(move |text| said.set(text))
        },
    });
    let came_in = {
        let (face, host) = (face.clone(), host.clone());
        Callback::from(move |home: Same<Home>| {
            face.set(Some(Face::In(home)));
            tell(&host, "portico-signed-in");
        })
    };
    let went_out = {
        let (face, host, said) = (face.clone(), host.clone(), said.clone());
        let goodbye = texts.get("access.signed_out");
        Callback::from(move |email: String| {
            face.set(Some(Face::Out {
                notice: None,
                email: Some(email),
            }));
            said.set(goodbye.clone());
            tell(&host, "portico-signed-out");
        })
    };

    let direction = texts.find("direction").unwrap_or_else(|| "ltr".into());
    let view = match shown {
        Face::Locked(problem) => locked_page(&problem, &shared),
        Face::In(home) => html! { <Frame {home} {went_out} /> },
        Face::Resuming(None) => {
            html! { <div class="shell">{ brand(&shared) }<div class="room">{ pending(&shared) }</div></div> }
        }
        Face::Resuming(Some(failure)) => html! {
            <div class="shell">{ brand(&shared) }<div class="room">
                { failed(&failure, &resume, &shared) }
            </div></div>
        },
        Face::Out { notice, email } => {
            let by_button = host.get_attribute("start").as_deref() == Some("button")
                || shared
                    .settings
                    .as_ref()
                    .is_some_and(|settings| settings.start == Start::Button);
            html! {
                <Access {notice} {email} {by_button} {came_in}
                    secret={secret} opened={handover.opened()} pending={handover.pending()} />
            }
        }
    };
    html! {
        <ContextProvider<Shared> context={shared}>
            <div class="portal" dir={direction}>
                { view }
                <div class="unseen" role="status" aria-live="polite">{ said.get() }</div>
            </div>
        </ContextProvider<Shared>>
    }
}
