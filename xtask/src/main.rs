//! `cargo xtask <verb>`: everything a person or CI does with this repository, each behind one
//! word, so that "works in CI" and "works here" are the same command.

#![expect(
    clippy::print_stdout,
    reason = "a command line speaks on standard output"
)]

mod args;
mod bench;
mod build;
mod cargo;
mod cmd;
mod demo;
mod drill;
mod e2e;
mod install;
mod nextest;
mod plugin;
mod postgres;
mod s3;
mod size;
mod sql;
mod steps;
mod supply;
mod test;
mod widget;
mod wordpress;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;

struct Verb {
    name: &'static str,
    summary: &'static str,
    run: fn(Args) -> Result<()>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "demo",
        summary: demo::SUMMARY,
        run: demo::run,
    },
    Verb {
        name: "test",
        summary: test::SUMMARY,
        run: test::run,
    },
    Verb {
        name: "build",
        summary: build::SUMMARY,
        run: build::run,
    },
    Verb {
        name: "e2e",
        summary: e2e::SUMMARY,
        run: e2e::run,
    },
    Verb {
        name: "sql",
        summary: sql::SUMMARY,
        run: sql::run,
    },
    Verb {
        name: "size",
        summary: size::SUMMARY,
        run: size::run,
    },
    Verb {
        name: "bench",
        summary: bench::SUMMARY,
        run: bench::run,
    },
    Verb {
        name: "drill",
        summary: drill::SUMMARY,
        run: drill::run,
    },
    Verb {
        name: "widget",
        summary: widget::SUMMARY,
        run: widget::run,
    },
];

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let Some(name) = words.next() else {
        help();
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        help();
        return Ok(());
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        bail!("there is no verb `{name}`; `cargo xtask --help` lists them");
    };
    let args = Args::new(words.collect());
    if args.asks_for_help() {
        println!("cargo xtask {}\n\n{}", verb.name, verb.summary);
        return Ok(());
    }
    (verb.run)(args)
}

fn help() {
    println!("Usage: cargo xtask <verb>\n");
    for verb in VERBS {
        let first = verb.summary.lines().next().unwrap_or_default();
        println!("  {:<8} {first}", verb.name);
    }
    println!("\n`cargo xtask <verb> --help` says more about one of them.");
}
