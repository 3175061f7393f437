//! `cargo xtask build`: the one file a host runs.

use std::fs;

use anyhow::Result;

use crate::{args::Args, cargo, size, steps::Steps, widget};

pub const SUMMARY: &str = "build the release binary with the widget inside
The server is built for speed, the widget for bytes. Prints where the binary is and its size.";

pub fn run(args: Args) -> Result<()> {
    args.end()?;
    let mut steps = Steps::new(2);
    steps.run("Building the portal (WASM)", widget::build)?;
    let binary = steps.run("Building the server for release", || {
        cargo::server("release")
    })?;
    let bytes = fs::metadata(&binary)?.len();
    println!(
        "\n{}  ({}, in {})",
        binary.display(),
        size::Bytes(bytes),
        steps.took()
    );
    Ok(())
}
