//! Starting cargo for the other verbs.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::cmd;

/// The cargo this program was started by, so that `+toolchain` and wrappers are kept.
pub fn cargo() -> Command {
    let mut command = cmd::command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Set for this program alone; inside a build it would point build scripts the wrong way, and those that say that they
    // depend on it (ring's does) would run again whenever cargo is started by hand in between.
    const OURS: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_CRATE_"];
    for (name, _) in std::env::vars_os() {
        let own = |name: &str| OURS.iter().any(|start| name.starts_with(start));
        if name.to_str().is_some_and(own) {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo build` with these arguments; the files it made for that target.
///
/// Cargo itself says where its files are: the target directory may be set in several ways.
pub fn build(args: &[&str], target: &str, set: &[(&str, &str)]) -> Result<Vec<PathBuf>> {
    let mut command = cargo();
    command
        .arg("build")
        .args(args)
        .envs(set.iter().copied())
        .arg("--message-format=json-render-diagnostics");
    command.stdout(Stdio::piped());
    let mut child = command.spawn().context("cargo could not be started")?;
    let out = child
        .stdout
        .take()
        .context("standard output was asked for")?;
    let mut files = Vec::new();
    for line in BufReader::new(out).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else {
            continue;
        };
        if message["reason"] == "compiler-artifact" && message["target"]["name"] == target {
            let made = message["filenames"].as_array().into_iter().flatten();
            files.extend(made.filter_map(Value::as_str).map(PathBuf::from));
        }
    }
    if !child.wait()?.success() {
        bail!("`{}` failed; its messages are above", cmd::shown(&command));
    }
    Ok(files)
}

/// The server binary of a profile, built.
pub fn server(profile: &str) -> Result<PathBuf> {
    let files = build(
        &[
            "-p",
            "portico-server",
            "--bin",
            "portico",
            "--profile",
            profile,
        ],
        "portico",
        &[],
    )?;
    files
        .into_iter()
        .find(|file| {
            file.file_stem().is_some_and(|stem| stem == "portico")
                && file.extension().is_none_or(|end| end == "exe")
        })
        .context("cargo built no binary named portico")
}
