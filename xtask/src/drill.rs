//! `cargo xtask drill`: the long runs. Fuzzing of the API from its own description, the server killed in the middle
//! of what it does, and the plugin on a real WordPress.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::{
    args::Args,
    cargo,
    cmd::{self, Server, command},
    demo, e2e, install,
    nextest::{Counts, Suite},
    postgres, s3,
    steps::Steps,
    widget, wordpress,
    workspace::{self, Scratch},
};

pub const SUMMARY: &str = "the long runs: fuzz the API, kill the server at work, both on both engines; and a real WordPress
`--only PART[,PART…]` runs some of it:
  kill       the server is killed at work, and payments come in a storm
  automations the server is killed while automations run
  fuzz       the API from its own description
  s3         documents stored on a server that speaks S3 (moto, in a Python environment of its own)
  lighthouse  what Lighthouse says of the demo website with the portal in it
  throttle   a slow telephone on a slow line, beside the same form in Preact
  wordpress  the plugin and the plain snippet on a WordPress of Debian's packages
`--examples N` per operation, 1,000 unless told; `--kills N`, 200 unless told;
`--payments N` in a storm, 500 unless told; `--runs N` of automations, 5,000 unless told. Ends with a table.";

/// Pinned: another version finds other things on another day, which helps nobody's diff.
const FUZZER: &str = "schemathesis==4.32.5";

pub fn run(mut args: Args) -> Result<()> {
    let examples = args.number("--examples")?.unwrap_or(1000);
    let kills = args.number("--kills")?.unwrap_or(200);
    let storm = args.number("--payments")?.unwrap_or(500);
    let runs = args.number("--runs")?.unwrap_or(5000);
    let parts = chosen(args.value("--only")?.as_deref())?;
    args.end()?;
    let mut steps = Steps::new(parts.len() + 1);
    steps.run("Building the portal (WASM)", widget::build)?;
    let mut results = Vec::new();
    for part in parts {
        results.extend(match part {
            "kill" => steps.run(&format!("Killed {kills} times"), || kill(kills, storm))?,
            "automations" => {
                let name = format!("Killed {kills} times over {runs} runs of automations");
                steps.run(&name, || automations(kills, runs))?
            }
            "fuzz" => steps.run(
                &format!("Fuzzing the API, {examples} examples an operation"),
                || fuzz(examples),
            )?,
            "lighthouse" => {
                let counts = steps.run("Lighthouse on the demo website", lighthouse)?;
                vec![("Lighthouse".to_owned(), counts)]
            }
            "throttle" => {
                let counts = steps.run("A slow telephone on a slow line", throttle)?;
                vec![("A slow telephone".to_owned(), counts)]
            }
            "s3" => vec![steps.run("Storing files on a server that speaks S3", s3::test)?],
            _ => {
                let counts = steps.run("The plugin on a WordPress", wordpress::run)?;
                vec![("WordPress".to_owned(), counts)]
            }
        });
    }
    println!("\n{:<44} {:>7} {:>7}", "", "passed", "failed");
    for (name, counts) in &results {
        println!("{name:<44} {:>7} {:>7}", counts.passed, counts.failed);
    }
    let failed: u32 = results.iter().map(|(_, counts)| counts.failed).sum();
    if failed > 0 {
        bail!("{failed} failed; what they said stands above");
    }
    Ok(())
}

const PARTS: &[&str] = &[
    "kill",
    "automations",
    "fuzz",
    "s3",
    "lighthouse",
    "throttle",
    "wordpress",
];

/// The specs in `e2e/lighthouse/`, with packages of their own.
fn lighthouse() -> Result<Counts> {
    install::for_lighthouse()?;
    let config = "--config=lighthouse/playwright.config.ts".to_owned();
    Ok(e2e::run_with(&[config], &[])?.counts)
}

/// The specs in `e2e/throttle/`; what they measured stands in their lines.
fn throttle() -> Result<Counts> {
    let config = "--config=throttle/playwright.config.ts".to_owned();
    Ok(e2e::run_with(&[config], &[])?.counts)
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static str>> {
    let Some(only) = only else {
        return Ok(PARTS.to_vec());
    };
    let find = |name: &str| PARTS.iter().find(|part| **part == name).copied();
    only.split(',')
        .map(|name| find(name).with_context(|| format!("there is no part `{name}` of the drill")))
        .collect()
}

/// The tests that kill the server, with more rounds, on each engine.
fn kill(times: u32, storm: u32) -> Result<Vec<(String, Counts)>> {
    let env = [("KILLS", times.to_string()), ("STORM", storm.to_string())];
    let filter = "(test(/^kill::/) & not test(/^kill::l17/)) | test(/^storm::/)";
    let name = format!("{times} kills, {storm} payments in a storm");
    on_each_engine(&name, filter, &env)
}

/// The one that kills it while automations run.
fn automations(times: u32, runs: u32) -> Result<Vec<(String, Counts)>> {
    let env = [("KILLS", times.to_string()), ("RUNS", runs.to_string())];
    let name = format!("{times} kills, {runs} runs of automations");
    on_each_engine(&name, "test(/^kill::l17/)", &env)
}

fn on_each_engine(
    what: &str,
    filter: &'static str,
    env: &[(&'static str, String)],
) -> Result<Vec<(String, Counts)>> {
    let cluster = postgres::start()?;
    let mut env = env.to_vec();
    env.push(("NEXTEST_PROFILE", "drill".to_owned()));
    let mut results = Vec::new();
    for (engine, postgres) in [("SQLite", None), ("PostgreSQL", Some(&cluster))] {
        let suite = Suite {
            packages: &["portico-server"],
            filter: Some(filter),
            postgres,
            env: &env,
        };
        results.push((format!("{what}, {engine}"), suite.run()?.counts));
    }
    Ok(results)
}

/// Operations that held and that did not, for each engine.
pub fn fuzz(examples: u32) -> Result<Vec<(String, Counts)>> {
    install::for_fuzzing()?;
    let fuzzer = fuzzer()?;
    let binary = cargo::server("dev")?;
    let scratch = Scratch::new("fuzz")?;
    let cluster = postgres::start()?;
    let sqlite = format!(
        "sqlite://{}?mode=rwc",
        scratch.path().join("portico.db").display()
    );
    let engines = [
        ("SQLite", sqlite),
        ("PostgreSQL", cluster.database("fuzz")?),
    ];
    // What it does takes one core, thinking up requests; the server hardly any.
    let runs = thread::scope(|scope| {
        let runs = engines.map(|(engine, database)| {
            let folder = scratch.path().join(engine);
            let (fuzzer, binary) = (&fuzzer, &binary);
            let run = move || fuzz_one(fuzzer, binary, &folder, &database, examples);
            (engine, scope.spawn(run))
        });
        runs.map(|(engine, run)| (engine, run.join()))
    });
    let mut results = Vec::new();
    for (engine, run) in runs {
        let (said, counts) = run.map_err(|_| anyhow!("the run on {engine} broke off"))??;
        println!("      on {engine}\n{said}");
        results.push((format!("API fuzzed on {engine}, {examples} each"), counts));
    }
    Ok(results)
}

/// What the fuzzer said, and how many operations held.
fn fuzz_one(
    fuzzer: &Path,
    binary: &Path,
    folder: &Path,
    database: &str,
    examples: u32,
) -> Result<(String, Counts)> {
    fs::create_dir_all(folder)?;
    let own = demo::own_environment(database, folder)?;
    let log = folder.join("server.log");
    let mut start = command(binary);
    start
        .arg("demo")
        .envs(own.variables.iter().cloned())
        .stdout(fs::File::create(&log)?)
        .stderr(fs::File::options().append(true).open(&log)?);
    let mut server = Server::start(&mut start)?;
    if let Err(error) = demo::wait_until_ready(&mut server, &own.listen) {
        bail!("{error}\n{}", fs::read_to_string(&log).unwrap_or_default());
    }
    let host = format!("http://{}", own.listen);
    let ours = workspace::root().join("xtask/drill");
    let (results, said) = (folder.join("results.xml"), folder.join("said.txt"));
    let mut run = command(fuzzer);
    // It leaves files where it is started.
    run.current_dir(folder).stdout(fs::File::create(&said)?);
    run.arg("--no-color")
        .arg("--config-file")
        .arg(ours.join("schemathesis.toml"));
    run.arg("run").arg(format!("{host}/api/openapi.json"));
    run.args(["--max-examples", &examples.to_string(), "--seed", "1"]);
    run.args(["--report", "junit", "--report-junit-path"])
        .arg(&results);
    run.env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &ours);
    run.env("FUZZ_HOST", &host)
        .env("FUZZ_ORIGIN", format!("http://{}", own.website));
    // The same choices in every run, and no compiled files in the checkout.
    run.env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let status = run
        .status()
        .with_context(|| format!("starting {}", fuzzer.display()))?;
    let text = fs::read_to_string(&results).unwrap_or_default();
    let counts = counts(&text).of_run(status.success());
    Ok((fs::read_to_string(&said)?, counts))
}

/// Its own Python environment, made once, outside the checkout where the target folder is.
fn fuzzer() -> Result<PathBuf> {
    let venv = workspace::target().join("fuzz-venv");
    let program = venv.join("bin/st");
    let stamp = venv.join("version");
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == FUZZER) {
        return Ok(program);
    }
    println!("      installing {FUZZER}");
    cmd::run(
        command("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    let mut pip = command(venv.join("bin/pip"));
    cmd::run(pip.args(["install", "--quiet", "--disable-pip-version-check", FUZZER]))?;
    fs::write(stamp, FUZZER)?;
    Ok(program)
}

/// Reads the totals from the head of the JUnit report: one test is one operation.
fn counts(report: &str) -> Counts {
    let head = report
        .split_once("<testsuites")
        .map_or("", |(_, rest)| rest.split('>').next().unwrap_or_default());
    let total = |name: &str| {
        let value = head
            .split_once(&format!(" {name}=\""))
            .map_or("0", |(_, rest)| rest.split('"').next().unwrap_or("0"));
        value.parse::<u32>().unwrap_or_default()
    };
    let failed = total("failures") + total("errors");
    Counts {
        passed: total("tests").saturating_sub(failed + total("skipped")),
        failed,
    }
}

#[cfg(test)]
mod tests {
    use super::counts;
    use crate::nextest::Counts;

    #[test]
    fn the_report_is_read_by_operation() {
        let report = r#"<?xml version="1.0"?><testsuites errors="1" failures="2" skipped="1" tests="20" time="1.8"><testsuite tests="9">"#;
        assert_eq!(
            counts(report),
            Counts {
                passed: 16,
                failed: 3
            }
        );
        assert_eq!(counts(""), Counts::default());
    }
}
