//! A payment provider for the demo and the tests. It keeps books of its own and speaks Stripe's shapes, so that
//! the one Stripe client is pointed at it by its base URL alone. No real money moves here.
//!
//! `api` answers `/v1/…`, `pages` are what people see, `deliver` sends the webhooks, and `desk` with `sessions`,
//! `payments` and `billing` is what they all do to an account's objects.

#![recursion_limit = "256"]

mod api;
mod billing;
pub mod cards;
mod currency;
pub mod deliver;
mod desk;
mod errors;
mod faults;
mod invoices;
mod objects;
mod pages;
mod params;
mod payments;
mod random;
mod refunds;
mod sessions;
mod sign;
mod state;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::Router;
use serde_json::Value;
use tokio::{net::TcpListener, sync::Notify};

use crate::{desk::Desk, random::Random, state::State};
pub use crate::{
    errors::ApiError,
    faults::Faults,
    payments::{Method, Payer},
    sign::signature,
    state::{Books, CurrencyBooks},
};

/// The version whose shapes are spoken.
pub const API_VERSION: &str = "2025-03-31.basil";

/// Time in milliseconds since 1970; a manual one stands still until it is moved.
#[derive(Clone)]
pub enum Clock {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(seconds: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(seconds * 1000)))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a program of its own: the one place that asks the system"
    )]
    pub fn millis(&self) -> i64 {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Manual(millis) => millis.load(Ordering::SeqCst),
        }
    }

    pub fn seconds(&self) -> i64 {
        self.millis() / 1000
    }

    /// Moves a manual clock; a system clock cannot be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(seconds * 1000, Ordering::SeqCst);
        }
    }
}

pub struct Options {
    /// Where people reach the sandbox; the addresses of its pages begin with it.
    pub public_url: String,
    pub clock: Clock,
    /// The same seed gives the same ids and the same faults.
    pub seed: u64,
    /// Where the books are kept between two runs.
    pub file: Option<PathBuf>,
    /// The pauses between the tries of a webhook; after the last one it is given up.
    pub pauses: Vec<Duration>,
}

impl Options {
    pub fn new(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            clock: Clock::System,
            seed: 1,
            file: None,
            pauses: [1, 2, 5, 15, 60, 300, 3600, 21_600]
                .map(Duration::from_secs)
                .to_vec(),
        }
    }
}

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    public_url: String,
    clock: Clock,
    file: Option<PathBuf>,
    pauses: Vec<Duration>,
    state: Mutex<State>,
    /// So many seconds ago everything happens.
    ago: AtomicI64,
    wake: Notify,
    http: reqwest::Client,
}

impl Sandbox {
    /// With the books of the file where there are any.
    pub fn new(options: Options) -> std::io::Result<Self> {
        let kept = match &options.file {
            Some(file) if file.exists() => State::load(&std::fs::read(file)?)?,
            _ => State::new(Random::new(options.seed)),
        };
        Ok(Self(Arc::new(Inner {
            public_url: options.public_url.trim_end_matches('/').into(),
            clock: options.clock,
            file: options.file,
            pauses: options.pauses,
            state: Mutex::new(kept),
            ago: AtomicI64::new(0),
            wake: Notify::new(),
            http: deliver::http_client()?,
        })))
    }

    /// Opens an account under a secret key (`sk_test_…`), or changes the one that is open.
    pub fn account(&self, key: &str, name: &str, webhook_url: Option<&str>, webhook_secret: &str) {
        self.change(|state| state.open(key, name, webhook_url, webhook_secret));
    }

    /// What subscriptions cost; `interval` is `month` or `year`.
    pub fn price(
        &self,
        key: &str,
        id: &str,
        product: &str,
        (amount, currency): (i64, &str),
        interval: &str,
    ) {
        let _ = self.at(key, |desk| {
            desk.add_price(id, product, (amount, currency), interval);
            Ok(())
        });
    }

    /// A new webhook secret. While the old one is kept, deliveries are signed with both.
    pub fn roll_secret(&self, key: &str, secret: &str, keep_old: bool) {
        self.change(|state| {
            if let Some(account) = state.accounts.get_mut(key) {
                account.roll_secret(secret, keep_old);
            }
        });
    }

    /// What goes wrong from now on.
    pub fn faults(&self, key: &str, faults: Faults) {
        self.change(|state| {
            if let Some(account) = state.accounts.get_mut(key) {
                account.faults = faults;
            }
        });
        self.0.wake.notify_one();
    }

    /// The sums of an account's own books, by currency.
    pub fn books(&self, key: &str) -> Books {
        self.state()
            .accounts
            .get(key)
            .map(state::Account::books)
            .unwrap_or_default()
    }

    /// An object as the API would show it.
    pub fn object(&self, key: &str, id: &str) -> Option<Value> {
        self.state()
            .accounts
            .get(key)
            .and_then(|account| account.objects.get(id))
            .map(objects::public)
    }

    /// All objects of a kind, such as `charge`, oldest first.
    pub fn objects(&self, key: &str, kind: &str) -> Vec<Value> {
        self.state().accounts.get(key).map_or_else(Vec::new, |a| {
            a.all(kind).map(objects::public).collect::<Vec<_>>()
        })
    }

    /// Somebody pays an open checkout session; `Err` tells why the bank refused.
    pub fn pay(&self, key: &str, session: &str, payer: &Payer) -> Result<(), ApiError> {
        self.at(key, |desk| desk.pay_session(session, payer))
    }

    /// A bank payment under way arrives, or fails.
    pub fn settle_bank(
        &self,
        key: &str,
        payment_intent: &str,
        arrives: bool,
    ) -> Result<(), ApiError> {
        self.at(key, |desk| desk.settle_bank(payment_intent, arrives))
    }

    /// A refund from the provider's own dashboard; all that is left without an amount.
    pub fn refund(&self, key: &str, charge: &str, amount: Option<i64>) -> Result<String, ApiError> {
        self.at(key, |desk| desk.refund_charge(charge, amount))
    }

    /// A bank refund under way arrives, or fails and the money comes back.
    pub fn settle_refund(&self, key: &str, refund: &str, arrives: bool) -> Result<(), ApiError> {
        self.at(key, |desk| desk.settle_refund(refund, arrives))
    }

    /// The payer's bank asks for the money back.
    pub fn dispute(&self, key: &str, charge: &str) -> Result<String, ApiError> {
        self.at(key, |desk| desk.dispute(charge))
    }

    pub fn close_dispute(&self, key: &str, dispute: &str, won: bool) -> Result<(), ApiError> {
        self.at(key, |desk| desk.close_dispute(dispute, won))
    }

    /// The next period of a subscription is charged for; the card decides unless the charge is made to fail.
    pub fn renew(&self, key: &str, subscription: &str, fails: bool) -> Result<(), ApiError> {
        self.at(key, |desk| desk.renew(subscription, fails))
    }

    /// The subscription ends now.
    pub fn end_subscription(&self, key: &str, subscription: &str) -> Result<(), ApiError> {
        self.at(key, |desk| desk.end_subscription(subscription))
    }

    /// What is done from now on happened so many seconds ago, for books with a history; 0 is the present again.
    pub fn set_back(&self, seconds: i64) {
        self.0.ago.store(seconds, Ordering::SeqCst);
    }

    /// Everything it serves.
    pub fn router(&self) -> Router {
        api::routes()
            .merge(pages::routes())
            .with_state(self.clone())
    }

    /// Serves, and delivers webhooks, until the process ends.
    pub fn spawn(&self, listener: TcpListener) {
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let sandbox = self.clone();
        tokio::spawn(async move { sandbox.keep_delivering().await });
    }

    /// Works on an account, and keeps what became of it.
    pub(crate) fn at<T>(
        &self,
        key: &str,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let result = self.change(|state| {
            let mut desk = Desk::open(state, key, &self.0)?;
            desk.expire_sessions();
            work(&mut desk)
        });
        self.0.wake.notify_one();
        result
    }

    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let result = work(&mut state);
        if let Some(file) = &self.0.file {
            // The books of a demo: what cannot be kept is gone at the next start.
            let _ = state.save(file);
        }
        result
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
