//! `cargo xtask demo`: from a clone to a portal one can sign in to.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    args::Args,
    cargo,
    cmd::{self, Server},
    steps::Steps,
    widget,
    workspace::free_port,
};

pub const SUMMARY: &str = "build everything, fill a demo and serve it; Ctrl-C stops it
Adds the WASM target where it is missing, builds the portal and the server, migrates and fills a
demo database and serves the backend and the demo studio's own website on two addresses.
Words after `--` go to `portico demo`.";

const BACKEND: &str = "127.0.0.1:8080";

pub fn run(args: Args) -> Result<()> {
    let words = args.rest();
    let mut steps = Steps::new(3);
    steps.run("Building the portal (WASM)", widget::build)?;
    let binary = steps.run("Building the server", || cargo::server("dev"))?;
    let backend = std::env::var("PORTICO_LISTEN").unwrap_or_else(|_| BACKEND.to_owned());
    let server = steps.run("Starting the demo", || {
        let mut server = Server::start(cmd::command(binary).arg("demo").args(&words))?;
        wait_until_ready(&mut server, &backend)?;
        Ok(server)
    })?;
    // The server itself said where everything is.
    println!("\nReady after {}. Ctrl-C stops it.", steps.took());
    server.wait()
}

/// Waits until the server answers `/readyz` with 200.
pub fn wait_until_ready(server: &mut Server, address: &str) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(1) {
        if server.ended()? {
            bail!("the server ended before it was ready; its messages are above");
        }
        if status_of(address, "/readyz") == Some(200) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    bail!("the server did not answer http://{address}/readyz within a minute")
}

fn status_of(address: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head)
        .ok()?
        .rsplit(' ')
        .next()?
        .parse()
        .ok()
}

/// The environment of a demo that keeps to itself: free ports, a database of its own, and
/// limits that a run of ten thousand sign-ins does not meet.
pub fn own_environment(database_url: &str, scratch: &Path) -> Result<OwnDemo> {
    let (backend, website, sandbox) = (free_port()?, free_port()?, free_port()?);
    let listen = format!("127.0.0.1:{backend}");
    let website = format!("127.0.0.1:{website}");
    let variables = vec![
        ("PORTICO_LISTEN", listen.clone()),
        ("PORTICO_PUBLIC_URL", format!("http://{listen}")),
        ("PORTICO_DEMO_SITE_LISTEN", website.clone()),
        (
            "PORTICO_DEMO_SANDBOX_LISTEN",
            format!("127.0.0.1:{sandbox}"),
        ),
        ("PORTICO_DATABASE_URL", database_url.to_owned()),
        (
            "PORTICO_STORAGE_URL",
            format!("file:{}", scratch.join("files").display()),
        ),
        ("PORTICO_LIMITS__CODE_SECONDS", "1".to_owned()),
        ("PORTICO_LIMITS__CODES_PER_HOUR", "1000".to_owned()),
        ("PORTICO_LIMITS__PER_ADDRESS", "1000000".to_owned()),
        ("PORTICO_LIMITS__STUDIO_FAILURES", "1000000".to_owned()),
    ];
    Ok(OwnDemo {
        listen,
        website,
        variables,
    })
}

pub struct OwnDemo {
    pub listen: String,
    pub website: String,
    pub variables: Vec<(&'static str, String)>,
}
