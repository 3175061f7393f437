//! Each row of docs/FEATURES.md is named by a test that proves it.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "node_modules" {
            sources(&path, found);
        } else if name.ends_with(".rs") || name.ends_with(".spec.ts") {
            found.push(path);
        }
    }
}

/// The names of tests: Rust functions and Playwright titles.
fn test_names(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter_map(|line| {
        let rust = line
            .split_once("fn ")
            .map(|(_, name)| name.split('(').next().unwrap_or(""));
        let browser = line.starts_with("test(").then_some(line);
        browser.or(rust).map(str::to_lowercase)
    })
}

#[test]
fn every_row_is_named_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["server/src", "server/tests", "wire/src", "e2e"] {
        sources(&root.join(folder), &mut files);
    }
    let names: Vec<String> = files
        .iter()
        .flat_map(|file| test_names(&std::fs::read_to_string(file).unwrap()).collect::<Vec<_>>())
        .collect();
    let words = |name: &String| {
        name.split(|c: char| !c.is_ascii_alphanumeric())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let named: std::collections::HashSet<String> = names.iter().flat_map(words).collect();
    let features = std::fs::read_to_string(root.join("docs/FEATURES.md")).unwrap();
    let rows: Vec<String> = features
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|id| {
            id.len() >= 2
                && id.as_bytes()[0].is_ascii_uppercase()
                && id[1..].bytes().all(|b| b.is_ascii_digit())
        })
        .map(str::to_lowercase)
        .collect();
    assert!(rows.len() >= 29, "only {} rows", rows.len());
    let missing: Vec<&String> = rows.iter().filter(|row| !named.contains(*row)).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}
