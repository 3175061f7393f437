//! Makes the sheets short: comments and blanks are for us, not for the visitor. And gives the texts their numbers.

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
    println!("cargo::rerun-if-changed=keys.rs");
    let keys = keys::numbered(Path::new("src"))?;
    let list = format!("const KEYS: [&str; {}] = {keys:?};\n", keys.len());
    fs::write(Path::new(&out).join("keys.rs"), list)?;
    Ok(())
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
