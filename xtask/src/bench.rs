//! `cargo xtask bench`: how fast, as ratios of one run.

use anyhow::Result;

use crate::{args::Args, cargo::cargo, cmd, postgres, steps::Steps, widget};

pub const SUMMARY: &str = "measure the server against its baselines, on SQLite and PostgreSQL
Prints ratios; docs/PERFORMANCE.md has the budgets. Words after `--` go to the benchmark.";

pub fn run(args: Args) -> Result<()> {
    let words = args.rest();
    let mut steps = Steps::new(4);
    steps.run("Building the portal (WASM)", widget::build)?;
    steps.run("On SQLite", || {
        let mut bench = cargo();
        bench
            .args(["bench", "-p", "portico-server", "--"])
            .args(&words);
        cmd::run(bench.env_remove("TEST_DATABASE_URL"))
    })?;
    steps.run("PDFs", || {
        cmd::run(cargo().args(["bench", "-p", "portico-pdf"]))
    })?;
    steps.run("On PostgreSQL", || {
        let cluster = postgres::start()?;
        let mut bench = cargo();
        bench
            .args(["bench", "-p", "portico-server", "--"])
            .args(&words);
        cmd::run(bench.env("TEST_DATABASE_URL", &cluster.url))
    })
}
