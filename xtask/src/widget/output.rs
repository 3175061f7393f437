//! `.portico/widget/`: what the server reads in development and carries inside in release.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::compress;

/// Beside the output, so that the output itself is only what the server serves.
const STAMP: &str = "widget.stamp";

/// One immutable file under `/assets/{build}/`.
pub struct Asset {
    /// Its place in the manifest.
    key: String,
    language: bool,
    file: String,
    pub bytes: Vec<u8>,
}

impl Asset {
    pub fn new(key: &str, stem: &str, end: &str, bytes: Vec<u8>) -> Self {
        let file = hashed(stem, end, &bytes);
        Self {
            key: key.to_owned(),
            language: false,
            file,
            bytes,
        }
    }

    pub fn text(language: &str, bytes: Vec<u8>) -> Self {
        let file = hashed(language, "json", &bytes);
        Self {
            key: language.to_owned(),
            language: true,
            file,
            bytes,
        }
    }
}

fn hashed(stem: &str, end: &str, bytes: &[u8]) -> String {
    format!("{stem}-{}.{end}", &hex(&Sha256::digest(bytes))[..12])
}

pub fn is_current(dir: &Path, stamp: &str) -> bool {
    let written = fs::read_to_string(dir.with_file_name(STAMP));
    dir.join("manifest.json").is_file() && written.is_ok_and(|text| text == stamp)
}

/// Writes beside the old folder, then swaps: a running server never reads half of a build.
pub fn write(dir: &Path, assets: &[Asset], embed: &[u8], stamp: &str) -> Result<String> {
    let build = build_of(assets, embed);
    let fresh = dir.with_file_name("widget.new");
    let old = dir.with_file_name("widget.old");
    remove(&fresh)?;
    remove(&old)?;
    let folder = fresh.join("assets").join(&build);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for asset in assets {
        fs::write(folder.join(&asset.file), &asset.bytes)?;
        fs::write(
            folder.join(format!("{}.br", asset.file)),
            compress::brotli(&asset.bytes)?,
        )?;
        fs::write(
            folder.join(format!("{}.gz", asset.file)),
            compress::gzip(&asset.bytes)?,
        )?;
    }
    fs::write(fresh.join("embed.js"), embed)?;
    fs::write(
        fresh.join("manifest.json"),
        format!("{:#}\n", manifest(&build, assets)),
    )?;
    if dir.exists() {
        fs::rename(dir, &old)?;
    }
    fs::rename(&fresh, dir)?;
    fs::write(dir.with_file_name(STAMP), stamp)?;
    remove(&old)?;
    Ok(build)
}

fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("removing {}", dir.display()))?;
    }
    Ok(())
}

fn build_of(assets: &[Asset], embed: &[u8]) -> String {
    let mut hash = Sha256::new();
    for asset in assets {
        hash.update(&asset.file);
        hash.update(Sha256::digest(&asset.bytes));
    }
    hash.update(Sha256::digest(embed));
    hex(&hash.finalize())[..16].to_owned()
}

fn manifest(build: &str, assets: &[Asset]) -> Value {
    let mut files = Map::new();
    let mut texts = Map::new();
    for asset in assets {
        let list = if asset.language {
            &mut texts
        } else {
            &mut files
        };
        list.insert(asset.key.clone(), Value::from(asset.file.clone()));
    }
    files.insert("texts".to_owned(), Value::Object(texts));
    json!({ "build": build, "files": files })
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Asset, build_of, manifest};

    #[test]
    fn names_and_build_follow_the_content() {
        let one = Asset::new("glue", "portico", "js", b"one".to_vec());
        let two = Asset::new("glue", "portico", "js", b"two".to_vec());
        assert_ne!(one.file, two.file);
        assert_eq!(one.file, "portico-7692c3ad3540.js");
        let build = build_of(&[one], b"");
        assert_eq!(build.len(), 16);
        assert_ne!(build, build_of(&[two], b""));
    }

    #[test]
    fn the_manifest_lists_languages_apart() {
        let assets = [
            Asset::new("wasm", "portico", "wasm", vec![0]),
            Asset::text("en", b"{}".to_vec()),
        ];
        let manifest = manifest("0123456789abcdef", &assets);
        assert_eq!(manifest["build"], "0123456789abcdef");
        assert_eq!(manifest["files"]["wasm"], assets[0].file.as_str());
        assert_eq!(manifest["files"]["texts"]["en"], assets[1].file.as_str());
    }
}
