//! `cargo xtask size`: what a visitor downloads, against the budgets.

use std::{fmt, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{args::Args, widget, workspace};

pub const SUMMARY: &str =
    "measure the loader and the portal, raw, gzip and brotli, against the budgets
Fails when one is over. Builds the portal first where something changed.";

/// The loader with the instant sign-in stands in the way of the studio's own page.
const LOADER_BUDGET: u64 = 4 * 1024;
/// The portal with every feature; until then docs/PERFORMANCE.md says what each part may take of it.
const PORTAL_BUDGET: u64 = 150 * 1024;

pub fn run(args: Args) -> Result<()> {
    args.end()?;
    widget::build()?;
    let report = measure()?;
    print!("{report}");
    if report.over() {
        bail!("over budget: make it smaller; a budget is raised in docs/PERFORMANCE.md first");
    }
    Ok(())
}

/// One downloaded file, three ways.
struct Line {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

pub struct Report {
    loader: Line,
    parts: Vec<Line>,
}

/// Reads what was built. One language counts: the largest.
pub fn measure() -> Result<Report> {
    let dir = workspace::widget_dir();
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join("manifest.json"))?)?;
    let build = manifest["build"]
        .as_str()
        .context("manifest.json names no build")?;
    let files = &manifest["files"];
    let assets = dir.join("assets").join(build);
    let mut parts = Vec::new();
    for part in files
        .as_object()
        .context("manifest.json lists no files")?
        .values()
    {
        if let Some(name) = part.as_str() {
            parts.push(line(&assets, name)?);
        }
    }
    let languages = files["texts"]
        .as_object()
        .context("manifest.json lists no texts")?;
    let texts = languages
        .values()
        .filter_map(Value::as_str)
        .map(|name| line(&assets, name));
    let texts = texts.collect::<Result<Vec<_>>>()?;
    parts.extend(texts.into_iter().max_by_key(|line| line.brotli));
    let loader = widget::filled_loader(&dir)?;
    let loader = Line {
        name: "embed.js".to_owned(),
        raw: loader.len() as u64,
        gzip: widget::compress::gzip(&loader)?.len() as u64,
        brotli: widget::compress::brotli(&loader)?.len() as u64,
    };
    Ok(Report { loader, parts })
}

fn line(assets: &Path, name: &str) -> Result<Line> {
    let bytes = |end: &str| {
        let path = assets.join(format!("{name}{end}"));
        Ok::<_, anyhow::Error>(
            fs::metadata(&path)
                .with_context(|| format!("{} is missing", path.display()))?
                .len(),
        )
    };
    Ok(Line {
        name: name.to_owned(),
        raw: bytes("")?,
        gzip: bytes(".gz")?,
        brotli: bytes(".br")?,
    })
}

impl Report {
    fn portal(&self) -> u64 {
        self.parts.iter().map(|line| line.brotli).sum()
    }

    pub fn over(&self) -> bool {
        self.loader.brotli > LOADER_BUDGET || self.portal() > PORTAL_BUDGET
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<36} {:>10} {:>10} {:>10} {:>10}",
            "", "raw", "gzip", "brotli", "budget"
        )?;
        let row = |f: &mut fmt::Formatter<'_>, line: &Line, budget: Option<u64>| {
            write!(
                f,
                "{:<36} {:>10} {:>10} {:>10}",
                line.name, line.raw, line.gzip, line.brotli
            )?;
            match budget {
                None => writeln!(f),
                Some(budget) if line.brotli > budget => {
                    writeln!(f, " {budget:>10}  OVER by {}", line.brotli - budget)
                }
                Some(budget) => writeln!(f, " {budget:>10}  ok"),
            }
        };
        row(f, &self.loader, Some(LOADER_BUDGET))?;
        for line in &self.parts {
            row(f, line, None)?;
        }
        let sum = |of: fn(&Line) -> u64| self.parts.iter().map(of).sum();
        let name = "WASM, glue, styles, one language".to_owned();
        let total = Line {
            name,
            raw: sum(|line| line.raw),
            gzip: sum(|line| line.gzip),
            brotli: self.portal(),
        };
        row(f, &total, Some(PORTAL_BUDGET))
    }
}

/// Bytes as people say them.
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bytes(bytes) = *self;
        match bytes {
            0..10_240 => write!(f, "{bytes} bytes"),
            10_240..1_048_576 => write!(f, "{} kB", bytes / 1024),
            _ => write!(
                f,
                "{}.{} MB",
                bytes / 1_048_576,
                bytes % 1_048_576 * 10 / 1_048_576
            ),
        }
    }
}
