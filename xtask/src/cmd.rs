//! Running other programs, with errors that name the command and say what to do.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, ErrorKind, Read, Write as _},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Error, Result, anyhow, bail};

use crate::workspace;

/// A command that starts in the workspace root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// Runs it, its output shown as it comes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .map_err(|error| not_started(command, error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs it and returns what it printed; its errors are part of ours.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` failed ({})\n{}",
            shown(command),
            output.status,
            said.trim_end()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something else than text", shown(command)))
}

/// What a shown and recorded run came to.
pub struct Tee {
    pub success: bool,
    pub text: String,
}

/// Runs it with its output both shown as it comes and kept for reading the counts out of it.
pub fn tee(command: &mut Command) -> Result<Tee> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| not_started(command, error))?;
    let errors = child
        .stderr
        .take()
        .context("standard error was asked for")?;
    let out = child
        .stdout
        .take()
        .context("standard output was asked for")?;
    let reader = thread::spawn(move || copy_lines(errors));
    let mut text = copy_lines(out);
    text.push_str(&reader.join().unwrap_or_default());
    let status = child.wait()?;
    Ok(Tee {
        success: status.success(),
        text,
    })
}

fn copy_lines(from: impl Read) -> String {
    let mut text = String::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let mut out = std::io::stdout().lock();
        // A closed standard output is no reason to lose the counts.
        drop(out.write_all(&line).and_then(|()| out.flush()));
        text.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    text
}

/// Whether the program can be started at all.
pub fn installed(program: &str) -> bool {
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|dir| dir.join(program).is_file())
}

/// A child that ends with the value: no failed run leaves a server behind.
pub struct Server {
    child: Child,
    signal: &'static str,
    workers: bool,
}

impl Server {
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| not_started(command, error))?;
        Ok(Self {
            child,
            signal: "TERM",
            workers: false,
        })
    }

    /// It has processes of its own, and does not end them.
    pub fn with_workers(mut self) -> Self {
        self.workers = true;
        self
    }

    /// The signal that asks it to end, where TERM is not the best one.
    pub fn stopped_by(mut self, signal: &'static str) -> Self {
        self.signal = signal;
        self
    }

    pub fn ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    pub fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        // 130 and "by a signal" are how a person stops it.
        if status.success() || status.code().is_none() || status.code() == Some(130) {
            return Ok(());
        }
        bail!("the server ended ({status})")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The signal lets it close its files; std itself only knows KILL.
        let id = self.child.id().to_string();
        let gone = |child: &mut Child| matches!(child.try_wait(), Ok(Some(_)));
        if gone(&mut self.child) {
            return;
        }
        let mut ask = Command::new("kill");
        ask.args(["-s", self.signal, &id]);
        if self.workers {
            let list = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
            ask.args(list.unwrap_or_default().split_whitespace());
        }
        let asked = ask.status();
        let asked_at = Instant::now();
        while asked.as_ref().is_ok_and(ExitStatus::success)
            && asked_at.elapsed() < Duration::from_secs(15)
        {
            if gone(&mut self.child) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command, error: std::io::Error) -> Error {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return anyhow!("`{program}` was not found; {}", how_to_install(&program));
    }
    Error::new(error).context(format!("`{}` could not be started", shown(command)))
}

fn how_to_install(program: &str) -> String {
    let package = match program {
        "node" | "npm" | "npx" => "nodejs npm",
        "rustup" => return "install it from https://rustup.rs".to_owned(),
        "python3" => "python3 python3-venv",
        other => other,
    };
    format!("install it (Debian: apt-get install {package})")
}
