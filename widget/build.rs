//! Makes the sheets short: comments and blanks are for us, not for the visitor. And gives the texts their numbers,
//! and makes the views short.

mod keys;

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=style");
    let out = env::var("OUT_DIR")?;
    for name in [
        "tokens.css",
        "portal.css",
        "forms.css",
        "papers.css",
        "fields.css",
    ] {
        let css = fs::read_to_string(Path::new("style").join(name))?;
        fs::write(Path::new(&out).join(name), short(&css))?;
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=views");
    println!("cargo::rerun-if-changed=keys.rs");
    let keys = keys::numbered(Path::new("."))?;
    let list = format!("const KEYS: [&str; {}] = {keys:?};\n", keys.len());
    fs::write(Path::new(&out).join("keys.rs"), list)?;
    for entry in fs::read_dir("views")? {
        let path = entry?.path();
        let view = fs::read_to_string(&path)?;
        let name = path.file_name().unwrap_or_default();
        fs::write(Path::new(&out).join(name), short_view(&view, &keys)?)?;
    }
    Ok(())
}

/// On one line, with numbers for keys.
fn short_view(view: &str, keys: &[String]) -> Result<String, Box<dyn Error>> {
    let lines: Vec<&str> = view
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    let joined = lines
        .join(" ")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(") ", ")");
    let mut parts = joined.split("{t:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['}', ' ']).unwrap_or(part.len());
        let number = keys.binary_search_by(|key| key.as_str().cmp(&part[..end]));
        let number = number.map_err(|_| format!("no number for {}", &part[..end]))?;
        out.push_str(&format!("{{{number}{}", &part[end..]));
    }
    Ok(out)
}

/// Our sheets have no blanks in texts that matter, and no comment signs in texts at all.
fn short(css: &str) -> String {
    let mut bare = String::new();
    for (at, part) in css.split("/*").enumerate() {
        let after = if at == 0 {
            Some(part)
        } else {
            part.split("*/").nth(1)
        };
        bare.push_str(after.unwrap_or_default());
    }
    let mut out = String::new();
    for word in bare.split_whitespace() {
        let glued = out.is_empty() || out.ends_with(['{', '}', ';', ',', ':']);
        if !glued && !word.starts_with(['{', '}', '!']) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace(";}", "}")
}
