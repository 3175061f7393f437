//! `cargo xtask e2e`: a person's clicks, in a real browser, on the demo.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{
    args::Args,
    cargo,
    cmd::{self, Tee, command},
    install,
    nextest::{Counts, Ran},
    steps::Steps,
    widget, workspace,
};

pub const SUMMARY: &str = "run the browser tests in e2e/ against a demo of their own
Builds the portal and the server, starts a demo on free ports with a database of its own and drives
an installed Chromium. Words after `--` go to Playwright: `cargo xtask e2e -- --grep code --project phone`.
E2E_BINARY=FILE tests that binary instead of building one.";

pub fn run(args: Args) -> Result<()> {
    let words = args.rest();
    let mut steps = Steps::new(3);
    steps.run("Preparing the browser and e2e/", install::for_e2e)?;
    steps.run("Building the portal (WASM)", widget::build)?;
    let Ran { counts, .. } = steps.run("Browser tests", || run_suite(&words))?;
    if counts.failed > 0 {
        bail!(
            "{} browser tests failed; e2e/test-results/ has a trace of each",
            counts.failed
        );
    }
    Ok(())
}

/// The suite, on the binary of the development profile.
pub fn run_suite(words: &[String]) -> Result<Ran> {
    run_with(words, &[])
}

/// With more in its environment.
pub fn run_with(words: &[String], env: &[(&str, String)]) -> Result<Ran> {
    install::for_e2e()?;
    let binary = match std::env::var_os("E2E_BINARY") {
        Some(named) => named.into(),
        None => cargo::server("dev")?,
    };
    let e2e = workspace::root().join("e2e");
    let Tee { success, text } = playwright(&e2e, &binary, words, env)?;
    Ok(Ran {
        counts: counts(&text).of_run(success),
        failures: failures(&text).to_owned(),
    })
}

/// What Playwright says at its end of each test that failed: `  1) [phone] › a.spec.ts:3:1 › …`.
fn failures(text: &str) -> &str {
    text.find("\n  1) ").map_or("", |at| &text[at..])
}

fn playwright(e2e: &Path, binary: &Path, words: &[String], env: &[(&str, String)]) -> Result<Tee> {
    let chromium = install::chromium()
        .context("no Chromium is installed (Debian: apt-get install chromium)")?;
    let mut node = command("node");
    node.arg("node_modules/@playwright/test/cli.js")
        .arg("test")
        .args(words)
        .current_dir(e2e);
    node.env("E2E_BINARY", binary).env("CHROMIUM", chromium);
    node.envs(env.iter().map(|(name, value)| (*name, value)));
    // Its own colour codes would stand between us and the counts.
    node.env("FORCE_COLOR", "0").env_remove("NO_COLOR");
    cmd::tee(&mut node)
}

/// Reads Playwright's last lines: `  2 failed`, `  1 flaky` (passed the second time),
/// `  31 passed (1.2m)`.
fn counts(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(number), Some(word)) = (words.next(), words.next()) else {
            continue;
        };
        let (Ok(number), true) = (number.parse::<u32>(), line.starts_with("  ")) else {
            continue;
        };
        match (word, words.next().is_none_or(|next| next.starts_with('('))) {
            ("passed" | "flaky", true) => counts.passed += number,
            ("failed" | "interrupted", true) => counts.failed += number,
            ("did", _) if line.trim_end().ends_with("not run") => counts.failed += number,
            _ => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{counts, failures};
    use crate::nextest::Counts;

    #[test]
    fn what_failed_is_said_from_the_first_of_them() {
        let text = "  ✘  1 [phone] › a.spec.ts:3:1 › a (1s)\n\n  1) [phone] › a.spec.ts:3:1 › a ───\n    Error: no\n";
        assert_eq!(
            failures(text),
            "\n  1) [phone] › a.spec.ts:3:1 › a ───\n    Error: no\n"
        );
        assert_eq!(failures("  31 passed (1.2m)\n"), "");
    }

    #[test]
    fn playwrights_last_lines_are_read() {
        let text = "  ✓  1 [phone] › a.spec.ts:3:1 › 12 passed through (1s)\n\n  2 failed\n    [phone] › a.spec.ts\n  1 did not run\n  3 skipped\n  2 flaky\n    [phone] › b.spec.ts\n  31 passed (1.2m)\n";
        assert_eq!(
            counts(text),
            Counts {
                passed: 33,
                failed: 3
            }
        );
        assert_eq!(
            counts("Error: the server did not start").of_run(false),
            Counts::FAILED
        );
    }
}
