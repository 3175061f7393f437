//! `cargo xtask build`: the one file a host runs, and the plugin for WordPress.

use std::fs;

use anyhow::Result;

use crate::{args::Args, cargo, plugin, size, steps::Steps, widget};

pub const SUMMARY: &str = "build the release binary with the widget inside
The server is built for speed, the widget for bytes. The WordPress plugin's zip lies beside it. Prints where both are and how large.";

pub fn run(args: Args) -> Result<()> {
    args.end()?;
    let mut steps = Steps::new(3);
    steps.run("Building the portal (WASM)", widget::build)?;
    let binary = steps.run("Building the server for release", || {
        cargo::server("release")
    })?;
    let beside = binary.parent().unwrap_or(&binary);
    let plugin = steps.run("Packing the WordPress plugin", || plugin::pack(beside))?;
    println!("\nAfter {}:", steps.took());
    for file in [&binary, &plugin] {
        let bytes = fs::metadata(file)?.len();
        println!("{}  ({})", file.display(), size::Bytes(bytes));
    }
    Ok(())
}
