//! `cargo xtask test`: everything that has to hold before a change lands.

mod checks;
mod report;

use std::time::Instant;

use anyhow::{Result, bail};

use self::report::Report;
use crate::{
    args::Args,
    drill, e2e, install,
    nextest::{Counts, Suite},
    postgres, size,
    steps::Steps,
    widget,
};

pub const SUMMARY: &str =
    "check everything: lints, licences, both databases, sizes, browser, fuzzing
Installs what is missing where it can, else names it. Everything runs even where something failed;
the last line counts. `--only PART[,PART…]` runs some of it:
  lint      formatting, clippy for the backend, this program and the portal
  supply    licences, banned crates and sources, against deny.toml
  unit      the suites of wire, pdf and xtask
  sqlite    the server's suite on SQLite
  postgres  the same suite on a throw-away PostgreSQL
  size      what a visitor downloads, against the budgets
  e2e       the browser tests
  fuzz      a short run of the API fuzzing that `drill` does at length
  tree      nothing in the checkout was changed or left behind (only in CI, unless asked for)";

struct Part {
    name: &'static str,
    title: &'static str,
    /// Whether it reads, embeds or serves the built portal.
    portal: bool,
    run: fn(&mut Report) -> Result<()>,
}

const PARTS: &[Part] = &[
    Part {
        name: "lint",
        title: "Formatting and lints",
        portal: true,
        run: checks::lint,
    },
    Part {
        name: "supply",
        title: "Licences, banned crates, sources",
        portal: false,
        run: checks::supply,
    },
    Part {
        name: "unit",
        title: "Tests of wire, widget, pdf, the payment sandbox and xtask",
        portal: false,
        run: unit,
    },
    Part {
        name: "sqlite",
        title: "The server's suite on SQLite",
        portal: true,
        run: on_sqlite,
    },
    Part {
        name: "postgres",
        title: "The server's suite on PostgreSQL",
        portal: true,
        run: on_postgres,
    },
    Part {
        name: "size",
        title: "Sizes",
        portal: true,
        run: sizes,
    },
    Part {
        name: "e2e",
        title: "Browser tests",
        portal: true,
        run: browser,
    },
    Part {
        name: "fuzz",
        title: "Fuzzing the API, short",
        portal: true,
        run: fuzz,
    },
    Part {
        name: "tree",
        title: "The checkout is clean",
        portal: false,
        run: checks::tree,
    },
];

/// Enough to catch a wrong description; `drill` looks for the rare ones.
const FUZZ_EXAMPLES: u32 = 20;

pub fn run(mut args: Args) -> Result<()> {
    let parts = chosen(args.value("--only")?.as_deref())?;
    args.end()?;
    let mut steps = Steps::new(parts.len() + 1);
    let mut report = Report::default();
    let prepared = steps.run("Preparing: programs, packages, the portal (WASM)", || {
        Ok(prepare(&parts))
    })?;
    report.take("preparing", prepared);
    for part in parts {
        let started = Instant::now();
        let done = steps.run(part.title, || Ok((part.run)(&mut report)))?;
        report.take(part.title, done);
        report.time(started.elapsed());
    }
    let failed = report.failed();
    println!("\n{report}");
    if failed > 0 {
        // The count has to be the last line: the failure is said by the exit code alone.
        std::process::exit(1);
    }
    Ok(())
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static Part>> {
    let Some(only) = only else {
        let ci = std::env::var_os("CI").is_some();
        return Ok(PARTS
            .iter()
            .filter(|part| ci || part.name != "tree")
            .collect());
    };
    let mut parts = Vec::new();
    for name in only.split(',') {
        match PARTS.iter().find(|part| part.name == name) {
            Some(part) => parts.push(part),
            None => bail!("there is no part `{name}`; `cargo xtask test --help` lists them"),
        }
    }
    Ok(parts)
}

/// The portal comes first: the server reads or embeds it. One part alone installs for itself.
fn prepare(parts: &[&Part]) -> Result<()> {
    if parts.len() > 1 {
        install::all()?;
    }
    if parts.iter().any(|part| part.portal) {
        widget::build()?;
    }
    Ok(())
}

fn unit(report: &mut Report) -> Result<()> {
    // Apart from the backend's: together cargo would build every shared crate once more, with
    // the features of both.
    for package in [
        "portico-wire",
        "portico-widget",
        "portico-pdf",
        "portico-sandbox",
        "xtask",
    ] {
        let suite = Suite {
            packages: &[package],
            filter: None,
            postgres: None,
            env: &[],
        };
        report.ran(package, suite.run()?);
    }
    Ok(())
}

fn on_sqlite(report: &mut Report) -> Result<()> {
    report.ran(
        "server on SQLite",
        Suite {
            packages: &["portico-server"],
            filter: None,
            postgres: None,
            env: &[],
        }
        .run()?,
    );
    Ok(())
}

fn on_postgres(report: &mut Report) -> Result<()> {
    let cluster = postgres::start()?;
    let suite = Suite {
        packages: &["portico-server"],
        filter: None,
        postgres: Some(&cluster),
        env: &[],
    };
    report.ran("server on PostgreSQL", suite.run()?);
    Ok(())
}

fn sizes(report: &mut Report) -> Result<()> {
    let measured = size::measure()?;
    print!("{measured}");
    report.add(
        "sizes within budget",
        if measured.over() {
            Counts::FAILED
        } else {
            Counts::PASSED
        },
    );
    Ok(())
}

fn browser(report: &mut Report) -> Result<()> {
    report.ran("browser", e2e::run_suite(&[])?);
    Ok(())
}

fn fuzz(report: &mut Report) -> Result<()> {
    for (name, counts) in drill::fuzz(FUZZ_EXAMPLES)? {
        report.add(&name, counts);
    }
    Ok(())
}
