//! The payment provider of a test: the sandbox on a port of its own, with a clock that moves with the test's, and the
//! server under test on a port where its webhooks arrive.

use std::net::SocketAddr;

use portico::{app, config::Config};
use portico_sandbox::{Clock, Options, Sandbox};
use tokio::net::TcpListener;

use crate::harness::TestApp;

/// The demo studio's own account.
pub const KEY: &str = "sk_test_demo";
/// The operator's account, which studios pay their subscription to.
pub const OPERATOR: &str = "sk_test_operator";
pub const OPERATOR_SECRET: &str = "whsec_operator";
pub const PRICE: &str = "price_studio";

pub struct Provider {
    pub sandbox: Sandbox,
    pub test: TestApp,
    clock: Clock,
}

impl Provider {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let test = TestApp::with(|config| {
            config.stripe_url.clone_from(&origin);
            config.billing_stripe_key = Some(OPERATOR.into());
            config.billing_stripe_price = Some(PRICE.into());
            config.billing_stripe_webhook_secret = Some(OPERATOR_SECRET.into());
            change(config);
        })
        .await;
        test.work().await;
        let clock = Clock::manual(test.app.clock.now().micros() / 1_000_000);
        let mut options = Options::new(&origin);
        options.clock = clock.clone();
        let sandbox = Sandbox::new(options).unwrap();
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let server = serve(&test).await;
        let webhooks = format!("{server}/webhooks/stripe");
        sandbox.account(OPERATOR, "Portico", Some(&webhooks), OPERATOR_SECRET);
        sandbox.price(OPERATOR, PRICE, "Portico Studio", (4_900, "usd"), "month");
        sandbox.account(
            KEY,
            "Fernlight Studio",
            Some(&format!("{webhooks}/demo")),
            "whsec_demo",
        );
        Self {
            sandbox,
            test,
            clock,
        }
    }

    /// Lets time pass for everybody.
    pub fn pass(&self, seconds: i64) {
        self.test.pass(seconds);
        self.clock.advance(seconds);
    }

    /// Delivers the webhooks that wait, and lets the workers do what they cause.
    pub async fn settle(&self) {
        self.sandbox.deliver_all(20).await;
        self.test.work().await;
    }

    /// The newest object of a kind at the provider.
    pub fn newest(&self, key: &str, kind: &str) -> String {
        let objects = self.sandbox.objects(key, kind);
        objects.last().unwrap()["id"].as_str().unwrap().to_owned()
    }
}

async fn serve(test: &TestApp) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app::router(&test.app).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}
