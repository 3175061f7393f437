//! What is checked without running the product.

use std::process::Command;

use anyhow::Result;

use super::report::Report;
use crate::{
    cargo::cargo,
    cmd::{self, command},
    nextest::Counts,
    supply,
};

pub fn lint(report: &mut Report) -> Result<()> {
    let clippy = |args: &[&str]| {
        let mut command = cargo();
        command
            .arg("clippy")
            .args(args)
            .args(["--", "-D", "warnings"]);
        command
    };
    let wasm = [
        "-p",
        "portico-widget",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        "dev",
    ];
    check(
        report,
        "formatting",
        cargo().args(["fmt", "--all", "--check"]),
    );
    check(
        report,
        "clippy: server, wire",
        &mut clippy(&[
            "-p",
            "portico-server",
            "-p",
            "portico-wire",
            "--all-targets",
        ]),
    );
    check(
        report,
        "clippy: xtask",
        &mut clippy(&["-p", "xtask", "--all-targets"]),
    );
    check(report, "clippy: widget (WASM)", &mut clippy(&wasm));
    Ok(())
}

fn check(report: &mut Report, name: &str, command: &mut Command) {
    let counts = match cmd::run(command) {
        Ok(()) => Counts::PASSED,
        Err(error) => {
            println!("error: {error:#}");
            Counts::FAILED
        }
    };
    report.add(name, counts);
}

pub fn supply(report: &mut Report) -> Result<()> {
    let refusals = supply::refusals()?;
    for refusal in &refusals {
        println!("error: {refusal}");
    }
    report.add(
        "licences, bans, sources",
        if refusals.is_empty() {
            Counts::PASSED
        } else {
            Counts::FAILED
        },
    );
    if cmd::installed("cargo-deny") {
        check(
            report,
            "cargo-deny",
            cargo().args(["deny", "check", "bans", "licenses", "sources"]),
        );
    }
    Ok(())
}

/// A verb that changes tracked files, or leaves new ones, is caught here.
pub fn tree(report: &mut Report) -> Result<()> {
    let changed = cmd::output(command("git").args(["status", "--porcelain"]))?;
    print!("{changed}");
    report.add(
        "the checkout is clean",
        if changed.is_empty() {
            Counts::PASSED
        } else {
            Counts::FAILED
        },
    );
    Ok(())
}
