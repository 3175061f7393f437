//! Licences, banned crates and sources, read from `deny.toml` and `cargo metadata`.
//!
//! cargo-deny does this and more, but compiling it takes longer than all our tests; where it is
//! installed `cargo xtask test` runs it too. Both read the same file.

mod spdx;

use std::{collections::BTreeSet, fs};

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
    // The lock file also holds crates that no feature of ours switches on; the tree does not.
    let built = tree(&[
        "--workspace",
        "--target",
        "all",
        "--edges",
        "normal,build,dev",
    ])?;
    let mut refusals = Vec::new();
    for package in metadata()?["packages"].as_array().into_iter().flatten() {
        if built.contains(&named(package)) {
            rules.judge(package, &mut refusals);
        }
    }
    let portal = [
        "-p",
        "portico-widget",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal,no-proc-macro",
    ];
    for package in tree(&portal)? {
        let name = package.split(' ').next().unwrap_or_default();
        if NOT_IN_THE_PORTAL.contains(&name) {
            refusals.push(format!(
                "the portal depends on {name}: the browser does this already, without the bytes"
            ));
        }
    }
    Ok(refusals)
}

fn metadata() -> Result<Value> {
    let text = cmd::output(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    serde_json::from_str(&text).context("cargo metadata")
}

/// `name v1.2.3`, as `cargo tree` writes it.
fn named(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    format!("{} v{}", text("name"), text("version"))
}

/// Every crate that cargo would build with these arguments.
fn tree(args: &[&str]) -> Result<BTreeSet<String>> {
    let text = cmd::output(
        cargo()
            .args(["tree", "--locked", "--prefix", "none", "--format", "{p}"])
            .args(args),
    )?;
    let first_two = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(text
        .lines()
        .filter(|line| !line.is_empty())
        .map(first_two)
        .collect())
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Rules;

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
}
