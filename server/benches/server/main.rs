//! The server beside its baselines, in one run: each line is a ratio, because speeds differ between
//! machines and hours (docs/ARCHITECTURE.md, "Measured"). `cargo xtask bench` runs it on both engines.
//!
//! Requests come over loopback from 8 connections of this same process; every round runs all
//! contestants in turn, and the median round counts.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

mod automations;
mod events;
mod files;
mod import;
mod items;
mod lists;
mod load;
mod money;
mod scratch;
mod streams;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use portico::{
    App, access, app, clock::Clock, config::Config, db::Db, scope::Caller, secrets::Secret,
};

use load::{Load, listen, rounds};
use scratch::Scratch;

const CONNECTIONS: usize = 8;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1500);
const TOKENS: usize = 2000;
const SITE: &str = "http://127.0.0.1:8090";
const PASSWORD: &str = "demo-demo-demo";

#[tokio::main]
async fn main() {
    let contacts: usize = std::env::var("BENCH_CONTACTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let scratch = Scratch::make().await;
    let config = Config {
        database_url: scratch.url.clone(),
        storage_url: format!(
            "file:{}",
            std::env::temp_dir().join("portico_bench_files").display()
        ),
        secret_key: "a key for benchmarks and nothing else".into(),
        smtp_url: Some("mailbox:".into()),
        log_filter: "off".into(),
        limits: portico::config::Limits {
            code_seconds: 0,
            codes_per_hour: i64::MAX,
            per_address: u32::MAX,
            studio_failures: u32::MAX,
        },
        ..Config::default()
    };
    let db = Db::connect(
        &config.database_url,
        config.database_connections,
        Clock::System,
    )
    .await
    .expect("connects");
    db.migrate().await.expect("migrates");
    let app = App::new(config, db, Clock::System).expect("starts");
    portico::demo::fill(&app).await.expect("fills");
    let people = fill(&app, contacts).await;
    scratch.settle().await;
    println!(
        "engine {}, {contacts} contacts, {} sessions",
        scratch.engine(),
        people.tokens.len()
    );

    let product = listen(app::router(&app)).await;
    let bare = listen(Router::new().route("/", get(|| async { "a constant answer" }))).await;
    let row = listen(scratch.baseline().await).await;
    let tokens = Arc::new(people.tokens);
    let constant = Load::get(bare, "/", &tokens);
    let one_row = Load::get(row, "/", &tokens);
    let home = Load::get(product, "/api/portal/v1/demo/home", &tokens);
    let settings = Load::get(product, "/api/portal/v1/demo/settings", &tokens);
    let profile = Load::get(product, "/api/portal/v1/demo/profile", &tokens);
    let loads = [
        ("one row of JSON, no middleware", &one_row),
        ("bare axum constant", &constant),
        ("home", &home),
        ("settings", &settings),
        ("profile", &profile),
    ];
    let results = rounds(&loads).await;
    println!();
    load::say(&loads, &results);
    let void = results[0].rate / results[1].rate
        < if scratch.engine() == "sqlite" {
            0.10
        } else {
            0.045
        };
    println!(
        "one row / constant {:.3}{}",
        results[0].rate / results[1].rate,
        if void { "  (the run is void)" } else { "" }
    );

    let parts = Parts::asked_for();
    if parts.has("money") {
        money::run(&app, product, &tokens, &scratch).await;
    }
    if parts.has("automations") {
        automations::run(&app).await;
    }
    if parts.has("import") {
        import::run(&app, product).await;
    }
    if parts.has("lists") {
        lists::run(&app, product, &scratch).await;
    }
    if parts.has("items") {
        items::run(&app, product, &tokens, &one_row).await;
    }
    if parts.has("events") {
        events::run(&app, product, &one_row).await;
    }
    if parts.has("files") {
        files::run(&app, product).await;
    }
    if parts.has("streams") {
        streams::run(&app, product, &tokens).await;
    }
    if parts.has("sign-in") {
        passwords(&app, product, &people.emails).await;
        codes(&app, product, &people.emails).await;
    }
    app.db.close().await;
    scratch.remove().await;
}

/// The parts named on the command line; all of them where none is.
struct Parts(Vec<String>);

impl Parts {
    fn asked_for() -> Self {
        let words = std::env::args().skip(1);
        Self(words.filter(|word| !word.starts_with("--")).collect())
    }

    fn has(&self, part: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|one| one == part)
    }
}

struct People {
    tokens: Vec<String>,
    emails: Vec<String>,
}

async fn fill(app: &App, contacts: usize) -> People {
    let hash = app.passwords.hash(PASSWORD).await.expect("hashes");
    let mut tx = app.db.system_read().await.expect("reads");
    let studio = portico::studios::store::find_by_slug(&mut tx, "demo")
        .await
        .expect("reads")
        .expect("is there");
    drop(tx);
    let caller = Caller {
        origin: portico::web::origin::Origin::parse(SITE).expect("an origin"),
        address: [127, 0, 0, 1].into(),
        user_agent: "bench".into(),
        reference: "bench".into(),
    };
    let mut people = People {
        tokens: Vec::new(),
        emails: Vec::new(),
    };
    let mut tx = app.db.write(&studio).await.expect("writes");
    for n in 0..contacts {
        let contact = lists::add(&mut tx, n).await;
        if n < TOKENS {
            access::store::save_password(&mut tx, contact, &hash)
                .await
                .expect("saves");
            let (token, _) = access::sessions::open(&mut tx, contact, &caller, true)
                .await
                .expect("opens");
            people.tokens.push(token.reveal().into());
            people.emails.push(format!("client{n}@bench.test"));
        }
    }
    tx.commit().await.expect("commits");
    people
}

// Signing in

async fn passwords(app: &App, product: SocketAddr, emails: &[String]) {
    let hash = app.passwords.hash(PASSWORD).await.expect("hashes");
    let bodies = emails
        .iter()
        .map(|email| serde_json::json!({ "email": email, "password": PASSWORD }).to_string());
    let sign_in = Load::post(product, "/api/portal/v1/demo/sign-in/password", bodies);
    let (mut bare, mut product) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (started, mut done) = (Instant::now(), 0);
        while started.elapsed() < ROUND {
            let verify = (0..CONNECTIONS).map(|_| app.passwords.verify(PASSWORD, Some(&hash)));
            done += futures_util::future::join_all(verify).await.len();
        }
        bare.push(done as f64 / started.elapsed().as_secs_f64());
        product.push(sign_in.run(CONNECTIONS, ROUND).await.rate);
    }
    let (bare, product) = (median(bare), median(product));
    println!(
        "\nsign-in by password   {product:.0}/s, argon2id alone {bare:.0}/s: {:.2}",
        product / bare
    );
}

async fn codes(app: &App, product: SocketAddr, emails: &[String]) {
    let bodies = emails
        .iter()
        .map(|email| serde_json::json!({ "email": email }).to_string());
    let ask = Load::post(product, "/api/portal/v1/demo/sign-in/code", bodies)
        .run(CONNECTIONS, ROUND)
        .await;
    // Redeeming needs a code for each: made through the same functions, redeemed once.
    let mut tx = app.db.system_read().await.expect("reads");
    let studio = portico::studios::store::find_by_slug(&mut tx, "demo")
        .await
        .expect("reads")
        .expect("is there");
    drop(tx);
    let mut tx = app.db.write(&studio).await.expect("writes");
    let mut bodies = Vec::new();
    for n in 0..20_000 {
        let email = access::Email::parse(&emails[n % emails.len()]).expect("an address");
        let contact = access::store::candidates(&mut tx, &email)
            .await
            .expect("reads")
            .remove(0);
        let (request, code) = (Secret::random(), "12345678");
        let new = access::store::NewCode {
            contact: contact.id,
            act: "sign_in",
            session: None,
            channel: portico_wire::access::Channel::Email,
            request_hash: request.hash(),
            code_hash: app.keys.code_hash(&request, code),
        };
        access::store::insert_code(&mut tx, new)
            .await
            .expect("inserts");
        bodies.push(serde_json::json!({ "request": request.reveal(), "code": code }).to_string());
    }
    tx.commit().await.expect("commits");
    let redeem = Load::post(
        product,
        "/api/portal/v1/demo/sign-in/code/redeem",
        bodies.into_iter(),
    );
    let redeem = redeem.run(CONNECTIONS, ROUND / 2).await;
    println!(
        "ask for a code        {:.0}/s, p99 {:.1} ms (each a commit on the disk)",
        ask.rate, ask.p99
    );
    println!(
        "sign in by code       {:.0}/s, p99 {:.1} ms (each a commit on the disk)",
        redeem.rate, redeem.p99
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
