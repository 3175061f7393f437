//! Messages: what a client and the studio say to each other, about the account or about an event.

pub mod admin;
pub mod api;
pub mod live;
pub mod say;
pub mod store;
pub mod tell;

use portico_wire::{
    ClientId, ConversationId, EventId, Rights,
    messages::{DOCUMENTS, TEXT},
};
use portico_wire::{DocumentId, Right, StaffId, Timestamp};

use serde_json::{Value, json};

use crate::{Result, error::Error, forms::store::Viewer, web::admin as pages};

/// The longest line of a list.
const LINE: usize = 160;

/// A client's own conversation has its client's id, so that it can be named before it holds anything.
pub fn own(client: ClientId) -> ConversationId {
    ConversationId::from_bytes(client.bytes())
}

/// Whether it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Done,
}

impl State {
    pub const ALL: &[Self] = &[Self::Open, Self::Done];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
        }
    }
}

portico_wire::text_column!(State);

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Conversation {
    pub id: ConversationId,
    pub client_id: ClientId,
    pub event_id: Option<EventId>,
    pub state: State,
    pub assigned_to: Option<StaffId>,
    pub newest: i64,
    pub last_at: Timestamp,
    pub newest_client: i64,
    pub newest_studio: i64,
    pub seen_studio: i64,
    pub told_studio: i64,
    pub told_client: i64,
}

/// Who looks at messages: a contact that sees events sees the conversations about them.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    pub who: Viewer,
    pub rights: Rights,
}

impl Reader {
    pub fn events(&self) -> bool {
        self.rights.has(Right::Events)
    }
}

impl From<&crate::scope::PortalSession> for Reader {
    fn from(session: &crate::scope::PortalSession) -> Self {
        Self {
            who: Viewer::from(session),
            rights: session.rights,
        }
    }
}

impl From<&crate::access::sessions::Found> for Reader {
    fn from(session: &crate::access::sessions::Found) -> Self {
        Self {
            who: Viewer::from(session),
            rights: session.rights(),
        }
    }
}

/// What somebody wrote, as it is kept: plain text whose lines end as lines do. What attaches nothing says something.
pub fn checked(text: &str, documents: &[DocumentId]) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect();
    let text = text.trim_end().trim_start_matches('\n');
    if text.chars().count() > TEXT {
        return Err(Error::invalid(
            "text",
            "A message has at most 5,000 characters. Please send the rest as another one, or attach it.",
        ));
    }
    if documents.len() > DOCUMENTS {
        return Err(Error::invalid(
            "documents",
            "A message takes at most 10 attachments. Please send the others with another one.",
        ));
    }
    if text.trim().is_empty() && documents.is_empty() {
        return Err(Error::invalid("text", "Please write something."));
    }
    Ok(text.to_owned())
}

/// Its page in the admin.
pub fn path(id: ConversationId) -> String {
    format!("/admin/messages/{id}")
}

/// A conversation as lists show it.
pub fn line(one: &store::Line, zone: &str) -> Value {
    json!({
        "path": path(one.id),
        "client": one.client_name,
        "event": one.event_title,
        "text": one.last_text,
        "by": one.last_by,
        "from_studio": one.last_from_studio,
        "when": pages::moment(one.last_at, zone),
        "unseen": one.unseen,
        "done": one.state == State::Done,
        "assigned": one.assigned_name,
    })
}

/// The beginning of a text on one line.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > LINE {
            let mut short: String = line.chars().take(LINE - 1).collect();
            short.push('…');
            return short;
        }
    }
    line
}

/// What is read of a message; one whose only attachment was removed says so.
pub fn shown(body: String, bare: bool) -> String {
    match body.is_empty() && bare {
        true => "(The attachment was removed.)".to_owned(),
        false => body,
    }
}

/// A piece of a text: words, or an address that may be followed.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub link: bool,
}

/// Splits a text at the addresses of pages in it. A sign that ends a sentence ends no address.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = find_address(&rest[from..]).map(|at| from + at) {
        let address = &rest[at..];
        let end = address
            .find(|c: char| c.is_whitespace() || "<>\"“”".contains(c))
            .unwrap_or(address.len());
        let mut address = &address[..end];
        loop {
            let shorter = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '*']);
            // A bracket that was opened before the address is not part of it.
            let closed = shorter.ends_with(')')
                && shorter.matches(')').count() > shorter.matches('(').count();
            let shorter = if closed {
                &shorter[..shorter.len() - 1]
            } else {
                shorter
            };
            if shorter.len() == address.len() {
                break;
            }
            address = shorter;
        }
        if address
            .split_once("://")
            .is_none_or(|(_, rest)| rest.is_empty())
        {
            from = at + end.max(1);
            continue;
        }
        if at > 0 {
            pieces.push(Piece {
                text: &rest[..at],
                link: false,
            });
        }
        pieces.push(Piece {
            text: address,
            link: true,
        });
        rest = &rest[at + address.len()..];
        from = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece {
            text: rest,
            link: false,
        });
    }
    pieces
}

/// Where the next address begins; not within a word.
fn find_address(text: &str) -> Option<usize> {
    let mut begin = 0;
    loop {
        let found = ["https://", "http://"]
            .iter()
            .filter_map(|scheme| text[begin..].find(scheme))
            .min()?
            + begin;
        let before = text[..found].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric()) {
            return Some(found);
        }
        begin = found + 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let all = pieces(text);
        assert_eq!(all.iter().map(|it| it.text).collect::<String>(), text);
        all.iter().filter(|it| it.link).map(|it| it.text).collect()
    }

    #[test]
    fn j1_addresses_in_a_text_are_found_without_the_signs_around_them() {
        assert_eq!(links("no link, http: or https:// here"), Vec::<&str>::new());
        assert_eq!(
            links("See https://fern.example/a?b=c&d=1. And (http://x.test/(y))!"),
            ["https://fern.example/a?b=c&d=1", "http://x.test/(y)"]
        );
        assert_eq!(
            links("<https://a.test>\nhttps://b.test/ü…"),
            ["https://a.test", "https://b.test/ü…"]
        );
        assert_eq!(
            links("javascript:alert(1) xhttps://a.test"),
            Vec::<&str>::new()
        );
        assert_eq!(
            links("https://a.test/javascript:x"),
            ["https://a.test/javascript:x"]
        );
    }

    #[test]
    fn j1_a_message_says_something_and_is_neither_too_long_nor_laden() {
        let document = DocumentId::from_bytes([1; 16]);
        assert_eq!(checked("\r\n a\r\nb\u{0}\u{7} \n", &[]).unwrap(), " a\nb");
        assert_eq!(checked("  \n", &[document]).unwrap(), "");
        let field = |text: &str, documents: &[DocumentId]| {
            let error = checked(text, documents).unwrap_err();
            error.field_name().unwrap().to_owned()
        };
        assert_eq!(field(" \n\t", &[]), "text");
        assert_eq!(field(&"ä".repeat(5001), &[]), "text");
        assert_eq!(field("a", &[document; 11]), "documents");
        assert!(checked(&"ä".repeat(5000), &[document; 10]).is_ok());
    }

    #[test]
    fn a_line_of_a_list_is_short_and_one_line() {
        assert_eq!(one_line(" a\n\n b\tc "), "a b c");
        assert_eq!(one_line(&"x".repeat(500)).chars().count(), LINE);
        assert_eq!(one_line(&"ab ".repeat(200)).chars().count(), LINE);
    }
}
