//! Both engines have the same tables, columns, nullability, keys and references.

use std::collections::{BTreeMap, BTreeSet};

/// One table of a migration, in words both engines share.
#[derive(Debug, Default, PartialEq)]
struct Table {
    columns: BTreeMap<String, String>,
    keys: BTreeSet<String>,
    indexes: BTreeSet<String>,
}

/// The types of PostgreSQL in SQLite's words.
fn kind(kind: &str) -> &str {
    match kind {
        "uuid" | "bytea" => "blob",
        "timestamptz" | "jsonb" => "text",
        other => other,
    }
}

fn read(engine: &str) -> BTreeMap<String, Table> {
    let folder = format!("{}/../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let text: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let plain: String = text
        .lines()
        .map(|line| line.split("--").next().unwrap().to_owned() + "\n")
        .collect();
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for statement in plain.split(";\n") {
        let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(rest) = words.strip_prefix("create table ") {
            let (name, body) = rest.split_once(" (").unwrap();
            let body = body
                .trim_end_matches(" without rowid")
                .trim_end_matches(')')
                .trim();
            let table = tables.entry(name.to_owned()).or_default();
            for part in split_top(body) {
                add_part(table, &part);
            }
        } else if let Some(rest) = words
            .strip_prefix("create index ")
            .or(words.strip_prefix("create unique index "))
        {
            let (_, on) = rest.split_once(" on ").unwrap();
            let (name, _) = on.split_once(' ').unwrap();
            tables.get_mut(name).unwrap().indexes.insert(words.clone());
        } else if let Some(rest) = words.strip_prefix("alter table ") {
            let (name, change) = rest
                .split_once(" add column ")
                .expect("only columns are added");
            add_part(tables.get_mut(name).unwrap(), change);
        }
    }
    tables
}

fn add_part(table: &mut Table, part: &str) {
    if ["primary key", "foreign key", "unique", "check ("]
        .iter()
        .any(|key| part.starts_with(key))
    {
        table.keys.insert(part.to_owned());
    } else {
        let (name, rest) = part.split_once(' ').unwrap();
        let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
        table
            .columns
            .insert(name.to_owned(), format!("{} {more}", kind(first)));
    }
}

/// Splits at commas outside of parentheses.
fn split_top(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut part) = (Vec::new(), 0, String::new());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part.trim().to_owned());
    parts
}

#[test]
fn both_engines_are_described_by_the_same_tables() {
    let (sqlite, postgres) = (read("sqlite"), read("postgres"));
    assert!(sqlite.len() >= 17, "{:?}", sqlite.keys());
    assert_eq!(
        sqlite.keys().collect::<Vec<_>>(),
        postgres.keys().collect::<Vec<_>>()
    );
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "table {name}");
    }
}

#[test]
fn migrations_have_the_same_names_and_numbers() {
    let names = |engine: &str| {
        let folder = format!("{}/../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// Tables of the host itself; every other one belongs to a studio.
const OF_THE_HOST: &[&str] = &[
    "studios",
    "staff",
    "staff_sessions",
    "staff_recovery_codes",
    "session_tokens",
];

#[test]
fn tenant_tables_lead_every_key_with_the_studio() {
    for (name, table) in read("postgres") {
        if OF_THE_HOST.contains(&name.as_str()) {
            continue;
        }
        assert!(table.columns.contains_key("studio_id"), "{name}");
        for key in &table.keys {
            let leads = key.contains("(studio_id") || key.starts_with("check");
            assert!(leads, "{name}: {key}");
        }
    }
}
