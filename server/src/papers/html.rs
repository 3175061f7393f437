//! A paper's tree as HTML, for pages of staff: every element by its tag, every text escaped.

use portico_wire::papers::{Node, Tag};

/// Styles are in `admin.css`, under `.paper`.
pub fn html(nodes: &[Node]) -> String {
    let mut out = String::new();
    write(nodes, &mut out);
    out
}

const fn name(tag: Tag) -> &'static str {
    match tag {
        Tag::H2 => "h2",
        Tag::H3 => "h3",
        Tag::H4 => "h4",
        Tag::P => "p",
        Tag::Ul => "ul",
        Tag::Li => "li",
        Tag::B => "b",
        Tag::Div => "div",
        Tag::Blockquote => "blockquote",
        Tag::Hr => "hr",
        Tag::Br => "br",
        Tag::Strong => "strong",
        Tag::Em => "em",
        Tag::Del => "del",
        Tag::Code => "code",
        Tag::Table => "table",
        Tag::Thead => "thead",
        Tag::Tbody => "tbody",
        Tag::Tfoot => "tfoot",
        Tag::Tr => "tr",
        Tag::Th => "th",
        Tag::Td | Tag::Number => "td",
        Tag::Dl => "dl",
        Tag::Dt => "dt",
        Tag::Dd => "dd",
    }
}

fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Element(tag @ (Tag::Hr | Tag::Br), _) => {
                out.extend(["<", name(*tag), ">"]);
            }
            Node::Element(tag, inner) => {
                let class = if *tag == Tag::Number {
                    " class=\"n\""
                } else {
                    ""
                };
                out.extend(["<", name(*tag), class, ">"]);
                write(inner, out);
                out.extend(["</", name(*tag), ">"]);
            }
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped_and_numbers_say_so() {
        let nodes = vec![
            Node::of(Tag::P, "<script>&"),
            Node::Element(Tag::Br, Vec::new()),
            Node::of(Tag::Number, "1"),
        ];
        assert_eq!(
            html(&nodes),
            "<p>&lt;script&gt;&amp;</p><br><td class=\"n\">1</td>"
        );
    }
}
