//! The database: native sqlx drivers of SQLite and PostgreSQL behind one enum. Nothing else in
//! the server names a pool or a driver.
//!
//! * [`Db::read`] and [`Db::write`] take a scope and return a [`StudioTx`], whose studio came from
//!   an extractor; its id is bound as `$1` of every statement by the macros themselves.
//! * [`Db::system`] and [`Db::system_read`] return a bare [`Tx`], for workers, migrations and sign-in.
//! * A reader is a connection without `BEGIN`: SQLite's reading pool is opened read-only and
//!   PostgreSQL's has `default_transaction_read_only` on, so that the engine itself refuses a
//!   write there, and a read costs no more round trips than its statements.
//! * A writer begins immediately (`BEGIN IMMEDIATE` on SQLite's one writing connection).

pub mod json;
pub mod many;

use std::{str::FromStr as _, sync::Arc, time::Duration};

use portico_wire::{AutomationId, StudioId, Timestamp};
use sqlx::{
    Arguments as _, Connection as _, PgConnection, Postgres, Sqlite, SqliteConnection,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{Result, clock::Clock, error::Error, scope::StudioScope};

#[derive(Clone)]
pub struct Db {
    pools: Pools,
    clock: Clock,
    /// Wakes the workers after a commit that left them something to do.
    work: Arc<tokio::sync::Notify>,
    /// Wakes whoever tells open pages, after a commit that left them something to look at.
    pulses: Arc<tokio::sync::Notify>,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        read: sqlx::SqlitePool,
        write: sqlx::SqlitePool,
    },
    Postgres {
        read: sqlx::PgPool,
        write: sqlx::PgPool,
    },
}

impl Db {
    /// The same database by another clock.
    pub fn at(&self, clock: Clock) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// Opens `sqlite:path` (made where it is missing) or `postgres://…`. Does not migrate.
    pub async fn connect(url: &str, connections: u32, clock: Clock) -> Result<Self> {
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            connect_sqlite(path.trim_start_matches("//"), connections).await?
        } else {
            connect_postgres(url, connections)?
        };
        Ok(Self {
            pools,
            clock,
            work: Arc::default(),
            pulses: Arc::default(),
        })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write).await,
            Pools::Postgres { write, .. } => {
                sqlx::migrate!("../migrations/postgres").run(write).await
            }
        }
        .map_err(Error::internal)
    }

    pub const fn is_sqlite(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    pub async fn read(&self, scope: &impl AsRef<StudioScope>) -> Result<StudioTx> {
        Ok(self.system_read().await?.for_studio(scope.as_ref()))
    }

    pub async fn write(&self, scope: &impl AsRef<StudioScope>) -> Result<StudioTx> {
        Ok(self.system().await?.for_studio(scope.as_ref()))
    }

    /// A writer that is bound to no studio: each use says why.
    pub async fn system(&self) -> Result<Tx> {
        let conn = match &self.pools {
            Pools::Sqlite { write, .. } => {
                Handle::SqliteWrite(write.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { write, .. } => Handle::PostgresWrite(write.begin().await?),
        };
        Ok(self.tx(conn))
    }

    /// A reader that is bound to no studio: each use says why.
    pub async fn system_read(&self) -> Result<Tx> {
        let conn = match &self.pools {
            Pools::Sqlite { read, .. } => Handle::SqliteRead(read.acquire().await?),
            Pools::Postgres { read, .. } => Handle::PostgresRead(read.acquire().await?),
        };
        Ok(self.tx(conn))
    }

    fn tx(&self, handle: Handle) -> Tx {
        Tx {
            handle,
            now: self.clock.now(),
            clock: self.clock.clone(),
            work: Arc::clone(&self.work),
            wakes: false,
            pulses: Arc::clone(&self.pulses),
            pulsed: false,
        }
    }

    /// Resolves when a commit left work for the workers.
    pub async fn work_arrived(&self) {
        self.work.notified().await;
    }

    /// Resolves when a commit left open pages something to look at.
    pub async fn pulsed(&self) {
        self.pulses.notified().await;
    }

    /// Lets workers look at once, for tests and shutdown.
    pub fn wake_workers(&self) {
        self.work.notify_one();
    }

    /// Copies an SQLite database into `path` while it is in use. PostgreSQL has tools of its own.
    pub async fn backup_sqlite(&self, path: &str) -> Result<bool> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                sqlx::query("vacuum into $1")
                    .bind(path)
                    .execute(write)
                    .await?;
                Ok(true)
            }
            Pools::Postgres { .. } => Ok(false),
        }
    }

    /// SQLite's own check of every page and index.
    pub async fn check_sqlite(&self) -> Result<()> {
        let Pools::Sqlite { read, .. } = &self.pools else {
            return Ok(());
        };
        let (verdict,): (String,) = sqlx::query_as("pragma integrity_check")
            .fetch_one(read)
            .await?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(Error::internal(verdict))
        }
    }

    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

async fn connect_sqlite(path: &str, connections: u32) -> Result<Pools> {
    let options = SqliteConnectOptions::from_str(&format!("sqlite:{path}"))?
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        // Signatures and payments are acknowledged: a commit is on the disk.
        .synchronous(SqliteSynchronous::Full)
        .optimize_on_close(true, None);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.clone())
        .await?;
    let read = SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .test_before_acquire(false)
        .idle_timeout(Duration::from_secs(60))
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(
            options
                .pragma("query_only", "on")
                // KiB. What a reader looks at lies in the kernel's cache as well: SQLite's own 2 MB for each connection would be
                // as much memory again, and no faster, as eight of them do not fit into the processor's cache.
                .pragma("cache_size", "-512"),
        )
        .await?;
    Ok(Pools::Sqlite { read, write })
}

fn connect_postgres(url: &str, connections: u32) -> Result<Pools> {
    let options = PgConnectOptions::from_str(url)?;
    let pool = || {
        PgPoolOptions::new()
            .max_connections(connections.div_ceil(2).max(2))
            // A ping before every use would double the round trips: only after a pause.
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    Ok(meta.idle_for < Duration::from_secs(10) || conn.ping().await.is_ok())
                })
            })
            .acquire_timeout(Duration::from_secs(10))
    };
    Ok(Pools::Postgres {
        read: pool().connect_lazy_with(
            options
                .clone()
                .options([("default_transaction_read_only", "on")]),
        ),
        write: pool().connect_lazy_with(options),
    })
}

enum Handle {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(sqlx::Transaction<'static, Sqlite>),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(sqlx::Transaction<'static, Postgres>),
}

/// A connection for reading, or a transaction for writing that is rolled back when dropped.
pub struct Tx {
    handle: Handle,
    now: Timestamp,
    clock: Clock,
    work: Arc<tokio::sync::Notify>,
    wakes: bool,
    pulses: Arc<tokio::sync::Notify>,
    pulsed: bool,
}

/// A [`Tx`] for one studio: what stores of tenant tables take. `$1` of its statements is the studio.
pub struct StudioTx {
    studio: StudioId,
    tx: Tx,
    /// The automations that led to this, the first one first; none where a person acts.
    led_by: Vec<AutomationId>,
}

/// What the macros work on: the driver's connection and the arguments begun.
pub enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection, SqliteArguments),
    Postgres(&'c mut PgConnection, PgArguments),
}

impl Tx {
    pub fn conn(&mut self) -> Result<Conn<'_>> {
        Ok(match &mut self.handle {
            Handle::SqliteRead(conn) => Conn::Sqlite(conn, SqliteArguments::default()),
            Handle::SqliteWrite(tx) => Conn::Sqlite(tx, SqliteArguments::default()),
            Handle::PostgresRead(conn) => Conn::Postgres(conn, PgArguments::default()),
            Handle::PostgresWrite(tx) => Conn::Postgres(tx, PgArguments::default()),
        })
    }

    /// When this transaction began; the one moment for all its rows.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id.
    pub fn id<T: From<[u8; 16]>>(&self) -> T {
        self.clock.id()
    }

    /// Workers look for work when this is committed.
    pub const fn wake_workers(&mut self) {
        self.wakes = true;
    }

    /// The text this engine needs, where one text cannot serve both. At most ten uses (checked).
    pub const fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.handle {
            Handle::SqliteRead(_) | Handle::SqliteWrite(_) => sqlite,
            Handle::PostgresRead(_) | Handle::PostgresWrite(_) => postgres,
        }
    }

    /// A text whose JSON is made by the engine. It is written with the names SQLite has for its functions.
    pub fn json(&self, text: &'static str) -> &'static str {
        match self.handle {
            Handle::SqliteRead(_) | Handle::SqliteWrite(_) => text,
            Handle::PostgresRead(_) | Handle::PostgresWrite(_) => json::for_postgres(text),
        }
    }

    pub async fn commit(self) -> Result<()> {
        match self.handle {
            Handle::SqliteWrite(tx) => tx.commit().await?,
            Handle::PostgresWrite(tx) => tx.commit().await?,
            Handle::SqliteRead(_) | Handle::PostgresRead(_) => {}
        }
        if self.wakes {
            self.work.notify_one();
        }
        if self.pulsed {
            self.pulses.notify_one();
        }
        Ok(())
    }

    /// Goes on for one studio: after sign-in found out whose row it is.
    pub fn for_studio(self, scope: &StudioScope) -> StudioTx {
        StudioTx {
            studio: scope.studio(),
            tx: self,
            led_by: Vec::new(),
        }
    }
}

impl StudioTx {
    /// Goes on for all studios, as before [`Tx::for_studio`].
    pub(crate) fn for_all(self) -> Tx {
        self.tx
    }

    pub fn conn(&mut self) -> Result<Conn<'_>> {
        let studio = self.studio;
        let mut conn = self.tx.conn()?;
        match &mut conn {
            Conn::Sqlite(_, args) => args.add(studio),
            Conn::Postgres(_, args) => args.add(studio),
        }
        .map_err(Error::internal)?;
        Ok(conn)
    }

    pub const fn studio(&self) -> StudioId {
        self.studio
    }

    pub const fn now(&self) -> Timestamp {
        self.tx.now()
    }

    pub fn id<T: From<[u8; 16]>>(&self) -> T {
        self.tx.id()
    }

    pub fn led_by(&self) -> &[AutomationId] {
        &self.led_by
    }

    /// What happens from here on is what these automations did.
    pub fn set_led_by(&mut self, automations: Vec<AutomationId>) {
        self.led_by = automations;
    }

    /// The demo tells of days gone by.
    pub(crate) const fn set_now(&mut self, now: Timestamp) {
        self.tx.now = now;
    }

    pub const fn wake_workers(&mut self) {
        self.tx.wake_workers();
    }

    /// Open pages of this process are told when this is committed.
    pub const fn wake_pages(&mut self) {
        self.tx.pulsed = true;
    }

    pub const fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        self.tx.dialect(sqlite, postgres)
    }

    pub fn json(&self, text: &'static str) -> &'static str {
        self.tx.json(text)
    }

    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }
}

/// One argument more.
pub fn bind<'q, A, T>(mut args: A, value: T) -> Result<A>
where
    A: sqlx::Arguments,
    T: sqlx::Encode<'q, A::Database> + sqlx::Type<A::Database>,
{
    args.add(value).map_err(Error::internal)?;
    Ok(args)
}

/// Runs one SQL text on either engine. With a [`StudioTx`] `$1` is the studio and the arguments
/// begin at `$2`; with a [`Tx`] they begin at `$1`.
macro_rules! run_sql {
    ($tx:expr, $sql:expr, [$($arg:expr),*], |$conn:ident, $args:ident, $query:ident| $run:expr, $make:ident $(, $row:ty)?) => {{
        match $tx.conn()? {
            $crate::db::Conn::Sqlite($conn, $args) => {
                $(let $args = $crate::db::bind($args, $arg)?;)*
                let $query = sqlx::$make::<sqlx::Sqlite, $($row,)? _>($sql, $args);
                $run.await
            }
            $crate::db::Conn::Postgres($conn, $args) => {
                $(let $args = $crate::db::bind($args, $arg)?;)*
                let $query = sqlx::$make::<sqlx::Postgres, $($row,)? _>($sql, $args);
                $run.await
            }
        }
        .map_err($crate::error::Error::from)
    }};
}

/// The one row; an error where there is none.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::run_sql!($tx, $sql, [$($arg),*], |conn, args, query| query.fetch_one(conn), query_as_with, $row)
    };
}

/// The row, if there is one.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::run_sql!($tx, $sql, [$($arg),*], |conn, args, query| query.fetch_optional(conn), query_as_with, $row)
    };
}

/// All rows.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::run_sql!($tx, $sql, [$($arg),*], |conn, args, query| query.fetch_all(conn), query_as_with, $row)
    };
}

/// The one value of the one row.
macro_rules! scalar {
    ($tx:expr, $value:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::run_sql!($tx, $sql, [$($arg),*], |conn, args, query| query.fetch_one(conn), query_scalar_with, $value)
    };
}

/// The number of rows affected.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::run_sql!($tx, $sql, [$($arg),*], |conn, args, query| async { query.execute(conn).await.map(|done| done.rows_affected()) }, query_with)
    };
}

pub(crate) use many::{fetch_among, insert_many};
pub(crate) use {execute, fetch_all, fetch_one, fetch_optional, run_sql, scalar};
