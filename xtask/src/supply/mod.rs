//! Licences, banned crates and sources, read from `deny.toml` and `cargo metadata`.
//!
//! cargo-deny does this and more, but compiling it takes longer than all our tests; where it is
//! installed `cargo xtask test` runs it too. Both read the same file.

mod spdx;

use std::{collections::HashSet, fs};

use anyhow::{Context as _, Result};
use serde_json::Value;
use toml::Table;

use crate::{cargo::cargo, cmd, workspace};

/// Each costs the portal more kilobytes than the browser's own means of doing the same.
const NOT_IN_THE_PORTAL: &[&str] = &[
    "chrono",
    "jiff",
    "rand",
    "regex",
    "regex-lite",
    "reqwest",
    "time",
    "tokio",
    "url",
];

/// One sentence for each crate that must not be there.
pub fn refusals() -> Result<Vec<String>> {
    let path = workspace::root().join("deny.toml");
    let rules = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let rules = Rules::read(&rules.parse().context("deny.toml")?);
    let everything = metadata(&[])?;
    let mut refusals = Vec::new();
    for package in packages(&everything) {
        rules.judge(package, &mut refusals);
    }
    let portal = metadata(&["--filter-platform", "wasm32-unknown-unknown"])?;
    for name in reached_from(&portal, "portico-widget") {
        if NOT_IN_THE_PORTAL.contains(&name.as_str()) {
            refusals.push(format!(
                "the portal depends on {name}: the browser does this already, without the bytes"
            ));
        }
    }
    Ok(refusals)
}

fn metadata(args: &[&str]) -> Result<Value> {
    let text = cmd::output(
        cargo()
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(args),
    )?;
    serde_json::from_str(&text).context("cargo metadata")
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

struct Rules {
    licences: Vec<String>,
    registries: Vec<String>,
    banned: Vec<(String, String)>,
}

impl Rules {
    fn read(rules: &Table) -> Self {
        let list = |section: &str, key: &str| {
            let list = rules
                .get(section)
                .and_then(|section| section.get(key))
                .and_then(toml::Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let texts = |list: Vec<toml::Value>| {
            list.iter()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect()
        };
        let text = |entry: &toml::Value, key: &str| {
            entry
                .get(key)
                .and_then(toml::Value::as_str)
                .map(str::to_owned)
        };
        let banned = list("bans", "deny").into_iter().filter_map(|entry| {
            let name = text(&entry, "crate")?;
            Some((name, text(&entry, "reason").unwrap_or_default()))
        });
        Self {
            licences: texts(list("licenses", "allow")),
            registries: texts(list("sources", "allow-registry")),
            banned: banned.collect(),
        }
    }

    fn judge(&self, package: &Value, refusals: &mut Vec<String>) {
        let name = package["name"].as_str().unwrap_or_default();
        // A package without a source is one of ours.
        let Some(source) = package["source"].as_str() else {
            return;
        };
        let registry = source
            .split_once('+')
            .map_or(source, |(_, address)| address);
        if !self.registries.iter().any(|allowed| allowed == registry) {
            refusals.push(format!(
                "{name} comes from {source}, which deny.toml does not allow"
            ));
        }
        if let Some((_, reason)) = self.banned.iter().find(|(banned, _)| banned == name) {
            refusals.push(format!("{name} is banned: {reason}"));
        }
        let allowed = |licence: &str| self.licences.iter().any(|allowed| allowed == licence);
        match package["license"].as_str() {
            None => refusals.push(format!("{name} names no licence")),
            Some(licence) if !spdx::satisfied(licence, allowed) => {
                refusals.push(format!(
                    "{name} is under {licence}, which deny.toml does not allow"
                ));
            }
            Some(_) => {}
        }
    }
}

/// The names of all crates that one needs when it runs, itself included.
fn reached_from(metadata: &Value, root: &str) -> Vec<String> {
    let nodes = || {
        metadata["resolve"]["nodes"]
            .as_array()
            .into_iter()
            .flatten()
    };
    let name_of = |id: &str| {
        let package = packages(metadata).find(|package| package["id"] == id);
        package
            .and_then(|package| package["name"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let first = packages(metadata)
        .find(|package| package["name"] == root)
        .and_then(|package| package["id"].as_str());
    let mut todo: Vec<&str> = first.into_iter().collect();
    let mut seen: HashSet<&str> = todo.iter().copied().collect();
    while let Some(id) = todo.pop() {
        let Some(node) = nodes().find(|node| node["id"] == id) else {
            continue;
        };
        for needed in node["deps"].as_array().into_iter().flatten() {
            let kinds = needed["dep_kinds"].as_array().into_iter().flatten();
            let runs = kinds.into_iter().any(|kind| kind["kind"].is_null());
            let id = needed["pkg"].as_str().unwrap_or_default();
            if runs && !is_macro(metadata, id) && seen.insert(id) {
                todo.push(id);
            }
        }
    }
    let mut names: Vec<String> = seen.into_iter().map(name_of).collect();
    names.sort();
    names
}

/// A procedural macro runs in the compiler: what it needs never reaches the portal.
fn is_macro(metadata: &Value, id: &str) -> bool {
    let package = packages(metadata).find(|package| package["id"] == id);
    let kinds = package
        .map(|package| &package["targets"])
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    kinds
        .flat_map(|target| target["kind"].as_array().into_iter().flatten())
        .any(|kind| kind == "proc-macro")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Rules, reached_from};

    const RULES: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0"]
        [bans]
        deny = [{ crate = "openssl", reason = "rustls is used" }]
        [sources]
        allow-registry = ["https://example.org/index"]
    "#;

    fn judged(package: &serde_json::Value) -> Vec<String> {
        let mut refusals = Vec::new();
        Rules::read(&RULES.parse().unwrap()).judge(package, &mut refusals);
        refusals
    }

    #[test]
    fn a_foreign_licence_source_or_crate_is_refused_with_its_reason() {
        let source = "registry+https://example.org/index";
        assert!(
            judged(&json!({ "name": "ok", "source": source, "license": "GPL-2.0 OR MIT" }))
                .is_empty()
        );
        assert!(judged(&json!({ "name": "ours", "source": null, "license": null })).is_empty());
        let refused = judged(
            &json!({ "name": "openssl", "source": "git+https://example.org/x", "license": "GPL-2.0" }),
        );
        assert_eq!(refused.len(), 3);
        assert!(refused[1].contains("rustls is used"));
    }

    #[test]
    fn what_only_builds_or_expands_macros_does_not_reach_the_portal() {
        let dep = |pkg: &str, kind: serde_json::Value| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] });
        let package = |name: &str, kind: &str| json!({ "id": name, "name": name, "targets": [{ "kind": [kind] }] });
        let metadata = json!({
            "packages": [package("w", "lib"), package("a", "lib"), package("b", "lib"), package("m", "proc-macro")],
            "resolve": { "nodes": [
                { "id": "w", "deps": [dep("a", json!(null)), dep("b", json!("build")), dep("m", json!(null))] },
                { "id": "a", "deps": [] },
            ] },
        });
        assert_eq!(reached_from(&metadata, "w"), ["a", "w"]);
    }
}
