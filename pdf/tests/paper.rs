//! A paper as a PDF: what is read out of it is what stands in the tree.

use portico_pdf::{Document, Letterhead, Mark, Signature, Size, render};
use portico_wire::papers::{Node, Tag, plain};

fn el(tag: Tag, inner: Vec<Node>) -> Node {
    Node::Element(tag, inner)
}

fn item(mark: &str, inner: Vec<Node>) -> Node {
    el(Tag::Li, vec![Node::of(Tag::B, mark), el(Tag::Div, inner)])
}

fn row(tag: Tag, cells: &[(&str, bool)]) -> Node {
    let cells = cells
        .iter()
        .map(|(text, number)| Node::of(if *number { Tag::Number } else { tag }, *text));
    el(Tag::Tr, cells.collect())
}

/// Each kind of element, with what typst would take for its own signs.
fn every_element() -> Vec<Node> {
    vec![
        Node::of(Tag::H2, "Photography agreement"),
        el(
            Tag::P,
            vec![
                Node::text("Between "),
                Node::of(Tag::Strong, "Ada #[Example] $x$ *b* \\"),
                Node::text(" and "),
                Node::of(Tag::Em, "Fernlight <Studio> @home"),
                Node::of(Tag::Del, "never"),
                el(Tag::Br, vec![]),
                Node::of(Tag::Code, "#let x = 1"),
            ],
        ),
        Node::of(Tag::H3, "Scope"),
        el(
            Tag::Ul,
            vec![
                item("3.", vec![Node::text("Third, first written")]),
                item(
                    "4.",
                    vec![
                        Node::of(Tag::P, "Fourth"),
                        el(Tag::Ul, vec![item("\u{2022}", vec![Node::text("Inside")])]),
                    ],
                ),
            ],
        ),
        el(Tag::Blockquote, vec![Node::of(Tag::P, "Quoted words")]),
        el(Tag::Hr, vec![]),
        Node::of(Tag::H4, "Prices"),
        el(
            Tag::Table,
            vec![
                el(
                    Tag::Thead,
                    vec![row(Tag::Th, &[("What", false), ("Price", false)])],
                ),
                el(
                    Tag::Tbody,
                    vec![
                        row(Tag::Td, &[("Album", false), ("1,200.00", true)]),
                        row(Tag::Td, &[("Prints", false), ("80.00", true)]),
                    ],
                ),
                el(
                    Tag::Tfoot,
                    vec![row(Tag::Td, &[("Total", false), ("1,280.00", true)])],
                ),
            ],
        ),
        el(
            Tag::Dl,
            vec![
                Node::of(Tag::Dt, "Signed by"),
                Node::of(Tag::Dd, "Ada Example"),
            ],
        ),
    ]
}

fn document<'a>(
    body: &'a [Node],
    signatures: &'a [Signature<'a>],
    certificate: &'a [Node],
) -> Document<'a> {
    Document {
        title: "Wedding, 22 May",
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
        signatures,
        certificate,
        footer: "Fernlight Studio",
        page_label: "Page {page} of {pages}",
        at: 1_795_000_000,
        id: "contract 1",
    }
}

/// The letters in their order: where lines and columns are broken does not count.
fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn e3_a_pdf_says_what_the_tree_says_and_nothing_is_taken_for_code() {
    let body = every_element();
    let certificate = [
        Node::of(Tag::H2, "Certificate"),
        Node::of(Tag::P, "Hash 00ff"),
    ];
    let drawn = "M20 30L400 300L800 40";
    let signatures = [
        Signature {
            name: "Ada Example",
            role: "Client",
            mark: Mark::Typed("Ada E."),
            at: "22 May 2027",
        },
        Signature {
            name: "Ben",
            role: "",
            mark: Mark::Drawn(drawn),
            at: "",
        },
    ];
    let pdf = render(&document(&body, &signatures, &certificate)).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let read = letters(&pdf_extract::extract_text_from_mem(&pdf).unwrap());
    assert!(read.contains(&letters(&plain(&body))), "{read}");
    for said in [
        "Wedding, 22 May",
        "Ada E.",
        "Ada Example, Client",
        "Certificate Hash 00ff",
        "Page 1 of 2",
        "Page 2 of 2",
    ] {
        assert!(read.contains(&letters(said)), "{said:?} is not in {read:?}");
    }
    if let Ok(file) = std::env::var("PDF_TO_LOOK_AT") {
        std::fs::write(file, &pdf).unwrap();
    }
}

#[test]
fn e7_the_same_paper_gives_the_same_bytes() {
    let body = every_element();
    let one = render(&document(&body, &[], &[])).unwrap();
    let other = render(&document(&body, &[], &[])).unwrap();
    assert!(one == other);
}

#[test]
fn a_pdf_is_tagged_names_its_language_and_carries_its_fonts() {
    let pdf = render(&document(&every_element(), &[], &[])).unwrap();
    let has = |what: &str| pdf.windows(what.len()).any(|at| at == what.as_bytes());
    assert!(has("/StructTreeRoot") || has("/MarkInfo"), "tagged");
    assert!(has("/Lang"), "language");
    assert!(has("/FontFile"), "fonts");
}

#[test]
fn an_empty_paper_is_a_page() {
    assert!(render(&document(&[], &[], &[])).is_ok());
}
