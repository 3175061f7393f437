//! The portal's pipeline: cargo, wasm-bindgen, hashed names, compression, and the loader.
//!
//! Everything happens in this process: nobody installs a tool by hand, and because
//! wasm-bindgen and its command line are members of one lock file they cannot drift apart.

mod arrange;
mod bindgen;
mod compile;
pub mod compress;
#[path = "../../../widget/keys.rs"]
mod keys;
mod loader;
mod minify;
mod output;
mod paths;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

pub use self::loader::filled as filled_loader;
use self::{minify::Kind, output::Asset};
use crate::{args::Args, size::Bytes, steps::Steps, workspace};

pub const SUMMARY: &str = "build the portal and the loader into .portico/widget/
The other verbs do this by themselves; nothing is done again where nothing changed.";

const TARGET: &str = "wasm32-unknown-unknown";

pub fn run(args: Args) -> Result<()> {
    args.end()?;
    let mut steps = Steps::new(1);
    let dir = steps.run("Building the portal (WASM)", build)?;
    println!("{}", dir.display());
    Ok(())
}

/// Builds it where something changed; the folder the server reads.
pub fn build() -> Result<PathBuf> {
    let wasm = compile::compile()?;
    let loader = loader::source()?;
    let texts = texts()?;
    let dir = workspace::widget_dir();
    let stamp = stamp(&wasm, &loader, &texts)?;
    if output::is_current(&dir, &stamp) {
        return Ok(dir);
    }
    let bound = bindgen::run(&wasm)?;
    paths::check(&bound.wasm)?;
    let mut assets = vec![
        Asset::new(
            "glue",
            "portico",
            "js",
            minify::minify(&bound.glue, Kind::Module)
                .context("the glue")?
                .into_bytes(),
        ),
        Asset::new("wasm", "portico", "wasm", arrange::arrange(&bound.wasm)?),
    ];
    for (language, text) in texts {
        assets.push(Asset::text(&language, text));
    }
    let embed = loader::prepare(&loader)?;
    let build = output::write(&dir, &assets, embed.as_bytes(), &stamp)?;
    let total = assets.iter().map(|asset| asset.bytes.len() as u64).sum();
    println!(
        "      build {build}: {} files, {} before compression",
        assets.len() + 1,
        Bytes(total)
    );
    Ok(dir)
}

/// One JSON per language, by its tag: the texts that have numbers in their order, and families in which one has none by
/// key (`widget/src/texts.rs`).
fn texts() -> Result<Vec<(String, Vec<u8>)>> {
    let dir = workspace::root().join("widget/texts");
    let numbered = keys::numbered(&workspace::root().join("widget"))?;
    let mut texts = Vec::new();
    for entry in fs::read_dir(&dir).with_context(|| format!("the texts in {}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let language = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .context("a text file's name is a language")?;
        let all: BTreeMap<String, String> = serde_json::from_slice(&fs::read(&path)?)
            .with_context(|| format!("{} is not JSON of texts", path.display()))?;
        texts.push((language.to_owned(), written(&all, &numbered)?));
    }
    ensure!(
        texts.iter().any(|(language, _)| language == "en"),
        "{} has no en.json",
        dir.display()
    );
    texts.sort();
    Ok(texts)
}

fn written(all: &BTreeMap<String, String>, numbered: &[String]) -> Result<Vec<u8>> {
    let family = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    let by_key: BTreeSet<String> = all
        .keys()
        .filter(|key| numbered.binary_search(key).is_err())
        .map(|key| family(key))
        .collect();
    let list = numbered.iter().map(|key| {
        all.get(key)
            .with_context(|| format!("there is no text for {key}"))
    });
    let named: BTreeMap<_, _> = all
        .iter()
        .filter(|(key, _)| by_key.contains(&family(key)))
        .collect();
    Ok(serde_json::to_vec(&(
        list.collect::<Result<Vec<_>>>()?,
        named,
    ))?)
}

/// Everything the result depends on, this program included.
fn stamp(wasm: &[u8], loader: &str, texts: &[(String, Vec<u8>)]) -> Result<String> {
    let mut hash = Sha256::new();
    let program = fs::read(std::env::current_exe()?)?;
    for part in [program.as_slice(), wasm, loader.as_bytes()] {
        hash.update(Sha256::digest(part));
    }
    for (language, text) in texts {
        hash.update(language);
        hash.update(Sha256::digest(text));
    }
    Ok(output::hex(&hash.finalize()))
}
