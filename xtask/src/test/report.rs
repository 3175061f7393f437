//! The table at the end.

use std::{fmt, time::Duration};

use anyhow::Result;

use crate::{
    nextest::{Counts, Ran},
    steps::Took,
};

#[derive(Default)]
pub struct Report {
    lines: Vec<(String, Counts, Option<Duration>)>,
    failures: Vec<String>,
}

/// Bytes of one suite's failures that are said again below the table.
const MOST_SAID: usize = 6_000;

impl Report {
    pub fn add(&mut self, name: &str, counts: Counts) {
        self.lines.push((name.to_owned(), counts, None));
    }

    pub fn ran(&mut self, name: &str, Ran { counts, failures }: Ran) {
        self.add(name, counts);
        if !failures.trim().is_empty() {
            let end = failures.floor_char_boundary(MOST_SAID);
            self.failures
                .push(format!("{name}:\n{}", failures[..end].trim_end()));
        }
    }

    /// What could not even run is a failure too; the rest goes on.
    pub fn take(&mut self, name: &str, done: Result<()>) {
        if let Err(error) = done {
            println!("error: {error:#}");
            self.add(name, Counts::FAILED);
        }
    }

    /// Notes how long the last part took.
    pub fn time(&mut self, took: Duration) {
        if let Some(line) = self.lines.last_mut() {
            line.2 = Some(took);
        }
    }

    pub fn failed(&self) -> u32 {
        self.lines.iter().map(|(_, counts, _)| counts.failed).sum()
    }

    fn passed(&self) -> u32 {
        self.lines.iter().map(|(_, counts, _)| counts.passed).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<44} {:>7} {:>7}  {:>12}",
            "", "passed", "failed", "part took"
        )?;
        for (name, counts, took) in &self.lines {
            let took = took.map(|took| Took(took).to_string()).unwrap_or_default();
            let mark = if counts.failed > 0 { "  FAILED" } else { "" };
            writeln!(
                f,
                "{name:<44} {:>7} {:>7}  {took:>12}{mark}",
                counts.passed, counts.failed
            )?;
        }
        // Where only the end of a long output is kept, the reason is in it.
        for failure in &self.failures {
            writeln!(f, "\n{failure}")?;
        }
        // Read by CI: alone on the last line, in exactly these words.
        write!(f, "\n{} passed, {} failed", self.passed(), self.failed())
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use crate::nextest::Counts;

    #[test]
    fn the_last_line_is_the_sum() {
        let mut report = Report::default();
        report.add(
            "one",
            Counts {
                passed: 3,
                failed: 0,
            },
        );
        report.add(
            "two",
            Counts {
                passed: 1,
                failed: 2,
            },
        );
        assert_eq!(
            report.to_string().lines().last(),
            Some("4 passed, 2 failed")
        );
        assert_eq!(report.failed(), 2);
    }
}
