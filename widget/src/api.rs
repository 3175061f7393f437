//! The one way to the server: a small fetch with the session's token, typed replies and
//! problems, and news for the whole portal (session ended, portal locked).

use std::rc::Rc;

use portico_wire::{
    Code, Problem, SessionId,
    access::{
        AskCode, AskProof, AskReset, ChangePassword, ChooseNewPassword, CodeAsked, Devices,
        LinkSeen, LookAtLink, PasswordSignIn, Proof, Prove, RedeemCode, RedeemLink, ResetAsked,
        SignIn, SignOut,
    },
    clients::Profile,
    portal::Home,
    studios::StudioSettings,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};
use yew::Callback;

use crate::{
    json::{self, Part},
    session::Session,
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
    pub fn code(&self) -> Option<Code> {
        match self {
            Failure::Lost => None,
            Failure::Problem(problem) => Some(problem.code),
        }
    }
}

pub fn is_lock(code: Code) -> bool {
    matches!(
        code,
        Code::PortalClosed
            | Code::SubscriptionExpired
            | Code::SubscriptionPastDue
            | Code::UnknownStudio
    )
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
    news: Callback<News>,
}

/// Reads a reply that is not as the wire types say, as from a proxy in between.
fn unreadable(status: u16) -> Problem {
    Problem {
        kind: "about:blank".into(),
        title: Code::Internal.title().into(),
        status,
        code: Code::Internal,
        detail: String::new(),
        reference: String::new(),
        field: None,
        retry_after: None,
        tries_left: None,
        support: None,
    }
}

pub fn problem(status: u16, text: &str) -> Problem {
    Part::parse(text)
        .and_then(Part::read)
        .unwrap_or_else(|_| unreadable(status))
}

/// Status and text of a good reply.
type Reply = Result<(u16, String), Failure>;

/// What a call's reply is given to.
pub type Then<T> = Box<dyn FnOnce(Result<T, Failure>)>;

struct Call {
    method: &'static str,
    path: String,
    body: Option<String>,
    /// With the session's token.
    signed: bool,
}

impl Call {
    fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            body: None,
            signed: true,
        }
    }
    fn post(path: &str, body: &impl Serialize) -> Self {
        Self {
            method: "POST",
            body: json::write(body),
            ..Self::get(path)
        }
    }
    /// Nobody is signed in yet.
    fn open(self) -> Self {
        Self {
            signed: false,
            ..self
        }
    }
}

impl Api {
    pub fn new(host: &str, studio: &str, session: Session, news: Callback<News>) -> Self {
        let studio = String::from(js_sys::encode_uri_component(studio));
        Self(Rc::new(Inner {
            base: format!("{host}/api/portal/v1/{studio}/"),
            session,
            news,
        }))
    }

    pub fn session(&self) -> &Session {
        &self.0.session
    }

    async fn exchange(&self, call: &Call, token: Option<&str>) -> Result<(u16, String), JsValue> {
        let headers = Headers::new()?;
        headers.set("Accept", "application/json")?;
        if call.body.is_some() {
            headers.set("Content-Type", "application/json")?;
        }
        if let Some(token) = token {
            headers.set("Authorization", &["Bearer ", token].concat())?;
        }
        let init = RequestInit::new();
        init.set_method(call.method);
        init.set_headers(&headers);
        init.set_credentials(RequestCredentials::Omit);
        init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
        if let Some(body) = &call.body {
            init.set_body(&body.into());
        }
        let address = [&*self.0.base, &*call.path].concat();
        let asked = gloo::utils::window().fetch_with_str_and_init(&address, &init);
        let reply: Response = JsFuture::from(asked).await?.unchecked_into();
        let text = JsFuture::from(reply.text()?)
            .await?
            .as_string()
            .unwrap_or_default();
        if let (Some(old), Some(new)) = (token, reply.headers().get("Portico-Token")?) {
            self.0.session.renew(old, &new);
        }
        Ok((reply.status(), text))
    }

    async fn send(self, call: Call) -> Reply {
        let mut token = self.0.session.token().filter(|_| call.signed);
        loop {
            let (status, text) = self
                .exchange(&call, token.as_deref())
                .await
                .map_err(|_| Failure::Lost)?;
            if (200..300).contains(&status) {
                return Ok((status, text));
            }
            let problem = Rc::new(problem(status, &text));
            if call.signed && problem.code == Code::SessionEnded {
                let now = self.0.session.token();
                if now.is_some() && now != token {
                    // Another tab renewed the token while this call was on its way.
                    token = now;
                    continue;
                }
                self.0.session.clear();
                self.0.news.emit(News::SessionEnded);
            } else if is_lock(problem.code) {
                self.0.news.emit(News::Locked(problem.clone()));
            }
            return Err(Failure::Problem(problem));
        }
    }

    /// Every call goes through here: one task type in the whole module.
    fn call(&self, call: Call, then: Box<dyn FnOnce(Reply)>) {
        let api = self.clone();
        spawn_local(async move { then(api.send(call).await) });
    }

    fn ask<T: DeserializeOwned + 'static>(
        &self,
        call: Call,
        then: impl FnOnce(Result<T, Failure>) + 'static,
    ) {
        let read = |(status, text): (u16, String)| {
            let read = Part::parse(&text).and_then(Part::read);
            read.map_err(|_| Failure::Problem(Rc::new(unreadable(status))))
        };
        self.call(call, Box::new(move |reply| then(reply.and_then(read))));
    }

    /// [`SignIn`] names its kind inside; reading that by hand spares a second copy of the
    /// reader of everything in it.
    fn come_in(&self, call: Call, then: impl FnOnce(Result<SignIn, Failure>) + 'static) {
        let read = |(status, text): (u16, String)| {
            let whole = Part::parse(&text);
            whole
                .and_then(|whole| sign_in(&whole))
                .map_err(|_| Failure::Problem(Rc::new(unreadable(status))))
        };
        self.call(call, Box::new(move |reply| then(reply.and_then(read))));
    }

    /// For calls that answer without a body.
    fn act(&self, call: Call, then: impl FnOnce(Result<(), Failure>) + 'static) {
        self.call(call, Box::new(move |reply| then(reply.map(drop))));
    }

    // Before sign-in

    pub fn settings(&self, then: impl FnOnce(Result<StudioSettings, Failure>) + 'static) {
        self.ask(Call::get("settings").open(), then);
    }
    pub fn ask_code(&self, ask: &AskCode, then: impl FnOnce(Result<CodeAsked, Failure>) + 'static) {
        self.ask(Call::post("sign-in/code", ask).open(), then);
    }
    pub fn redeem_code(
        &self,
        redeem: &RedeemCode,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.come_in(Call::post("sign-in/code/redeem", redeem).open(), then);
    }
    pub fn sign_in(
        &self,
        with: &PasswordSignIn,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.come_in(Call::post("sign-in/password", with).open(), then);
    }
    pub fn look_at_link(
        &self,
        link: &LookAtLink,
        then: impl FnOnce(Result<LinkSeen, Failure>) + 'static,
    ) {
        self.ask(Call::post("sign-in/link", link).open(), then);
    }
    pub fn redeem_link(
        &self,
        link: &RedeemLink,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.come_in(Call::post("sign-in/link/redeem", link).open(), then);
    }
    pub fn choose_new_password(
        &self,
        choice: &ChooseNewPassword,
        then: impl FnOnce(Result<SignIn, Failure>) + 'static,
    ) {
        self.come_in(Call::post("sign-in/new-password", choice).open(), then);
    }
    pub fn ask_reset(
        &self,
        ask: &AskReset,
        then: impl FnOnce(Result<ResetAsked, Failure>) + 'static,
    ) {
        self.ask(Call::post("password/reset", ask).open(), then);
    }

    // In a session

    pub fn home(&self, then: impl FnOnce(Result<Home, Failure>) + 'static) {
        self.ask(Call::get("home"), then);
    }
    pub fn profile(&self, then: Then<Profile>) {
        self.ask(Call::get("profile"), then);
    }
    pub fn devices(&self, then: Then<Devices>) {
        self.ask(Call::get("devices"), then);
    }
    pub fn end_device(&self, id: SessionId, then: Then<()>) {
        self.act(
            Call {
                method: "DELETE",
                ..Call::get(&format!("devices/{id}"))
            },
            then,
        );
    }
    /// Forgets the token here whatever the server says: a person who signs out is out.
    pub fn sign_out(&self, everywhere: bool, then: Then<()>) {
        let api = self.clone();
        self.act(
            Call::post("sign-out", &SignOut { everywhere }),
            move |done| {
                if !everywhere || done.is_ok() {
                    api.session().clear();
                }
                then(done);
            },
        );
    }
    pub fn ask_proof(
        &self,
        ask: &AskProof,
        then: impl FnOnce(Result<CodeAsked, Failure>) + 'static,
    ) {
        self.ask(Call::post("proof/code", ask), then);
    }
    pub fn prove(&self, prove: &Prove, then: impl FnOnce(Result<Proof, Failure>) + 'static) {
        self.ask(Call::post("proof", prove), then);
    }
    pub fn change_password(
        &self,
        change: &ChangePassword,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        self.act(Call::post("password", change), then);
    }
}

fn sign_in(whole: &Part) -> Result<SignIn, json::Unfit> {
    let field = |name: &str| whole.field(name).text().ok_or(json::Unfit);
    Ok(match field("state")?.as_str() {
        "in" => SignIn::In {
            token: field("token")?,
            home: Box::new(whole.field("home").read()?),
        },
        "new_password" => SignIn::NewPassword {
            proof: field("proof")?,
        },
        _ => return Err(json::Unfit),
    })
}
