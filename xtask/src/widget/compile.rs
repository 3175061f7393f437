//! Cargo, told to make the portal's module as small as it can be.
//!
//! The standard library that comes with the compiler is built for speed and carries the text of each panic
//! it may raise. Built here with the portal, by the same settings, it is 9 kB less for every visitor. Cargo has
//! this behind a switch that is for its own developers (`RUSTC_BOOTSTRAP`); it is set for this one build of
//! this one module, the compiler is the stable one, and no source of ours uses anything unfinished.

use std::{fs, path::PathBuf, thread, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};

use super::{TARGET, paths};
use crate::{
    cargo,
    cmd::{self, command},
};

/// A panic ends the module at once: no text, no place, and no code to write either.
const SMALL: &[&str] = &[
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // Simplifies before anything is copied into its callers, and copies little: 2.5 % less.
    "-Zmir-opt-level=3",
    "-Zinline-mir-threshold=20",
    "-Zinline-mir-hint-threshold=40",
    // What JavaScript hands over is kept in a list of the glue's: each call is shorter than with a table of the
    // module's, and browsers from before such tables can run it. The others here every browser has.
    "-Ctarget-cpu=mvp",
    "-Ctarget-feature=+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals",
];

pub fn compile() -> Result<Vec<u8>> {
    add("target", TARGET, &PathBuf::from(TARGET).join("lib"))?;
    let source = add("component", "rust-src", "src/rust/library".as_ref());
    let flags = paths::config(if source.is_ok() { SMALL } else { &[] })?;
    let mut args = vec![
        "-p",
        "portico-widget",
        "--lib",
        "--target",
        TARGET,
        "--profile",
        "widget",
        "--config",
        &flags,
    ];
    let files = match source {
        Ok(()) => {
            args.extend([
                "-Zbuild-std=std,panic_abort",
                "-Zbuild-std-features=optimize_for_size",
            ]);
            cargo::build(&args, "portico_widget", &[("RUSTC_BOOTSTRAP", "1")])?
        }
        Err(error) => {
            eprintln!("      {error:#}");
            eprintln!(
                "      The portal is built on the compiler's own standard library: it works, and is larger."
            );
            cargo::build(&args, "portico_widget", &[])?
        }
    };
    let Some(wasm) = files
        .into_iter()
        .find(|file| file.extension().is_some_and(|end| end == "wasm"))
    else {
        bail!("cargo built no WASM from widget/; its crate type has to include cdylib");
    };
    fs::read(&wasm).with_context(|| format!("reading {}", wasm.display()))
}

/// `rustup` gets what is missing over the network; a slow one is asked again.
fn add(kind: &str, name: &str, folder: &std::path::Path) -> Result<()> {
    if paths::toolchain()?
        .join("lib/rustlib")
        .join(folder)
        .is_dir()
    {
        return Ok(());
    }
    ensure!(
        cmd::installed("rustup"),
        "the Rust {kind} {name} is missing and rustup is not there to add it; add it the way Rust was installed \
         (Debian: apt-get install libstd-rust-dev-wasm32 rust-src)"
    );
    let mut tries = 0;
    loop {
        tries += 1;
        match cmd::run(command("rustup").args([kind, "add", name])) {
            Ok(()) => return Ok(()),
            Err(error) if tries == 3 => {
                return Err(
                    error.context(format!("adding the Rust {kind} {name} failed three times"))
                );
            }
            Err(_) => thread::sleep(Duration::from_secs(3)),
        }
    }
}
