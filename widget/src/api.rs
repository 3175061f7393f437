//! The one way to the server: a small fetch with the session's token, typed replies and
//! problems, and news for the whole portal (session ended, portal locked).

use std::rc::Rc;

use portico_wire::{
    Code, Problem, SessionId,
    access::{
        AskCode, AskProof, AskReset, ChangePassword, ChooseNewPassword, CodeAsked, Devices, LinkSeen,
        LookAtLink, PasswordSignIn, Proof, Prove, RedeemCode, RedeemLink, ResetAsked, SignIn, SignOut,
    },
    clients::Profile,
    portal::Home,
    studios::StudioSettings,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};
use yew::Callback;

use crate::session::Session;

/// A call that has no reply after this long is a lost network.
const PATIENCE_MS: u32 = 20_000;

#[derive(Clone, PartialEq)]
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
        Code::PortalClosed | Code::SubscriptionExpired | Code::SubscriptionPastDue | Code::UnknownStudio
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

impl PartialEq for Api {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn json<B: Serialize>(body: &B) -> Option<String> {
    serde_json::to_string(body).ok()
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
    serde_json::from_str(text).unwrap_or_else(|_| unreadable(status))
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

    /// One exchange. Not generic, so that it stands in the module once.
    async fn exchange(&self, method: &str, path: &str, body: Option<&str>, token: Option<&str>) -> Result<(u16, String), JsValue> {
        let headers = Headers::new()?;
        headers.set("Accept", "application/json")?;
        if body.is_some() {
            headers.set("Content-Type", "application/json")?;
        }
        if let Some(token) = token {
            headers.set("Authorization", &format!("Bearer {token}"))?;
        }
        let init = RequestInit::new();
        init.set_method(method);
        init.set_headers(&headers);
        init.set_credentials(RequestCredentials::Omit);
        init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
        if let Some(body) = body {
            init.set_body(&body.into());
        }
        let address = format!("{}{path}", self.0.base);
        let asked = gloo::utils::window().fetch_with_str_and_init(&address, &init);
        let reply: Response = JsFuture::from(asked).await?.unchecked_into();
        let text = JsFuture::from(reply.text()?).await?.as_string().unwrap_or_default();
        if let (Some(old), Some(new)) = (token, reply.headers().get("Portico-Token")?) {
            self.0.session.renew(old, &new);
        }
        Ok((reply.status(), text))
    }

    async fn send(&self, method: &str, path: &str, body: Option<String>, signed: bool) -> Result<(u16, String), Failure> {
        let mut token = self.0.session.token().filter(|_| signed);
        loop {
            let (status, text) = self
                .exchange(method, path, body.as_deref(), token.as_deref())
                .await
                .map_err(|_| Failure::Lost)?;
            if (200..300).contains(&status) {
                return Ok((status, text));
            }
            let problem = Rc::new(problem(status, &text));
            if signed && problem.code == Code::SessionEnded {
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

    async fn call<T: DeserializeOwned>(&self, method: &str, path: &str, body: Option<String>, signed: bool) -> Result<T, Failure> {
        let (status, text) = self.send(method, path, body, signed).await?;
        serde_json::from_str(&text).map_err(|_| Failure::Problem(Rc::new(unreadable(status))))
    }

    async fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, Failure> {
        self.call("POST", path, json(body), false).await
    }

    // Before sign-in

    pub async fn settings(&self) -> Result<StudioSettings, Failure> {
        self.call("GET", "settings", None, false).await
    }
    pub async fn ask_code(&self, ask: &AskCode) -> Result<CodeAsked, Failure> {
        self.post("sign-in/code", ask).await
    }
    pub async fn redeem_code(&self, redeem: &RedeemCode) -> Result<SignIn, Failure> {
        self.post("sign-in/code/redeem", redeem).await
    }
    pub async fn sign_in(&self, with: &PasswordSignIn) -> Result<SignIn, Failure> {
        self.post("sign-in/password", with).await
    }
    pub async fn look_at_link(&self, link: &LookAtLink) -> Result<LinkSeen, Failure> {
        self.post("sign-in/link", link).await
    }
    pub async fn redeem_link(&self, link: &RedeemLink) -> Result<SignIn, Failure> {
        self.post("sign-in/link/redeem", link).await
    }
    pub async fn choose_new_password(&self, choice: &ChooseNewPassword) -> Result<SignIn, Failure> {
        self.post("sign-in/new-password", choice).await
    }
    pub async fn ask_reset(&self, ask: &AskReset) -> Result<ResetAsked, Failure> {
        self.post("password/reset", ask).await
    }

    // In a session

    pub async fn home(&self) -> Result<Home, Failure> {
        self.call("GET", "home", None, true).await
    }
    pub async fn profile(&self) -> Result<Profile, Failure> {
        self.call("GET", "profile", None, true).await
    }
    pub async fn devices(&self) -> Result<Devices, Failure> {
        self.call("GET", "devices", None, true).await
    }
    pub async fn end_device(&self, id: SessionId) -> Result<(), Failure> {
        self.send("DELETE", &format!("devices/{id}"), None, true).await.map(drop)
    }
    /// Forgets the token here whatever the server says: a person who signs out is out.
    pub async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        let done = self.send("POST", "sign-out", json(&SignOut { everywhere }), true).await.map(drop);
        if !everywhere || done.is_ok() {
            self.0.session.clear();
        }
        done
    }
    pub async fn ask_proof(&self, ask: &AskProof) -> Result<CodeAsked, Failure> {
        self.call("POST", "proof/code", json(ask), true).await
    }
    pub async fn prove(&self, prove: &Prove) -> Result<Proof, Failure> {
        self.call("POST", "proof", json(prove), true).await
    }
    pub async fn change_password(&self, change: &ChangePassword) -> Result<(), Failure> {
        self.send("POST", "password", json(change), true).await.map(drop)
    }
}
