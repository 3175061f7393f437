//! The one way to the server: a small fetch with the session's token, typed replies and
//! problems, and news for the whole portal (session ended, portal locked).

use std::rc::Rc;

use gloo::events::EventListener;
use portico_wire::{
    Code,
    access::{CodeAsked, LinkSeen},
    studios::StudioSettings,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Blob, ProgressEvent, RequestInit, Response, XmlHttpRequest};

use crate::{
    forms::replies::{self as forms, Saved, Submitted},
    json::{self, Body, Json},
    replies::{self, Home, LOCKS, Problem, SignIn},
    requests,
    session::Session,
    texts::joined,
};

/// A call that has no reply after this long is a lost network.
const PATIENCE_MS: u32 = 20_000;

#[derive(Clone)]
pub enum Failure {
    /// No reply: the network is gone, or this page may not ask.
    Lost,
    Problem(Rc<Problem>),
}

impl Failure {
    pub fn is_lost(&self) -> bool {
        matches!(self, Failure::Lost)
    }
}

/// What concerns the whole portal, whichever call heard it.
pub enum News {
    SessionEnded,
    Locked(Rc<Problem>),
}

#[derive(Clone)]
pub struct Api(Rc<Inner>);

struct Inner {
    base: String,
    session: Session,
    news: Box<dyn Fn(News)>,
}

/// The problem of a reply. One that says none, as from a proxy in between, is the server's fault.
pub fn problem(text: &str) -> Failure {
    let read = json::read(text, replies::problem);
    Failure::Problem(Rc::new(read.unwrap_or_else(|| Problem {
        title: Code::Internal.title().into(),
        fault: true,
        code: Code::Internal.text().into(),
        detail: String::new(),
        reference: String::new(),
        field: None,
        support: None,
    })))
}

type Reply = Result<Json, Failure>;

/// What a call's reply is given to: one type for all of them.
pub type Then = Box<dyn FnOnce(Reply)>;

struct Call {
    method: &'static str,
    path: String,
    body: Option<String>,
    /// With the session's token.
    signed: bool,
    /// The same key once more is the same act.
    key: Option<String>,
}

/// For a session.
fn get(path: &str) -> Call {
    Call {
        method: "GET",
        path: path.to_owned(),
        body: None,
        signed: true,
        key: None,
    }
}
fn with(method: &'static str, path: &str, body: Body) -> Call {
    Call {
        method,
        body: Some(body.done()),
        ..get(path)
    }
}
fn post(path: &str, body: Body) -> Call {
    with("POST", path, body)
}
/// Nobody is signed in yet.
fn open(call: Call) -> Call {
    Call {
        signed: false,
        ..call
    }
}

impl Call {
    /// What `fetch` takes: written as JSON and read by the browser, which is less than a setter
    /// for each.
    fn init(&self, token: Option<&str>) -> Result<RequestInit, JsValue> {
        let bearer = token.map(|token| joined(&["Bearer ", token]));
        let body = self.body.as_deref();
        let headers = Body::new()
            .text("Accept", "application/json")
            .opt("Content-Type", body.map(|_| "application/json"))
            .opt("Authorization", bearer.as_deref())
            .opt("Idempotency-Key", self.key.as_deref());
        // What is saved while the page goes away still arrives; browsers let no more through.
        let outlives = self.method == "PUT" && body.is_some_and(|body| body.len() < 60_000);
        let init = Body::new()
            .text("method", self.method)
            .text("credentials", "omit")
            .object("headers", headers)
            .flag("keepalive", outlives)
            .opt("body", body);
        let init: RequestInit = js_sys::JSON::parse(&init.done())?.unchecked_into();
        init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
        Ok(init)
    }
}

impl Api {
    pub fn new(host: &str, studio: &str, session: Session, news: Box<dyn Fn(News)>) -> Self {
        let studio = String::from(js_sys::encode_uri_component(studio));
        Self(Rc::new(Inner {
            base: joined(&[host, "/api/portal/v1/", &studio, "/"]),
            session,
            news,
        }))
    }

    pub fn session(&self) -> &Session {
        &self.0.session
    }

    async fn exchange(&self, call: &Call, token: Option<&str>) -> Result<(bool, String), JsValue> {
        let init = call.init(token)?;
        let address = joined(&[&self.0.base, &call.path]);
        let asked = gloo::utils::window().fetch_with_str_and_init(&address, &init);
        let reply: Response = JsFuture::from(asked).await?.unchecked_into();
        let text = JsFuture::from(reply.text()?).await?.as_string();
        if let (Some(old), Some(new)) = (token, reply.headers().get("Portico-Token")?) {
            self.0.session.renew(old, &new);
        }
        Ok((reply.ok(), text.unwrap_or_default()))
    }

    async fn send(self, call: Call) -> Reply {
        let mut token = self.0.session.token().filter(|_| call.signed);
        loop {
            let (good, text) = self
                .exchange(&call, token.as_deref())
                .await
                .map_err(|_| Failure::Lost)?;
            if good {
                return Ok(Json::parse(&text));
            }
            let failure = problem(&text);
            let Failure::Problem(problem) = &failure else {
                return Err(failure);
            };
            if call.signed && problem.is(Code::SessionEnded) {
                let now = self.0.session.token();
                if now.is_some() && now != token {
                    // Another tab renewed the token while this call was on its way.
                    token = now;
                    continue;
                }
                self.0.session.clear();
                (self.0.news)(News::SessionEnded);
            } else if problem.is_one_of(LOCKS) {
                (self.0.news)(News::Locked(problem.clone()));
            }
            return Err(failure);
        }
    }

    /// Every call goes through here: one task type in the whole module.
    #[inline(never)]
    fn call(&self, call: Call, then: Then) {
        let api = self.clone();
        spawn_local(async move { then(api.send(call).await) });
    }

    fn ask<T: 'static>(
        &self,
        call: Call,
        reader: fn(&Json) -> T,
        then: impl FnOnce(Result<T, Failure>) + 'static,
    ) {
        let read = move |json: Json| json.read(reader).ok_or_else(|| problem(""));
        self.call(call, Box::new(move |reply| then(reply.and_then(read))));
    }

    /// For calls that answer without a body.
    fn act(&self, call: Call, then: impl FnOnce(Result<(), Failure>) + 'static) {
        self.call(call, Box::new(move |reply| then(reply.map(drop))));
    }

    /// What a screen shows.
    pub fn get(&self, path: &str, then: Then) {
        self.call(get(path), then);
    }

    // Before sign-in

    pub fn settings(&self, then: impl FnOnce(Result<Rc<StudioSettings>, Failure>) + 'static) {
        self.ask(open(get("settings")), replies::settings, then);
    }
    pub fn ask_code(&self, ask: Body, then: impl FnOnce(Result<CodeAsked, Failure>) + 'static) {
        self.ask(open(post("sign-in/code", ask)), replies::code_asked, then);
    }
    pub fn redeem_code(&self, redeem: Body, then: impl FnOnce(Result<SignIn, Failure>) + 'static) {
        self.come_in("sign-in/code/redeem", redeem, then);
    }
    pub fn sign_in(&self, with: Body, then: impl FnOnce(Result<SignIn, Failure>) + 'static) {
        self.come_in("sign-in/password", with, then);
    }
    pub fn redeem_link(&self, link: Body, then: impl FnOnce(Result<SignIn, Failure>) + 'static) {
        self.come_in("sign-in/link/redeem", link, then);
    }
    pub fn choose_new_password(
        &self,
        choice: Body,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.come_in("sign-in/new-password", choice, then);
    }
    fn come_in(
        &self,
        path: &str,
        body: Body,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.ask(open(post(path, body)), replies::sign_in, then);
    }
    pub fn look_at_link(&self, link: Body, then: impl FnOnce(Result<LinkSeen, Failure>) + 'static) {
        self.ask(open(post("sign-in/link", link)), replies::link_seen, then);
    }
    pub fn view_as(&self, secret: Body, then: impl FnOnce(Result<SignIn, Failure>) + 'static) {
        self.come_in("sign-in/view-as", secret, then);
    }
    /// The reply says where the link went.
    pub fn ask_reset(&self, ask: Body, then: impl FnOnce(Result<String, Failure>) + 'static) {
        self.ask(
            open(post("password/reset", ask)),
            replies::reset_asked,
            then,
        );
    }

    // In a session

    pub fn home(&self, then: impl FnOnce(Result<Rc<Home>, Failure>) + 'static) {
        self.ask(get("home"), |json| Rc::new(replies::home(json)), then);
    }
    /// Forgets the token here whatever the server says: a person who signs out is out.
    pub fn sign_out(&self, everywhere: bool, then: impl FnOnce(Result<(), Failure>) + 'static) {
        let api = self.clone();
        let out = move |done: Result<(), Failure>| {
            if !everywhere || done.is_ok() {
                api.session().forget();
                api.session().clear();
            }
            then(done);
        };
        let call = post("sign-out", requests::sign_out(everywhere));
        self.act(call, out);
    }
    pub fn ask_proof(&self, ask: Body, then: impl FnOnce(Result<CodeAsked, Failure>) + 'static) {
        self.ask(post("proof/code", ask), replies::code_asked, then);
    }
    pub fn prove(&self, prove: Body, then: impl FnOnce(Result<String, Failure>) + 'static) {
        self.ask(post("proof", prove), replies::proof, then);
    }
    pub fn change_password(&self, change: Body, then: impl FnOnce(Result<(), Failure>) + 'static) {
        self.act(post("password", change), then);
    }
    pub fn change_email(
        &self,
        change: Body,
        then: impl FnOnce(Result<CodeAsked, Failure>) + 'static,
    ) {
        self.ask(post("profile/email", change), replies::code_asked, then);
    }
    pub fn confirm_email(&self, confirm: Body, then: impl FnOnce(Result<(), Failure>) + 'static) {
        self.act(post("profile/email/confirm", confirm), then);
    }

    // Forms: `path` is that of a form or of a questionnaire

    pub fn save_draft(
        &self,
        path: &str,
        draft: Body,
        then: impl FnOnce(Result<Saved, Failure>) + 'static,
    ) {
        let call = with("PUT", &joined(&[path, "/draft"]), draft);
        self.ask(call, forms::saved, then);
    }
    pub fn submit(
        &self,
        path: &str,
        draft: Body,
        key: &str,
        then: impl FnOnce(Result<Submitted, Failure>) + 'static,
    ) {
        let call = Call {
            key: Some(key.to_owned()),
            ..post(&joined(&[path, "/submit"]), draft)
        };
        self.ask(call, forms::submitted, then);
    }

    // Contracts, quotes, orders: their replies are read where they are shown

    /// An act that is the same one when it is sent again.
    pub fn once(&self, path: &str, body: Body, key: &str, then: Then) {
        let call = Call {
            key: Some(key.to_owned()),
            ..post(path, body)
        };
        self.call(call, then);
    }
    /// Of what the browser asks for itself.
    pub fn address(&self, path: &str) -> String {
        joined(&[&self.0.base, path])
    }
    pub fn post(&self, path: &str, body: Body, then: Then) {
        self.call(post(path, body), then);
    }
    pub fn delete(&self, path: &str, then: Then) {
        let call = Call {
            method: "DELETE",
            ..get(path)
        };
        self.call(call, then);
    }

    /// Sends a file or a part of one, with news of the bytes that are gone. `None` where the browser refuses.
    pub fn upload(
        &self,
        method: &str,
        path: &str,
        content: &Blob,
        moves: Box<dyn Fn(f64)>,
        then: Then,
    ) -> Option<XmlHttpRequest> {
        let call = XmlHttpRequest::new().ok()?;
        call.open(method, &joined(&[&self.0.base, path])).ok()?;
        let token = self.0.session.token().unwrap_or_default();
        let bearer = joined(&["Bearer ", &token]);
        let kind = "application/octet-stream";
        for (name, value) in [("Authorization", &*bearer), ("Content-Type", kind)] {
            call.set_request_header(name, value).ok()?;
        }
        let moving = call.upload().ok().map(|upload| {
            EventListener::new(&upload, "progress", move |event| {
                let event: &ProgressEvent = event.unchecked_ref();
                moves(event.loaded());
            })
        });
        let (api, ended) = (self.clone(), call.clone());
        EventListener::once(&call, "loadend", move |_| {
            drop(moving);
            let text = ended.response_text().ok().flatten().unwrap_or_default();
            if let Ok(Some(new)) = ended.get_response_header("Portico-Token") {
                api.0.session.renew(&token, &new);
            }
            then(match ended.status() {
                Ok(200..=299) => Ok(Json::parse(&text)),
                Ok(0) | Err(_) => Err(Failure::Lost),
                _ => Err(problem(&text)),
            });
        })
        .forget();
        call.send_with_opt_blob(Some(content)).ok()?;
        Some(call)
    }
}
