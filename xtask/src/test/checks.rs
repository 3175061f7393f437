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
        "clippy: server, wire, pdf, sandbox",
        &mut clippy(&[
            "-p",
            "portico-server",
            "-p",
            "portico-wire",
            "-p",
            "portico-pdf",
            "-p",
            "portico-sandbox",
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
    report.add(name, passed(cmd::run(command)));
}

fn passed(done: Result<()>) -> Counts {
    match done {
        Ok(()) => Counts::PASSED,
        Err(error) => {
            println!("error: {error:#}");
            Counts::FAILED
        }
    }
}

pub fn supply(report: &mut Report) -> Result<()> {
    report.add("licences, bans, sources", passed(supply::check()));
    let strangers = supply::strangers_in_the_portal()?;
    for name in &strangers {
        println!(
            "error: the portal depends on {name}: the browser does this already, without the bytes"
        );
    }
    report.add(
        "the portal's crates",
        if strangers.is_empty() {
            Counts::PASSED
        } else {
            Counts::FAILED
        },
    );
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
