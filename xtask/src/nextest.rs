//! Running the Rust suites and reading how many tests passed.

use std::process::Command;

use anyhow::Result;

use crate::{
    cargo,
    cmd::{self, Tee},
    postgres::Cluster,
};

/// How many passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
}

impl Counts {
    pub const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    pub const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// A run that failed without naming a test (it did not compile, say) failed once.
    pub fn of_run(self, success: bool) -> Self {
        if success || self.failed > 0 {
            self
        } else {
            Self { failed: 1, ..self }
        }
    }
}

/// A suite that ran, and what it said of each test that failed.
pub struct Ran {
    pub counts: Counts,
    pub failures: String,
}

/// One suite on one engine.
pub struct Suite<'a> {
    pub packages: &'a [&'a str],
    /// A nextest filter expression.
    pub filter: Option<&'a str>,
    pub postgres: Option<&'a Cluster>,
    /// Of its environment.
    pub env: &'a [(&'a str, String)],
}

impl Suite<'_> {
    pub fn run(&self) -> Result<Ran> {
        let Tee { success, text } = cmd::tee(&mut self.command())?;
        Ok(Ran {
            counts: counts(&text).of_run(success),
            failures: failures(&text),
        })
    }

    fn command(&self) -> Command {
        let mut command = cargo::cargo();
        let nextest = cmd::installed("cargo-nextest");
        command.args(if nextest {
            &["nextest", "run", "--no-tests=pass"][..]
        } else {
            &["test", "--no-fail-fast"]
        });
        for package in self.packages {
            command.args(["-p", package]);
        }
        match self.filter {
            Some(filter) if nextest => {
                command.args(["-E", filter]);
            }
            // Plain `cargo test` has no filter expressions; it runs more, never less.
            Some(_) | None => {}
        }
        match self.postgres {
            Some(cluster) => command.env("TEST_DATABASE_URL", &cluster.url),
            None => command.env_remove("TEST_DATABASE_URL"),
        };
        for (name, value) in self.env {
            command.env(name, value);
        }
        command.env("CARGO_TERM_COLOR", "never");
        command
    }
}

/// Reads nextest's "Summary […] 3 tests run: 2 passed, 1 failed" or cargo's "test result: …".
fn counts(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let summary = line
            .trim_start()
            .starts_with("Summary")
            .then(|| line.split_once("run: "))
            .flatten();
        let result = line.trim_start().strip_prefix("test result: ");
        let Some(list) = summary.map(|(_, list)| list).or(result) else {
            continue;
        };
        let words: Vec<&str> = list
            .split([' ', ',', ';', '.', '('])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u32>() else {
                continue;
            };
            match pair[1] {
                "passed" => counts.passed += number,
                "failed" | "timed" | "exec" => counts.failed += number,
                _ => {}
            }
        }
    }
    counts
}

/// The names of the tests that failed, and why each panicked.
fn failures(text: &str) -> String {
    const WHY: usize = 6;
    let mut found = String::new();
    let mut lines_of_why = 0;
    for line in text.lines() {
        if line.contains("panicked at ") {
            lines_of_why = WHY;
        }
        let named = line.trim_start().starts_with("FAIL [");
        if named || lines_of_why > 0 {
            found.push_str(line);
            found.push('\n');
            lines_of_why = lines_of_why.saturating_sub(1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Counts, counts, failures};

    #[test]
    fn a_failed_test_is_named_with_its_reason() {
        let text = "        PASS [   0.1s] it a\n        FAIL [   0.2s] it b\n  thread 'b' panicked at b.rs:3:\n  left: 1\n";
        assert_eq!(
            failures(text),
            "        FAIL [   0.2s] it b\n  thread 'b' panicked at b.rs:3:\n  left: 1\n"
        );
        assert_eq!(failures("        PASS [   0.1s] it a\n"), "");
    }

    #[test]
    fn nextest_and_cargo_test_are_both_read() {
        let nextest = "     Summary [   0.036s] 15 tests run: 12 passed (1 slow), 2 failed, 1 timed out, 4 skipped\n";
        assert_eq!(
            counts(nextest),
            Counts {
                passed: 12,
                failed: 3
            }
        );
        let cargo = "test result: ok. 3 passed; 0 failed; 0 ignored;\ntest result: FAILED. 1 passed; 2 failed; 0 ignored;";
        assert_eq!(
            counts(cargo),
            Counts {
                passed: 4,
                failed: 2
            }
        );
    }

    #[test]
    fn a_run_that_failed_without_a_count_failed_once() {
        assert_eq!(
            counts("error: could not compile").of_run(false),
            Counts::FAILED
        );
        assert_eq!(
            Counts {
                passed: 3,
                failed: 2
            }
            .of_run(false),
            Counts {
                passed: 3,
                failed: 2
            }
        );
        assert_eq!(Counts::PASSED.of_run(true), Counts::PASSED);
    }
}
