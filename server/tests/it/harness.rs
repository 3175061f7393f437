//! A server of its own for each test, and the people who use it. The database is a copy of a
//! template that is migrated and filled with the demo's people once per run.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use portico::{
    App, app, clock::Clock, config::Config, db::Db, demo, jobs, mail::Kept, papers, studios,
};
use portico_wire::Timestamp;
use serde_json::{Value, json};
use sqlx::{Connection as _, types::Json};
use tower::ServiceExt as _;

/// The demo studio's website, on its list of origins.
pub const SITE: &str = "http://127.0.0.1:8090";
pub const HOST: &str = "http://127.0.0.1:8080";
pub const PASSWORD: &str = "demo-demo-demo";

pub struct TestApp {
    pub app: App,
    pub router: Router,
    scratch: Scratch,
    files: Files,
}

/// What a test leaves behind, removed when it ends.
enum Scratch {
    File(PathBuf),
    Database { admin_url: String, name: String },
}

fn config(database_url: String) -> Config {
    Config {
        database_url,
        database_connections: 4,
        secret_key: "a key that is used in tests and nowhere else".into(),
        smtp_url: Some("mailbox:".into()),
        storage_url: format!("file:{}", template_files().display()),
        argon2: portico::config::Argon2 {
            memory_kib: 64,
            iterations: 1,
        },
        limits: portico::config::Limits {
            per_address: 100_000,
            ..Config::default().limits
        },
        ..Config::default()
    }
}

/// Saturday noon.
fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

async fn fill(config: Config, clock: Clock) -> App {
    let db = Db::connect(&config.database_url, 1, clock.clone())
        .await
        .unwrap();
    db.migrate().await.unwrap();
    let app = App::new(config, db, clock).unwrap();
    demo::fill(&app).await.unwrap();
    draw_papers(&app).await;
    app
}

/// Makes the PDFs of the demo once for all tests: their jobs then find them made.
async fn draw_papers(app: &App) {
    let mut tx = app.db.system_read().await.unwrap();
    let demo = studios::store::find_by_slug(&mut tx, "demo").await.unwrap();
    drop(tx);
    let scope = demo.unwrap().scope;
    let url = &app.config.database_url;
    let sql = "select payload from jobs where kind = 'paper'";
    let payloads: Vec<Json<jobs::Job>> = if url.starts_with("sqlite:") {
        let mut conn = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
    } else {
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
    };
    for Json(job) in payloads {
        if let jobs::Job::Paper { which } = job {
            papers::make(app, scope, which).await.unwrap();
        }
    }
}

/// Names the template after what it is made of, so that another version makes its own.
fn template_name() -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut files: Vec<PathBuf> = [
        "migrations/sqlite",
        "migrations/postgres",
        "server/src/demo",
        "server/src/forms/gallery",
    ]
    .into_iter()
    .flat_map(|folder| std::fs::read_dir(format!("{root}/{folder}")).unwrap())
    .map(|entry| entry.unwrap().path())
    .filter(|path| path.is_file())
    .collect();
    files.sort();
    let text: String = files
        .iter()
        .map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned())
        .collect();
    let hash = portico::secrets::Secret::presented(text).hash();
    format!("portico_template_{}", portico::secrets::hex(&hash[..6]))
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// The demo's files; whoever makes a template adds its own, under keys of its own.
fn template_files() -> PathBuf {
    folder().join(format!("{}_files", template_name()))
}

/// A test's own copy of the demo's files, removed when it ends.
struct Files(PathBuf);

impl Files {
    fn copy() -> Self {
        let own = folder().join(format!("portico_test_files_{}", unique()));
        copy_folder(&template_files(), &own);
        Self(own)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn folder() -> PathBuf {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() {
        shm
    } else {
        std::env::temp_dir()
    }
}

async fn sqlite(clock: Clock) -> (Config, Scratch) {
    let template = folder().join(format!("{}.db", template_name()));
    if !template.exists() {
        let making = folder().join(format!("{}_{}.db", template_name(), unique()));
        let file = making.with_extension("filling");
        let app = fill(config(format!("sqlite:{}", file.display())), clock).await;
        // One file with everything in it: closing may leave the last pages in the log beside it.
        app.db
            .backup_sqlite(making.to_str().unwrap())
            .await
            .unwrap();
        app.db.close().await;
        drop(Scratch::File(file));
        // Whoever is first wins; the others' are the same.
        std::fs::rename(&making, &template).unwrap();
    }
    let file = folder().join(format!("portico_test_{}.db", unique()));
    std::fs::copy(&template, &file).unwrap();
    (
        config(format!("sqlite:{}", file.display())),
        Scratch::File(file),
    )
}

async fn postgres(url: &str, clock: Clock) -> (Config, Scratch) {
    let (server, _) = url.rsplit_once('/').unwrap();
    let admin_url = format!("{server}/postgres");
    let template = template_name();
    let mut admin = connect(&admin_url).await;
    // One process makes the template; the others wait for it.
    sqlx::query("select pg_advisory_lock(7001)")
        .execute(&mut admin)
        .await
        .unwrap();
    let found: Option<(String,)> =
        sqlx::query_as("select datname from pg_database where datname = $1")
            .bind(&template)
            .fetch_optional(&mut admin)
            .await
            .unwrap();
    if found.is_none() {
        let making = format!("portico_making_{}", unique());
        run(&mut admin, format!("create database {making}")).await;
        let app = fill(config(format!("{server}/{making}")), clock).await;
        app.db.close().await;
        run(
            &mut admin,
            format!("alter database {making} rename to {template}"),
        )
        .await;
    }
    sqlx::query("select pg_advisory_unlock(7001)")
        .execute(&mut admin)
        .await
        .unwrap();
    let name = format!("portico_test_{}", unique());
    run(
        &mut admin,
        format!("create database {name} template {template}"),
    )
    .await;
    (
        config(format!("{server}/{name}")),
        Scratch::Database { admin_url, name },
    )
}

async fn connect(url: &str) -> sqlx::PgConnection {
    use sqlx::Connection as _;
    sqlx::PgConnection::connect(url).await.unwrap()
}

async fn run(conn: &mut sqlx::PgConnection, sql: String) {
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(conn)
        .await
        .unwrap();
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match self {
            Scratch::File(file) => {
                for suffix in ["", "-wal", "-shm"] {
                    // Gone already is as good.
                    let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
                }
            }
            Scratch::Database { admin_url, name } => {
                let (admin_url, name) = (admin_url.clone(), name.clone());
                // A runtime of its own: this may run while the test's own winds down.
                let cleaning = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .unwrap();
                    runtime.block_on(async {
                        let mut admin = connect(&admin_url).await;
                        run(
                            &mut admin,
                            format!("drop database if exists {name} with (force)"),
                        )
                        .await;
                    });
                });
                let _ = cleaning.join();
            }
        }
    }
}

impl TestApp {
    pub async fn new() -> Self {
        let test = Self::with(|_| {}).await;
        // The demo's own invitation is delivered before anybody does anything.
        test.work().await;
        test
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(noon());
        let (mut config, scratch) = match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => postgres(&url, clock.clone()).await,
            Err(_) => sqlite(clock.clone()).await,
        };
        let files = Files::copy();
        config.storage_url = format!("file:{}", files.0.display());
        change(&mut config);
        let db = Db::connect(
            &config.database_url,
            config.database_connections,
            clock.clone(),
        )
        .await
        .unwrap();
        let app = App::new(config, db, clock).unwrap();
        let router = app::router(&app);
        Self {
            app,
            router,
            scratch,
            files,
        }
    }

    /// A person's browser on the demo studio's own website.
    pub fn browser(&self) -> Browser<'_> {
        self.browser_at("demo", SITE)
    }

    pub fn browser_at(&self, studio: &str, origin: &str) -> Browser<'_> {
        Browser {
            test: self,
            studio: studio.into(),
            origin: Some(origin.into()),
            token: None,
        }
    }

    /// A browser that is signed in by password.
    pub async fn signed_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.sign_in(email).await;
        browser
    }

    pub fn pass(&self, seconds: i64) {
        self.app.clock.advance(seconds);
    }

    /// Lets the workers do what is due.
    pub async fn work(&self) {
        while jobs::run_due(&self.app).await.unwrap() > 0 {}
    }

    /// All messages to an address or number, newest first.
    pub async fn messages(&self, to: &str) -> Vec<Kept> {
        self.work().await;
        self.app.mail.mailbox().unwrap().messages(Some(to))
    }

    pub async fn message(&self, to: &str) -> Kept {
        self.messages(to)
            .await
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no message to {to}"))
    }

    /// The newest code sent to an address or number.
    pub async fn code(&self, to: &str) -> String {
        let text = self.message(to).await.text;
        let digits = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let pair = words
            .windows(2)
            .find(|pair| digits(pair[0]) && digits(pair[1]))
            .expect("a code in the message");
        format!("{} {}", pair[0], pair[1])
    }

    /// The secret of the newest link sent to an address.
    pub async fn link(&self, to: &str) -> String {
        let text = self.message(to).await.text;
        let (_, secret) = text.split_once("#portico=").expect("a link in the message");
        secret.split_whitespace().next().unwrap().to_owned()
    }

    pub async fn request(&self, request: Request<Body>) -> Reply {
        let mut request = request;
        let peer: SocketAddr = ([127, 0, 0, 1], 40_000).into();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Of the messages to somebody: how many still hold secrets, and how many expired unsent.
    pub async fn outbox(&self, to: &str) -> (i64, i64) {
        self.row(
            "select cast(coalesce(sum(case when secrets is null then 0 else 1 end), 0) as bigint),
                    cast(coalesce(sum(case when state = 'expired' then 1 else 0 end), 0) as bigint)
             from outbox where recipient = $1",
            to,
        )
        .await
    }

    /// One row, straight from the database: for what no person can see.
    pub async fn row<T>(&self, sql: &'static str, argument: &str) -> T
    where
        T: Send + Unpin,
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
        T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        self.try_row(sql, argument).await.unwrap()
    }

    pub async fn try_row<T>(&self, sql: &'static str, argument: &str) -> Result<T, sqlx::Error>
    where
        T: Send + Unpin,
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
        T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        use sqlx::Connection as _;
        let url = &self.app.config.database_url;
        if url.starts_with("sqlite:") {
            let mut conn = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query_as(sql)
                .bind(argument)
                .fetch_one(&mut conn)
                .await
        } else {
            sqlx::query_as(sql)
                .bind(argument)
                .fetch_one(&mut connect(url).await)
                .await
        }
    }

    /// Whether any stored value contains this text.
    pub async fn database_contains(&self, text: &str) -> bool {
        let url = &self.app.config.database_url;
        if let Some(file) = url.strip_prefix("sqlite:") {
            let contains = |suffix: &str| {
                let bytes = std::fs::read(format!("{file}{suffix}")).unwrap_or_default();
                bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes())
            };
            return contains("") || contains("-wal");
        }
        let mut conn = connect(url).await;
        let tables: Vec<(String,)> =
            sqlx::query_as("select tablename::text from pg_tables where schemaname = 'public'")
                .fetch_all(&mut conn)
                .await
                .unwrap();
        for (table,) in tables {
            let sql = format!("select count(*) from {table} t where t::text like '%' || $1 || '%'");
            let (found,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(text)
                .fetch_one(&mut conn)
                .await
                .unwrap();
            if found > 0 {
                return true;
            }
        }
        false
    }

    pub async fn scope(&self, slug: &str) -> portico::studios::Studio {
        let mut tx = self.app.db.system_read().await.unwrap();
        portico::studios::store::find_by_slug(&mut tx, slug)
            .await
            .unwrap()
            .unwrap()
    }

    /// Switches one right of a contact of the demo studio; its others stay as they are.
    pub async fn switch_right(&self, email: &str, right: portico_wire::Right, on: bool) {
        let (contact, _) = crate::quotes::person(self, email).await;
        let mut tx = self.app.db.write(&self.scope("demo").await).await.unwrap();
        let found = portico::clients::store::get_contact(&mut tx, contact)
            .await
            .unwrap();
        let mut rights = found.rights;
        rights.0.insert(right, on);
        portico::clients::store::save_contact_rights(&mut tx, contact, &rights)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let _ = (&self.scratch, &self.files);
    }
}

pub struct Browser<'a> {
    pub test: &'a TestApp,
    pub studio: String,
    pub origin: Option<String>,
    pub token: Option<String>,
}

impl Browser<'_> {
    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.send_with(method, path, body, None).await
    }

    /// With an `Idempotency-Key`.
    pub async fn post_once(&mut self, path: &str, body: Value, key: &str) -> Reply {
        self.send_with(Method::POST, path, Some(body), Some(key))
            .await
    }

    /// A file.
    pub async fn post_bytes(&mut self, path: &str, content: Vec<u8>) -> Reply {
        let token = self.token.clone().unwrap_or_default();
        let request = Request::post(format!("/api/portal/v1/{}{path}", self.studio))
            .header("origin", self.origin.as_deref().unwrap_or(SITE))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream");
        let request = request.body(Body::from(content)).unwrap();
        self.test.request(request).await
    }

    async fn send_with(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/portal/v1/{}{path}", self.studio))
            .header(
                "user-agent",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 180 like Mac OS X) Version/18.0 Safari/604.1",
            );
        if let Some(origin) = &self.origin {
            request = request.header("origin", origin);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let reply = self.test.request(request.unwrap()).await;
        if let Some(token) = reply.headers.get("portico-token") {
            self.token = Some(token.to_str().unwrap().into());
        }
        reply
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Asks for a code; the request's secret.
    pub async fn ask_code(&mut self, email: &str) -> String {
        let reply = self
            .post("/sign-in/code", json!({ "email": email }))
            .await
            .ok();
        reply["request"].as_str().unwrap().to_owned()
    }

    pub async fn redeem(&mut self, request: &str, code: &str) -> Reply {
        let reply = self
            .post(
                "/sign-in/code/redeem",
                json!({ "request": request, "code": code }),
            )
            .await;
        self.keep_token(&reply);
        reply
    }

    pub async fn password(&mut self, email: &str, password: &str) -> Reply {
        let reply = self
            .post(
                "/sign-in/password",
                json!({ "email": email, "password": password }),
            )
            .await;
        self.keep_token(&reply);
        reply
    }

    pub async fn sign_in(&mut self, email: &str) -> Value {
        self.password(email, PASSWORD).await.ok()
    }

    pub fn keep_token(&mut self, reply: &Reply) {
        if reply.status.is_success()
            && let Some(token) = reply.json()["token"].as_str()
        {
            self.token = Some(token.to_owned());
        }
    }
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: bytes::Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// The stable code of a problem reply, after checking that it is a whole one.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        assert_eq!(body["status"], self.status.as_u16(), "{body}");
        for key in ["title", "detail", "reference"] {
            assert!(
                body[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key} of {body}"
            );
        }
        (
            self.status.as_u16(),
            body["code"].as_str().unwrap_or_default().to_owned(),
        )
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.problem(), (status, code.to_owned()), "{}", self.text);
        self.json()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }
}
