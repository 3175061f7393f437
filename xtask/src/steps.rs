//! "[2/6] Building the portal (WASM) …": what is going on, and how long it took.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::Result;

pub struct Steps {
    total: usize,
    at: usize,
    started: Instant,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self {
            total,
            at: 0,
            started: Instant::now(),
        }
    }

    pub fn run<T>(&mut self, title: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        self.at += 1;
        let place = format!("[{}/{}]", self.at, self.total);
        println!("{place} {title} …");
        let started = Instant::now();
        let done = step()?;
        println!("{place} {title}: {}", Took(started.elapsed()));
        Ok(done)
    }

    pub fn took(&self) -> Took {
        Took(self.started.elapsed())
    }
}

/// A duration as people say it: `0.4 s`, `31 s`, `2 min 5 s`.
pub struct Took(pub Duration);

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0..10 => write!(f, "{:.1} s", self.0.as_secs_f64()),
            10..60 => write!(f, "{seconds} s"),
            _ => write!(f, "{} min {} s", seconds / 60, seconds % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Took;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(Took(Duration::from_millis(440)).to_string(), "0.4 s");
        assert_eq!(Took(Duration::from_secs(31)).to_string(), "31 s");
        assert_eq!(Took(Duration::from_secs(125)).to_string(), "2 min 5 s");
    }
}
