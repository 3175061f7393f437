//! The sandbox as its callers meet it: over HTTP, with a studio's server that takes the webhooks.

mod api;
mod billing;
mod pages;
mod webhooks;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use portico_sandbox::{Clock, Options, Payer, Sandbox, cards::Card};
use reqwest::Response;
use serde_json::Value;
use tokio::net::TcpListener;

pub const KEY: &str = "sk_test_studio";
pub const SECRET: &str = "whsec_studio";
/// 22 November 2026
pub const NOW: i64 = 1_795_332_480;

pub struct World {
    pub sandbox: Sandbox,
    pub clock: Clock,
    pub origin: String,
    http: reqwest::Client,
    hook: Hook,
}

/// What the studio's server got, and what it answers.
#[derive(Clone, Default)]
pub struct Hook(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    got: Vec<(String, Value)>,
    down: bool,
}

impl Hook {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = self.0.clone();
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let mut inner = inner.lock().unwrap();
            if inner.down {
                return 500_u16.try_into().unwrap();
            }
            let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
            inner
                .got
                .push((signature, serde_json::from_slice(&body).unwrap()));
            axum::http::StatusCode::OK
        };
        let router = Router::new().route("/hook", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook")
    }
}

impl World {
    pub async fn new() -> Self {
        let hook = Hook::default();
        let url = hook.listen().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let clock = Clock::manual(NOW);
        let mut options = Options::new(&origin);
        options.clock = clock.clone();
        let sandbox = Sandbox::new(options).unwrap();
        sandbox.account(KEY, "Fernlight Studio", Some(&url), SECRET);
        sandbox.price(
            KEY,
            "price_studio",
            "Portico Studio",
            (4900, "usd"),
            "month",
        );
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            sandbox,
            clock,
            origin,
            http: client(),
            hook,
        }
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.post_under(path, form, None).await
    }

    pub async fn post_under(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> Response {
        let mut request = self
            .http
            .post(format!("{}{path}", self.origin))
            .bearer_auth(KEY)
            .form(form);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.origin))
            .bearer_auth(KEY)
            .send()
            .await
            .unwrap()
    }

    pub async fn got(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status(), 200, "{path}");
        reply.json().await.unwrap()
    }

    /// A session over so many cents.
    pub async fn session(&self, amount: &str) -> Value {
        let reply = self.post("/v1/checkout/sessions", &invoice(amount)).await;
        assert_eq!(reply.status(), 200);
        reply.json().await.unwrap()
    }

    pub async fn paid(&self, amount: &str) -> Value {
        let session = self.session(amount).await;
        let id = session["id"].as_str().unwrap();
        self.sandbox
            .pay(KEY, id, &Payer::card(Card::good()))
            .unwrap();
        self.got(&format!("/v1/checkout/sessions/{id}")).await
    }

    /// What arrived at the studio's server, in order: signature and event.
    pub fn hooks(&self) -> Vec<(String, Value)> {
        self.hook.0.lock().unwrap().got.clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.hooks()
            .iter()
            .map(|(_, event)| event["type"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn hook_is_down(&self, down: bool) {
        self.hook.0.lock().unwrap().down = down;
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own client")]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The parameters of a checkout of an invoice.
pub fn invoice(amount: &str) -> Vec<(&str, &str)> {
    vec![
        ("mode", "payment"),
        (
            "success_url",
            "https://fernlight.example/account?paid={CHECKOUT_SESSION_ID}",
        ),
        ("cancel_url", "https://fernlight.example/account"),
        ("client_reference_id", "inv_1"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", amount),
        (
            "line_items[0][price_data][product_data][name]",
            "Invoice 2026-0007",
        ),
        ("payment_intent_data[metadata][invoice]", "inv_1"),
        ("metadata[invoice]", "inv_1"),
    ]
}

/// The error's type, code and parameter.
pub async fn error(reply: Response) -> (u16, String, String, String) {
    let status = reply.status().as_u16();
    let body: Value = reply.json().await.unwrap();
    let of = |name: &str| body["error"][name].as_str().unwrap_or("").to_owned();
    assert!(!of("message").is_empty(), "{body}");
    (status, of("type"), of("code"), of("param"))
}
