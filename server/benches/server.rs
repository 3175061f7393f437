//! The server beside its baselines, in one run: each line is a ratio, because speeds differ between
//! machines and hours (docs/ARCHITECTURE.md, "Measured"). `cargo xtask bench` runs it on both engines.
//!
//! Requests come over loopback from 8 connections of this same process; every round runs all
//! contestants in turn, and the median round counts.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    routing::get,
};
use portico::{
    App, access, app, clients, clock::Clock, config::Config, db::Db, scope::Caller, secrets::Secret,
};
use portico_wire::{Settings, clients::ClientKind};
use sqlx::{Connection as _, Row as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

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
        ("bare axum constant", &constant),
        ("one row of JSON, no middleware", &one_row),
        ("home", &home),
        ("settings", &settings),
        ("profile", &profile),
    ];
    let results = rounds(&loads).await;
    let baseline = results[1].rate;
    println!(
        "\n{:<34}{:>10}{:>9}{:>9}{:>9}{:>10}",
        "", "req/s", "p50 ms", "p99 ms", "p99/p50", "of row"
    );
    for ((name, _), result) in loads.iter().zip(&results) {
        println!(
            "{name:<34}{:>10.0}{:>9.2}{:>9.2}{:>9.1}{:>10.2}",
            result.rate,
            result.p50,
            result.p99,
            result.p99 / result.p50,
            result.rate / baseline
        );
    }
    let void = results[1].rate / results[0].rate
        < if scratch.engine() == "sqlite" {
            0.10
        } else {
            0.045
        };
    println!(
        "one row / constant {:.3}{}",
        results[1].rate / results[0].rate,
        if void { "  (the run is void)" } else { "" }
    );

    passwords(&app, product, &people.emails).await;
    codes(&app, product, &people.emails).await;
    app.db.close().await;
    scratch.remove().await;
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
        let client = clients::NewClient {
            id: tx.id(),
            kind: ClientKind::Person,
            name: format!("Client {n}"),
            group: None,
            portal_enabled: true,
            phone: None,
            address: portico_wire::clients::Address::default(),
            rights: Settings::default(),
            fields: clients::Values::default(),
        };
        let contact = clients::NewContact {
            id: tx.id(),
            client: client.id,
            first_name: "Client".into(),
            last_name: n.to_string(),
            email: Some(format!("client{n}@bench.test")),
            mobile: None,
            language: None,
            active: true,
            rights: Settings::default(),
            fields: clients::Values::default(),
        };
        clients::store::insert_client(&mut tx, &client)
            .await
            .expect("inserts");
        clients::store::insert_contact(&mut tx, &contact)
            .await
            .expect("inserts");
        if n < TOKENS {
            access::store::save_password(&mut tx, contact.id, &hash)
                .await
                .expect("saves");
            let (token, _) = access::sessions::open(&mut tx, contact.id, &caller, true)
                .await
                .expect("opens");
            people.tokens.push(token.reveal().into());
            people.emails.push(format!("client{n}@bench.test"));
        }
    }
    tx.commit().await.expect("commits");
    people
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

// Load

struct Load {
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    next: AtomicUsize,
}

#[derive(Clone, Copy)]
struct Measured {
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Load {
    fn get(address: SocketAddr, path: &str, tokens: &[String]) -> Self {
        let request = |token: &String| {
            format!("GET {path} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
        };
        Self {
            address,
            requests: tokens.iter().map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    fn post(address: SocketAddr, path: &str, bodies: impl Iterator<Item = String>) -> Self {
        let request = |body: String| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {SITE}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        };
        Self {
            address,
            requests: bodies.map(request).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// Asks for `time` from so many connections; any answer but 2xx ends the benchmark.
    async fn run(&self, connections: usize, time: Duration) -> Measured {
        let end = Instant::now() + time;
        let started = Instant::now();
        let workers = (0..connections).map(|_| async {
            let mut stream = TcpStream::connect(self.address).await.expect("connects");
            stream.set_nodelay(true).expect("a socket option");
            let mut times = Vec::new();
            let mut buffer = vec![0; 64 * 1024];
            while Instant::now() < end {
                let request =
                    &self.requests[self.next.fetch_add(1, Ordering::Relaxed) % self.requests.len()];
                let asked = Instant::now();
                stream.write_all(request).await.expect("sends");
                read_answer(&mut stream, &mut buffer).await;
                times.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
            times
        });
        let mut times: Vec<f64> = futures_util::future::join_all(workers)
            .await
            .into_iter()
            .flatten()
            .collect();
        let seconds = started.elapsed().as_secs_f64();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times[((times.len() as f64 * part) as usize).min(times.len() - 1)];
        Measured {
            rate: times.len() as f64 / seconds,
            p50: at(0.5),
            p99: at(0.99),
        }
    }
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let n = stream.read(&mut buffer[filled..]).await.expect("answers");
        assert!(n > 0, "the server hung up");
        filled += n;
        let text = &buffer[..filled];
        let Some(head) = text.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let headers = std::str::from_utf8(&text[..head]).expect("headers are text");
        assert!(
            headers.starts_with("HTTP/1.1 2"),
            "{}",
            String::from_utf8_lossy(text)
        );
        let length = headers
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |n| n.parse().unwrap_or(0));
        if filled >= head + 4 + length {
            return;
        }
    }
}

async fn rounds(loads: &[(&str, &Load)]) -> Vec<Measured> {
    let mut all: Vec<Vec<Measured>> = vec![Vec::new(); loads.len()];
    for (_, load) in loads {
        load.run(CONNECTIONS, ROUND / 3).await;
    }
    for _ in 0..ROUNDS {
        for (n, (_, load)) in loads.iter().enumerate() {
            all[n].push(load.run(CONNECTIONS, ROUND).await);
        }
    }
    all.into_iter()
        .map(|mut rounds| {
            rounds.sort_by(|a, b| a.rate.total_cmp(&b.rate));
            rounds[ROUNDS / 2]
        })
        .collect()
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

// The database under test, and the baseline on it

struct Scratch {
    url: String,
}

impl Scratch {
    async fn make() -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => {
                let (server, _) = server.rsplit_once('/').expect("a database's URL");
                let name = format!("portico_bench_{}", std::process::id());
                let mut admin = sqlx::PgConnection::connect(&format!("{server}/postgres"))
                    .await
                    .expect("connects");
                let sql = sqlx::AssertSqlSafe(format!("create database {name}"));
                sqlx::query(sql).execute(&mut admin).await.expect("creates");
                Self {
                    url: format!("{server}/{name}"),
                }
            }
            Err(_) => {
                let file =
                    std::env::temp_dir().join(format!("portico_bench_{}.db", std::process::id()));
                Self {
                    url: format!("sqlite:{}", file.display()),
                }
            }
        }
    }

    fn engine(&self) -> &'static str {
        if self.url.starts_with("sqlite:") {
            "sqlite"
        } else {
            "postgres"
        }
    }

    /// A handler with nothing around it: the token's hash, one statement, one row of ready JSON.
    async fn baseline(&self) -> Router {
        const COLUMNS: &str = "'name', st.name, 'slug', st.slug, 'welcome', st.welcome, 'first_name', c.first_name, \
            'last_name', c.last_name, 'email', c.email, 'client', cl.name, 'kind', cl.kind";
        const FROM: &str = "from session_tokens t join sessions s on s.studio_id = t.studio_id and s.id = t.session_id \
            join contacts c on c.studio_id = s.studio_id and c.id = s.contact_id \
            join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id \
            join studios st on st.id = t.studio_id where t.hash = $1";
        fn hash(headers: &HeaderMap) -> Vec<u8> {
            let token = headers
                .get(header::AUTHORIZATION)
                .and_then(|v| v.to_str().ok())
                .unwrap_or("");
            Secret::presented(token.trim_start_matches("Bearer ")).hash()
        }
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .pragma("query_only", "on");
            let pool = sqlx::sqlite::SqlitePoolOptions::new()
                .max_connections(8)
                .test_before_acquire(false)
                .connect_with(options)
                .await
                .expect("connects");
            let sql: &'static str = format!("select json_object({COLUMNS}) {FROM}").leak();
            let handler = move |State(pool): State<sqlx::SqlitePool>, headers: HeaderMap| async move {
                let row = sqlx::query(sql)
                    .bind(hash(&headers))
                    .fetch_one(&pool)
                    .await
                    .expect("a row");
                (
                    [(header::CONTENT_TYPE, "application/json")],
                    row.get::<String, _>(0),
                )
            };
            Router::new().route("/", get(handler)).with_state(pool)
        } else {
            let pool = sqlx::postgres::PgPoolOptions::new()
                .max_connections(8)
                .test_before_acquire(false)
                .connect(&self.url)
                .await
                .expect("connects");
            let sql: &'static str =
                format!("select cast(json_build_object({COLUMNS}) as text) {FROM}").leak();
            let handler = move |State(pool): State<sqlx::PgPool>, headers: HeaderMap| async move {
                let row = sqlx::query(sql)
                    .bind(hash(&headers))
                    .fetch_one(&pool)
                    .await
                    .expect("a row");
                (
                    [(header::CONTENT_TYPE, "application/json")],
                    row.get::<String, _>(0),
                )
            };
            Router::new().route("/", get(handler)).with_state(pool)
        }
    }

    async fn remove(self) {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => {
                for suffix in ["", "-wal", "-shm"] {
                    // Gone already is as good.
                    let _ = std::fs::remove_file(format!("{file}{suffix}"));
                }
            }
            None => {
                let (server, name) = self.url.rsplit_once('/').expect("a database's URL");
                let mut admin = sqlx::PgConnection::connect(&format!("{server}/postgres"))
                    .await
                    .expect("connects");
                let sql =
                    sqlx::AssertSqlSafe(format!("drop database if exists {name} with (force)"));
                // A throw-away cluster goes with everything in it.
                let _ = sqlx::query(sql).execute(&mut admin).await;
            }
        }
    }
}
