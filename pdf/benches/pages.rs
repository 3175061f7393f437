//! How fast pages are made, and in how much memory: a contract of a few pages, and one of two hundred.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::time::Instant;

use portico_pdf::{Document, Letterhead, Size, render};
use portico_wire::papers::{Node, Tag};

const WORDS: &str = "The studio photographs the day from the arrival of the guests to the last dance, and delivers the \
    pictures within six weeks in an album of the client’s choice; what is paid before the day is kept where the client \
    cancels less than four weeks before it, and given back where the studio does. ";

/// A text of so many sections; two make about a page.
fn body(sections: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    for n in 1..=sections {
        nodes.push(Node::of(Tag::H3, format!("{n}. What was agreed")));
        nodes.push(Node::of(Tag::P, WORDS.repeat(4)));
        nodes.push(Node::of(Tag::P, WORDS.repeat(3)));
    }
    nodes
}

fn document(body: &[Node]) -> Document<'_> {
    Document {
        title: "Photography agreement",
        language: "en",
        size: Size::A4,
        letterhead: Letterhead {
            name: "Fernlight Studio",
            lines: &[],
            accent: Some("#1d7a5f"),
            logo: None,
        },
        body,
        people: None,
        signatures: &[],
        certificate: &[],
        footer: "Fernlight Studio",
        page_label: "Page {page} of {pages}",
        at: 1_795_000_000,
        id: "bench",
    }
}

/// The most memory of this process so far, in MiB, where the kernel tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

fn main() {
    println!(
        "{:<20}{:>8}{:>12}{:>12}{:>14}",
        "", "pages", "each", "pages/s", "memory peak"
    );
    for (name, sections, times) in [("a contract", 6, 20), ("200 pages", 430, 2)] {
        let body = body(sections);
        let pdf = render(&document(&body)).expect("makes a PDF");
        let pages = pdf_extract::Document::load_mem(&pdf)
            .expect("reads it back")
            .get_pages()
            .len();
        let started = Instant::now();
        for _ in 0..times {
            render(&document(&body)).expect("makes a PDF");
        }
        let each = started.elapsed().as_secs_f64() / f64::from(times);
        let memory = peak().map_or_else(String::new, |mib| format!("{mib} MiB"));
        println!(
            "{name:<20}{pages:>8}{:>9.0} ms{:>12.0}{memory:>14}",
            each * 1000.0,
            pages as f64 / each
        );
    }
}
