//! A server that speaks S3, made by others: what is stored in a folder is stored there too.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Stdio,
    thread,
    time::Duration,
};

use anyhow::{Result, bail};

use crate::{
    cmd::{self, Server, command},
    nextest::{Counts, Suite},
    workspace,
};

/// Pinned, as the fuzzer is.
const MOTO: &str = "moto[server]==5.2.5";

/// The tests whose name says s3, against a bucket of their own.
pub fn test() -> Result<(String, Counts)> {
    let program = moto()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut start = command(program);
    start
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _server = Server::start(&mut start)?;
    make_bucket(port)?;
    let url = format!("s3://portico:secret@127.0.0.1:{port}/portico?tls=none");
    let suite = Suite {
        packages: &["portico-server"],
        filter: Some("test(/s3/)"),
        postgres: None,
        env: &[("TEST_S3_URL", url)],
    };
    Ok(("Files in an S3 store".into(), suite.run()?.counts))
}

fn moto() -> Result<PathBuf> {
    let venv = workspace::target().join("s3-venv");
    let program = venv.join("bin/moto_server");
    let stamp = venv.join("version");
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == MOTO) {
        return Ok(program);
    }
    println!("      installing {MOTO}");
    cmd::run(
        command("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    let mut pip = command(venv.join("bin/pip"));
    cmd::run(pip.args(["install", "--quiet", "--disable-pip-version-check", MOTO]))?;
    fs::write(stamp, MOTO)?;
    Ok(program)
}

/// It takes a moment to start.
fn make_bucket(port: u16) -> Result<()> {
    for _ in 0..150 {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let asked = format!(
                "PUT /portico HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(asked.as_bytes())?;
            let mut said = String::new();
            stream.read_to_string(&mut said)?;
            if said.split(' ').nth(1) == Some("200") {
                return Ok(());
            }
            bail!(
                "the bucket was not made: {}",
                said.lines().next().unwrap_or_default()
            );
        }
        thread::sleep(Duration::from_millis(200));
    }
    bail!("moto did not start within half a minute")
}
