//! Messages of panics name source files. In the portal's module they name them without the
//! folders of the machine that built it: a visitor has no business with those.

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::{
    cmd::{self, command},
    workspace,
};

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::home_dir()?;
        Some(home.join(".cargo"))
    })
}

/// Where the compiler is installed.
pub fn toolchain() -> Result<PathBuf> {
    let root = cmd::output(command("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(root.trim()))
}

/// For cargo's `--config`: these flags, and the compiler leaves the machine's folders out.
pub fn config(flags: &[&str]) -> Result<String> {
    let mut folders = vec![workspace::root(), toolchain()?];
    if let Some(home) = cargo_home() {
        folders.push(home.clone());
        // The compiler takes the last that fits: each registry's own folder.
        if let Ok(registries) = fs::read_dir(home.join("registry/src")) {
            for registry in registries {
                folders.push(registry?.path());
            }
        }
    }
    let mut flags: Vec<_> = flags.iter().map(|&flag| flag.to_owned()).collect();
    for folder in &folders {
        let folder = folder.to_str().context("a folder's name is not UTF-8")?;
        flags.push(format!("--remap-path-prefix={folder}="));
    }
    Ok(format!(
        "target.{}.rustflags={}",
        super::TARGET,
        json!(flags)
    ))
}

pub fn check(wasm: &[u8]) -> Result<()> {
    let folders = [Some(workspace::root()), cargo_home(), Some(toolchain()?)];
    for folder in folders.iter().flatten() {
        let name = folder.as_os_str().as_encoded_bytes();
        ensure!(
            !wasm.windows(name.len()).any(|part| part == name),
            "the module names {}, a folder of this machine; is RUSTFLAGS set? It replaces the flags set here",
            folder.display()
        );
    }
    Ok(())
}
