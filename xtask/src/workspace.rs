//! Where things are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The workspace root, wherever the command was started from.
pub fn root() -> PathBuf {
    // Cargo sets the variable for `cargo xtask`; the compiled-in value serves a direct start.
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let mut root = PathBuf::from(here);
    root.pop();
    root
}

/// Generated, git-ignored files that belong to this checkout.
pub fn generated() -> PathBuf {
    root().join(".portico")
}

/// Build output; in CI it outlives the checkout.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where the server finds the built widget.
pub fn widget_dir() -> PathBuf {
    generated().join("widget")
}

/// A folder for one run, removed with the value.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    pub fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("portico-{name}-{}", std::process::id()));
        if path.exists() {
            // A run that was killed had the same process id.
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in a temporary folder harms nobody.
        drop(fs::remove_dir_all(&self.path));
    }
}

/// A port that was free a moment ago; whoever takes it in between makes the run fail, visibly.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}
