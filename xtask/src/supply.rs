//! Licences, banned crates and sources, by cargo-deny and `deny.toml`; and what may not be in the
//! portal, which cargo-deny cannot tell from the rest of the workspace.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    cargo::cargo,
    cmd::{self, command},
    workspace,
};

/// Built without optimisation, which it does not need: a minute instead of three.
const DENY: &str = "cargo-deny@0.20.2";

/// Each costs the portal more kilobytes than the browser's own means of doing the same.
const NOT_IN_THE_PORTAL: &[&str] = &[
    "chrono",
    "jiff",
    "rand",
    "regex",
    "regex-lite",
    "reqwest",
    "time",
    "tokio",
    "url",
];

/// The advisory database stays out: it changes without the code changing, and needs the network.
pub fn check() -> Result<()> {
    let program = deny()?;
    cmd::run(command(program).args(["--locked", "check", "bans", "licenses", "sources"]))
}

fn deny() -> Result<PathBuf> {
    if cmd::installed("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let tools = workspace::target().join("tools");
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        println!("      installing {DENY}: a minute or two, once");
        let build = workspace::target().join("tools-build");
        let mut install = cargo();
        install
            .args(["install", DENY, "--locked", "--debug", "--quiet", "--root"])
            .arg(&tools);
        cmd::run(install.arg("--target-dir").arg(&build))?;
        std::fs::remove_dir_all(build)?;
    }
    Ok(program)
}

/// The crates of the portal that should not be there.
pub fn strangers_in_the_portal() -> Result<Vec<String>> {
    let mut tree = cargo();
    tree.args([
        "tree",
        "--locked",
        "-p",
        "portico-widget",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    tree.args([
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let text = cmd::output(&mut tree)?;
    let names = text.lines().filter_map(|line| line.split(' ').next());
    let mut strangers: Vec<String> = names
        .filter(|name| NOT_IN_THE_PORTAL.contains(name))
        .map(str::to_owned)
        .collect();
    strangers.dedup();
    Ok(strangers)
}
