//! A PostgreSQL for one run: made from the installed programs, gone at the end.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    cmd::{self, Server, command},
    install,
    workspace::{Scratch, free_port},
};

/// The newest installed `bin` folder.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .map(|entry| entry.path())
        .max_by_key(version)
        .map(|path| path.join("bin"));
    newest
        .into_iter()
        .chain([PathBuf::from("/usr/local/pgsql/bin")])
        .find(|bin| bin.join("initdb").is_file())
}

/// Ends with the value, its files too. Even when this program is killed the server ends, where
/// `setpriv` can ask the kernel for it.
pub struct Cluster {
    // Before the folder: fields are dropped in order, and the server writes into it.
    _server: Server,
    _scratch: Scratch,
    pub url: String,
}

pub fn start() -> Result<Cluster> {
    install::for_postgres()?;
    let bin = programs().context("no PostgreSQL is installed")?;
    let scratch = Scratch::new("postgres")?;
    let data = scratch.path().join("data");
    if install::is_root() {
        // PostgreSQL refuses to run as root; its package brings the user.
        cmd::run(command("chown").arg("postgres").arg(scratch.path()))?;
    }
    let mut initdb = as_owner(bin.join("initdb"), &scratch);
    initdb.arg("-D").arg(&data);
    cmd::output(initdb.args([
        "-U",
        "portico",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]))?;

    let port = free_port()?.to_string();
    let log = scratch.path().join("log");
    let mut postgres = as_owner(bin.join("postgres"), &scratch);
    postgres
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(scratch.path())
        .args(["-p", &port]);
    for setting in SETTINGS {
        postgres.args(["-c", setting]);
    }
    postgres.stderr(fs::File::create(&log)?);
    // INT is PostgreSQL's "fast": it does not wait for clients to leave.
    let mut server = Server::start(&mut postgres)?.stopped_by("INT");
    let mut ready = command(bin.join("pg_isready"));
    ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
    let started = Instant::now();
    while cmd::output(&mut ready).is_err() {
        if server.ended()? || started.elapsed() > Duration::from_secs(30) {
            bail!(
                "PostgreSQL did not start:\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(Cluster {
        _server: server,
        _scratch: scratch,
        url: format!("postgres://portico@127.0.0.1:{port}/postgres"),
    })
}

impl Cluster {
    /// A fresh database beside the first one; its address.
    pub fn database(&self, name: &str) -> Result<String> {
        let bin = programs().context("no PostgreSQL is installed")?;
        let statement = format!("create database {name}");
        cmd::output(command(bin.join("psql")).args(["-q", "-d", &self.url, "-c", &statement]))?;
        Ok(format!("{}/{name}", self.url.trim_end_matches("/postgres")))
    }
}

/// Fast, because nothing here has to survive a crash.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    "shared_buffers=128MB",
];

fn as_owner(program: PathBuf, scratch: &Scratch) -> Command {
    let mut start = if !cmd::installed("setpriv") {
        command(program)
    } else {
        let mut start = command("setpriv");
        if install::is_root() {
            start.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
        }
        start.args(["--pdeathsig", "INT"]).arg(program);
        start
    };
    // The checkout may be closed to that user.
    start.current_dir(scratch.path());
    start
}
