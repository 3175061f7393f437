//! From Markdown to a paper's tree: headings, paragraphs, lists, quotes, tables, emphasis. There is no HTML and no
//! picture in a paper, and an address is printed: what is signed is what is read.

use portico_wire::papers::{Node, Tag};
use pulldown_cmark::{
    Alignment, Event, HeadingLevel, Options, Parser, Tag as Mark, TextMergeWithOffset,
};

/// Elements inside of each other, so that nothing that draws a tree is led too deep.
const DEEPEST: usize = 24;
/// Bytes of Markdown: more than 200 pages.
pub const LONGEST: usize = 512 * 1024;

/// Why a text makes no paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    TooLong,
    /// In this line, counted from 1.
    Html(usize),
    Picture(usize),
    TooDeep(usize),
}

impl Flaw {
    /// For whoever wrote it.
    pub fn sentence(&self) -> String {
        match self {
            Self::TooLong => format!(
                "This text is too long: at most {} kB. Split it into several.",
                LONGEST / 1024
            ),
            Self::Html(line) => format!(
                "Line {line}: HTML is not read here. Use the buttons above the text, or put a \\ before the <."
            ),
            Self::Picture(line) => {
                format!("Line {line}: pictures cannot stand in this text. Attach a file instead.")
            }
            Self::TooDeep(line) => {
                format!("Line {line}: too many lists or quotes inside of each other.")
            }
        }
    }
}

/// An element that was begun.
#[derive(Default)]
struct Open {
    kind: Kind,
    inner: Vec<Node>,
}

#[derive(Default)]
enum Kind {
    /// What is in it stands where it stands.
    #[default]
    Bare,
    Of(Tag),
    /// With the number of its next item; a list without numbers has none.
    List(Option<u64>),
    /// With its mark.
    Item(String),
    /// With the address it leads to.
    Link(String),
    /// With the column its next cell stands in.
    Table(Vec<Alignment>),
    Head,
    Cell(Tag),
}

/// The tree of a text.
pub fn read(text: &str) -> Result<Vec<Node>, Flaw> {
    if text.len() > LONGEST {
        return Err(Flaw::TooLong);
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let mut open = vec![Open::default()];
    let events = Parser::new_ext(text, options).into_offset_iter();
    for (event, range) in TextMergeWithOffset::new(events) {
        match event {
            Event::Start(mark) => {
                if open.len() >= DEEPEST {
                    return Err(Flaw::TooDeep(line(range.start)));
                }
                match mark {
                    Mark::HtmlBlock => return Err(Flaw::Html(line(range.start))),
                    Mark::Image { .. } => return Err(Flaw::Picture(line(range.start))),
                    mark => begin(&mut open, mark),
                }
            }
            Event::End(_) => end(&mut open),
            Event::Text(said) => put(&mut open, Node::text(said.as_ref())),
            Event::Code(said) => put(&mut open, Node::of(Tag::Code, said.as_ref())),
            Event::SoftBreak => put(&mut open, Node::text(" ")),
            Event::HardBreak => put(&mut open, Node::Element(Tag::Br, Vec::new())),
            Event::Rule => put(&mut open, Node::Element(Tag::Hr, Vec::new())),
            Event::Html(_) | Event::InlineHtml(_) => return Err(Flaw::Html(line(range.start))),
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }
    Ok(open.remove(0).inner)
}

fn put(open: &mut [Open], node: Node) {
    if let Some(last) = open.last_mut() {
        last.inner.push(node);
    }
}

fn begin(open: &mut Vec<Open>, mark: Mark<'_>) {
    let kind = match mark {
        Mark::Paragraph => Kind::Of(Tag::P),
        Mark::Heading { level, .. } => Kind::Of(match level {
            HeadingLevel::H1 => Tag::H2,
            HeadingLevel::H2 => Tag::H3,
            _ => Tag::H4,
        }),
        Mark::BlockQuote(_) => Kind::Of(Tag::Blockquote),
        Mark::CodeBlock(_) => Kind::Of(Tag::P),
        Mark::List(first) => Kind::List(first),
        Mark::Item => Kind::Item(next_mark(open)),
        Mark::Emphasis => Kind::Of(Tag::Em),
        Mark::Strong => Kind::Of(Tag::Strong),
        Mark::Strikethrough => Kind::Of(Tag::Del),
        Mark::Link { dest_url, .. } => Kind::Link(dest_url.to_string()),
        Mark::Table(columns) => Kind::Table(columns),
        Mark::TableHead => Kind::Head,
        Mark::TableRow => Kind::Of(Tag::Tr),
        Mark::TableCell => Kind::Cell(cell_tag(open)),
        _ => Kind::Bare,
    };
    open.push(Open {
        kind,
        inner: Vec::new(),
    });
}

/// The mark of the next item of the list that is open.
fn next_mark(open: &mut [Open]) -> String {
    match open.last_mut().map(|list| &mut list.kind) {
        Some(Kind::List(Some(number))) => {
            let mark = format!("{number}.");
            *number += 1;
            mark
        }
        _ => "\u{2022}".into(),
    }
}

/// A column that is set to the right holds numbers.
fn cell_tag(open: &[Open]) -> Tag {
    let column = open.last().map_or(0, |row| row.inner.len());
    let columns = open.iter().rev().find_map(|one| match &one.kind {
        Kind::Table(columns) => Some(columns),
        _ => None,
    });
    if matches!(open.last().map(|row| &row.kind), Some(Kind::Head)) {
        Tag::Th
    } else if columns.and_then(|all| all.get(column)) == Some(&Alignment::Right) {
        Tag::Number
    } else {
        Tag::Td
    }
}

fn end(open: &mut Vec<Open>) {
    let Some(done) = open.pop() else { return };
    let inner = done.inner;
    match done.kind {
        Kind::Of(tag) | Kind::Cell(tag) => put(open, Node::Element(tag, inner)),
        Kind::List(_) => put(open, Node::Element(Tag::Ul, inner)),
        Kind::Item(mark) => {
            let beside = Node::Element(Tag::Div, inner);
            put(
                open,
                Node::Element(Tag::Li, vec![Node::of(Tag::B, mark), beside]),
            );
        }
        Kind::Head => {
            let row = Node::Element(Tag::Tr, inner);
            put(open, Node::Element(Tag::Thead, vec![row]));
        }
        Kind::Table(_) => {
            let (head, rows): (Vec<_>, Vec<_>) = inner
                .into_iter()
                .partition(|node| matches!(node, Node::Element(Tag::Thead, _)));
            let mut parts = head;
            if !rows.is_empty() {
                parts.push(Node::Element(Tag::Tbody, rows));
            }
            put(open, Node::Element(Tag::Table, parts));
        }
        Kind::Link(address) => {
            let said = portico_wire::papers::plain(&inner);
            let known = address.trim_start_matches("mailto:") == said;
            for node in inner {
                put(open, node);
            }
            if !known {
                put(open, Node::text(format!(" ({address})")));
            }
        }
        Kind::Bare => {
            for node in inner {
                put(open, node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use portico_wire::papers::plain;
    use serde_json::json;

    use super::*;

    fn tree(text: &str) -> serde_json::Value {
        serde_json::to_value(read(text).unwrap()).unwrap()
    }

    #[test]
    fn a_text_becomes_headings_paragraphs_and_emphasis() {
        assert_eq!(
            tree("# Terms\n\nYou **may**\nkeep *this*.  \nNext"),
            json!([
                ["h2", ["Terms"]],
                [
                    "p",
                    [
                        "You ",
                        ["strong", ["may"]],
                        " ",
                        "keep ",
                        ["em", ["this"]],
                        ".",
                        ["br", []],
                        "Next"
                    ]
                ]
            ])
        );
    }

    #[test]
    fn a_list_keeps_the_numbers_it_was_written_with() {
        assert_eq!(
            tree("3. Three\n4. Four\n   - a"),
            json!([[
                "ul",
                [
                    ["li", [["b", ["3."]], ["div", ["Three"]]]],
                    [
                        "li",
                        [
                            ["b", ["4."]],
                            [
                                "div",
                                [
                                    "Four",
                                    ["ul", [["li", [["b", ["\u{2022}"]], ["div", ["a"]]]]]]
                                ]
                            ]
                        ]
                    ]
                ]
            ]])
        );
    }

    #[test]
    fn a_table_has_a_head_and_its_numbers_on_the_right() {
        assert_eq!(
            tree("| What | Price |\n|---|---:|\n| Album | 12 |"),
            json!([[
                "table",
                [
                    ["thead", [["tr", [["th", ["What"]], ["th", ["Price"]]]]]],
                    ["tbody", [["tr", [["td", ["Album"]], ["td.n", ["12"]]]]]]
                ]
            ]])
        );
    }

    #[test]
    fn an_address_is_printed_beside_its_words() {
        assert_eq!(
            plain(&read("See [our terms](https://a.example/t) or <mail@a.example>.").unwrap()),
            "See our terms (https://a.example/t) or mail@a.example.\n"
        );
    }

    #[test]
    fn html_and_pictures_are_refused_with_their_line() {
        assert_eq!(read("a\n\n<script>x</script>"), Err(Flaw::Html(3)));
        assert_eq!(read("a <b>c</b>"), Err(Flaw::Html(1)));
        assert_eq!(read("a\n![x](y.png)"), Err(Flaw::Picture(2)));
        assert_eq!(
            read(r"2 \< 3").map(|nodes| plain(&nodes)),
            Ok("2 < 3\n".into())
        );
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused() {
        assert_eq!(read(&"a".repeat(LONGEST + 1)), Err(Flaw::TooLong));
        assert_eq!(
            read(&format!("{} a", ">".repeat(60))),
            Err(Flaw::TooDeep(1))
        );
    }
}
