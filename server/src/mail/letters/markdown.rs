//! From Markdown with values in it to both parts of a mail. Only what is listed here becomes HTML: headings,
//! emphasis, lists, quotes, links to websites, mailboxes and telephones. All else is text, HTML included.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};
use serde::Serialize;

use super::{
    sandbox::{Filled, Part, Piece},
    tokens::Kind,
};

/// Elements inside of each other: mail programs show no more, and nothing that reads the HTML is led too deep.
const DEEPEST: usize = 12;

/// A part of a mail's body, as its template lays it out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Html(String),
    /// A link that stands alone.
    Button {
        to: String,
        label: &'static str,
    },
    /// A code or password that stands alone.
    Code(String),
}

pub struct Written {
    pub blocks: Vec<Block>,
    pub text: String,
}

/// Websites, mailboxes and telephones.
fn leads_somewhere(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    let known = ["https://", "http://", "mailto:", "tel:"];
    plain
        && known
            .iter()
            .any(|scheme| lower.len() > scheme.len() && lower.starts_with(scheme))
}

/// The first link that leads nowhere a mail may lead to.
pub fn bad_link(filled: &Filled) -> Option<String> {
    Parser::new_ext(&filled.text, Options::empty()).find_map(|event| match event {
        Event::Start(Tag::Link {
            dest_url,
            link_type,
            ..
        }) => {
            let address = address(filled, &dest_url, link_type);
            (!leads_somewhere(&address)).then_some(address)
        }
        _ => None,
    })
}

fn address(filled: &Filled, dest: &str, kind: pulldown_cmark::LinkType) -> String {
    let mailbox = kind == pulldown_cmark::LinkType::Email;
    let scheme = if mailbox { "mailto:" } else { "" };
    format!("{scheme}{}", filled.plain(dest))
}

pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

pub fn write(filled: &Filled) -> Written {
    let mut writer = Writer {
        filled,
        blocks: Vec::new(),
        html: String::new(),
        text: String::new(),
        open: Vec::new(),
        indents: Vec::new(),
        lists: Vec::new(),
        link: None,
        fresh: true,
        alone: Alone::Nothing,
        line_ended: false,
    };
    for event in TextMergeStream::new(Parser::new_ext(&filled.text, Options::empty())) {
        writer.event(event);
    }
    writer.close_block();
    let mut text = writer.text;
    text.truncate(text.trim_end().len());
    Written {
        blocks: writer.blocks,
        text,
    }
}

/// What the paragraph so far consists of.
#[derive(Clone, PartialEq)]
enum Alone {
    Nothing,
    One(Piece),
    Other,
}

struct Writer<'a> {
    filled: &'a Filled,
    blocks: Vec<Block>,
    html: String,
    text: String,
    /// The ends of what is open; empty for what is not written as an element.
    open: Vec<&'static str>,
    /// What lines of the text part begin with.
    indents: Vec<&'static str>,
    /// The next number of each list that is open.
    lists: Vec<Option<u64>>,
    /// The address of the link that is open, and where its text begins.
    link: Option<(String, usize)>,
    /// Nothing was written since the last bullet or the beginning.
    fresh: bool,
    alone: Alone,
    /// The text so far ended a line of a block that keeps its lines.
    line_ended: bool,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.words(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => {
                self.new_block();
                self.text.push_str("---");
                self.html.push_str(
                    "<hr style=\"border:0;border-top:1px solid #dddad3;margin:4px 0\" />",
                );
                self.alone = Alone::Other;
                self.end_block();
            }
            // Not asked for, so not made.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let (start, end): (String, &'static str) = match tag {
            Tag::Paragraph | Tag::HtmlBlock | Tag::CodeBlock(_) => {
                self.new_block();
                if self.open.is_empty() {
                    (String::new(), "")
                } else {
                    ("<p style=\"margin:0 0 8px\">".into(), "</p>")
                }
            }
            Tag::Heading { level, .. } => {
                self.new_block();
                self.alone = Alone::Other;
                if level == pulldown_cmark::HeadingLevel::H1 {
                    (
                        "<h1 style=\"margin:0;font-size:24px;line-height:1.3;font-weight:600\">"
                            .into(),
                        "</h1>",
                    )
                } else {
                    (
                        "<h2 style=\"margin:0;font-size:19px;line-height:1.35;font-weight:600\">"
                            .into(),
                        "</h2>",
                    )
                }
            }
            Tag::BlockQuote(_) => {
                self.new_block();
                self.text.push_str("> ");
                self.indents.push("> ");
                self.fresh = true;
                ("<blockquote style=\"margin:0;padding:0 0 0 14px;border-left:3px solid #dddad3\">".into(), "</blockquote>")
            }
            Tag::List(first) => return self.start_list(first),
            Tag::Item => return self.start_item(),
            Tag::Emphasis => ("<em>".into(), "</em>"),
            Tag::Strong => ("<strong>".into(), "</strong>"),
            Tag::Link {
                dest_url,
                link_type,
                ..
            } => {
                let address = address(self.filled, &dest_url, link_type);
                if leads_somewhere(&address) && self.link.is_none() && self.open.len() < DEEPEST {
                    self.link = Some((address.clone(), self.text.len()));
                    (anchor(&address), "</a>")
                } else {
                    (String::new(), "")
                }
            }
            _ => (String::new(), ""),
        };
        self.push(&start, end);
    }

    fn push(&mut self, start: &str, end: &'static str) {
        if self.open.len() >= DEEPEST {
            self.open.push("");
        } else {
            self.html.push_str(start);
            self.open.push(end);
        }
    }

    fn start_list(&mut self, first: Option<u64>) {
        if self.lists.is_empty() {
            self.new_block();
        }
        self.alone = Alone::Other;
        self.lists.push(first);
        let style = "style=\"margin:0;padding:0 0 0 24px\"";
        match first {
            Some(first) => self.push(&format!("<ol start=\"{first}\" {style}>"), "</ol>"),
            None => self.push(&format!("<ul {style}>"), "</ul>"),
        }
    }

    fn start_item(&mut self) {
        if !self.fresh {
            self.new_line();
        }
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.text.push_str(&format!("{number}. "));
                *number += 1;
            }
            _ => self.text.push_str("- "),
        }
        self.indents.push("  ");
        self.fresh = true;
        self.push("<li style=\"margin:0 0 4px\">", "</li>");
    }

    fn end(&mut self, tag: TagEnd) {
        let end = self.open.pop().unwrap_or("");
        self.html.push_str(end);
        match tag {
            TagEnd::Link if end == "</a>" => {
                if let Some((address, from)) = self.link.take() {
                    let shown = address.strip_prefix("mailto:").unwrap_or(&address);
                    if self.text[from..] != *shown {
                        self.text.push_str(&format!(" <{shown}>"));
                    }
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.indents.pop();
                self.fresh = false;
            }
            _ => {}
        }
        if self.open.is_empty() {
            self.end_block();
        }
    }

    fn words(&mut self, text: &str) {
        // Code and HTML blocks come line by line.
        for (at, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if at > 0 || std::mem::take(&mut self.line_ended) {
                self.line_break();
            }
            for part in self.filled.parts(line) {
                match part {
                    Part::Text(text) => self.plain(text),
                    Part::Piece(piece) => self.piece(piece),
                }
            }
        }
        self.line_ended = text.ends_with('\n');
    }

    fn plain(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.alone = Alone::Other;
        }
        self.html.push_str(&escape(text));
        self.text.push_str(text);
        self.fresh = false;
    }

    fn piece(&mut self, piece: &Piece) {
        let one_line = piece.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.alone = match &self.alone {
            Alone::Nothing if piece.kind != Kind::Text => Alone::One(piece.clone()),
            _ => Alone::Other,
        };
        let linked = matches!(piece.kind, Kind::Address | Kind::Button)
            && self.link.is_none()
            && leads_somewhere(&one_line);
        let shown = if piece.kind == Kind::Button {
            piece.label
        } else {
            &one_line
        };
        if linked {
            self.html.push_str(&anchor(&one_line));
        }
        self.html.push_str(&escape(shown));
        if linked {
            self.html.push_str("</a>");
        }
        self.text.push_str(shown);
        if piece.kind == Kind::Button && linked {
            self.text.push_str(&format!(" <{one_line}>"));
        }
        self.fresh = false;
    }

    fn line_break(&mut self) {
        self.html.push_str("<br />");
        self.new_line();
    }

    fn new_line(&mut self) {
        self.text.push('\n');
        let shown = self.indents.len().min(DEEPEST);
        self.text.push_str(&self.indents[..shown].concat());
    }

    /// A block begins: a blank line before it, unless it is the first of an item.
    fn new_block(&mut self) {
        if !self.fresh {
            let trimmed = self.text.trim_end().len();
            self.text.truncate(trimmed);
            self.text.push('\n');
            let shown = self.indents.len().min(DEEPEST);
            self.text
                .push_str(self.indents[..shown].concat().trim_end());
            self.new_line();
        }
        self.fresh = true;
        self.line_ended = false;
    }

    fn end_block(&mut self) {
        self.close_block();
        self.fresh = false;
    }

    fn close_block(&mut self) {
        let html = std::mem::take(&mut self.html);
        let alone = std::mem::replace(&mut self.alone, Alone::Nothing);
        let block = match alone {
            Alone::One(piece) if piece.kind == Kind::Button && leads_somewhere(&piece.text) => {
                let label = piece.label;
                let line = format!("{label} <{}>", piece.text);
                if self.text.ends_with(&line) {
                    self.text.truncate(self.text.len() - line.len());
                    self.text.push_str(&format!("{label}:\n{}", piece.text));
                }
                Block::Button {
                    to: piece.text,
                    label,
                }
            }
            Alone::One(piece) if piece.kind == Kind::Code => Block::Code(piece.text),
            _ if html.trim().is_empty() => return,
            _ => Block::Html(html),
        };
        self.blocks.push(block);
    }
}

fn anchor(address: &str) -> String {
    format!("<a href=\"{}\" style=\"color:inherit\">", escape(address))
}

#[cfg(test)]
mod tests;
