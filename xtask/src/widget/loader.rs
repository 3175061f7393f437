//! `embed-snippet/loader.js` becomes `embed.js`: comments and indentation gone, placeholders
//! kept for the server, which alone knows its address.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::minify::{Kind, minify};
use crate::workspace;

const HOST: &str = "__PORTICO_HOST__";
const ASSETS: &str = "__PORTICO_ASSETS__";

pub fn source() -> Result<String> {
    let path = workspace::root().join("embed-snippet/loader.js");
    fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
}

pub fn prepare(source: &str) -> Result<String> {
    let short = minify(source, Kind::Script).context("embed-snippet/loader.js")?;
    for placeholder in [HOST, ASSETS] {
        ensure!(
            short.contains(placeholder),
            "embed-snippet/loader.js has no {placeholder} for the server to fill in"
        );
    }
    // A file of its own that a page loads as a classic script: neither of these works there.
    for word in ["document.currentScript", "import.meta"] {
        ensure!(
            !short.contains(word),
            "embed-snippet/loader.js uses {word}, which is not there when the script runs"
        );
    }
    Ok(short)
}

/// As a visitor gets it, for measuring: filled in with an address of usual length.
pub fn filled(dir: &Path) -> Result<Vec<u8>> {
    let embed = fs::read_to_string(dir.join("embed.js"))?;
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join("manifest.json"))?)?;
    let host = "https://portal.example.com";
    let build = manifest["build"]
        .as_str()
        .context("manifest.json names no build")?;
    let mut assets = json!({ "base": format!("{host}/assets/{build}/") });
    let files = manifest["files"]
        .as_object()
        .context("manifest.json lists no files")?;
    for (name, file) in files {
        assets[name] = file.clone();
    }
    Ok(embed
        .replace(HOST, host)
        .replace(ASSETS, &assets.to_string())
        .into_bytes())
}
