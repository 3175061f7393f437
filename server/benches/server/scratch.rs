//! The database under test, and the baseline on it.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    routing::get,
};
use portico::secrets::Secret;
use sqlx::{Connection as _, Row as _};

pub fn token_hash(headers: &HeaderMap) -> Vec<u8> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    Secret::presented(token.trim_start_matches("Bearer ")).hash()
}

async fn sqlite(path: &str) -> sqlx::SqlitePool {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .pragma("query_only", "on");
    sqlx::sqlite::SqlitePoolOptions::new()
        .max_connections(8)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .expect("connects")
}

async fn postgres(url: &str) -> sqlx::PgPool {
    sqlx::postgres::PgPoolOptions::new()
        .max_connections(8)
        .test_before_acquire(false)
        .connect(url)
        .await
        .expect("connects")
}

pub struct Scratch {
    pub url: String,
}

impl Scratch {
    pub async fn make() -> Self {
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

    pub fn engine(&self) -> &'static str {
        if self.url.starts_with("sqlite:") {
            "sqlite"
        } else {
            "postgres"
        }
    }

    /// How many submissions are sent as contacts send them. On PostgreSQL each statement is a message to and fro, and a
    /// hundred thousand of them more than seven minutes: the rest are copies.
    pub fn one_by_one(&self, count: usize) -> usize {
        if self.engine() == "sqlite" {
            count
        } else {
            count.min(1000)
        }
    }

    /// Copies of the submissions that were sent last, until there are as many as wanted.
    pub async fn multiply(&self, there: usize, wanted: usize) {
        if wanted <= there {
            return;
        }
        let mut conn = sqlx::PgConnection::connect(&self.url)
            .await
            .expect("connects");
        sqlx::query(
            "insert into submissions select copy.*
             from (select * from submissions order by id desc limit $1) one
             cross join generate_series(1, $2) turn
             cross join lateral jsonb_populate_record(null::submissions, to_jsonb(one) || jsonb_build_object(
                'id', gen_random_uuid(), 'submit_key', one.submit_key || '-' || turn)) copy",
        )
        .bind(there as i64)
        .bind((wanted / there) as i64 - 1)
        .execute(&mut conn)
        .await
        .expect("copies");
    }

    /// A handler with nothing around it: the token's hash, one statement, one row of ready JSON.
    pub async fn baseline(&self) -> Router {
        const COLUMNS: &str = "'name', st.name, 'slug', st.slug, 'welcome', st.welcome, 'first_name', c.first_name, \
            'last_name', c.last_name, 'email', c.email, 'client', cl.name, 'kind', cl.kind";
        const FROM: &str = "from session_tokens t join sessions s on s.studio_id = t.studio_id and s.id = t.session_id \
            join contacts c on c.studio_id = s.studio_id and c.id = s.contact_id \
            join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id \
            join studios st on st.id = t.studio_id where t.hash = $1";
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let pool = sqlite(path).await;
            let sql: &'static str = format!("select json_object({COLUMNS}) {FROM}").leak();
            let handler = move |State(pool): State<sqlx::SqlitePool>, headers: HeaderMap| async move {
                let row = sqlx::query(sql)
                    .bind(token_hash(&headers))
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
            let pool = postgres(&self.url).await;
            let sql: &'static str =
                format!("select cast(json_build_object({COLUMNS}) as text) {FROM}").leak();
            let handler = move |State(pool): State<sqlx::PgPool>, headers: HeaderMap| async move {
                let row = sqlx::query(sql)
                    .bind(token_hash(&headers))
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

    /// The 50 newest invoices of a contact with nothing around it: on SQLite one row of JSON that it makes itself, on
    /// PostgreSQL row by row.
    pub async fn invoices_baseline(&self) -> Router {
        const FROM: &str = "from session_tokens t join sessions s on s.studio_id = t.studio_id and s.id = t.session_id \
            cross join invoice_contacts c cross join invoices i \
            where c.studio_id = s.studio_id and c.contact_id = s.contact_id and i.studio_id = c.studio_id \
            and i.id = c.invoice_id and t.hash = $1 order by c.invoice_id desc limit 50";
        const COLUMNS: &str = "i.number, i.title, i.state, i.total, i.currency, i.issued_on";
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let pool = sqlite(path).await;
            let sql: &'static str = format!(
                "select json_group_array(json_object('id', hex(id), 'number', number, 'title', title, 'state', state, \
                 'total', total, 'currency', currency, 'issued_on', issued_on)) from (select i.id, {COLUMNS} {FROM})"
            )
            .leak();
            let handler = move |State(pool): State<sqlx::SqlitePool>, headers: HeaderMap| async move {
                let row = sqlx::query(sql)
                    .bind(token_hash(&headers))
                    .fetch_one(&pool)
                    .await
                    .expect("a row");
                (
                    [(header::CONTENT_TYPE, "application/json")],
                    row.get::<String, _>(0),
                )
            };
            return Router::new().route("/", get(handler)).with_state(pool);
        }
        #[derive(serde::Serialize, sqlx::FromRow)]
        struct Invoice {
            id: uuid::Uuid,
            number: Option<String>,
            title: String,
            state: String,
            total: i64,
            currency: String,
            issued_on: Option<String>,
        }
        let pool = postgres(&self.url).await;
        let sql: &'static str = format!("select i.id, {COLUMNS} {FROM}").leak();
        let handler = move |State(pool): State<sqlx::PgPool>, headers: HeaderMap| async move {
            let rows: Vec<Invoice> = sqlx::query_as(sql)
                .bind(token_hash(&headers))
                .fetch_all(&pool)
                .await
                .expect("rows");
            axum::Json(rows)
        };
        Router::new().route("/", get(handler)).with_state(pool)
    }

    /// As the database is after a quiet moment: SQLite's log is in the file, PostgreSQL knows what its tables hold.
    pub async fn settle(&self) {
        if let Some(file) = self.url.strip_prefix("sqlite:") {
            let conn = sqlx::SqliteConnection::connect(&format!("sqlite:{file}")).await;
            let mut conn = conn.expect("connects");
            let move_log = sqlx::query("pragma wal_checkpoint(truncate)");
            move_log.execute(&mut conn).await.expect("moves the log");
        } else {
            let mut conn = sqlx::PgConnection::connect(&self.url)
                .await
                .expect("connects");
            let analyze = sqlx::query("analyze");
            analyze.execute(&mut conn).await.expect("analyzes");
        }
    }

    pub async fn remove(self) {
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
