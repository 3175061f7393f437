//! Payments while everything goes wrong: webhooks doubled, overtaking, late, forged and badly signed, answers lost, and the
//! server killed in between. At the end our books and the provider's say the same, to the cent.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use portico::payments::{self, EntryKind};
use portico_sandbox::{Faults, Options, Payer, Sandbox, cards::Card};
use portico_wire::InvoiceId;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    harness::{PASSWORD, SITE, TestApp},
    till::{BACK, KEY, SECRET, at_once, draft},
};

/// How many payments; `cargo xtask drill` asks for more.
fn size() -> usize {
    std::env::var("STORM")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(16)
}

/// After how many payments it is killed again; `KILLS` asks for so many in a long run.
fn pause() -> usize {
    let kills = std::env::var("KILLS").ok().and_then(|n| n.parse().ok());
    (size() / kills.unwrap_or(size())).max(4)
}

/// The real program, which can be killed.
struct Server {
    child: Child,
    command: Box<dyn Fn() -> Command + Send>,
    kills: u32,
}

impl Server {
    fn start(command: impl Fn() -> Command + Send + 'static) -> Self {
        let child = command().spawn().unwrap();
        Self {
            child,
            command: Box::new(command),
            kills: 0,
        }
    }

    /// SIGKILL, and up again.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = (self.command)().spawn().unwrap();
        self.kills += 1;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Storm {
    test: TestApp,
    sandbox: Sandbox,
    server: Server,
    origin: String,
    http: reqwest::Client,
}

async fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
}

impl Storm {
    async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = format!("http://{}", listener.local_addr().unwrap());
        let mut options = Options::new(&provider);
        // Many tries with short pauses: a storm lasts seconds, not days.
        options.pauses = vec![Duration::from_millis(150); 200];
        options.seed = 7;
        let sandbox = Sandbox::new(options).unwrap();
        sandbox.spawn(listener);
        let address = free().await;
        let origin = format!("http://{address}");
        sandbox.account(
            KEY,
            "Fernlight Studio",
            Some(&format!("{origin}/webhooks/stripe/demo")),
            SECRET,
        );
        let test = TestApp::with(|config| config.stripe_url.clone_from(&provider)).await;
        keys(&test).await;
        let server = Server::start(command(&test, address, &provider));
        let storm = Self {
            test,
            sandbox,
            server,
            origin,
            http: client(),
        };
        storm.ready().await;
        storm
    }

    async fn ready(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until {
            let reply = self
                .http
                .get(format!("{}/readyz", self.origin))
                .send()
                .await;
            if reply.is_ok_and(|reply| reply.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not get ready");
    }

    async fn sign_in(&self) -> String {
        let url = format!("{}/api/portal/v1/demo/sign-in/password", self.origin);
        let body = json!({ "email": "client@demo.test", "password": PASSWORD });
        let reply = self
            .http
            .post(url)
            .header("origin", SITE)
            .json(&body)
            .send()
            .await
            .unwrap();
        let reply: Value = reply.json().await.unwrap();
        reply["token"]
            .as_str()
            .unwrap_or_else(|| panic!("{reply}"))
            .to_owned()
    }

    /// Begins to pay an invoice, again and again under one key until an answer comes; the provider's session.
    async fn checkout(&mut self, token: &str, invoice: InvoiceId, at: usize) -> String {
        let url = format!("{}/api/portal/v1/demo/payments/checkout", self.origin);
        let wish =
            json!({ "invoices": [invoice.to_string()], "choice": "everything", "return_to": BACK });
        for round in 0..200 {
            let sent = self
                .http
                .post(&url)
                .header("origin", SITE)
                .header("idempotency-key", format!("storm-{at:06}"))
                .bearer_auth(token)
                .json(&wish)
                .send();
            if round == 0 && at % (pause() + 1) == 2 {
                // Killed while it is at it.
                let sent = tokio::spawn(sent);
                tokio::time::sleep(Duration::from_millis(10)).await;
                self.server.kill();
                let _ = sent.await;
                self.ready().await;
                continue;
            }
            if let Ok(reply) = sent.await
                && reply.status().is_success()
            {
                let body: Value = reply.json().await.unwrap();
                if let Some(url) = body["url"].as_str() {
                    return url.rsplit('/').next().unwrap().to_owned();
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody could begin to pay {invoice}");
    }

    /// What our books hold and what is under way, of online payments.
    async fn ours(&self) -> (i64, i64) {
        let sql = "select cast(coalesce(sum(e.amount), 0) as bigint),
                cast((select coalesce(sum(w.amount), 0) from payments w where w.method = 'online'
                    and not exists (select 1 from payment_entries d where d.studio_id = w.studio_id
                        and d.payment_id = w.id and d.kind <> $1)) as bigint)
             from payments p join payment_entries e on e.studio_id = p.studio_id and e.payment_id = p.id
             where p.method = 'online' and p.provider_id is not null";
        self.test.row(sql, EntryKind::Pending.name()).await
    }

    fn theirs(&self) -> (i64, i64) {
        let books = self.sandbox.books(KEY);
        books.values().fold((0, 0), |(net, pending), sums| {
            (net + sums.net(), pending + sums.pending)
        })
    }

    /// What a killed server held is free for others after five minutes, and a job is tried again after half a minute: here
    /// at once.
    async fn minutes_later(&self) {
        let sql = "update jobs set locked_until = null, run_at = created_at
             where state = 'queued' and kind like 'money%' and kind <> $1 returning kind";
        let _: Result<(String,), _> = self.test.try_row(sql, "-").await;
    }

    /// Until both say the same, or it takes too long.
    async fn settle(&self) {
        let patience = 90 + u64::try_from(size() / 10).unwrap();
        let until = Instant::now() + Duration::from_secs(patience);
        while Instant::now() < until {
            self.minutes_later().await;
            let waiting = self.sandbox.waiting(KEY);
            let (due,): (i64,) = self
                .test
                .row(
                    "select count(*) from jobs where state = 'queued' and kind = $1",
                    "money_event",
                )
                .await;
            if waiting == 0 && due == 0 && self.ours().await == self.theirs() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the clients' own browsers")]
fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(15))
        .no_proxy()
        .build()
        .unwrap()
}

fn command(
    test: &TestApp,
    address: SocketAddr,
    provider: &str,
) -> impl Fn() -> Command + Send + use<> {
    let config = &test.app.config;
    let settings = [
        ("PORTICO_LISTEN", address.to_string()),
        ("PORTICO_PUBLIC_URL", "http://127.0.0.1:8080".to_owned()),
        ("PORTICO_DATABASE_URL", config.database_url.clone()),
        ("PORTICO_STORAGE_URL", config.storage_url.clone()),
        ("PORTICO_SECRET_KEY", config.secret_key.clone()),
        ("PORTICO_SMTP_URL", "mailbox:".to_owned()),
        ("PORTICO_STRIPE_URL", provider.to_owned()),
        ("PORTICO_LOG_FILTER", "error".to_owned()),
        ("PORTICO_LIMITS__PER_ADDRESS", "100000".to_owned()),
        ("PORTICO_ARGON2__MEMORY_KIB", "64".to_owned()),
        ("PORTICO_ARGON2__ITERATIONS", "1".to_owned()),
    ];
    move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
        command
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for (name, value) in &settings {
            command.env(name, value);
        }
        command
    }
}

/// The studio's key and webhook secret.
async fn keys(test: &TestApp) {
    let (app, demo) = (&test.app, test.scope("demo").await);
    let sealed = |text: &str| portico::secrets::Secret::presented(text);
    let mut tx = app.db.write(&demo).await.unwrap();
    let key = payments::store::account::NewKey {
        sealed: &payments::account::seal_key(app, &sealed(KEY)),
        hint: "till",
        name: Some("Fernlight Studio"),
        live: false,
    };
    payments::store::account::save_key(&mut tx, &key)
        .await
        .unwrap();
    let secret = payments::account::seal_webhook(app, &sealed(SECRET));
    payments::store::account::save_webhook(&mut tx, Some(&secret), None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Invoices to be paid, each over another amount.
async fn invoices(test: &TestApp, count: usize) -> Vec<InvoiceId> {
    let demo = test.scope("demo").await;
    let who = crate::quotes::person(test, "client@demo.test").await;
    let mut all = Vec::new();
    for at in 0..count {
        let mut tx = test.app.db.write(&demo).await.unwrap();
        let price = 1_000 + i64::try_from(at).unwrap() * 37;
        let id = draft(&mut tx, who, &[price], at_once(14)).await;
        portico::invoices::issue::issue(&mut tx, &demo, id, &crate::till::BY)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        all.push(id);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_the_books_equal_the_providers_to_the_cent_after_a_storm_with_kills() {
    let mut storm = Storm::begin().await;
    let invoices = invoices(&storm.test, size()).await;
    storm.sandbox.faults(
        KEY,
        Faults {
            duplicate: 40,
            reorder: 60,
            delay_ms: 400,
            sign_wrong: 20,
            sign_old: 10,
            sign_stale: 10,
            forge: 25,
            lose_answer: 15,
            ..Faults::default()
        },
    );
    let token = storm.sign_in().await;
    for (at, &invoice) in invoices.iter().enumerate() {
        let session = storm.checkout(&token, invoice, at).await;
        act(&storm.sandbox, &session, at);
        if at % pause() == 3 {
            storm.server.kill();
            storm.ready().await;
        }
    }
    // The sky clears; what was lost on the way comes again.
    storm.sandbox.faults(KEY, Faults::default());
    storm.settle().await;
    let (events,): (i64,) = storm
        .test
        .row("select count(*) from provider_events where kind <> $1", "")
        .await;
    let (sent, kills) = (storm.sandbox.sent(KEY), storm.server.kills);
    println!("{events} events, sent {sent} times with forged ones, {kills} kills");
    assert_eq!(storm.ours().await, storm.theirs());
    assert!(storm.server.kills as usize >= size() / pause());
    let demo = storm.test.scope("demo").await;
    let mut tx = storm.test.app.db.read(&demo).await.unwrap();
    let wrong = payments::check::check(&mut tx).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let arrived = storm
        .sandbox
        .objects(KEY, "charge")
        .iter()
        .filter(|charge| charge["status"] == "succeeded")
        .count();
    let (received,): (i64,) = storm
        .test
        .row(
            "select count(*) from payment_entries e
             join payments p on p.studio_id = e.studio_id and p.id = e.payment_id
             where e.kind = $1 and p.provider_id is not null",
            "succeeded",
        )
        .await;
    assert_eq!(
        usize::try_from(received).unwrap(),
        arrived,
        "each payment once"
    );
}

/// What somebody does on the provider's page, and what becomes of it later.
fn act(sandbox: &Sandbox, session: &str, at: usize) {
    let charge = || {
        let all = sandbox.objects(KEY, "charge");
        all.last().unwrap()["id"].as_str().unwrap().to_owned()
    };
    match at % 8 {
        // Declined first, then paid.
        1 => {
            sandbox
                .pay(KEY, session, &Payer::card(Card::declined()))
                .unwrap_err();
            sandbox
                .pay(KEY, session, &Payer::card(Card::good()))
                .unwrap();
        }
        2 | 5 => {
            sandbox.pay(KEY, session, &Payer::bank()).unwrap();
            let intent = sandbox.object(KEY, session).unwrap()["payment_intent"].clone();
            sandbox
                .settle_bank(KEY, intent.as_str().unwrap(), at % 8 == 2)
                .unwrap();
        }
        // Stays under way.
        6 => sandbox.pay(KEY, session, &Payer::bank()).unwrap(),
        3 => {
            sandbox
                .pay(KEY, session, &Payer::card(Card::good()))
                .unwrap();
            sandbox.refund(KEY, &charge(), Some(500)).unwrap();
            sandbox.refund(KEY, &charge(), None).unwrap();
        }
        4 => {
            sandbox
                .pay(KEY, session, &Payer::card(Card::good()))
                .unwrap();
            let dispute = sandbox.dispute(KEY, &charge()).unwrap();
            if at % 16 == 4 {
                sandbox.close_dispute(KEY, &dispute, at % 32 == 4).unwrap();
            }
        }
        7 => {
            sandbox
                .pay(KEY, session, &Payer::card(Card::good()))
                .unwrap();
            sandbox.refund(KEY, &charge(), Some(100)).unwrap();
        }
        _ => sandbox
            .pay(KEY, session, &Payer::card(Card::good()))
            .unwrap(),
    }
}
