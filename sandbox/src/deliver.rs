//! The webhooks on their way: signed, sent, tried again with pauses.

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::{
    Sandbox,
    random::Random,
    sign::signature,
    state::{Account, State},
};

/// So many are on their way at once.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    pub event: String,
    pub kind: String,
    pub body: String,
    /// When the next try is due, in milliseconds.
    pub at: i64,
    pub stage: Stage,
    pub tries: Vec<Try>,
    /// Nothing of ours: somebody else sends it.
    pub forged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    UnderWay,
    Delivered,
    GivenUp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Try {
    pub at: i64,
    /// What the studio's server answered; none where it could not be reached.
    pub status: Option<u16>,
    pub signed: Signed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signed {
    Well,
    Wrong,
    Old,
    Stale,
}

impl Delivery {
    pub fn new(event: &str, kind: &str, body: String, at: i64) -> Self {
        Self {
            event: event.into(),
            kind: kind.into(),
            body,
            at,
            stage: Stage::Waiting,
            tries: Vec::new(),
            forged: false,
        }
    }
}

/// One try, ready to be sent.
struct Parcel {
    key: String,
    place: usize,
    url: String,
    header: String,
    body: String,
    signed: Signed,
}

pub fn http_client() -> io::Result<reqwest::Client> {
    // Whoever else runs in this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(
        clippy::disallowed_methods,
        reason = "a program of its own, with a client of its own"
    )]
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(io::Error::other)
}

impl Sandbox {
    /// Delivers as the webhooks become due, until the process ends.
    pub async fn keep_delivering(&self) {
        loop {
            if self.deliver_due().await == 0 {
                let _ =
                    tokio::time::timeout(Duration::from_millis(100), self.0.wake.notified()).await;
            }
        }
    }

    /// Sends what is due now; says how many that were.
    pub async fn deliver_due(&self) -> usize {
        let until = self.0.clock.millis();
        self.deliver(until).await
    }

    /// Sends everything that waits, pauses or not, until nothing does or so many rounds are over.
    pub async fn deliver_all(&self, rounds: usize) -> usize {
        let mut sent = 0;
        for _ in 0..rounds {
            match self.deliver(i64::MAX).await {
                0 => break,
                n => sent += n,
            }
        }
        sent
    }

    /// How many webhooks still wait.
    pub fn waiting(&self, key: &str) -> usize {
        self.state().accounts.get(key).map_or(0, |account| {
            account
                .deliveries
                .iter()
                .filter(|d| matches!(d.stage, Stage::Waiting | Stage::UnderWay))
                .count()
        })
    }

    /// How often an event was sent, forged ones among them.
    pub fn sent(&self, key: &str) -> usize {
        self.state().accounts.get(key).map_or(0, |account| {
            account.deliveries.iter().map(|d| d.tries.len()).sum()
        })
    }

    /// Sends an event once more.
    pub fn resend(&self, key: &str, event: &str) {
        let now = self.0.clock.millis();
        self.change(|state| {
            let Some(account) = state.accounts.get_mut(key) else {
                return;
            };
            let Some(body) = account.objects.get(event) else {
                return;
            };
            let kind = body["type"].as_str().unwrap_or("").to_owned();
            let delivery = Delivery::new(event, &kind, body.to_string(), now);
            account.deliveries.push(delivery);
        });
        self.0.wake.notify_one();
    }

    async fn deliver(&self, until: i64) -> usize {
        let now = self.0.clock.millis();
        let parcels = {
            let mut state = self.state();
            parcels(&mut state, until, now / 1000)
        };
        let (all, mut left) = (parcels.len(), parcels.into_iter());
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(parcel) = left.next()
            {
                under_way.spawn(send(self.0.http.clone(), parcel));
            }
            let Some(sent) = under_way.join_next().await else {
                break;
            };
            if let Ok((parcel, status)) = sent {
                self.note(&parcel, status);
            }
        }
        if all > 0 {
            // Keeps what became of them.
            self.change(|_| ());
        }
        all
    }

    fn note(&self, parcel: &Parcel, status: Option<u16>) {
        let now = self.0.clock.millis();
        let mut state = self.state();
        let Some(delivery) = state
            .accounts
            .get_mut(&parcel.key)
            .and_then(|account| account.deliveries.get_mut(parcel.place))
        else {
            return;
        };
        delivery.tries.push(Try {
            at: now,
            status,
            signed: parcel.signed,
        });
        let taken = status.is_some_and(|status| (200..300).contains(&status));
        let pause = self.0.pauses.get(delivery.tries.len() - 1);
        delivery.stage = match (taken, pause) {
            (true, _) => Stage::Delivered,
            // A forger does not come back.
            (false, Some(pause)) if !delivery.forged => {
                delivery.at = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                Stage::Waiting
            }
            _ => Stage::GivenUp,
        };
    }
}

async fn send(http: reqwest::Client, parcel: Parcel) -> (Parcel, Option<u16>) {
    let reply = http
        .post(&parcel.url)
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        )
        .header("stripe-signature", &parcel.header)
        .body(parcel.body.clone())
        .send()
        .await;
    (parcel, reply.ok().map(|reply| reply.status().as_u16()))
}

fn parcels(state: &mut State, until: i64, moment: i64) -> Vec<Parcel> {
    let random = &mut state.random;
    let mut parcels = Vec::new();
    for account in state.accounts.values_mut() {
        let Some(url) = account.webhook_url.clone().filter(|_| !account.faults.stop) else {
            continue;
        };
        for place in 0..account.deliveries.len() {
            let due = &account.deliveries[place];
            if due.stage == Stage::Waiting && due.at <= until {
                parcels.push(parcel(account, random, place, &url, moment));
            }
        }
        if account.faults.reorder > 0 {
            random.shuffle(&mut parcels);
        }
    }
    parcels
}

fn parcel(
    account: &mut Account,
    random: &mut Random,
    place: usize,
    url: &str,
    moment: i64,
) -> Parcel {
    let faults = &account.faults;
    let signed = match () {
        () if account.deliveries[place].forged || random.happens(faults.sign_wrong) => {
            Signed::Wrong
        }
        () if random.happens(faults.sign_old) => Signed::Old,
        () if random.happens(faults.sign_stale) => Signed::Stale,
        () => Signed::Well,
    };
    let old = account.old_secret.as_deref().unwrap_or("whsec_replaced");
    let secrets: Vec<&str> = match signed {
        Signed::Well | Signed::Stale => account.secrets.iter().map(String::as_str).collect(),
        Signed::Wrong => vec!["whsec_guessed"],
        Signed::Old => vec![old],
    };
    let moment = if signed == Signed::Stale {
        moment - 3600
    } else {
        moment
    };
    let body = account.deliveries[place].body.clone();
    let header = signature(&body, &secrets, moment);
    account.deliveries[place].stage = Stage::UnderWay;
    Parcel {
        key: account.key.clone(),
        place,
        url: url.into(),
        header,
        body,
        signed,
    }
}
