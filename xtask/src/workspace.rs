//! Where things are.

use std::path::PathBuf;

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

/// Where the server finds the built widget.
pub fn widget_dir() -> PathBuf {
    generated().join("widget")
}
